/* Lists of expressions such as z1:z2|y: parsed, and what members they are of. */
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/bounds/private.h"

static const char *const variable_name[MI_MEASURE_NAMES] = {"z1", "z2", "r", "y"};
static const mi_member_id variable_member[MI_MEASURE_NAMES] = {MI_Z1, MI_Z2, MI_R, MI_Y};

static mi_status parse_form(mi_measured_form *out, const char *text, size_t length,
                            mi_form_kind kind)
{
    mi_expression *e = &out->expression;
    MI_TRY(mi_expression_parse(e, text, length, variable_name, MI_MEASURE_NAMES));
    if (kind == MI_FORM_IS_ENTROPY && e->n_parts != 1)
        return mi_fail(MI_EUSAGE,
                       "'%.*s' is a mutual information, wanted an entropy: z1, z1+z2 or z1|y",
                       (int)length, text);
    if (kind == MI_FORM_IS_INFORMATION && e->n_parts < 2)
        return mi_fail(MI_EUSAGE,
                       "'%.*s' is an entropy, wanted a mutual information: z1:z2 or z1:z2|y",
                       (int)length, text);
    out->quantity = e->n_parts == 1 ? mi_quantity_entropy(e->part[0], e->given)
                                    : mi_quantity_correlation(e->part, e->n_parts, e->given);
    MI_TRY(mi_calloc(&out->text, length + 1, 1));
    memcpy(out->text, text, length);
    return MI_OK;
}

mi_status mi_forms_parse(mi_forms *out, const char *text, mi_form_kind kind)
{
    size_t n = 1;
    MI_WANT(out && text, "expressions to parse without %s", out ? "a text" : "a result");
    MI_WANT((unsigned)kind <= MI_FORM_IS_EITHER,
            "expressions of kind %d, wanted one of mi_form_kind", (int)kind);
    for (const char *c = text; *c; c++)
        n += *c == ',';
    *out = (mi_forms){0};
    MI_TRY(MI_NEW(out->form, n));
    for (size_t k = 0; k < n; k++) {
        size_t length = strcspn(text, ",");
        mi_status status = parse_form(&out->form[k], text, length, kind);
        if (status != MI_OK) {
            mi_forms_free(out);
            return status;
        }
        out->count++;
        text += length + 1;
    }
    return MI_OK;
}

void mi_forms_free(mi_forms *f)
{
    if (!f)
        return;
    for (size_t k = 0; k < f->count; k++)
        mi_free(f->form[k].text);
    mi_free(f->form);
    *f = (mi_forms){0};
}

mi_member_id mi_form_member(const mi_measured_form *f)
{
    unsigned vars = f ? mi_expression_vars(&f->expression) : 0;
    for (int v = 0; v < MI_MEASURE_NAMES; v++)
        if (vars == 1u << v)
            return variable_member[v];
    return MI_MEMBERS;
}

unsigned mi_forms_members(const mi_forms *f)
{
    unsigned members = 0;
    for (size_t k = 0; f && k < f->count; k++)
        for (int v = 0; v < 2 * MI_MEASURE_NAMES; v++)
            if (mi_expression_vars(&f->form[k].expression) >> v & 1)
                members |= 1u << variable_member[v % MI_MEASURE_NAMES];
    return members;
}

mi_member_id mi_measure_member(int v)
{
    return variable_member[v % MI_MEASURE_NAMES];
}
