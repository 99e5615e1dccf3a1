/* Rows chosen by range, by group, or at random: whole instances, simple random sampling without
 * replacement, of all or of each class (stratified). */
#include "libmi/transform/select.h"

#include <errno.h>
#include <gsl/gsl_randist.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/rng.h"
#include "libmi/data/groups_internal.h"

/* ---- ranges ---- */

/* A number up to the next ':' or the end; left as it is where there is none. */
static mi_status parse_bound(const char **at, long long *value, const char *text)
{
    char *end;
    if (**at && **at != ':') {
        errno = 0;
        *value = strtoll(*at, &end, 10);
        if (end == *at || errno || (*end && *end != ':'))
            return mi_fail(MI_EUSAGE, "'%s' is no range, wanted A:B or A:B:STEP in whole numbers",
                           text);
        *at = end;
    }
    return MI_OK;
}

mi_status mi_range_parse(mi_range *out, const char *text)
{
    const char *at = text;
    *out = (mi_range){.last = LLONG_MAX, .step = 1};
    MI_TRY(parse_bound(&at, &out->first, text));
    if (*at++ != ':')
        return mi_fail(MI_EUSAGE, "'%s' is no range, wanted A:B or A:B:STEP", text);
    MI_TRY(parse_bound(&at, &out->last, text));
    if (*at == ':') {
        at++;
        MI_TRY(parse_bound(&at, &out->step, text));
    }
    if (*at)
        return mi_fail(MI_EUSAGE, "'%s' is no range, wanted A:B or A:B:STEP", text);
    if (out->step < 1)
        return mi_fail(MI_EUSAGE, "a step of %lld, wanted 1 or more", out->step);
    return MI_OK;
}

static size_t resolve(long long bound, size_t n)
{
    long long rows = (long long)n;
    if (bound < 0)
        bound = bound < -rows ? 0 : bound + rows;
    return bound > rows ? n : (size_t)bound;
}

size_t mi_select_range(unsigned char *keep, size_t n, const mi_range *range)
{
    size_t first = resolve(range->first, n), last = resolve(range->last, n), kept = 0;
    size_t step = (size_t)range->step;
    for (size_t i = 0; i < n; i++) {
        keep[i] = i >= first && i < last && (i - first) % step == 0;
        kept += keep[i];
    }
    return kept;
}

/* ---- groups ---- */

size_t mi_select_groups(unsigned char *keep, const mi_groups *a, const unsigned char *wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->n; i++) {
        keep[i] = wanted[a->code[i]] != 0;
        kept += keep[i];
    }
    return kept;
}

/* Mark k of number[0..n) at random; chosen (n) is workspace. */
static void choose(gsl_rng *rng, size_t *number, size_t n, size_t k, size_t *chosen,
                   unsigned char *wanted)
{
    gsl_ran_choose(rng, chosen, k, number, n, sizeof *number);
    for (size_t c = 0; c < k; c++)
        wanted[chosen[c]] = 1;
}

typedef struct {
    gsl_rng *rng;
    size_t *number, *chosen; /* (g) number: 0, 1, .. where all are drawn from */
    unsigned char *wanted;   /* (g) */
    mi_group_rows class;     /* instances of each class, where these are */
} draw;

static void draw_free(draw *d)
{
    if (d->rng)
        gsl_rng_free(d->rng);
    mi_free(d->number);
    mi_free(d->chosen);
    mi_free(d->wanted);
    mi_group_rows_free(&d->class);
}

static mi_status draw_alloc(draw *d, size_t g, unsigned long seed)
{
    *d = (draw){0};
    MI_TRY(mi_rng_new(&d->rng, seed, MI_STREAM_SELECT));
    MI_TRY(MI_NEW(d->chosen, g));
    return MI_NEW(d->wanted, g);
}

mi_status mi_select_instances(unsigned char *keep, const mi_groups *instance, size_t k,
                              unsigned long seed)
{
    draw d;
    if (k > instance->g)
        return mi_fail(MI_EDATA, "%zu instances of %zu, wanted %zu or fewer", k, instance->g,
                       instance->g);
    mi_status status = draw_alloc(&d, instance->g, seed);
    if (status == MI_OK)
        status = MI_NEW_RAW(d.number, instance->g);
    if (status == MI_OK) {
        for (size_t c = 0; c < instance->g; c++)
            d.number[c] = c;
        choose(d.rng, d.number, instance->g, k, d.chosen, d.wanted);
        mi_select_groups(keep, instance, d.wanted);
    }
    draw_free(&d);
    return status;
}

/* Instances by the class of their first rows; a class may have none. */
static mi_status list_classes(mi_group_rows *out, const mi_groups *instance,
                              const mi_groups *class_of)
{
    mi_groups of = {.n = instance->g, .g = class_of->g};
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(of.code, of.n), done);
    MI_TRY_GOTO(status, MI_NEW(of.count, of.g), done);
    for (size_t k = 0; k < of.n; k++) {
        of.code[k] = class_of->code[instance->first[k]];
        of.count[of.code[k]]++;
    }
    status = mi_groups_list(out, &of);
done:
    mi_groups_free(&of);
    return status;
}

static mi_status choose_per_class(draw *d, size_t k, size_t *short_of, size_t *has)
{
    for (size_t c = 0; c < d->class.g; c++) {
        size_t n = d->class.start[c + 1] - d->class.start[c];
        *short_of = c;
        *has = n;
        if (n < k)
            return mi_fail(MI_EDATA, "%zu instances, wanted %zu", n, k);
        choose(d->rng, d->class.member + d->class.start[c], n, k, d->chosen, d->wanted);
    }
    return MI_OK;
}

mi_status mi_select_per_class(unsigned char *keep, const mi_groups *instance,
                              const mi_groups *class_of, size_t k, unsigned long seed,
                              size_t *short_of, size_t *has)
{
    draw d;
    mi_status status = draw_alloc(&d, instance->g, seed);
    if (status == MI_OK)
        status = list_classes(&d.class, instance, class_of);
    if (status == MI_OK)
        status = choose_per_class(&d, k, short_of, has);
    if (status == MI_OK)
        mi_select_groups(keep, instance, d.wanted);
    draw_free(&d);
    return status;
}
