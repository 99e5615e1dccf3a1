/* flow.h - a feature set on its way through operations.
 *
 * uses: data/groups_internal features/features transform/maps
 *
 * Nothing is held in memory but which rows stay and what is done to each row of z1 and of z2: the
 * values are read, mapped and handed on block by block, as often as somebody looks at them.
 */
#ifndef MI_FLOW_H
#define MI_FLOW_H

#include "libmi/features/features.h"
#include "libmi/transform/maps.h"

typedef struct {
    mi_map map;
    int borrowed; /* from another flow, which frees it */
    int fitted;   /* on these rows: not the same map on others */
} mi_flow_map;

/* A member as it is now: trailing axes, and the maps that made them so. */
typedef struct {
    int axes;
    uint64_t axis[7];
    size_t d;
    mi_flow_map *map;
    size_t n_maps;
} mi_flow_member;

typedef struct mi_flow {
    mi_features *f;
    size_t i;
    const mi_set *set;
    size_t n;    /* rows that stay */
    size_t *row; /* (n) which, ascending; NULL: all */
    mi_flow_member member[MI_MEMBERS];
} mi_flow;

/* Start with all rows of set i. Errors: MI_EDATA when a member cannot be read, when one has other
 * rows than the others, or none. Free with mi_flow_free. */
MI_CHECKED mi_status mi_flow_open(mi_flow *out, mi_features *f, size_t i);
void mi_flow_free(mi_flow *flow);

/* Free the maps of a member whose values nobody will look at again. */
void mi_flow_drop_maps(mi_flow *flow, mi_member_id m);

/* Keep those of the rows that stay so far for which keep (n) is not 0. */
MI_CHECKED mi_status mi_flow_keep(mi_flow *flow, const unsigned char *keep);

/* Add a map to what is done to a member; map.map is the flow's from here on unless it is borrowed,
 * also after a failure. Its d_in is the member's d. */
MI_CHECKED mi_status mi_flow_push(mi_flow *flow, mi_member_id m, mi_flow_map map);

/* Hand the rows that stay to `fn`, as the maps so far leave them, block by block and in order.
 * O(n d) and the costs of the maps. Errors: as mi_features_each_block. */
MI_CHECKED mi_status mi_flow_each(mi_flow *flow, mi_member_id m, mi_block_fn *fn, void *arg);

/* Groups of the rows that stay, from groups of all rows. Free with mi_groups_free. */
MI_CHECKED mi_status mi_flow_groups(mi_groups *out, const mi_flow *flow, const mi_groups *all);

/* The row of the set that row k of the flow is. */
size_t mi_flow_row(const mi_flow *flow, size_t k);

#endif
