/* How alike two sets of features are: what is asked, checked; each family of terms in its turn. */
#include "libmi/align/align.h"

#include <math.h>

#include "libmi/align/private.h"
#include "libmi/base/blas.h"
#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/sample_build.h"
#include "libmi/entropy/check.h"

static const struct {
    const char *name;
    int is_tested;
} terms[MI_ALIGN_TERMS] = {
    [MI_ALIGN_I] = {"I", 1},
    [MI_ALIGN_I_CALIBRATED] = {"I_calibrated", 0},
    [MI_ALIGN_I_ADJUSTED] = {"I_adjusted", 0},
    [MI_ALIGN_CKA] = {"cka", 1},
    [MI_ALIGN_CKA_DEBIASED] = {"cka_debiased", 1},
    [MI_ALIGN_CKNNA] = {"cknna", 1},
    [MI_ALIGN_MUTUAL_KNN] = {"mutual_knn", 1},
    [MI_ALIGN_CYCLE_KNN] = {"cycle_knn", 1},
    [MI_ALIGN_JACCARD_KNN] = {"jaccard_knn", 1},
    [MI_ALIGN_SVCCA] = {"svcca", 1},
    [MI_ALIGN_PROCRUSTES] = {"procrustes", 1},
};

const char *mi_align_name(mi_align_term t)
{
    return (unsigned)t < MI_ALIGN_TERMS ? terms[t].name : "?";
}

int mi_align_is_tested(mi_align_term t)
{
    return (unsigned)t < MI_ALIGN_TERMS ? terms[t].is_tested : 0;
}

void mi_align_opts_default(mi_align_opts *o)
{
    static const double two = 2;
    if (o)
        *o = (mi_align_opts){.terms = MI_ALIGN_ALL,
                             .alpha = &two,
                             .n_alpha = 1,
                             .base = exp(1),
                             .k = 10,
                             .variance = 0.99};
}

/* ---- what is asked ---- */

static mi_status check_opts(const mi_align_opts *o)
{
    MI_TRY(mi_orders_check(o->alpha, o->n_alpha));
    MI_WANT(o->terms && !(o->terms & ~MI_ALIGN_ALL), "terms %#x, wanted some of MI_ALIGN_ALL",
            o->terms);
    MI_WANT(o->base > 0 && o->base != 1, "base %g, wanted a number above 0 that is not 1", o->base);
    MI_WANT(o->k > 0, "0 neighbours, wanted 1 or more");
    MI_WANT(o->variance > 0 && o->variance <= 1,
            "a share %g of the variance, wanted above 0 and at most 1", o->variance);
    MI_WANT(o->permutations != 1, "1 permutation, wanted 2 or more, or 0 for none");
    return MI_OK;
}

static mi_status check_side(const mi_sample *s, mi_member_id m)
{
    MI_WANT((unsigned)m < MI_MEMBERS, "member %d, wanted one of mi_member_id", (int)m);
    MI_TRY(mi_sample_no_weights(s, "an alignment"));
    const mi_column *c = &s->column[m];
    MI_WANT(c->present, "a sample without %s, which is to be aligned", mi_member_name(m));
    if (!c->is_real)
        return mi_fail(MI_EDATA,
                       "%s is discrete: rows are aligned that are features; the information of "
                       "labels is for " MI_TOOL "mutual",
                       mi_member_name(m));
    MI_WANT(c->x.x, "%s has rows that are not in memory, wanted them read", mi_member_name(m));
    return MI_OK;
}

static mi_status check_rows(const mi_sample *a, const mi_sample *b, const mi_align_opts *o)
{
    unsigned near = o->terms & MI_ALIGN_IS_NEAR;
    MI_WANT(a->n == b->n, "%zu rows beside %zu, wanted as many: row i is beside row i", a->n, b->n);
    if (a->n < 4)
        return mi_fail(MI_EDATA, "%zu rows, wanted 4 or more to be aligned", a->n);
    if (near && a->n <= o->k)
        return mi_fail(
            MI_EDATA,
            "%zu neighbours of %zu rows, wanted fewer than there are rows; try " MI_OPTION
            "neighbours",
            o->k, a->n);
    return MI_OK;
}

/* ---- sides ---- */

static mi_status new_order(size_t **order, size_t n)
{
    MI_TRY(MI_NEW_RAW(*order, n));
    for (size_t i = 0; i < n; i++)
        (*order)[i] = i;
    return MI_OK;
}

static mi_status new_side(mi_align_side **out, const mi_sample *s, mi_member_id m,
                          const mi_align_opts *o, const mi_run *run)
{
    mi_align_job j = {.o = o, .run = run, .n = s->n};
    MI_TRY(MI_NEW(*out, 1));
    mi_status status = new_order(&j.order, s->n);
    if (status == MI_OK)
        status = mi_blas_check(MI_DGEMM_NT | MI_DGEMM_NN | MI_DGEMM_TN | MI_EIGENVALUES);
    if (status == MI_OK)
        status = mi_name_member(mi_align_side_init(*out, &j, &s->column[m]), m);
    if (status == MI_OK)
        status = mi_align_self_information(*out, s, m, o, run);
    mi_free(j.order);
    if (status != MI_OK) {
        mi_align_side_free(*out);
        *out = NULL;
    }
    return status;
}

