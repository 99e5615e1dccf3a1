/* Sums over pairs of directions, instance by instance.
 *
 * Pairs inside an instance one by one, from |u - v|^2 as a sum of squared differences: views may be
 * nearly equal. With S_c the sum of the directions of instance c and S that of all, its cosines with
 * the others are <S_c, S - S_c>; squared cosines and potentials with all rows (squares.c; a tile pass)
 * less those inside. */
#include <math.h>
#include <string.h>

#include "libmi/base/leaf.h"
#include "libmi/base/mem.h"
#include "libmi/base/pool.h"
#include "libmi/data/kernel.h"
#include "libmi/data/mat_internal.h"
#include "libmi/geometry/private.h"
#include "libmi/tiles/design.h"
#include "libmi/tiles/sampled.h"
#include "libmi/tiles/tiles.h"

enum { TASKS = 64 }; /* of instances; results do not depend on the threads */

/* Sums of directions less the first of all, so that a collapsed column keeps its digits. */
typedef struct {
    double *sum, *square; /* (d) */
} moments;

typedef struct {
    const mi_directions *r;
    double t;
    size_t d;
    double *origin; /* (d) the first direction */
    mi_instance_sums *sums;
    moments part[TASKS];
    moments all;
    double *left_out; /* (g) or NULL */
} sphere;

/* ---- an instance's directions ---- */

static mi_status load(double *unit, const sphere *s, size_t c, size_t *rows)
{
    const mi_group_rows *list = &s->r->list;
    *rows = list->start[c + 1] - list->start[c];
    return mi_mat_read_f64(unit, s->r->x, list->member + list->start[c], *rows, s->r->inverse,
                           NULL);
}

static void add_moments(moments *m, const double *unit, size_t rows, const sphere *s)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < s->d; k++) {
            double off = unit[i * s->d + k] - s->origin[k];
            m->sum[k] += off;
            m->square[k] += off * off;
        }
}

/* Ordered pairs: each twice. */
static void add_inside(mi_pair_sums *in, const double *unit, size_t rows, const sphere *s)
{
    in->pairs = (double)rows * (double)(rows - 1);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < i; j++) {
            double off = mi_leaf_distance2(s->d, unit + i * s->d, unit + j * s->d);
            double cosine = 1 - off / 2;
            in->off += 2 * off;
            in->off2 += 2 * off * off;
            in->cosine += 2 * cosine;
            in->square += 2 * cosine * cosine;
            in->potential += 2 * exp(-s->t * off);
        }
}

/* ---- two passes over the instances, in tasks ---- */

static size_t first_of(const sphere *s, size_t task)
{
    return s->r->instance->g * task / TASKS;
}

static mi_status inside_task(void *arg, size_t task, int worker)
{
    sphere *s = arg;
    moments *m = &s->part[task];
    double *unit;
    size_t rows;
    (void)worker;
    MI_TRY(MI_NEW_RAW(unit, s->r->largest * s->d));
    mi_status status = MI_NEW(m->sum, s->d);
    if (status == MI_OK)
        status = MI_NEW(m->square, s->d);
    for (size_t c = first_of(s, task); status == MI_OK && c < first_of(s, task + 1); c++) {
        status = load(unit, s, c, &rows);
        if (status != MI_OK)
            break;
        add_moments(m, unit, rows, s);
        add_inside(&s->sums[c].inside, unit, rows, s);
    }
    mi_free(unit);
    return status;
}

/* sqrt(d) times the mean deviation of the columns, of all rows less `rows` of an instance with the
 * moments m (NULL: none). */
static double unit_sd(const sphere *s, const moments *m, size_t rows)
{
    double n = (double)(s->r->x->n - rows), total = 0;
    if (n < 2)
        return NAN;
    for (size_t k = 0; k < s->d; k++) {
        double sum = s->all.sum[k] - (m ? m->sum[k] : 0);
        double square = s->all.square[k] - (m ? m->square[k] : 0);
        total += sqrt(fmax(0, square - sum * sum / n) / (n - 1));
    }
    return total / sqrt((double)s->d);
}

/* <S_c, S - S_c> from sums about the origin o: S_c = m.sum + v o, S = all.sum + n o. */
static double cosines_with_others(const sphere *s, const moments *m, size_t rows)
{
    double own = (double)rows, others = (double)(s->r->x->n - rows), sum = 0;
    for (size_t k = 0; k < s->d; k++)
        sum +=
            (m->sum[k] + own * s->origin[k]) * (s->all.sum[k] - m->sum[k] + others * s->origin[k]);
    return sum;
}

static mi_status others_task(void *arg, size_t task, int worker)
{
    sphere *s = arg;
    moments *m = &s->part[task]; /* of one instance now */
    double *unit;
    size_t rows;
    (void)worker;
    MI_TRY(MI_NEW_RAW(unit, s->r->largest * s->d));
    mi_status status = MI_OK;
    for (size_t c = first_of(s, task); status == MI_OK && c < first_of(s, task + 1); c++) {
        status = load(unit, s, c, &rows);
        if (status != MI_OK)
            break;
        memset(m->sum, 0, s->d * sizeof *m->sum);
        memset(m->square, 0, s->d * sizeof *m->square);
        add_moments(m, unit, rows, s);
        s->sums[c].others.pairs = (double)rows * (double)(s->r->x->n - rows);
        s->sums[c].others.cosine = cosines_with_others(s, m, rows);
        if (s->left_out)
            s->left_out[c] = unit_sd(s, m, rows);
    }
    mi_free(unit);
    return status;
}

