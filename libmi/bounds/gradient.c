/* The gradient of I_a(Z1;Z2) with respect to the features: what is given is checked and normalised,
 * order 2 in panels of rows by its closed form; other orders are in gradient_spectrum.c.
 *
 * With S1, S2, S12 the sums over all pairs of K1^2, K2^2 and K1^2 K2^2,
 *
 *     I_2 = log(n^2 S12 / (S1 S2))
 *     dI/dK1 = -2 K1/S1 + 2 K1 o K2^2 / S12,    dI/dK2 = -2 K2/S2 + 2 K2 o K1^2 / S12
 *
 * from S_2(A) = -log tr A^2 (Sanchez Giraldo, Rao and Principe, IEEE Trans. Inf. Theory 61 (2015)
 * 535). A row of dI/dK needs the same row of K1 and K2 alone: one pass over panels adds the sums up,
 * a second one multiplies, and no n x n matrix is stored. */
#include "libmi/bounds/gradient.h"

#include <cblas.h>
#include <math.h>

#include "libmi/base/blas.h"
#include "libmi/base/pool.h"
#include "libmi/bounds/private.h"
#include "libmi/data/mat_internal.h"
#include "libmi/entropy/check.h"

#define PANEL 1024 /* rows whose products are in memory at once */

/* ---- rows ---- */

static void feature_free(mi_gradient_feature *f)
{
    mi_var_free(&f->var);
    mi_free(f->z);
}

/* z (n,d): rows over their norms. */
static mi_status feature_make(mi_gradient_feature *f, const mi_mat *x, mi_mat *g, const char *name)
{
    *f = (mi_gradient_feature){.n = x->n, .d = x->d, .gradient = g};
    mi_status status = mi_var_real(&f->var, (mi_kernel){.kind = MI_KERNEL_LINEAR}, x);
    if (status != MI_OK)
        return mi_fail_in(status, "%s", name);
    MI_TRY(MI_NEW_RAW(f->z, f->n * f->d));
    mi_mat_rows_f64(f->z, x, NULL, f->n, f->var.inverse_norm, NULL);
    return MI_OK;
}

/* dI/dz_i = (g_i - z^_i <z^_i, g_i>) / |z_i|: the part of g_i along z_i changes no cosine. */
void mi_gradient_put(const mi_gradient_feature *f, const double *g, size_t first, size_t rows)
{
    size_t d = f->d, ld = f->gradient->ld;
    for (size_t i = 0; i < rows; i++) {
        const double *z = f->z + (first + i) * d, *from = g + i * d;
        double along = cblas_ddot((int)d, z, 1, from, 1);
        double scale = f->var.inverse_norm[first + i];
        double *to64 = (double *)f->gradient->x + (first + i) * ld;
        float *to32 = (float *)f->gradient->x + (first + i) * ld;
        for (size_t k = 0; k < d; k++) {
            double value = (from[k] - z[k] * along) * scale;
            if (f->gradient->type == MI_F64)
                to64[k] = value;
            else
                to32[k] = (float)value;
        }
    }
}

/* ---- order 2 ---- */

typedef struct {
    const mi_gradient_feature *f; /* Z1 and Z2 */
    size_t n, panel, held; /* rows of all, of a panel; the first row of that in k, or SIZE_MAX */
    double *k[2];          /* (panel,n): rows of K1 and K2; then of dI/dK1 and dI/dK2 */
    double *g;             /* (panel, max d) */
    double s[2], s12;
} panels;

static size_t rows_of(const panels *p, size_t first)
{
    return p->n - first < p->panel ? p->n - first : p->panel;
}

static void make_products(panels *p, size_t first)
{
    size_t rows = rows_of(p, first);
    for (int v = 0; v < 2 && p->held != first; v++) {
        int d = (int)p->f[v].d;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)p->n, d, 1,
                    p->f[v].z + first * p->f[v].d, d, p->f[v].z, d, 0, p->k[v], (int)p->n);
    }
    p->held = first;
}

static void add_sums(panels *p, size_t rows)
{
    const double *restrict a = p->k[0], *restrict b = p->k[1];
    for (size_t i = 0; i < rows; i++) {
        double s1 = 0, s2 = 0, s12 = 0;
#pragma omp simd reduction(+ : s1, s2, s12)
        for (size_t j = i * p->n; j < (i + 1) * p->n; j++) {
            double q1 = a[j] * a[j], q2 = b[j] * b[j];
            s1 += q1;
            s2 += q2;
            s12 += q1 * q2;
        }
        p->s[0] += s1;
        p->s[1] += s2;
        p->s12 += s12;
    }
}

