/* mi-probe - measured utility: how well probes of Z1 and Z2 tell the labels. */
#include <string.h>

#include "notes.h"
#include "probe_options.h"
#include "room.h"

static const char *const columns[] = {
    "variable",    "probe",     "n",      "instances",     "d",
    "classes",     "n_train",   "n_val",  "n_test",        "split",
    "test_share",  "val_share", "n_eff",  "accuracy",      "accuracy_lo",
    "accuracy_hi", "level",     "H_Y",    "cross_entropy", "I_V",
    "l2",          "k",         "hidden", "temperature",   "seed"};
#define N_COLUMNS (sizeof columns / sizeof *columns)
enum { N_SETTINGS = 13 }; /* up to n_eff */

/* One set on its way into the table. */
typedef struct {
    mi_table_writer *w;
    const probe_options *o;
    const mi_set *set;
    mi_probe_labels labels;
    mi_split split;
    mi_mat x[2];
    mi_probe_job job[2 * MI_PROBES];
    mi_member_id variable[2 * MI_PROBES];
    size_t n_jobs;
    size_t memory_bytes; /* for the probes; 0: no limit was given */
} probing;

/* ---- checks before the first row ---- */

static mi_status check_sets(mi_features *f, const probe_options *o)
{
    const unsigned optional = 1u << MI_R | (o->split == PROBE_SPLIT_SEEDED ? 0 : 1u << MI_SPLIT);
    unsigned needed =
        1u << MI_Y | o->input.required | (o->split == PROBE_SPLIT_MEMBER ? 1u << MI_SPLIT : 0);
    if (o->of_given)
        needed |= o->variables << MI_Z1;
    for (size_t i = 0; i < mi_features_count(f); i++) {
        MI_TRY(mi_features_check(f, i, needed, optional | o->variables << MI_Z1));
    }
    return MI_OK;
}

/* ---- one set ---- */

static mi_status load_variable(probing *p, mi_features *f, size_t i, mi_member_id m)
{
    mi_mat *x = &p->x[m - MI_Z1];
    size_t zero;
    MI_TRY(mi_features_read(f, i, m, x));
    MI_TRY(mi_meant_finite(&zero, f, i, m, x));
    for (mi_probe_kind k = MI_PROBE_LINEAR; k < MI_PROBES; k++) {
        if (!(p->o->probes & 1u << k))
            continue;
        p->variable[p->n_jobs] = m;
        p->job[p->n_jobs++] = (mi_probe_job){.x = x, .name = mi_member_name(m), .kind = k};
    }
    return MI_OK;
}

/* Features and labels are in memory, once; the probes have what is left. */
static mi_status reserve(probing *p, mi_features *f, size_t i)
{
    unsigned features = p->o->variables << MI_Z1;
    unsigned labels = 1u << MI_Y | 1u << MI_SPLIT;
    if (p->set->member[MI_R].cls != MI_CLASS_FLOAT)
        labels |= 1u << MI_R;
    double needed =
        mi_features_besides(f, i, features | labels) + mi_features_values_bytes(f, i, features);
    MI_TRY(room_for(p->set, "its features need", needed, p->o->memory_bytes));
    p->memory_bytes = p->o->memory_bytes ? p->o->memory_bytes - (size_t)needed : 0;
    return MI_OK;
}

static mi_status load(probing *p, mi_features *f, size_t i)
{
    MI_TRY(reserve(p, f, i));
    MI_TRY(mi_probe_labels_read(&p->labels, f, i, p->o->split != PROBE_SPLIT_SEEDED));
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
        if (p->o->variables & 1u << (m - MI_Z1) && p->set->member[m].present)
            MI_TRY(load_variable(p, f, i, m));
    if (p->labels.y.groups.g == 1)
        tool_warn("%s:%s: y has one class: every probe is right and I_V is 0", p->set->file,
                  p->set->group);
    return MI_OK;
}

