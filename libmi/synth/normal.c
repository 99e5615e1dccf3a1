/* Normal features, plain, of low rank, of heavy spectrum; and mixtures of classes. */
#include <assert.h>
#include <cblas.h>
#include <math.h>

#include "libmi/synth/private.h"

/* n1 normal numbers, and n2 of which number k is correlated with number k mod n1 of the first. */
static void draw_pair(mi_synth *s, double *a1, size_t n1, double *a2, size_t n2)
{
    double rho = s->o->correlation, rest = sqrt(1 - rho * rho);
    for (size_t k = 0; k < n1; k++)
        a1[k] = mi_rng_normal(s->rng);
    for (size_t k = 0; k < n2; k++)
        a2[k] = rho * a1[k % n1] + rest * mi_rng_normal(s->rng);
}

static void label_row(mi_synth *s, size_t row, size_t at)
{
    s->r[at] = (int64_t)(row / s->o->views);
    s->y[at] = s->r[at] % (int64_t)s->o->classes;
}

/* ---- what is known ---- */

/* E log is not log E: samples scatter about these, closely for large n. */
static mi_status tell_chance(const mi_synth *s, double d1, double d2)
{
    double one = 1 / (double)s->o->n, q = 1 - one;
    double p1 = one + q / d1, p2 = one + q / d2, joint = one + q / (d1 * d2);
    double null = log(joint / (p1 * p2));
    MI_TRY(mi_synth_tell(s, "expected_H_Z1", -log(p1)));
    MI_TRY(mi_synth_tell(s, "expected_H_Z2", -log(p2)));
    MI_TRY(mi_synth_tell(s, "expected_I_Z1_Z2_null", null));
    return s->o->correlation == 0 ? mi_synth_tell(s, "expected_I_Z1_Z2", null) : MI_OK;
}

/* Capacity: m noisy copies of one number carry log(1 + m snr) / 2 nats about it. */
static mi_status tell_shannon(const mi_synth *s, size_t d1, size_t d2)
{
    double rho2 = s->o->correlation * s->o->correlation, sum = 0;
    for (size_t k = 0; k < d1; k++) {
        size_t copies = d2 / d1 + (k < d2 % d1);
        if (copies > 0) /* 0 copies carry 0 nats, not nan, where snr is infinite */
            sum += log1p((double)copies * rho2 / (1 - rho2)) / 2;
    }
    return mi_synth_tell(s, "shannon_I_Z1_Z2", sum);
}

/* ---- gaussian ---- */

static mi_status prepare_nothing(mi_synth *s)
{
    (void)s;
    return MI_OK;
}

static void make_gaussian(mi_synth *s, size_t row, size_t at)
{
    draw_pair(s, s->x1 + at * s->d1, s->d1, s->x2 + at * s->d2, s->d2);
    label_row(s, row, at);
}

static mi_status tell_gaussian(const mi_synth *s)
{
    MI_TRY(tell_chance(s, (double)s->d1, (double)s->d2));
    return tell_shannon(s, s->d1, s->d2);
}

const mi_synth_maker mi_synth_gaussian = {"gaussian", prepare_nothing, make_gaussian,
                                          tell_gaussian};

/* ---- heavy ---- */

static void make_heavy(mi_synth *s, size_t row, size_t at)
{
    double *x1 = s->x1 + at * s->d1, *x2 = s->x2 + at * s->d2;
    make_gaussian(s, row, at);
    for (size_t k = 0; k < s->d1; k++)
        x1[k] *= pow((double)k + 1, -s->o->decay / 2);
    for (size_t k = 0; k < s->d2; k++)
        x2[k] *= pow((double)k + 1, -s->o->decay / 2);
}

static double participation(size_t d, double decay)
{
    double sum = 0, square = 0;
    for (size_t k = 1; k <= d; k++) {
        double l = pow((double)k, -decay);
        sum += l;
        square += l * l;
    }
    return sum * sum / square;
}

static mi_status tell_heavy(const mi_synth *s)
{
    MI_TRY(mi_synth_tell(s, "population_decay", s->o->decay));
    MI_TRY(mi_synth_tell(s, "population_participation_Z1", participation(s->d1, s->o->decay)));
    MI_TRY(mi_synth_tell(s, "population_participation_Z2", participation(s->d2, s->o->decay)));
    return tell_shannon(s, s->d1, s->d2);
}

