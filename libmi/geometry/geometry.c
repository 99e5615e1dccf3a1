/* How rows lie: all numbers of a matrix, with errors by leaving one instance out. */
#include "libmi/geometry/geometry.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/interval_internal.h"
#include "libmi/base/mem.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"
#include "libmi/geometry/private.h"

const char *mi_geometry_name(int number)
{
    static const char *const name[MI_GEOMETRY_NUMBERS] = {
        "alignment", "uniformity", "positive_cosine", "positive_cosine_sd",
        "cosine",    "cosine_sd",  "self_clustering", "unit_sd",
        "norm",      "norm_sd",    "hubness",         "twonn",
        "mle",       "gride_2",    "gride_4",         "gride_8",
        "gride_16",  "gride_32"};
    return number >= 0 && number < MI_GEOMETRY_NUMBERS ? name[number] : "?";
}

void mi_geometry_opts_default(mi_geometry_opts *o)
{
    if (o)
        *o = (mi_geometry_opts){.t = 2, .k = 10};
}

/* ---- directions ---- */

/* a += c b, field by field. */
static void add_sums(mi_pair_sums *a, double c, const mi_pair_sums *b)
{
    a->pairs += c * b->pairs;
    a->cosine += c * b->cosine;
    a->square += c * b->square;
    a->off += c * b->off;
    a->off2 += c * b->off2;
    a->potential += c * b->potential;
}

/* Numbers MI_ALIGNMENT .. MI_SELF_CLUSTERING. The deviation of cosines inside instances is half that of
 * squared distances, which keeps its digits where views are close. */
static void numbers_of_sums(double *value, const mi_instance_sums *s, double d)
{
    const mi_pair_sums *in = &s->inside, *out = &s->others;
    double off = in->off / in->pairs, mean = out->cosine / out->pairs;
    double square = out->square / out->pairs;
    value[MI_ALIGNMENT] = off;
    value[MI_POSITIVE_COSINE] = 1 - off / 2;
    value[MI_POSITIVE_COSINE_SD] = sqrt(fmax(0, in->off2 / in->pairs - off * off)) / 2;
    if (!(in->pairs > 0.5)) /* whole numbers: none is left */
        value[MI_ALIGNMENT] = value[MI_POSITIVE_COSINE] = value[MI_POSITIVE_COSINE_SD] = NAN;
    value[MI_UNIFORMITY] = log(out->potential / out->pairs);
    value[MI_OTHER_COSINE] = mean;
    value[MI_OTHER_COSINE_SD] = sqrt(fmax(0, square - mean * mean));
    value[MI_SELF_CLUSTERING] = d > 1 ? (square - 1 / d) / (1 - 1 / d) : NAN;
    if (!(out->pairs > 0.5))
        value[MI_UNIFORMITY] = value[MI_OTHER_COSINE] = value[MI_OTHER_COSINE_SD] =
            value[MI_SELF_CLUSTERING] = NAN;
}

enum { SUM_NUMBERS = MI_SELF_CLUSTERING + 1 };

/* Of potentials this part is left without an instance, or they have lost half of their digits. */
#define LEAST_LEFT 1e-8

/* Without an instance its pairs inside are gone once, those with others from both sides. */
static void errors_of_sums(mi_geometry *out, const mi_instance_sums *sums, size_t g,
                           const mi_instance_sums *all, double d)
{
    mi_running l[SUM_NUMBERS] = {{0}};
    for (size_t c = 0; c < g; c++) {
        mi_instance_sums rest = *all;
        double value[SUM_NUMBERS];
        add_sums(&rest.inside, -1, &sums[c].inside);
        add_sums(&rest.others, -2, &sums[c].others);
        numbers_of_sums(value, &rest, d);
        if (!(rest.others.potential > LEAST_LEFT * all->others.potential))
            value[MI_UNIFORMITY] = NAN;
        for (int v = 0; v < SUM_NUMBERS; v++)
            mi_running_add(&l[v], value[v]);
    }
    for (int v = 0; v < SUM_NUMBERS; v++)
        out->se[v] = mi_running_error_by_jackknife(&l[v]);
    out->se[MI_UNIFORMITY] = hypot(out->se[MI_UNIFORMITY], out->half_width / mi_student(NAN, 0.95));
}

static void error_of_unit_sd(mi_geometry *out, const double *left_out, size_t g)
{
    mi_running l = {.count = 0};
    for (size_t c = 0; c < g; c++)
        mi_running_add(&l, left_out[c]);
    out->se[MI_UNIT_SD] = mi_running_error_by_jackknife(&l);
}

