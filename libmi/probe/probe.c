/* Choose the settings of a probe on val, fit it again on train and val, judge it on test. */
#include "libmi/probe/probe.h"

#include <limits.h>
#include <math.h>

#include "libmi/base/interval.h"
#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"
#include "libmi/probe/private.h"

#define MOST_SETTINGS 16
#define PATIENCE      2 /* settings in a row that are no better, before the rest is not tried */

/* What all jobs share. */
typedef struct {
    mi_probe_job *job;
    mi_groups y, instance; /* of the rows of the split, in its order */
    const mi_split *split;
    const mi_probe_opts *opts;
    mi_run inside; /* for what a job does */
} probes;

/* A setting and what it reached on val. */
typedef struct {
    double setting, temperature, cross_entropy, cross_entropy_raw;
} choice;

const char *mi_probe_name(mi_probe_kind kind)
{
    static const char *const name[MI_PROBES] = {"linear", "knn", "mlp"};
    return (unsigned)kind < MI_PROBES ? name[kind] : "?";
}

void mi_probe_opts_default(mi_probe_opts *o)
{
    if (o)
        *o = (mi_probe_opts){.hidden = 32, .level = 0.95, .seed = 1};
}

/* ---- settings to choose from ---- */

/* The settings to try, from stiff to supple, so that of equals the stiffer is chosen. */
static size_t list_settings(double *setting, mi_probe_kind kind, const mi_probe_opts *o,
                            size_t n_fit)
{
    static const double neighbours[] = {200, 100, 50, 20, 10, 5, 2, 1};
    size_t n = 0;
    double given = kind == MI_PROBE_KNN ? (double)o->k : o->l2;
    if (given > 0)
        setting[n++] = given;
    else if (kind == MI_PROBE_KNN)
        for (size_t j = 0; j < sizeof neighbours / sizeof *neighbours; j++) {
            if (neighbours[j] <= (double)n_fit)
                setting[n++] = neighbours[j];
        }
    else if (kind == MI_PROBE_MLP)
        for (int e = 0; e >= -4; e--)
            setting[n++] = pow(10, e);
    else
        for (int e = 2; e >= -10; e--)
            setting[n++] = pow(10, 0.5 * e);
    return n;
}

/* ---- one stage: fit on the first rows of the split, answer for those after them ---- */

static mi_status open_stage(mi_stage *s, mi_model **m, const probes *p, const mi_probe_job *job,
                            mi_part ask)
{
    const mi_split *split = p->split;
    const mi_probe_opts *o = p->opts;
    *m = NULL;
    *s = (mi_stage){.n_fit = split->n[MI_TRAIN] + (ask == MI_TEST ? split->n[MI_VAL] : 0),
                    .n_ask = split->n[ask],
                    .d = job->x->d,
                    .classes = p->y.g,
                    .y = p->y.code};
    MI_TRY(MI_NEW_RAW(s->x, (s->n_fit + s->n_ask) * s->d));
    mi_mat_rows_f64(s->x, job->x, split->row, s->n_fit + s->n_ask, NULL, NULL);
    return job->kind == MI_PROBE_KNN
               ? mi_knn_new(m, s, &p->inside)
               : mi_network_new(m, s, job->kind == MI_PROBE_MLP ? o->hidden : 0, o->seed);
}

static void close_stage(mi_stage *s, mi_model *m)
{
    if (m)
        m->free(m);
    mi_free(s->x);
}

static mi_status choose(choice *best, mi_model *m, const mi_stage *s, const double *setting,
                        size_t n_settings)
{
    const int32_t *y = s->y + s->n_fit;
    double *logit;
    int worse = 0;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW_RAW(logit, s->n_ask * s->classes));
    *best = (choice){.cross_entropy = INFINITY};
    for (size_t k = 0; k < n_settings && worse < PATIENCE; k++) {
        MI_TRY_GOTO(status, m->answer(m, setting[k], logit), done);
        double t = mi_best_temperature(logit, y, s->n_ask, s->classes);
        double loss = mi_cross_entropy(logit, y, s->n_ask, s->classes, t);
        worse = loss < best->cross_entropy ? 0 : worse + 1;
        if (!worse)
            *best =
                (choice){setting[k], t, loss, mi_cross_entropy(logit, y, s->n_ask, s->classes, 1)};
    }
done:
    mi_free(logit);
    return status;
}

static mi_status choose_on_val(choice *best, const probes *p, const mi_probe_job *job)
{
    double setting[MOST_SETTINGS];
    size_t n = list_settings(setting, job->kind, p->opts, p->split->n[MI_TRAIN]);
    mi_stage s;
    mi_model *m;
    mi_status status = open_stage(&s, &m, p, job, MI_VAL);
    if (status == MI_OK)
        status = choose(best, m, &s, setting, n);
    close_stage(&s, m);
    return status;
}

