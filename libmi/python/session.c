/* Sessions: arrays that Python lends, options by name, estimates into arrays of doubles. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/bounds/bounds.h"
#include "libmi/bounds/gradient.h"
#include "libmi/bounds/measure.h"
#include "libmi/entropy/entropy.h"
#include "libmi/python/private.h"

struct door_session {
    mi_arrays arrays;
    mi_sample_opts sample_opts;
    mi_bounds_opts opts; /* what expressions need stands here too */
    mi_run run;
    double *alpha; /* (opts.n_alpha) */
    mi_sample sample;
    mi_bounds_result *bounds; /* (opts.n_alpha) */
    char text[MI_KERNELS_NAME];
};

door_session *door_open(size_t n)
{
    door_session *s;
    if (MI_NEW(s, 1) != MI_OK)
        return NULL;
    s->arrays.n = n;
    mi_sample_opts_default(&s->sample_opts);
    mi_bounds_opts_default(&s->opts);
    mi_run_default(&s->run);
    s->run.threads = door_default_threads();
    return s;
}

static void forget(door_session *s)
{
    mi_sample_free(&s->sample);
    mi_free(s->bounds);
    s->sample = (mi_sample){0};
    s->bounds = NULL;
}

void door_close(door_session *s)
{
    if (!s)
        return;
    forget(s);
    mi_free(s->alpha);
    mi_free(s);
}

/* ---- options ---- */

static mi_status set_alpha(door_session *s, const char *text)
{
    double *alpha;
    MI_TRY(mi_alpha_parse(&alpha, &s->opts.n_alpha, text));
    mi_free(s->alpha);
    s->opts.alpha = s->alpha = alpha;
    return MI_OK;
}

static mi_status set_kernel(door_session *s, const char *text)
{
    return mi_sample_parse_kernel(&s->sample_opts, text);
}

static mi_status set_r(door_session *s, const char *text)
{
    return mi_r_kind_parse(&s->sample_opts.r_kind, text);
}

static mi_status set_i_z1_r(door_session *s, const char *text)
{
    return mi_i_z1_r_parse(&s->opts.i_z1_r, text);
}

static mi_status set_preset(door_session *s, const char *text)
{
    return mi_preset_parse(&s->opts.preset, text);
}

static mi_status set_estimator(door_session *s, const char *text)
{
    return mi_estimator_parse(&s->opts.estimator, text);
}

static mi_status set_route(door_session *s, const char *text)
{
    return mi_route_parse(&s->run.route, text);
}

/* Batches are shuffled by it, as by --seed. */
static mi_status set_seed(door_session *s, const char *text)
{
    s->run.seed = s->sample_opts.seed = strtoul(text, NULL, 10);
    s->opts.shuffled = 1;
    return MI_OK;
}

/* NAMED: parsed by what says which names there are, and not of what. */
typedef enum { PARSED, NAMED, REAL, COUNT, INT } option_type;

typedef struct {
    const char *name;
    option_type type;
    mi_status (*parse)(door_session *s, const char *text);
    size_t at;
} option;

/* clang-format off */
static const option options[] = {
    {"alpha", PARSED, set_alpha, 0},
    {"kernel", PARSED, set_kernel, 0},
    {"r_kind", NAMED, set_r, 0},
    {"i_z1_r", PARSED, set_i_z1_r, 0},
    {"preset", NAMED, set_preset, 0},
    {"estimator", NAMED, set_estimator, 0},
    {"route", PARSED, set_route, 0},
    {"seed", PARSED, set_seed, 0},
    {"se", INT, NULL, offsetof(door_session, opts.se)},
    {"decompose", INT, NULL, offsetof(door_session, opts.decompose)},
    {"drop_zero_rows", INT, NULL, offsetof(door_session, sample_opts.drop_zero_rows)},
    {"threads", INT, NULL, offsetof(door_session, run.threads)},
    {"batch", COUNT, NULL, offsetof(door_session, opts.batch)},
    {"permutations", COUNT, NULL, offsetof(door_session, opts.permutations)},
    {"jackknife_groups", COUNT, NULL, offsetof(door_session, opts.jackknife_groups)},
    {"memory", COUNT, NULL, offsetof(door_session, run.memory_bytes)},
    {"tolerance", REAL, NULL, offsetof(door_session, run.tolerance)},
    {"base", REAL, NULL, offsetof(door_session, opts.base)},
};
/* clang-format on */

static mi_status not_a(const option *o, const char *text, const char *wanted)
{
    return mi_fail(MI_EUSAGE, "%s is '%s', wanted %s", o->name, text, wanted);
}

