/* Estimators by name, what they take of a sample, and re-pairings. */
#include "libmi/shannon/shannon.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/bounds/influence.h"
#include "libmi/bounds/pairing.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/kernel.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"
#include "libmi/data/sample_build.h"
#include "libmi/shannon/private.h"

/* ---- names ---- */

static const struct {
    const char *name, *claim;
    int numbers; /* behind it */
} kinds[MI_SHANNON_KINDS] = {
    [MI_SHANNON_PLUGIN] = {"plugin", "estimate", 0},
    [MI_SHANNON_MILLER_MADOW] = {"miller-madow", "estimate", 0},
    [MI_SHANNON_GRASSBERGER] = {"grassberger", "estimate", 0},
    [MI_SHANNON_SHRINKAGE] = {"shrinkage", "estimate", 0},
    [MI_SHANNON_KSG] = {"ksg", "estimate", 1},
    [MI_SHANNON_INFONCE] = {"infonce", "lower bound", 1},
    [MI_SHANNON_NWJ] = {"nwj", "lower bound", 1},
    [MI_SHANNON_SMILE] = {"smile", "estimate", 2},
};

static int is_critic(mi_shannon_kind kind)
{
    return kind >= MI_SHANNON_INFONCE;
}

static int is_of_counts(mi_shannon_kind kind)
{
    return kind < MI_SHANNON_KSG;
}

static mi_status check(const mi_shannon_estimator *e)
{
    MI_WANT(e && (unsigned)e->kind < MI_SHANNON_KINDS, "no estimator of mi_shannon_kind");
    MI_WANT(e->kind != MI_SHANNON_KSG || (e->k >= 1 && e->k <= 1000),
            "ksg of %zu neighbours, wanted 1 to 1000", e->k);
    MI_WANT(!is_critic(e->kind) || (e->temperature >= 0.01 && e->temperature < INFINITY),
            "%s at temperature %g, wanted 0.01 or more", kinds[e->kind].name, e->temperature);
    MI_WANT(e->kind != MI_SHANNON_SMILE || (e->clip > 0 && e->clip <= 500),
            "smile cut at %g, wanted above 0, to 500", e->clip);
    return MI_OK;
}

/* Up to `most` numbers behind colons; returns how many, -1 for other text. */
static int parse_numbers(double *out, const char *text, int most)
{
    int n = 0;
    for (; *text; n++) {
        char *end;
        if (n == most || *text != ':')
            return -1;
        out[n] = mi_number_read(text + 1, &end);
        if (end == text + 1 || !isfinite(out[n]))
            return -1;
        text = end;
    }
    return n;
}

mi_status mi_shannon_parse(mi_shannon_estimator *out, const char *text)
{
    MI_WANT(out && text, "an estimator to parse without %s", out ? "a text" : "a place");
    size_t word = strcspn(text, ":");
    for (mi_shannon_kind k = 0; k < MI_SHANNON_KINDS; k++) {
        double number[2];
        if (strlen(kinds[k].name) != word || strncmp(kinds[k].name, text, word) != 0)
            continue;
        int n = parse_numbers(number, text + word, kinds[k].numbers);
        if (n < 0 ||
            (k == MI_SHANNON_KSG && n && !(number[0] >= 1 && number[0] == floor(number[0]))))
            break;
        *out = (mi_shannon_estimator){.kind = k, .k = 3, .temperature = 0.2, .clip = 5};
        if (n && k == MI_SHANNON_KSG)
            out->k = (size_t)fmin(number[0], 1e9);
        else if (n)
            out->temperature = number[0];
        if (n == 2)
            out->clip = number[1];
        return check(out);
    }
    return mi_fail(MI_EUSAGE,
                   "'%s' is no estimator, wanted plugin, miller-madow, grassberger, shrinkage, "
                   "ksg[:K], infonce[:T], nwj[:T] or smile[:T[:C]]",
                   text);
}

const char *mi_shannon_name(const mi_shannon_estimator *e, char *buffer, size_t bytes)
{
    if (!buffer || bytes == 0 || !e || (unsigned)e->kind >= MI_SHANNON_KINDS)
        return "?";
    const char *name = kinds[e->kind].name;
    if (e->kind == MI_SHANNON_KSG)
        snprintf(buffer, bytes, "%s:%zu", name, e->k);
    else if (e->kind == MI_SHANNON_SMILE)
        mi_format(buffer, bytes, "%s:%g:%g", name, e->temperature, e->clip);
    else if (is_critic(e->kind))
        mi_format(buffer, bytes, "%s:%g", name, e->temperature);
    else
        snprintf(buffer, bytes, "%s", name);
    return buffer;
}

const char *mi_shannon_claim(mi_shannon_kind kind)
{
    return (unsigned)kind < MI_SHANNON_KINDS ? kinds[kind].claim : "?";
}

/* ---- means over rows ---- */

