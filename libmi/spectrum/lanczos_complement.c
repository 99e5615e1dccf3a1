/* The part of one block in a sum of f(l) over all eigenvalues, from its Ritz values, the quadrature rules of its
 * probes and known traces, and the errors of that part.
 *
 * One block has m eigenvalues: k deflated Ritz values, and m - k of the complement, of which the
 * traces
 *
 *     N_0 = m - k,   N_1 = tr A - sum theta,   N_2 = tr A^2 - sum theta^2
 *
 * are known. Probe p (a sign vector, projected on the complement) has nodes x and weights w with
 *
 *     sum_nodes w f(x) ~ v' f(A) v,   E v' f(A) v = tr f(A)        (Hutchinson's estimator)
 *
 * so that the mean over probes estimates sum f(l). Its variance, at most 2 |f(A)|_F^2 for sign
 * vectors, is taken down by control variates: with g(l) = c_0 + c_1 (l/u) + c_2 (l/u)^2, fitted to
 * f,
 *
 *     sum f(l) ~ sum f(theta) + mean_p sum w (f - g)(x) + c_0 N_0 + c_1 N_1 / u + c_2 N_2 / u^2
 *
 * (the regression estimator: the totals of 1, l and l^2 take the place of their estimates), which
 * has the variance of the residual f - g.
 *
 * Golub and Meurant (2010), ch. 3 and 6 for the rules; Ubaru, Chen and Saad (2017) for stochastic
 * Lanczos quadrature; Gambhir, Stathopoulos and Orginos (2017) for deflation. */
#include <math.h>

#include "libmi/base/running.h"
#include "libmi/spectrum/private.h"

/* Degrees of freedom that the mean of the probes and the fit of l and l^2 on them take. */
#define FITTED 3

/* ---- control variates ---- */

static double largest_node(const mi_quadrature *q)
{
    double largest = 0;
    for (size_t k = 0; k < q->probes * q->nodes; k++)
        if (q->rule[MI_RULE_GAUSS].w[k] > 0)
            largest = fmax(largest, q->rule[MI_RULE_GAUSS].x[k]);
    return largest;
}

/* g(l) = c_0 + c_1 (l/unit) + c_2 (l/unit)^2. */
typedef struct {
    double c[MI_CONTROLS], unit;
} control;

static double control_at(const control *g, double l)
{
    double t = l / g->unit;
    return g->c[0] + t * (g->c[1] + t * g->c[2]);
}

static double control_slope(const control *g, double l)
{
    return (g->c[1] + 2 * g->c[2] * l / g->unit) / g->unit;
}

/* c: f as a polynomial of `size` terms, by least squares over the nodes of all probes with their
 * weights: it minimises sum over l of (f - g)^2 as far as the nodes resolve the spectrum, which is
 * |f(A) - g(A)|_F^2, the bound on the variance of a sign probe up to a factor 2. */
static void fit_control(control *g, int size, const mi_order *o, const mi_quadrature *q)
{
    mi_control_fit fit = {.right = {0}};
    const mi_rules *gauss = &q->rule[MI_RULE_GAUSS];
    *g = (control){.unit = fmax(largest_node(q), o->cut)};
    for (size_t k = 0; k < q->probes * q->nodes; k++)
        mi_control_add(&fit, gauss->x[k] / g->unit, gauss->w[k], mi_order_value(o, gauss->x[k]));
    mi_control_solve(g->c, &fit, size);
}

/* sum over nodes of w (f(x) - g(x)) for one probe by one of its rules: v' (f - g)(A) v. Rules of
 * two steps or more integrate g exactly, so this is the quadrature of f with the probe's own traces
 * taken out. */
static double estimated_part(const mi_order *o, const control *g, const mi_quadrature *q,
                             mi_rule rule, size_t probe)
{
    const double *x = q->rule[rule].x + probe * q->nodes, *w = q->rule[rule].w + probe * q->nodes;
    double sum = 0;
    for (size_t k = 0; k < q->nodes; k++)
        sum += w[k] * (mi_order_value(o, x[k]) - control_at(g, x[k]));
    return sum;
}

/* Where between the Gauss value G (place 0) and the Radau value R (place 1) the integral I lies.
 *
 * For functions whose derivatives alternate in sign, as l^a and l log l, the two rules err to
 * opposite sides and bracket I. Both close in on it as steps are added. Say that between the early
 * rules (70 % of the steps) and now both errors shrank by the same factor rho:
 *
 *     G - I = rho (G_early - I),   R - I = rho (R_early - I)
 *
 * Then moved = G_early - G = (1 - rho)(G_early - I), closed = (1 - rho)(G_early - R_early), and
 *
 *     place = (G - I) / (G - R) = moved / closed.
 *
 * Where the bracket did not shrink nothing can be read off, and place is 1/4, (3 G + R) / 4: right
 * for smooth tails, on which G is the nearer of the two; wrong for an atom at 0 (spectra of low
 * rank), which is why it is not used where the rules themselves show their convergence. */
