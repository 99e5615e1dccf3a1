/* Arrays into a feature set: shapes first, so that what does not fit is refused before anything is
 * read, then the ids and labels, then block by block what is large. */
#include "libmi/exchange/import.h"

#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/words.h"
#include "libmi/exchange/private.h"
#include "libmi/features/half.h"
#include "libmi/features/raw.h"

void mi_import_opts_default(mi_import_opts *o)
{
    *o = (mi_import_opts){.group = "/", .views = 1};
}

const char *mi_import_argument(const mi_import_job *j, mi_member_id m, char *text, size_t bytes)
{
    snprintf(text, bytes, "%s=%s", mi_member_name(m), j->o->address[m]);
    return text;
}

static mi_status fail_at(const mi_import_job *j, mi_member_id m, mi_status status)
{
    return mi_fail_in(status, "%s: %s", mi_member_name(m), j->o->address[m]);
}

/* ---- shapes ---- */

/* Bits of bfloat16 that came as integers, or as nothing that NumPy has a name for. */
static mi_status take_bf16(const mi_import_job *j, mi_member_id m, mi_foreign *a)
{
    if (!(j->o->bf16 & 1u << m))
        return MI_OK;
    if (a->elem == MI_ELEM_U16 || a->elem == MI_ELEM_I16)
        a->elem = MI_ELEM_BF16;
    if (a->elem != MI_ELEM_BF16)
        return mi_fail(MI_EDATA, "%s, which holds no bfloat16, wanted 16 bits an element",
                       mi_elem_name(a->elem));
    return MI_OK;
}

/* Of three axes one may well be of views; of more it may be of channels. */
static void mention_views(const mi_import_job *j, mi_member_id m)
{
    char shape[256], argument[600];
    if (j->in[m].a.axes > 3)
        mi_warn("%s is %s: its axis of %zu views becomes rows",
                mi_import_argument(j, m, argument, sizeof argument),
                mi_foreign_shape(&j->in[m].a, shape, sizeof shape), j->o->views);
}

/* An axis of views becomes rows: (m,v,d), or (v,m,d) when they are stacked. */
static mi_status unstack(mi_import_job *j, mi_member_id m)
{
    mi_incoming *in = &j->in[m];
    mi_foreign *a = &in->a;
    uint64_t v = j->o->views;
    int is_inner = v > 1 && m <= MI_Z2 && a->axes > 2 && a->axis[1] == v;
    int is_outer = v > 1 && m <= MI_Z2 && a->axes > 2 && a->axis[0] == v;
    if (is_inner || is_outer)
        mention_views(j, m);
    if (is_outer && j->layout != MI_VIEWS_INTERLEAVED &&
        (!is_inner || j->layout == MI_VIEWS_STACKED)) {
        j->layout = MI_VIEWS_STACKED;
        if (!mi_foreign_merge(a))
            return mi_fail(MI_EDATA,
                           "its first axis has the views, which of .npy and .npz in C order "
                           "alone become rows; save it so, or as n x views x d");
    } else if (is_inner && j->layout != MI_VIEWS_STACKED) {
        j->layout = MI_VIEWS_INTERLEAVED;
        in->rows_each = (size_t)v;
    } else if (is_inner) {
        return mi_fail(MI_EDATA,
                       "its second axis has the %llu views, which are interleaved then, "
                       "not stacked",
                       (unsigned long long)v);
    }
    return MI_OK;
}

/* MATLAB and careless slices give a line for a column. */
static void turn_line(mi_incoming *in, mi_member_id m)
{
    mi_foreign *a = &in->a;
    if (m < MI_R || a->axes != 2 || a->n != 1 || a->row_name)
        return;
    in->is_line = 1;
    a->axes = 1;
    a->axis[0] = a->n = a->d;
    a->d = 1;
}

