/* Members of feature sets as arrays and as text, a block of rows at a time. */
#include "libmi/exchange/export.h"

#include <errno.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/utf8.h"
#include "libmi/base/words.h"
#include "libmi/exchange/private.h"
#include "libmi/features/raw.h"

/* A member on its way out. */
typedef struct {
    mi_features *f;
    size_t i;
    mi_member_id m;
    const mi_member *member;
    mi_elem elem;
    size_t width;      /* bytes of an element in memory; of text: of the longest cell */
    size_t characters; /* of the longest cell */
    int axes;
    uint64_t axis[MI_FOREIGN_AXES];
    size_t step;    /* rows of a block */
    size_t *row;    /* (step) */
    char *block;    /* (step,d) elements */
    uint32_t *wide; /* (step,d,characters) of text */
} outgoing;

static void outgoing_free(outgoing *x)
{
    mi_free(x->row);
    mi_free(x->block);
    mi_free(x->wide);
}

/* ---- rows in ---- */

/* A cell of a window of text, wherever it is: its bytes, *length of them. */
static const char *cell_of(const mi_reader *r, int is_string, size_t k, size_t *length)
{
    const char *text = (const char *)r->rows + k * H5Tget_size(r->memory);
    if (is_string)
        text = *(char *const *)(const void *)text;
    *length = !text ? 0 : is_string ? strlen(text) : strnlen(text, H5Tget_size(r->memory));
    return text;
}

/* Takes a window of text: mi_window_fn. */
static mi_status measure_window(mi_reader *r, size_t base, const size_t *row, size_t n, void *arg)
{
    outgoing *x = arg;
    int is_string = H5Tis_variable_str(r->memory) > 0;
    (void)base, (void)row;
    for (size_t k = 0; k < n * x->member->d; k++) {
        char *copy;
        size_t length;
        const char *text = cell_of(r, is_string, k, &length);
        MI_TRY(mi_calloc(&copy, length + 1, 1));
        memcpy(copy, text ? text : "", length);
        if (!is_string)
            mi_h5_trim(copy, length, H5Tget_strpad(r->memory));
        size_t bytes = strlen(copy), characters = mi_utf8_count(copy);
        x->width = bytes > x->width ? bytes : x->width;
        x->characters = characters > x->characters ? characters : x->characters;
        mi_free(copy);
    }
    return MI_OK;
}

/* Elements that stand for values by the conventions of netCDF go out as these values. */
static int is_stored_otherwise(const mi_member *m)
{
    return m->is_packed || m->n_missing > 0;
}

static mi_status copy_window(mi_reader *r, size_t base, const size_t *row, size_t n, void *arg)
{
    outgoing *x = arg;
    (void)base;
    size_t d = x->member->d;
    char *to = x->block + (size_t)(row - x->row) * d * x->width;
    int is_string = x->elem == MI_ELEM_TEXT && H5Tis_variable_str(r->memory) > 0;
    if (x->elem != MI_ELEM_TEXT) {
        memcpy(to, r->rows, n * r->row_bytes);
        if (is_stored_otherwise(x->member))
            mi_stored_values(x->member, (double *)(void *)to, n * d);
        return MI_OK;
    }
    for (size_t k = 0; k < n * d; k++, to += x->width) {
        size_t length;
        const char *text = cell_of(r, is_string, k, &length);
        length = length < x->width ? length : x->width;
        memset(to, 0, x->width);
        memcpy(to, text ? text : "", length);
        if (!is_string)
            mi_h5_trim(to, x->width, H5Tget_strpad(r->memory));
    }
    return MI_OK;
}

typedef struct {
    outgoing *x;
    const size_t *row; /* NULL: all of them, to be measured */
    size_t n;
} reading;

static mi_status describe(outgoing *x, hid_t type)
{
    x->elem = is_stored_otherwise(x->member) ? MI_ELEM_F64 : mi_elem_of_h5(type);
    if (x->elem == MI_ELEMS)
        return mi_fail(MI_EDATA, "%s type, which has no like in the other format", x->member->type);
    x->width = x->elem == MI_ELEM_TEXT ? 1 : mi_elem_size(x->elem);
    x->characters = 1;
    return MI_OK;
}

/* Reads rows, or looks at all that are text: mi_member_reader. */
static mi_status read_member(hid_t dataset, const mi_member *m, const char *file, void *arg)
{
    reading *job = arg;
    outgoing *x = job->x;
    mi_reader r = {.memory = MI_H5_NONE};
    hid_t type = H5Dget_type(dataset);
    mi_status status = job->row ? MI_OK : describe(x, type);
    if (status == MI_OK && (job->row || x->elem == MI_ELEM_TEXT)) {
        status = mi_reader_open(&r, dataset, m, file, mi_elem_memory(x->elem, type));
        if (status == MI_OK)
            status =
                mi_reader_each(&r, job->row, job->n, job->row ? copy_window : measure_window, x);
        mi_reader_close(&r);
    }
    mi_h5_drop(type);
    return status;
}

