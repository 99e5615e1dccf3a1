/* The instances that two samples share: ids sorted on both sides, and merged. Ids 7 3 9 and 9 7 5,
 * groups 0 1 2 each:
 *
 *     a   3:1  7:0  9:2        b   5:2  7:1  9:0        partner of a's 0 1 2:   1  -  0
 */
#include <stdlib.h>
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/bounds/compare.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/sample_build.h"

/* An id and its group: a number, negative or not, or a string. */
typedef struct {
    const char *text;
    int negative;
    uint64_t bits;
    size_t group;
} id_key;

static int by_id(const void *left, const void *right)
{
    const id_key *a = left, *b = right;
    if (a->text)
        return strcmp(a->text, b->text);
    if (a->negative != b->negative)
        return b->negative - a->negative;
    return (a->bits > b->bits) - (a->bits < b->bits);
}

static mi_status sorted_ids(id_key **out, const mi_labels *l)
{
    MI_TRY(MI_NEW(*out, l->groups.g));
    for (size_t c = 0; c < l->groups.g; c++)
        (*out)[c] = (id_key){.text = l->text ? l->text[c] : NULL,
                             .negative = l->value && !l->is_unsigned && l->value[c] < 0,
                             .bits = l->value ? (uint64_t)l->value[c] : 0,
                             .group = c};
    qsort(*out, l->groups.g, sizeof **out, by_id);
    return MI_OK;
}

/* ---- partners ---- */

#define ALONE ((size_t)-1)

/* partner (instances of a): of each the instance of b with the same id, or ALONE. */
static mi_status find_partners(size_t *partner, const mi_labels *a, const mi_labels *b)
{
    id_key *x = NULL, *y = NULL;
    mi_status status = sorted_ids(&x, a);
    if (status == MI_OK)
        status = sorted_ids(&y, b);
    for (size_t i = 0, k = 0; status == MI_OK && i < a->groups.g; i++) {
        while (k < b->groups.g && by_id(&y[k], &x[i]) < 0)
            k++;
        int found = k < b->groups.g && by_id(&y[k], &x[i]) == 0;
        partner[x[i].group] = found ? y[k].group : ALONE;
    }
    mi_free(x);
    mi_free(y);
    return status;
}

/* Without ids a row is an instance, and its number the id. */
static mi_status partners_by_row(size_t *partner, const mi_sample *a, const mi_sample *b)
{
    if (a->n != b->n)
        return mi_fail(MI_EDATA,
                       "without ids rows are matched by their number: %zu rows in the one, %zu in "
                       "the other, wanted as many",
                       a->n, b->n);
    for (size_t c = 0; c < a->instance.groups.g; c++)
        partner[c] = c;
    return MI_OK;
}

static mi_status check_ids(const mi_labels *a, const mi_labels *b)
{
    const mi_labels *side[] = {a, b};
    for (int k = 0; k < 2; k++)
        if (!side[k]->value && !side[k]->text)
            return mi_fail(MI_EDATA,
                           "instance ids of %zu columns cannot be matched, wanted one number or "
                           "string each",
                           side[k]->d);
    if (!a->text != !b->text)
        return mi_fail(MI_EDATA, "instance ids are strings on one side and numbers on the other");
    return MI_OK;
}

static mi_status partners(size_t *partner, const mi_sample *a, const mi_sample *b)
{
    if (!a->has_instances && !b->has_instances)
        return partners_by_row(partner, a, b);
    if (!a->has_instances || !b->has_instances)
        return mi_fail(MI_EDATA, "the %s has no instance ids and the %s has",
                       a->has_instances ? "second" : "first",
                       a->has_instances ? "first" : "second");
    MI_TRY(check_ids(&a->instance, &b->instance));
    return find_partners(partner, &a->instance, &b->instance);
}

/* ---- their rows ---- */

/* Rows of the shared instances on both sides, in the order of the first. */
typedef struct {
    size_t *a, *b;
    size_t n;
} shared_rows;

/* beside[] of the rows of an instance: those of its partner, each in row order. */
static mi_status pair_rows(size_t *beside, const mi_sample *s, const mi_group_rows *a, size_t c,
                           const mi_group_rows *b, size_t d)
{
    size_t n = a->start[c + 1] - a->start[c], m = b->start[d + 1] - b->start[d];
    char name[64];
    if (n != m)
        return mi_fail(MI_EDATA,
                       "id %s has %zu rows in the first and %zu in the second, wanted as many",
                       mi_label_name(&s->instance, c, name, sizeof name), n, m);
    for (size_t k = 0; k < n; k++)
        beside[a->member[a->start[c] + k]] = b->member[b->start[d] + k];
    return MI_OK;
}

