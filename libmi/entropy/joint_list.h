/* joint_list.h - the joints that a computation is made of, each once, with room for their results.
 *
 * uses: base/mem entropy/joint
 */
#ifndef MI_JOINT_LIST_H
#define MI_JOINT_LIST_H

#include "libmi/entropy/joint.h"

/* Joint k has its results in slices of one array:
 *
 *     value (2, room, n_alpha)    [ s of joint 0, 1 .. ] [ half_width of joint 0, 1 .. ]
 */
typedef struct {
    mi_joint *joint; /* (n) */
    size_t n, room, n_alpha;
    double *value;
} mi_joint_list;

/* Empty, with room for so many joints. Errors: MI_ENOMEM. Free with mi_joint_list_free, also after a
 * failure. */
mi_status mi_joint_list_make(mi_joint_list *out, size_t room, size_t n_alpha);
void mi_joint_list_free(mi_joint_list *l);

/* Add a joint unless it is there; a route other than auto replaces the one it has. */
void mi_joint_list_want(mi_joint_list *l, unsigned vars, mi_route route);

#endif
