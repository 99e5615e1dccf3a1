#include "draw.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"

static gsl_rng *rng;

void draw_seed(unsigned long seed)
{
    if (!rng)
        rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, seed);
}

double draw_uniform(void)
{
    return gsl_rng_uniform(rng);
}

double draw_normal(void)
{
    return gsl_ran_gaussian_ziggurat(rng, 1);
}

size_t draw_below(size_t n)
{
    return gsl_rng_uniform_int(rng, n);
}

static void put(mi_mat *m, size_t i, size_t k, double value)
{
    if (m->type == MI_F32)
        ((float *)m->x)[i * m->ld + k] = (float)value;
    else
        ((double *)m->x)[i * m->ld + k] = value;
}

void draw_matrix(mi_mat *m, size_t n, size_t d, mi_float type, const mi_mat *shared, double weight)
{
    CHECK(mi_mat_alloc(m, n, d, type));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            put(m, i, k,
                draw_normal() + (shared ? weight * mi_mat_get(shared, i, k % shared->d) : 0));
}

static void groups_of(mi_groups *out, const int64_t *label, size_t n)
{
    CHECK(mi_groups_of_bytes(out, label, n, sizeof *label));
}

void draw_groups(mi_groups *out, size_t n, size_t g)
{
    int64_t label[n];
    for (size_t i = 0; i < n; i++)
        label[i] = (int64_t)(i < g ? i : draw_below(g));
    groups_of(out, label, n);
}

void draw_instances(mi_groups *out, size_t n, size_t views)
{
    int64_t label[n];
    for (size_t i = 0; i < n; i++)
        label[i] = (int64_t)(i / views);
    groups_of(out, label, n);
}

void draw_sample(mi_sample *s, size_t n, size_t d1, size_t d2, mi_kernel kernel)
{
    mi_groups instance, instance_class;
    mi_mat centre, rows;
    int64_t y[n];
    *s = (mi_sample){.n = n, .r_kind = MI_R_ID, .has_instances = 1};
    draw_instances(&instance, n, 2);
    draw_groups(&instance_class, instance.g, 4);
    draw_matrix(&centre, 4, d1, MI_F64, NULL, 0);
    CHECK(mi_mat_alloc(&rows, n, d1, MI_F64));
    for (size_t i = 0; i < n; i++) {
        y[i] = instance_class.code[instance.code[i]];
        for (size_t k = 0; k < d1; k++)
            put(&rows, i, k, mi_mat_get(&centre, (size_t)y[i], k));
    }
    draw_matrix(&s->column[MI_Z1].x, n, d1, MI_F32, &rows, 1.5);
    draw_matrix(&s->column[MI_Z2].x, n, d2, MI_F32, &s->column[MI_Z1].x, 1);
    groups_of(&s->column[MI_Y].groups, y, n);
    CHECK(mi_groups_gather(&s->column[MI_R].groups, &instance, NULL, n));
    s->instance.groups = instance;
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++) {
        mi_column *c = &s->column[m];
        c->present = 1;
        c->is_real = m == MI_Z1 || m == MI_Z2;
        c->d = m == MI_Z1 ? d1 : m == MI_Z2 ? d2 : 1;
        c->kernel = c->is_real ? kernel : (mi_kernel){.kind = MI_KERNEL_DELTA};
    }
    mi_groups_free(&instance_class);
    mi_mat_free(&centre);
    mi_mat_free(&rows);
}

void draw_positive(mi_sample *s)
{
    mi_column *r = &s->column[MI_R];
    size_t other[s->n];
    for (size_t i = 0; i < s->n; i++)
        other[i] = i ^ 1;
    mi_groups_free(&r->groups);
    *r = s->column[MI_Z2];
    CHECK(mi_mat_gather(&r->x, &s->column[MI_Z2].x, other, s->n));
    s->r_kind = MI_R_POSITIVE;
}