static mi_status sphere_numbers(mi_geometry *out, const mi_directions *r, const mi_geometry_opts *o,
                                const mi_run *run)
{
    size_t g = r->instance->g;
    mi_instance_sums *sums = NULL, all = {.others = {.pairs = 0}};
    double *left_out = NULL;
    mi_status status = MI_NEW(sums, g);
    if (status == MI_OK && o->se)
        status = MI_NEW(left_out, g);
    if (status == MI_OK)
        status =
            mi_sphere_sums(sums, &out->half_width, &out->value[MI_UNIT_SD], left_out, r, o->t, run);
    for (size_t c = 0; status == MI_OK && c < g; c++) {
        add_sums(&all.inside, 1, &sums[c].inside);
        add_sums(&all.others, 1, &sums[c].others);
    }
    if (status == MI_OK) {
        numbers_of_sums(out->value, &all, (double)r->x->d);
        if (o->se) {
            errors_of_sums(out, sums, g, &all, (double)r->x->d);
            error_of_unit_sd(out, left_out, g);
        }
    }
    mi_free(sums);
    mi_free(left_out);
    return status;
}

/* Norms of the rows that have a direction become their inverses. */
static mi_status sphere_of(mi_geometry *out, double *norm, const mi_mat *x,
                           const mi_groups *instance, const mi_geometry_opts *o, const mi_run *run)
{
    mi_directions r = {.x = x, .instance = instance, .inverse = norm};
    for (size_t i = 0; i < x->n; i++)
        norm[i] = 1 / norm[i];
    for (size_t c = 0; c < instance->g; c++)
        r.largest = instance->count[c] > r.largest ? instance->count[c] : r.largest;
    MI_TRY(mi_groups_list(&r.list, instance));
    mi_status status = sphere_numbers(out, &r, o, run);
    mi_group_rows_free(&r.list);
    return status;
}

/* Rows that are not all zero, where there are others. */
static mi_status without_zero_rows(mi_geometry *out, double *norm, const mi_mat *x,
                                   const mi_groups *instance, const mi_geometry_opts *o,
                                   const mi_run *run)
{
    size_t *row, left = 0;
    mi_mat some = {0};
    mi_groups some_instances = {0};
    MI_TRY(MI_NEW_RAW(row, x->n));
    for (size_t i = 0; i < x->n; i++)
        if (norm[i] > 0) {
            norm[left] = norm[i];
            row[left++] = i;
        }
    mi_status status = left < 2 ? MI_OK : mi_mat_pick(&some, x, row, left);
    if (status == MI_OK && left > 1)
        status = mi_groups_gather(&some_instances, instance, row, left);
    if (status == MI_OK && left > 1)
        status = sphere_of(out, norm, &some, &some_instances, o, run);
    mi_free(row);
    mi_mat_free(&some);
    mi_groups_free(&some_instances);
    return status;
}

/* ---- norms ---- */

/* Sums of n numbers about a centre. */
typedef struct {
    double n, sum, square;
} norm_sums;

static void norm_numbers(double *mean, double *sd, const norm_sums *s, double centre)
{
    *mean = s->n > 0.5 ? centre + s->sum / s->n : NAN;
    *sd = s->n > 1.5 ? sqrt(fmax(0, s->square - s->sum * s->sum / s->n) / (s->n - 1)) : NAN;
}

static void add_norm(norm_sums *s, double off)
{
    s->n += 1;
    s->sum += off;
    s->square += off * off;
}

static void norm_errors(mi_geometry *out, const norm_sums *part, const norm_sums *all, size_t g,
                        double centre)
{
    mi_running mean = {.count = 0}, sd = {.count = 0};
    for (size_t c = 0; c < g; c++) {
        norm_sums rest = {all->n - part[c].n, all->sum - part[c].sum, all->square - part[c].square};
        double m, s;
        norm_numbers(&m, &s, &rest, centre);
        mi_running_add(&mean, m);
        mi_running_add(&sd, s);
    }
    out->se[MI_NORM] = mi_running_error_by_jackknife(&mean);
    out->se[MI_NORM_SD] = mi_running_error_by_jackknife(&sd);
}

static mi_status norms(mi_geometry *out, const double *norm, const mi_groups *instance, int se)
{
    norm_sums all = {.n = 0}, *part;
    double centre = norm[0];
    out->norm_min = out->norm_max = norm[0];
    MI_TRY(MI_NEW(part, instance->g));
    for (size_t i = 0; i < instance->n; i++) {
        out->norm_min = fmin(out->norm_min, norm[i]);
        out->norm_max = fmax(out->norm_max, norm[i]);
        out->zero_rows += norm[i] == 0;
        add_norm(&all, norm[i] - centre);
        add_norm(&part[instance->code[i]], norm[i] - centre);
    }
    norm_numbers(&out->value[MI_NORM], &out->value[MI_NORM_SD], &all, centre);
    if (se)
        norm_errors(out, part, &all, instance->g, centre);
    mi_free(part);
    return MI_OK;
}

