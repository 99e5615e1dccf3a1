/* A feature set as a sample: members are read once, as rows or as groups or both, and made into
 * variables for each choice of kernels. */
#include "libmi/features/sample_read.h"

#include <math.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/sample_build.h"
#include "libmi/features/meant.h"
#include "libmi/features/private.h"

/* ---- members ---- */

static mi_status name_set(mi_status status, const mi_set *set)
{
    return status == MI_OK ? MI_OK : mi_fail_in(status, "%s:%s", set->file, set->group);
}

static mi_status read_groups(mi_column *c, mi_features *f, size_t i, mi_member_id m)
{
    mi_labels labels;
    MI_TRY(mi_features_read_labels(f, i, m, &labels));
    if (m == MI_Y)
        mi_meant_labels(f, i, &labels);
    c->groups = labels.groups;
    labels.groups = (mi_groups){.g = labels.groups.g}; /* as many texts are freed */
    mi_labels_free(&labels);
    return MI_OK;
}

/* stays: the rows are left in the file, and only looked through. */
static mi_status read_rows(mi_column *c, mi_features *f, size_t i, mi_member_id m, int stays)
{
    size_t zero = 0;
    MI_TRY(stays ? mi_features_rows(f, i, m, &c->x) : mi_features_read(f, i, m, &c->x));
    MI_TRY(mi_meant_finite(&zero, f, i, m, &c->x));
    c->no_zero_rows = zero == 0;
    return MI_OK;
}

/* The kernel of z1, z2 or a target r; a target is real whatever its type. */
static mi_kernel kernel_of(const mi_sample_opts *o, const mi_set *set, mi_member_id m)
{
    int is_real = set->member[m].cls == MI_CLASS_FLOAT || m == MI_R;
    return is_real || o->chosen[m] ? mi_sample_real_kernel(o, m, set->member[m].d)
                                   : (mi_kernel){.kind = MI_KERNEL_DELTA};
}

/* Said once a member: what its kernel is where none is asked for, and what that is which is. */
static void mention_one_column(mi_features *f, size_t i, mi_member_id m, const mi_sample_opts *o)
{
    const mi_set *set = mi_features_set(f, i);
    if (o->asked != MI_ASKED_KERNEL || set->member[m].d != 1 ||
        (o->chosen[m] && o->kernel[m].kind != MI_KERNEL_LINEAR) || (f->single >> m & 1))
        return;
    f->single |= 1u << m;
    if (o->chosen[m])
        mi_warn("%s:%s: %s has one column, of which " MI_OPTION
                "kernel %s=linear takes only the sign; gaussian:median takes its values",
                set->file, set->group, mi_member_name(m), mi_member_name(m));
    else
        mi_warn("%s:%s: %s has one column, whose cosine is only its sign: its kernel is "
                "gaussian:median; " MI_OPTION "kernel %s=linear takes the sign",
                set->file, set->group, mi_member_name(m), mi_member_name(m));
}

/* Integers are read as groups, as rows, or as both: what the kernels need. */
static mi_status read_column(mi_sample *s, mi_features *f, size_t i, mi_member_id m,
                             const mi_sample_opts *o, size_t n)
{
    const mi_set *set = mi_features_set(f, i);
    mi_column *c = &s->column[m];
    int is_float = set->member[m].cls == MI_CLASS_FLOAT, rows = is_float, groups = 0;
    for (size_t k = 0; k < n && !is_float; k++) {
        int is_delta = kernel_of(&o[k], set, m).kind == MI_KERNEL_DELTA;
        rows |= !is_delta;
        groups |= is_delta;
    }
    c->present = 1;
    c->d = set->member[m].d;
    if (rows)
        MI_TRY(read_rows(c, f, i, m, s->memory_bytes > 0));
    for (size_t k = 0; k < n && is_float && m != MI_R; k++)
        mention_one_column(f, i, m, &o[k]);
    return groups ? read_groups(c, f, i, m) : MI_OK;
}

/* Labels are symbols whatever their type. */
static mi_status read_labels(mi_sample *s, mi_features *f, size_t i)
{
    s->column[MI_Y] = (mi_column){.present = 1, .d = 1, .kernel = {.kind = MI_KERNEL_DELTA}};
    return read_groups(&s->column[MI_Y], f, i, MI_Y);
}

