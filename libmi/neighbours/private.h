/* private.h - what the files of the room neighbours share. */
#ifndef MI_NEIGHBOURS_PRIVATE_H
#define MI_NEIGHBOURS_PRIVATE_H

#include "libmi/neighbours/neighbours.h"

/* ---- points ---- */

/* Rows as points between which the distance is Euclidean: of a norm of 1 under MI_COSINE, else within
 * about 1 by a power of two, so that no square overflows or vanishes. */
typedef struct {
    const mi_mat *x;
    double *scale; /* (n) p_i = scale_i x_i */
} mi_points;

/* Distances below this part of the largest number lose digits in their squares, or are 0. */
#define MI_LEAST_APART 1e-140

/* Where distances are taken. */
typedef struct {
    mi_metric metric;
    size_t d;
    double unit;    /* MI_EUCLIDEAN: scale of every row; else 1 */
    double *mean;   /* (d) of the points to choose among */
    int may_vanish; /* numbers differ so much that distances of rows that differ may come out as 0 */
} mi_metric_room;

/* The room of n rows: its unit and the points' mean. O(n d). Errors: MI_ENOMEM and those of reading.
 * Free with mi_metric_room_free. */
mi_status mi_metric_room_of(mi_metric_room *out, const mi_mat *x, mi_metric metric);
void mi_metric_room_free(mi_metric_room *r);

/* Rows as points. O(n d). Errors: MI_ENOMEM and those of reading. Free with mi_points_free. */
mi_status mi_points_of(mi_points *out, const mi_mat *x, const mi_metric_room *r);
void mi_points_free(mi_points *p);

/* Some points. */
typedef struct {
    size_t count;
    size_t *row;    /* (side) their rows */
    double *x;      /* (side,d) as they are, for the last word */
    float *centred; /* (side,d) less the mean, for products */
    double *square; /* (side) squared norms of these */
} mi_panel;

mi_status mi_panel_alloc(mi_panel *p, size_t side, size_t d);
void mi_panel_free(mi_panel *p);

/* Rows row[0..count) (NULL: first .. first+count) of the points. O(count d). */
mi_status mi_panel_load(mi_panel *p, const mi_points *from, const mi_metric_room *r,
                        const size_t *row, size_t first, size_t count);

/* Squared distance of point i of a and j of b in double precision, in the room's unit: twice the
 * distance under MI_COSINE. O(d). */
double mi_panel_square(const mi_metric_room *r, const mi_panel *a, size_t i, const mi_points *of_a,
                       const mi_panel *b, size_t j, const mi_points *of_b);

/* ---- the nearest so far ---- */

/* At most k rows with their squared distances; those at one distance in row order. A heap with the
 * last of them on top. */
typedef struct {
    int32_t *index;   /* (k) */
    double *distance; /* (k) */
    size_t k, count;
} mi_nearest;

/* Squared distance that a row must be below to be taken; infinite while there is room. */
double mi_nearest_bar(const mi_nearest *h);

/* Take a row below the bar, which comes after all before it in row order. O(log k). */
void mi_nearest_take(mi_nearest *h, int32_t index, double distance);

/* From a heap to the nearest first. O(k log k). */
void mi_nearest_sort(mi_nearest *h);

#endif
