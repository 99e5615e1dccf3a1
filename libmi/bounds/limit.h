/* limit.h - what an entropy or information tends to as the instances grow in number.
 *
 * uses: base/number base/want bounds/measure data/batch data/sample_build entropy/check
 */
#ifndef MI_LIMIT_H
#define MI_LIMIT_H

#include "libmi/bounds/measure.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The fewest instances: eight in the smallest batch. */
#define MI_LIMIT_INSTANCES 64

typedef enum {
    MI_LIMIT_FOUND,
    MI_LIMIT_GROWS, /* a variable has a value of its own for more than half of the instances, such as
                           an id: its entropy grows as log n */
    MI_LIMIT_UNRESOLVED /* an order below 2, and a joint with exp S above a third of the instances: they
                           do not show the spectrum */
} mi_limit_kind;

typedef struct {
    mi_limit_kind kind;
    double value; /* in units of `base`; nan where it was not found */
    double se;    /* by the jackknife, with what the fit leaves open; nan where value is */
    double degrees;
    double fit; /* by how much the value changes with one more term: part of se */
} mi_limit;

/* An entropy of n rows is below that of the population by about b/n: the same features in batches of
 * 200, 1,000 and 2,000 give exp S of 17, 24 and 26. out (count, n_alpha): forms at the limit 1/n -> 0 of
 * polynomials in 1/n through the potentials of nested batches (m instances, halves and quarters of them;
 * eighths for `fit`), instances in an order drawn by run->seed, in every value the same ones, all but
 * seven at most. At order 2 that is right but for chance; at others where the population's spectrum ends
 * well below n. One with a long tail (gaussian kernels of small bandwidth) is approached more slowly than
 * by any polynomial: the limit is then too small, and `fit` says so in part only.
 *
 * Standard errors are right to a few percent, and up to twice too large where rows are so alike in kind that
 * first-order terms vanish (independent columns of one variance). Costs up to 28 times mi_measure: 20 groups
 * are left out in turn. Uses alpha, base and jackknife_groups of o (at most 20), which may have neither batches
 * nor re-pairings. Errors: MI_EDATA for fewer than MI_LIMIT_INSTANCES; as mi_measure. */
MI_API MI_CHECKED mi_status mi_measure_limit(mi_limit *out, const mi_forms *f, const mi_sample *s,
                                             const mi_measure_opts *o, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
