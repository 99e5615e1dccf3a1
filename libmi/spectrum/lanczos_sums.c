#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "libmi/spectrum/private.h"

/* Rounding that every entropy may have from products in single precision, in nats. */
#define ROUNDING 1e-6
#define CONTROLS 3 /* 1, l, l^2 */
/* Degrees of freedom that the mean of the probes and the fit of l and l^2 on them take. */
#define FITTED   3

double mi_lanczos_cut(size_t n)
{
    return 4 * FLT_EPSILON / sqrt((double)n);
}

/* One order: S_a as a function of the sum of f over the eigenvalues. Near 1, f(l) = (l^a -
 * l)/(a-1), or l log l, keeps the digits; elsewhere f(l) = (l/largest)^a cannot overflow. */
typedef struct {
    double alpha, largest, cut;
    int is_near_one;
} order;

static double f(const order *o, double l)
{
    if (!(l >= o->cut))
        return 0;
    if (o->alpha == 1)
        return l * log(l);
    if (o->is_near_one)
        return l * expm1((o->alpha - 1) * log(l)) / (o->alpha - 1);
    return pow(l / o->largest, o->alpha);
}

/* (f'(l) - f'(u)) / (l - u), 0 < u < l: what a coupling r between a deflated pair at l and an
 * eigenvalue at u does to the sum of f is r^2 times that, to second order. */
static double curvature(const order *o, double l, double u)
{
    double slope =
        o->alpha * (pow(l / o->largest, o->alpha - 1) - pow(u / o->largest, o->alpha - 1));
    if (o->alpha == 1)
        slope = log(l / u);
    else if (o->is_near_one)
        slope *= pow(o->largest, o->alpha - 1) / (o->alpha - 1);
    else
        slope /= o->largest;
    return slope / (l - u);
}

static double entropy(const order *o, double sum)
{
    if (o->alpha == 1)
        return -sum;
    if (o->is_near_one)
        return -log1p((o->alpha - 1) * sum) / (o->alpha - 1);
    return (o->alpha * log(o->largest) + log(sum)) / (1 - o->alpha);
}

/* The sum of f over eigenvalues, and what is open about it. */
typedef struct {
    double sum;
    double variance; /* of the mean over probes */
    double bracket;  /* between the rules */
    double slack;    /* rounding, and pairs that did not converge */
    double fourth;   /* sum over blocks of variance^2 / degrees of freedom */
} estimate;

/* ---- control variates ---- */

/* Sums of powers, as the fit needs them: x is in units of the largest node. */
static void add_node(double normal[CONTROLS][CONTROLS], double right[CONTROLS], double x, double w,
                     double value)
{
    const double power[CONTROLS] = {1, x, x * x};
    for (int i = 0; i < CONTROLS; i++) {
        for (int j = 0; j < CONTROLS; j++)
            normal[i][j] += w * power[i] * power[j];
        right[i] += w * power[i] * value;
    }
}

/* Solve the first `size` normal equations; a tiny ridge makes spectra of one or two values
 * solvable.
 */
static void solve(double c[CONTROLS], double normal[CONTROLS][CONTROLS], double right[CONTROLS],
                  int size)
{
    double trace = normal[0][0] + normal[1][1] + normal[2][2];
    for (int i = 0; i < size; i++)
        normal[i][i] += 1e-13 * trace;
    for (int i = 0; i < size; i++) {
        for (int k = i + 1; k < size; k++) {
            double factor = normal[k][i] / normal[i][i];
            for (int j = i; j < size; j++)
                normal[k][j] -= factor * normal[i][j];
            right[k] -= factor * right[i];
        }
    }
    for (int i = size; i-- > 0;) {
        c[i] = right[i];
        for (int j = i + 1; j < size; j++)
            c[i] -= normal[i][j] * c[j];
        c[i] /= normal[i][i];
    }
}

static double largest_node(const mi_quadrature *q)
{
    double largest = 0;
    for (size_t k = 0; k < q->probes * q->nodes; k++)
        if (q->rule[MI_RULE_GAUSS].w[k] > 0)
            largest = fmax(largest, q->rule[MI_RULE_GAUSS].x[k]);
    return largest;
}

/* f as a polynomial of `size` terms, least squares over the nodes of all probes. */
static void fit(double c[CONTROLS], int size, const order *o, const mi_quadrature *q, double unit)
{
    double normal[CONTROLS][CONTROLS] = {{0}}, right[CONTROLS] = {0};
    for (size_t k = 0; k < q->probes * q->nodes; k++)
        add_node(normal, right, q->rule[MI_RULE_GAUSS].x[k] / unit, q->rule[MI_RULE_GAUSS].w[k],
                 f(o, q->rule[MI_RULE_GAUSS].x[k]));
    solve(c, normal, right, size);
}

