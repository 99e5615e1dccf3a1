/* private.h - what the files of the room transform share.
 *
 *     transform.c    the list: names, arguments, order
 *     rows.c         operations that choose rows
 *     map.c          operations that map rows
 *     write.c        sets into a file
 *     room.c         what that takes
 */
#ifndef MI_TRANSFORM_PRIVATE_H
#define MI_TRANSFORM_PRIVATE_H

#include "libmi/transform/flow.h"
#include "libmi/transform/select.h"
#include "libmi/transform/transform.h"

/* One operation with its argument. */
typedef struct mi_op {
    mi_op_kind kind;
    char *text; /* the argument as given, "" without one */
    unsigned members;
    size_t k;       /* instances, components, levels; 0: all */
    mi_range range; /* MI_OP_ROWS */
} mi_op;

/* Apply the operations to a set, in order, fitted on it or taken from t->fit. */
mi_status mi_transform_apply(const mi_transform *t, mi_flow *flow);

/* Choose rows of a flow. */
mi_status mi_op_select(const mi_op *op, mi_flow *flow, unsigned long seed);

/* Add the maps of an operation to a flow, fitted on it or taken from `fit`. */
mi_status mi_op_map(const mi_op *op, mi_flow *flow, const mi_flow *fit);

/* Put file, group and option in front of the detail. */
mi_status mi_op_fail(mi_status status, const mi_op *op, const mi_flow *flow);

/* The member is there; else MI_EDATA saying what is there instead. */
mi_status mi_op_need(const mi_flow *flow, mi_member_id m);

#endif