mi_status mi_shannon_mean(double *mean, double *se, const double *local, const mi_groups *instance)
{
    double n = (double)instance->n, sum = 0, *psi;
    for (size_t i = 0; i < instance->n; i++)
        sum += local[i];
    *mean = sum / n;
    MI_TRY(MI_NEW(psi, instance->g));
    for (size_t i = 0; i < instance->n; i++)
        psi[instance->code[i]] += (local[i] - *mean) / n;
    *se = mi_standard_error(psi, instance->g);
    mi_free(psi);
    return MI_OK;
}

/* ---- what is taken of a sample ---- */

typedef struct {
    const mi_shannon_estimator *e;
    mi_shannon_side side[2]; /* [1] of an information */
    int is_pair;
    mi_groups a, b, unit; /* of the rows taken; b is empty where there is no second variable */
    double *x[2];
    size_t n; /* rows taken */
} problem;

static void problem_free(problem *p)
{
    mi_groups_free(&p->a);
    mi_groups_free(&p->b);
    mi_groups_free(&p->unit);
    mi_free(p->x[0]);
    mi_free(p->x[1]);
}

/* Whether all rows of each instance have one value. */
static int is_of_the_instance(const mi_groups *a, const mi_groups *instance)
{
    for (size_t i = 0; i < a->n; i++)
        if (a->code[i] != a->code[instance->first[instance->code[i]]])
            return 0;
    return 1;
}

/* Discrete variables: one row an instance where both are the instance's, else all rows. */
static mi_status take_counts(problem *p, const mi_sample *s, const mi_groups *a, const mi_groups *b)
{
    const mi_groups *instance = &s->instance.groups;
    int whole = is_of_the_instance(a, instance) && (!b || is_of_the_instance(b, instance));
    const size_t *row = whole ? instance->first : NULL;
    p->n = whole ? instance->g : s->n;
    MI_TRY(mi_groups_gather(&p->unit, instance, row, p->n));
    MI_TRY(mi_groups_gather(&p->a, a, row, p->n));
    return b ? mi_groups_gather(&p->b, b, row, p->n) : MI_OK;
}

/* x (n,d) of a real variable, each row over its norm where that is wanted. */
static mi_status take_rows(double **x, const mi_column *c, int is_unit)
{
    const mi_mat *m = &c->x;
    mi_var v = {.x = m};
    MI_TRY(mi_rows_check(m, MI_ROWS_NOT_FINITE));
    if (is_unit)
        MI_TRY(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_LINEAR}, m));
    mi_status status = MI_NEW_RAW(*x, m->n * m->d);
    if (status == MI_OK)
        status = mi_mat_read_f64(*x, m, NULL, m->n, v.inverse_norm, NULL);
    mi_var_free(&v);
    return status;
}

/* Rows as doubles; of nearest neighbours also those of a part of them, half at most, for the error, and the
 * orders of both sides, 72 bytes a row. */
static mi_status check_room(const problem *p, const mi_sample *s, const mi_column *of[2],
                            int n_sides, const mi_run *run)
{
    double needed = 0, allowed = (double)mi_run_memory_bytes(run);
    for (int k = 0; k < n_sides; k++)
        if (of[k]->is_real)
            needed += sizeof(double) * (double)s->n * (double)of[k]->x.d;
    if (!is_critic(p->e->kind))
        needed = 1.5 * (needed + 72 * (double)s->n);
    if (needed <= allowed)
        return MI_OK;
    return mi_fail(MI_EMEMORY,
                   "%s of %zu rows needs %.3g MB for copies of them, allowed are %.3g MB; try a "
                   "larger " MI_OPTION "memory",
                   kinds[p->e->kind].name, s->n, needed / 1e6, allowed / 1e6);
}

static mi_status take_real(problem *p, const mi_sample *s, const mi_column *of[2], int n_sides,
                           const mi_run *run)
{
    MI_TRY(check_room(p, s, of, n_sides, run));
    p->n = s->n;
    MI_TRY(mi_groups_gather(&p->unit, &s->instance.groups, NULL, s->n));
    for (int k = 0; k < n_sides; k++) {
        p->side[k].d = of[k]->is_real ? of[k]->x.d : 0;
        p->side[k].groups = of[k]->is_real ? NULL : &of[k]->groups;
        if (of[k]->is_real)
            MI_TRY(take_rows(&p->x[k], of[k], is_critic(p->e->kind)));
        p->side[k].x = p->x[k];
    }
    return MI_OK;
}

static mi_status refuse(const mi_shannon_estimator *e, const char *wants)
{
    return mi_fail(MI_EUSAGE, "%s is of %s", kinds[e->kind].name, wants);
}

/* The sides in order, a real one first. */
static mi_status take(problem *p, const mi_sample *s, mi_member_id a, mi_member_id b,
                      const mi_run *run)
{
    p->is_pair = b < MI_MEMBERS;
    const mi_column *of[2] = {&s->column[a], p->is_pair ? &s->column[b] : NULL};
    if (is_of_counts(p->e->kind)) {
        if (of[0]->is_real || (p->is_pair && of[1]->is_real))
            return refuse(p->e, "discrete variables: integers, labels, codes");
        return take_counts(p, s, &of[0]->groups, p->is_pair ? &of[1]->groups : NULL);
    }
    if (is_critic(p->e->kind)) {
        if (p->is_pair || !of[0]->is_real)
            return refuse(p->e, "one real variable in two or more views");
        return take_real(p, s, of, 1, run);
    }
    if (!p->is_pair || (!of[0]->is_real && !of[1]->is_real))
        return refuse(p->e, "two variables, one of them real");
    if (!of[0]->is_real) {
        const mi_column *first = of[0];
        of[0] = of[1];
        of[1] = first;
    }
    return take_real(p, s, of, 2, run);
}

