/* synth.h - feature sets with known answers.
 *
 * uses: features/write
 *
 * Seeded: the same options make the same bytes. Rows are made and written panel by panel, so that a
 * set may be larger than memory. What is known of a set is left as attributes, named after the
 * columns of mi-bounds (nats):
 *
 *     exact_X        X of the rows as written, to round-off
 *     expected_X     the closed form of X at order 2 under linear kernels, which samples scatter
 * about shannon_X      X of the distribution the rows are drawn from population_X   the same for
 * what is no information
 */
#ifndef MI_SYNTH_H
#define MI_SYNTH_H

#include "libmi/features/write.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    /* Discrete Y -> Z1 -> Z2 -> R, a Markov chain exactly in the counts of the rows, and every term
     * of the paper at order 1 known: exact_H_Z1 ... exact_upper. Z1 and Z2 are one column of
     * symbols, or one-hot floats when a type is chosen, which have the same entropies under linear
     * kernels. Its transitions have four equally likely outcomes each, so n is a multiple of
     * 64 classes. */
    MI_SYNTH_CHAIN,
    /* Standard normal features, every row for itself, also those of one instance. Column k of Z2
     * has correlation `correlation` with column k mod d1 of Z1. expected_H_Z1, expected_H_Z2 =
     * -log(1/n + q/d), q = 1 - 1/n; expected_I_Z1_Z2_null = log[(1/n + q/(d1 d2)) / ((1/n +
     * q/d1)(1/n + q/d2))], and expected_I_Z1_Z2 when the correlation is 0; shannon_I_Z1_Z2. */
    MI_SYNTH_GAUSSIAN,
    /* Instances about the means of their classes, views about their instances. */
    MI_SYNTH_CLASSES,
    /* Normal features in `rank` random directions: as the Gaussian ones with d1 = d2 = rank, and
     * exact_rank_Z1, exact_rank_Z2 (before rounding to the type). */
    MI_SYNTH_LOWRANK,
    /* Normal features whose column k has variance k^-decay: population_decay and
     * population_participation_Z1, _Z2 = (sum l)^2 / sum l^2. */
    MI_SYNTH_HEAVY,
    MI_SYNTH_KINDS
} mi_synth_kind;

/* "chain", "gaussian", ... */
MI_API const char *mi_synth_name(mi_synth_kind kind);

/* All but the chain have r = row / views and y = r mod classes, and, where the rows fill every view
 * of every instance and the instances every class, exact_H_R, exact_H_Y and exact_I_R_Y, R being the
 * id, which hold at every order. */
typedef struct {
    mi_synth_kind kind;
    size_t n;           /* rows, >= 2; default 1024 */
    size_t d1, d2;      /* columns, >= 1; default 64 and 32; not of a chain */
    size_t views;       /* rows of an instance, >= 1; default 2; not of a chain */
    size_t classes;     /* >= 1; default 4 */
    size_t states;      /* chain: values that Z1, Z2 and R take, >= 2; default 4 */
    size_t rank;        /* lowrank: 1 .. min(d1,d2); default 8 */
    double correlation; /* gaussian, lowrank, heavy: -1 .. 1; default 0 */
    double separation;  /* classes: standard deviation of their means; default 1 */
    double noise;       /* classes: standard deviation of views about an instance; default 0.5 */
    double decay;       /* heavy: >= 0; default 1 */
    mi_store store;     /* of z1 and z2; default f32, a chain: symbols */
    unsigned long seed; /* default 1 */
} mi_synth_opts;

MI_API void mi_synth_opts_default(mi_synth_opts *o);

/* Write one set into the root of w. O(n (d1 + d2)), lowrank O(n rank (d1 + d2)), a few megabytes.
 * Errors: MI_EUSAGE for options outside their range, a chain of other than a multiple of 64 classes
 * rows; those of writing. */
MI_API MI_CHECKED mi_status mi_synth_write(mi_writer *w, const mi_synth_opts *o);

#ifdef __cplusplus
}
#endif
#endif
