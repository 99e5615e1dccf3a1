#include "influence.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "pool.h"

/* Instances that one task works through. */
#define CHUNK 64

const char *mi_estimator_name(mi_estimator e)
{
    static const char *const name[] = {"v", "u", "c"};
    return name[e];
}

/* ---- sums inside instances ---- */

typedef struct {
    double *inside;
    const unsigned *joint;
    size_t n_joints;
    const mi_var *var;
    size_t n_var, g;
    mi_group_rows rows;
    unsigned used; /* variables of any joint */
} inside_job;

/* What a task needs for the largest of its instances. */
typedef struct {
    double *z; /* rows of one variable */
    double *k; /* (n_var, m, m) squared kernel values */
} inside_work;

static mi_status square_kernel(double *k, const mi_var *v, const size_t *row, size_t m, double *z)
{
    if (!mi_var_is_real(v)) {
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < m; j++)
                k[i * m + j] = v->groups->code[row[i]] == v->groups->code[row[j]];
        return MI_OK;
    }
    size_t d = v->x->d;
    double s = v->kernel.bandwidth;
    MI_TRY(mi_var_rows_f64(v, row, m, z));
    for (size_t i = 0; i < m; i++) {
        k[i * m + i] = 1;
        for (size_t j = 0; j < i; j++) {
            const double *a = z + i * d, *b = z + j * d;
            double sum = 0;
            if (v->kernel.kind == MI_KERNEL_GAUSSIAN) {
                for (size_t c = 0; c < d; c++)
                    sum += (a[c] - b[c]) * (a[c] - b[c]);
                sum = exp(-sum / (s * s));
            } else {
                for (size_t c = 0; c < d; c++)
                    sum += a[c] * b[c];
                sum *= sum;
            }
            k[i * m + j] = k[j * m + i] = sum;
        }
    }
    return MI_OK;
}

static double sum_of_products(const inside_work *w, unsigned joint, size_t n_var, size_t m)
{
    double sum = 0;
    for (size_t p = 0; p < m * m; p++) {
        double product = 1;
        for (size_t v = 0; v < n_var; v++)
            product *= joint >> v & 1 ? w->k[v * m * m + p] : 1;
        sum += product;
    }
    return sum;
}

static mi_status work_alloc(inside_work *w, const inside_job *j, size_t first, size_t last)
{
    size_t m = 0, d = 1;
    for (size_t c = first; c < last; c++) {
        size_t rows = j->rows.start[c + 1] - j->rows.start[c];
        m = rows > m ? rows : m;
    }
    for (size_t v = 0; v < j->n_var; v++)
        if (mi_var_is_real(&j->var[v]) && j->var[v].x->d > d)
            d = j->var[v].x->d;
    *w = (inside_work){0};
    MI_TRY(MI_NEW_RAW(w->z, m * d));
    return MI_NEW_RAW(w->k, j->n_var * m * m);
}

static mi_status inside_chunk(void *arg, size_t task, int worker)
{
    const inside_job *j = arg;
    size_t first = task * CHUNK, last = first + CHUNK < j->g ? first + CHUNK : j->g;
    inside_work w;
    (void)worker;
    mi_status status = work_alloc(&w, j, first, last);
    for (size_t c = first; status == MI_OK && c < last; c++) {
        const size_t *row = j->rows.member + j->rows.start[c];
        size_t m = j->rows.start[c + 1] - j->rows.start[c];
        for (size_t v = 0; status == MI_OK && v < j->n_var; v++)
            if (j->used >> v & 1)
                status = square_kernel(w.k + v * m * m, &j->var[v], row, m, w.z);
        for (size_t q = 0; status == MI_OK && q < j->n_joints; q++)
            j->inside[q * j->g + c] = sum_of_products(&w, j->joint[q], j->n_var, m);
    }
    mi_free(w.z);
    mi_free(w.k);
    return status;
}

mi_status mi_inside_sums(double *inside, const unsigned *joint, size_t n_joints, const mi_var *var,
                         size_t n_var, const mi_groups *instance, const mi_run *run)
{
    inside_job j = {.inside = inside,
                    .joint = joint,
                    .n_joints = n_joints,
                    .var = var,
                    .n_var = n_var,
                    .g = instance->g};
    mi_run quiet = *run;
    quiet.progress = NULL;
    for (size_t q = 0; q < n_joints; q++)
        j.used |= joint[q];
    MI_TRY(mi_groups_list(&j.rows, instance));
    mi_status status = mi_parallel(&quiet, (j.g + CHUNK - 1) / CHUNK, inside_chunk, &j);
    mi_group_rows_free(&j.rows);
    return status;
}

/* ---- influences ---- */

/* Of v rows in an instance, and n in all: pairs with their first row inside, and inside pairs, that
 * are kept. */
static void kept_pairs(mi_estimator e, double n, double v, double *first, double *both)
{
    *first = e == MI_ESTIMATOR_V ? n * v : e == MI_ESTIMATOR_U ? (n - 1) * v : (n - v) * v;
    *both = e == MI_ESTIMATOR_V ? v * v : e == MI_ESTIMATOR_U ? (v - 1) * v : 0;
}

/* The same for sums of values; a self pair's value is 1. */
static void kept_values(mi_estimator e, double row, double inside, double v, double *first,
                        double *both)
{
    *first = e == MI_ESTIMATOR_V ? row : e == MI_ESTIMATOR_U ? row - v : row - inside;
    *both = e == MI_ESTIMATOR_V ? inside : e == MI_ESTIMATOR_U ? inside - v : 0;
}

/* Sums that cancel to round-off, of single precision where they come from tiles, are no pairs at all
 * (an instance id under estimator c). */
#define NOTHING_LEFT 1e-6

double mi_influence(double *psi, const double *row, const double *inside, const mi_groups *instance,
                    mi_estimator e)
{
    size_t g = instance->g;
    double n = (double)instance->n, total = 0, pairs = 0, all = 0, mean = 0, first, both;
    memset(psi, 0, g * sizeof *psi);
    for (size_t i = 0; i < instance->n; i++)
        psi[instance->code[i]] += row[i];
    for (size_t c = 0; c < g; c++) {
        double v = (double)instance->count[c];
        all += psi[c];
        kept_values(e, psi[c], inside[c], v, &first, &both);
        total += first;
        kept_pairs(e, n, v, &first, &both);
        pairs += first;
    }
    if (!(total > NOTHING_LEFT * all)) {
        for (size_t c = 0; c < g; c++)
            psi[c] = NAN;
        return NAN;
    }
    for (size_t c = 0; c < g; c++) {
        double v = (double)instance->count[c], number, number_inside;
        kept_values(e, psi[c], inside[c], v, &first, &both);
        kept_pairs(e, n, v, &number, &number_inside);
        psi[c] = -((2 * first - both) / total - (2 * number - number_inside) / pairs);
        mean += psi[c] / (double)g;
    }
    for (size_t c = 0; c < g; c++)
        psi[c] -= mean;
    return log(pairs) - log(total);
}

double mi_standard_error(const double *psi, size_t g)
{
    double sum = 0;
    for (size_t c = 0; c < g; c++)
        sum += psi[c] * psi[c];
    return sqrt(sum * (double)g / ((double)g - 1));
}

double mi_t_factor(double level, double degrees)
{
    return degrees >= 1 ? gsl_cdf_tdist_Pinv(0.5 + 0.5 * level, degrees) : NAN;
}