/* Sum of w (f(x) - fit) of one probe by one of its rules. */
static double estimated_part(const order *o, const double c[CONTROLS], double unit,
                             const mi_quadrature *q, mi_rule rule, size_t probe)
{
    const double *x = q->rule[rule].x + probe * q->nodes, *w = q->rule[rule].w + probe * q->nodes;
    double sum = 0;
    for (size_t k = 0; k < q->nodes; k++) {
        double t = x[k] / unit;
        sum += w[k] * (f(o, x[k]) - (c[0] + t * (c[1] + t * c[2])));
    }
    return sum;
}

/* Where between the Gauss (0) and the Radau value (1) the integral is: both close in on it as steps
 * are added, and are taken to have moved in proportion to how far they have to go. */
static double place_between(const double sum[MI_RULES])
{
    double now = sum[MI_RULE_GAUSS] - sum[MI_RULE_RADAU];
    double closed = sum[MI_RULE_EARLY_GAUSS] - sum[MI_RULE_EARLY_RADAU] - now;
    double moved = sum[MI_RULE_EARLY_GAUSS] - sum[MI_RULE_GAUSS];
    return closed * now > 0 ? fmin(1, fmax(0, moved / closed)) : 0.25;
}

/* ---- one block ---- */

/* The rest of a block, beside its Ritz values: trace and square as sums over eigenvalues, and what
 * was deflated. */
typedef struct {
    double count, trace, square, deflated, deflated_square;
} complement;

static complement complement_of(const mi_block_spectrum *b)
{
    complement r = {.count = (double)(b->m - b->ritz.count)};
    for (size_t k = 0; k < b->ritz.count; k++) {
        r.deflated += b->ritz.value[k];
        r.deflated_square += b->ritz.value[k] * b->ritz.value[k];
    }
    r.trace = b->trace - r.deflated;
    r.square = b->square - r.deflated_square;
    return r;
}

/* How many of 1, l, l^2 are known well enough: a trace that is the small difference of large ones
 * is rounding, and then no control. */
static int controls_known(const complement *c)
{
    if (c->trace < 10 * FLT_EPSILON * c->deflated)
        return 1;
    return c->square < 10 * FLT_EPSILON * c->deflated_square ? 2 : CONTROLS;
}

/* What the couplings of the Ritz vectors to the rest can do to the sum of f. The share of the fit's
 * l^2 is no part of it: `square` has it. They are taken to go to the mean of the rest, while they
 * mostly go to its larger eigenvalues, where they do less. */
static double coupling(const order *o, const mi_block_spectrum *b, double mean, double bend)
{
    double sum = 0;
    for (size_t k = 0; k < b->ritz.count; k++) {
        double l = b->ritz.value[k], r = b->ritz.residual[k];
        if (l > 2 * mean)
            sum += r * r * fabs(curvature(o, l, mean) - bend);
    }
    return sum;
}

/* Nodes below the cut count as 0; they may be as large as it. */
static double hidden_part(const order *o, const mi_quadrature *q)
{
    double weight = 0;
    for (size_t k = 0; k < q->probes * q->nodes; k++)
        if (q->rule[MI_RULE_GAUSS].x[k] < o->cut)
            weight += q->rule[MI_RULE_GAUSS].w[k];
    return weight / (double)q->probes * fabs(f(o, o->cut));
}

static void add_complement(estimate *e, const order *o, const mi_block_spectrum *b)
{
    const mi_quadrature *q = &b->probe;
    double unit = fmax(largest_node(q), o->cut), c[CONTROLS] = {0}, mean = 0, square = 0,
           bracket = 0;
    double probes = (double)q->probes;
    complement rest = complement_of(b);
    fit(c, controls_known(&rest), o, q, unit);
    double sum[MI_RULES] = {0};
    for (mi_rule r = 0; r < MI_RULES; r++)
        for (size_t p = 0; p < q->probes; p++)
            sum[r] += estimated_part(o, c, unit, q, r, p);
    double place = place_between(sum);
    for (size_t p = 0; p < q->probes; p++) {
        double g = estimated_part(o, c, unit, q, MI_RULE_GAUSS, p);
        double r = estimated_part(o, c, unit, q, MI_RULE_RADAU, p);
        double value = (1 - place) * g + place * r, step = value - mean;
        mean += step / (double)(p + 1);
        square += step * (value - mean);
        bracket += fabs(g - r) / 4;
    }
    e->sum +=
        mean + c[0] * rest.count + c[1] * rest.trace / unit + c[2] * rest.square / (unit * unit);
    double variance = square / (probes * (probes - FITTED));
    e->variance += variance;
    e->fourth += variance * variance / (probes - FITTED);
    e->bracket += bracket / probes;
    e->slack += hidden_part(o, q);
    e->slack += coupling(o, b, fmax(rest.trace / rest.count, o->cut), 2 * c[2] / (unit * unit));
    /* The traces of what was deflated are rounded, those of the whole are not. */
    e->slack +=
        0.1 * FLT_EPSILON *
        (fabs(c[1]) * rest.deflated / unit + fabs(c[2]) * rest.deflated_square / (unit * unit));
}

