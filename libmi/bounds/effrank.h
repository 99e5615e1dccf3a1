/* effrank.h - effective ranks of features: RankMe, participation ratio, alpha-ReQ, LiDAR.
 *
 * uses: base/run base/run_internal base/want data/groups data/mat data/mat_internal
 *
 * Each is what the paper named on its card defines, of the rows as stored: no kernel, no
 * normalisation. Codes that print a number of the same name often differ (RankMe of a covariance's
 * eigenvalues or of centred features, alpha-ReQ over other ranks, LiDAR with another delta), so
 * numbers from elsewhere compare only when their definition does. exp(S_a), the effective rank of
 * the kernel matrix, needs no function: Roy and Vetterli's (EUSIPCO 2007) is its order 1 over
 * singular values.
 */
#ifndef MI_EFFRANK_H
#define MI_EFFRANK_H

#include "libmi/base/run.h"
#include "libmi/data/groups.h"
#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    double epsilon;           /* added to the shares of RankMe and LiDAR; default 1e-7 */
    size_t fit_low, fit_high; /* ranks that alpha-ReQ is fitted over, the largest eigenvalue is 1;
                                 default 4 and 100 */
    double delta;             /* LiDAR's regularisation, > 0; default 1e-4 */
} mi_effrank_opts;

MI_API void mi_effrank_opts_default(mi_effrank_opts *o);

/* sigma (n): singular values of the features, not centred. With p_k = sigma_k / sum sigma +
 * epsilon,
 *
 *     RankMe = exp(-sum p_k log p_k)
 *
 * Garrido, Balestriero, Najman and LeCun, "RankMe", ICML 2023 (arXiv 2210.02885), eq. 1; epsilon is
 * 1e-7 there. nan where all are zero, for none, and for epsilon < 0. */
MI_API double mi_rankme(const double *sigma, size_t n, double epsilon);

/* l (n): eigenvalues of the features' covariance. (sum l)^2 / sum l^2, the number of dimensions
 * that would share the variance equally: Gao et al., "A theory of multineuronal dimensionality,
 * dynamics and measurement", bioRxiv 214262 (2017). exp(S_2) is the same of the kernel matrix. nan
 * where all are zero, and for none. */
MI_API double mi_participation_ratio(const double *l, size_t n);

typedef struct {
    double alpha;     /* decay exponent: l_k ~ k^-alpha */
    double r2;        /* weighted share of the variance of log l that the line explains */
    size_t low, high; /* ranks fitted, after `high` was cut to the eigenvalues there are */
} mi_decay;

/* l (n): eigenvalues of the features' covariance, the largest first. Least squares of log l_k on
 * log k over the ranks low <= k <= high, weighted by 1/k. Agrawal, Mondal, Ghosh and Richards,
 * "alpha-ReQ", NeurIPS 2022, define alpha as the exponent of a line in log-log scale and name no
 * range; 4 to 100 and the weights are those of their released code. Eigenvalues below n eps l_1 are
 * round-off and not fitted. alpha and r2 are nan where fewer than three are left, and for low = 0; r2 also where
 * they are one number but for rounding. */
MI_API mi_decay mi_alpha_req(const double *l, size_t n, size_t low, size_t high);

/* LiDAR of x (n,d), rows of one instance (its views) forming a class:
 *
 *     S_b = sum over instances (m_c - m)(m_c - m)' / (G-1),  m_c means of instances, m their mean
 *     S_w = sum over rows (x_i - m_c)(x_i - m_c)' / sum over instances (v_c - 1)  +  delta I
 *     p_k = l_k / sum l + epsilon,  l the d eigenvalues of S_w^-1/2 S_b S_w^-1/2
 *     LiDAR = exp(-sum p_k log p_k)
 *
 * Thilak et al., "LiDAR", ICLR 2024 (eqs. 1 to 4 of arXiv 2312.04000v1). The defaults of delta and
 * epsilon are ours, and delta does not scale with the features, so state them. n - G should be well
 * above d, else S_w is of low rank and delta rules: 256 features, 256 instances, two views
 * gave 15.9 where 50 views gave 38.2, but 128 features and 1,000 instances 49.6 and 50.6. nan for
 * fewer than two instances, when no instance has two rows, when the means are all the same, and
 * when S_w is singular to working precision (delta too small for features of this size). O(n d^2 +
 * d^3) time, O(d^2) memory; of fewer rows than columns O(n^2 d), O(n d). Errors: MI_EUSAGE for rows that are
 * not in memory, instances of other rows, epsilon < 0, delta <= 0; MI_ENOMEM, MI_EMEMORY, MI_ELIBRARY. */
