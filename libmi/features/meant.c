/* What a feature set was probably not meant to be: each is said once a file. */
#include "libmi/features/meant.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/doubt.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"
#include "libmi/data/sample_build.h"
#include "libmi/features/private.h"

/* What is said once a file; of a member: + MI_Z1 or MI_Z2. */
enum {
    SAID_IDS,
    SAID_MIXED,
    SAID_ALIKE,
    SAID_NEGATIVE,
    SAID_CONSTANT,
    SAID_SYMBOLS = SAID_CONSTANT + 2,
    SAID_INFINITE = SAID_SYMBOLS + 2
};

typedef struct {
    mi_features *f;
    const mi_set *s;
    mi_input *in;
} subject;

static int begin(subject *b, mi_features *f, size_t i)
{
    if (mi_set_check(f, i) != MI_OK)
        return 0;
    *b = (subject){.f = f, .s = &f->entry[i].set, .in = &f->input[f->entry[i].input]};
    return 1;
}

/* 1 the first time. */
static int is_new(const subject *b, unsigned what)
{
    int first = !(b->in->said >> what & 1);
    b->in->said |= 1u << what;
    return first;
}

/* ---- ids and labels ---- */

/* Instances with one row, where they are so few that the others must be views. */
static size_t singles(const mi_groups *instance)
{
    size_t count = 0;
    for (size_t c = 0; c < instance->g; c++)
        count += instance->count[c] == 1;
    return 10 * count < instance->g ? count : 0;
}

static void mention_ids(const subject *b, const mi_groups *instance)
{
    size_t alone = singles(instance);
    if (instance->g == instance->n && is_new(b, SAID_IDS))
        mi_warn("%s:%s: r has an id of its own for each of the %zu rows, so no instance has two "
                "views; views of one instance want one number",
                b->s->file, b->s->group, instance->n);
    if (alone && is_new(b, SAID_IDS))
        mi_warn("%s:%s: %zu of %zu instances have one row and the others more, so ids do not mark "
                "views and R is the id; are r and the rows in one order, and none of them missing?",
                b->s->file, b->s->group, alone, instance->g);
}

/* By MI_ROWS_INTERLEAVED and MI_ROWS_STACKED. */
static const char *const layout_name[] = {"", "interleaved (the views of one next to each other)",
                                          "stacked (all first views, then all second ones)"};

static size_t views_of(const mi_groups *instance)
{
    return instance->n % instance->g ? 0 : instance->n / instance->g;
}

/* Two layouts, of which each is the only one of its kind, are not one. */
static int is_crossed(unsigned a, unsigned b)
{
    return a + b == (MI_ROWS_INTERLEAVED | MI_ROWS_STACKED) && a && b;
}

/* With as many rows of each instance: the layout that the ids have, and the one that the labels
 * have. */
static void mention_mixed(const subject *b, const mi_groups *instance, const mi_groups *y)
{
    int are_views = mi_ids_mark_views(instance) || singles(instance);
    size_t mixed = are_views ? mi_groups_mixed(instance, y) : 0;
    if (!mixed || !is_new(b, SAID_MIXED))
        return;
    size_t views = views_of(instance);
    unsigned ids = mi_groups_layouts(instance, views), labels = mi_groups_layouts(y, views);
    if (is_crossed(ids, labels))
        mi_warn("%s:%s: views of one instance have different labels, in %zu of %zu instances: by r "
                "the rows are %s, by y %s",
                b->s->file, b->s->group, mixed, instance->g, layout_name[ids], layout_name[labels]);
    else
        mi_warn("%s:%s: views of one instance have different labels, in %zu of %zu instances: are "
                "r and y in the order of the rows, interleaved or stacked both?",
                b->s->file, b->s->group, mixed, instance->g);
}

void mi_meant_labels(mi_features *f, size_t i, const mi_labels *y)
{
    subject b;
    size_t rows = 0;
    if (!y || !y->value || y->is_unsigned || !begin(&b, f, i))
        return;
    for (size_t c = 0; c < y->groups.g; c++) {
        if (y->value[c] < -1)
            return;
        rows += y->value[c] == -1 ? y->groups.count[c] : 0;
    }
    if (rows && y->groups.g > 2 && is_new(&b, SAID_NEGATIVE))
        mi_warn("%s:%s: y is -1 in %zu of %zu rows and never below, and counts as a class like the "
                "others; where it means no label, " MI_TOOL "transform " MI_OPTION
                "drop-class -1 leaves those rows out",
                b.s->file, b.s->group, rows, y->groups.n);
}

/* ---- rows ---- */