const mi_synth_maker mi_synth_heavy = {"heavy", prepare_nothing, make_heavy, tell_heavy};

/* ---- lowrank ---- */

/* Rows of a (n,d) by Gram and Schmidt, twice: once leaves round-off of the condition number. */
static void orthonormalise(double *a, size_t n, size_t d)
{
    for (size_t i = 0; i < n; i++) {
        double *row = a + i * d;
        for (size_t k = 0; k < 2 * i; k++) {
            const double *before = a + k % i * d;
            cblas_daxpy((int)d, -cblas_ddot((int)d, row, 1, before, 1), before, 1, row, 1);
        }
        cblas_dscal((int)d, 1 / cblas_dnrm2((int)d, row, 1), row, 1);
    }
}

static mi_status draw_matrix(mi_synth *s, double **a, size_t n, size_t d)
{
    MI_TRY(mi_malloc(a, n, d * sizeof **a));
    for (size_t k = 0; k < n * d; k++)
        (*a)[k] = mi_rng_normal(s->rng);
    return MI_OK;
}

static mi_status prepare_lowrank(mi_synth *s)
{
    size_t rank = s->o->rank;
    MI_TRY(MI_NEW(s->a1, rank));
    MI_TRY(MI_NEW(s->a2, rank));
    MI_TRY(draw_matrix(s, &s->basis1, rank, s->d1));
    MI_TRY(draw_matrix(s, &s->basis2, rank, s->d2));
    orthonormalise(s->basis1, rank, s->d1);
    orthonormalise(s->basis2, rank, s->d2);
    return MI_OK;
}

static void make_lowrank(mi_synth *s, size_t row, size_t at)
{
    int rank = (int)s->o->rank;
    draw_pair(s, s->a1, s->o->rank, s->a2, s->o->rank);
    cblas_dgemv(CblasRowMajor, CblasTrans, rank, (int)s->d1, 1, s->basis1, (int)s->d1, s->a1, 1, 0,
                s->x1 + at * s->d1, 1);
    cblas_dgemv(CblasRowMajor, CblasTrans, rank, (int)s->d2, 1, s->basis2, (int)s->d2, s->a2, 1, 0,
                s->x2 + at * s->d2, 1);
    label_row(s, row, at);
}

static mi_status tell_lowrank(const mi_synth *s)
{
    double rank = (double)s->o->rank;
    MI_TRY(mi_synth_tell(s, "exact_rank_Z1", rank));
    MI_TRY(mi_synth_tell(s, "exact_rank_Z2", rank));
    MI_TRY(tell_chance(s, rank, rank));
    return tell_shannon(s, s->o->rank, s->o->rank);
}

const mi_synth_maker mi_synth_lowrank = {"lowrank", prepare_lowrank, make_lowrank, tell_lowrank};

/* ---- classes ---- */

static mi_status prepare_classes(mi_synth *s)
{
    MI_TRY(MI_NEW(s->a1, s->d1));
    MI_TRY(draw_matrix(s, &s->basis1, s->o->classes, s->d1));
    return draw_matrix(s, &s->basis2, s->o->classes, s->d2);
}

/* A view: the mean of its class, what the instance has of its own, noise. */
static void make_view(mi_synth *s, double *x, const double *means, size_t d, size_t class)
{
    assert(s->d1 > 0);
    for (size_t k = 0; k < d; k++)
        x[k] = s->o->separation * means[class * d + k] + s->a1[k % s->d1] +
               s->o->noise * mi_rng_normal(s->rng);
}

static void make_class_row(mi_synth *s, size_t row, size_t at)
{
    label_row(s, row, at);
    for (size_t k = 0; row % s->o->views == 0 && k < s->d1; k++)
        s->a1[k] = mi_rng_normal(s->rng);
    make_view(s, s->x1 + at * s->d1, s->basis1, s->d1, (size_t)s->y[at]);
    make_view(s, s->x2 + at * s->d2, s->basis2, s->d2, (size_t)s->y[at]);
}

static mi_status tell_nothing(const mi_synth *s)
{
    (void)s;
    return MI_OK;
}

const mi_synth_maker mi_synth_classes = {"classes", prepare_classes, make_class_row, tell_nothing};
