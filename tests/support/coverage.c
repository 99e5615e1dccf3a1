#include "coverage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"

#define D1 8
#define D2 5

static const mi_run run = {.threads = 2};

/* Views of each instance that differ little: what Z1 and Z2 are is mostly drawn once an instance. */
static void draw_some_views(mi_sample *s, size_t instances, size_t views, mi_kernel kernel)
{
    draw_sample(s, views * instances, D1, D2, kernel);
    mi_groups_free(&s->instance.groups);
    draw_instances(&s->instance.groups, s->n, views);
    float *z1 = s->column[MI_Z1].x.x, *z2 = s->column[MI_Z2].x.x;
    for (size_t c = 0; c < instances; c++) {
        double common[D1], other[D2];
        for (size_t k = 0; k < D1; k++)
            common[k] = draw_normal() + (k == 0);
        for (size_t k = 0; k < D2; k++)
            other[k] = 0.7 * draw_normal();
        for (size_t i = views * c; i < views * (c + 1); i++) {
            for (size_t k = 0; k < D1; k++)
                z1[i * D1 + k] = (float)(common[k] + 0.3 * draw_normal());
            for (size_t k = 0; k < D2; k++)
                z2[i * D2 + k] = (float)(z1[i * D1 + k] + other[k] + 0.1 * draw_normal());
        }
    }
}

static void draw_views(mi_sample *s, size_t instances)
{
    draw_some_views(s, instances, 2, (mi_kernel){.kind = MI_KERNEL_LINEAR});
}

static mi_bounds_result measure(const mi_sample *s, double alpha, mi_estimator e)
{
    mi_bounds_opts o;
    mi_bounds_result r;
    mi_bounds_opts_default(&o);
    o.alpha = &alpha;
    o.n_alpha = 1;
    o.estimator = e;
    o.se = 1;
    o.jackknife_groups = 50;
    CHECK(mi_bounds(&r, s, &o, &run));
    return r;
}

static void forget_instances(mi_sample *s)
{
    mi_groups_free(&s->instance.groups);
    CHECK(mi_groups_singletons(&s->instance.groups, s->n));
}

static double share_covered(const mi_bounds_result *r, size_t draws, double target)
{
    double covered = 0;
    for (size_t k = 0; k < draws; k++) {
        double half = mi_t_factor(0.95, r[k].degrees) * r[k].se[MI_I_Z1_Z2];
        covered += fabs(r[k].value[MI_I_Z1_Z2] - target) <= half;
    }
    return covered / (double)draws;
}

coverage cover(double alpha, mi_estimator e, size_t draws, size_t instances)
{
    mi_bounds_result *by_instance, *by_row;
    double mean = 0;
    coverage c = {0};
    CHECK(MI_NEW(by_instance, draws));
    CHECK(MI_NEW(by_row, draws));
    for (size_t k = 0; k < draws; k++) {
        mi_sample s;
        draw_seed(5000 + k);
        draw_views(&s, instances);
        by_instance[k] = measure(&s, alpha, e);
        mean += by_instance[k].value[MI_I_Z1_Z2] / (double)draws;
        forget_instances(&s);
        by_row[k] = measure(&s, alpha, MI_ESTIMATOR_V);
        mi_sample_free(&s);
    }
    c.by_instance = share_covered(by_instance, draws, mean);
    if (e == MI_ESTIMATOR_V)
        c.by_row = share_covered(by_row, draws, mean);
    mi_free(by_instance);
    mi_free(by_row);
    return c;
}

/* z1:z2 at some orders. */
static void measure_form(mi_measured *r, const mi_sample *s, const double *alpha, size_t n_alpha)
{
    mi_measure_opts o;
    mi_forms f;
    mi_measure_opts_default(&o);
    o.alpha = alpha;
    o.n_alpha = n_alpha;
    o.se = 1;
    CHECK(mi_forms_parse(&f, "z1:z2", MI_FORM_IS_INFORMATION));
    CHECK(mi_measure(r, &f, s, &o, &run));
    mi_forms_free(&f);
}