static mi_status find_fraction(void *arg, const mi_mat *block, size_t first)
{
    int *is_whole = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++)
        *is_whole &= rint(mi_mat_get(block, i, 0)) == mi_mat_get(block, i, 0);
    return MI_OK;
}

/* Ids that were saved as floats look like a target of one column. */
static mi_status mention_target(const mi_column *r, mi_features *f, size_t i,
                                const mi_sample_opts *o)
{
    const mi_set *set = mi_features_set(f, i);
    int is_whole = r->x.d == 1 && o->r_kind == MI_R_AUTO;
    if (is_whole)
        MI_TRY(mi_mat_each_block(&r->x, 0, r->x.n, find_fraction, &is_whole));
    if (is_whole)
        mi_warn("%s:%s: r holds whole floats, taken as a real-valued target; " MI_OPTION
                "r id takes them as "
                "instance ids, " MI_OPTION "r target says that it is meant so",
                set->file, set->group);
    else if (set->member[MI_R].cls == MI_CLASS_FLOAT)
        mention_one_column(f, i, MI_R, o);
    return MI_OK;
}

/* Whether integer ids mark views whose positives are among the members that are read. */
static int marks_views(const mi_sample *s, const mi_set *set, unsigned members)
{
    const mi_member *z2 = &set->member[MI_Z2];
    return (members >> MI_Z2 & 1) && z2->present && z2->cls == MI_CLASS_FLOAT &&
           mi_ids_mark_views(&s->instance.groups);
}

/* What R is, with the instances where it holds ids. */
static mi_status read_instances(mi_sample *s, mi_features *f, size_t i, unsigned members,
                                const mi_sample_opts *o)
{
    const mi_set *set = mi_features_set(f, i);
    s->r_kind = o->r_kind;
    if (s->r_kind == MI_R_AUTO && set->member[MI_R].cls == MI_CLASS_FLOAT)
        s->r_kind = MI_R_TARGET;
    if (s->r_kind == MI_R_TARGET)
        return MI_OK;
    MI_TRY(mi_features_read_labels(f, i, MI_R, &s->instance));
    s->has_instances = 1;
    if (s->r_kind == MI_R_AUTO)
        s->r_kind = !o->instances_only && marks_views(s, set, members) ? MI_R_POSITIVE : MI_R_ID;
    return MI_OK;
}

static mi_status read_r(mi_sample *s, mi_features *f, size_t i, const mi_sample_opts *o, size_t n)
{
    const mi_set *set = mi_features_set(f, i);
    mi_column *c = &s->column[MI_R];
    if (s->r_kind == MI_R_TARGET) {
        MI_TRY(read_column(s, f, i, MI_R, o, n));
        return mention_target(c, f, i, o);
    }
    *c = (mi_column){.present = 1, .d = set->member[MI_R].d, .kernel = {.kind = MI_KERNEL_DELTA}};
    return s->r_kind == MI_R_ID ? mi_groups_gather(&c->groups, &s->instance.groups, NULL, s->n)
                                : MI_OK;
}

/* Bytes of a value in memory: itself, and the copy that a pass over tiles makes: of doubles, and under
 * a gaussian kernel, in single precision; under a laplacian one in double. */
static double value_bytes(const mi_set *set, mi_member_id m, const mi_sample_opts *o, size_t n)
{
    double itself = mi_member_is_double(&set->member[m]) ? 8 : 4, copy = itself == 8 ? 4 : 0;
    for (size_t k = 0; k < n; k++) {
        mi_kernel_kind kind = kernel_of(&o[k], set, m).kind;
        double needs = kind == MI_KERNEL_LAPLACIAN ? 8 : kind == MI_KERNEL_GAUSSIAN ? 4 : 0;
        copy = needs > copy ? needs : copy;
    }
    return itself + copy;
}

