/* InfoNCE loss and Barlow Twins score of the features, exactly.
 *
 * InfoNCE, s_ij cosine similarity, T temperature, pos(i) the other rows of i's instance:
 *
 *     L = -mean_i log( sum_{j in pos(i)} e^{s_ij/T} / sum_{j != i} e^{s_ij/T} )
 *
 * from a tile pass with q_ij = e^{(s_ij - 1)/T} and two sums with row sums: over all pairs, and
 * over pairs of one instance (the instance as a mask). The factor e^{-1/T} cancels in the ratio.
 *
 * Barlow Twins, A and B (g,d) standardised first and second views: C = A' B / g,
 *
 *     score = -scale ( sum_i (1 - c_ii)^2 + lambda sum_{i != j} c_ij^2 ).
 */
#include "libmi/bounds/contrast.h"

#include <cblas.h>
#include <math.h>

#include "libmi/base/blas.h"
#include "libmi/bounds/private.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"
#include "libmi/data/sample_build.h"

/* ---- InfoNCE ---- */

static mi_status check_real(const mi_sample *s, const char *what)
{
    if (!s->column[MI_Z1].is_real)
        return mi_fail(MI_EDATA, "%s needs real-valued z1, found a discrete one", what);
    return mi_sample_check_views(s, what);
}

/* log(e^a + e^b) without overflow; -inf is the empty sum. */
static double log_add(double a, double b)
{
    double high = fmax(a, b), low = fmin(a, b);
    return high == -INFINITY ? high : high + log1p(exp(low - high));
}

/* Log-sum-exp over one row in double precision: the plain twin, for rows whose float sums
 * vanished. */
mi_status mi_log_sums_of_row(mi_log_sums *out, const mi_var *z, const mi_groups *instance, size_t i,
                             double temperature)
{
    double *a, *b;
    size_t d = z->x->d;
    MI_TRY(MI_NEW_RAW(a, 2 * d));
    b = a + d;
    out->positive = out->all = -INFINITY;
    mi_status status = mi_var_rows_f64(z, &i, 1, a);
    for (size_t j = 0; status == MI_OK && j < z->n; j++) {
        if (j == i)
            continue;
        MI_TRY_GOTO(status, mi_var_rows_f64(z, &j, 1, b), done);
        double e = cblas_ddot((int)d, a, 1, b, 1) / temperature;
        out->all = log_add(out->all, e);
        if (instance->code[j] == instance->code[i])
            out->positive = log_add(out->positive, e);
    }
done:
    mi_free(a);
    return status;
}

/* positive, all (n): row sums of q; L = mean_i (log all_i - log positive_i). */
static mi_status mean_loss(double *loss, const mi_var *z, const mi_groups *instance,
                           const double *positive, const double *all, double t)
{
    double sum = 0;
    for (size_t i = 0; i < z->n; i++) {
        mi_log_sums l = {.positive = log(positive[i]), .all = log(all[i])};
        if (positive[i] < MI_SMALLEST_SUM)
            MI_TRY(mi_log_sums_of_row(&l, z, instance, i, t));
        sum += l.all - l.positive;
    }
    *loss = sum / (double)z->n;
    return MI_OK;
}

/* Both sums of every row from one pass over the tiles: positives are the pairs of one instance but
 * self pairs, which have q_ii = 0. */
static mi_status infonce_exact(double *loss, const mi_tile_factor *factor, const mi_var *z,
                               const mi_groups *instance, double t, const mi_run *run)
{
    mi_tile_sum sum[2] = {{.factors = 1}, {.factors = 1, .group = instance->code}};
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(sum[0].row, z->n), done);
    MI_TRY_GOTO(status, MI_NEW(sum[1].row, z->n), done);
    MI_TRY_GOTO(status, mi_tiles(z->n, factor, 1, sum, 2, run), done);
    status = mean_loss(loss, z, instance, sum[1].row, sum[0].row, t);
done:
    mi_free(sum[0].row);
    mi_free(sum[1].row);
    return status;
}