/* ---- all ---- */

static void start(mi_geometry *out, size_t n, size_t g)
{
    *out = (mi_geometry){.n = n, .instances = g};
    for (int v = 0; v < MI_GEOMETRY_NUMBERS; v++) {
        out->value[v] = out->se[v] = NAN;
        out->degrees[v] = (double)g - 1;
    }
}

static mi_status all_numbers(mi_geometry *out, const mi_mat *x, const mi_groups *instance,
                             const mi_geometry_opts *o, const mi_run *run)
{
    mi_groups equal = {0};
    double *norm = NULL;
    mi_status status;
    start(out, x->n, instance->g);
    MI_TRY_GOTO(status, MI_NEW_RAW(norm, x->n), done);
    MI_TRY_GOTO(status, mi_geometry_columns(out, norm, x), done);
    MI_TRY_GOTO(status, norms(out, norm, instance, o->se), done);
    MI_TRY_GOTO(status, mi_groups_of_rows(&equal, x), done);
    out->equal_rows = x->n - equal.g;
    MI_TRY_GOTO(status, mi_geometry_points(out, x, instance, &equal, o, run), done);
    if (x->n > 1)
        status = out->zero_rows ? without_zero_rows(out, norm, x, instance, o, run)
                                : sphere_of(out, norm, x, instance, o, run);
done:
    mi_groups_free(&equal);
    mi_free(norm);
    return status;
}

static mi_status check(const mi_geometry *out, const mi_mat *x, const mi_groups *instance,
                       const mi_geometry_opts *o, const mi_run *run)
{
    MI_WANT(out && o, "mi_geometry_of without a result or options");
    MI_TRY(mi_mat_check(x));
    MI_WANT(o->t > 0 && o->t <= 20, "t %g of the uniformity, wanted above 0, 20 at most", o->t);
    MI_WANT(o->k >= 2 && o->k <= 500, "%zu neighbours, wanted 2 to 500", o->k);
    if (instance) {
        MI_TRY(mi_groups_check(instance, "instances"));
        MI_WANT(instance->n == x->n, "instances of %zu rows for a matrix of %zu, wanted as many",
                instance->n, x->n);
    }
    MI_TRY(mi_run_check(run));
    MI_TRY(mi_rows_check(x, MI_ROWS_NOT_FINITE));
    return mi_rows_check_squares(x);
}

mi_status mi_geometry_of(mi_geometry *out, const mi_mat *x, const mi_groups *instance,
                         const mi_geometry_opts *o, const mi_run *run)
{
    mi_groups own = {0};
    MI_TRY(check(out, x, instance, o, run));
    if (!instance)
        MI_TRY(mi_groups_singletons(&own, x->n));
    mi_status status = all_numbers(out, x, instance ? instance : &own, o, run);
    mi_groups_free(&own);
    return status;
}

/* ---- class by class ---- */

static mi_status one_class(mi_geometry *out, const mi_mat *x, const mi_groups *instance,
                           const size_t *row, size_t n, const mi_geometry_opts *o,
                           const mi_run *run)
{
    mi_mat rows;
    mi_groups instances = {0};
    MI_TRY(mi_mat_pick(&rows, x, row, n));
    mi_status status = instance ? mi_groups_gather(&instances, instance, row, n) : MI_OK;
    if (status == MI_OK)
        status = mi_geometry_of(out, &rows, instance ? &instances : NULL, o, run);
    mi_mat_free(&rows);
    mi_groups_free(&instances);
    return status;
}

mi_status mi_geometry_of_classes(mi_geometry *out, const mi_mat *x, const mi_groups *instance,
                                 const mi_groups *y, const mi_geometry_opts *o, const mi_run *run)
{
    mi_group_rows list;
    MI_TRY(check(out, x, instance, o, run));
    MI_TRY(mi_groups_check(y, "classes"));
    MI_WANT(y->n == x->n, "classes of %zu rows for a matrix of %zu, wanted as many", y->n, x->n);
    MI_TRY(mi_groups_list(&list, y));
    mi_status status = MI_OK;
    for (size_t c = 0; status == MI_OK && c < y->g; c++)
        status = one_class(&out[c], x, instance, list.member + list.start[c], y->count[c], o, run);
    mi_group_rows_free(&list);
    return status;
}