/* Rows first .. first+n into x->block. */
static mi_status read_rows(outgoing *x, size_t first, size_t n)
{
    reading job = {.x = x, .row = x->row, .n = n};
    for (size_t k = 0; k < n; k++)
        x->row[k] = first + k;
    return n && x->member->d ? mi_member_read(x->f, x->i, x->m, read_member, &job) : MI_OK;
}

static void set_axes(outgoing *x)
{
    const mi_member *m = x->member;
    x->axes = m->rank <= MI_FOREIGN_AXES ? m->rank : 2;
    for (int k = 0; k < x->axes; k++)
        x->axis[k] = m->shape[k];
    if (m->rank > MI_FOREIGN_AXES)
        x->axis[1] = m->d;
}

static mi_status outgoing_open(outgoing *x, mi_features *f, size_t i, mi_member_id m)
{
    *x = (outgoing){.f = f, .i = i, .m = m, .member = &mi_features_set(f, i)->member[m]};
    reading look = {.x = x, .n = x->member->n};
    MI_TRY(mi_member_read(f, i, m, read_member, &look));
    set_axes(x);
    size_t bytes = x->member->d * (x->elem == MI_ELEM_TEXT ? x->characters * 4 : x->width);
    x->step = bytes && MI_BLOCK_BYTES / bytes > 1 ? MI_BLOCK_BYTES / bytes : 1;
    x->step = x->step < x->member->n ? x->step : x->member->n;
    MI_TRY(MI_NEW_RAW(x->row, x->step));
    MI_TRY(mi_malloc(&x->block, x->step, x->member->d * x->width));
    return x->elem == MI_ELEM_TEXT ? mi_malloc(&x->wide, x->step, bytes) : MI_OK;
}

/* ---- arrays ---- */

static void put_block(const outgoing *x, mi_out *o, size_t n)
{
    size_t count = n * x->member->d;
    if (x->elem != MI_ELEM_TEXT) {
        mi_out_put(o, x->block, count * x->width);
        return;
    }
    for (size_t k = 0; k < count; k++)
        mi_ucs4_of_utf8(x->wide + k * x->characters, x->characters, x->block + k * x->width,
                        x->width);
    mi_out_put(o, x->wide, count * x->characters * 4);
}

static mi_status put_values(outgoing *x, mi_out *o)
{
    for (size_t at = 0; at < x->member->n; at += x->step) {
        size_t count = x->member->n - at < x->step ? x->member->n - at : x->step;
        MI_TRY(read_rows(x, at, count));
        put_block(x, o, count);
        MI_TRY(mi_out_status(o));
    }
    return MI_OK;
}

static mi_status put_array(outgoing *x, mi_out *o, mi_zip *zip, const char *name)
{
    char descr[32], *header;
    size_t bytes;
    uint64_t element = x->elem == MI_ELEM_TEXT ? x->characters * 4 : x->width;
    MI_TRY(mi_npy_header_make(&header, &bytes,
                              mi_npy_descr(descr, sizeof descr, x->elem, x->characters), x->axes,
                              x->axis));
    mi_status status = MI_OK;
    if (zip)
        status = mi_zip_begin(zip, o, name, bytes + element * x->member->n * x->member->d);
    if (status == MI_OK)
        mi_out_put(o, header, bytes);
    mi_free(header);
    MI_TRY(status);
    MI_TRY(put_values(x, o));
    if (zip)
        mi_zip_end_entry(zip, o);
    return MI_OK;
}

static mi_status export_member(mi_features *f, size_t i, mi_member_id m, mi_out *o, mi_zip *zip)
{
    const mi_set *s = mi_features_set(f, i);
    const char *group = mi_features_count(f) > 1 ? s->group + 1 : "";
    char *name;
    outgoing x;
    size_t bytes = strlen(group) + 16;
    MI_TRY(mi_malloc(&name, bytes, 1));
    snprintf(name, bytes, "%s%s%s.npy", group, *group ? "/" : "", mi_member_name(m));
    mi_status status = outgoing_open(&x, f, i, m);
    if (status == MI_OK)
        status = put_array(&x, o, zip, name);
    outgoing_free(&x);
    mi_free(name);
    return status;
}

static mi_status export_archive(mi_features *f, unsigned members, mi_out *o)
{
    mi_zip zip = {0};
    mi_status status = MI_OK;
    for (size_t i = 0; i < mi_features_count(f); i++)
        for (int m = 0; m < MI_MEMBERS && status == MI_OK; m++)
            if (members & 1u << m && mi_features_set(f, i)->member[m].present)
                status = export_member(f, i, (mi_member_id)m, o, &zip);
    if (status == MI_OK)
        mi_zip_end(&zip, o);
    mi_zip_free(&zip);
    return status;
}

/* ---- text ---- */

