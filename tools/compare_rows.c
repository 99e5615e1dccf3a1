#include "compare_rows.h"

/* clang-format off */
static const char *const columns[] = {
    "file_a", "group_a", "file_b", "group_b",
    "n", "instances_a", "instances_b", "shared", "d1_a", "d1_b", "d2_a", "d2_b", "classes",
    "alpha", "kernel_a", "kernel_b", "r_kind", "i_z1_r_by", "preset", "estimator", "batch", "seed",
    "tolerance", "permutations", "base", "zero_rows", "level",
    "term", "a", "b", "difference", "difference_se", "unpaired_se", "degrees", "se_by", "lo", "hi", "p"};
/* clang-format on */
enum { N_SETTINGS = 27 }; /* up to `level` */

mi_status compare_columns(mi_table_writer *w)
{
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        MI_TRY(k < N_SETTINGS ? mi_table_setting_column(w, columns[k])
                              : mi_table_column(w, columns[k]));
    return MI_OK;
}

enum { A, B, SIDES };

/* ---- what a row is of ---- */

static mi_status put_features(const compare_pair *p, int has_r)
{
    static const char *const name[SIDES][3] = {{"d1_a", "d2_a", "kernel_a"},
                                               {"d1_b", "d2_b", "kernel_b"}};
    const mi_sample *side[SIDES] = {&p->matched.a, &p->matched.b};
    char kernels[MI_KERNELS_NAME];
    for (int k = 0; k < SIDES; k++) {
        for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
            if (side[k]->column[m].present)
                MI_TRY(mi_table_int(p->table, name[k][m], (long long)side[k]->column[m].d));
        MI_TRY(mi_table_text(p->table, name[k][2],
                             mi_sample_kernels(side[k], kernels, sizeof kernels)));
    }
    if (side[A]->column[MI_Y].present)
        MI_TRY(mi_table_int(p->table, "classes", (long long)side[A]->column[MI_Y].groups.g));
    if (has_r && side[A]->column[MI_R].present)
        MI_TRY(mi_table_text(p->table, "r_kind", mi_r_kind_name(side[A]->r_kind)));
    return MI_OK;
}

static mi_status put_sets(const compare_pair *p, int has_r)
{
    MI_TRY(mi_table_text(p->table, "file_a", p->set[A]->file));
    MI_TRY(mi_table_text(p->table, "group_a", p->set[A]->group));
    MI_TRY(mi_table_text(p->table, "file_b", p->set[B]->file));
    MI_TRY(mi_table_text(p->table, "group_b", p->set[B]->group));
    MI_TRY(mi_table_int(p->table, "n", (long long)p->matched.a.n));
    MI_TRY(mi_table_int(p->table, "instances_a", (long long)p->matched.instances_a));
    MI_TRY(mi_table_int(p->table, "instances_b", (long long)p->matched.instances_b));
    MI_TRY(mi_table_int(p->table, "shared", (long long)p->matched.a.instance.groups.g));
    return put_features(p, has_r);
}

/* Settings. i_z1_r_by and preset are of terms alone. */
static mi_status put_settings(const compare_pair *p, double alpha, int is_term)
{
    const compare_opts *o = p->o;
    const estimate_opts *e = &o->estimate;
    mi_estimator estimator = is_term ? o->bounds.estimator : MI_ESTIMATOR_V;
    char name[64];
    MI_TRY(mi_table_real(p->table, "alpha", alpha));
    if (is_term) {
        MI_TRY(mi_table_text(p->table, "i_z1_r_by",
                             mi_i_z1_r_name(&o->bounds.i_z1_r, name, sizeof name)));
        MI_TRY(mi_table_text(p->table, "preset", mi_preset_name(o->bounds.preset)));
    }
    MI_TRY(mi_table_text(p->table, "estimator", mi_estimator_name(estimator)));
    if (p->batch)
        MI_TRY(mi_table_int(p->table, "batch", (long long)p->batch));
    if (e->shuffled)
        MI_TRY(mi_table_int(p->table, "seed", (long long)e->run.seed));
    if (e->run.tolerance > 0)
        MI_TRY(mi_table_real(p->table, "tolerance", e->run.tolerance));
    if (o->bounds.permutations)
        MI_TRY(mi_table_int(p->table, "permutations", (long long)o->bounds.permutations));
    MI_TRY(estimate_base_cell(p->table, e->base));
    MI_TRY(mi_table_text(p->table, "zero_rows", e->sample.drop_zero_rows ? "drop" : "error"));
    return mi_table_real(p->table, "level", o->level);
}

/* ---- rows ---- */

