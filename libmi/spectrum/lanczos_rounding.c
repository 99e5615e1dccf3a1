/* What single precision does to the products, measured against double precision on some rows.
 *
 * The product has A + E in the place of A. Of 64 rows S of A in double precision, and a Krylov basis V with
 * its products,
 *
 *     R = [ (A + E) V ]_S - [ A V ]_S = E_S V,         with sqrt(m/64) in front as large as E V is
 *
 * Random signs are in V, and the directions that A takes them to, so that R shows both kinds of error:
 * entries that are rounded each for itself, |E| being that of a random matrix, and errors that rows
 * share, since they are alike or lie on one line, with |E| as large as an entry's error times n. */
#include <cblas.h>
#include <float.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/comm_internal.h"
#include "libmi/base/eigenvalues.h"
#include "libmi/base/rng.h"
#include "libmi/spectrum/private.h"

#define SOME  MI_ROUNDING_ROWS
#define PANEL 512 /* columns at a time */
/* |E| is seen through 80 vectors and 64 rows, which for a random matrix gives it to some percent. */
#define SAFE  2

typedef struct {
    const mi_operator *a;
    size_t some, at[SOME], row[SOME]; /* rows S of the block; of the set */
    double *k;                        /* (some,PANEL) */
    double square[SOME];              /* sums of squares of these rows */
} sampled;

/* A row out of each of `some` parts of the block. */
static mi_status draw_rows(sampled *s)
{
    size_t m = s->a->m;
    gsl_rng *rng;
    s->some = m < SOME ? m : SOME;
    MI_TRY(mi_rng_new(&rng, s->a->seed, MI_STREAM_LANCZOS));
    for (size_t i = 0; i < s->some; i++) {
        size_t from = m * i / s->some, end = m * (i + 1) / s->some;
        s->at[i] = from + gsl_rng_uniform_int(rng, end - from);
        s->row[i] = s->a->of->row ? s->a->of->row[s->at[i]] : s->at[i];
    }
    gsl_rng_free(rng);
    return MI_OK;
}

/* r (size,SOME) -= V A_S', v (size,m), from columns j0 on. */
static mi_status take_panel(sampled *s, double *r, const double *v, size_t size, size_t j0)
{
    const mi_block *of = s->a->of;
    size_t column[PANEL], width = s->a->m - j0 < PANEL ? s->a->m - j0 : PANEL;
    mi_block rows = {of->var, of->n_var, s->row, s->some},
             columns = {of->var, of->n_var, column, width};
    for (size_t j = 0; j < width; j++)
        column[j] = of->row ? of->row[j0 + j] : j0 + j;
    MI_TRY(mi_gram_across(s->k, &rows, &columns));
    for (size_t i = 0; i < s->some; i++)
        s->square[i] += cblas_ddot((int)width, s->k + i * width, 1, s->k + i * width, 1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)size, (int)s->some, (int)width,
                -1 / s->a->n, v + j0, (int)s->a->m, s->k, (int)width, 1, r, SOME);
    return MI_OK;
}

/* The largest singular value of r (size,SOME). */
static mi_status norm_of(double *norm, const double *r, size_t size)
{
    double square[SOME * SOME], value[SOME];
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, SOME, SOME, (int)size, 1, r, SOME, r, SOME,
                0, square, SOME);
    MI_TRY(mi_eigenvalues_one_stage(value, square, SOME, 0));
    *norm = sqrt(fmax(0, value[SOME - 1]));
    return MI_OK;
}

/* Of tr A^2: what these rows are off, on the average and two standard errors of it, for all rows. */
static double error_of_square(const sampled *s)
{
    double mean = 0, spread = 0, some = (double)s->some;
    for (size_t i = 0; i < s->some; i++)
        mean += (s->a->square[s->at[i]] - s->square[i]) / some;
    for (size_t i = 0; i < s->some; i++) {
        double off = s->a->square[s->at[i]] - s->square[i] - mean;
        spread += off * off / (some * some);
    }
    return (double)s->a->m / (s->a->n * s->a->n) * (fabs(mean) + 2 * sqrt(spread));
}

/* r comes with (A + E) V on S. */
static mi_status measure(mi_rounding *out, sampled *s, double *r, const double *v, size_t size)
{
    double scale = sqrt((double)s->a->m / (double)s->some);
    double whole = cblas_dnrm2((int)(size * SOME), r, 1);
    for (size_t j = 0; j < s->a->m; j += PANEL)
        MI_TRY(take_panel(s, r, v, size, j));
    cblas_dscal((int)(size * SOME), scale, r, 1);
    MI_TRY(norm_of(&out->norm, r, size));
    out->norm = fmax(SAFE * out->norm, DBL_EPSILON);
    out->share = cblas_dnrm2((int)(size * SOME), r, 1) / (scale * whole);
    out->square = error_of_square(s);
    return MI_OK;
}

mi_status mi_rounding_measure(mi_rounding *out, double *r, const mi_operator *a, const double *v,
                              const double *av, size_t size)
{
    sampled s = {.a = a};
    mi_comm *comm = a->product.run->comm;
    MI_TRY(mi_blas_check(MI_DGEMM_NT | MI_DGEMM_TN | MI_EIGENVALUES));
    MI_TRY(draw_rows(&s));
    memset(r, 0, size * SOME * sizeof *r);
    for (size_t k = 0; k < size; k++)
        for (size_t i = 0; i < s.some; i++)
            r[k * SOME + i] = av[k * a->m + s.at[i]];
    MI_TRY(MI_NEW_RAW(s.k, SOME * PANEL));
    mi_status status = measure(out, &s, r, v, size);
    mi_free(s.k);
    MI_TRY(status);
    MI_TRY(mi_comm_follow(comm, out, sizeof *out));
    return mi_comm_follow(comm, r, size * SOME * sizeof *r);
}