static void put_names(const outgoing *x, int n, FILE *to, char delimiter)
{
    for (int k = 0; k < n; k++)
        for (size_t c = 0; c < x[k].member->d; c++) {
            if (k + c > 0)
                putc(delimiter, to);
            fputs(mi_member_name(x[k].m), to);
            if (x[k].member->rank > 1)
                fprintf(to, "_%zu", c);
        }
    putc('\n', to);
}

static void put_row(const outgoing *x, int n, size_t row, FILE *to, char delimiter)
{
    for (int k = 0; k < n; k++)
        for (size_t c = 0; c < x[k].member->d; c++) {
            const char *cell = x[k].block + (row * x[k].member->d + c) * x[k].width;
            if (k + c > 0)
                putc(delimiter, to);
            if (x[k].elem == MI_ELEM_TEXT)
                mi_put_cell(to, cell, strnlen(cell, x[k].width), delimiter);
            else
                mi_put_number(to, x[k].elem, cell);
        }
    putc('\n', to);
}

static mi_status put_rows(outgoing *x, int n, FILE *to, char delimiter)
{
    size_t rows = x[0].member->n, step = x[0].step;
    for (int k = 1; k < n; k++)
        step = x[k].step < step ? x[k].step : step;
    put_names(x, n, to, delimiter);
    for (size_t at = 0; at < rows; at += step) {
        size_t count = rows - at < step ? rows - at : step;
        for (int k = 0; k < n; k++)
            MI_TRY(read_rows(&x[k], at, count));
        errno = 0;
        for (size_t row = 0; row < count; row++)
            put_row(x, n, row, to, delimiter);
        if (ferror(to))
            return mi_fail(MI_EWRITE, "cannot write the rows: %s",
                           errno ? strerror(errno) : "write error");
    }
    return MI_OK;
}

static mi_status check_rows(const outgoing *x, int n)
{
    for (int k = 1; k < n; k++)
        if (x[k].member->n != x[0].member->n)
            return mi_fail(MI_EDATA, "%s has %zu rows, %s has %zu", mi_member_name(x[k].m),
                           x[k].member->n, mi_member_name(x[0].m), x[0].member->n);
    return MI_OK;
}

static mi_status export_text(mi_features *f, unsigned members, FILE *to, char delimiter)
{
    outgoing x[MI_MEMBERS] = {{0}};
    int n = 0;
    mi_status status = MI_OK;
    for (int m = 0; m < MI_MEMBERS && status == MI_OK; m++)
        if (members & 1u << m && mi_features_set(f, 0)->member[m].present)
            status = outgoing_open(&x[n++], f, 0, (mi_member_id)m);
    locale_t before = mi_number_locale();
    if (status == MI_OK)
        status = check_rows(x, n);
    if (status == MI_OK)
        status = put_rows(x, n, to, delimiter);
    mi_number_locale_end(before);
    for (int k = 0; k < n; k++)
        outgoing_free(&x[k]);
    return status;
}

/* ---- all of it ---- */

static unsigned members_of(const mi_features *f, size_t i, unsigned members)
{
    unsigned found = 0;
    for (int m = 0; m < MI_MEMBERS; m++)
        found |= mi_features_set(f, i)->member[m].present ? members & 1u << m : 0;
    return found;
}

static mi_status check(mi_features *f, unsigned members, mi_export_format format)
{
    const mi_set *s = mi_features_set(f, 0);
    size_t sets = mi_features_count(f);
    if (format != MI_EXPORT_NPZ && sets > 1)
        return mi_fail(MI_EUSAGE,
                       "%s: %zu feature sets, of which this format holds one; name it: "
                       "%s:%s, or write .npz",
                       s->file, sets, s->file, s->group);
    for (size_t i = 0; i < sets; i++) {
        unsigned found = members_of(f, i, members);
        s = mi_features_set(f, i);
        if (!found)
            return mi_fail(MI_EDATA, "%s:%s: none of the members wanted", s->file, s->group);
        if (format == MI_EXPORT_NPY && found & (found - 1))
            return mi_fail(MI_EUSAGE,
                           "%s:%s: several members, of which .npy holds one; " MI_OPTION "of z1 "
                           "names it, or write .npz",
                           s->file, s->group);
    }
    return MI_OK;
}

mi_status mi_export(FILE *stream, mi_features *f, unsigned members, mi_export_format format)
{
    mi_out o = {.stream = stream};
    int m = 0;
    errno = 0;
    MI_TRY(check(f, members, format));
    if (format == MI_EXPORT_NPZ)
        MI_TRY(export_archive(f, members, &o));
    else if (format != MI_EXPORT_NPY)
        return export_text(f, members, stream, format == MI_EXPORT_CSV ? ',' : '\t');
    else {
        while (!(members_of(f, 0, members) & 1u << m))
            m++;
        MI_TRY(export_member(f, 0, (mi_member_id)m, &o, NULL));
    }
    return mi_out_status(&o);
}