static double place_between(const double sum[MI_RULES])
{
    double now = sum[MI_RULE_GAUSS] - sum[MI_RULE_RADAU];
    double closed = sum[MI_RULE_EARLY_GAUSS] - sum[MI_RULE_EARLY_RADAU] - now;
    double moved = sum[MI_RULE_EARLY_GAUSS] - sum[MI_RULE_GAUSS];
    return closed * now > 0 ? fmin(1, fmax(0, moved / closed)) : 0.25;
}

/* How far from that place I may be, as a share of |G - R|: a quarter where the distance has halved since the
 * early rules or more; where it has hardly shrunk (to 0.8), as for an atom at 0 and an order near 0, all
 * of what lies between the rules. */
static double room_between(const double sum[MI_RULES], double place)
{
    double now = sum[MI_RULE_GAUSS] - sum[MI_RULE_RADAU];
    double early = sum[MI_RULE_EARLY_GAUSS] - sum[MI_RULE_EARLY_RADAU];
    double left = early != 0 ? fmin(1, fabs(now / early)) : 1;
    return fmax(0.25, fmin(1, 1.5 * left * left) * fmax(place, 1 - place));
}

/* ---- one block ---- */

/* The complement of a block's Ritz vectors: N_0 = count, N_1 = trace and N_2 = square as sums over
 * its eigenvalues. */
typedef struct {
    double count, trace, square;
    double trace_error, square_error; /* of single precision */
} complement;

static complement complement_of(const mi_block_spectrum *b)
{
    const mi_ritz *ritz = &b->ritz;
    complement r = {.count = (double)(b->m - ritz->count),
                    .trace = b->trace,
                    .square = b->square,
                    .square_error = ritz->rounding.square};
    for (size_t k = 0; k < ritz->count; k++) {
        r.trace -= ritz->value[k];
        r.square -= ritz->value[k] * ritz->value[k];
        r.trace_error += ritz->error[k];
        r.square_error += 2 * ritz->value[k] * ritz->error[k];
    }
    return r;
}

/* How many of the controls 1, l, l^2 are known: N_1 and N_2 are differences, and where they are
 * below the rounding of what was deflated they are noise, and then no control. */
static int controls_known(const complement *c)
{
    if (c->trace < 10 * c->trace_error)
        return 1;
    return c->square < 10 * c->square_error ? 2 : MI_CONTROLS;
}

/* What the couplings of the Ritz vectors to the complement can do to the sum of f: a residual r = |A u -
 * theta u| is the size of such a coupling. What it does to g, 2 r^2 c_2 / u^2, is left out because N_2
 * contains the couplings exactly. To which eigenvalue a pair is coupled is not known:
 *
 *     order     a coupling adds most     each is taken to be to
 *     up to 2   to a small eigenvalue    the mean of the complement; most are to larger ones
 *     above 2   to a large eigenvalue    the largest of the complement
 */
static double coupling(const mi_order *o, const mi_block_spectrum *b, const control *g, double mean)
{
    double sum = 0, bend = 2 * g->c[2] / (g->unit * g->unit);
    double to = o->alpha > 2 ? largest_node(&b->probe) : mean;
    for (size_t k = 0; k < b->ritz.count; k++) {
        double l = b->ritz.value[k], r = b->ritz.residual[k];
        if (l >= o->cut)
            sum += fabs(mi_order_coupled(o, l, to, r) - bend * r * r);
    }
    return sum;
}

/* Error bound of the nodes below the cut, which count as 0 and may be as large as it: their number
 * (their weight, mean over probes) times |f(cut)|. */
static double hidden_part(const mi_order *o, const mi_quadrature *q)
{
    double weight = 0;
    for (size_t k = 0; k < q->probes * q->nodes; k++)
        if (q->rule[MI_RULE_GAUSS].x[k] < o->cut)
            weight += q->rule[MI_RULE_GAUSS].w[k];
    return weight / (double)q->probes * fabs(mi_order_value(o, o->cut));
}

/* What the error E of the product does to the sum, tr f'(A) E to first order, where g is known:
 *
 *     deflated pair     |f'(theta) - g'(theta)| |E u|
 *     node x            |f'(x) - g'(x)| share x, by errors that are alike in all entries
 *                       |f'(x)| |E|^2 / x, the second order, by those that are not
 *     known tr A^2      |c_2| / u^2 times its error
 */
