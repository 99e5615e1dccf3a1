#include "align_rows.h"

#include <math.h>
#include <stdio.h>

#include "matched.h"

/* ---- columns ---- */

/* clang-format off */
static const char *const settings[] = {
    "file_a", "group_a", "epoch_a", "file_b", "group_b", "epoch_b", "variables", "class",
    "n", "instances_a", "instances_b", "shared", "d_a", "d_b",
    "alpha", "kernel_a", "kernel_b", "inner", "neighbours", "variance", "components_a", "components_b",
    "permutations", "seed", "route", "tolerance", "half_width", "degrees", "se_by", "base", "zero_rows"};
/* clang-format on */
#define COUNT(list) (sizeof(list) / sizeof *(list))

static int is_wanted(const align_opts *o, mi_align_term t)
{
    return (int)(o->align.terms >> t & 1);
}

static int can_have_error(mi_align_term t)
{
    return t == MI_ALIGN_I || t == MI_ALIGN_I_CALIBRATED || t == MI_ALIGN_CKA ||
           t == MI_ALIGN_CKA_DEBIASED;
}

/* What a term has beside its value. */
typedef struct {
    const char *suffix;
    size_t at;
} null_column;

static const null_column nulls[] = {{"null", offsetof(mi_alignment, null)},
                                    {"null_sd", offsetof(mi_alignment, null_sd)},
                                    {"p", offsetof(mi_alignment, p)}};

/* The level by chance of the information is there without re-pairings too. */
static int has_null(const align_opts *o, mi_align_term t, size_t k)
{
    return is_wanted(o, t) && mi_align_is_tested(t) &&
           (o->align.permutations || (t == MI_ALIGN_I && k == 0));
}

static const char *name_of_null(char *buffer, mi_align_term t, size_t k)
{
    snprintf(buffer, ESTIMATE_COLUMN_BYTES, "%s_%s", mi_align_name(t), nulls[k].suffix);
    return buffer;
}

static mi_status declare_nulls(mi_table_writer *w, const align_opts *o)
{
    char name[ESTIMATE_COLUMN_BYTES];
    for (size_t k = 0; k < COUNT(nulls); k++)
        for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++)
            if (has_null(o, t, k))
                MI_TRY(mi_table_column(w, name_of_null(name, t, k)));
    return MI_OK;
}

mi_status align_columns(mi_table_writer *w, const align_opts *o)
{
    const char *with_error[MI_ALIGN_TERMS];
    const char *name[ESTIMATE_ERROR_COLUMNS * MI_ALIGN_TERMS];
    char made[ESTIMATE_ERROR_COLUMNS * MI_ALIGN_TERMS][ESTIMATE_COLUMN_BYTES];
    size_t n = 0;
    for (size_t k = 0; k < COUNT(settings); k++)
        MI_TRY(mi_table_setting_column(w, settings[k]));
    for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++) {
        if (!is_wanted(o, t))
            continue;
        MI_TRY(mi_table_column(w, mi_align_name(t)));
        if (can_have_error(t))
            with_error[n++] = mi_align_name(t);
    }
    MI_TRY(declare_nulls(w, o));
    n = estimate_error_columns(name, made, with_error, n, &o->errors);
    for (size_t k = 0; k < n; k++)
        MI_TRY(mi_table_column(w, name[k]));
    return MI_OK;
}

enum { A, B, SIDES };

/* ---- a row ---- */

static mi_status put_set(mi_table_writer *w, const mi_set *s, int side)
{
    static const char *const name[SIDES][3] = {{"file_a", "group_a", "epoch_a"},
                                               {"file_b", "group_b", "epoch_b"}};
    const mi_attr *epoch = mi_set_attr(s, "epoch");
    MI_TRY(mi_table_text(w, name[side][0], s->file));
    MI_TRY(mi_table_text(w, name[side][1], s->group));
    if (epoch && epoch->type != MI_ATTR_TEXT)
        MI_TRY(mi_table_real(w, name[side][2], epoch->real));
    return MI_OK;
}