/* Of a term of the bounds (f: NULL), or of an expression. */
static mi_status write_row(const compare_pair *p, double alpha, const char *term,
                           const mi_measured_form *f, const mi_difference *d)
{
    const mi_forms one = {.form = (mi_measured_form *)f, .count = f != NULL};
    MI_TRY(put_sets(p, !f || mi_forms_members(&one) >> MI_R & 1));
    MI_TRY(put_settings(p, alpha, !f));
    MI_TRY(mi_table_text(p->table, "term", term));
    MI_TRY(mi_table_real(p->table, "a", d->a));
    MI_TRY(mi_table_real(p->table, "b", d->b));
    MI_TRY(mi_table_real(p->table, "difference", d->difference));
    MI_TRY(mi_table_real(p->table, "difference_se", d->se));
    MI_TRY(mi_table_real(p->table, "unpaired_se", d->unpaired_se));
    MI_TRY(mi_table_real(p->table, "degrees", d->degrees));
    MI_TRY(mi_table_text(p->table, "se_by", mi_se_by_name(d->se_by)));
    MI_TRY(mi_table_real(p->table, "lo", d->lo));
    MI_TRY(mi_table_real(p->table, "hi", d->hi));
    MI_TRY(mi_table_real(p->table, "p", d->p));
    return mi_table_end_row(p->table);
}

static mi_status write_terms(const compare_pair *p)
{
    mi_bounds_opts o = p->o->bounds;
    mi_difference *d;
    mi_status status;
    o.batch = p->batch;
    o.shuffled = p->o->estimate.shuffled;
    MI_TRY(MI_NEW(d, o.n_alpha * MI_BOUNDS_NUMBERS));
    MI_TRY_GOTO(status, mi_compare_bounds(d, &p->matched, &o, p->o->level, p->run), done);
    for (size_t a = 0; a < o.n_alpha; a++)
        for (size_t k = 0; k < MI_BOUNDS_NUMBERS; k++)
            if (p->o->wanted[k])
                MI_TRY_GOTO(status,
                            write_row(p, o.alpha[a], mi_bounds_number_name(k), NULL,
                                      &d[a * MI_BOUNDS_NUMBERS + k]),
                            done);
done:
    mi_free(d);
    return status;
}

/* Readings of one expression: "I(z1:z2)", "I_geo(z1:z2)", "I_calibrated(z1:z2)", "S(z1|y)". */
static mi_status write_readings(const compare_pair *p, double alpha, const mi_measured_form *f,
                                const mi_difference *d)
{
    const mi_expression *e = &f->expression;
    mi_form_kind kind = e->n_parts == 1 ? MI_FORM_IS_ENTROPY : MI_FORM_IS_INFORMATION;
    for (mi_reading i = 0; i < MI_READINGS; i++) {
        int has_row = i == MI_PLAIN ||
                      (i == MI_ABOVE_CHANCE ? e->n_parts == 2 && !e->given
                                            : p->o->normalize && kind == MI_FORM_IS_INFORMATION);
        char term[256];
        snprintf(term, sizeof term, "%s(%s)", mi_reading_name(i, kind), f->text);
        if (has_row)
            MI_TRY(write_row(p, alpha, term, f, &d[i]));
    }
    return MI_OK;
}

static mi_status write_forms(const compare_pair *p)
{
    const mi_forms *f = &p->o->forms;
    mi_measure_opts o;
    mi_difference *d;
    mi_status status;
    mi_measure_opts_default(&o);
    o.alpha = p->o->bounds.alpha;
    o.n_alpha = p->o->bounds.n_alpha;
    o.base = p->o->bounds.base;
    o.permutations = p->o->bounds.permutations;
    o.batch = p->batch;
    o.shuffled = p->o->estimate.shuffled;
    MI_TRY(MI_NEW(d, o.n_alpha * f->count * MI_READINGS));
    MI_TRY_GOTO(status, mi_compare_forms(d, &p->matched, f, &o, p->o->level, p->run), done);
    for (size_t a = 0; a < o.n_alpha; a++)
        for (size_t k = 0; k < f->count; k++)
            MI_TRY_GOTO(
                status,
                write_readings(p, o.alpha[a], &f->form[k], &d[(a * f->count + k) * MI_READINGS]),
                done);
done:
    mi_free(d);
    return status;
}

mi_status compare_rows(compare_pair *p)
{
    const estimate_opts *e = &p->o->estimate;
    for (size_t k = 0; k < e->batches.count; k++) {
        p->batch = e->batches.value[k];
        if (p->o->has_terms)
            MI_TRY(write_terms(p));
        if (p->o->forms.count)
            MI_TRY(write_forms(p));
    }
    return MI_OK;
}
