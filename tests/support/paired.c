#include "paired.h"

#include <math.h>
#include <stdlib.h>

#include "libmi/data/groups_internal.h"

#define D1 8
#define D2 5

static const mi_run run = {.threads = 2};

static void copy_groups(mi_sample *to, const mi_sample *from, mi_member_id m)
{
    mi_groups_free(&to->column[m].groups);
    CHECK(mi_groups_gather(&to->column[m].groups, &from->column[m].groups, NULL, from->n));
}

/* What an instance is: common to its views and to both samples. */
static void draw_common(double *common, size_t instances)
{
    for (size_t k = 0; k < instances * D1; k++)
        common[k] = draw_normal() + (k % D1 == 0);
}

/* Rows of one sample: Z1 the instance with noise, Z2 the features from `first` on, weighted, with
 * noise. */
static void fill(mi_sample *s, const double *common, size_t first, double weight)
{
    float *z1 = s->column[MI_Z1].x.x, *z2 = s->column[MI_Z2].x.x;
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < D1; k++)
            z1[i * D1 + k] = (float)(common[i / 2 * D1 + k] + 0.3 * draw_normal());
        for (size_t k = 0; k < D2; k++)
            z2[i * D2 + k] = (float)(weight * z1[i * D1 + (k + first) % D1] + 0.4 * draw_normal());
    }
}

void draw_pair(mi_sample *a, mi_sample *b, size_t instances)
{
    const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
    double *common;
    CHECK(MI_NEW(common, instances * D1));
    draw_common(common, instances);
    draw_sample(a, 2 * instances, D1, D2, linear);
    draw_sample(b, 2 * instances, D1, D2, linear);
    copy_groups(b, a, MI_Y);
    fill(a, common, 0, 1);
    fill(b, common, 0, 0.6);
    mi_free(common);
}

static mi_difference difference(double alpha, size_t instances)
{
    mi_difference d[MI_BOUNDS_NUMBERS];
    mi_bounds_opts o;
    mi_sample a, b;
    mi_matched m;
    draw_pair(&a, &b, instances);
    CHECK(mi_match(&m, &a, &b));
    mi_bounds_opts_default(&o);
    o.alpha = &alpha;
    o.jackknife_groups = 50;
    CHECK(mi_compare_bounds(d, &m, &o, 0.95, &run));
    mi_matched_free(&m);
    mi_sample_free(&a);
    mi_sample_free(&b);
    return d[MI_I_Z1_Z2];
}

paired_coverage cover_pairs(double alpha, size_t draws, size_t instances)
{
    double mean = 0, square = 0, n = (double)draws;
    paired_coverage c = {0};
    mi_difference *d;
    CHECK(MI_NEW(d, draws));
    for (size_t k = 0; k < draws; k++) {
        draw_seed(7000 + k);
        d[k] = difference(alpha, instances);
        mean += d[k].difference / n;
        c.ratio += d[k].se / n;
    }
    for (size_t k = 0; k < draws; k++) {
        double off = fabs(d[k].difference - mean), factor = mi_t_factor(0.95, d[k].degrees);
        c.paired += (off <= factor * d[k].se) / n;
        c.unpaired += (off <= factor * d[k].unpaired_se) / n;
        square += off * off;
    }
    c.ratio /= sqrt(square / (n - 1));
    mi_free(d);
    return c;
}