static mi_status put_variables(const align_pair *p, const align_variables *v)
{
    static const char *const name[SIDES][3] = {{"d_a", "kernel_a", "instances_a"},
                                               {"d_b", "kernel_b", "instances_b"}};
    const mi_member_id member[SIDES] = {v->x, v->y};
    mi_table_writer *w = p->table;
    char text[MI_KERNEL_NAME];
    for (int k = 0; k < SIDES; k++) {
        const mi_column *c = &p->sample[k]->column[member[k]];
        MI_TRY(put_set(w, p->set[k]->set, k));
        MI_TRY(mi_table_int(w, name[k][0], (long long)c->d));
        MI_TRY(mi_table_text(w, name[k][1], mi_kernel_name(&c->kernel, text, sizeof text)));
        MI_TRY(mi_table_int(w, name[k][2], (long long)p->instances[k]));
    }
    snprintf(text, sizeof text, "%s:%s", mi_member_name(v->x), mi_member_name(v->y));
    MI_TRY(mi_table_text(w, "variables", text));
    if (p->class)
        MI_TRY(mi_table_text(w, "class", p->class));
    MI_TRY(mi_table_int(w, "n", (long long)p->sample[A]->n));
    return mi_table_int(w, "shared", (long long)p->sample[A]->instance.groups.g);
}

static mi_status put_settings(const align_pair *p, double alpha, const mi_align_found *found)
{
    const align_opts *o = p->o;
    const estimate_opts *e = &o->estimate;
    mi_table_writer *w = p->table;
    MI_TRY(mi_table_real(w, "alpha", alpha));
    MI_TRY(mi_table_text(w, "inner", o->align.raw_rows ? "raw" : "cosine"));
    MI_TRY(mi_table_int(w, "neighbours", (long long)o->align.k));
    MI_TRY(mi_table_real(w, "variance", o->align.variance));
    if (is_wanted(o, MI_ALIGN_SVCCA)) {
        MI_TRY(mi_table_int(w, "components_a", (long long)found->kept_x));
        MI_TRY(mi_table_int(w, "components_b", (long long)found->kept_y));
    }
    if (o->align.permutations) {
        MI_TRY(mi_table_int(w, "permutations", (long long)o->align.permutations));
        MI_TRY(mi_table_int(w, "seed", (long long)e->run.seed));
    }
    if (e->run.tolerance > 0)
        MI_TRY(mi_table_real(w, "tolerance", e->run.tolerance));
    if (found->route != MI_ROUTE_AUTO) {
        MI_TRY(mi_table_text(w, "route", mi_route_name(found->route)));
        MI_TRY(mi_table_real(w, "half_width", found->half_width));
    }
    if (o->align.se)
        MI_TRY(mi_table_text(w, "se_by", mi_se_by_name(found->se_by)));
    MI_TRY(mi_table_real(w, "degrees", found->degrees));
    MI_TRY(estimate_base_cell(w, e->base));
    return mi_table_text(w, "zero_rows", e->sample.drop_zero_rows ? "drop" : "error");
}

static mi_status put_term(const align_pair *p, mi_align_term term, const mi_alignment *r,
                          const mi_align_found *found)
{
    char name[ESTIMATE_COLUMN_BYTES];
    MI_TRY(mi_table_real(p->table, mi_align_name(term), r->value));
    for (size_t k = 0; k < COUNT(nulls); k++)
        if (has_null(p->o, term, k))
            MI_TRY(mi_table_real(p->table, name_of_null(name, term, k),
                                 *(const double *)((const char *)r + nulls[k].at)));
    if (!can_have_error(term))
        return MI_OK;
    return estimate_error_cells(p->table, mi_align_name(term), r->value, r->se, found->degrees,
                                &p->o->errors);
}

static mi_status write_rows(const align_pair *p, const align_variables *v, const mi_alignment *r,
                            const mi_align_found *found)
{
    const align_opts *o = p->o;
    for (size_t a = 0; a < o->align.n_alpha; a++) {
        MI_TRY(put_variables(p, v));
        MI_TRY(put_settings(p, o->align.alpha[a], &found[a]));
        for (mi_align_term k = 0; k < MI_ALIGN_TERMS; k++)
            if (is_wanted(o, k))
                MI_TRY(put_term(p, k, &r[a * MI_ALIGN_TERMS + k], &found[a]));
        MI_TRY(mi_table_end_row(p->table));
    }
    return MI_OK;
}

