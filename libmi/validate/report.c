/* The report of a validation for a person. */
#include <math.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/utf8.h"
#include "libmi/base/words.h"
#include "libmi/validate/private.h"

static const char *unit_name(const mi_bounds_row *r)
{
    return strcmp(r->base, "e") == 0 ? "nats" : strcmp(r->base, "2") == 0 ? "bits" : NULL;
}

static void put_set(FILE *stream, const mi_bounds_row *r)
{
    mi_utf8_put_visible(stream, r->file);
    putc(':', stream);
    mi_utf8_put_visible(stream, r->group);
    fprintf(stream, "  order %g, R = ", r->alpha);
    mi_utf8_put_visible(stream, mi_bounds_row_has_r(r) ? r->r_kind : "none");
    fputs(", ", stream);
    mi_utf8_put_visible(stream, r->kernel);
    fprintf(stream, ", %g rows", r->n);
    if (!isnan(r->instances))
        fprintf(stream, " of %g instances", r->instances);
    if (r->batches > 0)
        fprintf(stream, ", mean of %g batches", r->batches);
    putc('\n', stream);
}

static void put_units(FILE *stream, const mi_validation *v)
{
    const mi_bounds_row *r = &v->row;
    const char *unit = unit_name(r);
    fputs("  in ", stream);
    mi_utf8_put_visible(stream, unit ? unit : "units of base ");
    if (!unit)
        mi_utf8_put_visible(stream, r->base);
    fputs("; the value of A <= B is B - A; ", stream);
    if (r->has_se)
        fprintf(stream, "intervals of %g %% (t, %g degrees)\n\n", 100 * v->level, r->degrees);
    else {
        char text[128];
        mi_format(text, sizeof text,
                  "no standard errors here, so values are compared (" MI_TOOL "bounds " MI_OPTION
                  "se adds them)\n\n");
        fputs(text, stream);
    }
}

/* Three decimals, or two digits of what three decimals would hide. Round-off is 0. */
static const char *number(char *text, size_t bytes, double x, double tolerance)
{
    if (isnan(x))
        text[0] = 0;
    else if (fabs(x) <= tolerance)
        snprintf(text, bytes, "0.000");
    else
        snprintf(text, bytes, fabs(x) < 0.01 ? "%.2g" : "%.3f", x);
    return text;
}

static void put_check(FILE *stream, const mi_validation *v, const mi_check *c)
{
    char value[32], lo[32], hi[32];
    fprintf(stream, "    %-26s %7s  %7s %2s %-7s  ", c->statement,
            number(value, sizeof value, c->value, c->tolerance),
            number(lo, sizeof lo, c->lo, c->tolerance), isnan(c->lo) ? "" : "..",
            number(hi, sizeof hi, c->hi, c->tolerance));
    if (c->verdict == MI_VERDICT_NOT_APPLICABLE)
        fprintf(stream, "%s (", mi_verdict_name(c->verdict));
    else
        fprintf(stream, "%-9s  %s (", mi_verdict_name(c->verdict), mi_standing_name(c->standing));
    mi_utf8_put_visible(stream, c->note);
    fprintf(stream, ")%s\n", c->no_error && v->row.has_se ? ", no standard error" : "");
}

void mi_validation_put(FILE *stream, const mi_validation *v)
{
    const char *family = "";
    if (!stream || !v)
        return;
    locale_t before = mi_number_locale();
    put_set(stream, &v->row);
    put_units(stream, v);
    for (size_t k = 0; k < v->count; k++) {
        if (strcmp(family, v->check[k].family) != 0)
            fprintf(stream, "  %s\n", v->check[k].family);
        family = v->check[k].family;
        put_check(stream, v, &v->check[k]);
    }
    putc('\n', stream);
    mi_utf8_put_visible(stream, v->conclusion);
    putc('\n', stream);
    mi_number_locale_end(before);
}