mi_status mi_infonce_loss(double *loss, double *half_width, const mi_sample *s, double temperature,
                          const mi_run *run)
{
    const mi_groups *instance = &s->instance.groups;
    mi_var z = {0};
    mi_tile_var t = {0};
    mi_status status;
    *half_width = 0;
    MI_TRY(check_real(s, "InfoNCE"));
    MI_TRY_GOTO(status, mi_var_real(&z, (mi_kernel){.kind = MI_KERNEL_LINEAR}, &s->column[MI_Z1].x),
                done);
    MI_TRY_GOTO(status, mi_tile_var_init(&t, &z, NULL, s->n), done);
    /* The factor of the linear kernel becomes q_ij = e^{(s_ij - 1)/T}: scale 1/T, bias -1/T, b = 0.
     * The constant e^{-1/T} cancels in the ratio and keeps every term at most 1. */
    t.factor.map = MI_TILE_EXP;
    t.factor.b = t.b;
    t.factor.scale = (float)(1 / temperature);
    t.factor.bias = (float)(-1 / temperature);
    t.factor.diagonal = 0;
    if (!z.x->source && mi_infonce_is_sampled(instance, run))
        status = mi_infonce_sampled(loss, half_width, &t.factor, &z, instance, temperature, run);
    else
        status = infonce_exact(loss, &t.factor, &z, instance, temperature, run);
done:
    mi_tile_var_free(&t);
    mi_var_free(&z);
    return status;
}

/* ---- Barlow Twins ---- */

#define BARLOW_EPS 1e-5

/* x (n,d): columns less their mean, over sqrt(biased variance + 1e-5), as batch normalisation
 * does. */
static void standardise_columns(double *x, size_t n, size_t d)
{
    for (size_t k = 0; k < d; k++) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < n; i++)
            mean += x[i * d + k];
        mean /= (double)n;
        for (size_t i = 0; i < n; i++)
            variance += (x[i * d + k] - mean) * (x[i * d + k] - mean);
        double scale = 1 / sqrt(variance / (double)n + BARLOW_EPS);
        for (size_t i = 0; i < n; i++)
            x[i * d + k] = (x[i * d + k] - mean) * scale;
    }
}

/* x (g,d): standardised row number `view` of every instance. */
static mi_status view_rows(double *x, const mi_mat *z, const mi_group_rows *list, size_t view)
{
    size_t *row;
    MI_TRY(MI_NEW_RAW(row, list->g));
    for (size_t c = 0; c < list->g; c++)
        row[c] = list->member[list->start[c] + view];
    mi_status status = mi_mat_read_f64(x, z, row, list->g, NULL, NULL);
    if (status == MI_OK)
        standardise_columns(x, list->g, z->d);
    mi_free(row);
    return status;
}

/* c (d,d): the invariance term on the diagonal, redundancy reduction off it. */
static double barlow_of_correlation(const double *c, size_t d, double lambda, double scale)
{
    double on = 0, off = 0;
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < d; j++)
            off += i == j ? 0 : c[i * d + j] * c[i * d + j];
        on += (1 - c[i * d + i]) * (1 - c[i * d + i]);
    }
    return -scale * (on + lambda * off);
}

mi_status mi_barlow_score(double *score, const mi_sample *s, double lambda, double scale)
{
    const mi_mat *z = &s->column[MI_Z1].x;
    mi_group_rows list = {0};
    double *a = NULL, *b = NULL, *c = NULL;
    mi_status status;
    MI_TRY(check_real(s, "Barlow"));
    if (s->column[MI_Z1].kernel.kind == MI_KERNEL_PRECOMPUTED)
        return mi_fail(MI_EDATA,
                       "Barlow needs the columns of z1, of which a precomputed kernel has "
                       "the inner products alone");
    MI_TRY(mi_name_member(mi_rows_check_squares(z), MI_Z1));
    MI_TRY(mi_blas_check(MI_DGEMM_TN));
    MI_TRY_GOTO(status, mi_groups_list(&list, &s->instance.groups), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(a, list.g * z->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(b, list.g * z->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(c, z->d * z->d), done);
    MI_TRY_GOTO(status, view_rows(a, z, &list, 0), done);
    MI_TRY_GOTO(status, view_rows(b, z, &list, 1), done);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)z->d, (int)z->d, (int)list.g,
                1.0 / (double)list.g, a, (int)z->d, b, (int)z->d, 0, c, (int)z->d);
    *score = barlow_of_correlation(c, z->d, lambda, scale);
done:
    mi_group_rows_free(&list);
    mi_free(a);
    mi_free(b);
    mi_free(c);
    return status;
}