/* Of one reading, over r[0], r[step], ...: that of the mean of all draws. */
static double share_of_reading(const mi_measured *r, size_t step, mi_reading i, size_t draws)
{
    double mean = 0, covered = 0;
    for (size_t k = 0; k < draws; k++)
        mean += r[k * step].value[i] / (double)draws;
    for (size_t k = 0; k < draws; k++) {
        const mi_measured *one = &r[k * step];
        covered += fabs(one->value[i] - mean) <= mi_t_factor(0.95, one->degrees) * one->se[i];
    }
    return isnan(mean) ? NAN : covered / (double)draws;
}

/* Draw number k of some population, as a sample under a kernel. */
typedef void draw_fn(mi_sample *s, size_t k, const void *arg);

/* r (draws,n_alpha), the caller's to free. */
static mi_measured *measure_draws(const double *alpha, size_t n_alpha, size_t draws, draw_fn *draw,
                                  const void *arg)
{
    mi_measured *r;
    CHECK(MI_NEW(r, draws * n_alpha));
    for (size_t k = 0; k < draws; k++) {
        mi_sample s;
        draw(&s, k, arg);
        measure_form(&r[k * n_alpha], &s, alpha, n_alpha);
        mi_sample_free(&s);
    }
    return r;
}

static void cover_drawn(double *share, const double *alpha, size_t n_alpha, size_t draws,
                        draw_fn *draw, const void *arg)
{
    mi_measured *r = measure_draws(alpha, n_alpha, draws, draw, arg);
    for (size_t a = 0; a < n_alpha; a++)
        share[a] = share_of_reading(r + a, n_alpha, MI_PLAIN, draws);
    mi_free(r);
}

typedef struct {
    size_t instances, views;
    mi_kernel kernel;
    const mi_sample *population;
} drawn;

static void draw_synthetic(mi_sample *s, size_t k, const void *arg)
{
    const drawn *d = arg;
    draw_seed(7000 + k);
    draw_some_views(s, d->instances, d->views, d->kernel);
}

static void draw_pairs_of_views(mi_sample *s, size_t k, const void *arg)
{
    const size_t *instances = arg;
    draw_seed(5000 + k);
    draw_views(s, *instances);
}

void cover_readings(double *share, double alpha, size_t draws, size_t instances)
{
    mi_measured *r = measure_draws(&alpha, 1, draws, draw_pairs_of_views, &instances);
    for (mi_reading i = 0; i < MI_READINGS; i++)
        share[i] = share_of_reading(r, 1, i, draws);
    mi_free(r);
}

void cover_orders(double *share, const double *alpha, size_t n_alpha, size_t draws,
                  size_t instances, size_t views, mi_kernel kernel)
{
    drawn d = {.instances = instances, .views = views, .kernel = kernel};
    cover_drawn(share, alpha, n_alpha, draws, draw_synthetic, &d);
}

/* The rows of `from` at `row`, as a column that the sample owns. */
static void take_rows(mi_column *to, const mi_column *from, const size_t *row, size_t n)
{
    *to = (mi_column){.present = 1, .is_real = 1, .kernel = from->kernel, .d = from->d};
    CHECK(mi_mat_alloc(&to->x, n, from->d, MI_F64));
    mi_mat_rows_f64(to->x.x, &from->x, row, n, NULL, NULL);
}

static void draw_real(mi_sample *s, size_t k, const void *arg)
{
    const drawn *d = arg;
    const mi_groups *of = &d->population->instance.groups;
    size_t n = d->instances * d->views, row[n], views[of->g], member[of->g][d->views];
    memset(views, 0, sizeof views);
    for (size_t i = 0; i < of->n; i++)
        member[of->code[i]][views[of->code[i]]++] = i;
    draw_seed(9000 + k);
    for (size_t c = 0; c < d->instances; c++)
        memcpy(row + c * d->views, member[(size_t)(draw_uniform() * (double)of->g)],
               sizeof member[0]);
    *s = (mi_sample){.n = n, .r_kind = MI_R_ID, .has_instances = 1};
    take_rows(&s->column[MI_Z1], &d->population->column[MI_Z1], row, n);
    take_rows(&s->column[MI_Z2], &d->population->column[MI_Z2], row, n);
    draw_instances(&s->instance.groups, n, d->views);
}

void cover_real(double *share, const double *alpha, size_t n_alpha, size_t draws, size_t instances,
                const mi_sample *population)
{
    size_t views = population->n / population->instance.groups.g;
    drawn d = {.instances = instances, .views = views, .population = population};
    cover_drawn(share, alpha, n_alpha, draws, draw_real, &d);
}