MI_API MI_CHECKED mi_status mi_lidar(double *lidar, const mi_mat *x, const mi_groups *instance,
                                     const mi_effrank_opts *o, const mi_run *run);

/* Singular values of x (n,d), and of x less its column means, min(n,d) each, the largest first,
 * into raw and centred. By orthogonal factors of panels of rows, never by x'x, which would lose the
 * half of their digits. O(n d^2) time, O(d^2) memory; of fewer rows than columns O(n^2 d), O(n d). Errors:
 * MI_EUSAGE for rows that are not in memory; MI_ENOMEM, MI_EMEMORY, MI_ELIBRARY. */
MI_API MI_CHECKED mi_status mi_singular_values(double *raw, double *centred, const mi_mat *x,
                                               const mi_run *run);

/* l (n): eigenvalues of the features' covariance, the largest first. Each is nan where l_1 is not above
 * 0, and for none.
 *
 *     effective rank   exp(-sum p log p),  p = l / sum l
 *     NESum            sum l / l_1
 *     components       the fewest of the largest l with `share` of their sum
 *     condition        sqrt(l_1 / l_r),  r the last rank with sqrt(l_r) above n eps sqrt(l_1)
 *
 * The effective rank is Roy and Vetterli's (EUSIPCO 2007) of other numbers than their singular values:
 * this one is what reptrix and Skean et al. (ICML 2025) call RankMe or entropy of the covariance. NESum:
 * He and Ozay, "Exploring the gap between collapsed and whitened features", ICML 2022, def. 4.1. The
 * condition number is that of the centred features (Tsitsulin et al. 2023, of the last singular value
 * whatever it is: round-off where features are of low rank). */
MI_API double mi_effective_rank(const double *l, size_t n);
MI_API double mi_nesum(const double *l, size_t n);
MI_API double mi_components(const double *l, size_t n, double share);
MI_API double mi_condition(const double *l, size_t n);

/* The truncated Vendi score: exp(S_a) of the t largest of the eigenvalues l (n), the largest first, of
 * sum 1, to each of which the t-th part of what the others sum to is added. It is within reach of a
 * sample of O(t) rows, where the whole score of a kernel with an infinite spectrum is not: Ospanov and
 * Farnia, "Do Vendi scores converge with finite samples?", UAI 2025 (arXiv 2410.21719). The score itself
 * for t >= n. nan for t = 0, and as mi_entropy_of_eigenvalues; also where there is no memory for t
 * numbers. O(t). */
MI_API double mi_truncated_vendi(const double *l, size_t n, size_t t, double alpha);

/* The participation ratio (tr C)^2 / tr C^2 of the covariance C of what the n rows are drawn from: both
 * traces by averages over rows that are all different, which have no bias (Chun, Canatar, Chung and Lee,
 * "Estimating dimensionality of neural representations from finite samples", ICLR 2026, arXiv
 * 2509.26560, sec. 4, correction of rows). The plain ratio is too small by a share of about PR/n. From
 * the centred features' T = sum of |x_i|^2, F = sum of |x_i|^4 and Q = sum over i, j of <x_i,x_j>^2. nan
 * for fewer than four rows, and where tr C^2 does not come out above 0, and above what rounding may leave of it. */
MI_API double mi_participation_ratio_of_rows(double t, double f, double q, double n);

/* All of them. */
typedef struct {
    double rankme, effective_rank; /* of singular values, not centred; of covariance eigenvalues */
    double participation_ratio, participation_ratio_corrected;
    double
        stable_rank; /* sum s^2 / s_1^2, s the singular values, not centred (Tsitsulin et al. 2023) */
    double nesum, condition;
    double components[3]; /* for 90, 95 and 99 % of the variance */
    double lidar;
    mi_decay decay;
} mi_effranks;

/* Numbers of an mi_effranks before its decay. */
enum { MI_EFFRANKS = 11 };

/* instance NULL: there are none, LiDAR is nan. Rows are taken to be drawn one by one, views too. Errors:
 * MI_EUSAGE for what mi_lidar refuses, a range of ranks that is none; as mi_lidar. */
MI_API MI_CHECKED mi_status mi_effranks_of(mi_effranks *out, const mi_mat *x,
                                           const mi_groups *instance, const mi_effrank_opts *o,
                                           const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
