/* Correlations without each point in turn, for the acceleration of BCa intervals: all n of them in O(n log n).
 *
 * With m = n - 1 points left and t_x, t_y points that tie with point i in x, in y:
 *
 *     pearson   S_xy - u_i v_i n/m, u and v the differences from the means; S_xx and S_yy likewise
 *     kendall   C - D less what point i is in, N = m (m-1) / 2 pairs, T_x less t_x, T_y less t_y
 *     spearman  ranks above point i fall by 1, those that tie with it by 1/2: with a_j and b_j the falls,
 *               sum (R_j - a_j)(Q_j - b_j) = sum R_j Q_j - sum a_j Q_j - sum b_j R_j + sum a_j b_j
 *
 * The counts of points above and beside point i in both columns come from one pass down x, with a Fenwick tree
 * (Software: Practice and Experience 24 (1994) 327) over the order of y. */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

#include "libmi/base/mem.h"
#include "libmi/correlate/private.h"

/* Below this share of a sum of squares, what is left of it without a point is mostly round-off. */
#define LEFT 1e-4

/* ---- pearson ---- */

/* From the points themselves. */
static double pearson_without(mi_correlate_work *w, const double *x, const double *y, size_t n,
                              size_t out, double *rest)
{
    for (size_t i = 0; i < n; i++)
        if (i != out) {
            rest[i - (i > out)] = x[i];
            rest[n + i - (i > out)] = y[i];
        }
    return mi_correlate_plain(w, MI_PEARSON, rest, rest + n, n - 1);
}

static mi_status pearson(double *r, mi_correlate_work *w, const double *x, const double *y,
                         size_t n)
{
    double *u, *rest, xx = 0, yy = 0, xy = 0;
    MI_TRY(MI_NEW_RAW(u, 4 * n));
    double *v = u + n;
    rest = v + n;
    mi_correlate_scaled(u, x, n);
    mi_correlate_scaled(v, y, n);
    double mean_u = gsl_stats_mean(u, 1, n), mean_v = gsl_stats_mean(v, 1, n);
    for (size_t i = 0; i < n; i++) {
        u[i] -= mean_u;
        v[i] -= mean_v;
        xx += u[i] * u[i];
        yy += v[i] * v[i];
        xy += u[i] * v[i];
    }
    double share = (double)n / ((double)n - 1);
    for (size_t i = 0; i < n; i++) {
        double xx_i = xx - share * u[i] * u[i], yy_i = yy - share * v[i] * v[i];
        /* Few points make up most of a sum of squares. */
        if (xx_i > LEFT * xx && yy_i > LEFT * yy)
            r[i] = mi_correlate_in_range((xy - share * u[i] * v[i]) / (sqrt(xx_i) * sqrt(yy_i)));
        else
            r[i] = pearson_without(w, x, y, n, i, rest);
    }
    mi_free(u);
    return MI_OK;
}

/* ---- counts ---- */

/* Of the other points: above this one or equal to it in x, in y, in both. */
typedef struct {
    double x_above, x_equal, y_above, y_equal, both_above, above_equal, equal_above, both_equal;
} counts;

/* A point by its place among the different values of y. */
typedef struct {
    double x;
    size_t place, number;
} placed;

static int by_x_then_place(const void *a, const void *b)
{
    const placed *p = a, *q = b;
    return p->x != q->x ? (p->x > q->x) - (p->x < q->x)
                        : (p->place > q->place) - (p->place < q->place);
}

/* Points at places 0 .. place; node k (from 1) has the sum of the k & -k places up to it: of six, node 6 has
 * places 5 and 6, node 4 places 1 to 4. */
static double up_to(const double *tree, size_t place)
{
    double sum = 0;
    for (size_t k = place + 1; k > 0; k -= k & -k)
        sum += tree[k];
    return sum;
}

static void add_at(double *tree, size_t places, size_t place)
{
    for (size_t k = place + 1; k <= places; k += k & -k)
        tree[k]++;
}

