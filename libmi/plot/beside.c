/* Where a name stands beside its point: of some places around it the one that hides the least. */
#include <math.h>

#include "libmi/plot/private.h"

/* What a place costs: a mark that the name hides, a line that it crosses or a mark on the way to it,
 * being outside the frame (beside its right side there is room for a character). */
static const double HIDES = 10, CROSSES = 4, OUTSIDE = 1000;

typedef struct {
    double left, right, low, high;
} box;

static int is_in(const box *b, double x, double y)
{
    return x > b->left && x < b->right && y > b->low && y < b->high;
}

/* 1 when the straight line from a to b comes through the box: looked for at 40 points of it. */
static int crosses(const box *it, const mi_plot_spot *a, const mi_plot_spot *b)
{
    if (fmax(a->x, b->x) <= it->left || fmin(a->x, b->x) >= it->right ||
        fmax(a->y, b->y) <= it->low || fmin(a->y, b->y) >= it->high)
        return 0;
    for (int k = 0; k <= 40; k++)
        if (is_in(it, a->x + (b->x - a->x) * k / 40, a->y + (b->y - a->y) * k / 40))
            return 1;
    return 0;
}

/* Marks that the way from spot `at` to its name passes. */
static size_t passed(const mi_plot_spot *spot, size_t n, size_t at, double dx, double dy)
{
    size_t count = 0;
    for (size_t k = 0; k < n; k++)
        for (int step = 3; k != at && step <= 10; step++) {
            double x = spot[at].x + dx * step / 10, y = spot[at].y + dy * step / 10;
            const box mark = {x - 0.6, x + 0.6, y - 0.3, y + 0.3};
            if (is_in(&mark, spot[k].x, spot[k].y)) {
                count++;
                break;
            }
        }
    return count;
}

static double cost_of(const box *name, const mi_plot_frame *f, const mi_plot_spot *spot, size_t n)
{
    const box wide = {name->left - 0.5, name->right + 0.5, name->low - 0.3, name->high + 0.3};
    int is_outside =
        name->left < 0 || name->right > f->chars + 1.5 || name->low < 0 || name->high > f->lines;
    double cost = OUTSIDE * is_outside;
    for (size_t k = 0; k < n; k++) {
        cost += HIDES * is_in(&wide, spot[k].x, spot[k].y);
        cost += CROSSES * (k && !spot[k].begins && crosses(name, &spot[k - 1], &spot[k]));
    }
    return cost;
}

void mi_plot_place_beside(double *across, double *up, const mi_plot_frame *f,
                          const mi_plot_spot *spot, size_t n, size_t at, double chars)
{
    double least = INFINITY;
    for (int far = 1; far <= 4; far++)
        for (int turn = 0; turn < 16; turn++) {
            double angle = (turn + 0.5) * M_PI / 8; /* never straight up: a name has two sides */
            double dx = (0.4 + far) * cos(angle), dy = 0.6 * far * sin(angle);
            double x = spot[at].x + dx, y = spot[at].y + dy;
            const box name = {dx > 0 ? x : x - chars, dx > 0 ? x + chars : x, y - 0.5, y + 0.5};
            double cost =
                cost_of(&name, f, spot, n) + far + CROSSES * (double)passed(spot, n, at, dx, dy);
            if (cost < least) {
                least = cost;
                *across = dx;
                *up = dy;
            }
        }
}
