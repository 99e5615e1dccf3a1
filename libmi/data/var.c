/* Variables: rows or groups under a kernel. What one prepares is O(n): 1/|x_i|, or column means, since
 * distances do not change and g_ij = <x_i,x_j> of centred rows is smaller, with its rounding. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "libmi/base/leaf.h"
#include "libmi/base/want.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"

typedef struct {
    double *mean, *row, share; /* share: 1 / n */
    double largest;            /* of all |x_ik|; nan where one is */
} mean_sum;

static mi_status add_to_mean(void *arg, const mi_mat *block, size_t first)
{
    mean_sum *s = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++) {
        mi_mat_rows_f64(s->row, block, &i, 1, NULL, NULL);
        cblas_daxpy((int)block->d, s->share, s->row, 1, s->mean, 1);
        s->largest = fmax(s->largest, fabs(s->row[cblas_idamax((int)block->d, s->row, 1)]));
    }
    return MI_OK;
}

mi_status mi_column_means(double **mean, double *largest, const mi_mat *x)
{
    mean_sum s = {.share = 1.0 / (double)x->n};
    MI_TRY(MI_NEW(s.mean, x->d));
    mi_status status = MI_NEW_RAW(s.row, x->d);
    if (status == MI_OK)
        status = mi_mat_each_block(x, 0, x->n, add_to_mean, &s);
    mi_free(s.row);
    if (status != MI_OK) {
        mi_free(s.mean);
        s.mean = NULL;
    }
    *mean = s.mean;
    *largest = s.largest;
    return status;
}

static double norm_of_row(const mi_mat *x, size_t i)
{
    if (x->type == MI_F64)
        return cblas_dnrm2((int)x->d, (const double *)x->x + i * x->ld, 1);
    return sqrt(mi_leaf_norm2(x->d, (const float *)x->x + i * x->ld));
}

static mi_status invert_norms(void *arg, const mi_mat *block, size_t first)
{
    double *inverse_norm = arg;
    for (size_t i = 0; i < block->n; i++)
        inverse_norm[first + i] = 1.0 / norm_of_row(block, i);
    return MI_OK;
}

/* A row that is not finite, or all zero where that matters, shows in what was made of it (1/|x| or
 * a mean that is not finite): only then the rows are read again, to say which. */
static mi_status find_fault(const mi_var *v)
{
    int sound = 1;
    for (size_t i = 0; v->inverse_norm && i < v->n; i++)
        sound &= v->inverse_norm[i] > 0 && v->inverse_norm[i] < INFINITY;
    for (size_t k = 0; v->mean && k < v->x->d; k++)
        sound &= isfinite(v->mean[k]) != 0;
    if (sound)
        return MI_OK;
    MI_TRY(mi_rows_check(v->x, MI_ROWS_NOT_FINITE));
    if (!v->inverse_norm)
        return MI_OK;
    MI_TRY(mi_rows_check(v->x, MI_ROWS_ALL_ZERO));
    size_t i = 0;
    while (i + 1 < v->n && v->inverse_norm[i] > 0 && v->inverse_norm[i] < INFINITY)
        i++;
    return mi_fail(MI_EDATA,
                   "row %zu is so %s that its norm is no number of double precision; multiply all "
                   "rows by one number",
                   i, v->inverse_norm[i] > 0 ? "small" : "large");
}

static mi_status row_norms(double **inverse_norm, const mi_mat *x)
{
    MI_TRY(MI_NEW_RAW(*inverse_norm, x->n));
    return mi_mat_each_block(x, 0, x->n, invert_norms, *inverse_norm);
}

typedef struct {
    const mi_var *v;
    double far;
} reach;

static mi_status take_far(void *arg, const mi_mat *block, size_t first)
{
    reach *r = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++)
        for (size_t k = 0; k < block->d; k++)
            r->far = fmax(r->far, fabs(mi_mat_get(block, i, k) - r->v->mean[k]));
    return MI_OK;
}

/* The column means; 0 where a row is so far away that the others, less a mean which it moves, would lose the
 * digits in which they differ. */
static mi_status centre_of(mi_var *v, double *largest)
{
    reach r = {.v = v};
    double most = 1e8 * mi_kernel_narrowest(&v->kernel);
    MI_TRY(mi_column_means(&v->mean, largest, v->x));
    if (!(*largest > most))
        return MI_OK;
    MI_TRY(mi_mat_each_block(v->x, 0, v->n, take_far, &r));
    if (r.far > most)
        memset(v->mean, 0, v->x->d * sizeof *v->mean);
    return MI_OK;
}

mi_status mi_var_real(mi_var *out, mi_kernel kernel, const mi_mat *x)
{
    MI_WANT(out, "mi_var_real without a variable");
    *out = (mi_var){0};
    MI_WANT(x && x->n > 0 && x->d > 0, "a real variable without rows or columns");
    MI_TRY(mi_mat_check(x));
    MI_WANT((unsigned)kernel.kind <= MI_KERNEL_DELTA, "kernel %d, wanted one of mi_kernel_kind",
            (int)kernel.kind);
    if (kernel.kind == MI_KERNEL_DELTA)
        return mi_fail(MI_EUSAGE, "a real variable under the delta kernel: mi_groups_of_rows makes "
                                  "groups of rows");
    if (mi_kernel_is_of_distance(kernel.kind) && kernel.n_scales <= MI_BANDWIDTHS &&
        !mi_is_bandwidth(mi_kernel_odd_bandwidth(&kernel)))
        return mi_fail(MI_EUSAGE,
                       "a kernel of distances of bandwidth %g, wanted %g to %g: "
                       "mi_kernel_resolve finds one by a rule",
                       mi_kernel_odd_bandwidth(&kernel), MI_BANDWIDTH_LEAST, MI_BANDWIDTH_MOST);
    MI_TRY(mi_kernel_check(&kernel));
    *out = (mi_var){.kernel = kernel, .n = x->n, .x = x};
    double largest = 0;
    mi_status status = mi_kernel_is_of_distance(kernel.kind) ? centre_of(out, &largest)
                                                             : row_norms(&out->inverse_norm, x);
    if (status == MI_OK)
        status = find_fault(out);
    if (status == MI_OK && largest > MI_BANDWIDTH_MOST)
        status =
            mi_fail(MI_EDATA,
                    "the largest number is %.3g, whose distances cannot be squared; multiply all "
                    "rows by one number",
                    largest);
    if (status != MI_OK)
        mi_var_free(out);
    return status;
}

void mi_var_discrete(mi_var *out, const mi_groups *groups)
{
    if (out)
        *out = (mi_var){
            .kernel = {.kind = MI_KERNEL_DELTA}, .n = groups ? groups->n : 0, .groups = groups};
}

void mi_var_free(mi_var *v)
{
    if (!v)
        return;
    mi_free(v->inverse_norm);
    mi_free(v->mean);
    *v = (mi_var){0};
}

int mi_var_is_real(const mi_var *v)
{
    return v->kernel.kind != MI_KERNEL_DELTA;
}

mi_status mi_var_rows_f64(const mi_var *v, const size_t *row, size_t m, double *out)
{
    return mi_mat_read_f64(out, v->x, row, m, v->inverse_norm, v->mean);
}
