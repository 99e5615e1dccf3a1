/* The information bottleneck as a term of the loss: lambda I_a(Z1;Z2) over the rows of a batch (Ouyang
 * et al., "Projection Head is Secretly an Information Bottleneck", ICLR 2025). */
#include <string.h>

#include "libmi/bounds/gradient.h"
#include "libmi/train/head.h"

mi_status mi_bottleneck_make(mi_bottleneck *b, double lambda, double alpha, size_t n, size_t d1,
                             size_t d2)
{
    *b = (mi_bottleneck){.lambda = lambda, .alpha = alpha, .n = n, .d1 = d1, .d2 = d2};
    if (!(lambda > 0))
        return MI_OK;
    MI_TRY(MI_NEW(b->z1, n * d1));
    MI_TRY(MI_NEW(b->g1, n * d1));
    MI_TRY(MI_NEW(b->z2, n * d2));
    MI_TRY(MI_NEW(b->g2, n * d2));
    return MI_NEW(b->row, n);
}

void mi_bottleneck_free(mi_bottleneck *b)
{
    mi_free(b->z1), mi_free(b->z2);
    mi_free(b->g1), mi_free(b->g2);
    mi_free(b->row);
    *b = (mi_bottleneck){0};
}

static int has_direction(const float *x, size_t d)
{
    for (size_t k = 0; k < d; k++)
        if (x[k] != 0)
            return 1;
    return 0;
}

static size_t gather(mi_bottleneck *b, const float *z1, const float *z2)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        const float *x1 = z1 + i * b->d1, *x2 = z2 + i * b->d2;
        if (!has_direction(x1, b->d1) || !has_direction(x2, b->d2))
            continue;
        memcpy(b->z1 + n * b->d1, x1, b->d1 * sizeof *x1);
        memcpy(b->z2 + n * b->d2, x2, b->d2 * sizeof *x2);
        b->row[n++] = i;
    }
    return n;
}

static void scatter(const mi_bottleneck *b, size_t n, float *dz, const float *g, size_t d)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            dz[b->row[i] * d + k] += (float)b->lambda * g[i * d + k];
}

/* One thread: oneDNN's threads wait beside, and would be in the way of others. */
mi_status mi_bottleneck_of(mi_bottleneck *b, double *value, const float *z1, const float *z2,
                           float *dz1, float *dz2)
{
    size_t n = gather(b, z1, z2);
    mi_run run;
    mi_run_default(&run);
    run.threads = 1;
    *value = 0;
    if (n < 2)
        return MI_OK;
    mi_mat x1 = mi_mat_view(b->z1, n, b->d1, 0), x2 = mi_mat_view(b->z2, n, b->d2, 0);
    mi_mat g1 = mi_mat_view(b->g1, n, b->d1, 0), g2 = mi_mat_view(b->g2, n, b->d2, 0);
    MI_TRY(mi_information_gradient(value, &g1, &g2, &x1, &x2, b->alpha, &run));
    scatter(b, n, dz1, b->g1, b->d1);
    scatter(b, n, dz2, b->g2, b->d2);
    return MI_OK;
}