/* ---- values and re-pairings ---- */

static mi_status value_of(mi_shannon *out, const problem *p, const size_t *pair, int want_error,
                          const mi_run *run)
{
    const mi_groups *b = p->is_pair ? &p->b : NULL;
    double most;
    out->degrees = (double)p->unit.g - 1;
    if (is_of_counts(p->e->kind))
        return mi_shannon_counts(&out->value, want_error ? &out->se : NULL, p->e->kind, &p->a, b,
                                 pair, &p->unit);
    if (is_critic(p->e->kind)) {
        MI_TRY(mi_shannon_critic(&out->value, &out->se, &most, p->e, p->x[0], p->side[0].d,
                                 &p->unit, run));
        out->most = most;
        return MI_OK;
    }
    MI_TRY(mi_shannon_ksg(&out->value, p->side, pair, p->e->k, &p->unit, run));
    return want_error
               ? mi_shannon_ksg_error(&out->se, &out->degrees, p->side, p->e->k, &p->unit, run)
               : MI_OK;
}

/* A discrete variable that is the instance itself: re-pairing whole instances would only rename it. */
static int is_instance(const problem *p, const mi_groups *a)
{
    return a && a->n == p->n && memcmp(a->code, p->unit.code, p->n * sizeof *a->code) == 0;
}

static mi_status add_null(mi_shannon *out, const problem *p, size_t permutations, const mi_run *run)
{
    mi_pairings pairings;
    double *value = NULL;
    size_t *pair = NULL;
    mi_status status;
    int is_renamed =
        is_instance(p, &p->a) || is_instance(p, &p->b) || is_instance(p, p->side[1].groups);
    MI_TRY_GOTO(status, mi_pairings_init(&pairings, &p->unit, is_renamed), done);
    MI_TRY_GOTO(status, MI_NEW(value, permutations + 1), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(pair, p->n), done);
    value[0] = out->value;
    for (size_t k = 1; k <= permutations; k++) {
        mi_shannon one = {0};
        MI_TRY_GOTO(status, mi_pairing_draw(pair, &pairings, k, run->seed), done);
        MI_TRY_GOTO(status, value_of(&one, p, pair, 0, run), done);
        value[k] = one.value;
    }
    mi_null null = mi_null_of(value, 1, permutations, MI_NULL_ROUND_OFF);
    out->null_mean = null.mean;
    out->null_sd = null.sd;
    out->p = null.p;
done:
    mi_pairings_free(&pairings);
    mi_free(value);
    mi_free(pair);
    return status;
}

static mi_status check_sample(const mi_sample *s, mi_member_id a, mi_member_id b)
{
    MI_WANT(s && a < MI_SPLIT && s->column[a].present, "no variable %s in the sample",
            a < MI_SPLIT ? mi_member_name(a) : "?");
    MI_WANT(b == MI_MEMBERS || (b < MI_SPLIT && s->column[b].present),
            "no variable %s in the sample", b < MI_SPLIT ? mi_member_name(b) : "?");
    MI_TRY(mi_sample_no_weights(s, "an estimate of Shannon's information"));
    for (mi_member_id m = 0; m < MI_SPLIT; m++)
        if ((m == a || m == b) && s->column[m].is_real && s->column[m].x.source)
            return mi_fail(MI_EMEMORY,
                           "rows of %s are not in memory, where this needs them; try a "
                           "larger " MI_OPTION "memory",
                           mi_member_name(m));
    if (s->instance.groups.g < 3)
        return mi_fail(MI_EDATA, "a standard error needs 3 or more instances, found %zu",
                       s->instance.groups.g);
    return MI_OK;
}

mi_status mi_shannon_of(mi_shannon *out, const mi_sample *s, mi_member_id a, mi_member_id b,
                        const mi_shannon_estimator *e, size_t permutations, const mi_run *run)
{
    MI_WANT(out, "mi_shannon_of without a result");
    *out = (mi_shannon){.value = NAN,
                        .se = NAN,
                        .degrees = NAN,
                        .most = NAN,
                        .null_mean = NAN,
                        .null_sd = NAN,
                        .p = NAN};
    MI_TRY(check(e));
    MI_TRY(mi_run_check(run));
    MI_TRY(check_sample(s, a, b));
    MI_WANT(permutations != 1, "1 permutation, wanted 2 or more, or 0 for none");
    problem p = {.e = e};
    mi_status status = take(&p, s, a, b, run);
    if (status == MI_OK)
        status = value_of(out, &p, NULL, 1, run);
    if (status == MI_OK && permutations && p.is_pair)
        status = add_null(out, &p, permutations, run);
    out->units = p.n;
    problem_free(&p);
    return status;
}
