/* Arguments are checked here once, so that everything below can rely on them. */
#include "libmi/entropy/check.h"

#include "libmi/base/want.h"
#include "libmi/data/kernel_internal.h"

mi_status mi_orders_check(const double *alpha, size_t n_alpha)
{
    if (!alpha || n_alpha == 0)
        return mi_fail(MI_EUSAGE, "no order of the entropy, wanted one or more above 0");
    for (size_t a = 0; a < n_alpha; a++)
        if (!(alpha[a] > 0))
            return mi_fail(MI_EUSAGE,
                           "order %g of the entropy, wanted a number above 0, or infinity",
                           alpha[a]);
    return MI_OK;
}

static mi_status check_variable(const mi_var *v, size_t k)
{
    if (v->n < 2)
        return mi_fail(MI_EUSAGE, "variable %zu has %zu rows, wanted 2 or more", k, v->n);
    if (mi_var_is_real(v) ? !v->x : !v->groups)
        return mi_fail(MI_EUSAGE, "variable %zu has neither rows nor groups", k);
    if ((mi_kernel_is_of_cosine(v->kernel.kind) && !v->inverse_norm) ||
        (mi_kernel_is_of_distance(v->kernel.kind) && !v->mean))
        return mi_fail(MI_EUSAGE, "variable %zu was not made by mi_var_real", k);
    return MI_OK;
}

mi_status mi_joints_check(const mi_joint *joint, size_t n_joints, const mi_var *var, size_t n_var)
{
    if (!joint || n_joints == 0 || !var || n_var == 0)
        return mi_fail(MI_EUSAGE, "no %s given, wanted one or more",
                       var && n_var ? "joint" : "variable");
    if (n_var > MI_MAX_VARS)
        return mi_fail(MI_EUSAGE, "%zu variables at once, wanted at most %d", n_var, MI_MAX_VARS);
    for (size_t k = 0; k < n_joints; k++) {
        unsigned vars = joint[k].vars;
        MI_WANT((unsigned)joint[k].route < MI_ROUTES,
                "joint %zu by route %d, wanted one of mi_route", k, (int)joint[k].route);
        if (vars == 0 || vars >> n_var)
            return mi_fail(MI_EUSAGE,
                           "joint %zu is of the variables 0x%x, wanted some of the %zu given", k,
                           vars, n_var);
        for (size_t v = 0; v < n_var; v++)
            if (vars >> v & 1)
                MI_TRY(check_variable(&var[v], v));
    }
    for (size_t v = 1; v < n_var; v++)
        if (var[v].n != var[0].n)
            return mi_fail(MI_EUSAGE,
                           "variable %zu has %zu rows, variable 0 has %zu: wanted as many", v,
                           var[v].n, var[0].n);
    return MI_OK;
}
