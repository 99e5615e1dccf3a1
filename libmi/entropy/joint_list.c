/* The list of joints that bounds and expressions collect before their entropies are computed, all in
 * one call: z1:z2|y and z1|y share S(z1,y). */
#include "libmi/entropy/joint_list.h"

#include "libmi/base/mem.h"

mi_status mi_joint_list_make(mi_joint_list *l, size_t room, size_t n_alpha)
{
    *l = (mi_joint_list){.room = room, .n_alpha = n_alpha};
    MI_TRY(MI_NEW(l->joint, room));
    return MI_NEW(l->value, 2 * room * n_alpha);
}

void mi_joint_list_free(mi_joint_list *l)
{
    mi_free(l->joint);
    mi_free(l->value);
    *l = (mi_joint_list){0};
}

void mi_joint_list_want(mi_joint_list *l, unsigned vars, mi_route route)
{
    size_t k = 0;
    while (k < l->n && l->joint[k].vars != vars)
        k++;
    if (k == l->n) {
        l->joint[l->n++] = (mi_joint){.vars = vars};
        l->joint[k].s = l->value + k * l->n_alpha;
        l->joint[k].half_width = l->joint[k].s + l->room * l->n_alpha;
    }
    if (route != MI_ROUTE_AUTO)
        l->joint[k].route = route;
}