/* ---- judging ---- */

static double entropy_of(const int32_t *y, size_t n, size_t classes, size_t *count)
{
    double h = 0;
    for (size_t i = 0; i < n; i++)
        count[y[i]]++;
    for (size_t c = 0; c < classes; c++) {
        double share = (double)count[c] / (double)n;
        h -= share > 0 ? share * log(share) : 0;
    }
    return h;
}

/* The last n rows of the split are test. */
static mi_status test_instances(mi_groups *out, const probes *p)
{
    size_t n = p->split->n[MI_TEST], first = p->instance.n - n, *row;
    MI_TRY(MI_NEW_RAW(row, n));
    for (size_t i = 0; i < n; i++)
        row[i] = first + i;
    mi_status status = mi_groups_gather(out, &p->instance, row, n);
    mi_free(row);
    return status;
}

static mi_status judge(mi_probe_result *r, const probes *p, const double *logit, const mi_stage *s)
{
    const int32_t *y = s->y + s->n_fit;
    mi_groups instance = {0};
    unsigned char *right = NULL;
    size_t *count = NULL;
    mi_status status;
    MI_TRY_GOTO(status, test_instances(&instance, p), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(right, s->n_ask), done);
    MI_TRY_GOTO(status, MI_NEW(count, s->classes), done);
    r->accuracy = (double)mi_mark_right(right, logit, y, s->n_ask, s->classes) / (double)s->n_ask;
    MI_TRY_GOTO(status, mi_effective_rows(&r->n_eff, right, &instance), done);
    mi_wilson(&r->accuracy_lo, &r->accuracy_hi, r->accuracy, r->n_eff, p->opts->level);
    r->h_y = entropy_of(y, s->n_ask, s->classes, count);
    r->cross_entropy = mi_cross_entropy(logit, y, s->n_ask, s->classes, r->temperature);
    r->i_v = r->h_y - r->cross_entropy;
done:
    mi_groups_free(&instance);
    mi_free(right);
    mi_free(count);
    return status;
}

static mi_status judge_on_test(mi_probe_result *r, const probes *p, const mi_probe_job *job,
                               double setting)
{
    mi_stage s;
    mi_model *m;
    double *logit = NULL;
    mi_status status;
    MI_TRY_GOTO(status, open_stage(&s, &m, p, job, MI_TEST), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(logit, s.n_ask * s.classes), done);
    MI_TRY_GOTO(status, m->answer(m, setting, logit), done);
    status = judge(r, p, logit, &s);
done:
    mi_free(logit);
    close_stage(&s, m);
    return status;
}

static mi_status run_job(void *arg, size_t task, int worker)
{
    const probes *p = arg;
    mi_probe_job *job = &p->job[task];
    mi_probe_result *r = &job->result;
    choice best = {0};
    (void)worker;
    MI_TRY(choose_on_val(&best, p, job));
    *r = (mi_probe_result){.temperature = best.temperature,
                           .val_cross_entropy = best.cross_entropy,
                           .val_cross_entropy_raw = best.cross_entropy_raw,
                           .l2 = NAN};
    if (job->kind == MI_PROBE_KNN)
        r->k = (size_t)best.setting;
    else
        r->l2 = best.setting;
    if (job->kind == MI_PROBE_MLP)
        r->hidden = p->opts->hidden;
    return judge_on_test(r, p, job, best.setting);
}

/* ---- all of them ---- */

/* Doubles that one thread holds at once, roughly: rows, hidden units, L-BFGS vectors, neighbours. */
static mi_status check_memory(const probes *p, size_t n_jobs, const mi_run *run)
{
    double n = (double)p->y.n, most = 0, classes = (double)p->y.g;
    double workers = mi_parallel_workers(run, n_jobs), allowed = (double)mi_run_memory_bytes(run);
    for (size_t k = 0; k < n_jobs; k++) {
        double d = (double)p->job[k].x->d;
        double h = p->job[k].kind == MI_PROBE_MLP ? (double)p->opts->hidden : 0;
        double weights = (d + 1) * h + (fmax(h, d) + 1) * classes;
        double neighbours = p->job[k].kind == MI_PROBE_KNN ? 1.5 * 200 * n : 0;
        most = fmax(most, n * (d + 2 * h + 2 * classes) + 25 * weights + neighbours);
    }
    if (8 * most * workers > allowed)
        return mi_fail(MI_EMEMORY,
                       "probes of %zu rows on %.0f threads need %.3g MB, allowed are %.3g MB%s",
                       p->y.n, workers, 8e-6 * most * workers, 1e-6 * allowed,
                       workers > 1 ? "; try one thread" : "");
    return MI_OK;
}