/* Whether the features stay in the file, judged before they are read. R = positive is a copy of z2. */
static int is_too_large(const mi_set *set, unsigned members, mi_r_kind r_kind,
                        const mi_sample_opts *o, size_t n)
{
    double bytes = 0;
    for (mi_member_id m = MI_Z1; m <= MI_R; m++) {
        const mi_member *k = &set->member[m];
        double copies = m == MI_Z2 && r_kind == MI_R_POSITIVE ? 2 : 1;
        if ((members >> m & 1) && k->present && (m != MI_R || k->cls == MI_CLASS_FLOAT))
            bytes += copies * (double)k->n * (double)k->d * value_bytes(set, m, o, n);
    }
    return o->memory_bytes && bytes > (double)mi_sample_share(o->memory_bytes);
}

static mi_status read_weights(mi_sample *s, mi_features *f, size_t i)
{
    mi_mat x;
    double *w;
    MI_TRY(mi_features_read(f, i, MI_W, &x));
    mi_status status = MI_NEW_RAW(w, x.n);
    if (status == MI_OK) {
        mi_mat_rows_f64(w, &x, NULL, x.n, NULL, NULL);
        status = name_set(mi_sample_weigh(s, w), mi_features_set(f, i));
        mi_free(w);
    }
    mi_mat_free(&x);
    return status;
}

static mi_status read_members(mi_sample *s, mi_features *f, size_t i, unsigned members,
                              const mi_sample_opts *o, size_t n)
{
    const mi_set *set = mi_features_set(f, i);
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++)
        if ((members >> m & 1) && set->member[m].present)
            s->n = set->member[m].n;
    if ((members >> MI_R & 1) && set->member[MI_R].present)
        MI_TRY(read_instances(s, f, i, members, o));
    if (o->weights) {
        MI_WANT(set->member[MI_W].present, "weights of a set without w");
        MI_TRY(read_weights(s, f, i));
    }
    s->memory_bytes = !o->weights && is_too_large(set, members, s->r_kind, o, n)
                          ? o->memory_bytes
                          : 0; /* weighted rows are in memory */
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++) {
        if (!(members >> m & 1) || !set->member[m].present)
            continue;
        if (m == MI_R)
            MI_TRY(read_r(s, f, i, o, n));
        else if (m == MI_Y)
            MI_TRY(read_labels(s, f, i));
        else
            MI_TRY(read_column(s, f, i, m, o, n));
    }
    return MI_OK;
}

/* R is real where it is a target. */
static int is_gram(const mi_sample_opts *o, const mi_set *set, mi_member_id m)
{
    int is_target = o->r_kind == MI_R_TARGET ||
                    (o->r_kind == MI_R_AUTO && set->member[MI_R].cls == MI_CLASS_FLOAT);
    return set->member[m].present && o->chosen[m] && o->kernel[m].kind == MI_KERNEL_PRECOMPUTED &&
           (m != MI_R || is_target);
}

mi_status mi_sample_shapes(const mi_features *f, size_t i, unsigned members,
                           const mi_sample_opts *o)
{
    const mi_set *set = mi_features_set(f, i);
    MI_WANT(set && o, "shapes of %s", set ? "a sample without options" : "a set there is not");
    for (mi_member_id m = MI_Z1; m <= MI_R; m++) {
        const mi_member *k = &set->member[m];
        if ((members >> m & 1) && is_gram(o, set, m) && k->n != k->d)
            return mi_fail(
                MI_EDATA,
                "%s:%s: %s: %zu rows of %zu numbers are no precomputed kernel, wanted as "
                "many numbers as rows: the inner products of rows",
                set->file, set->group, mi_member_name(m), k->n, k->d);
    }
    return MI_OK;
}

static mi_status check_request(const mi_features *f, size_t i, unsigned members,
                               const mi_sample_opts *o, size_t n)
{
    MI_WANT(mi_features_set(f, i), "feature set %zu of %zu", i, mi_features_count(f));
    MI_WANT(members >> MI_MEMBERS == 0, "members 0x%x, wanted bits of mi_member_id", members);
    MI_WANT(o && n > 0, "a sample without options");
    for (size_t k = 0; k < n; k++)
        MI_TRY(mi_sample_opts_check(&o[k]));
    for (size_t k = 0; k < n; k++)
        MI_TRY(mi_sample_shapes(f, i, members, &o[k]));
    return MI_OK;
}

