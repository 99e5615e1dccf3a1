/* private.h - what the files of the room geometry share. */
#ifndef MI_GEOMETRY_PRIVATE_H
#define MI_GEOMETRY_PRIVATE_H

#include <stdint.h>

#include "libmi/base/running.h"
#include "libmi/data/groups_internal.h"
#include "libmi/geometry/geometry.h"

/* Rows and points beyond which a tolerance lets a sample stand for all. */
#define MI_GEOMETRY_EXACT ((size_t)50000)

/* ---- norms and columns ---- */

/* Dead and constant columns into *out, the norm of each row into norm (n). O(n d). Errors: MI_ENOMEM,
 * those of reading. */
mi_status mi_geometry_columns(mi_geometry *out, double *norm, const mi_mat *x);

/* ---- directions ---- */

/* Rows that are not all zero, with the inverse of their norms, instance by instance. */
typedef struct {
    const mi_mat *x;
    const double *inverse; /* (n) */
    const mi_groups *instance;
    mi_group_rows list;
    size_t largest; /* rows of an instance, at most */
} mi_directions;

/* Sums over ordered pairs of rows. */
typedef struct {
    double pairs;
    double cosine, square; /* of <u_i,u_j>; its square */
    double off, off2;      /* of D = |u_i - u_j|^2; its square. Inside instances alone */
    double potential;      /* of exp(-t D) */
} mi_pair_sums;

/* Those with a row in an instance: pairs inside it, and with rows of others from its side. */
typedef struct {
    mi_pair_sums inside, others;
} mi_instance_sums;

/* sums (g) of every instance. *half_width as in mi_geometry. left_out (g): MI_UNIT_SD without it, for
 * *unit_sd that of all; NULL: not wanted. Errors: MI_ENOMEM, MI_ELIBRARY, those of mi_tiles. */
mi_status mi_sphere_sums(mi_instance_sums *sums, double *half_width, double *unit_sd,
                         double *left_out, const mi_directions *r, double t, const mi_run *run);

/* square (n): sum over all rows j, the row itself too, of <u_i,u_j>^2. O(n d min(n,d)). Errors:
 * MI_EMEMORY, MI_ENOMEM, MI_ELIBRARY, those of reading. */
mi_status mi_cosine_squares(double *square, const mi_directions *r, const mi_run *run);

/* potential (n): sum over rows j of other instances of exp(-t |u_i - u_j|^2), in double precision. O(n^2 d).
 * Errors: those of mi_cosine_squares. */
mi_status mi_potentials_apart(double *potential, const mi_directions *r, double t,
                              const mi_run *run);

/* ---- points ---- */

/* Nearest of the points that ask, k each. */
typedef struct {
    size_t points, m, k;
    const size_t *ask; /* (m) points that ask; NULL: all */
    int32_t *index;    /* (m,k) */
    double *distance;  /* (m,k) */
} mi_near_points;

/* Numbers from MI_HUBNESS on into value and se (MI_GEOMETRY_NUMBERS); what the lists are too short for
 * is left. O(m k). Errors: MI_ENOMEM. */
mi_status mi_dimensions(double *value, double *se, const mi_near_points *p, size_t k);

/* Numbers of the points of x, with their errors; equal: groups of equal rows. Errors: MI_ENOMEM, those
 * of mi_neighbours. */
mi_status mi_geometry_points(mi_geometry *out, const mi_mat *x, const mi_groups *instance,
                             const mi_groups *equal, const mi_geometry_opts *o, const mi_run *run);

#endif