static mi_status set_number(door_session *s, const option *o, const char *text)
{
    char *at = (char *)s + o->at, *end;
    errno = 0;
    if (o->type == REAL) {
        double value = door_number(text, &end);
        if (end == text || *end)
            return not_a(o, text, "a number");
        memcpy(at, &value, sizeof value);
        return MI_OK;
    }
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || errno || value < 0 || (o->type == INT && value > 1 << 20))
        return not_a(o, text, "a whole number, 0 or more");
    if (o->type == INT)
        *(int *)(void *)at = (int)value;
    else
        *(size_t *)(void *)at = (size_t)value;
    return MI_OK;
}

static mi_status set_parsed(door_session *s, const option *o, const char *value)
{
    mi_status status = o->parse(s, value);
    return status == MI_OK || o->type != NAMED ? status
                                               : mi_fail_in(status, "%s is '%s'", o->name, value);
}

mi_status door_option(door_session *s, const char *name, const char *value)
{
    char all[512] = "";
    for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
        if (strcmp(options[k].name, name) == 0)
            return options[k].parse ? set_parsed(s, &options[k], value)
                                    : set_number(s, &options[k], value);
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", k ? ", " : "",
                 options[k].name);
    }
    return mi_fail(MI_EUSAGE, "there is no option '%s', there are: %s", name, all);
}

/* ---- arrays ---- */

mi_status door_reals(door_session *s, const char *member, const void *x, size_t d, size_t bytes,
                     int64_t stride, int64_t step)
{
    mi_array *to = strcmp(member, "z1") == 0   ? &s->arrays.z1
                   : strcmp(member, "z2") == 0 ? &s->arrays.z2
                                               : &s->arrays.target;
    if (d > 1 && step != (int64_t)bytes)
        return mi_fail(
            MI_EUSAGE,
            "%s: the elements of a row are %lld bytes apart, wanted %zu, one after the other "
            "(a transposed or sliced array: make it contiguous)",
            member, (long long)step, bytes);
    if (s->arrays.n > 1 && (stride < (int64_t)(d * bytes) || stride % (int64_t)bytes))
        return mi_fail(
            MI_EUSAGE,
            "%s: rows are %lld bytes apart, wanted a multiple of %zu from %zu on (make it "
            "contiguous)",
            member, (long long)stride, bytes, d * bytes);
    *to = (mi_array){.x = x,
                     .type = bytes == sizeof(double) ? MI_F64 : MI_F32,
                     .d = d,
                     .ld = s->arrays.n > 1 ? (size_t)stride / bytes : d};
    return MI_OK;
}

mi_status door_symbols(door_session *s, const char *member, const int64_t *x)
{
    *(strcmp(member, "r") == 0 ? &s->arrays.r : &s->arrays.y) = x;
    return MI_OK;
}

mi_status door_weights(door_session *s, const double *w)
{
    s->arrays.w = w;
    return MI_OK;
}

/* ---- bounds ---- */

int door_terms(void)
{
    return MI_TERMS;
}

int door_terms_plain(void)
{
    return MI_FIRST_DECOMPOSED;
}

const char *door_term_name(int term)
{
    return mi_term_name((mi_term)term);
}

static mi_status make_sample(door_session *s)
{
    forget(s);
    return mi_sample_of(&s->sample, &s->arrays, &s->sample_opts);
}

static mi_status estimate_bounds(door_session *s)
{
    MI_TRY(make_sample(s));
    MI_TRY(MI_NEW(s->bounds, s->opts.n_alpha));
    return mi_bounds(s->bounds, &s->sample, &s->opts, &s->run);
}

mi_status door_bounds(door_session *s, double *out)
{
    door_enter();
    mi_status status = estimate_bounds(s);
    door_leave();
    for (size_t a = 0; status == MI_OK && a < s->opts.n_alpha; a++) {
        const mi_bounds_result *r = &s->bounds[a];
        memcpy(out, r->value, sizeof r->value);
        memcpy(out + MI_TERMS, r->se, sizeof r->se);
        memcpy(out + 2 * MI_TERMS, r->half_width, sizeof r->half_width);
        out += 3 * MI_TERMS;
        for (mi_term t = 0; t < MI_TERMS; t++, out++) {
            out[0] = r->chance[t].mean;
            out[MI_TERMS] = r->chance[t].sd;
            out[2 * MI_TERMS] = r->chance[t].p;
        }
        out += 2 * MI_TERMS;
        *out++ = r->degrees;
        *out++ = (double)r->batches;
        *out++ = r->zeroed_mass;
    }
    return status;
}