/* Places and counts in y alone; returns the number of places. */
static size_t count_in_y(counts *c, placed *p, const double *y, size_t n, size_t *order)
{
    size_t places = 0;
    gsl_sort_index(order, y, 1, n);
    for (size_t start = 0, end; start < n; start = end, places++) {
        for (end = start; end < n && y[order[end]] == y[order[start]]; end++)
            p[order[end]].place = places;
        for (size_t k = start; k < end; k++) {
            c[order[k]].y_above = (double)(n - end);
            c[order[k]].y_equal = (double)(end - start - 1);
        }
    }
    return places;
}

/* One value of x, points start .. end-1 of p; the tree has those above it. */
static void count_at_x(counts *c, const placed *p, size_t start, size_t end, size_t n,
                       const double *tree, const double *at)
{
    for (size_t run = start, next; run < end; run = next) {
        double above = (double)(n - end), below = up_to(tree, p[run].place);
        for (next = run; next < end && p[next].place == p[run].place;)
            next++;
        for (size_t k = run; k < next; k++) {
            counts *it = &c[p[k].number];
            it->x_above = above;
            it->x_equal = (double)(end - start - 1);
            it->both_above = above - below;
            it->above_equal = at[p[run].place];
            it->equal_above = (double)(end - next);
            it->both_equal = (double)(next - run - 1);
        }
    }
}

static mi_status count_all(counts *c, const double *x, const double *y, size_t n)
{
    placed *p = NULL;
    size_t *order = NULL;
    double *tree = NULL;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(p, n), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(order, n), done);
    MI_TRY_GOTO(status, MI_NEW(tree, 2 * n + 1), done);
    double *at = tree + n + 1; /* points of the tree at each place */
    size_t places = count_in_y(c, p, y, n, order);
    for (size_t i = 0; i < n; i++) {
        p[i].x = x[i];
        p[i].number = i;
    }
    qsort(p, n, sizeof *p, by_x_then_place);
    for (size_t end = n, start; end > 0; end = start) {
        for (start = end - 1; start > 0 && p[start - 1].x == p[end - 1].x;)
            start--;
        count_at_x(c, p, start, end, n, tree, at);
        for (size_t k = start; k < end; k++) {
            add_at(tree, places, p[k].place);
            at[p[k].place]++;
        }
    }
done:
    mi_free(p);
    mi_free(order);
    mi_free(tree);
    return status;
}

/* Untied pairs of m points, of which `tied` pairs are tied. */
static double untied(double m, double tied)
{
    return m * (m - 1) / 2 - tied;
}

/* ---- kendall ---- */

/* Concordant less discordant pairs that a point is in. */
static double balance(const counts *c, double m)
{
    double above_below = c->x_above - c->both_above - c->above_equal;
    double below_above = c->y_above - c->both_above - c->equal_above;
    double below_equal = c->y_equal - c->above_equal - c->both_equal;
    double both_below = m - c->x_above - c->x_equal - below_above - below_equal;
    return c->both_above + both_below - above_below - below_above;
}

static void kendall(double *r, const counts *c, size_t n)
{
    double m = (double)n - 1, all = 0, tied_x = 0, tied_y = 0;
    for (size_t i = 0; i < n; i++) {
        all += balance(&c[i], m) / 2;
        tied_x += c[i].x_equal / 2;
        tied_y += c[i].y_equal / 2;
    }
    for (size_t i = 0; i < n; i++) {
        double in_x = untied(m, tied_x - c[i].x_equal), in_y = untied(m, tied_y - c[i].y_equal);
        r[i] = in_x > 0 && in_y > 0
                   ? mi_correlate_in_range((all - balance(&c[i], m)) / (sqrt(in_x) * sqrt(in_y)))
                   : NAN;
    }
}

/* ---- spearman ---- */

/* The mean rank of a point above which there are so many, and equal to it so many others. */
static double rank_of(double n, double above, double equal)
{
    return n - above - equal / 2;
}

static double cubed(double t)
{
    return t * t * t - t;
}

/* fall[i] = sum over the other points j of how far their rank in v falls without point i, times other[j]. */
static void sum_falls(double *fall, const double *v, const double *other, size_t n, size_t *order)
{
    double above = 0;
    gsl_sort_index(order, v, 1, n);
    for (size_t end = n, start; end > 0; end = start) {
        double equal = 0;
        for (start = end; start > 0 && v[order[start - 1]] == v[order[end - 1]]; start--)
            equal += other[order[start - 1]];
        for (size_t k = start; k < end; k++)
            fall[order[k]] = above + (equal - other[order[k]]) / 2;
        above += equal;
    }
}

