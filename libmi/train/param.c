/* Parameters of networks and projectors: one list, so that optimisers and files see them all. */
#include <stdio.h>
#include <string.h>

#include "libmi/train/net.h"
#include "libmi/train/private.h"

static void param_free(mi_param *p)
{
    mi_free(p->w);
    mi_free(p->g);
    mi_free(p->m);
    mi_free(p->v);
    mi_free(p);
}

static mi_status allocate(mi_param *p, mi_budget *budget, int is_trained)
{
    MI_TRY(mi_budget_take(budget, (is_trained ? 3.0 : 1.0) * sizeof *p->w * (double)p->count));
    MI_TRY(MI_NEW(p->w, p->count));
    if (!is_trained)
        return MI_OK;
    MI_TRY(MI_NEW(p->g, p->count));
    return MI_NEW(p->m, p->count);
}

mi_status mi_params_add(mi_params *list, mi_param **out, const char *name, int axes,
                        const size_t *axis, size_t count, int is_trained)
{
    mi_param *p;
    MI_TRY(mi_grow(&list->p, list->n, &list->room, sizeof(mi_param *)));
    MI_TRY(MI_NEW(p, 1));
    snprintf(p->name, sizeof p->name, "%s", name);
    p->axes = axes;
    p->plain = 1;
    for (int k = 0; k < axes; k++)
        p->plain *= p->axis[k] = axis[k];
    p->count = count ? count : p->plain;
    mi_status status = allocate(p, list->budget, is_trained);
    if (status != MI_OK) {
        param_free(p);
        return status;
    }
    list->p[list->n++] = *out = p;
    return MI_OK;
}

void mi_params_free(mi_params *list)
{
    for (size_t k = 0; k < list->n; k++)
        param_free(list->p[k]);
    mi_free(list->p);
    *list = (mi_params){0};
}
