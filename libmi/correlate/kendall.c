/* Kendall's tau-b in O(n log n): Knight, J. Am. Stat. Assoc. 61 (1966) 436.
 *
 *     tau_b = (C - D) / sqrt((N - T_x)(N - T_y)),   N = n (n-1) / 2 pairs
 *
 * T_x, T_y: pairs tied in x, in y; T_xy: in both. C + D = N - T_x - T_y + T_xy, so C - D = that
 * less 2 D, and only D, the discordant pairs, must be counted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/correlate/private.h"

/* With the points sorted by x, ties by y, the discordant pairs are the exchanges of neighbours that
 * sorting by y still needs, which a merge sort counts: an element taken from the right half passes
 * all that are left in the left one. y = 3 1 2: 1 and 2 each pass 3, D = 2. */

typedef struct {
    double x, y;
} point;

static int by_x_then_y(const void *a, const void *b)
{
    const point *p = a, *q = b;
    return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->y > q->y) - (p->y < q->y);
}

/* T_x and T_xy of sorted points: the k-th element of a run of ties pairs with the k-1 before it. */
static void count_ties(const point *p, size_t n, double *in_x, double *in_both)
{
    size_t run_x = 0, run_both = 0;
    *in_x = *in_both = 0;
    for (size_t i = 1; i < n; i++) {
        run_x = p[i].x == p[i - 1].x ? run_x + 1 : 0;
        run_both = run_x && p[i].y == p[i - 1].y ? run_both + 1 : 0;
        *in_x += (double)run_x;
        *in_both += (double)run_both;
    }
}

static double count_sorted_ties(const double *y, size_t n)
{
    double ties = 0;
    size_t run = 0;
    for (size_t i = 1; i < n; i++) {
        run = y[i] == y[i - 1] ? run + 1 : 0;
        ties += (double)run;
    }
    return ties;
}

/* Merge from[a..middle) and from[middle..end) into `to`; the exchanges that this stands for. */
static double merge(double *to, const double *from, size_t a, size_t middle, size_t end)
{
    double exchanges = 0;
    size_t b = middle;
    for (size_t k = a; k < end; k++) {
        if (b == end || (a < middle && from[a] <= from[b])) {
            to[k] = from[a++];
        } else {
            to[k] = from[b++];
            exchanges += (double)(middle - a);
        }
    }
    return exchanges;
}

static size_t at_most(size_t a, size_t b)
{
    return a < b ? a : b;
}

static double sort_counting(double *y, double *other, size_t n)
{
    double exchanges = 0;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t start = 0; start < n; start += 2 * width)
            exchanges +=
                merge(other, y, start, at_most(start + width, n), at_most(start + 2 * width, n));
        memcpy(y, other, n * sizeof *y);
    }
    return exchanges;
}

double mi_kendall(mi_correlate_work *w, const double *x, const double *y, size_t n)
{
    point *p = (point *)(void *)w->half[0];
    double *sorted = w->half[1], pairs = 0.5 * (double)n * ((double)n - 1), in_x, in_both;
    for (size_t i = 0; i < n; i++)
        p[i] = (point){x[i], y[i]};
    qsort(p, n, sizeof *p, by_x_then_y);
    count_ties(p, n, &in_x, &in_both);
    for (size_t i = 0; i < n; i++)
        sorted[i] = p[i].y;
    double discordant = sort_counting(sorted, sorted + n, n);
    double in_y = count_sorted_ties(sorted, n);
    double untied = pairs - in_x - in_y + in_both;
    return (untied - 2 * discordant) / (sqrt(pairs - in_x) * sqrt(pairs - in_y));
}