mi_status mi_align_side_make(mi_align_side **out, const mi_sample *s, mi_member_id m,
                             const mi_align_opts *o, const mi_run *run)
{
    MI_WANT(out, "mi_align_side_make without a result");
    *out = NULL;
    MI_WANT(s && o, "mi_align_side_make without a sample or options");
    MI_TRY(mi_run_check(run));
    MI_TRY(check_opts(o));
    MI_TRY(check_side(s, m));
    MI_TRY(check_rows(s, s, o));
    return new_side(out, s, m, o, run);
}

void mi_align_side_free(mi_align_side *s)
{
    if (!s)
        return;
    mi_align_side_clear(s);
    mi_free(s);
}

/* ---- a pair of them ---- */

/* Of every order the same. */
static void copy_to_orders(mi_alignment *out, mi_align_found *found, size_t n_alpha)
{
    for (size_t a = 1; a < n_alpha; a++) {
        for (mi_align_term t = MI_ALIGN_CKA; t < MI_ALIGN_TERMS; t++)
            out[a * MI_ALIGN_TERMS + t] = out[t];
        found[a].kept_x = found->kept_x;
        found[a].kept_y = found->kept_y;
    }
}

/* z1 and z2 of s, whose sides are x and y. */
static mi_status align_all(mi_alignment *out, mi_align_found *found, const mi_sample *s,
                           mi_align_side *x, mi_align_side *y, const mi_align_opts *o,
                           const mi_run *run)
{
    const mi_alignment unknown = {NAN, NAN, NAN, NAN, NAN};
    mi_align_job j = {.o = o, .run = run, .n = s->n, .x = x, .y = y};
    double groups = (double)s->instance.groups.g;
    for (size_t k = 0; k < o->n_alpha * MI_ALIGN_TERMS; k++)
        out[k] = unknown;
    for (size_t k = 0; k < o->n_alpha; k++)
        found[k] = (mi_align_found){.half_width = NAN, .degrees = o->se ? groups - 1 : NAN};
    if (o->terms & MI_ALIGN_IS_I)
        MI_TRY(mi_align_information(out, found, s, x, y, o, run));
    if (!(o->terms & ~MI_ALIGN_IS_I))
        return MI_OK;
    MI_TRY(new_order(&j.order, j.n));
    mi_status status = mi_align_pairs(out, &j, &s->instance.groups);
    mi_free(j.order);
    found->kept_x = x->kept;
    found->kept_y = y->kept;
    copy_to_orders(out, found, o->n_alpha);
    return status;
}

/* What is not there is made on the way. */
typedef struct {
    const mi_sample *sample[2];
    mi_member_id member[2];
    const mi_align_opts *o;
    const mi_run *run;
    mi_run quiet; /* without progress, for what runs beside the other */
    mi_align_side *side[2];
    int is_made[2];
} two_sides;

static mi_status make_missing(void *arg, size_t task, int worker)
{
    two_sides *s = arg;
    (void)worker;
    if (s->side[task])
        return MI_OK;
    s->is_made[task] = 1;
    return new_side(&s->side[task], s->sample[task], s->member[task], s->o, &s->quiet);
}

static mi_status align_two(mi_alignment *out, mi_align_found *found, two_sides *s)
{
    const mi_sample both =
        mi_align_side_by_side(s->sample[0], s->member[0], s->sample[1], s->member[1]);
    s->quiet = *s->run;
    s->quiet.progress = NULL;
    s->quiet.estimate = NULL;
    mi_status status = mi_parallel(s->run, 2, make_missing, s);
    if (status == MI_OK)
        status = align_all(out, found, &both, s->side[0], s->side[1], s->o, s->run);
    for (int k = 0; k < 2; k++)
        if (s->is_made[k])
            mi_align_side_free(s->side[k]);
    return status;
}

mi_status mi_align_sides(mi_alignment *out, mi_align_found *found, const mi_sample *a,
                         mi_member_id x, mi_align_side *side_x, const mi_sample *b, mi_member_id y,
                         mi_align_side *side_y, const mi_align_opts *o, const mi_run *run)
{
    mi_align_found *own = NULL;
    MI_WANT(out && a && b && o, "mi_align without a result, samples or options");
    MI_TRY(mi_run_check(run));
    MI_TRY(check_opts(o));
    MI_TRY(check_side(a, x));
    MI_TRY(check_side(b, y));
    MI_TRY(check_rows(a, b, o));
    MI_WANT((!side_x || side_x->n == a->n) && (!side_y || side_y->n == b->n),
            "a side of other rows than its sample has, wanted that of the sample");
    two_sides s = {
        .sample = {a, b}, .member = {x, y}, .o = o, .run = run, .side = {side_x, side_y}};
    MI_TRY(MI_NEW(own, o->n_alpha));
    mi_status status = align_two(out, found ? found : own, &s);
    mi_free(own);
    return status;
}

mi_status mi_align(mi_alignment *out, mi_align_found *found, const mi_sample *a, mi_member_id x,
                   const mi_sample *b, mi_member_id y, const mi_align_opts *o, const mi_run *run)
{
    return mi_align_sides(out, found, a, x, NULL, b, y, NULL, o, run);
}