static void add_block(estimate *e, const order *o, const mi_block_spectrum *b)
{
    for (size_t k = 0; k < b->ritz.count; k++) {
        e->sum += f(o, b->ritz.value[k]);
        if (b->ritz.value[k] < o->cut)
            e->slack += fabs(f(o, o->cut));
    }
    if (b->probe.probes)
        add_complement(e, o, b);
}

/* ---- all blocks ---- */

static double largest_of(const mi_block_spectrum *block, size_t n_blocks, const double *exact,
                         size_t n_exact, double *residual)
{
    double largest = 0;
    *residual = 0;
    for (size_t b = 0; b < n_blocks; b++) {
        if (block[b].ritz.largest > largest) {
            largest = block[b].ritz.largest;
            *residual = block[b].ritz.largest_residual;
        }
    }
    for (size_t k = 0; k < n_exact; k++) {
        if (exact[k] > largest) {
            largest = exact[k];
            *residual = 0;
        }
    }
    return largest;
}

/* Half-width from the spread over probes. Degrees of freedom of several blocks: Satterthwaite,
 * Biometrics 2 (1946) 110. */
static double spread_of(const estimate *e)
{
    double degrees = e->variance * e->variance / e->fourth;
    return e->fourth > 0 ? gsl_cdf_tdist_Pinv(0.975, degrees) * sqrt(e->variance) : 0;
}

static mi_lanczos_open most_of(double spread, const estimate *e)
{
    if (e->slack >= spread && e->slack >= e->bracket)
        return MI_LANCZOS_NOTHING;
    return spread > e->bracket ? MI_LANCZOS_PROBES_TOO_FEW : MI_LANCZOS_STEPS;
}

void mi_lanczos_sum(double *s, double *half_width, mi_lanczos_open *open, double alpha,
                    const mi_block_spectrum *block, size_t n_blocks, const double *exact,
                    size_t n_exact, size_t n)
{
    double residual, largest = largest_of(block, n_blocks, exact, n_exact, &residual);
    order o = {.alpha = alpha,
               .largest = largest,
               .cut = mi_lanczos_cut(n),
               .is_near_one = fabs(alpha - 1) < 0.5};
    order no_cut = o;
    estimate e = {.sum = 0};
    no_cut.cut = 0;
    *open = MI_LANCZOS_NOTHING;
    if (isinf(alpha)) {
        *s = -log(largest) + 0.0;
        *half_width = log1p(residual / largest) + ROUNDING;
        return;
    }
    for (size_t k = 0; k < n_exact; k++)
        e.sum += f(&no_cut, exact[k]);
    for (size_t b = 0; b < n_blocks; b++)
        add_block(&e, &o, &block[b]);
    double spread = spread_of(&e), width = spread + e.bracket + e.slack;
    *s = entropy(&o, e.sum) + 0.0;
    double up = entropy(&o, e.sum + width), down = entropy(&o, e.sum - width);
    /* Where one end is no sum of powers, all that is sure is 0 <= S <= log n. */
    *half_width = isfinite(up) && isfinite(down) ? fmax(fabs(up - *s), fabs(down - *s))
                                                 : fmax(*s, log((double)n) - *s);
    *half_width += ROUNDING;
    *open = most_of(spread, &e);
}

double mi_lanczos_zeroed(const mi_block_spectrum *block, size_t n_blocks, size_t n)
{
    double mass = 0, cut = mi_lanczos_cut(n);
    for (size_t b = 0; b < n_blocks; b++) {
        const mi_quadrature *q = &block[b].probe;
        for (size_t k = 0; k < block[b].ritz.count; k++)
            if (block[b].ritz.value[k] < cut)
                mass += fabs(block[b].ritz.value[k]);
        for (size_t k = 0; k < q->probes * q->nodes; k++)
            if (q->rule[MI_RULE_GAUSS].x[k] < cut)
                mass += q->rule[MI_RULE_GAUSS].w[k] * fabs(q->rule[MI_RULE_GAUSS].x[k]) /
                        (double)q->probes;
    }
    return mass;
}
