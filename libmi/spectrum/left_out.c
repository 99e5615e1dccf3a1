/* Sums over the eigenvalues of a matrix without some rows and columns, from the eigenpairs of the
 * whole: an exact delete-one jackknife at the cost of one spectrum.
 *
 * B is the matrix over its largest eigenvalue s, with eigenvalues x_k in [0,1] and vectors u_k; B_c
 * is B without the rows and columns of group c. By Schur complements
 *
 *     det(I - zeta B_c) / det(I - zeta B) = det M_c(zeta),
 *     M_c(zeta)_ij = sum_k u_ki u_kj / (1 - zeta x_k)      rows i, j of c, all eigenvalues, 0 too
 *
 * and by Cauchy's formula, integrated by parts, for f with f(0) = 0 that is analytic but on (-inf,0],
 *
 *     sum f(x_k) - sum f(x of B_c) = 1 / (2 pi i)  integral of log det M_c(1/z) f'(z) dz
 *
 * over a contour from 0 around (0,1] back to 0. In zeta = 1/z it is the hyperbola
 *
 *     zeta(s) = (1 + sin(phi + i s)) / 2,   phi = pi/4,   -inf < s < inf,
 *
 * on which the trapezoidal rule converges geometrically (Weideman and Trefethen, Math. Comp. 76 (2007)
 * 1341). For f = x^a, with f(1/zeta) = zeta^-a, and by symmetry about the real axis,
 *
 *     loss = -1/pi  integral over s > 0 of Im( log det M_c  w_a(s) ),  w_a = -a zeta^-a zeta'/zeta
 *
 * and x log x has the derivative of w_a by a at 1. Twin: eigenvalues of every B_c, tests/prop. */
#include "libmi/spectrum/left_out.h"

#include <complex.h>
#include <math.h>

#include "libmi/spectrum/private.h"

/* Of s: the step, by which the rule errs by exp(-2 pi phi / STEP) = 3e-9, and the end at order 1:
 * zeta^-a falls as exp(-a s). Orders down to 0.03 are integrated to their end. */
#define STEP  0.25
#define REACH 18.0
#define END   600.0

/* Nearer to order 1 than this the sum is taken as its limit there. */
#define AT_ONE 1e-6

typedef double _Complex cplx;

int mi_left_out_can(const mi_groups *group, const double *alpha, size_t n_alpha)
{
    for (size_t c = 0; c < group->g; c++)
        if (group->count[c] > MI_LEFT_OUT_ROWS)
            return 0;
    for (size_t a = 0; a < n_alpha; a++)
        if (!(alpha[a] <= MI_LEFT_OUT_ORDER))
            return 0;
    return 1;
}

/* ---- sums ---- */

static int is_near_one(double alpha)
{
    return fabs(alpha - 1) < 0.5;
}

double mi_left_out_sum(const double *l, size_t count, double alpha)
{
    double sum = 0;
    for (size_t k = 0; k < count; k++)
        if (fabs(alpha - 1) < AT_ONE)
            sum -= l[k] * log(l[k]);
        else if (is_near_one(alpha))
            sum += l[k] * expm1((alpha - 1) * log(l[k])) / (1 - alpha);
        else
            sum += pow(l[k], alpha);
    return sum;
}

double mi_left_out_sum_of(double s, double alpha)
{
    if (fabs(alpha - 1) < AT_ONE)
        return s;
    return is_near_one(alpha) ? expm1((1 - alpha) * s) / (1 - alpha) : exp((1 - alpha) * s);
}

/* l becomes r l with r = scale, sum l = 1/r: sum (r l)^a = r^a sum l^a, or with T = sum (l^a - l) / (1 -
 * a), r^(a-1) (1 + (1 - a) r T). */
double mi_left_out_entropy(double sum, double scale, double alpha)
{
    if (fabs(alpha - 1) < AT_ONE)
        return scale * sum - log(scale);
    if (is_near_one(alpha))
        return log1p((1 - alpha) * scale * sum) / (1 - alpha) - log(scale);
    return (alpha * log(scale) + log(sum)) / (1 - alpha);
}

/* ---- nodes and weights ---- */

static void set_node(mi_left_out_nodes *q, size_t t, const double *alpha)
{
    const double pi = acos(-1);
    cplx s = pi / 4 + I * (STEP * (double)t), zeta = (1 + csin(s)) / 2;
    cplx rate = STEP / pi * (t ? 1 : 0.5) * (I * ccos(s) / 2) / zeta;
    q->zeta[t] = zeta;
    for (size_t a = 0; a <= q->n_alpha; a++) {
        double order = a < q->n_alpha ? alpha[a] : 1;
        q->weight[a * q->count + t] = order * cexp(-order * clog(zeta)) * rate;
    }
    q->weight[(q->n_alpha + 1) * q->count + t] = (1 - clog(zeta)) / zeta * rate;
}

size_t mi_left_out_nodes_of(const double *alpha, size_t n_alpha)
{
    double least = 1;
    for (size_t a = 0; a < n_alpha; a++)
        least = fmin(least, alpha[a]);
    return 1 + (size_t)(fmin(REACH / least, END) / STEP);
}

mi_status mi_left_out_make(mi_left_out *out, const mi_groups *group, const double *alpha,
                           size_t n_alpha)
{
    size_t count = mi_left_out_nodes_of(alpha, n_alpha);
    *out = (mi_left_out){.group = group, .alpha = alpha, .n_alpha = n_alpha};
    MI_TRY(MI_NEW(out->loss, n_alpha * group->n));
    MI_TRY(MI_NEW(out->nodes, 1));
    *out->nodes = (mi_left_out_nodes){.count = count, .n_alpha = n_alpha};
    MI_TRY(MI_NEW_RAW(out->nodes->zeta, count));
    MI_TRY(MI_NEW_RAW(out->nodes->weight, count * (n_alpha + 2)));
    for (size_t t = 0; t < count; t++)
        set_node(out->nodes, t, alpha);
    return MI_OK;
}

void mi_left_out_free(mi_left_out *left)
{
    if (left->nodes) {
        mi_free(left->nodes->zeta);
        mi_free(left->nodes->weight);
    }
    mi_free(left->nodes);
    mi_free(left->loss);
    *left = (mi_left_out){0};
}

/* Integral with the weights number a of log det M on the nodes. */
static double integral(const mi_left_out_nodes *q, size_t a, const cplx *log_det)
{
    double sum = 0;
    for (size_t t = 0; t < q->count; t++)
        sum += cimag(log_det[t] * q->weight[a * q->count + t]);
    return sum;
}

/* The integrals are of B, and the eigenvalues of A are s times those of B. */
double mi_left_out_loss(const mi_left_out *left, size_t a, double s, const cplx *log_det)
{
    const mi_left_out_nodes *q = left->nodes;
    double alpha = left->alpha[a];
    if (!is_near_one(alpha))
        return pow(s, alpha) * integral(q, a, log_det);
    double of_x = integral(q, q->n_alpha, log_det);
    if (fabs(alpha - 1) < AT_ONE)
        return -s * (integral(q, q->n_alpha + 1, log_det) + log(s) * of_x);
    return (pow(s, alpha) * integral(q, a, log_det) - s * of_x) / (1 - alpha);
}
