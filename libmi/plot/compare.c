/* compare: paired differences of two feature sets with their intervals, as mi-compare finds them.
 * Of one order a panel has all terms side by side; of several orders each term has a panel. */
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

static void name_term(char *out, const mi_plot_page *p, const mi_plot_lines *d, size_t subject)
{
    long term = mi_table_has(p->t, "term");
    *out = 0;
    if (d->subject.n > 1 && term >= 0)
        mi_plot_words_of_key(out, mi_table_cell(p->t, d->subject.first[subject], (size_t)term));
}

static int has_orders(const mi_table *t)
{
    long alpha = mi_table_has(t, "alpha");
    return alpha >= 0 && mi_table_varies(t, (size_t)alpha);
}

/* Along x: orders, with a panel for each term; or else the terms in words. */
static mi_status choose_x(mi_plot_page *p, mi_plot_lines *d, size_t term)
{
    int orders = has_orders(p->t);
    d->x = orders ? (size_t)mi_table_has(p->t, "alpha") : term;
    MI_TRY(mi_plot_levels_of(&d->subject, p->t, &term, orders ? 1 : 0, PLOT_PANELS,
                             "terms of several orders"));
    MI_TRY(mi_plot_names_as_x(p, d));
    for (size_t k = 0; !orders && k < p->tics; k++) {
        mi_plot_words_of_key(p->tic_words[k], p->tic_text[k]);
        p->tic_text[k] = p->tic_words[k];
    }
    strcpy(d->xlabel, orders ? "order α" : "");
    return MI_OK;
}

static const char *name_of_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Of one pair the key says which is taken from which; of several the caption says what is the
 * same. */
static void name_pair(char *out, const mi_plot_page *p, const mi_plot_lines *d, const size_t *of)
{
    const char *a = mi_table_cell(p->t, 0, of[0]), *b = mi_table_cell(p->t, 0, of[2]);
    int one_file = strcmp(a, b) == 0;
    a = one_file ? mi_table_cell(p->t, 0, of[1]) : name_of_file(a);
    b = one_file ? mi_table_cell(p->t, 0, of[3]) : name_of_file(b);
    if (d->runs.levels.n == 1)
        snprintf(out, PLOT_LABEL, "%.100s − %.100s", a, b);
    else if (!mi_table_varies(p->t, of[0]) && !mi_table_varies(p->t, of[1]))
        snprintf(out, PLOT_LABEL, "a: %.100s", a);
    else if (!mi_table_varies(p->t, of[2]) && !mi_table_varies(p->t, of[3]))
        snprintf(out, PLOT_LABEL, "b: %.100s", b);
}

static mi_status choose(mi_plot_page *p, mi_plot_lines *d)
{
    static const char *const pair[] = {"file_a", "group_a", "file_b", "group_b"};
    size_t term, of[4];
    if (p->o->x || p->o->y2)
        return mi_fail(
            MI_EUSAGE,
            "a compare chart has terms or orders along x and one vertical axis: " MI_OPTION
            "x and " MI_OPTION "y2 are for other kinds");
    MI_TRY(mi_table_find(p->t, "term", &term));
    for (size_t k = 0; k < 4; k++)
        MI_TRY(mi_table_find(p->t, pair[k], &of[k]));
    MI_TRY(mi_plot_columns_of(&d->y[0], p->t, p->o->y ? p->o->y : "difference"));
    MI_TRY(choose_x(p, d, term));
    d->name = name_term;
    MI_TRY(mi_plot_runs_of_pairs(&d->runs, p->t, of, 4, p->o->by));
    name_pair(p->remark, p, d, of);
    return MI_OK;
}

static mi_status draw(mi_plot_page *p)
{
    mi_plot_lines d = {0};
    mi_status status = choose(p, &d);
    if (status == MI_OK) {
        mi_plot_reach(&p->y[0], 0, 0); /* no difference */
        status = mi_plot_lines_draw(p, &d);
    }
    if (status == MI_OK && d.runs.levels.n == 1 && p->keys) {
        mi_plot_label(p->key[0].text, p->remark, PLOT_LABEL);
        *p->remark = 0;
    }
    mi_plot_lines_free(&d);
    return status;
}

/* ---- what is in nats ---- */

static int is_count(const mi_table *t, size_t row, size_t term)
{
    const char *name = mi_table_cell(t, row, term);
    return strcmp(name, "rank_Z2") == 0 || strcmp(name, "distinct_Z2") == 0;
}

static int is_information(const mi_table *t, size_t row, const void *term)
{
    return !is_count(t, row, *(const size_t *)term);
}

/* Counts have no place on an axis of nats: they are left out where there is anything else. */
mi_status mi_plot_compare(mi_plot_page *p)
{
    const mi_table *t = p->t;
    mi_table kept;
    const long found = mi_table_has(t, "term");
    const size_t term = (size_t)found;
    size_t counts = 0;
    for (size_t row = 0; found >= 0 && row < t->rows; row++)
        counts += (size_t)is_count(t, row, term);
    if (counts == 0 || counts == t->rows)
        return draw(p);
    mi_warn("rank_Z2 and distinct_Z2 are counts and left out; " MI_OPTION
            "where term=rank_Z2 draws them");
    MI_TRY(mi_plot_rows_that(&kept, t, is_information, &term));
    p->t = &kept;
    mi_status status = draw(p);
    p->t = t;
    mi_plot_where_free(&kept);
    return status;
}