static mi_status compute(probing *p)
{
    const mi_labels *y = &p->labels.y, *instance = &p->labels.instance;
    mi_run run;
    mi_run_default(&run);
    run.threads = p->o->threads;
    run.memory_bytes = p->memory_bytes;
    mi_status status = mi_split_make(&p->split, y, instance, p->labels.is_test, &p->o->split_opts);
    if (status == MI_OK)
        status = mi_probes(p->job, p->n_jobs, &y->groups, &instance->groups, &p->split,
                           &p->o->probe, &run);
    return status == MI_OK ? MI_OK : mi_fail_in(status, "%s:%s", p->set->file, p->set->group);
}

/* ---- rows ---- */

static mi_status put_count(mi_table_writer *w, const char *column, size_t count)
{
    return mi_table_int(w, column, (long long)count);
}

static mi_status put_set(const probing *p)
{
    const probe_options *o = p->o;
    mi_table_writer *w = p->w;
    MI_TRY(mi_table_text(w, "file", p->set->file));
    MI_TRY(mi_table_text(w, "group", p->set->group));
    MI_TRY(mi_table_attrs(w, p->set));
    MI_TRY(put_count(w, "n", p->labels.y.groups.n));
    if (p->labels.has_instances)
        MI_TRY(put_count(w, "instances", p->labels.instance.groups.g));
    MI_TRY(put_count(w, "classes", p->labels.y.groups.g));
    MI_TRY(put_count(w, "n_train", p->split.n[MI_TRAIN]));
    MI_TRY(put_count(w, "n_val", p->split.n[MI_VAL]));
    MI_TRY(put_count(w, "n_test", p->split.n[MI_TEST]));
    MI_TRY(mi_table_text(w, "split", p->labels.is_test ? "member" : "seeded"));
    if (!p->labels.is_test)
        MI_TRY(mi_table_real(w, "test_share", o->split_opts.test));
    MI_TRY(mi_table_real(w, "val_share", o->split_opts.val));
    MI_TRY(mi_table_real(w, "level", o->probe.level));
    return mi_table_int(w, "seed", (long long)o->probe.seed);
}

static mi_status put_result(mi_table_writer *w, const mi_probe_job *job)
{
    const mi_probe_result *r = &job->result;
    MI_TRY(mi_table_text(w, "probe", mi_probe_name(job->kind)));
    MI_TRY(put_count(w, "d", job->x->d));
    MI_TRY(mi_table_real(w, "n_eff", r->n_eff));
    MI_TRY(mi_table_real(w, "accuracy", r->accuracy));
    MI_TRY(mi_table_real(w, "accuracy_lo", r->accuracy_lo));
    MI_TRY(mi_table_real(w, "accuracy_hi", r->accuracy_hi));
    MI_TRY(mi_table_real(w, "H_Y", r->h_y));
    MI_TRY(mi_table_real(w, "cross_entropy", r->cross_entropy));
    MI_TRY(mi_table_real(w, "I_V", r->i_v));
    MI_TRY(mi_table_real(w, "l2", r->l2));
    if (r->k)
        MI_TRY(put_count(w, "k", r->k));
    if (r->hidden)
        MI_TRY(put_count(w, "hidden", r->hidden));
    return mi_table_real(w, "temperature", r->temperature);
}

