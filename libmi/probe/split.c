/* Parts for probes: by instance, stratified by class. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/probe/probe.h"

#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"

/* One instance on its way to a part. */
typedef struct {
    uint64_t key; /* hash of the seed and its id: the order in which parts are dealt */
    size_t group;
    int32_t class;
    int is_given_test;
    mi_part part;
} unit;

typedef struct {
    const mi_labels *y, *instance;
    const int64_t *is_test;
    mi_split_opts opts;
    mi_group_rows rows; /* of the instances */
    unit *unit;         /* (instances) */
    size_t n_units;
} dealer;

void mi_split_opts_default(mi_split_opts *o)
{
    *o = (mi_split_opts){.seed = 1, .test = 0.25, .val = 0.2};
}

/* ---- keys ---- */

/* splitmix64 (Steele, Lea, Flood 2014): every bit of the result depends on every bit of x. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static uint64_t key_of(const mi_labels *instance, size_t group, unsigned long seed)
{
    uint64_t key = mix(seed);
    if (!instance->text)
        return mix(key ^ (instance->value ? (uint64_t)instance->value[group] : group));
    for (const char *c = instance->text[group]; *c; c++)
        key = mix(key ^ (unsigned char)*c);
    return key;
}

static int by_key(const void *a, const void *b)
{
    const unit *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

static int by_class_and_key(const void *a, const void *b)
{
    const unit *x = a, *y = b;
    return x->class != y->class ? (x->class > y->class) - (x->class < y->class) : by_key(a, b);
}

/* ---- the member `split` ---- */

static mi_status check_given(const dealer *k)
{
    size_t found[2] = {0};
    for (size_t i = 0; i < k->y->groups.n; i++) {
        if (k->is_test[i] != 0 && k->is_test[i] != 1)
            return mi_fail(MI_EDATA, "split: row %zu is %lld, wanted 0 (training) or 1 (test)", i,
                           (long long)k->is_test[i]);
        found[k->is_test[i]]++;
    }
    if (!found[0] || !found[1])
        return mi_fail(MI_EDATA, "split: no row is %s, wanted training (0) and test (1) rows",
                       found[0] ? "1 (test)" : "0 (training)");
    return MI_OK;
}

/* All rows of an instance are on the side of its first. */
static mi_status check_side(const dealer *k, size_t group)
{
    const size_t *row = k->rows.member + k->rows.start[group];
    size_t n = k->rows.start[group + 1] - k->rows.start[group];
    char name[64];
    for (size_t j = 1; j < n; j++)
        if (k->is_test[row[j]] != k->is_test[row[0]])
            return mi_fail(MI_EDATA,
                           "split: instance %s has training and test rows (%zu and %zu), wanted "
                           "all on one side; " MI_OPTION "split seeded splits by instance",
                           mi_label_name(k->instance, group, name, sizeof name),
                           k->is_test[row[0]] ? row[j] : row[0],
                           k->is_test[row[0]] ? row[0] : row[j]);
    return MI_OK;
}

static mi_status make_units(dealer *k)
{
    if (k->is_test)
        MI_TRY(check_given(k));
    for (size_t c = 0; c < k->n_units; c++) {
        size_t first = k->rows.member[k->rows.start[c]];
        k->unit[c] = (unit){
            .key = key_of(k->instance, c, k->opts.seed),
            .group = c,
            .class = k->y->groups.code[first],
            .is_given_test = k->is_test && k->is_test[first],
        };
        if (k->is_test)
            MI_TRY(check_side(k, c));
    }
    return MI_OK;
}

/* ---- dealing ---- */

static size_t at_least_one(double count)
{
    return count < 1 ? 1 : (size_t)lround(count);
}

static mi_status too_few(const dealer *k, int32_t class, size_t found)
{
    char name[64];
    mi_label_name(k->y, (size_t) class, name, sizeof name);
    if (k->is_test)
        return mi_fail(MI_EDATA,
                       "y: class %s has %zu training instance%s, wanted 2 or more: one to train, "
                       "one to validate",
                       name, found, found == 1 ? "" : "s");
    return mi_fail(MI_EDATA,
                   "y: class %s has %zu instance%s, wanted 3 or more: one each to train, validate "
                   "and test",
                   name, found, found == 1 ? "" : "s");
}

/* Deal the m instances of one class, which lie in the order of their keys. */
static mi_status deal_class(dealer *k, unit *u, size_t m)
{
    size_t given = 0, dealt = 0;
    for (size_t j = 0; j < m; j++)
        given += (size_t)u[j].is_given_test;
    size_t n_test = k->is_test ? given : at_least_one(k->opts.test * (double)m);
    if (n_test + 2 > m) {
        if (k->is_test || m < 3)
            return too_few(k, u->class, m - given);
        n_test = m - 2;
    }
    size_t others = m - n_test, n_val = at_least_one(k->opts.val * (double)others);
    n_val = n_val < others ? n_val : others - 1;
    for (size_t j = 0; j < m; j++) {
        if (u[j].is_given_test) {
            u[j].part = MI_TEST;
            continue;
        }
        size_t place = dealt++ + (k->is_test ? n_test : 0);
        u[j].part = place < n_test ? MI_TEST : place < n_test + n_val ? MI_VAL : MI_TRAIN;
    }
    return MI_OK;
}

static mi_status deal(dealer *k)
{
    size_t end;
    qsort(k->unit, k->n_units, sizeof *k->unit, by_class_and_key);
    for (size_t start = 0; start < k->n_units; start = end) {
        for (end = start; end < k->n_units && k->unit[end].class == k->unit[start].class; end++)
            ;
        MI_TRY(deal_class(k, k->unit + start, end - start));
    }
    return MI_OK;
}

static mi_status lay_out(mi_split *out, dealer *k)
{
    size_t used = 0;
    MI_TRY(MI_NEW_RAW(out->row, k->y->groups.n));
    /* Key order, not class order: the numbers of classes depend on the order of rows. */
    qsort(k->unit, k->n_units, sizeof *k->unit, by_key);
    for (mi_part part = MI_TRAIN; part < MI_PARTS; part++)
        for (size_t j = 0; j < k->n_units; j++) {
            if (k->unit[j].part != part)
                continue;
            size_t start = k->rows.start[k->unit[j].group];
            size_t n = k->rows.start[k->unit[j].group + 1] - start;
            memcpy(out->row + used, k->rows.member + start, n * sizeof *out->row);
            out->n[part] += n;
            used += n;
        }
    return MI_OK;
}

mi_status mi_split_make(mi_split *out, const mi_labels *y, const mi_labels *instance,
                        const int64_t *is_test, const mi_split_opts *o)
{
    dealer k = {.y = y, .instance = instance, .is_test = is_test, .opts = *o};
    mi_status status;
    *out = (mi_split){0};
    k.n_units = instance->groups.g;
    MI_TRY_GOTO(status, mi_groups_list(&k.rows, &instance->groups), done);
    MI_TRY_GOTO(status, MI_NEW(k.unit, k.n_units), done);
    MI_TRY_GOTO(status, make_units(&k), done);
    MI_TRY_GOTO(status, deal(&k), done);
    status = lay_out(out, &k);
done:
    mi_group_rows_free(&k.rows);
    mi_free(k.unit);
    return status;
}

void mi_split_free(mi_split *s)
{
    mi_free(s->row);
    *s = (mi_split){0};
}
