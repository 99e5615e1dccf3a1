/* What single precision does to the products, measured against double precision on some rows.
 *
 * The product has A + E in the place of A. Of 64 rows S of A in double precision, and a Krylov basis V with
 * its products,
 *
 *     R = [ (A + E) V ]_S - [ A V ]_S = E_S V,         with sqrt(m/64) in front as large as E V is;
 *
 * of rows with weights w, drawn in proportion to them, with sqrt(sum w / (64 w_i)).
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
    double all;                       /* sum of K_ii: the rows, or their weights */
    double scale[SOME];               /* sqrt of the rows of the block that each stands for */
} sampled;

/* A row out of each of `some` parts of the block, of equal weight: K_ij of rows with weights, and its error,
 * is as sqrt(w_i w_j). */
static mi_status draw_rows(sampled *s)
{
    const mi_block *of = s->a->of;
    size_t m = s->a->m, row = 0;
    double before = 0; /* sum of K_ii of the rows before `row` */
    gsl_rng *rng;
    s->some = m < SOME ? m : SOME;
    for (size_t i = 0; i < m; i++)
        s->all += mi_gram_self(of, i);
    MI_TRY(mi_rng_new(&rng, s->a->seed, MI_STREAM_LANCZOS));
    for (size_t i = 0; i < s->some; i++) {
        double place = ((double)i + gsl_rng_uniform(rng)) / (double)s->some * s->all;
        for (; row + 1 < m && before + mi_gram_self(of, row) <= place; row++)
            before += mi_gram_self(of, row);
        s->at[i] = row;
        s->row[i] = of->row ? of->row[row] : row;
        s->scale[i] = sqrt(s->all / ((double)s->some * mi_gram_self(of, row)));
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
    for (size_t i = 0; i < s->some; i++) {
        double *k = s->k + i * width;
        s->square[i] += cblas_ddot((int)width, k, 1, k, 1);
        cblas_dscal((int)width, s->scale[i], k, 1);
    }
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

/* What row number i of the sample, and the rows it stands for, are off in sum_j K_ij^2. */
static double off_square(const sampled *s, size_t i)
{
    return s->scale[i] * s->scale[i] * (s->a->square[s->at[i]] - s->square[i]);
}

/* Of tr A^2: the sum of these over all rows, and two standard errors of it. */
static double error_of_square(const sampled *s)
{
    double sum = 0, spread = 0;
    for (size_t i = 0; i < s->some; i++)
        sum += off_square(s, i);
    for (size_t i = 0; i < s->some; i++)
        spread += pow(off_square(s, i) - sum / (double)s->some, 2);
    return (fabs(sum) + 2 * sqrt(spread)) / (s->a->n * s->a->n);
}

/* r comes with (A + E) V on S, scaled. */
static mi_status measure(mi_rounding *out, sampled *s, double *r, const double *v, size_t size)
{
    double whole = cblas_dnrm2((int)(size * SOME), r, 1);
    for (size_t j = 0; j < s->a->m; j += PANEL)
        MI_TRY(take_panel(s, r, v, size, j));
    MI_TRY(norm_of(&out->norm, r, size));
    out->norm = fmax(SAFE * out->norm, DBL_EPSILON);
    out->share = cblas_dnrm2((int)(size * SOME), r, 1) / whole;
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
            r[k * SOME + i] = s.scale[i] * av[k * a->m + s.at[i]];
    MI_TRY(MI_NEW_RAW(s.k, SOME * PANEL));
    mi_status status = measure(out, &s, r, v, size);
    mi_free(s.k);
    MI_TRY(status);
    MI_TRY(mi_comm_follow(comm, out, sizeof *out));
    return mi_comm_follow(comm, r, size * SOME * sizeof *r);
}
