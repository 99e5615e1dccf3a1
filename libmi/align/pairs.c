/* All terms of one pairing of the rows, from what each side said alone; the pairing as it is, and
 * re-pairings shared out among the threads. */
#include <math.h>

#include "libmi/align/private.h"
#include "libmi/base/pool.h"

static mi_status new_cross(double **cross, const mi_align_rows *x, const size_t *order,
                           const mi_align_rows *y, const size_t *to)
{
    MI_TRY(MI_NEW_RAW(*cross, x->x->d * y->x->d));
    return mi_align_cross(*cross, x, order, y, to);
}

/* seen, stored: X'Y of the rows as the kernels see them and as they are stored, the two perhaps one; NULL:
 * not wanted. */
static mi_status terms_from(double *value, const mi_align_job *j, const size_t *to, double *seen,
                            double *stored)
{
    unsigned terms = j->o->terms;
    double total;
    if (terms & MI_ALIGN_IS_CKA) {
        MI_TRY(mi_align_inner(&total, NULL, j, j->x, j->y, to, seen));
        value[MI_ALIGN_CKA] = mi_align_cka(j->x, j->y, to, total, 0);
        value[MI_ALIGN_CKA_DEBIASED] = mi_align_cka(j->x, j->y, to, total, 1);
    }
    if (terms & MI_ALIGN_IS_NEAR)
        MI_TRY(mi_align_near(value, j->x, j->y, to));
    return stored ? mi_align_shape(value, j, stored) : MI_OK;
}

/* value (MI_ALIGN_TERMS). */
static mi_status terms_of_pairing(double *value, const mi_align_job *j, const size_t *to)
{
    const mi_align_side *x = j->x, *y = j->y;
    int wants_seen = (j->o->terms & MI_ALIGN_IS_CKA) && x->is_linear && y->is_linear;
    int wants_stored = (j->o->terms & MI_ALIGN_IS_SHAPE) != 0;
    int is_one = wants_seen && x->is_seen_as_stored && y->is_seen_as_stored;
    double *seen = NULL, *stored = NULL;
    mi_status status = MI_OK;
    if (wants_stored || is_one)
        status = new_cross(&stored, &x->stored, j->order, &y->stored, to);
    if (status == MI_OK && wants_seen && !is_one)
        status = new_cross(&seen, &x->seen, j->order, &y->seen, to);
    if (status == MI_OK)
        status = terms_from(value, j, to, is_one ? stored : seen, wants_stored ? stored : NULL);
    mi_free(seen);
    mi_free(stored);
    return status;
}

/* ---- re-pairings ---- */

typedef struct {
    const mi_align_job *j;
    const mi_pairings *pairings;
    double *value; /* (count + 1, MI_ALIGN_TERMS) */
} null_job;

static mi_status one_pairing(void *arg, size_t task, int worker)
{
    const null_job *n = arg;
    size_t *to;
    (void)worker;
    MI_TRY(MI_NEW_RAW(to, n->j->n));
    mi_status status = mi_pairing_draw(to, n->pairings, task, n->j->run->seed);
    if (status == MI_OK)
        status = terms_of_pairing(n->value + task * MI_ALIGN_TERMS, n->j, to);
    mi_free(to);
    return status;
}

/* Matrices that are kept are in single precision. */
static double round_off_of(const mi_align_job *j, mi_align_term t)
{
    int is_single = (MI_ALIGN_IS_CKA >> t & 1) && (j->x->matrix || j->y->matrix);
    return is_single ? MI_NULL_ROUND_OFF_FLOAT : MI_NULL_ROUND_OFF;
}

static mi_status nulls_of(mi_alignment *out, const mi_align_job *j, const mi_pairings *pairings)
{
    size_t count = j->o->permutations;
    mi_run quiet = *j->run;
    mi_align_job inside = *j;
    null_job n = {.j = &inside, .pairings = pairings};
    quiet.progress = NULL;
    inside.run = &quiet;
    MI_TRY(MI_NEW(n.value, (count + 1) * MI_ALIGN_TERMS));
    mi_status status = mi_parallel(j->run, count + 1, one_pairing, &n);
    for (mi_align_term t = MI_ALIGN_CKA; status == MI_OK && t < MI_ALIGN_TERMS; t++) {
        mi_null null = mi_null_of(n.value + t, MI_ALIGN_TERMS, count, round_off_of(j, t));
        int is_known = !isnan(out[t].value) && (j->o->terms >> t & 1);
        out[t].null = is_known ? null.mean : NAN;
        out[t].null_sd = is_known ? null.sd : NAN;
        out[t].p = is_known ? null.p : NAN;
    }
    mi_free(n.value);
    return status;
}

/* A kernel that is not linear is kept for re-pairings, and what it is paired with, where two matrices are at
 * most half of the memory allowed. */
static mi_status keep_matrices(const mi_align_job *j)
{
    double bytes = 8.0 * (double)j->n * (double)j->n;
    if (!(j->o->terms & MI_ALIGN_IS_CKA) || (j->x->is_linear && j->y->is_linear) ||
        bytes > (double)mi_run_memory_bytes(j->run) / 2)
        return MI_OK;
    MI_TRY(mi_align_keep(j->x, j));
    return j->y->matrix ? MI_OK : mi_align_keep(j->y, j);
}

static void drop_matrix(mi_align_side *s)
{
    mi_free(s->matrix);
    s->matrix = NULL;
}

static mi_status find_nulls(mi_alignment *out, const mi_align_job *j, const mi_groups *instance)
{
    mi_pairings pairings;
    mi_status status = mi_pairings_init(&pairings, instance, 0);
    if (status == MI_OK)
        status = keep_matrices(j);
    if (status == MI_OK && (j->o->terms & MI_ALIGN_IS_NEAR))
        status = mi_align_ties_find(j->y, j);
    if (status == MI_OK)
        status = nulls_of(out, j, &pairings);
    drop_matrix(j->x);
    drop_matrix(j->y);
    mi_pairings_free(&pairings);
    return status;
}

mi_status mi_align_pairs(mi_alignment *out, const mi_align_job *j, const mi_groups *instance)
{
    unsigned terms = j->o->terms;
    double value[MI_ALIGN_TERMS] = {0};
    MI_TRY(terms_of_pairing(value, j, j->order));
    for (mi_align_term t = MI_ALIGN_CKA; t < MI_ALIGN_TERMS; t++)
        if (terms >> t & 1)
            out[t].value = value[t];
    if (j->o->se && (terms & MI_ALIGN_IS_CKA)) {
        double biased, debiased;
        MI_TRY(mi_align_cka_errors(&biased, &debiased, j, instance));
        out[MI_ALIGN_CKA].se = isnan(out[MI_ALIGN_CKA].value) ? NAN : biased;
        out[MI_ALIGN_CKA_DEBIASED].se = isnan(out[MI_ALIGN_CKA_DEBIASED].value) ? NAN : debiased;
    }
    return j->o->permutations ? find_nulls(out, j, instance) : MI_OK;
}