static mi_status check_axes(const mi_foreign *a, mi_member_id m)
{
    char shape[256];
    mi_foreign_shape(a, shape, sizeof shape);
    if (a->d < 1)
        return mi_fail(MI_EDATA, "%s has no columns", shape);
    if (m <= MI_Z2 && a->elem == MI_ELEM_TEXT)
        return mi_fail(MI_EDATA, "text, wanted numbers");
    if (m == MI_SPLIT && a->elem == MI_ELEM_TEXT)
        return mi_fail(MI_EDATA, "text, wanted integers: 0 for training rows, 1 for test rows");
    if (m == MI_W && a->elem == MI_ELEM_TEXT)
        return mi_fail(MI_EDATA, "text, wanted numbers");
    if ((m == MI_Y || m == MI_SPLIT || m == MI_W) && a->d > 1)
        return mi_fail(MI_EDATA, "%s, wanted one value a row%s", shape,
                       m == MI_Y ? "; one-hot labels are classes by argmax(1)" : "");
    if (m == MI_R && a->d > 1 && !mi_elem_is_float(a->elem))
        return mi_fail(MI_EDATA, "%s, wanted one id a row, or a real-valued target", shape);
    return MI_OK;
}

static mi_status open_member(mi_import_job *j, mi_member_id m)
{
    mi_incoming *in = &j->in[m];
    mi_status status = mi_foreign_open(&in->a, j->o->address[m], &j->o->array);
    if (status != MI_OK)
        return mi_fail_in(status, "%s", mi_member_name(m));
    in->is_there = 1;
    in->rows_each = 1;
    turn_line(in, m);
    MI_TRY(take_bf16(j, m, &in->a));
    MI_TRY(unstack(j, m));
    return check_axes(&in->a, m);
}

/* ---- rows ---- */

static size_t rows_of(const mi_incoming *in)
{
    return in->a.n * in->rows_each;
}

/* What may have gone wrong where text has a row too few or too many. */
static const char *header_hint(char *text, size_t bytes, const mi_foreign *a, size_t n,
                               size_t wanted)
{
    text[0] = 0;
    if (a->guessed == 1 && n + 1 == wanted)
        mi_format(text, bytes, "; its first line was taken for names: " MI_OPTION "header no");
    if (a->guessed == 2 && n == wanted + 1)
        mi_format(text, bytes, "; its first line was taken for data: " MI_OPTION "header yes");
    return text;
}

/* r, y and split may have a value an instance. */
static mi_status check_rows(mi_import_job *j, mi_member_id m, mi_member_id first)
{
    char as[600], hint[128];
    mi_incoming *in = &j->in[m];
    size_t n = rows_of(in);
    in->is_named = m >= MI_R && j->o->key && j->name && !in->a.row_name;
    if (n == j->n || in->is_named)
        return MI_OK;
    in->is_once = m >= MI_R && j->o->views > 1 && n * j->o->views == j->n;
    if (in->is_once)
        return MI_OK;
    return mi_fail(MI_EDATA, "%zu rows, wanted %zu as %s has%s", n, j->n,
                   mi_import_argument(j, first, as, sizeof as),
                   header_hint(hint, sizeof hint, &in->a, n, j->n));
}

/* Rows by name go with rows of the same names. */
static mi_status check_names(const mi_import_job *j, mi_member_id m, mi_member_id first)
{
    char *const *a = j->in[first].a.row_name, *const *b = j->in[m].a.row_name;
    char as[600];
    for (size_t k = 0; a && b && k < j->n; k++)
        if (strcmp(a[k], b[k]) != 0)
            return mi_fail(MI_EDATA, "row %zu is '%s', wanted '%s' as in %s", k, b[k], a[k],
                           mi_import_argument(j, first, as, sizeof as));
    return MI_OK;
}

static mi_status check_member(mi_import_job *j, mi_member_id m, mi_member_id first)
{
    if (j->n < 2)
        return mi_fail(MI_EDATA, "%zu row%s, wanted 2 or more", j->n, j->n == 1 ? "" : "s");
    if (j->n % j->o->views)
        return mi_fail(MI_EDATA, "%zu rows, wanted a multiple of the %zu views", j->n, j->o->views);
    MI_TRY(check_rows(j, m, first));
    return check_names(j, m, first);
}

