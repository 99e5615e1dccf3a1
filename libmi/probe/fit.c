/* Networks fitted by L-BFGS, as models of the loop that chooses settings. */
#include <gsl/gsl_randist.h>
#include <lbfgs.h>
#include <math.h>
#include <string.h>

#include "libmi/base/rng.h"
#include "libmi/probe/private.h"

/* Softmax regression is fitted to the end, where it agrees with any other program's. A hidden layer
 * has many minima: the last digits of one are worth nothing. */
#define LINEAR_ITERATIONS 500
#define LINEAR_DECREASE   1e-9 /* of the loss, relative, over five iterations, to go on */
#define LINEAR_GRADIENT   1e-7 /* its norm over that of the weights, 1 at least, to go on */
#define HIDDEN_ITERATIONS 200
#define HIDDEN_DECREASE   1e-3
#define HIDDEN_GRADIENT   1e-5

typedef struct {
    mi_model model;
    mi_stage *stage;
    mi_network fit, ask; /* over the rows to fit on; over those to answer for */
    double *theta;       /* (room) */
    size_t size, room;
    unsigned long seed;
} network_model;

/* ---- standardisation ---- */

/* The numbers of column k less the first, over the largest of these: they differ exactly where they are nearly
 * one, and have squares whatever their size. 0: the column is constant over the rows to fit on. */
static double largest_off(const mi_stage *s, size_t k)
{
    double largest = 0;
    for (size_t i = 1; i < s->n_fit; i++)
        largest = fmax(largest, fabs(s->x[i * s->d + k] - s->x[k]));
    return largest;
}

static void standardise_column(mi_stage *s, size_t k)
{
    double n = (double)s->n_fit, mean = 0, sum = 0, first = s->x[k], unit = largest_off(s, k);
    for (size_t i = 0; i < s->n_fit + s->n_ask; i++) {
        double *x = &s->x[i * s->d + k];
        *x = unit > 0 ? (*x - first) / unit : 0;
        mean += i < s->n_fit ? *x / n : 0;
    }
    for (size_t i = 0; i < s->n_fit; i++)
        sum += pow(s->x[i * s->d + k] - mean, 2) / n;
    for (size_t i = 0; unit > 0 && i < s->n_fit + s->n_ask; i++)
        s->x[i * s->d + k] = (s->x[i * s->d + k] - mean) / sqrt(sum);
}

static void standardise(mi_stage *s)
{
    for (size_t k = 0; k < s->d; k++)
        standardise_column(s, k);
}

/* ---- the minimiser ---- */

static lbfgsfloatval_t evaluate(void *network, const lbfgsfloatval_t *theta,
                                lbfgsfloatval_t *gradient, const int n, const lbfgsfloatval_t step)
{
    (void)n, (void)step;
    return mi_network_loss(network, theta, gradient);
}

static mi_status minimise(network_model *m)
{
    lbfgs_parameter_t parameter;
    lbfgs_parameter_init(&parameter);
    parameter.m = 10;
    parameter.epsilon = m->fit.hidden ? HIDDEN_GRADIENT : LINEAR_GRADIENT;
    parameter.past = 5;
    parameter.delta = m->fit.hidden ? HIDDEN_DECREASE : LINEAR_DECREASE;
    parameter.max_iterations = m->fit.hidden ? HIDDEN_ITERATIONS : LINEAR_ITERATIONS;
    int code = lbfgs((int)m->size, m->theta, NULL, evaluate, NULL, &m->fit, &parameter);
    switch (code) {
    case LBFGS_SUCCESS:
    case LBFGS_STOP:
    case LBFGS_ALREADY_MINIMIZED:
    case LBFGSERR_MAXIMUMITERATION:
    /* No step lowers the loss any more in double precision: theta is the best point found. */
    case LBFGSERR_ROUNDING_ERROR:
    case LBFGSERR_MINIMUMSTEP:
    case LBFGSERR_MAXIMUMLINESEARCH:
    case LBFGSERR_WIDTHTOOSMALL:
        return MI_OK;
    case LBFGSERR_OUTOFMEMORY:
        return mi_fail(MI_ENOMEM, "out of memory for L-BFGS over %zu weights", m->size);
    default:
        return mi_fail(MI_ELIBRARY, "L-BFGS failed with code %d", code);
    }
}

/* A hidden layer starts from the same seeded weights for every setting. Softmax regression, which
 * has one minimum, goes on from where the last setting left it. */
static mi_status first_weights(network_model *m)
{
    const mi_network *net = &m->fit;
    gsl_rng *rng;
    if (!net->hidden)
        return MI_OK;
    MI_TRY(mi_rng_new(&rng, m->seed, MI_STREAM_PROBE));
    size_t v = net->d * net->hidden, w = net->hidden * net->classes;
    memset(m->theta, 0, m->size * sizeof *m->theta);
    for (size_t k = 0; k < v; k++)
        m->theta[k] = gsl_ran_gaussian(rng, 1 / sqrt((double)net->d));
    for (size_t k = 0; k < w; k++)
        m->theta[v + net->hidden + k] = gsl_ran_gaussian(rng, 1 / sqrt((double)net->hidden));
    gsl_rng_free(rng);
    return MI_OK;
}

/* ---- the model ---- */

static mi_status answer(mi_model *model, double l2, double *logit)
{
    network_model *m = (network_model *)model;
    m->fit.l2 = l2;
    MI_TRY(first_weights(m));
    MI_TRY(minimise(m));
    mi_network_forward(&m->ask, m->theta);
    memcpy(logit, m->ask.logit, m->ask.n * m->ask.classes * sizeof *logit);
    return MI_OK;
}

static void free_model(mi_model *model)
{
    network_model *m = (network_model *)model;
    mi_network_free(&m->fit);
    mi_network_free(&m->ask);
    mi_free(m->theta);
    mi_free(m);
}

static mi_status prepare(network_model *m, size_t hidden)
{
    mi_stage *s = m->stage;
    mi_network shape = {.d = s->d, .hidden = hidden, .classes = s->classes};
    MI_TRY(mi_network_size(&m->size, s->d, hidden, s->classes));
    /* liblbfgs built with SSE2 works on lengths rounded up to 16. */
    m->room = (m->size + 15) / 16 * 16;
    MI_TRY(MI_NEW(m->theta, m->room));
    m->fit = m->ask = shape;
    m->fit.n = s->n_fit;
    m->fit.x = s->x;
    m->fit.y = s->y;
    m->ask.n = s->n_ask;
    m->ask.x = s->x + s->n_fit * s->d;
    MI_TRY(mi_network_alloc(&m->fit));
    return mi_network_alloc(&m->ask);
}

mi_status mi_network_new(mi_model **out, mi_stage *s, size_t hidden, unsigned long seed)
{
    network_model *m;
    *out = NULL;
    MI_TRY(MI_NEW(m, 1));
    *m = (network_model){.model = {answer, free_model}, .stage = s, .seed = seed};
    mi_status status = prepare(m, hidden);
    if (status != MI_OK) {
        free_model(&m->model);
        return status;
    }
    standardise(s);
    *out = &m->model;
    return MI_OK;
}