static mi_status keep_result(notes *kept, const mi_set *set, mi_member_id m,
                             const mi_probe_job *job)
{
    const mi_probe_result *r = &job->result;
    const struct {
        const char *quantity;
        double value;
    } rows[] = {{"accuracy", r->accuracy},
                {"accuracy_lo", r->accuracy_lo},
                {"accuracy_hi", r->accuracy_hi},
                {"cross_entropy", r->cross_entropy},
                {"I_V", r->i_v}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        MI_TRY(notes_add(kept, set, rows[k].value, "probe_%s_%s_%s", mi_member_name(m),
                         mi_probe_name(job->kind), rows[k].quantity));
    return MI_OK;
}

static mi_status one_set(mi_table_writer *w, mi_features *f, size_t i, const probe_options *o,
                         notes *kept)
{
    probing p = {.w = w, .o = o, .set = mi_features_set(f, i)};
    mi_status status;
    MI_TRY_GOTO(status, load(&p, f, i), done);
    MI_TRY_GOTO(status, compute(&p), done);
    for (size_t j = 0; j < p.n_jobs; j++) {
        MI_TRY_GOTO(status, put_set(&p), done);
        MI_TRY_GOTO(status, mi_table_text(w, "variable", mi_member_name(p.variable[j])), done);
        MI_TRY_GOTO(status, put_result(w, &p.job[j]), done);
        MI_TRY_GOTO(status, mi_table_end_row(w), done);
    }
    for (size_t j = 0; o->write && j < p.n_jobs; j++)
        MI_TRY_GOTO(status, keep_result(kept, p.set, p.variable[j], &p.job[j]), done);
done:
    mi_probe_labels_free(&p.labels);
    mi_split_free(&p.split);
    mi_mat_free(&p.x[0]);
    mi_mat_free(&p.x[1]);
    return status;
}

static mi_status leave_room(probe_options *o)
{
    mi_run run;
    mi_run_default(&run);
    run.threads = o->threads;
    MI_TRY(room_leave(&o->memory_bytes, mi_run_threads(&run)));
    o->input.features.memory_bytes = o->memory_bytes;
    return MI_OK;
}

static mi_status declare(mi_table_writer *w, const mi_features *f)
{
    MI_TRY(mi_table_setting_column(w, "file"));
    MI_TRY(mi_table_setting_column(w, "group"));
    MI_TRY(mi_table_attr_columns(w, f));
    for (size_t k = 0; k < N_COLUMNS; k++)
        MI_TRY(k < N_SETTINGS ? mi_table_setting_column(w, columns[k])
                              : mi_table_column(w, columns[k]));
    return MI_OK;
}

/* *exit_code: of the first set that failed, which has been told. */
static mi_status all_sets(mi_table_writer *w, mi_features *f, const probe_options *o, notes *kept,
                          int *exit_code)
{
    MI_TRY(declare(w, f));
    MI_TRY(tool_table_choose(w, &o->table));
    for (size_t i = 0; i < mi_features_count(f); i++) {
        mi_status status = one_set(w, f, i, o, kept);
        if (status == MI_EWRITE)
            return status;
        if (status == MI_OK)
            continue;
        int code = tool_fail(status);
        *exit_code = *exit_code ? *exit_code : code;
        if (!o->input.keep_going)
            break;
    }
    /* After a failure there is no header without rows. */
    return *exit_code ? mi_table_show(w) : mi_table_end(w);
}

/* Members, as bits. */
static unsigned computed_with(const probe_options *o)
{
    return o->variables << MI_Z1 | 1u << MI_Y | 1u << MI_R | 1u << MI_SPLIT;
}

static void hint_at_matrix_information(int exit_code)
{
    if (!exit_code && tool_is_terminal())
        tool_hint("I_V is Shannon information, at most I(Y;Z); the I_Y_Z1 of mi-bounds is matrix "
                  "information, which it need not be below: man mi-guide");
}

int main(int argc, char **argv)
{
    probe_options o;
    mi_features *f = NULL;
    mi_table_writer *w = NULL;
    tool_output out = {0};
    notes kept = {0};
    int first, exit_code = 0;
    mi_status status;

    probe_options_parse(argc, argv, &o, &first);
    MI_TRY_GOTO(status, leave_room(&o), done);
    if (o.write)
        MI_TRY_GOTO(status, notes_check("write", argc - first, argv + first), done);
    MI_TRY_GOTO(status,
                mi_features_open(&f, (const char *const *)argv + first, (size_t)(argc - first),
                                 &o.input.features),
                done);
    MI_TRY_GOTO(status, check_sets(f, &o), done);
    MI_TRY_GOTO(status, tool_table_open(&out, &w, &o.table), done);
    if (o.write)
        MI_TRY_GOTO(status, notes_look(&kept, f, &o.input.features, computed_with(&o)), done);
    MI_TRY_GOTO(status, all_sets(w, f, &o, &kept, &exit_code), done);
    if (exit_code && !o.input.keep_going)
        goto done;
    MI_TRY_GOTO(status, tool_output_close(&out), done);
    mi_features_let_go(f);
    status = notes_write(&kept, o.no_history);
done:
    if (status != MI_OK)
        exit_code = tool_fail(status);
    hint_at_matrix_information(exit_code);
    tool_output_discard(&out);
    mi_table_writer_free(w);
    notes_free(&kept);
    mi_features_close(f);
    mi_features_opts_free(&o.input.features);
    return exit_code;
}
