/* Labels, instances and parts from a feature set. */
#include "libmi/base/want.h"
#include "libmi/data/groups_internal.h"
#include "libmi/features/meant.h"
#include "libmi/probe/probe.h"

/* The values of `split`, row by row. */
static mi_status read_split(mi_probe_labels *l, mi_features *f, size_t i)
{
    mi_labels split;
    MI_TRY(mi_features_read_labels(f, i, MI_SPLIT, &split));
    mi_status status =
        split.value ? MI_NEW_RAW(l->is_test, split.groups.n)
                    : mi_fail(MI_EDATA, "split has no column of integers, wanted one of 0 and 1");
    for (size_t k = 0; l->is_test && split.value && k < split.groups.n; k++)
        l->is_test[k] = split.value[split.groups.code[k]];
    mi_labels_free(&split);
    return status;
}

mi_status mi_probe_labels_read(mi_probe_labels *out, mi_features *f, size_t i, int use_split)
{
    mi_status status;
    MI_WANT(out, "labels to read without a result");
    *out = (mi_probe_labels){0};
    MI_WANT(mi_features_set(f, i), "feature set %zu of %zu", i, mi_features_count(f));
    const mi_member *r = &mi_features_set(f, i)->member[MI_R];
    MI_TRY_GOTO(status, mi_features_read_labels(f, i, MI_Y, &out->y), fail);
    /* A real-valued r is a target, not an id. */
    out->has_instances = r->present && r->cls != MI_CLASS_FLOAT;
    if (out->has_instances)
        status = mi_features_read_labels(f, i, MI_R, &out->instance);
    else
        status = mi_groups_singletons(&out->instance.groups, out->y.groups.n);
    if (status == MI_OK) {
        mi_meant_labels(f, i, &out->y);
        mi_meant(f, i,
                 &(mi_in_hand){.instance = out->has_instances ? &out->instance.groups : NULL,
                               .y = &out->y.groups});
    }
    if (status == MI_OK && use_split && mi_features_set(f, i)->member[MI_SPLIT].present)
        status = read_split(out, f, i);
fail:
    if (status != MI_OK)
        mi_probe_labels_free(out);
    return status;
}

void mi_probe_labels_free(mi_probe_labels *l)
{
    if (!l)
        return;
    mi_labels_free(&l->y);
    mi_labels_free(&l->instance);
    mi_free(l->is_test);
    *l = (mi_probe_labels){0};
}
