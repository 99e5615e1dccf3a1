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

/* A borrowed column as the sample's own: its rows are those of `x`, which it frees. */
static void own(mi_sample *s, mi_member_id m, const mi_mat *x)
{
    s->column[m].x = *x;
    s->column[m].borrows = 0;
}

void draw_sample(mi_sample *s, size_t n, size_t d1, size_t d2, mi_kernel kernel)
{
    mi_groups instance_class;
    mi_mat centre, rows, z1, z2;
    mi_sample_opts o;
    int64_t y[n], id[n];
    for (size_t i = 0; i < n; i++)
        id[i] = (int64_t)(i / 2);
    draw_groups(&instance_class, (n + 1) / 2, 4);
    draw_matrix(&centre, 4, d1, MI_F64, NULL, 0);
    CHECK(mi_mat_alloc(&rows, n, d1, MI_F64));
    for (size_t i = 0; i < n; i++) {
        y[i] = instance_class.code[i / 2];
        for (size_t k = 0; k < d1; k++)
            put(&rows, i, k, mi_mat_get(&centre, (size_t)y[i], k));
    }
    draw_matrix(&z1, n, d1, MI_F32, &rows, 1.5);
    draw_matrix(&z2, n, d2, MI_F32, &z1, 1);
    mi_sample_opts_default(&o);
    o.r_kind = MI_R_ID;
    o.kernel[MI_Z1] = o.kernel[MI_Z2] = kernel;
    o.chosen[MI_Z1] = o.chosen[MI_Z2] = 1;
    CHECK(mi_sample_of(
        s,
        &(mi_arrays){
            .n = n, .z1 = {.x = z1.x, .d = d1}, .z2 = {.x = z2.x, .d = d2}, .r = id, .y = y},
        &o));
    own(s, MI_Z1, &z1);
    own(s, MI_Z2, &z2);
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

void draw_vars(drawn_set *t)
{
    for (int k = 0; k < 4; k++)
        CHECK(mi_sample_var(&t->var[k], &t->s, (mi_member_id)k));
}

void drawn_set_free(drawn_set *t)
{
    for (int k = 0; k < 4; k++)
        mi_var_free(&t->var[k]);
    mi_sample_free(&t->s);
}
