/* Chance level of I(A;B) at order 2: its value with T = sum_ij a_ij b_ij, a and b squared kernels of
 * A and B, replaced by the mean over random re-pairings pi of instances with their views, exactly (as
 * Mantel's mean, Cancer Res. 27 (1967) 209). v views each, pairs of different rows of one instance
 * stay such pairs and meet any other with equal chance, and so do pairs of different instances:
 *
 *     E sum_ij a_ij b_pi(i)pi(j) = n + W1 W2 / (n (v-1)) + B1 B2 / (n (n-v))
 *                                  self   n (v-1) pairs inside   n (n-v) pairs between
 *     chance level               = S(A) + S(B) + log(mean) - log(pairs)
 *
 * W, B: sums of a and of b over those pairs. An estimator that leaves out self pairs, or pairs
 * inside instances, has no n, or no W.
 *
 * Influences as in influence.h, by the weight w_c of an instance, pairs inside it weighing w_c:
 * W = sum w_c W_c, B and the number of pairs quadratic forms in w. */
#include <math.h>

#include "libmi/bounds/private.h"
#include "libmi/data/groups_internal.h"

void mi_chance_want(mi_joint_list *joints, unsigned first, unsigned second, unsigned instance)
{
    mi_joint_list_want(joints, first | instance, MI_ROUTE_AUTO);
    mi_joint_list_want(joints, second | instance, MI_ROUTE_AUTO);
}

/* Sums over pairs of different rows, or their derivatives by one w_c: number of rows and of all
 * ordered pairs; W and B of both parts. */
typedef struct {
    double rows, pairs, within[2], between[2];
} pair_sums;

typedef struct {
    const mi_pairs *pairs;
    size_t a;         /* number of the order */
    unsigned part[2]; /* A, B */
    double
        v; /* views; 1 where rows move freely, each alone: instances differ in size, or are a part */
    int has_self, has_within; /* the estimator counts these pairs */
} chance;

static double entropy_of(const chance *c, unsigned vars)
{
    mi_quantity q = mi_quantity_entropy(vars, 0);
    return mi_quantity_value(&q, c->pairs->joints->joint, c->pairs->joints->n, c->a);
}

/* Pairs that the estimator counts: n^2, n^2 - n or n^2 - n v. */
static double counted(const chance *c, const pair_sums *s)
{
    return s->pairs - (c->has_self ? 0 : s->rows * (c->has_within ? 1 : c->v));
}

/* T = pairs exp(-S): sums back from the entropies of A and B, and of each with the instance. */
static pair_sums sums_of(const chance *c)
{
    double n = (double)c->pairs->sample->n, self = c->has_self ? n : 0;
    pair_sums s = {.rows = n, .pairs = n * n};
    for (int k = 0; k < 2; k++) {
        double all = counted(c, &s) * exp(-entropy_of(c, c->part[k])) - self;
        if (c->v > 1 && c->has_within)
            s.within[k] =
                counted(c, &s) * exp(-entropy_of(c, c->part[k] | c->pairs->instance)) - self;
        s.between[k] = all - s.within[k];
    }
    return s;
}

/* The mean of T over re-pairings. */
static double mean_over_pairings(const chance *c, const pair_sums *s)
{
    double mean = c->has_self ? s->rows : 0, between = s->pairs - s->rows * c->v;
    if (c->v > 1)
        mean += s->within[0] * s->within[1] / (s->rows * (c->v - 1));
    if (between > 0)
        mean += s->between[0] * s->between[1] / between;
    return mean;
}

/* Derivative of that mean in the direction d, term by term. */
static double slope_of_mean(const chance *c, const pair_sums *s, const pair_sums *d)
{
    double slope = c->has_self ? d->rows : 0;
    double inside = s->rows * (c->v - 1), d_inside = d->rows * (c->v - 1);
    double between = s->pairs - s->rows * c->v, d_between = d->pairs - d->rows * c->v;
    const double *w = s->within, *b = s->between;
    if (c->v > 1)
        slope += (d->within[0] * w[1] + w[0] * d->within[1]) / inside -
                 w[0] * w[1] * d_inside / (inside * inside);
    if (between > 0)
        slope += (d->between[0] * b[1] + b[0] * d->between[1]) / between -
                 b[0] * b[1] * d_between / (between * between);
    return slope;
}

/* direction (g): derivatives of the sums by each instance's weight. With row_c the sum over pairs
 * whose first row is in c, inside_c over those with both, self pairs in both,
 *
 *     v > 1     W: inside_c - v_c     B: 2 (row_c - inside_c)
 *     v = 1     no W; B, all pairs of different rows: 2 row_c - inside_c - v_c */
static void directions(pair_sums *direction, const chance *c)
{
    const mi_pairs *p = c->pairs;
    const mi_groups *g = &p->sample->instance.groups;
    for (size_t i = 0; i < g->g; i++) {
        double v = (double)g->count[i];
        direction[i] = (pair_sums){.rows = v, .pairs = (2 * (double)g->n - v) * v};
    }
    for (int k = 0; k < 2; k++) {
        const mi_joint *j = mi_joint_find(p->joints->joint, p->n_terms, c->part[k]);
        const double *inside = p->inside + (size_t)(j - p->joints->joint) * g->g;
        for (size_t i = 0; i < g->n; i++)
            direction[g->code[i]].between[k] += 2 * j->row[i];
        for (size_t i = 0; i < g->g; i++) {
            double v = (double)g->count[i];
            direction[i].within[k] = c->v > 1 && c->has_within ? inside[i] - v : 0;
            direction[i].between[k] -= c->v > 1 ? 2 * inside[i] : inside[i] + v;
        }
    }
}

static mi_status influences(double *psi, const chance *c, const pair_sums *s)
{
    size_t g = c->pairs->sample->instance.groups.g;
    double log_slope, centre = 0, mean = mean_over_pairings(c, s);
    pair_sums *direction;
    MI_TRY(MI_NEW(direction, g));
    directions(direction, c);
    for (size_t i = 0; i < g; i++) {
        log_slope =
            slope_of_mean(c, s, &direction[i]) / mean - counted(c, &direction[i]) / counted(c, s);
        psi[i] = log_slope;
        centre += log_slope / (double)g;
    }
    for (size_t i = 0; i < g; i++)
        psi[i] -= centre;
    for (int k = 0; k < 2; k++) {
        mi_quantity q = mi_quantity_entropy(c->part[k], 0);
        mi_pairs_add_influence(psi, c->pairs, &q, c->a, 1);
    }
    mi_free(direction);
    return MI_OK;
}

mi_status mi_chance_level(double *level, double *psi, const mi_pairs *p, size_t a, unsigned first,
                          unsigned second, int is_id)
{
    const mi_groups *g = &p->sample->instance.groups;
    size_t views = p->instance && !is_id ? mi_groups_equal_count(g) : 0;
    const chance c = {.pairs = p,
                      .a = a,
                      .part = {first, second},
                      .v = views ? (double)views : 1,
                      .has_self = p->estimator == MI_ESTIMATOR_V,
                      .has_within = p->estimator != MI_ESTIMATOR_C};
    pair_sums s = sums_of(&c);
    *level = entropy_of(&c, first) + entropy_of(&c, second) + log(mean_over_pairings(&c, &s)) -
             log(counted(&c, &s));
    return psi ? influences(psi, &c, &s) : MI_OK;
}
