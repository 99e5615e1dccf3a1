/* kernel.h - kernels, their bandwidths, and variables: what a Gram matrix is made of.
 *
 * uses: base/leaf base/want data/groups data/kernel_internal data/mat; gsl
 */
#ifndef MI_KERNEL_H
#define MI_KERNEL_H

#include "libmi/data/groups.h"
#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MI_KERNEL_LINEAR,      /* cosine: <x,y> / (|x| |y|) */
    MI_KERNEL_GAUSSIAN,    /* exp(-|x-y|^2 / (2 S^2)) */
    MI_KERNEL_LAPLACIAN,   /* exp(-|x-y| / S), the Euclidean distance */
    MI_KERNEL_POLYNOMIAL,  /* ((cosine + C) / (1 + C))^P */
    MI_KERNEL_PRECOMPUTED, /* the rows are those of a Gram matrix: x_ij / sqrt(x_ii x_jj) */
    MI_KERNEL_DELTA        /* 1 where x == y, else 0 */
} mi_kernel_kind;

typedef enum {
    MI_BANDWIDTH_NUMBER,
    MI_BANDWIDTH_MEDIAN,    /* median of |x_i - x_j| over pairs i < j */
    MI_BANDWIDTH_QUANTILE,  /* a quantile of the same */
    MI_BANDWIDTH_SCOTT,     /* s n^(-1/(d+4)), s^2 the mean variance of the columns */
    MI_BANDWIDTH_SILVERMAN, /* s (4 / ((d+2) n))^(1/(d+4)) */
    MI_BANDWIDTH_HALF_D     /* sqrt(d/2), whatever the rows */
} mi_bandwidth_rule;

/* Most bandwidths of one kernel. */
#define MI_BANDWIDTHS 8

/* Room for a kernel's name. */
#define MI_KERNEL_NAME 144

typedef struct {
    mi_kernel_kind kind;
    mi_bandwidth_rule rule; /* gaussian and laplacian */
    double bandwidth;       /* S > 0; 0 until a rule is resolved */
    unsigned n_scales; /* several kernels, of bandwidths S scale[k], and K their mean; 0: S alone */
    double scale[MI_BANDWIDTHS];
    double quantile; /* of the rule quantile, above 0 and below 1 */
    unsigned degree; /* polynomial: P, 1 to 64 */
    double offset;   /* polynomial: C, 0 or more */
} mi_kernel;

/* Parse "linear", "delta", "gaussian[:S]" or "laplacian[:S]" where S is a number, "median" (the
 * default), "q0.25" (a quantile), "scott", "silverman" or "half-d", or a list "0.5:1:2" of up to
 * MI_BANDWIDTHS numbers, or of medians "0.5m:m:2m", "polynomial[:P[:C]]" (2 and
 * 1), or "precomputed"; the text ends at `length` characters. Errors: MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_kernel_parse(mi_kernel *out, const char *text, size_t length);

/* "linear", "gaussian:1.3" (the number once it is resolved), "polynomial:2:1" or "delta" into
 * buffer; returns buffer, or "?" for no kernel. */
MI_API const char *mi_kernel_name(const mi_kernel *k, char *buffer, size_t bytes);

/* Turn a bandwidth rule into a number over the rows of x. Median and quantile are of all n(n-1)/2
 * distances up to n = 2048 rows, else of 2048 rows drawn with `seed`, interpolated between order
 * statistics.
 * O(min(n,2048)^2 d). Does nothing for a number or for other kernels. Errors: MI_EUSAGE for a
 * kind, rule or bandwidth that cannot be, a matrix of fewer than two rows; MI_EDATA when the
 * result is 0 or not finite. */
MI_API MI_CHECKED mi_status mi_kernel_resolve(mi_kernel *k, const mi_mat *x, unsigned long seed);

/* One variable of a joint. Its rows or groups are borrowed; what it computes is its own. */
typedef struct {
    mi_kernel kernel; /* with a resolved bandwidth */
    size_t n;
    const mi_mat *x;         /* (n,d) every kernel but delta */
    const mi_groups *groups; /* delta */
    double *inverse_norm;    /* (n) linear and polynomial: 1/|x_i| */
    double *mean; /* (d) of distances: column means; distances do not change, round-off shrinks */
    /* (n) numbers under which the rows draw in estimates; NULL (default): 0 .. n-1. Two samples of
     * one set that give rows the same numbers share their draws, and their errors cancel in
     * differences. Borrowed. */
    const size_t *key;
    /* (n) of the rows, adding up to n; NULL (default): 1 each. The entropy of A = diag(p)^1/2 K diag(p)^1/2,
     * p = weight / n. Borrowed, and the same in all variables of a joint that have any. */
    const double *weight;
    const double *self; /* (n) K_ii; NULL: 1. Borrowed; set by the library */
} mi_var;

/* Make a variable of real rows under any kernel but delta. O(n d).
 * Errors: MI_EDATA for NaN or infinity (first row and how many) and, under a kernel of cosines, for
 * rows that are all zero (the same); MI_EUSAGE for no rows, the delta kernel, or a bandwidth that
 * was not resolved; MI_ENOMEM. A failure leaves nothing to free. Free with mi_var_free. */
MI_API MI_CHECKED mi_status mi_var_real(mi_var *out, mi_kernel kernel, const mi_mat *x);
/* Make a variable of groups, delta kernel; of NULL, one without rows, which no joint takes. */
MI_API void mi_var_discrete(mi_var *out, const mi_groups *groups);
MI_API void mi_var_free(mi_var *v);

#ifdef __cplusplus
}
#endif
#endif