static mi_status fail_unshared(const mi_sample *a, const mi_sample *b, size_t shared)
{
    char first[64], second[64];
    if (shared > 0 || !a->has_instances)
        return mi_fail(MI_EDATA, "a comparison needs 3 or more shared instances, found %zu",
                       shared);
    return mi_fail(MI_EDATA,
                   "no instance is shared: %zu ids from %s on in the first, %zu from %s on in the "
                   "second",
                   a->instance.groups.g, mi_label_name(&a->instance, 0, first, sizeof first),
                   b->instance.groups.g, mi_label_name(&b->instance, 0, second, sizeof second));
}

/* beside (a->n): the row of b that goes with each row of a, or ALONE. */
static mi_status pair_instances(size_t *beside, const mi_sample *a, const mi_sample *b,
                                const size_t *partner)
{
    mi_group_rows of_a = {0}, of_b = {0};
    size_t shared = 0;
    for (size_t i = 0; i < a->n; i++)
        beside[i] = ALONE;
    mi_status status = mi_groups_list(&of_a, &a->instance.groups);
    if (status == MI_OK)
        status = mi_groups_list(&of_b, &b->instance.groups);
    for (size_t c = 0; status == MI_OK && c < of_a.g; c++) {
        if (partner[c] == ALONE)
            continue;
        status = pair_rows(beside, a, &of_a, c, &of_b, partner[c]);
        shared++;
    }
    if (status == MI_OK && shared < 3)
        status = fail_unshared(a, b, shared);
    mi_group_rows_free(&of_a);
    mi_group_rows_free(&of_b);
    return status;
}

static mi_status list_rows(shared_rows *rows, const mi_sample *a, const mi_sample *b,
                           const size_t *partner)
{
    MI_TRY(MI_NEW_RAW(rows->a, a->n));
    MI_TRY(MI_NEW_RAW(rows->b, a->n));
    MI_TRY(pair_instances(rows->b, a, b, partner));
    for (size_t i = 0; i < a->n; i++) {
        if (rows->b[i] == ALONE)
            continue;
        rows->a[rows->n] = i;
        rows->b[rows->n++] = rows->b[i];
    }
    return MI_OK;
}

/* These rows of a sample; all of them in their order, as where two checkpoints saw the same images,
 * are borrowed. */
static mi_status take_rows(mi_sample *out, const mi_sample *s, const size_t *row, size_t n)
{
    size_t k = 0;
    while (k < n && row[k] == k)
        k++;
    if (k < n || n < s->n)
        return mi_sample_gather(out, s, row, n);
    *out = *s;
    out->borrows_instance = 1;
    for (int m = 0; m < MI_MEMBERS; m++)
        out->column[m].borrows = 1;
    return MI_OK;
}

/* Two kinds of R make numbers of two meanings. */
static mi_status check_r(const mi_sample *a, const mi_sample *b)
{
    if (!a->column[MI_R].present || !b->column[MI_R].present || a->r_kind == b->r_kind)
        return MI_OK;
    return mi_fail(MI_EDATA,
                   "R is '%s' in the first and '%s' in the second, wanted one kind; try " MI_OPTION
                   "r",
                   mi_r_kind_name(a->r_kind), mi_r_kind_name(b->r_kind));
}

mi_status mi_match(mi_matched *out, const mi_sample *a, const mi_sample *b)
{
    shared_rows rows = {0};
    size_t *partner = NULL;
    mi_status status;
    if (!out || !a || !b)
        return mi_fail(MI_EUSAGE, "mi_match without a result or a sample");
    *out = (mi_matched){.instances_a = a->instance.groups.g, .instances_b = b->instance.groups.g};
    MI_TRY_GOTO(status, mi_sample_no_weights(a, "a difference"), done);
    MI_TRY_GOTO(status, mi_sample_no_weights(b, "a difference"), done);
    MI_TRY_GOTO(status, check_r(a, b), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(partner, a->instance.groups.g), done);
    MI_TRY_GOTO(status, partners(partner, a, b), done);
    MI_TRY_GOTO(status, list_rows(&rows, a, b, partner), done);
    MI_TRY_GOTO(status, take_rows(&out->a, a, rows.a, rows.n), done);
    status = take_rows(&out->b, b, rows.b, rows.n);
done:
    mi_free(partner);
    mi_free(rows.a);
    mi_free(rows.b);
    if (status != MI_OK)
        mi_matched_free(out);
    return status;
}

void mi_matched_free(mi_matched *m)
{
    if (!m)
        return;
    mi_sample_free(&m->a);
    mi_sample_free(&m->b);
    *m = (mi_matched){0};
}
