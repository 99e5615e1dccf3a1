/* private.h - what the files of the room synth share.
 *
 *     synth.c        options, panels, files
 *     chain.c        the discrete chain
 *     normal.c       normal features and class mixtures
 */
#ifndef MI_SYNTH_PRIVATE_H
#define MI_SYNTH_PRIVATE_H

#include "libmi/base/rng.h"
#include "libmi/synth/synth.h"

enum { MI_CHAIN_OUTCOMES = 4 };

typedef struct {
    const mi_synth_opts *o;
    mi_writer *w;
    gsl_rng *rng;
    size_t d1, d2;
    double *a1, *a2;    /* lowrank: (rank) of the row; classes: a1 (d1), of the instance */
    double *basis1;     /* lowrank: (rank,d1), orthonormal rows; classes: (classes,d1), means */
    double *basis2;     /* the same with d2 */
    size_t *outcome[3]; /* chain: (classes or states, 4) of Y, Z1 and Z2 */
    double *x1, *x2;    /* (panel,d1), (panel,d2) */
    int64_t *s1, *s2;   /* (panel) chain: symbols */
    int64_t *r, *y;     /* (panel) */
    size_t panel;       /* rows */
} mi_synth;

/* What a kind is made of: things that hold for all rows; row number `row` at place `at` of the
 * panel; attributes. Rows are made in order. */
typedef struct {
    const char *name;
    mi_status (*prepare)(mi_synth *s);
    void (*make_row)(mi_synth *s, size_t row, size_t at);
    mi_status (*tell)(const mi_synth *s);
} mi_synth_maker;

extern const mi_synth_maker mi_synth_chain, mi_synth_gaussian, mi_synth_classes, mi_synth_lowrank,
    mi_synth_heavy;

/* Set a real attribute of the set. */
mi_status mi_synth_tell(const mi_synth *s, const char *name, double value);

#endif
