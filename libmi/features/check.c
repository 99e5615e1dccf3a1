/* Is a set fit for a computation? */
#include <stdio.h>
#include <string.h>

#include "libmi/base/shell.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/mat_internal.h"
#include "libmi/features/private.h"

typedef struct {
    mi_features *f;
    size_t i;
    const mi_set *s;
} subject;

static int is_present(const subject *b, int m)
{
    return b->s->member[m].present;
}

/* "z1 and y" of the members in `bits`. */
static void list_members(unsigned bits, char *text, size_t bytes)
{
    size_t used = 0;
    text[0] = 0;
    for (int m = 0; m < MI_MEMBERS; m++) {
        if (!(bits & 1u << m))
            continue;
        const char *joint = used == 0 ? "" : bits >> (m + 1) ? ", " : " and ";
        used += (size_t)snprintf(text + used, bytes - used, "%s%s", joint,
                                 mi_member_name((mi_member_id)m));
    }
}

static mi_status check_presence(const subject *b, unsigned needed)
{
    char wanted[64], lacks[64], holds[1536];
    unsigned lacking = 0;
    hid_t file;
    for (int m = 0; m < MI_MEMBERS; m++)
        lacking |= (needed & 1u << m) && !is_present(b, m) ? 1u << m : 0;
    if (!lacking)
        return MI_OK;
    MI_TRY(mi_input_open(b->f, b->f->entry[b->i].input, &file));
    list_members(needed, wanted, sizeof wanted);
    list_members(lacking, lacks, sizeof lacks);
    mi_suggest(b->f, file, b->s->group, b->s->member, lacking, holds, sizeof holds);
    return mi_fail(MI_EDATA, "%s:%s: no %s, wanted %s; it holds %s", b->s->file, b->s->group, lacks,
                   wanted, holds);
}

/* ---- one member ---- */

static mi_status check_type(const mi_member *m, mi_member_id id)
{
    static const char *const wanted[MI_MEMBERS] = {
        [MI_Z1] = "floats or integers",
        [MI_Z2] = "floats or integers",
        [MI_R] = "integers, strings or floats",
        [MI_Y] = "integers, booleans, an enum, strings or whole floats",
        [MI_SPLIT] = "integers",
        [MI_W] = "floats or integers",
    };
    int good = id == MI_R || id == MI_Y ? m->cls != MI_CLASS_OTHER
               : id == MI_SPLIT         ? m->cls == MI_CLASS_INTEGER || m->cls == MI_CLASS_ENUM
                                        : m->cls != MI_CLASS_OTHER && m->cls != MI_CLASS_TEXT;
    if (m->problem)
        return mi_fail(MI_EDATA, "%s", m->problem);
    if (!good && strcmp(m->type, "opaque16") == 0)
        return mi_fail(MI_EDATA,
                       "%s type, wanted %s; of the bits of bfloat16 " MI_TOOL "import " MI_OPTION
                       "bf16 %s makes numbers",
                       m->type, wanted[id], mi_member_name(id));
    if (!good)
        return mi_fail(MI_EDATA, "%s type, wanted %s", m->type, wanted[id]);
    return MI_OK;
}

/* 1 when every row of the member holds one 1 and else 0. */
static int looks_one_hot(const subject *b, mi_member_id id)
{
    mi_mat x;
    if (mi_features_read(b->f, b->i, id, &x) != MI_OK)
        return 0;
    int one_hot = 1;
    for (size_t i = 0; i < x.n && one_hot; i++) {
        size_t ones = 0, zeros = 0;
        for (size_t k = 0; k < x.d; k++) {
            ones += mi_mat_get(&x, i, k) == 1;
            zeros += mi_mat_get(&x, i, k) == 0;
        }
        one_hot = ones == 1 && ones + zeros == x.d;
    }
    mi_mat_free(&x);
    return one_hot;
}

static mi_status check_shape(const subject *b, mi_member_id id)
{
    const mi_member *m = &b->s->member[id];
    if (m->n < 2)
        return mi_fail(MI_EDATA, "%zu row%s, wanted 2 or more", m->n, m->n == 1 ? "" : "s");
    if (m->d < 1)
        return mi_fail(MI_EDATA, "0 columns, wanted 1 or more");
    if (m->d > 1 && (id == MI_Y || id == MI_SPLIT || id == MI_W))
        return mi_fail(MI_EDATA, "%zu columns, wanted 1%s", m->d,
                       id != MI_W && looks_one_hot(b, id) ? "; it looks one-hot: use argmax" : "");
    return MI_OK;
}

/* The command that makes rows of an axis of 2 to 16 before the features, which may well be one of views;
 * ids are made by it. Empty where there is none. */