static mi_status check_together(mi_import_job *j)
{
    int first = 0;
    while (!j->in[first].is_there)
        first++;
    j->n = rows_of(&j->in[first]);
    j->name = j->in[first].a.row_name;
    if (j->o->key && !j->name)
        return mi_fail(MI_EUSAGE,
                       MI_OPTION "key is for rows that have names: datasets that become a "
                                 "row each");
    for (int m = first; m < MI_MEMBERS; m++) {
        mi_status status =
            j->in[m].is_there ? check_member(j, (mi_member_id)m, (mi_member_id)first) : MI_OK;
        if (status != MI_OK)
            return fail_at(j, (mi_member_id)m, status);
    }
    return MI_OK;
}

static mi_status open_all(mi_import_job *j)
{
    for (int m = 0; m < MI_MEMBERS; m++) {
        if (!j->o->address[m])
            continue;
        mi_status status = open_member(j, (mi_member_id)m);
        if (status != MI_OK)
            return j->in[m].is_there ? fail_at(j, (mi_member_id)m, status) : status;
    }
    return check_together(j);
}

/* ---- features ---- */

typedef struct {
    mi_import_job *j;
    mi_member_id m;
    mi_writer *w;
    mi_sink *sink;
    mi_store store;
    hid_t type; /* of rows as they are written; MI_H5_NONE: doubles */
    void *rows; /* (step) rows of the array, as it gives them */
    void *wide; /* the same as they are written, where that is another type */
    size_t step;
    size_t row, bad, first_bad; /* rows of the set so far; those not finite */
} passage;

static mi_layout layout_of(const passage *p)
{
    const mi_incoming *in = &p->j->in[p->m];
    int skip = in->rows_each > 1 ? 2 : 1;
    mi_layout l = {.n = p->j->n, .axes = in->a.axes - skip, .store = p->store};
    memcpy(l.axis, in->a.axis + skip, (size_t)l.axes * sizeof *l.axis);
    return l;
}

/* Both are widened on the way, not by HDF5. */
static int is_widened(const passage *p)
{
    mi_elem e = p->j->in[p->m].a.elem;
    return p->store == MI_STORE_F32 && (e == MI_ELEM_F16 || e == MI_ELEM_BF16);
}

static mi_status open_passage(passage *p)
{
    const mi_foreign *a = &p->j->in[p->m].a;
    p->store = p->j->o->store;
    if (p->store == MI_STORE_SAME && a->elem == MI_ELEM_BF16)
        p->store = MI_STORE_F32;
    mi_layout layout = layout_of(p);
    p->step = MI_BLOCK_BYTES / (a->d * 8) ? MI_BLOCK_BYTES / (a->d * 8) : 1;
    p->step = p->step < a->n ? p->step : a->n;
    MI_TRY(mi_malloc(&p->rows, p->step, a->d * a->width));
    if (p->store == MI_STORE_SAME)
        p->type = mi_elem_h5(a->elem, a->width);
    else
        MI_TRY(mi_malloc(&p->wide, p->step, a->d * sizeof(double)));
    if (is_widened(p))
        p->type = mi_elem_h5(MI_ELEM_F32, 4);
    if (p->type < 0)
        return mi_writer_member(&p->sink, p->w, p->j->o->group, p->m, &layout);
    return mi_sink_make(&p->sink, p->w, p->j->o->group, mi_member_name(p->m), &layout, p->type,
                        MI_H5_NONE);
}

static void close_passage(passage *p)
{
    mi_h5_drop(p->type);
    mi_sink_free(p->sink);
    mi_free(p->rows);
    mi_free(p->wide);
}