static mi_status check_opts(const mi_probe_opts *o, const mi_probe_job *job, size_t n_jobs)
{
    MI_WANT(o, "probes without options");
    MI_WANT(o->level > 0 && o->level < 1, "level %g of an interval, wanted between 0 and 1",
            o->level);
    MI_WANT(o->l2 >= 0, "l2 of %g, wanted above 0, or 0 to choose it", o->l2);
    for (size_t k = 0; k < n_jobs; k++)
        MI_WANT(job[k].kind != MI_PROBE_MLP || o->hidden > 0,
                "a hidden layer of 0 units, wanted 1 or more");
    return MI_OK;
}

/* Rows of every part, each among the n there are. */
static mi_status check_split(const mi_split *s, size_t n)
{
    size_t used = 0;
    MI_WANT(s && s->row, "probes without a split of the rows");
    for (mi_part part = MI_TRAIN; part < MI_PARTS; part++) {
        MI_WANT(s->n[part] > 0, "a split without rows to %s",
                part == MI_TRAIN ? "train"
                : part == MI_VAL ? "validate"
                                 : "test");
        used += s->n[part];
    }
    for (size_t k = 0; k < used; k++)
        MI_WANT(s->row[k] < n, "row %zu in a split of %zu rows", s->row[k], n);
    return MI_OK;
}

static mi_status check(const mi_probe_job *job, size_t n_jobs, const mi_groups *y,
                       const mi_groups *instance, const mi_split *split, const mi_probe_opts *o,
                       const mi_run *run)
{
    MI_WANT(job && n_jobs > 0, "no probes, wanted one or more");
    MI_TRY(mi_groups_check(y, "labels"));
    MI_TRY(mi_groups_check(instance, "instances"));
    MI_WANT(instance->n == y->n, "instances of %zu rows for labels of %zu, wanted as many",
            instance->n, y->n);
    for (size_t k = 0; k < n_jobs; k++) {
        MI_WANT((unsigned)job[k].kind < MI_PROBES, "probe %d, wanted one of mi_probe_kind",
                (int)job[k].kind);
        MI_TRY(mi_mat_check(job[k].x));
        MI_WANT(job[k].x->x, "a probe of rows that are not in memory, wanted them read");
        MI_WANT(job[k].x->n == y->n, "a probe of %zu rows for labels of %zu, wanted as many",
                job[k].x->n, y->n);
    }
    MI_TRY(check_opts(o, job, n_jobs));
    MI_TRY(check_split(split, y->n));
    return mi_run_check(run);
}

static mi_status check_values(const mi_probe_job *job)
{
    mi_status status = mi_rows_check(job->x, MI_ROWS_NOT_FINITE);
    if (status == MI_OK)
        status = mi_rows_check_squares(job->x);
    return status == MI_OK || !job->name ? status : mi_fail_in(status, "%s", job->name);
}

static mi_status check_jobs(const probes *p, size_t n_jobs)
{
    if (p->y.n > INT_MAX)
        return mi_fail(MI_EDATA, "%zu rows, wanted at most %d", p->y.n, INT_MAX);
    for (size_t k = 0; k < n_jobs; k++)
        MI_TRY(check_values(&p->job[k]));
    return MI_OK;
}

mi_status mi_probes(mi_probe_job *job, size_t n_jobs, const mi_groups *y, const mi_groups *instance,
                    const mi_split *split, const mi_probe_opts *o, const mi_run *run)
{
    probes p = {.job = job, .split = split, .opts = o};
    MI_TRY(check(job, n_jobs, y, instance, split, o, run));
    p.inside = *run;
    p.inside.comm = NULL;
    p.inside.progress = NULL;
    size_t n = split->n[MI_TRAIN] + split->n[MI_VAL] + split->n[MI_TEST];
    mi_status status;
    /* In the order of the split classes have the same numbers however the rows were stored. */
    MI_TRY_GOTO(status, mi_groups_gather(&p.y, y, split->row, n), done);
    MI_TRY_GOTO(status, mi_groups_gather(&p.instance, instance, split->row, n), done);
    MI_TRY_GOTO(status, check_jobs(&p, n_jobs), done);
    MI_TRY_GOTO(status, check_memory(&p, n_jobs, run), done);
    status = mi_parallel(run, n_jobs, run_job, &p);
done:
    mi_groups_free(&p.y);
    mi_groups_free(&p.instance);
    return status;
}
