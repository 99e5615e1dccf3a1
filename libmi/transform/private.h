/* private.h - what the files of the room transform share.
 *
 *     transform.c    the list: names, arguments, order
 *     rows.c         operations that choose rows
 *     map.c          operations that map rows
 *     write.c        sets into a file
 */
#ifndef MI_TRANSFORM_PRIVATE_H
#define MI_TRANSFORM_PRIVATE_H

#include "libmi/transform/transform.h"

/* Choose rows of a flow. */
mi_status mi_op_select(const mi_op *op, mi_flow *flow, unsigned long seed);

/* Add the maps of an operation to a flow, fitted on it or taken from `fit`. */
mi_status mi_op_map(const mi_op *op, mi_flow *flow, const mi_flow *fit);

/* Put file, group and option in front of the detail. */
mi_status mi_op_fail(mi_status status, const mi_op *op, const mi_flow *flow);

/* The member is there; else MI_EDATA saying what is there instead. */
mi_status mi_op_need(const mi_flow *flow, mi_member_id m);

#endif
