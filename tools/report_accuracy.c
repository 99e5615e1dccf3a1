/* What a report says of what goes with accuracy. */
#include <math.h>
#include <string.h>

#include "report.h"

static const char *column_of(const pairs *p, const pairs_result *x)
{
    return p->table->name[x->x];
}

/* Those with a correlation, among which the strongest was picked. */
static size_t count_tried(const pairs *p)
{
    size_t n = 0;
    for (size_t k = 0; k < p->count; k++)
        n += p->result[k].rank > 0;
    return n;
}

static double corrected(const pairs *p, const pairs_result *x)
{
    double all = x->of[MI_SPEARMAN].p * (double)count_tried(p);
    return all > 1 ? 1 : all;
}

static void put_correlation(FILE *page, const pairs *p, const pairs_result *x)
{
    fprintf(page, "%.2f", x->of[MI_SPEARMAN].r);
    if (!isnan(x->of[MI_SPEARMAN].fisher.low))
        fprintf(page, " (%g %% interval %.2f to %.2f)", 100 * p->o->how.level,
                x->of[MI_SPEARMAN].fisher.low, x->of[MI_SPEARMAN].fisher.high);
    else if (fabs(x->of[MI_SPEARMAN].r) > 1 - 1e-12)
        fputs(" (all points in one order: no interval says how sure that is)", page);
}

static void put_strongest(FILE *page, const report *r, const pairs *p)
{
    const pairs_result *x = &p->result[0];
    fprintf(page, "<p>Over %zu points, what goes most closely with ", x->n);
    mi_html_put(page, r->y);
    fputs(" is <strong>", page);
    mi_html_put(page, mi_plot_word(column_of(p, x)));
    fputs("</strong>: Spearman ", page);
    put_correlation(page, p, x);
    fprintf(page,
            ", p = %.2g (of %zu permutations). It is the strongest of %zu that were tried; "
            "counting these, p is at most %.2g. ",
            x->of[MI_SPEARMAN].p, p->o->how.permutations, count_tried(p), corrected(p, x));
    fputs(r->given_epoch.count ? "These are checkpoints of the same runs, which are no independent "
                                 "points: interval and p are too optimistic."
          : corrected(p, x) <= 0.05 ? "Chance alone is unlikely to give it."
                                    : "So chance may give it.",
          page);
    fputs("</p>\n", page);
}

/* The bounds and I(Z1;Z2) by name, in the order of the ranking. */
static void put_named(FILE *page, const pairs *p)
{
    static const char *const named[] = {"lower", "upper", "I_Z1_Z2"};
    fputs("<p>Of the paper's quantities: ", page);
    for (size_t k = 0, said = 0; k < p->count; k++)
        for (size_t i = 0; i < sizeof named / sizeof *named; i++)
            if (p->result[k].rank && strcmp(column_of(p, &p->result[k]), named[i]) == 0) {
                fputs(said++ ? "; " : "", page);
                mi_html_put(page, mi_plot_word(named[i]));
                putc(' ', page);
                put_correlation(page, p, &p->result[k]);
            }
    fputs(".</p>\n", page);
}

/* What is left when both are freed of their common growth in training. */
static void put_given_epoch(FILE *page, const pairs *p)
{
    if (p->count == 0 || isnan(p->result[0].of[MI_SPEARMAN].r))
        return;
    fputs("<p>With the epoch held fixed, the strongest is ", page);
    mi_html_put(page, mi_plot_word(column_of(p, &p->result[0])));
    fputs(": partial Spearman ", page);
    put_correlation(page, p, &p->result[0]);
    fputs(p->result[0].of[MI_SPEARMAN].fisher.low > 0 ||
                  p->result[0].of[MI_SPEARMAN].fisher.high < 0
              ? ".</p>\n"
              : ": its interval has 0 in it, so what goes with training time may be all there "
                "is.</p>\n",
          page);
}

/* One line for each quantity: how it does in all groups. */
static void put_groups(FILE *page, const pairs *p)
{
    fprintf(page, "<p>In %zu groups of settings (%s), Spearman's correlation is:</p>\n<ul>\n",
            p->groups.n, p->o->by);
    for (size_t c = 0; c < p->x.count; c++) {
        double low = INFINITY, high = -INFINITY;
        size_t sure = 0;
        for (size_t k = 0; k < p->count; k++) {
            const pairs_result *x = &p->result[k];
            double r = x->of[MI_SPEARMAN].r;
            if (x->x != p->x.index[c] || isnan(r))
                continue;
            low = fmin(low, r);
            high = fmax(high, r);
            sure += x->of[MI_SPEARMAN].fisher.low > 0 || x->of[MI_SPEARMAN].fisher.high < 0;
        }
        if (low > high)
            continue;
        fputs("<li>", page);
        mi_html_put(page, mi_plot_word(p->table->name[p->x.index[c]]));
        fprintf(page, ": from %.2f to %.2f; its interval leaves out 0 in %zu</li>\n", low, high,
                sure);
    }
    fprintf(page, "</ul>\n<p>Of %zu intervals of %g %% some leave out 0 by chance.</p>\n", p->count,
            100 * p->o->how.level);
}

void report_put_accuracy(FILE *page, const report *r)
{
    const pairs *p = &r->correlations;
    fputs("<h3>What goes with ", page);
    mi_html_put(page, r->y);
    fputs("</h3>\n", page);
    if (p->count == 0 || count_tried(p) == 0) {
        fputs(
            "<p>Not known: fewer than four rows have a number for it, or all have the same.</p>\n",
            page);
    } else if (p->groups.n > 1) {
        put_groups(page, p);
    } else {
        put_strongest(page, r, p);
        put_named(page, p);
        put_given_epoch(page, &r->given_epoch);
    }
}
