/* align_sets.h - feature sets that are aligned with many others: read once, each under every kernel, with what
 * they say alone.
 *
 * uses: estimate, libmi            used by: mi-align
 */
#ifndef ALIGN_SETS_H
#define ALIGN_SETS_H

#include "estimate.h"

/* Under one kernel. */
typedef struct {
    mi_sample sample;
    int is_made;
    mi_align_side *side[MI_MEMBERS]; /* NULL: not asked for yet */
} align_sample;

/* Of the memory for all sets, in bytes. */
typedef struct {
    size_t allowed; /* 0: no limit was given */
    double values, sides;
} align_room;

typedef struct {
    mi_features *f;
    size_t index, kernels;
    double values, sides; /* of the room */
    const mi_set *set;
    int is_read;
    mi_sample read;
    align_sample *under; /* (kernels) */
} align_set;

/* Sets of a file, in their order. */
typedef struct {
    align_set *set; /* (count) */
    size_t count;
    unsigned members;
    align_room *room;
    int stay; /* what has been read is kept: there is room for all */
} align_sets;

mi_status align_sets_init(align_sets *s, mi_features *f, unsigned members, align_room *room,
                          const estimate_opts *e);
void align_sets_free(align_sets *s);

/* Bytes that they take when all stay, of k neighbours. */
double align_sets_bytes(const align_sets *s, size_t neighbours);

/* Set i, read now if it is not there; with its k neighbours there must be room for it. Errors: MI_EMEMORY;
 * those of mi_sample_read. */
mi_status align_sets_take(align_set **out, align_sets *s, size_t i, size_t neighbours,
                          const estimate_opts *e);
/* What a computation may take beside the values, sides with it; 0: no limit was given. */
size_t align_room_left(const align_room *room);
/* It is not needed any more for now. */
void align_sets_leave(align_sets *s, size_t i);

/* Its sample under a kernel, and a side of it. Errors: those of mi_sample_make and mi_align_side_make. */
mi_status align_set_sample(const mi_sample **out, align_set *s, size_t kernel,
                           const estimate_opts *e);
mi_status align_set_side(mi_align_side **out, align_set *s, size_t kernel, mi_member_id m,
                         const mi_align_opts *o, const mi_run *run);

#endif