static mi_status over_instances(sphere *s, double *sd, const mi_run *run)
{
    MI_TRY(MI_NEW_RAW(s->origin, s->d));
    MI_TRY(MI_NEW(s->all.sum, s->d));
    MI_TRY(MI_NEW(s->all.square, s->d));
    MI_TRY(mi_mat_read_f64(s->origin, s->r->x, (size_t[]){0}, 1, s->r->inverse, NULL));
    MI_TRY(mi_parallel(run, TASKS, inside_task, s));
    for (size_t task = 0; task < TASKS; task++)
        for (size_t k = 0; k < s->d; k++) {
            s->all.sum[k] += s->part[task].sum[k];
            s->all.square[k] += s->part[task].square[k];
        }
    *sd = unit_sd(s, NULL, 0);
    return mi_parallel(run, TASKS, others_task, s);
}

/* ---- with all rows ---- */

static mi_status add_squares(sphere *s, const mi_run *run)
{
    double *square;
    const mi_groups *instance = s->r->instance;
    MI_TRY(MI_NEW(square, instance->n));
    mi_status status = mi_cosine_squares(square, s->r, run);
    for (size_t i = 0; status == MI_OK && i < instance->n; i++)
        s->sums[instance->code[i]].others.square += square[i] - 1; /* the row with itself */
    for (size_t c = 0; c < instance->g; c++)
        s->sums[c].others.square -= s->sums[c].inside.square;
    mi_free(square);
    return status;
}

static int is_sampled(const mi_mat *x, const mi_run *run)
{
    return run->tolerance > 0 && x->n > MI_GEOMETRY_EXACT && !x->source;
}

static int can_stay_together(const mi_groups *instance)
{
    for (size_t c = 0; c < instance->g; c++)
        if (instance->count[c] > MI_TOGETHER_MAX)
            return 0;
    return 1;
}

/* row (n): potentials with all other rows. exp(-t |u - v|^2) = exp(2 t <u,v> - 2 t). */
static mi_status potentials(double *row, double *half_width, const sphere *s, const mi_run *run)
{
    mi_var z;
    mi_tile_var t = {0};
    const mi_groups *instance = s->r->instance;
    MI_TRY(mi_var_real(&z, (mi_kernel){.kind = MI_KERNEL_LINEAR}, s->r->x));
    mi_status status = mi_tile_var_init(&t, &z, NULL, z.n);
    mi_sampled_sum sum = {.of = {.factors = 1, .row = row}, .known = NAN};
    t.factor.map = MI_TILE_EXP;
    t.factor.b = t.b;
    t.factor.scale = (float)(2 * s->t);
    t.factor.bias = (float)(-2 * s->t);
    t.factor.diagonal = 0;
    if (status == MI_OK)
        status = is_sampled(z.x, run)
                     ? mi_tiles_sample(z.n, &t.factor, 1, &sum, 1,
                                       can_stay_together(instance) ? instance : NULL, run)
                     : mi_tiles(z.n, &t.factor, 1, &sum.of, 1, run);
    *half_width = sum.half_width;
    mi_tile_var_free(&t);
    mi_var_free(&z);
    return status;
}

/* Sums with others from those of every row, which have what is inside instances or not; their sum. */
static double others_from(sphere *s, const double *row, int has_inside)
{
    const mi_groups *instance = s->r->instance;
    double total = 0;
    for (size_t c = 0; c < instance->g; c++)
        s->sums[c].others.potential = has_inside ? -s->sums[c].inside.potential : 0;
    for (size_t i = 0; i < instance->n; i++)
        s->sums[instance->code[i]].others.potential += row[i];
    for (size_t c = 0; c < instance->g; c++)
        total += s->sums[c].others.potential;
    return total;
}

/* Whether the rounding of `all` in single precision shows in what is left of it: the pairs with others, and,
 * for the jackknife, those without an instance. */
static int rounding_shows(const sphere *s, double all, double others)
{
    double least = others;
    for (size_t c = 0; s->left_out && c < s->r->instance->g; c++)
        least = fmin(least, others - 2 * s->sums[c].others.potential);
    return least < all / 8;
}

/* The half-width is of the log of all potentials; those inside are known. */
static mi_status add_potentials(sphere *s, double *half_width, const mi_run *run)
{
    size_t n = s->r->instance->n;
    double *row, all = 0, others = 0;
    MI_TRY(MI_NEW(row, n));
    mi_status status = potentials(row, half_width, s, run);
    for (size_t i = 0; i < n; i++)
        all += row[i];
    others = others_from(s, row, 1);
    if (status == MI_OK && !is_sampled(s->r->x, run) && rounding_shows(s, all, others)) {
        status = mi_potentials_apart(row, s->r, s->t, run);
        others = others_from(s, row, 0);
    }
    *half_width *= all / others;
    mi_free(row);
    return status;
}

mi_status mi_sphere_sums(mi_instance_sums *sums, double *half_width, double *sd, double *left_out,
                         const mi_directions *r, double t, const mi_run *run)
{
    sphere s = {.r = r, .t = t, .d = r->x->d, .sums = sums, .left_out = left_out};
    mi_status status = over_instances(&s, sd, run);
    if (status == MI_OK)
        status = add_squares(&s, run);
    if (status == MI_OK)
        status = add_potentials(&s, half_width, run);
    for (size_t task = 0; task < TASKS; task++) {
        mi_free(s.part[task].sum);
        mi_free(s.part[task].square);
    }
    mi_free(s.origin);
    mi_free(s.all.sum);
    mi_free(s.all.square);
    return status;
}