static void mention_likeness(const subject *b, mi_member_id m, const mi_mat *x,
                             const mi_groups *instance)
{
    if (!mi_ids_mark_views(instance))
        return;
    mi_likeness l = mi_views_likeness(x, instance);
    /* Rows that are all alike have collapsed, which says nothing of their order. */
    if (!l.instances || l.differ || l.other >= 0.999 || !is_new(b, SAID_ALIKE))
        return;
    unsigned ids = mi_groups_layouts(instance, views_of(instance));
    unsigned shown = mi_views_layouts(x, views_of(instance));
    char why[200];
    if (is_crossed(ids, shown))
        mi_format(why, sizeof why, "by r the rows are %s, by %s %s", layout_name[ids],
                  mi_member_name(m), layout_name[shown]);
    else
        mi_format(why, sizeof why, "is r in the order of the rows?");
    mi_warn("%s:%s: in %s views of one instance are no more alike than rows of different ones "
            "(mean cosine %.3f and %.3f, of %zu instances): %s",
            b->s->file, b->s->group, mi_member_name(m), l.same, l.other, l.instances, why);
}

/* A few are nothing rare (units that a network does not use): mi-ls counts them. */
static void mention_constant(const subject *b, mi_member_id m, const mi_mat *x)
{
    size_t constant = mi_columns_constant(x);
    if (10 * constant < x->d || !constant || !is_new(b, SAID_CONSTANT + (unsigned)m))
        return;
    if (constant == x->d)
        mi_warn("%s:%s: %s is the same in all %zu rows", b->s->file, b->s->group, mi_member_name(m),
                x->n);
    else
        mi_warn("%s:%s: %zu of the %zu columns of %s are constant, the same in all rows",
                b->s->file, b->s->group, constant, x->d, mi_member_name(m));
}

static void mention_symbols(const subject *b, mi_member_id m, const mi_groups *symbols)
{
    const mi_member *k = &b->s->member[m];
    char shape[256], bits[256] = "";
    if (k->cls != MI_CLASS_INTEGER || k->d < 2 || symbols->g < symbols->n ||
        !is_new(b, SAID_SYMBOLS + (unsigned)m))
        return;
    if (strncmp(k->type, "u16", 3) == 0 || strncmp(k->type, "i16", 3) == 0)
        mi_format(bits, sizeof bits,
                  "; of the bits of bfloat16 " MI_TOOL "import " MI_OPTION "bf16 %s makes numbers",
                  mi_member_name(m));
    mi_warn("%s:%s: %s %s: each row of integers is one symbol, and all %zu differ, so they say "
            "nothing; " MI_OPTION "kernel %s=linear takes them as numbers%s",
            b->s->file, b->s->group, mi_member_name(m), mi_member_shape(k, shape, sizeof shape),
            symbols->n, mi_member_name(m), bits);
}

static mi_status count_infinite(void *arg, const mi_mat *block, size_t first)
{
    size_t *rows = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++) {
        int found = 0;
        for (size_t k = 0; k < block->d && !found; k++)
            found = isinf(mi_mat_get(block, i, k));
        *rows += (size_t)found;
    }
    return MI_OK;
}

/* Half precision overflowed where most rows have infinity: what is said of them then, else NULL. */
static const char *overflow(char *text, size_t bytes, const mi_member *k, const mi_mat *x)
{
    size_t rows = 0;
    if (strncmp(k->type, "f16", 3) != 0 ||
        mi_mat_each_block(x, 0, x->n, count_infinite, &rows) != MI_OK || 2 * rows <= x->n)
        return NULL;
    snprintf(text, bytes,
             "%zu of %zu rows have infinity: half precision, which it is saved in, ends at 65504; "
             "save it in single precision (x.float() in PyTorch)",
             rows, x->n);
    return text;
}

static void mention_overflow(const subject *b, mi_member_id m, const mi_mat *x)
{
    char text[256];
    if (x->x && overflow(text, sizeof text, &b->s->member[m], x) &&
        is_new(b, SAID_INFINITE + (unsigned)m))
        mi_warn("%s:%s: %s: %s", b->s->file, b->s->group, mi_member_name(m), text);
}

void mi_meant(mi_features *f, size_t i, const mi_in_hand *has)
{
    subject b;
    if (!has || !begin(&b, f, i))
        return;
    if (has->instance)
        mention_ids(&b, has->instance);
    if (has->instance && has->y)
        mention_mixed(&b, has->instance, has->y);
    if (has->instance && (has->z2 || has->z1))
        mention_likeness(&b, has->z2 ? MI_Z2 : MI_Z1, has->z2 ? has->z2 : has->z1, has->instance);
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++) {
        const mi_mat *x = m == MI_Z1 ? has->z1 : has->z2;
        if (x || has->symbols[m])
            mi_mention_shape(f, i, m);
        if (x) {
            mention_constant(&b, m, x);
            if (!has->is_finite)
                mention_overflow(&b, m, x);
        }
        if (has->symbols[m])
            mention_symbols(&b, m, has->symbols[m]);
    }
}

/* ---- not finite ---- */

mi_status mi_meant_finite(size_t *zero, mi_features *f, size_t i, mi_member_id m, const mi_mat *x)
{
    MI_TRY(mi_member_check(f, i, m));
    const mi_set *s = &f->entry[i].set;
    char text[256];
    mi_status status = mi_rows_look(zero, x);
    if (status == MI_EDATA && overflow(text, sizeof text, &s->member[m], x))
        status = mi_fail(status, "%s", text);
    return status == MI_OK ? MI_OK
                           : mi_fail_in(status, "%s:%s: %s", s->file, s->group, mi_member_name(m));
}
