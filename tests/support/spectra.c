#include "spectra.h"

#include <math.h>

static const struct {
    const char *name;
    size_t d1, d2;
} kinds[SPECTRA] = {
    {"normal", 64, 32},    {"classes", 64, 32},    {"heavy", 64, 32},    {"steep", 64, 32},
    {"flat", 512, 256},    {"twice", 64, 32},      {"dominant", 64, 32}, {"gaussian", 64, 32},
    {"laplacian", 64, 32}, {"polynomial", 64, 32}, {"low rank", 6, 5},   {"singular", 20, 12},
};

const char *spectrum_name(spectrum_kind kind)
{
    return kinds[kind].name;
}

static float *at(mi_mat *m, size_t i, size_t k)
{
    return (float *)m->x + i * m->ld + k;
}

/* What a column of Z1 adds to, and is multiplied by. */
static double shape_z1(spectrum_kind kind, double normal, size_t k, const double *centre)
{
    switch (kind) {
    case SPECTRUM_CLASSES:
        return centre[k] + 0.5 * normal;
    case SPECTRUM_HEAVY:
    case SPECTRUM_SINGULAR:
        return normal / sqrt((double)k + 1);
    case SPECTRUM_STEEP:
        return normal / ((double)k + 1);
    case SPECTRUM_DOMINANT:
        return 1 + 0.1 * normal;
    default:
        return normal;
    }
}

static double shape_z2(spectrum_kind kind, double normal, double z1)
{
    switch (kind) {
    case SPECTRUM_FLAT:
    case SPECTRUM_LOW_RANK:
        return normal;
    case SPECTRUM_CLASSES:
        return fmax(0, z1 + 0.3 * normal);
    case SPECTRUM_HEAVY:
    case SPECTRUM_SINGULAR:
        return z1 + 0.1 * normal;
    case SPECTRUM_STEEP:
        return z1;
    case SPECTRUM_DOMINANT:
        return 1 + 0.2 * normal;
    default:
        return z1 + normal;
    }
}

void spectrum_make(spectrum_draw *d, spectrum_kind kind, size_t n, unsigned long seed)
{
    size_t d1 = kinds[kind].d1, d2 = kinds[kind].d2;
    double centre[10][512];
    mi_kernel kernel = {.kind = MI_KERNEL_LINEAR};
    if (kind == SPECTRUM_GAUSSIAN)
        kernel = (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 11};
    if (kind == SPECTRUM_LAPLACIAN)
        kernel = (mi_kernel){.kind = MI_KERNEL_LAPLACIAN, .bandwidth = 11};
    if (kind == SPECTRUM_POLYNOMIAL)
        kernel = (mi_kernel){.kind = MI_KERNEL_POLYNOMIAL, .degree = 5, .offset = 0.3};
    draw_seed(seed);
    *d = (spectrum_draw){.n = n};
    CHECK(mi_mat_alloc(&d->z[0], n, d1, MI_F32));
    CHECK(mi_mat_alloc(&d->z[1], n, d2, MI_F32));
    for (size_t c = 0; c < 10; c++)
        for (size_t k = 0; k < d1; k++)
            centre[c][k] = draw_normal();
    for (size_t i = 0; i < n; i++) {
        size_t half = kind == SPECTRUM_TWICE ? n / 2 : n, c = draw_below(10);
        for (size_t k = 0; k < d1; k++)
            *at(&d->z[0], i, k) = i < half ? (float)shape_z1(kind, draw_normal(), k, centre[c])
                                           : *at(&d->z[0], i - half, k);
        for (size_t k = 0; k < d2; k++)
            *at(&d->z[1], i, k) =
                i < half ? (float)shape_z2(kind, draw_normal(), *at(&d->z[0], i, k % d1))
                         : *at(&d->z[1], i - half, k);
    }
    draw_groups(&d->y, n, 4);
    CHECK(mi_var_real(&d->var[0], kernel, &d->z[0]));
    CHECK(mi_var_real(&d->var[1], kernel, &d->z[1]));
    mi_var_discrete(&d->var[2], &d->y);
}

void spectrum_free(spectrum_draw *d)
{
    for (int v = 0; v < 2; v++) {
        mi_var_free(&d->var[v]);
        mi_mat_free(&d->z[v]);
    }
    mi_groups_free(&d->y);
}

void spectrum_measure(spectrum_accuracy *out, const mi_var *var, size_t n_var, unsigned vars,
                      const double *alpha, size_t n_alpha, size_t seeds, int threads)
{
    double exact[n_alpha], s[n_alpha], half_width[n_alpha];
    mi_run run = {.threads = threads};
    mi_joint dense = {.vars = vars, .s = exact, .route = MI_ROUTE_DENSE};
    CHECK(mi_joint_entropies(&dense, 1, var, n_var, alpha, n_alpha, &run));
    for (size_t a = 0; a < n_alpha; a++)
        out[a] = (spectrum_accuracy){.value = exact[a]};
    for (size_t k = 0; k < seeds; k++) {
        mi_joint j = {.vars = vars, .s = s, .half_width = half_width, .route = MI_ROUTE_LANCZOS};
        run.seed = k + 1;
        CHECK(mi_joint_entropies(&j, 1, var, n_var, alpha, n_alpha, &run));
        for (size_t a = 0; a < n_alpha; a++) {
            double error = s[a] - exact[a];
            out[a].rms += error * error;
            out[a].widest = fmax(out[a].widest, half_width[a]);
            out[a].covered += fabs(error) <= half_width[a];
        }
    }
    for (size_t a = 0; a < n_alpha; a++) {
        out[a].rms = sqrt(out[a].rms / (double)seeds);
        out[a].covered /= (double)seeds;
    }
}