static double rounding_part(const mi_order *o, const mi_block_spectrum *b, const control *g)
{
    const mi_rounding *e = &b->ritz.rounding;
    const mi_quadrature *q = &b->probe;
    const mi_rules *gauss = &q->rule[MI_RULE_GAUSS];
    double sum = fabs(g->c[2]) / (g->unit * g->unit) * e->square, nodes = 0;
    for (size_t k = 0; k < b->ritz.count; k++) {
        double l = b->ritz.value[k];
        sum += fabs(mi_order_slope(o, l) - control_slope(g, l)) * b->ritz.error[k];
    }
    for (size_t k = 0; k < q->probes * q->nodes; k++) {
        double x = gauss->x[k], slope = mi_order_slope(o, x);
        if (x >= o->cut)
            nodes += gauss->w[k] * (fabs(slope - control_slope(g, x)) * e->share * x +
                                    fabs(slope) * e->norm * e->norm / x);
    }
    return sum + (q->probes ? nodes / (double)q->probes : 0);
}

/* The probes by the rules and at the place between them: mean and variance. The probes differ least at the
 * Gauss rule where that is wrong and all nodes are above the cut, so of the variances the largest counts. */
static void add_probes(mi_sum_estimate *e, const mi_order *o, const control *g,
                       const mi_quadrature *q)
{
    mi_running rule[MI_RULES] = {{0}}, value = {0};
    double distance = 0, mean[MI_RULES], probes = (double)q->probes;
    for (mi_rule r = 0; r < MI_RULES; r++) {
        for (size_t p = 0; p < q->probes; p++)
            mi_running_add(&rule[r], estimated_part(o, g, q, r, p));
        mean[r] = mi_running_mean(&rule[r]);
    }
    double place = place_between(mean);
    for (size_t p = 0; p < q->probes; p++) {
        double at_gauss = estimated_part(o, g, q, MI_RULE_GAUSS, p);
        double at_radau = estimated_part(o, g, q, MI_RULE_RADAU, p);
        mi_running_add(&value, (1 - place) * at_gauss + place * at_radau);
        distance += fabs(at_gauss - at_radau) / probes;
    }
    double error = fmax(mi_running_error_of_mean(&value),
                        fmax(mi_running_error_of_mean(&rule[MI_RULE_GAUSS]),
                             mi_running_error_of_mean(&rule[MI_RULE_RADAU])));
    double variance = error * error * (probes - 1) / (probes - FITTED);
    e->sum += mi_running_mean(&value);
    e->variance += variance;
    e->fourth += variance * variance / (probes - FITTED);
    e->bracket += distance * room_between(mean, place);
}

/* The complement of one block into e: value, and the three parts of its error.
 *
 *     value_p  = (1 - place) G_p + place R_p          of f - g, probe p, place the same for all
 *     sum      += mean_p value_p + c_0 N_0 + c_1 N_1 / u + c_2 N_2 / u^2
 *     variance += sum_p (value_p - mean)^2 / (P (P - 3))
 *     bracket  += mean_p |G_p - R_p| room            room_between
 *     slack    += nodes below the cut + couplings + rounding
 *
 * variance: of a mean over P probes, with P - 3 degrees of freedom, since c_1 and c_2 were fitted
 * to the same probes (with P - 1 intervals of 8 probes covered 0.89 of the nominal 0.95). bracket:
 * the quadrature error is not more than max(place, 1 - place) |G - R|; a quarter of the distance, where
 * the rules converge, is how far `place` is trusted (with it intervals below order 1 covered, where
 * without it they covered 0.3 to 0.7). */
static void add_complement(mi_sum_estimate *e, const mi_order *o, const mi_block_spectrum *b)
{
    complement rest = complement_of(b);
    control g;
    fit_control(&g, controls_known(&rest), o, &b->probe);
    add_probes(e, o, &g, &b->probe);
    double unit2 = g.unit * g.unit;
    e->sum += g.c[0] * rest.count + g.c[1] * rest.trace / g.unit + g.c[2] * rest.square / unit2;
    e->slack += hidden_part(o, &b->probe);
    e->slack += coupling(o, b, &g, fmax(rest.trace / rest.count, o->cut));
    e->slack += rounding_part(o, b, &g);
}

/* Deflated values as they are; one below the cut, which is of this block, may be anything up to it. */
void mi_estimate_add_block(mi_sum_estimate *e, const mi_order *of, const mi_block_spectrum *b)
{
    const control none = {.unit = 1};
    mi_order own = *of, *o = &own;
    own.cut = b->ritz.rounding.norm;
    for (size_t k = 0; k < b->ritz.count; k++) {
        e->sum += mi_order_value(o, b->ritz.value[k]);
        if (b->ritz.value[k] < o->cut)
            e->slack += fabs(mi_order_value(o, o->cut));
    }
    if (b->probe.probes)
        add_complement(e, o, b);
    else
        e->slack += rounding_part(o, b, &none);
}
