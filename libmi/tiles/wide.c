/* Exponents of kernels of distances by DGEMM, from doubles that stand in the place of floats. */
#include "libmi/tiles/wide.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

double mi_wide_unit(double bandwidth)
{
    return ldexp(1, ilogb(bandwidth));
}

void mi_wide_put(float *to, const double *x, size_t d)
{
    double half = 0;
    for (size_t k = 0; k < d; k++)
        half -= 0.5 * x[k] * x[k];
    memcpy(to, x, d * sizeof *x);
    memcpy(to + 2 * d, &half, sizeof half);
}

/* Rows near each other beside their size: the identity cancels, the differences do not. */
static double near_exponent(const double *x, const double *y, size_t d)
{
    double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum += (x[k] - y[k]) * (x[k] - y[k]);
    return -0.5 * sum;
}

void mi_wide_exponents(float *e, size_t lde, const float *x, size_t ni, const float *y, size_t nj,
                       size_t d, int is_triangle, double scale, double root, double *g)
{
    const double *a = (const void *)x, *b = (const void *)y;
    size_t ld = d + 1;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)ni, (int)nj, (int)d, 1, a, (int)ld, b,
                (int)ld, 0, g, (int)nj);
    for (size_t i = 0; i < ni; i++)
        for (size_t j = is_triangle ? i + 1 : 0; j < nj; j++) {
            double halves = a[i * ld + d] + b[j * ld + d], exponent = g[i * nj + j] + halves;
            if (!(exponent < 1e-6 * halves)) /* also where squares are no numbers */
                exponent = near_exponent(a + i * ld, b + j * ld, d);
            exponent *= scale;
            e[i * lde + j] = (float)(root > 0 ? -root * sqrt(-2 * exponent) : exponent);
        }
}
