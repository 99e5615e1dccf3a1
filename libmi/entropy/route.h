/* route.h - the cost table: which route a joint takes. Private.
 *
 * uses: base/run base/words tiles/design tiles/narrow
 */
#ifndef MI_ROUTE_H
#define MI_ROUTE_H

#include <stddef.h>

#include "libmi/base/run.h"

/* What the orders asked for need of a matrix. */
typedef enum {
    MI_NEED_SQUARES,    /* order 2 alone: tr A^2, a sum over pairs */
    MI_NEED_MOMENTS,    /* orders 2, 3, 4: traces of powers */
    MI_NEED_SPECTRUM,   /* anything else: a sum over eigenvalues */
    MI_NEED_EIGENVALUES /* the eigenvalues themselves */
} mi_need;

mi_need mi_need_of(const double *alpha, size_t n_alpha);

/* What the cost of a joint depends on. */
typedef struct {
    size_t n;         /* rows */
    size_t n_real;    /* real variables; weights of rows are one only beside discrete ones alone */
    size_t d;         /* their features, added up */
    size_t width;     /* their features, multiplied; SIZE_MAX where a kernel is not linear */
    size_t n_classes; /* blocks: classes of the discrete variables, 1 without any */
    double pairs;     /* sum over classes of rows^2 */
    double cubes;     /* sum over classes of rows^3 */
    int is_discrete_part; /* has a discrete variable */
    int is_linear;        /* all kernels are, of rows without weights */
    int has_laplacian;    /* a kernel of that kind */
    int has_large;        /* some block is large enough for lanczos */
    int wants_rows;       /* sums of squares row by row, beside their total */
} mi_shape;

/* Cost in multiply-adds of double precision, of the class-by-class (or dual, or dense) double
 * route. */
double mi_cost_blocks(const mi_shape *s, mi_need need);
/* The same of the tile pass over all pairs. */
double mi_cost_tiles(const mi_shape *s);

/* The same of the route lanczos at its default effort. */
double mi_cost_lanczos(const mi_shape *s);

/* The same of the smallest sample of tiles that says something of the joint. */
double mi_cost_sample(const mi_shape *s);

/* Whether the pass in bfloat16 is tried in the place of one in single precision: kernels are linear, it is a
 * fifth cheaper or more, its rows fit beside the features, and something says how exact it must be, a tolerance
 * or a standard error. */
int mi_route_is_rounded(const mi_shape *s, const mi_run *run);

/* The cheapest exact route. Tiles only for MI_NEED_SQUARES. A sample of them where run->tolerance
 * allows it, or run->route wants it for other joints, and it is cheaper. The pass in bfloat16
 * where mi_route_is_rounded. */
mi_route mi_route_choose(const mi_shape *s, mi_need need, const mi_run *run);

/* Whether an estimate by lanczos may take the place of the exact route: that one takes more than
 * some seconds and lanczos is several times cheaper, or its exact_bytes do not fit in the memory
 * that run allows. */
int mi_route_is_estimated(const mi_shape *s, mi_need need, size_t exact_bytes, const mi_run *run);

/* Refuse a route that cannot do the joint. Errors: MI_EUSAGE with the reason. */
mi_status mi_route_check(mi_route route, const mi_shape *s, mi_need need);

#endif
