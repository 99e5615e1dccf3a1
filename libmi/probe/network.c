/* Softmax regression, with or without a hidden layer of tanh: loss and gradient. */
#include <cblas.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/probe/private.h"

/* Where the parts of theta, or of its gradient, begin. */
typedef struct {
    size_t v, a, w, b;
    size_t fan_in; /* inputs of the output layer */
} offsets;

static offsets offsets_of(const mi_network *net)
{
    size_t h = net->hidden, m = h ? h : net->d, w = net->d * h + h;
    return (offsets){.a = net->d * h, .w = w, .b = w + m * net->classes, .fan_in = m};
}

mi_status mi_network_size(size_t *size, size_t d, size_t hidden, size_t classes)
{
    size_t first, last;
    if (__builtin_mul_overflow(d + 1, hidden, &first) ||
        __builtin_mul_overflow((hidden ? hidden : d) + 1, classes, &last) ||
        __builtin_add_overflow(first, last, size) || *size > INT_MAX - 16)
        return mi_fail(MI_EDATA,
                       "%zu features, %zu hidden units and %zu classes make more than %d weights",
                       d, hidden, classes, INT_MAX - 16);
    return MI_OK;
}

mi_status mi_network_alloc(mi_network *net)
{
    mi_status status;
    net->u = net->du = net->logit = NULL;
    MI_TRY(mi_blas_check(MI_DGEMM_NN | MI_DGEMM_TN | MI_DGEMM_NT));
    MI_TRY_GOTO(status, MI_NEW_RAW(net->u, net->n * net->hidden), fail);
    MI_TRY_GOTO(status, MI_NEW_RAW(net->du, net->n * net->hidden), fail);
    MI_TRY_GOTO(status, MI_NEW_RAW(net->logit, net->n * net->classes), fail);
    return MI_OK;
fail:
    mi_network_free(net);
    return status;
}

void mi_network_free(mi_network *net)
{
    mi_free(net->u);
    mi_free(net->du);
    mi_free(net->logit);
    net->u = net->du = net->logit = NULL;
}

/* ---- forward ---- */

/* out (n,m) = x (n,d) w (d,m) + b (m) in every row */
static void affine(double *out, const double *x, const double *w, const double *b, size_t n,
                   size_t d, size_t m)
{
    for (size_t i = 0; i < n; i++)
        memcpy(out + i * m, b, m * sizeof *out);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)m, (int)d, 1, x, (int)d, w,
                (int)m, 1, out, (int)m);
}

void mi_network_forward(mi_network *net, const double *theta)
{
    offsets o = offsets_of(net);
    if (net->hidden) {
        affine(net->u, net->x, theta + o.v, theta + o.a, net->n, net->d, net->hidden);
        for (size_t k = 0; k < net->n * net->hidden; k++)
            net->u[k] = tanh(net->u[k]);
    }
    affine(net->logit, net->hidden ? net->u : net->x, theta + o.w, theta + o.b, net->n, o.fan_in,
           net->classes);
}

/* ---- backward ---- */

/* Turn logits into the gradient of the mean cross-entropy, (q - [y]) / n; returns that mean. */
static double cross_entropy_gradient(double *logit, const int32_t *y, size_t n, size_t c)
{
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        double *row = logit + i * c, high = row[0], sum = 0, own = row[y[i]];
        for (size_t k = 1; k < c; k++)
            high = fmax(high, row[k]);
        for (size_t k = 0; k < c; k++)
            sum += row[k] = exp(row[k] - high);
        loss += log(sum) + high - own;
        for (size_t k = 0; k < c; k++)
            row[k] /= sum * (double)n;
        row[y[i]] -= 1 / (double)n;
    }
    return loss / (double)n;
}

/* Gradient of an affine layer: of w (d,m) and b (m), from that of its output g (n,m). */
static void affine_gradient(double *w, double *b, const double *x, const double *g, size_t n,
                            size_t d, size_t m)
{
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)d, (int)m, (int)n, 1, x, (int)d, g,
                (int)m, 0, w, (int)m);
    memset(b, 0, m * sizeof *b);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            b[k] += g[i * m + k];
}

static void hidden_gradient(mi_network *net, const double *theta, double *gradient)
{
    offsets o = offsets_of(net);
    int n = (int)net->n, h = (int)net->hidden, c = (int)net->classes;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, h, c, 1, net->logit, c, theta + o.w, c,
                0, net->du, h);
    for (size_t k = 0; k < net->n * net->hidden; k++)
        net->du[k] *= 1 - net->u[k] * net->u[k];
    affine_gradient(gradient + o.v, gradient + o.a, net->x, net->du, net->n, net->d, net->hidden);
}

/* Add l2/2 |w|^2 and its gradient. */
static double penalty(double *gradient, const double *w, size_t count, double l2)
{
    cblas_daxpy((int)count, l2, w, 1, gradient, 1);
    return l2 / 2 * cblas_ddot((int)count, w, 1, w, 1);
}

double mi_network_loss(mi_network *net, const double *theta, double *gradient)
{
    offsets o = offsets_of(net);
    mi_network_forward(net, theta);
    double loss = cross_entropy_gradient(net->logit, net->y, net->n, net->classes);
    affine_gradient(gradient + o.w, gradient + o.b, net->hidden ? net->u : net->x, net->logit,
                    net->n, o.fan_in, net->classes);
    if (net->hidden)
        hidden_gradient(net, theta, gradient);
    loss += penalty(gradient + o.v, theta + o.v, o.a, net->l2);
    return loss + penalty(gradient + o.w, theta + o.w, o.b - o.w, net->l2);
}
