/* LiDAR: effective rank of the linear discriminant analysis that has the instances as its classes.
 *
 *     S_b = sum_c (m_c - m)(m_c - m)' / (G-1)
 *     S_w = sum_i (x_i - m_c(i))(x_i - m_c(i))' / (n-G) + delta I
 *
 * Thilak et al., ICLR 2024, eqs. 1 to 4; the eigenvalues of S_w^-1/2 S_b S_w^-1/2 are those of the
 * generalised symmetric problem S_b v = l S_w v (LAPACK dsygvd). Scatter matrices are sums of
 * panels, X' X by SYRK, about means that are computed first, of rows less the mean of all, so that no digits are
 * lost to a mean far from 0. */
#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/pool.h"
#include "libmi/base/want.h"
#include "libmi/bounds/effrank.h"
#include "libmi/bounds/private.h"
#include "libmi/bounds/span.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"

enum { PANEL = 256 };

/* sum (x - c)(x - c)' of rows that come one at a time: s (d,d), lower triangle, PANEL rows by one
 * SYRK. */
typedef struct {
    size_t d, rows;
    double *s;
    double *panel; /* (PANEL,d) rows that wait */
} scatter;

static mi_status scatter_init(scatter *s, size_t d)
{
    *s = (scatter){.d = d};
    MI_TRY(MI_NEW(s->s, d * d));
    return MI_NEW_RAW(s->panel, PANEL * d);
}

static void scatter_free(scatter *s)
{
    mi_free(s->s);
    mi_free(s->panel);
}

static void scatter_flush(scatter *s)
{
    int d = (int)s->d;
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, d, (int)s->rows, 1, s->panel, d, 1, s->s, d);
    s->rows = 0;
}

/* Add (x - centre)(x - centre)'. */
static void scatter_add(scatter *s, const double *x, const double *centre)
{
    double *row = s->panel + s->rows * s->d;
    for (size_t k = 0; k < s->d; k++)
        row[k] = x[k] - centre[k];
    if (++s->rows == PANEL)
        scatter_flush(s);
}

typedef struct {
    const mi_mat *x;
    const mi_group_rows *list;
    double *offset;     /* (d) the mean of the rows, which is taken off them */
    double *row;        /* (most rows of one instance, d) */
    double *mean;       /* (d) of one instance */
    double *grand_mean; /* (d) of the means of the instances */
    double scale;       /* that the rows are larger by */
    scatter between, within;
} lidar;

static mi_status lidar_init(lidar *l, const mi_mat *x, double scale, const mi_group_rows *list,
                            const mi_run *run)
{
    size_t most = 0;
    *l = (lidar){.x = x, .list = list, .scale = scale};
    for (size_t c = 0; c < list->g; c++)
        most =
            list->start[c + 1] - list->start[c] > most ? list->start[c + 1] - list->start[c] : most;
    /* Two scatter matrices with their panels, and the rows of one instance. */
    double bytes = 8.0 * (double)x->d * (2.0 * (double)(x->d + PANEL) + (double)most);
    if (bytes > (double)mi_run_memory_bytes(run))
        return mi_fail(MI_EMEMORY, "LiDAR of %zu columns needs %.3g GB, allowed are %.3g GB", x->d,
                       bytes / 1e9, (double)mi_run_memory_bytes(run) / 1e9);
    MI_TRY(mi_blas_check(MI_DSYRK_T | MI_EIGENVALUES));
    MI_TRY(MI_NEW_RAW(l->offset, x->d));
    MI_TRY(MI_NEW_RAW(l->row, most * x->d));
    MI_TRY(MI_NEW_RAW(l->mean, x->d));
    MI_TRY(MI_NEW(l->grand_mean, x->d));
    /* l->mean is scratch for what the offset, which need be no more than near the rows, is off. */
    mi_mat_mean_f64(l->offset, l->mean, l->row, x, NULL);
    MI_TRY(scatter_init(&l->between, x->d));
    return scatter_init(&l->within, x->d);
}

static void lidar_free(lidar *l)
{
    mi_free(l->offset);
    mi_free(l->row);
    mi_free(l->mean);
    mi_free(l->grand_mean);
    scatter_free(&l->between);
    scatter_free(&l->within);
}

/* The rows of instance c into l->row, their mean into l->mean; returns how many. */
static size_t load_instance(lidar *l, size_t c)
{
    size_t d = l->x->d, start = l->list->start[c], rows = l->list->start[c + 1] - start;
    mi_mat_rows_f64(l->row, l->x, l->list->member + start, rows, NULL, l->offset);
    memset(l->mean, 0, d * sizeof *l->mean);
    for (size_t i = 0; i < rows; i++)
        cblas_daxpy((int)d, 1 / (double)rows, l->row + i * d, 1, l->mean, 1);
    return rows;
}

/* Two passes: the grand mean of the means of instances, then both scatter matrices about their
 * means. */
static void accumulate(lidar *l)
{
    size_t d = l->x->d;
    for (size_t c = 0; c < l->list->g; c++) {
        load_instance(l, c);
        cblas_daxpy((int)d, 1 / (double)l->list->g, l->mean, 1, l->grand_mean, 1);
    }
    for (size_t c = 0; c < l->list->g; c++) {
        size_t rows = load_instance(l, c);
        scatter_add(&l->between, l->mean, l->grand_mean);
        for (size_t i = 0; i < rows; i++)
            scatter_add(&l->within, l->row + i * d, l->mean);
    }
    scatter_flush(&l->between);
    scatter_flush(&l->within);
}