const char *door_route(const door_session *s, size_t order)
{
    return mi_route_name(s->bounds[order].route);
}

const char *door_se_by(const door_session *s, size_t order)
{
    return mi_se_by_name(s->bounds[order].se_by);
}

/* ---- expressions ---- */

static mi_status estimate_forms(door_session *s, const mi_forms *f, double *out)
{
    mi_measured *m;
    mi_measure_opts o;
    mi_measure_opts_default(&o);
    o.alpha = s->opts.alpha;
    o.n_alpha = s->opts.n_alpha;
    o.batch = s->opts.batch;
    o.shuffled = s->opts.shuffled;
    o.base = s->opts.base;
    o.se = s->opts.se;
    o.jackknife_groups = s->opts.jackknife_groups;
    s->sample_opts.instances_only = !(mi_forms_members(f) >> MI_R & 1);
    MI_TRY(make_sample(s));
    MI_TRY(MI_NEW(m, o.n_alpha));
    mi_status status = mi_measure(m, f, &s->sample, &o, &s->run);
    for (size_t a = 0; status == MI_OK && a < o.n_alpha; a++) {
        *out++ = m[a].value[MI_PLAIN];
        *out++ = m[a].se[MI_PLAIN];
        *out++ = m[a].half_width[MI_PLAIN];
        *out++ = m[a].degrees;
    }
    mi_free(m);
    return status;
}

mi_status door_measure(door_session *s, const char *of, int is_entropy, double *out)
{
    mi_forms f;
    MI_TRY(mi_forms_parse(&f, of, is_entropy ? MI_FORM_IS_ENTROPY : MI_FORM_IS_INFORMATION));
    mi_status status =
        f.count == 1 ? MI_OK : mi_fail(MI_EUSAGE, "'%s': %zu expressions, wanted one", of, f.count);
    door_enter();
    if (status == MI_OK)
        status = estimate_forms(s, &f, out);
    door_leave();
    mi_forms_free(&f);
    return status;
}

/* ---- what was computed ---- */

size_t door_orders(const door_session *s)
{
    return s->opts.n_alpha;
}

double door_order(const door_session *s, size_t order)
{
    return s->opts.alpha[order];
}

void door_counts(const door_session *s, int64_t count[6])
{
    const mi_sample *x = &s->sample;
    const mi_column *c = x->column;
    count[0] = (int64_t)x->n;
    count[1] = (int64_t)x->dropped;
    count[2] = x->has_instances ? (int64_t)x->instance.groups.g : -1;
    count[3] = c[MI_Z1].present ? (int64_t)c[MI_Z1].d : -1;
    count[4] = c[MI_Z2].present ? (int64_t)c[MI_Z2].d : -1;
    count[5] = c[MI_Y].present ? (int64_t)c[MI_Y].groups.g : -1;
}

const char *door_text(door_session *s, const char *name)
{
    if (strcmp(name, "kernel") == 0)
        return mi_sample_kernels(&s->sample, s->text, sizeof s->text);
    if (strcmp(name, "i_z1_r_by") == 0)
        return mi_i_z1_r_name(&s->opts.i_z1_r, s->text, sizeof s->text);
    if (strcmp(name, "preset") == 0)
        return mi_preset_name(s->opts.preset);
    if (strcmp(name, "estimator") == 0)
        return mi_estimator_name(s->opts.estimator);
    return s->sample.column[MI_R].present ? mi_r_kind_name(s->sample.r_kind) : "nan";
}

/* ---- the gradient ---- */

static mi_mat view(const void *x, size_t n, const mi_array *a, size_t ld)
{
    return a->type == MI_F64 ? mi_mat_view_f64(x, n, a->d, ld) : mi_mat_view(x, n, a->d, ld);
}

mi_status door_gradient(door_session *s, double *i_nats, void *g1, void *g2)
{
    const mi_array *a = &s->arrays.z1, *b = &s->arrays.z2;
    const size_t n = s->arrays.n;
    mi_mat z1 = view(a->x, n, a, a->ld), z2 = view(b->x, n, b, b->ld);
    mi_mat to1 = view(g1, n, a, 0), to2 = view(g2, n, b, 0);
    door_enter();
    mi_status status = mi_information_gradient(i_nats, g1 ? &to1 : NULL, g2 ? &to2 : NULL, &z1, &z2,
                                               s->opts.alpha[0], &s->run);
    door_leave();
    return status;
}
