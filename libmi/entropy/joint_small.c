/* Order-2 joints inside classes of few rows, such as the views of an image, in double precision:
 *
 *     T = sum over classes c  sum over i, j in c  prod over real variables v of (K^v_ij)^2
 *
 * All joints with the same classes are computed together, so that each row is read once and each
 * squared kernel value k (n_var, m, m) computed once for all of them. O(sum m_c^2 sum d). */
#include <cblas.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <string.h>

#include "libmi/base/pool.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/entropy/private.h"

/* Classes that one task works through. */
#define CHUNK 64

/* What a worker needs for the largest class. */
typedef struct {
    double *z; /* (m, d) rows of one variable */
    double *k; /* (n_var, m, m) squared kernel values, the lower triangle */
} small_work;

typedef struct {
    mi_engine *e;
    const mi_class_part *part;
    size_t *joint, n_joints;
    unsigned vars;    /* real variables of any of them */
    double *total;    /* (tasks, n_joints) sums over pairs */
    small_work *work; /* (workers) */
    size_t workers;
} small_job;

/* K^2 of rows a and b as mi_var_rows_f64 gives them. */
static double squared_kernel(const mi_var *v, const double *a, const double *b)
{
    int d = (int)v->x->d;
    if (mi_kernel_is_of_cosine(v->kernel.kind))
        return gsl_pow_2(mi_kernel_of_cosine(&v->kernel, cblas_ddot(d, a, 1, b, 1)));
    double sum = 0;
    for (int c = 0; c < d; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return gsl_pow_2(mi_kernel_of_square(&v->kernel, sum));
}

static mi_status squared_kernels(double *k, const mi_var *v, const size_t *row, size_t m, double *z)
{
    MI_TRY(mi_var_rows_f64(v, row, m, z));
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < i; j++)
            k[i * m + j] = squared_kernel(v, z + i * v->x->d, z + j * v->x->d);
        k[i * m + i] = v->self ? gsl_pow_2(v->self[row[i]]) : 1;
    }
    return MI_OK;
}

/* The sum over ordered pairs of one class, from its lower triangle: pairs i != j count twice. Row
 * sums go to both rows. */
static double add_class(const mi_joint *joint, unsigned real, const small_work *w, size_t n_var,
                        const size_t *row, size_t m)
{
    double total = 0;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j <= i; j++) {
            double product = 1;
            for (size_t v = 0; v < n_var; v++)
                product *= real >> v & 1 ? w->k[(v * m + i) * m + j] : 1;
            total += i == j ? product : 2 * product;
            if (joint->row) {
                joint->row[row[i]] += product;
                joint->row[row[j]] += i == j ? 0 : product;
            }
        }
    }
    return total;
}

static mi_status small_classes(void *arg, size_t task, int worker)
{
    const small_job *s = arg;
    const mi_engine *e = s->e;
    const mi_group_rows *rows = &s->part->rows;
    const small_work *w = &s->work[worker];
    size_t last = (task + 1) * CHUNK < rows->g ? (task + 1) * CHUNK : rows->g;
    for (size_t c = task * CHUNK; c < last; c++) {
        const size_t *row = rows->member + rows->start[c];
        size_t m = rows->start[c + 1] - rows->start[c];
        for (size_t v = 0; v < e->n_var; v++)
            if (s->vars >> v & 1)
                MI_TRY(squared_kernels(w->k + v * m * m, &e->var[v], row, m, w->z));
        for (size_t k = 0; k < s->n_joints; k++) {
            const mi_joint *j = &e->joint[s->joint[k]];
            s->total[task * s->n_joints + k] +=
                add_class(j, j->vars & s->vars, w, e->n_var, row, m);
        }
    }
    return MI_OK;
}

/* For the largest class: rows (m,d) of one variable, squared kernels (n_var, m, m) of all. */
static mi_status work_init(small_job *s, size_t tasks)
{
    const mi_engine *e = s->e;
    size_t m = s->part->largest, d = 1;
    for (size_t v = 0; v < e->n_var; v++)
        if ((s->vars >> v & 1) && e->var[v].x->d > d)
            d = e->var[v].x->d;
    s->workers = (size_t)mi_parallel_workers(e->run, tasks);
    MI_TRY(MI_NEW(s->work, s->workers));
    for (size_t k = 0; k < s->workers; k++) {
        MI_TRY(MI_NEW_RAW(s->work[k].z, m * d));
        MI_TRY(MI_NEW_RAW(s->work[k].k, e->n_var * m * m));
    }
    return MI_NEW(s->total, tasks * s->n_joints);
}

static void job_free(small_job *s)
{
    for (size_t k = 0; s->work && k < s->workers; k++) {
        mi_free(s->work[k].z);
        mi_free(s->work[k].k);
    }
    mi_free(s->work);
    mi_free(s->total);
    mi_free(s->joint);
}

/* Sums and rows of what each rank did. */
static mi_status merge_ranks(small_job *s, size_t tasks)
{
    mi_engine *e = s->e;
    MI_TRY(mi_comm_merge(e->run->comm, s->total, tasks * s->n_joints * sizeof *s->total));
    for (size_t k = 0; k < s->n_joints; k++) {
        double *row = e->joint[s->joint[k]].row;
        for (size_t t = 0; t < tasks; t++)
            e->plan[s->joint[k]].total += s->total[t * s->n_joints + k];
        if (row)
            MI_TRY(mi_comm_merge(e->run->comm, row, e->n * sizeof *row));
    }
    return MI_OK;
}

/* All joints at MI_AT_SMALL with the same classes; totals are kept by task, so threads do not
 * change them. */
static mi_status do_part(mi_engine *e, const mi_class_part *part)
{
    small_job s = {.e = e, .part = part};
    size_t tasks = (part->rows.g + CHUNK - 1) / CHUNK;
    mi_run quiet = *e->run;
    mi_status status = MI_OK;
    quiet.progress = NULL;
    MI_TRY(MI_NEW(s.joint, e->n_joints));
    for (size_t k = 0; k < e->n_joints; k++) {
        if (e->plan[k].at != MI_AT_SMALL || e->plan[k].classes != part)
            continue;
        s.joint[s.n_joints++] = k;
        s.vars |= mi_engine_real(e, e->joint[k].vars);
    }
    if (s.n_joints) {
        MI_TRY_GOTO(status, work_init(&s, tasks), done);
        MI_TRY_GOTO(status, mi_spread(&quiet, tasks, small_classes, &s), done);
        status = merge_ranks(&s, tasks);
    }
done:
    job_free(&s);
    return status;
}

mi_status mi_engine_small(mi_engine *e)
{
    for (size_t k = 0; k < e->n_parts; k++)
        MI_TRY(do_part(e, &e->part[k]));
    return MI_OK;
}
