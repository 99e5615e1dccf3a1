/* What people type: expressions, orders, kernels, --map, operations, losses; the first byte chooses which. */
#include <stdlib.h>
#include <string.h>

#include "libmi/mi.h"
#include "target.h"

static void forms(const char *text, mi_form_kind kind)
{
    mi_forms f;
    if (mi_forms_parse(&f, text, kind) == MI_OK) {
        target_want(f.count > 0 && mi_forms_members(&f) != 0, "an expression is of something");
        mi_forms_free(&f);
    }
}

static void alphas(const char *text)
{
    double *alpha;
    size_t count;
    if (mi_alpha_parse(&alpha, &count, text) != MI_OK)
        return;
    for (size_t k = 0; k < count; k++)
        target_want(alpha[k] > 0, "orders are above 0");
    mi_free(alpha);
}

static void map(const char *text)
{
    mi_features_opts o;
    mi_features_opts_default(&o);
    (void)!mi_features_parse_map(&o, text);
    mi_features_opts_free(&o);
}

static void operation(const char *text, mi_op_kind kind)
{
    mi_transform t;
    mi_transform_default(&t);
    (void)!mi_transform_add(&t, kind, text);
    mi_transform_free(&t);
}

static void kernel(const char *text)
{
    mi_sample_opts o;
    char name[MI_KERNEL_NAME];
    mi_sample_opts_default(&o);
    if (mi_sample_parse_kernel(&o, text) == MI_OK)
        mi_kernel_name(&o.kernel[MI_Z1], name, sizeof name);
}

static void names(const char *text)
{
    mi_i_z1_r loss;
    mi_preset preset;
    mi_estimator estimator;
    mi_route route;
    mi_r_kind r;
    mi_store store;
    mi_correlation correlation;
    (void)!mi_i_z1_r_parse(&loss, text);
    (void)!mi_preset_parse(&preset, text);
    (void)!mi_estimator_parse(&estimator, text);
    (void)!mi_route_parse(&route, text);
    (void)!mi_r_kind_parse(&r, text);
    (void)!mi_store_parse(&store, text);
    (void)!mi_correlation_parse(&correlation, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    target_quiet();
    char *text = target_text(data + 1, size - 1);
    int which = data[0] % (5 + MI_OPS);
    if (which == 0)
        forms(text, (mi_form_kind)(data[0] / 32 % 3));
    else if (which == 1)
        alphas(text);
    else if (which == 2)
        map(text);
    else if (which == 3)
        kernel(text);
    else if (which == 4)
        names(text);
    else
        operation(text, (mi_op_kind)(which - 5));
    free(text);
    return 0;
}