static void unstacking(const subject *b, mi_member_id id, char *text, size_t bytes)
{
    const mi_member *m = &b->s->member[id];
    const char *file = b->s->file;
    text[0] = 0;
    if (id > MI_Z2 || m->rank != 3 || m->shape[1] < 2 || m->shape[1] > 16 || m->is_transposed ||
        strcmp(file, "-") == 0)
        return;
    size_t used = (size_t)mi_format(text, bytes, "; if axis 1 is of views, " MI_TOOL "import");
    for (int k = 0; k < MI_MEMBERS && used + 1 < bytes; k++)
        if (is_present(b, k) && k != MI_R && k < MI_SPLIT) {
            text[used++] = ' ';
            used +=
                (size_t)mi_shell_word(text + used, bytes - used, "%s=%s:%s",
                                      mi_member_name((mi_member_id)k), file, b->s->member[k].path);
        }
    if (used < bytes)
        mi_format(text + used, bytes - used,
                  " " MI_OPTION "views %d -o unstacked.h5 makes rows of them", (int)m->shape[1]);
}

static void mention_flattening(const subject *b, mi_member_id id)
{
    const mi_member *m = &b->s->member[id];
    char shape[256], help[768];
    if (m->rank < 3 || b->f->flattened & 1u << id)
        return;
    b->f->flattened |= 1u << id;
    unstacking(b, id, help, sizeof help);
    mi_warn("%s:%s: %s %s is read as %zu rows of %zu: the trailing axes are flattened%s",
            b->s->file, b->s->group, mi_member_name(id), mi_member_shape(m, shape, sizeof shape),
            m->n, m->d, id == MI_Z1 || !(b->f->flattened & 1u << MI_Z1) ? help : "");
}

static void mention_axes(const subject *b, mi_member_id id)
{
    const mi_member *m = &b->s->member[id];
    if (!m->is_transposed || b->f->turned)
        return;
    b->f->turned = 1;
    mi_warn("%s:%s: arrays of MATLAB are read as MATLAB shows them: %s as %zu rows of %zu",
            b->s->file, b->s->group, mi_member_name(id), m->n, m->d);
}

void mi_mention_shape(mi_features *f, size_t i, mi_member_id m)
{
    const subject b = {.f = f, .i = i, .s = &f->entry[i].set};
    mention_flattening(&b, m);
    mention_axes(&b, m);
}

static mi_status check_member(const subject *b, mi_member_id id)
{
    mi_status status = check_type(&b->s->member[id], id);
    if (status == MI_OK)
        status = check_shape(b, id);
    if (status == MI_OK)
        status = mi_packed_fits(b->f, &b->s->member[id]);
    if (status == MI_OK && (id == MI_Y || id == MI_SPLIT))
        status = mi_labels_fit(b->f, &b->s->member[id]);
    if (status != MI_OK)
        return mi_fail_in(status, "%s:%s: %s", b->s->file, b->s->group, mi_member_name(id));
    mi_mention_shape(b->f, b->i, id);
    return MI_OK;
}

/* ---- members together ---- */

static mi_status check_rows(const subject *b, unsigned used)
{
    int first = 0;
    while (first < MI_MEMBERS && !(is_present(b, first) && used & 1u << first))
        first++;
    for (int m = first + 1; m < MI_MEMBERS; m++) {
        size_t wanted = b->s->member[first].n, n = b->s->member[m].n;
        if (is_present(b, m) && used & 1u << m && n != wanted)
            return mi_fail(MI_EDATA, "%s:%s: %s has %zu rows, %s has %zu", b->s->file, b->s->group,
                           mi_member_name((mi_member_id)m), n, mi_member_name((mi_member_id)first),
                           wanted);
    }
    return MI_OK;
}

static mi_status check(const subject *b, unsigned needed, unsigned wanted)
{
    MI_TRY(check_presence(b, needed));
    for (int m = 0; m < MI_MEMBERS; m++)
        if (is_present(b, m) && (needed | wanted) & 1u << m)
            MI_TRY(check_member(b, (mi_member_id)m));
    return check_rows(b, needed | wanted);
}

mi_status mi_features_check(mi_features *f, size_t i, unsigned needed, unsigned wanted)
{
    MI_TRY(mi_set_check(f, i));
    MI_WANT((needed | wanted) >> MI_MEMBERS == 0, "members 0x%x, wanted bits of mi_member_id",
            needed | wanted);
    subject b = {.f = f, .i = i, .s = &f->entry[i].set};
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = check(&b, needed, wanted);
    mi_h5_quiet_end(&quiet);
    return status;
}
