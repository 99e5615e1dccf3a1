#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/correlate/private.h"

/* Knight's algorithm: with the points sorted by x, the discordant pairs are the exchanges that
 * sorting by y still needs. */

typedef struct {
    double x, y;
} point;

static int by_x_then_y(const void *a, const void *b)
{
    const point *p = a, *q = b;
    return p->x != q->x ? (p->x > q->x) - (p->x < q->x) : (p->y > q->y) - (p->y < q->y);
}

/* Pairs with equal x, and with both equal. An element of a run pairs with those before it in it. */
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