/* K becomes half of dI/dK, of both at once: K1 (K2^2/S12 - 1/S1), K2 (K1^2/S12 - 1/S2). */
static void derive(panels *p, size_t rows)
{
    double *restrict a = p->k[0], *restrict b = p->k[1];
    double c1 = 1 / p->s[0], c2 = 1 / p->s[1], c12 = 1 / p->s12;
#pragma omp simd
    for (size_t j = 0; j < rows * p->n; j++) {
        double k1 = a[j], k2 = b[j];
        a[j] = k1 * (k2 * k2 * c12 - c1);
        b[j] = k2 * (k1 * k1 * c12 - c2);
    }
    p->held = SIZE_MAX;
}

static void put_panel(panels *p, size_t first)
{
    size_t rows = rows_of(p, first);
    derive(p, rows);
    for (int v = 0; v < 2; v++) {
        int d = (int)p->f[v].d;
        if (!p->f[v].gradient)
            continue;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, d, (int)p->n, 4, p->k[v],
                    (int)p->n, p->f[v].z, d, 0, p->g, d);
        mi_gradient_put(&p->f[v], p->g, first, rows);
    }
}

static mi_status order_two(double *value, const mi_gradient_feature f[2])
{
    panels p = {.f = f, .n = f[0].n, .held = SIZE_MAX};
    size_t widest = f[0].d > f[1].d ? f[0].d : f[1].d;
    mi_status status;
    p.panel = p.n < PANEL ? p.n : PANEL;
    MI_TRY_GOTO(status, mi_blas_check(MI_DGEMM_NT | MI_DGEMM_NN), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(p.k[0], p.panel * p.n), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(p.k[1], p.panel * p.n), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(p.g, p.panel * widest), done);
    for (size_t first = 0; first < p.n; first += p.panel) {
        make_products(&p, first);
        add_sums(&p, rows_of(&p, first));
    }
    *value = 2 * log((double)p.n) + log(p.s12) - log(p.s[0]) - log(p.s[1]);
    for (size_t first = 0; first < p.n && (f[0].gradient || f[1].gradient); first += p.panel) {
        make_products(&p, first);
        put_panel(&p, first);
    }
done:
    mi_free(p.k[0]);
    mi_free(p.k[1]);
    mi_free(p.g);
    return status;
}

/* ---- the door ---- */

static mi_status check_features(const mi_mat *z, const mi_mat *g, const char *name)
{
    if (!z || !z->x || z->d < 1)
        return mi_fail(MI_EUSAGE, "%s: no rows in memory", name);
    if (z->n < 2)
        return mi_fail(MI_EUSAGE, "%s: %zu row, wanted 2 or more", name, z->n);
    if (g && (g->n != z->n || g->d != z->d || !g->x))
        return mi_fail(MI_EUSAGE, "the gradient of %s is (%zu,%zu), wanted (%zu,%zu) in memory",
                       name, g->n, g->d, z->n, z->d);
    return MI_OK;
}

mi_status mi_information_gradient(double *i_nats, mi_mat *g1, mi_mat *g2, const mi_mat *z1,
                                  const mi_mat *z2, double alpha, const mi_run *run)
{
    mi_gradient_feature f[2] = {0};
    mi_status status;
    double value;
    mi_run defaults;
    mi_run_default(&defaults);
    run = run ? run : &defaults;
    MI_TRY(mi_orders_check(&alpha, 1));
    MI_TRY(check_features(z1, g1, "z1"));
    MI_TRY(check_features(z2, g2, "z2"));
    if (z1->n != z2->n)
        return mi_fail(MI_EUSAGE, "z2 has %zu rows, z1 has %zu: wanted as many", z2->n, z1->n);
    mi_blas_set_threads(mi_pool_threads(run));
    MI_TRY_GOTO(status, feature_make(&f[0], z1, g1, "z1"), done);
    MI_TRY_GOTO(status, feature_make(&f[1], z2, g2, "z2"), done);
    status = alpha == 2 ? order_two(&value, f) : mi_gradient_spectrum(&value, f, alpha, run);
    if (status == MI_OK && i_nats)
        *i_nats = value;
done:
    feature_free(&f[0]);
    feature_free(&f[1]);
    return status;
}
