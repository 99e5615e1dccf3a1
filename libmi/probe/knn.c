/* Nearest neighbours by cosine. */
#include <cblas.h>
#include <float.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/probe/private.h"

#define MOST_NEIGHBOURS 200
#define BLOCK           256  /* rows that are compared with all others at once */
#define WIDTH           0.07 /* of the weights, as Wu et al. have it */

typedef struct {
    mi_model model;
    const mi_stage *stage;
    size_t k_most;  /* neighbours kept of each row */
    int32_t *class; /* (n_ask, k_most) of the neighbours, nearest first */
    double *weight; /* (n_ask, k_most) */
    double *prior;  /* (classes) */
} knn_model;

static void unit_rows(double *x, size_t n, size_t d)
{
    for (size_t i = 0; i < n; i++) {
        double norm = cblas_dnrm2((int)d, x + i * d, 1);
        if (norm >= DBL_MIN) /* the inverse of a smaller one may overflow */
            cblas_dscal((int)d, 1 / norm, x + i * d, 1);
    }
}

static void class_shares(knn_model *m)
{
    const mi_stage *s = m->stage;
    for (size_t c = 0; c < s->classes; c++)
        m->prior[c] = 1.0 / (double)(s->n_fit + s->classes);
    for (size_t i = 0; i < s->n_fit; i++)
        m->prior[s->y[i]] += 1.0 / (double)(s->n_fit + s->classes);
}

/* Classes and weights of the nearest rows, from the cosines with all of them. */
static void keep_nearest(knn_model *m, size_t i, const double *cosine, size_t *nearest)
{
    gsl_sort_largest_index(nearest, m->k_most, cosine, 1, m->stage->n_fit);
    for (size_t j = 0; j < m->k_most; j++) {
        m->class[i * m->k_most + j] = m->stage->y[nearest[j]];
        m->weight[i * m->k_most + j] = exp((cosine[nearest[j]] - 1) / WIDTH);
    }
}

static mi_status find_neighbours(knn_model *m)
{
    const mi_stage *s = m->stage;
    double *cosine = NULL;
    size_t *nearest = NULL;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(cosine, BLOCK * s->n_fit), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(nearest, m->k_most), done);
    for (size_t start = 0; start < s->n_ask; start += BLOCK) {
        size_t n = s->n_ask - start < BLOCK ? s->n_ask - start : BLOCK;
        const double *ask = s->x + (s->n_fit + start) * s->d;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)n, (int)s->n_fit, (int)s->d, 1,
                    ask, (int)s->d, s->x, (int)s->d, 0, cosine, (int)s->n_fit);
        for (size_t i = 0; i < n; i++)
            keep_nearest(m, start + i, cosine + i * s->n_fit, nearest);
    }
done:
    mi_free(cosine);
    mi_free(nearest);
    return status;
}

/* log q of one row from its k nearest. */
static void vote(double *logit, const knn_model *m, size_t i, size_t k)
{
    const int32_t *class = m->class + i * m->k_most;
    const double *weight = m->weight + i * m->k_most;
    size_t classes = m->stage->classes;
    double sum = 0;
    memset(logit, 0, classes * sizeof *logit);
    for (size_t j = 0; j < k; j++) {
        logit[class[j]] += weight[j];
        sum += weight[j];
    }
    for (size_t c = 0; c < classes; c++)
        logit[c] = log((logit[c] / sum * (double)k + m->prior[c]) / (double)(k + 1));
}

static mi_status answer(mi_model *model, double setting, double *logit)
{
    const knn_model *m = (const knn_model *)model;
    size_t k = (size_t)setting;
    if (k > m->k_most)
        return mi_fail(MI_EDATA, "k = %zu neighbours of %zu rows to fit on, wanted at most %zu", k,
                       m->stage->n_fit, m->k_most);
    for (size_t i = 0; i < m->stage->n_ask; i++)
        vote(logit + i * m->stage->classes, m, i, k);
    return MI_OK;
}

static void free_model(mi_model *model)
{
    knn_model *m = (knn_model *)model;
    mi_free(m->class);
    mi_free(m->weight);
    mi_free(m->prior);
    mi_free(m);
}

static mi_status prepare(knn_model *m, mi_stage *s)
{
    MI_TRY(mi_blas_check(MI_DGEMM_NT));
    MI_TRY(MI_NEW_RAW(m->class, s->n_ask * m->k_most));
    MI_TRY(MI_NEW_RAW(m->weight, s->n_ask * m->k_most));
    MI_TRY(MI_NEW_RAW(m->prior, s->classes));
    unit_rows(s->x, s->n_fit + s->n_ask, s->d);
    class_shares(m);
    return find_neighbours(m);
}

mi_status mi_knn_new(mi_model **out, mi_stage *s)
{
    knn_model *m;
    *out = NULL;
    MI_TRY(MI_NEW(m, 1));
    *m = (knn_model){.model = {answer, free_model}, .stage = s};
    m->k_most = s->n_fit < MOST_NEIGHBOURS ? s->n_fit : MOST_NEIGHBOURS;
    mi_status status = prepare(m, s);
    if (status != MI_OK) {
        free_model(&m->model);
        return status;
    }
    *out = &m->model;
    return MI_OK;
}