/* Nothing but rounding of the means is between the instances: that of numbers of the size of the rows. */
static int means_are_equal(const lidar *l)
{
    double between = 0, size2 = 0, n = (double)l->x->n;
    for (size_t k = 0; k < l->x->d; k++) {
        between += l->between.s[k * l->x->d + k];
        size2 += l->within.s[k * l->x->d + k] / n + l->grand_mean[k] * l->grand_mean[k];
    }
    return between <= n * pow(n * DBL_EPSILON, 2) * size2;
}

/* What is added to the variances within instances: delta, which rules alone where it is 1e100 times them. */
static double added(const lidar *l, double between, double within, double delta)
{
    double size = 0;
    for (size_t k = 0; k < l->x->d; k++)
        size += between * l->between.s[k * l->x->d + k] + within * l->within.s[k * l->x->d + k];
    return fmin(delta * l->scale * l->scale, 1e100 * size);
}

/* value (d): eigenvalues of S_w^-1/2 S_b S_w^-1/2, as those of S_b v = l S_w v. */
static mi_status generalised_eigenvalues(double *value, lidar *l, const mi_effrank_opts *o,
                                         int *is_singular)
{
    size_t d = l->x->d;
    double between = 1 / (double)(l->list->g - 1), within = 1 / (double)(l->x->n - l->list->g);
    double delta = added(l, between, within, o->delta);
    for (size_t i = 0; i < d; i++) {
        cblas_dscal((int)(i + 1), between, l->between.s + i * d, 1);
        cblas_dscal((int)(i + 1), within, l->within.s + i * d, 1);
        l->within.s[i * d + i] += delta;
    }
    lapack_int n = (lapack_int)d;
    lapack_int info =
        LAPACKE_dsygvd(LAPACK_COL_MAJOR, 1, 'N', 'U', n, l->between.s, n, l->within.s, n, value);
    /* dsygvd: info > n, S_w is not positive definite, its Cholesky factor fails. */
    *is_singular = info > n;
    if (*is_singular)
        return MI_OK;
    if (info)
        return mi_fail(MI_ELIBRARY, "LAPACK's dsygvd failed on a %zu x %zu matrix (info %d)", d, d,
                       (int)info);
    for (size_t k = 0; k < d; k++)
        /* S_b has rank G - 1 at most; the other eigenvalues are 0. */
        value[k] = fmax(value[k], 0); /* below 0 is round-off */
    return MI_OK;
}

/* LiDAR of rows, larger by `scale`, in d directions: the columns of x, and others in which they do not
 * differ. */
static mi_status lidar_of(double *out, const mi_mat *x, double scale, size_t d,
                          const mi_groups *instance, const mi_effrank_opts *o, const mi_run *run)
{
    mi_group_rows list = {0};
    lidar l = {.x = x};
    double *value = NULL;
    int is_singular;
    mi_status status;
    mi_blas_set_threads(mi_pool_threads(run));
    MI_TRY_GOTO(status, mi_groups_list(&list, instance), done);
    MI_TRY_GOTO(status, MI_NEW(value, d), done);
    MI_TRY_GOTO(status, lidar_init(&l, x, scale, &list, run), done);
    accumulate(&l);
    if (means_are_equal(&l))
        goto done;
    MI_TRY_GOTO(status, generalised_eigenvalues(value, &l, o, &is_singular), done);
    if (!is_singular)
        *out = mi_rankme(value, d, o->epsilon);
done:
    lidar_free(&l);
    mi_group_rows_free(&list);
    mi_free(value);
    return status;
}

/* Nothing is lost where their mean is left out. */
static mi_status lidar_of_few(double *out, const mi_mat *x, double scale, const mi_groups *instance,
                              const mi_effrank_opts *o, const mi_run *run)
{
    mi_mat span;
    mi_blas_set_threads(mi_run_threads(run));
    MI_TRY(mi_span_rows(&span, x, NULL, run));
    const mi_mat rows = mi_mat_view_f64(span.x, x->n, x->n, span.ld);
    mi_status status = lidar_of(out, &rows, scale, x->d, instance, o, run);
    mi_mat_free(&span);
    return status;
}

mi_status mi_lidar(double *out, const mi_mat *x, const mi_groups *instance,
                   const mi_effrank_opts *o, const mi_run *run)
{
    mi_mat tame;
    double scale;
    MI_WANT(out, "LiDAR without a result");
    MI_TRY(mi_effrank_check(x, run));
    MI_TRY(mi_effrank_opts_check(o));
    MI_TRY(mi_groups_check(instance, "instances"));
    MI_WANT(instance->n == x->n, "instances of %zu rows for %zu rows, wanted as many", instance->n,
            x->n);
    *out = NAN;
    if (instance->g < 2 || instance->g == instance->n)
        return MI_OK;
    MI_TRY(mi_tame_rows(&tame, &scale, &x));
    mi_status status = x->n >= x->d ? lidar_of(out, x, scale, x->d, instance, o, run)
                                    : lidar_of_few(out, x, scale, instance, o, run);
    mi_mat_free(&tame);
    return status;
}