mi_status mi_sample_read(mi_sample *out, mi_features *f, size_t i, unsigned members,
                         const mi_sample_opts *o, size_t n)
{
    MI_WANT(out, "a feature set to read without a sample");
    *out = (mi_sample){0};
    MI_TRY(check_request(f, i, members, o, n));
    mi_status status = read_members(out, f, i, members, o, n);
    if (status != MI_OK)
        mi_sample_free(out);
    return status;
}

/* ---- a sample under some kernels, of what was read ---- */

/* A column as rows or as groups; float rows become groups of their own under the delta kernel. */
static mi_status apply_kernel(mi_column *c, const mi_member *member, mi_kernel kernel)
{
    mi_mat x = c->x;
    c->kernel = kernel;
    if (kernel.kind != MI_KERNEL_DELTA) {
        c->is_real = 1;
        c->groups = (mi_groups){0};
        return MI_OK;
    }
    c->x = (mi_mat){0};
    if (member->cls != MI_CLASS_FLOAT)
        return MI_OK;
    c->borrows = 0;
    return mi_groups_of_rows(&c->groups, &x);
}

static mi_status make(mi_sample *s, const mi_set *set, const mi_sample_opts *o)
{
    for (mi_member_id m = MI_Z1; m <= MI_R; m++)
        if (s->column[m].present && (m != MI_R || s->r_kind == MI_R_TARGET))
            MI_TRY(apply_kernel(&s->column[m], &set->member[m], kernel_of(o, set, m)));
    return name_set(mi_sample_finish(s, o), set);
}

static const mi_groups *as_symbols(const mi_sample *s, mi_member_id m, const mi_sample_opts *o)
{
    const mi_column *c = &s->column[m];
    return c->present && !c->is_real && !o->chosen[m] ? &c->groups : NULL;
}

static void mention_doubts(const mi_sample *s, mi_features *f, size_t i, const mi_sample_opts *o)
{
    const mi_column *z1 = &s->column[MI_Z1], *z2 = &s->column[MI_Z2];
    mi_in_hand has = {
        .z1 = z1->is_real ? &z1->x : NULL,
        .z2 = z2->is_real ? &z2->x : NULL,
        .symbols = {as_symbols(s, MI_Z1, o), as_symbols(s, MI_Z2, o)},
        .instance = s->has_instances ? &s->instance.groups : NULL,
        .y = s->column[MI_Y].present ? &s->column[MI_Y].groups : NULL,
        .is_finite = 1,
    };
    mi_meant(f, i, &has);
}

mi_status mi_sample_make(mi_sample *out, const mi_sample *read, mi_features *f, size_t i,
                         const mi_sample_opts *o)
{
    MI_WANT(out && read, "a sample to make without %s", out ? "what was read" : "a result");
    *out = (mi_sample){0};
    MI_TRY(check_request(f, i, 0, o, 1));
    *out = *read;
    out->weight = NULL;
    for (int m = 0; m < MI_MEMBERS; m++)
        out->column[m].borrows = 1;
    out->borrows_instance = read->has_instances;
    mi_status status = read->weight ? mi_sample_weigh(out, read->weight) : MI_OK;
    if (status == MI_OK)
        status = make(out, mi_features_set(f, i), o);
    if (status == MI_OK)
        mention_doubts(out, f, i, o);
    else
        mi_sample_free(out);
    return status;
}

/* What s borrows becomes its own; the rest of what was read is freed. */
static void take_over(mi_sample *s, mi_sample *read)
{
    for (int m = 0; m < MI_MEMBERS; m++) {
        if (!s->column[m].borrows)
            continue;
        read->column[m].borrows = 1;
        s->column[m].borrows = 0;
    }
    read->borrows_instance = s->borrows_instance;
    s->borrows_instance = 0;
    mi_sample_free(read);
}

mi_status mi_sample_load(mi_sample *out, mi_features *f, size_t i, unsigned members,
                         const mi_sample_opts *o)
{
    MI_WANT(out, "a feature set to read without a sample");
    *out = (mi_sample){0};
    mi_sample read;
    MI_TRY(mi_sample_read(&read, f, i, members, o, 1));
    mi_status status = mi_sample_make(out, &read, f, i, o);
    if (status == MI_OK)
        take_over(out, &read);
    else
        mi_sample_free(&read);
    return status;
}
