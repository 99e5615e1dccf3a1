/* contrast_private.h - InfoNCE from sums over rows. Private to contrast.
 *
 * uses: contrast tiles             used by: contrast*.c
 */
#ifndef MI_CONTRAST_PRIVATE_H
#define MI_CONTRAST_PRIVATE_H

#include "contrast.h"
#include "tiles.h"

/* Logs of the sums of e^{s_ij/T}, over the positives and over all rows j != i. */
typedef struct {
    double positive, all;
} mi_log_sums;

/* Sums of e^{(s-1)/T} smaller than this have lost digits to underflow. */
#define MI_SMALLEST_SUM 1e-30

/* Where they have, one row the plain way: O(n d). Errors: MI_ENOMEM. */
mi_status mi_log_sums_of_row(mi_log_sums *out, const mi_var *z, const mi_groups *instance, size_t i,
                             double temperature);

/* Whether run lets the loss be estimated, it is cheaper, and positives can be kept together. */
int mi_infonce_is_sampled(const mi_groups *instance, const mi_run *run);

/* The loss from all positives and a sample of the negatives (tiles_design.h). factor: q_ij =
 * e^{(s_ij-1)/T}, 0 for self pairs. The log of an estimated sum is too small on the average: the
 * jackknife over replicates of the sample takes that out, and gives the interval (Shao and Tu, "The
 * Jackknife and Bootstrap", 1995); half_width is Student's t of it and what was taken out. Looks as
 * in tiles_sample.h. O(pairs taken x d + n). Errors: MI_ENOMEM. */
mi_status mi_infonce_sampled(double *loss, double *half_width, const mi_tile_factor *factor,
                             const mi_var *z, const mi_groups *instance, double temperature,
                             const mi_run *run);

#endif
