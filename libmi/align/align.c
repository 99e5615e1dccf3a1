/* How alike two sets of features are: what is asked, checked; each family of terms in its turn. */
#include "libmi/align/align.h"

#include <math.h>

#include "libmi/align/private.h"
#include "libmi/base/blas.h"
#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
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
    const mi_column *c = &s->column[m];
    MI_WANT(c->present, "a sample without %s, which is to be aligned", mi_member_name(m));
    if (!c->is_real)
        return mi_fail(MI_EUSAGE,
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

/* ---- the terms that are not of the information ---- */

typedef struct {
    mi_align_job *j;
    const mi_column *x, *y;
} two_sides;

static mi_status init_side(void *arg, size_t task, int worker)
{
    const two_sides *s = arg;
    (void)worker;
    return task == 0 ? mi_align_side_init(&s->j->x, s->j, s->x)
                     : mi_align_side_init(&s->j->y, s->j, s->y);
}

static mi_status align_rows(mi_alignment *out, mi_align_found *found, const two_sides *s,
                            const mi_groups *instance)
{
    mi_align_job *j = s->j;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(j->order, j->n), done);
    for (size_t i = 0; i < j->n; i++)
        j->order[i] = i;
    MI_TRY_GOTO(status, mi_parallel(j->run, 2, init_side, (void *)s), done);
    MI_TRY_GOTO(status, mi_align_pairs(out, j, instance), done);
    found->kept_x = j->x.kept;
    found->kept_y = j->y.kept;
done:
    mi_align_side_free(&j->x);
    mi_align_side_free(&j->y);
    mi_free(j->order);
    return status;
}

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

static mi_status align_all(mi_alignment *out, mi_align_found *found, const mi_sample *a,
                           mi_member_id x, const mi_sample *b, mi_member_id y,
                           const mi_align_opts *o, const mi_run *run)
{
    const mi_alignment unknown = {NAN, NAN, NAN, NAN, NAN};
    mi_align_job j = {.o = o, .run = run, .n = a->n};
    const two_sides s = {.j = &j, .x = &a->column[x], .y = &b->column[y]};
    double groups = (double)a->instance.groups.g;
    for (size_t k = 0; k < o->n_alpha * MI_ALIGN_TERMS; k++)
        out[k] = unknown;
    for (size_t k = 0; k < o->n_alpha; k++)
        found[k] = (mi_align_found){.half_width = NAN, .degrees = o->se ? groups - 1 : NAN};
    if (o->terms & MI_ALIGN_IS_I)
        MI_TRY(mi_align_information(out, found, a, x, b, y, o, run));
    if (!(o->terms & ~MI_ALIGN_IS_I))
        return MI_OK;
    MI_TRY(mi_blas_check(MI_DGEMM_NT | MI_DGEMM_NN | MI_DGEMM_TN | MI_EIGENVALUES));
    MI_TRY(align_rows(out, found, &s, &a->instance.groups));
    copy_to_orders(out, found, o->n_alpha);
    return MI_OK;
}

mi_status mi_align(mi_alignment *out, mi_align_found *found, const mi_sample *a, mi_member_id x,
                   const mi_sample *b, mi_member_id y, const mi_align_opts *o, const mi_run *run)
{
    mi_align_found *own = NULL;
    MI_WANT(out && a && b && o, "mi_align without a result, samples or options");
    MI_TRY(mi_run_check(run));
    MI_TRY(check_opts(o));
    MI_TRY(check_side(a, x));
    MI_TRY(check_side(b, y));
    MI_TRY(check_rows(a, b, o));
    MI_TRY(MI_NEW(own, o->n_alpha));
    mi_status status = align_all(out, found ? found : own, a, x, b, y, o, run);
    mi_free(own);
    return status;
}