/* Where the level by chance is known, at order 2 or by re-pairings, but no room is left above it. */
static void mention_chance(const align_pair *p, const mi_alignment *r, double alpha)
{
    char name[600];
    if (*p->has_warned_of_chance || !is_wanted(p->o, MI_ALIGN_I_ADJUSTED) ||
        !(alpha == 2 || p->o->align.permutations) || !isnan(r[MI_ALIGN_I_ADJUSTED].value))
        return;
    *p->has_warned_of_chance = 1;
    tool_warn("%s: I_adjusted is nan: any pairing has as much information as the features with "
              "themselves, but for rounding",
              matched_name(p->set[A]->set, p->set[B]->set, name, sizeof name));
}

/* Sides that are kept are those of whole sets. */
static mi_status align(mi_alignment *r, mi_align_found *found, const align_pair *p,
                       const align_variables *v)
{
    const align_opts *o = p->o;
    const mi_run *run = &o->estimate.run;
    mi_align_side *x = NULL, *y = NULL;
    if (p->is_whole) {
        MI_TRY(align_set_side(&x, p->set[A], p->kernel, v->x, &o->align, run));
        MI_TRY(align_set_side(&y, p->set[B], p->kernel, v->y, &o->align, run));
    }
    return mi_align_sides(r, found, p->sample[A], v->x, x, p->sample[B], v->y, y, &o->align, run);
}

static mi_status align_all_variables(const align_pair *p)
{
    const align_opts *o = p->o;
    mi_alignment *r;
    mi_align_found *found = NULL;
    MI_TRY(MI_NEW(r, o->align.n_alpha * MI_ALIGN_TERMS));
    mi_status status = MI_NEW(found, o->align.n_alpha);
    for (size_t k = 0; status == MI_OK && k < o->pairs; k++) {
        status = align(r, found, p, &o->pair[k]);
        for (size_t a = 0; status == MI_OK && a < o->align.n_alpha; a++)
            mention_chance(p, r + a * MI_ALIGN_TERMS, o->align.alpha[a]);
        if (status == MI_OK)
            status = write_rows(p, &o->pair[k], r, found);
    }
    mi_free(r);
    mi_free(found);
    return status;
}

/* ---- class by class ---- */

/* The rows of a class, by the labels of the first side, on both sides. */
static mi_status align_class(const align_pair *p, const mi_labels *y, size_t c)
{
    char name[256];
    mi_sample rows[SIDES] = {{0}};
    align_pair part = *p;
    mi_status status = MI_OK;
    part.is_whole = 0;
    part.class = mi_label_name(y, mi_sample_class_as_read(p->sample[A], c), name, sizeof name);
    for (int k = 0; status == MI_OK && k < SIDES; k++) {
        status = mi_sample_class_of(&rows[k], p->sample[k], p->sample[A], c);
        part.sample[k] = &rows[k];
        part.instances[k] = rows[k].instance.groups.g;
    }
    if (status == MI_OK)
        status = align_all_variables(&part);
    if (status != MI_OK && status != MI_EWRITE)
        status = mi_fail_in(status, "class %s", part.class);
    mi_sample_free(&rows[A]);
    mi_sample_free(&rows[B]);
    return status;
}

mi_status align_rows(const align_pair *p)
{
    mi_labels y;
    MI_TRY(align_all_variables(p));
    if (!p->o->by_class)
        return MI_OK;
    MI_TRY(mi_features_read_labels(p->set[A]->f, p->set[A]->index, MI_Y, &y));
    mi_status status = MI_OK;
    for (size_t c = 0; status == MI_OK && c < p->sample[A]->column[MI_Y].groups.g; c++)
        status = align_class(p, &y, c);
    mi_labels_free(&y);
    return status;
}