/* n rows of the set, which p->rows holds. */
static mi_status put_rows(passage *p, size_t n, size_t d)
{
    mi_elem e = p->j->in[p->m].a.elem;
    size_t first, bad = mi_elem_nonfinite(e, p->rows, n, d, &first);
    if (bad && !p->bad)
        p->first_bad = p->row + first;
    p->bad += bad;
    p->row += n;
    if (is_widened(p)) {
        if (e == MI_ELEM_F16)
            mi_half_widen(p->wide, p->rows, n * d);
        else
            mi_elem_widen_bf16(p->wide, p->rows, n * d);
        return mi_sink_rows(p->sink, p->type, p->wide, n);
    }
    if (p->type >= 0)
        return mi_sink_rows(p->sink, p->type, p->rows, n);
    mi_elem_doubles(p->wide, e, p->rows, n * d);
    return mi_sink_reals(p->sink, p->wide, n);
}

static mi_status pass_rows(passage *p)
{
    mi_incoming *in = &p->j->in[p->m];
    const size_t each = in->rows_each;
    MI_TRY(open_passage(p));
    for (size_t at = 0; at < in->a.n; at += p->step) {
        size_t count = in->a.n - at < p->step ? in->a.n - at : p->step;
        mi_status status = mi_foreign_read(&in->a, count, p->rows);
        if (status != MI_OK)
            return mi_fail_in(status, "%s", mi_member_name(p->m));
        MI_TRY(put_rows(p, count * each, in->a.d / each));
    }
    if (!p->bad || p->j->o->keep_nonfinite)
        return MI_OK;
    return fail_at(p->j, p->m,
                   mi_fail(MI_EDATA,
                           "row %zu has NaN or infinity (%zu of %zu rows do), wanted finite "
                           "numbers; " MI_OPTION "keep-nonfinite keeps them, for " MI_TOOL
                           "transform " MI_OPTION "drop-nonfinite",
                           p->first_bad, p->bad, p->j->n));
}

/* Rows of integers are symbols: not what pixels and bits are meant to be. */
static void mention_integers(const mi_import_job *j, mi_member_id m)
{
    const mi_foreign *a = &j->in[m].a;
    char shape[256], argument[600], bits[128] = "";
    if (mi_elem_is_float(a->elem) || a->d < 2 || j->o->store != MI_STORE_SAME)
        return;
    if (a->elem == MI_ELEM_U16 || a->elem == MI_ELEM_I16)
        mi_format(bits, sizeof bits, ", " MI_OPTION "bf16 takes them for the bits of bfloat16");
    mi_warn("%s is %s: a row of integers is one symbol; " MI_OPTION "type f32 makes them numbers%s",
            mi_import_argument(j, m, argument, sizeof argument),
            mi_foreign_shape(a, shape, sizeof shape), bits);
}

static mi_status write_feature(mi_import_job *j, mi_member_id m, mi_writer *w)
{
    passage p = {.j = j, .m = m, .w = w, .type = MI_H5_NONE};
    mention_integers(j, m);
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = pass_rows(&p);
    close_passage(&p);
    mi_h5_quiet_end(&quiet);
    return status;
}

/* ---- ids and labels ---- */

/* Values of rows, taken from those of instances where there is one each. */
static mi_status write_values(const mi_import_job *j, mi_member_id m, mi_sink *sink, hid_t type,
                              size_t row_bytes)
{
    const mi_incoming *in = &j->in[m];
    size_t step = MI_BLOCK_BYTES / row_bytes + 1;
    mi_status status = MI_OK;
    char *rows;
    if (!in->is_once)
        return mi_sink_rows(sink, type, in->values, j->n);
    step = step < j->n ? step : j->n;
    MI_TRY(mi_malloc(&rows, step, row_bytes));
    for (size_t at = 0; status == MI_OK && at < j->n; at += step) {
        size_t count = j->n - at < step ? j->n - at : step;
        for (size_t k = 0; k < count; k++)
            memcpy(rows + k * row_bytes,
                   (const char *)in->values + mi_import_instance(j, at + k) * row_bytes, row_bytes);
        status = mi_sink_rows(sink, type, rows, count);
    }
    mi_free(rows);
    return status;
}

