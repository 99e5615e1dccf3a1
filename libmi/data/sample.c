/* One feature set in memory as variables: options, columns, names. Its rows are taken in
 * sample_rows.c, it is read from a file in features/sample_read.c. */
#include "libmi/data/sample.h"

#include <stdio.h>
#include <string.h>

#include "libmi/base/name.h"
#include "libmi/base/want.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/sample_build.h"

void mi_sample_opts_default(mi_sample_opts *o)
{
    if (o)
        *o = (mi_sample_opts){.seed = 1};
}

static const char *const r_kinds[MI_R_KINDS] = {"auto", "id", "positive", "target"};

const char *mi_r_kind_name(mi_r_kind kind)
{
    if (kind == MI_R_AUTO)
        return "nan";
    return (unsigned)kind < MI_R_KINDS ? r_kinds[kind] : "?";
}

mi_status mi_r_kind_parse(mi_r_kind *out, const char *text)
{
    unsigned k = 0;
    MI_TRY(mi_name_find(&k, r_kinds, MI_R_KINDS, text));
    *out = (mi_r_kind)k;
    return MI_OK;
}

mi_kernel mi_sample_real_kernel(const mi_sample_opts *o, mi_member_id m, size_t d)
{
    if (o->chosen[m])
        return o->kernel[m];
    if (o->asked == MI_ASKED_DISTANCES)
        return (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 1};
    return d == 1 && o->asked == MI_ASKED_KERNEL
               ? (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .rule = MI_BANDWIDTH_MEDIAN}
               : (mi_kernel){.kind = MI_KERNEL_LINEAR};
}

static mi_status parse_one_kernel(mi_sample_opts *o, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    size_t name = equals ? (size_t)(equals - text) : 0;
    mi_kernel kernel;
    int used = 0;
    MI_TRY(
        mi_kernel_parse(&kernel, text + (equals ? name + 1 : 0), length - (equals ? name + 1 : 0)));
    for (mi_member_id m = MI_Z1; m <= MI_R; m++) {
        const char *member = mi_member_name(m);
        if (equals && (strlen(member) != name || strncmp(member, text, name) != 0))
            continue;
        o->kernel[m] = kernel;
        o->chosen[m] = used = 1;
    }
    if (!used)
        return mi_fail(MI_EUSAGE, "'%.*s' has no kernel to choose, wanted z1, z2 or r", (int)name,
                       text);
    return MI_OK;
}

mi_status mi_sample_parse_kernel(mi_sample_opts *o, const char *text)
{
    MI_WANT(o && text, "a kernel to parse without %s", o ? "a text" : "options");
    for (;;) {
        size_t length = strcspn(text, ",");
        MI_TRY(parse_one_kernel(o, text, length));
        if (!text[length])
            return MI_OK;
        text += length + 1;
    }
}

void mi_sample_free(mi_sample *s)
{
    if (!s)
        return;
    for (int m = 0; m < MI_MEMBERS; m++) {
        if (s->column[m].borrows)
            continue;
        mi_mat_free(&s->column[m].x);
        mi_groups_free(&s->column[m].groups);
        mi_free(s->column[m].origin);
    }
    if (!s->borrows_instance)
        mi_labels_free(&s->instance);
    mi_free(s->weight);
    *s = (mi_sample){0};
}

mi_status mi_sample_opts_check(const mi_sample_opts *o)
{
    MI_WANT(o, "a sample without options");
    for (mi_member_id m = MI_Z1; m <= MI_R; m++)
        if (o->chosen[m])
            MI_TRY(mi_name_member(mi_kernel_check(&o->kernel[m]), m));
    MI_WANT((unsigned)o->r_kind <= MI_R_TARGET, "R of kind %d, wanted one of mi_r_kind",
            (int)o->r_kind);
    return MI_OK;
}

mi_status mi_name_member(mi_status status, mi_member_id m)
{
    return status == MI_OK ? MI_OK : mi_fail_in(status, "%s", mi_member_name(m));
}

mi_status mi_sample_var(mi_var *out, const mi_sample *s, mi_member_id m)
{
    MI_WANT(out && s, "a variable without %s", out ? "a sample" : "an mi_var");
    *out = (mi_var){0};
    MI_WANT((unsigned)m < MI_SPLIT, "member %d of a sample, wanted z1, z2, r or y", (int)m);
    MI_WANT(s->column[m].present, "the sample has no %s", mi_member_name(m));
    const mi_column *c = &s->column[m];
    mi_status status = MI_OK;
    if (c->is_real)
        status = mi_var_real(out, c->kernel, &c->x);
    else
        mi_var_discrete(out, &c->groups);
    out->key = s->key;
    out->weight = s->weight;
    return mi_name_member(status, m);
}

/* ---- kernels in words ---- */

/* Kernels of members that have one of their own; n of them into name, bandwidths by rule when
 * `asked`. */
static size_t list_kernels(mi_member_id *member, char (*name)[MI_KERNEL_NAME], const mi_sample *s,
                           int asked)
{
    size_t n = 0;
    for (mi_member_id m = MI_Z1; m <= MI_R; m++) {
        mi_kernel k = s->column[m].kernel;
        if (!s->column[m].present || (m == MI_R && s->r_kind != MI_R_TARGET))
            continue;
        if (asked && k.rule != MI_BANDWIDTH_NUMBER)
            k.bandwidth = 0;
        member[n] = m;
        mi_kernel_name(&k, name[n++], sizeof *name);
    }
    return n;
}

static const char *join_kernels(char *buffer, size_t bytes, const mi_member_id *member,
                                char (*name)[MI_KERNEL_NAME], size_t n)
{
    size_t used = 0;
    buffer[0] = 0;
    for (size_t k = 0; k < n && used + strlen(name[k]) + 5 <= bytes; k++)
        used += (size_t)snprintf(buffer + used, bytes - used, "%s%s=%s", used ? "," : "",
                                 mi_member_name(member[k]), name[k]);
    return buffer;
}

const char *mi_sample_kernels(const mi_sample *s, char *buffer, size_t bytes)
{
    if (!s || !buffer || bytes == 0)
        return "?";
    mi_member_id member[MI_MEMBERS];
    char name[MI_MEMBERS][MI_KERNEL_NAME];
    size_t n = list_kernels(member, name, s, 0);
    return join_kernels(buffer, bytes, member, name, n);
}

const char *mi_sample_kernels_asked(const mi_sample *s, char *buffer, size_t bytes)
{
    if (!s || !buffer || bytes == 0)
        return "?";
    mi_member_id member[MI_MEMBERS];
    char name[MI_MEMBERS][MI_KERNEL_NAME];
    size_t n = list_kernels(member, name, s, 1), alike = 0;
    while (alike < n && strcmp(name[alike], name[0]) == 0)
        alike++;
    if (n == 0 || alike < n)
        return join_kernels(buffer, bytes, member, name, n);
    snprintf(buffer, bytes, "%s", name[0]);
    return buffer;
}
