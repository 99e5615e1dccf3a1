/* Entries of 1 / (1 - zeta A) that the deflated eigenpairs leave out, from probes: what left_out.c needs
 * where there is no whole eigenbasis.
 *
 * With B = A / l_max, P = I - U U' and f(x) = 1 / (1 - zeta x), of sign vectors z
 *
 *     [ P f(B) P ]_ij = E (z_i y_j + z_j y_i) / 2,    y = f(P B P) z from the Lanczos vectors
 *
 * (Bekas, Kokiopoulou and Saad, Appl. Numer. Math. 57 (2007) 1214, for the diagonal). As for the sums, only f
 * less its fit by 1, x, x^2 is estimated: of the identity, of A, and on the diagonal of A^2 the entries are
 * known. */
#include <complex.h>

#include "libmi/spectrum/private.h"

typedef double _Complex cplx;

size_t mi_probed_columns(const mi_probed *p)
{
    return MI_CONTROLS + p->probes * p->steps;
}

/* g, the fit of f over the nodes with their weights z' v_1 c_1j. */
static void fit_resolvent(cplx g[MI_CONTROLS], const mi_probed *p, cplx zeta, double largest,
                          int controls)
{
    mi_control_fit real = {.right = {0}}, imaginary = {.right = {0}};
    double re[MI_CONTROLS] = {0}, im[MI_CONTROLS] = {0};
    for (size_t k = 0; k < p->probes; k++)
        for (size_t j = 0; j < p->steps; j++) {
            double x = p->x[k * p->steps + j] / largest, w = p->c[k * p->steps * p->steps + j];
            cplx f = 1 / (1 - zeta * x);
            mi_control_add(&real, x, w, creal(f));
            mi_control_add(&imaginary, x, w, cimag(f));
        }
    mi_control_solve(re, &real, controls);
    mi_control_solve(im, &imaginary, controls);
    for (int c = 0; c < MI_CONTROLS; c++)
        g[c] = re[c] + I * im[c];
}

/* Of Lanczos vector s of probe k: sum_j c_sj (f - g)(x_j), for the mean over probes. */
static cplx weight_of_vector(const mi_probed *p, const cplx g[MI_CONTROLS], cplx zeta,
                             double largest, size_t k, size_t s)
{
    const double *c = p->c + (k * p->steps + s) * p->steps;
    cplx sum = 0;
    for (size_t j = 0; j < p->steps; j++) {
        double x = p->x[k * p->steps + j] / largest;
        sum += c[j] * (1 / (1 - zeta * x) - (g[0] + x * (g[1] + x * g[2])));
    }
    return sum / (double)p->probes;
}

void mi_probed_put_kernel(double *kernel, size_t ld, const mi_probed *p, const cplx *zeta,
                          size_t nodes, double largest, int controls)
{
    for (size_t t = 0; t < nodes; t++) {
        double *re = kernel + t * ld, *im = kernel + (nodes + t) * ld;
        cplx g[MI_CONTROLS];
        fit_resolvent(g, p, zeta[t], largest, controls);
        for (size_t c = 0; c < MI_CONTROLS; c++) {
            re[c] = creal(g[c]);
            im[c] = cimag(g[c]);
        }
        for (size_t k = 0; k < p->probes; k++)
            for (size_t s = 0; s < p->steps; s++) {
                cplx w = weight_of_vector(p, g, zeta[t], largest, k, s);
                re[MI_CONTROLS + k * p->steps + s] = creal(w);
                im[MI_CONTROLS + k * p->steps + s] = cimag(w);
            }
    }
}

void mi_probed_put_pairs(double *pair, size_t width, const mi_probed *p, const double *known,
                         const uint32_t *i, const uint32_t *j, size_t pairs)
{
    for (size_t c = 0; c < MI_CONTROLS; c++)
        for (size_t q = 0; q < pairs; q++)
            pair[c * width + q] = known[c * width + q];
    pair += MI_CONTROLS * width;
    for (size_t k = 0; k < p->probes; k++) {
        const double *z = p->z + k * p->m, *v = p->v + k * (p->steps + 1) * p->m;
        for (size_t s = 0; s < p->steps; s++, pair += width, v += p->m)
            for (size_t q = 0; q < pairs; q++)
                pair[q] = 0.5 * (z[i[q]] * v[j[q]] + z[j[q]] * v[i[q]]);
    }
}
