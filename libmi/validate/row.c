/* A row of a bounds table, and how exact its numbers are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/validate/private.h"

#include "libmi/base/number.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/words.h"

/* ---- cells by name ---- */

static mi_status find(const mi_table *t, const char *name, int decomposed, size_t *column)
{
    long k = mi_table_has(t, name);
    if (k < 0 && decomposed && mi_table_has(t, mi_term_name(MI_LOWER)) >= 0)
        return mi_fail(MI_EDATA,
                       "%s: no column '%s'; " MI_TOOL "bounds " MI_OPTION "decompose adds it",
                       t->source, name);
    if (k < 0)
        return mi_fail(MI_EDATA,
                       "%s: no column '%s', wanted a table of " MI_TOOL "bounds " MI_OPTION
                       "decompose",
                       t->source, name);
    *column = (size_t)k;
    return MI_OK;
}

static mi_status read_optional(double *to, const mi_table *t, size_t row, const char *name)
{
    long k = mi_table_has(t, name);
    return k < 0 ? MI_OK : mi_table_number(t, row, (size_t)k, to);
}

static mi_status read_numbers(mi_bounds_row *r, const mi_table *t, size_t row)
{
    const struct {
        const char *name;
        double *to;
    } cell[] = {{"alpha", &r->alpha},         {"n", &r->n},
                {"instances", &r->instances}, {"batch", &r->batch},
                {"batches", &r->batches},     {"d2", &r->d2}};
    size_t k = 0;
    for (size_t i = 0; i < sizeof cell / sizeof *cell; i++) {
        MI_TRY(find(t, cell[i].name, 0, &k));
        MI_TRY(mi_table_number(t, row, k, cell[i].to));
    }
    r->levels = r->half_width = r->permutations = NAN;
    /* Tables without the column: instances are the independent units. */
    r->degrees = (isnan(r->instances) ? r->n : r->instances) - 1;
    MI_TRY(read_optional(&r->degrees, t, row, "degrees"));
    MI_TRY(read_optional(&r->half_width, t, row, "half_width"));
    MI_TRY(read_optional(&r->permutations, t, row, "permutations"));
    return read_optional(&r->levels, t, row, "fsq_levels");
}

static mi_status read_texts(mi_bounds_row *r, const mi_table *t, size_t row)
{
    const struct {
        const char *name, **to;
    } cell[] = {{"file", &r->file},           {"group", &r->group},         {"kernel", &r->kernel},
                {"r_kind", &r->r_kind},       {"i_z1_r_by", &r->i_z1_r_by}, {"preset", &r->preset},
                {"estimator", &r->estimator}, {"route", &r->route},         {"base", &r->base}};
    size_t k = 0;
    for (size_t i = 0; i < sizeof cell / sizeof *cell; i++) {
        MI_TRY(find(t, cell[i].name, 0, &k));
        *cell[i].to = mi_table_cell(t, row, k);
    }
    return MI_OK;
}

static mi_status read_base(mi_bounds_row *r, const mi_table *t, size_t row)
{
    double base = exp(1);
    size_t k = 0;
    MI_TRY(find(t, "base", 0, &k));
    if (strcmp(r->base, "e") != 0)
        MI_TRY(mi_table_number(t, row, k, &base));
    if (!(base > 1))
        return mi_fail(MI_EDATA, "%s: line %zu, column 'base': '%s', wanted e or a number above 1",
                       t->from[row], t->line[row], r->base);
    r->unit = mi_entropy_unit(base);
    return MI_OK;
}

/* ---- terms and their digits ---- */

/* Significant digits of a number as written. */
static int digits_of(const char *text)
{
    int n = 0;
    for (const char *c = text; *c && *c != 'e' && *c != 'E'; c++)
        n += *c >= '0' && *c <= '9' && (n > 0 || *c != '0');
    return n;
}

/* Column TERM_suffix; nan where there is none. */
static mi_status read_beside(double *to, const mi_table *t, size_t row, mi_term term,
                             const char *suffix)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s", mi_term_name(term), suffix);
    *to = NAN;
    return read_optional(to, t, row, name);
}

static mi_status read_chance(mi_bounds_row *r, const mi_table *t, size_t row, mi_term term)
{
    r->null[term] = r->p[term] = NAN;
    if (!mi_term_is_information(term))
        return MI_OK;
    MI_TRY(read_beside(&r->null[term], t, row, term, "null"));
    return read_beside(&r->p[term], t, row, term, "p");
}

static mi_status read_terms(mi_bounds_row *r, const mi_table *t, size_t row, mi_term terms)
{
    size_t k = 0;
    int digits = 1;
    for (mi_term i = terms; i < MI_TERMS; i++)
        r->value[i] = r->se[i] = r->null[i] = r->p[i] = NAN;
    for (mi_term i = 0; i < terms; i++) {
        MI_TRY(find(t, mi_term_name(i), i >= MI_FIRST_DECOMPOSED, &k));
        MI_TRY(mi_table_number(t, row, k, &r->value[i]));
        if (isfinite(r->value[i]) && digits_of(mi_table_cell(t, row, k)) > digits)
            digits = digits_of(mi_table_cell(t, row, k));
        MI_TRY(read_beside(&r->se[i], t, row, i, "se"));
        MI_TRY(read_chance(r, t, row, i));
        r->has_se |= isfinite(r->se[i]);
    }
    /* Trailing zeros are not written: the longest value shows what the table was asked for. */
    r->rounding = 0.5 * pow(10, 1 - digits);
    return MI_OK;
}

mi_status mi_bounds_row_read(mi_bounds_row *out, const mi_table *t, size_t row, mi_term terms)
{
    *out = (mi_bounds_row){0};
    MI_TRY(read_terms(out, t, row, terms));
    MI_TRY(read_numbers(out, t, row));
    MI_TRY(read_texts(out, t, row));
    MI_TRY(read_base(out, t, row));
    return MI_OK;
}

/* ---- what kind of row it is ---- */

int mi_bounds_row_has_r(const mi_bounds_row *r)
{
    return strcmp(r->r_kind, "nan") != 0;
}

int mi_bounds_row_is_matrix(const mi_bounds_row *r)
{
    return strcmp(r->i_z1_r_by, "matrix") == 0;
}

int mi_bounds_row_is_theorem(const mi_bounds_row *r)
{
    return strcmp(r->preset, mi_preset_name(MI_PRESET_THEOREM)) == 0;
}

int mi_bounds_row_has_delta_kernels(const mi_bounds_row *r)
{
    for (const char *c = strchr(r->kernel, '='); c; c = strchr(c + 1, '='))
        if (strncmp(c + 1, "delta", 5) != 0)
            return 0;
    return strchr(r->kernel, '=') != NULL;
}

double mi_bounds_row_tolerance(const mi_bounds_row *r)
{
    mi_route route;
    if (mi_route_parse(&route, r->route) != MI_OK)
        route = MI_ROUTE_AUTO; /* of another version */
    /* What estimating routes leave besides is in the table; fmax passes nan over. */
    return fmax(mi_route_round_off(route) * r->unit, r->half_width);
}
