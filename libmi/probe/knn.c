/* Nearest neighbours by cosine. */
#include <math.h>
#include <string.h>

#include "libmi/neighbours/neighbours.h"
#include "libmi/probe/private.h"

#define MOST_NEIGHBOURS 200
#define WIDTH           0.07 /* of the weights, as Wu et al. have it */

typedef struct {
    mi_model model;
    const mi_stage *stage;
    size_t k_most;  /* neighbours kept of each row */
    int32_t *class; /* (n_ask, k_most) of the neighbours, nearest first */
    double *weight; /* (n_ask, k_most) */
    double *prior;  /* (classes) */
} knn_model;

static void class_shares(knn_model *m)
{
    const mi_stage *s = m->stage;
    for (size_t c = 0; c < s->classes; c++)
        m->prior[c] = 1.0 / (double)(s->n_fit + s->classes);
    for (size_t i = 0; i < s->n_fit; i++)
        m->prior[s->y[i]] += 1.0 / (double)(s->n_fit + s->classes);
}

/* From the nearest rows to their classes and weights, in place: at cosine s, exp((s - 1) / WIDTH). */
static mi_status find_neighbours(knn_model *m, const mi_run *run)
{
    const mi_stage *s = m->stage;
    const mi_mat fit = mi_mat_view_f64(s->x, s->n_fit, s->d, 0),
                 ask = mi_mat_view_f64(s->x + s->n_fit * s->d, s->n_ask, s->d, 0);
    MI_TRY(mi_neighbours_among(m->class, m->weight, &ask, &fit, m->k_most, MI_COSINE, run));
    for (size_t j = 0; j < s->n_ask * m->k_most; j++) {
        m->class[j] = s->y[m->class[j]];
        m->weight[j] = exp(-m->weight[j] / WIDTH);
    }
    return MI_OK;
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

static mi_status prepare(knn_model *m, const mi_stage *s, const mi_run *run)
{
    MI_TRY(MI_NEW_RAW(m->class, s->n_ask * m->k_most));
    MI_TRY(MI_NEW_RAW(m->weight, s->n_ask * m->k_most));
    MI_TRY(MI_NEW_RAW(m->prior, s->classes));
    class_shares(m);
    return find_neighbours(m, run);
}

mi_status mi_knn_new(mi_model **out, mi_stage *s, const mi_run *run)
{
    knn_model *m;
    *out = NULL;
    MI_TRY(MI_NEW(m, 1));
    *m = (knn_model){.model = {answer, free_model}, .stage = s};
    m->k_most = s->n_fit < MOST_NEIGHBOURS ? s->n_fit : MOST_NEIGHBOURS;
    mi_status status = prepare(m, s, run);
    if (status != MI_OK) {
        free_model(&m->model);
        return status;
    }
    *out = &m->model;
    return MI_OK;
}
