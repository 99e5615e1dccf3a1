/* The report of a learning curve for a person. */
#include <math.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/utf8.h"
#include "libmi/validate/private.h"

static void put_cell(FILE *stream, const mi_table *t, size_t row, const char *name)
{
    long k = mi_table_has(t, name);
    mi_utf8_put_visible(stream, k < 0 ? "" : mi_table_cell(t, row, (size_t)k));
}

static void put_heading(FILE *stream, const mi_table *t, const mi_enough *e, double level)
{
    put_cell(stream, t, e->row, "file");
    putc(':', stream);
    put_cell(stream, t, e->row, "group");
    fputs("  order ", stream);
    put_cell(stream, t, e->row, "alpha");
    fputs(", R = ", stream);
    put_cell(stream, t, e->row, "r_kind");
    fputs(", ", stream);
    put_cell(stream, t, e->row, "kernel");
    fprintf(stream,
            ", %g instances\n  change from half to all of them, its interval of %g %% (t of the "
            "value's error, %g degrees);\n  errors at 2 x and 4 x as 1/sqrt(n)\n\n",
            e->instances, 100 * level, e->degrees);
}

/* Columns under each other; the last where an error was wanted. */
static void put_terms(FILE *stream, const mi_enough *e, double wanted)
{
    fprintf(stream, "    %-16s %8s %7s %8s %18s  %-13s %7s %7s", "", "value", "error", "change",
            "interval", "", "at 2 x", "at 4 x");
    fprintf(stream, isnan(wanted) ? "\n" : "  n for %g\n", wanted);
    for (size_t k = 0; k < e->count; k++) {
        const mi_enough_term *x = &e->term[k];
        fprintf(stream, "    %-16s %8.3f %7.4f %8.4f %8.4f ..%8.4f  %-13s %7.4f %7.4f",
                mi_term_name(x->term), x->value, x->se, x->change, x->lo, x->hi,
                x->is_within ? "within error" : "beyond error", x->se_2, x->se_4);
        fprintf(stream, isnan(wanted) ? "\n" : "  %.0f\n", x->for_wanted);
    }
}

/* The term whose change is the largest share of its value. */
static const mi_enough_term *most_moved(const mi_enough *e)
{
    const mi_enough_term *most = &e->term[0];
    for (size_t k = 1; k < e->count; k++)
        if (fabs(e->term[k].change * most->value) > fabs(most->change * e->term[k].value))
            most = &e->term[k];
    return most;
}

void mi_enough_conclude(FILE *stream, const mi_enough *e)
{
    size_t moving = 0;
    if (!stream || !e)
        return;
    const mi_enough_term *most = most_moved(e);
    for (size_t k = 0; k < e->count; k++)
        moving += !e->term[k].is_within;
    if (moving == 0) {
        fprintf(stream,
                "no change can be told from 0, which does not show that the values have converged: "
                "that of %s is %.0f %% of its value; more instances would narrow the intervals",
                mi_term_name(most->term), 100 * fabs(most->change / most->value));
        return;
    }
    fprintf(stream, "%zu of %zu terms change by more than their error (", moving, e->count);
    for (size_t k = 0, said = 0; k < e->count; k++)
        if (!e->term[k].is_within)
            fprintf(stream, "%s%s", said++ ? ", " : "", mi_term_name(e->term[k].term));
    fputs("): they still move with the number of instances; compare them at the same number, or "
          "measure more",
          stream);
}

void mi_enough_put(FILE *stream, const mi_table *t, const mi_enough *e, double level,
                   double wanted_error)
{
    if (!stream || !t || !e)
        return;
    locale_t before = mi_number_locale();
    put_heading(stream, t, e, level);
    put_terms(stream, e, wanted_error);
    mi_number_locale_end(before);
    putc('\n', stream);
    mi_enough_conclude(stream, e);
    putc('\n', stream);
}