static mi_status write_labels(const mi_import_job *j, mi_member_id m, mi_writer *w)
{
    const mi_foreign *a = &j->in[m].a;
    mi_layout layout = {.n = j->n, .axes = a->d > 1, .axis = {a->d}};
    mi_sink *sink;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    hid_t type = mi_elem_h5(a->elem, a->width);
    mi_status status =
        mi_sink_make(&sink, w, j->o->group, mi_member_name(m), &layout, type, MI_H5_NONE);
    if (status == MI_OK)
        status = write_values(j, m, sink, type, a->d * a->width);
    mi_sink_free(sink);
    mi_h5_drop(type);
    mi_h5_quiet_end(&quiet);
    return status;
}

static mi_status write_made_ids(const mi_import_job *j, mi_writer *w)
{
    enum { STEP = 1 << 16 };
    mi_layout layout = {.n = j->n, .store = MI_STORE_I64};
    mi_sink *sink;
    int64_t *id;
    MI_TRY(MI_NEW_RAW(id, STEP));
    mi_status status = mi_writer_member(&sink, w, j->o->group, MI_R, &layout);
    for (size_t at = 0; status == MI_OK && at < j->n; at += STEP) {
        size_t count = j->n - at < STEP ? j->n - at : STEP;
        for (size_t k = 0; k < count; k++)
            id[k] = (int64_t)mi_import_instance(j, at + k);
        status = mi_sink_integers(sink, id, count);
    }
    mi_sink_free(sink);
    mi_free(id);
    return status;
}

/* ---- all of it ---- */

static mi_status write_all(mi_import_job *j, mi_writer *w)
{
    const int makes_ids = j->o->views > 1 && !j->in[MI_R].is_there;
    unsigned members = makes_ids ? 1u << MI_R : 0;
    for (int m = 0; m < MI_MEMBERS; m++)
        members |= j->in[m].is_there ? 1u << m : 0;
    MI_TRY(mi_writer_room(w, j->o->group, members, j->n, j->o->replace));
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
        if (j->in[m].is_there)
            MI_TRY(write_feature(j, m, w));
    if (makes_ids)
        MI_TRY(write_made_ids(j, w));
    for (mi_member_id m = MI_R; m < MI_MEMBERS; m++)
        if (j->in[m].is_there)
            MI_TRY(write_labels(j, m, w));
    return MI_OK;
}

static mi_status check_opts(const mi_import_opts *o)
{
    int members = 0;
    for (int m = 0; m < MI_MEMBERS; m++)
        members += o->address[m] != NULL;
    if (!members)
        return mi_fail(MI_EUSAGE, "no member is given, wanted such as z1=FILE");
    if (o->views < 1)
        return mi_fail(MI_EUSAGE, "0 views, wanted 1 or more");
    if (o->store > MI_STORE_F64)
        return mi_fail(MI_EUSAGE, "z1 and z2 are stored as they are or as floats");
    if (!o->group || o->group[0] != '/')
        return mi_fail(MI_EUSAGE, "group '%s', wanted a path from the root, such as /epoch_010",
                       o->group ? o->group : "");
    return MI_OK;
}

mi_status mi_import(mi_writer *w, const mi_import_opts *o)
{
    mi_import_job j = {.o = o, .layout = o->layout};
    MI_TRY(check_opts(o));
    mi_status status = open_all(&j);
    if (status == MI_OK)
        status = mi_import_read_labels(&j);
    if (status == MI_OK)
        status = write_all(&j, w);
    for (int m = 0; m < MI_MEMBERS; m++) {
        if (j.in[m].is_there)
            mi_foreign_close(&j.in[m].a);
        mi_free(j.in[m].values);
    }
    return status;
}