/* Squares of m ranks about their mean, `ties` the sum of t^3 - t over values that t points share. */
static double rank_squares(double m, double ties)
{
    return (cubed(m) - ties) / 12;
}

static mi_status spearman(double *r, const counts *c, const double *x, const double *y, size_t n)
{
    double *rank_x, m = (double)n - 1, products = 0, tied_x = 0, tied_y = 0, in_x = 0, in_y = 0;
    size_t *order;
    MI_TRY(MI_NEW_RAW(order, n));
    mi_status status = MI_NEW_RAW(rank_x, 4 * n);
    if (status != MI_OK) {
        mi_free(order);
        return status;
    }
    double *rank_y = rank_x + n, *fall_x = rank_y + n, *fall_y = fall_x + n;
    for (size_t i = 0; i < n; i++) {
        rank_x[i] = rank_of((double)n, c[i].x_above, c[i].x_equal);
        rank_y[i] = rank_of((double)n, c[i].y_above, c[i].y_equal);
        products += rank_x[i] * rank_y[i];
        tied_x += c[i].x_equal / 2;
        tied_y += c[i].y_equal / 2;
        /* (t^3 - t) / t of a value that t points share, from each of them. */
        in_x += c[i].x_equal * (c[i].x_equal + 2);
        in_y += c[i].y_equal * (c[i].y_equal + 2);
    }
    sum_falls(fall_x, x, rank_y, n, order);
    sum_falls(fall_y, y, rank_x, n, order);
    for (size_t i = 0; i < n; i++) {
        double t_x = c[i].x_equal, t_y = c[i].y_equal;
        double both =
            c[i].both_above + (c[i].above_equal + c[i].equal_above) / 2 + c[i].both_equal / 4;
        double xy = products - rank_x[i] * rank_y[i] - fall_x[i] - fall_y[i] + both -
                    m * (m + 1) * (m + 1) / 4;
        double xx = rank_squares(m, in_x - cubed(t_x + 1) + cubed(t_x));
        double yy = rank_squares(m, in_y - cubed(t_y + 1) + cubed(t_y));
        int varies = untied(m, tied_x - t_x) > 0 && untied(m, tied_y - t_y) > 0;
        r[i] = varies ? mi_correlate_in_range(xy / (sqrt(xx) * sqrt(yy))) : NAN;
    }
    mi_free(rank_x);
    mi_free(order);
    return MI_OK;
}

/* ---- either ---- */

static mi_status plain(double *r, mi_correlate_work *w, mi_correlation kind, const double *x,
                       const double *y, size_t n)
{
    counts *c;
    if (kind == MI_PEARSON)
        return pearson(r, w, x, y, n);
    MI_TRY(MI_NEW(c, n));
    mi_status status = count_all(c, x, y, n);
    if (status == MI_OK && kind == MI_KENDALL)
        kendall(r, c, n);
    else if (status == MI_OK)
        status = spearman(r, c, x, y, n);
    mi_free(c);
    return status;
}

mi_status mi_correlate_without_each(double *r, mi_correlate_work *w, mi_correlation kind,
                                    const mi_points *p)
{
    double *xz, *yz;
    size_t n = p->n;
    if (n <= mi_points_wanted(p->given != NULL)) {
        for (size_t i = 0; i < n; i++)
            r[i] = NAN;
        return MI_OK;
    }
    MI_TRY(plain(r, w, kind, p->x, p->y, n));
    if (!p->given)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(xz, 2 * n));
    yz = xz + n;
    mi_status status = plain(xz, w, kind, p->x, p->given, n);
    if (status == MI_OK)
        status = plain(yz, w, kind, p->y, p->given, n);
    for (size_t i = 0; status == MI_OK && i < n; i++)
        r[i] = mi_correlate_partial(r[i], xz[i], yz[i]);
    mi_free(xz);
    return status;
}
