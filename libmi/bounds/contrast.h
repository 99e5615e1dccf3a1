/* contrast.h - what contrastive losses say of I(Z1;R): InfoNCE and Barlow Twins.
 *
 * uses: base/blas base/run data/groups_internal data/kernel_internal data/mat_internal
 *       data/rows data/sample data/sample_build; cblas
 */
#ifndef MI_CONTRAST_H
#define MI_CONTRAST_H

#include "libmi/base/run.h"
#include "libmi/data/sample.h"

/* InfoNCE loss of the Z1 rows, cosine similarity s at temperature T > 0, in nats:
 *     L = -mean_i log( sum_{j in pos(i)} e^{s_ij/T} / sum_{j != i} e^{s_ij/T} )
 * pos(i): the other rows of i's instance. log N - L, N instances, estimates I(Z1;R) from below (van
 * den Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding", arXiv
 * 1807.03748). O(n^2 d / 2), single-precision products; with run->tolerance, or route sample, from
 * a sample of the negatives where that is cheaper and instances have at most 16 rows. half_width:
 * of the 95 % interval that the sample leaves, 0 where the loss is exact. At low temperatures few
 * negatives make up the sums, and the interval is too narrow. Errors: MI_EDATA (an instance with
 * one row; Z1 not real; an all-zero row), MI_ENOMEM. */
MI_CHECKED mi_status mi_infonce_loss(double *loss, double *half_width, const mi_sample *s,
                                     double temperature, const mi_run *run);

/* Barlow Twins objective of the Z1 rows, as a score (higher is better, not in nats):
 *     -scale ( sum_i (1 - c_ii)^2 + lambda sum_{i != j} c_ij^2 )
 * c (d,d): cross-correlation of the standardised columns (biased variance + 1e-5) of the first and
 * the second row of every instance (Zbontar et al., "Barlow Twins", ICML 2021). O(g d^2), double
 * precision. Errors as above. */
MI_CHECKED mi_status mi_barlow_score(double *score, const mi_sample *s, double lambda,
                                     double scale);

#endif
