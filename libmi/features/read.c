/* Values as rows of floats. */
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/features/half.h"
#include "libmi/features/private.h"

#define PANEL_CHUNKS 128

static mi_status explain_read(hid_t dataset, const char *file)
{
    char reason[512], text[1024];
    strcpy(reason, mi_h5_reason());
    if (mi_filter_problem(dataset, 1, file, text, sizeof text))
        return mi_fail(MI_EDATA, "%s", text);
    return mi_fail(MI_EDATA, "cannot be read: %s", reason);
}

/* What is read at a time: rows, and columns of the first axis behind them. */
typedef struct {
    hsize_t rows, columns;
} panel;

/* HDF5 notes every chunk of a selection, some 10 kB each: a dataset in chunks of one row, or of one
 * column, would need many times its size. Whole chunks, so that each is unpacked once. */
static panel panel_of(hid_t dataset, int rank, const hsize_t *dims)
{
    hid_t list = H5Dget_create_plist(dataset);
    hsize_t chunk[H5S_MAX_RANK], behind = 1;
    panel p = {.rows = dims[0], .columns = rank > 1 ? dims[1] : 1};
    if (H5Pget_layout(list) == H5D_CHUNKED && H5Pget_chunk(list, H5S_MAX_RANK, chunk) == rank) {
        for (int k = 2; k < rank; k++)
            behind *= (dims[k] + chunk[k] - 1) / chunk[k];
        hsize_t beside = rank > 1 ? (dims[1] + chunk[1] - 1) / chunk[1] : 1,
                across = beside * behind;
        p.rows = chunk[0] * (across && across < PANEL_CHUNKS ? PANEL_CHUNKS / across : 1);
        if (across > PANEL_CHUNKS)
            p.columns = chunk[1] * (behind < PANEL_CHUNKS ? PANEL_CHUNKS / behind : 1);
    }
    mi_h5_drop(list);
    return p;
}

/* n rows, their columns piece by piece. */
static mi_status read_panel(hid_t dataset, hid_t type, hsize_t first, hsize_t n, hsize_t columns,
                            hsize_t piece, void *to, const char *file)
{
    if (piece >= columns)
        return mi_h5_read(dataset, type, 0, first, n, to) < 0 ? explain_read(dataset, file) : MI_OK;
    for (hsize_t at = 0; at < columns; at += piece) {
        hsize_t count = columns - at < piece ? columns - at : piece;
        if (mi_h5_read_columns(dataset, type, first, n, at, count, to) < 0)
            return explain_read(dataset, file);
    }
    return MI_OK;
}

/* In windows of whole chunks, a few megabytes. */
static mi_status transposed_values(hid_t dataset, const mi_member *m, hid_t type, char *to)
{
    size_t row_bytes = m->d * H5Tget_size(type), window = mi_window_rows(dataset, m, row_bytes);
    for (size_t first = 0; first < m->n; first += window) {
        size_t n = m->n - first < window ? m->n - first : window;
        MI_TRY(mi_stored_transposed(dataset, m, type, first, n, to + first * row_bytes));
    }
    return MI_OK;
}

mi_status mi_member_rows(hid_t dataset, const mi_member *m, hid_t type, size_t first, size_t n,
                         void *to, const char *file)
{
    if (m->is_transposed)
        return mi_stored_transposed(dataset, m, type, first, n, to);
    hsize_t size[H5S_MAX_RANK];
    hid_t space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_dims(space, size, NULL);
    size_t row_bytes = H5Tget_size(type);
    mi_h5_drop(space);
    for (int k = 1; k < rank; k++)
        row_bytes *= size[k];
    const panel p = panel_of(dataset, rank, size);
    for (size_t at = first, end = first + n, stop; at < end; at = stop) {
        stop = (at / p.rows + 1) * p.rows; /* no chunk is cut */
        stop = stop < end ? stop : end;
        MI_TRY(read_panel(dataset, type, at, stop - at, rank > 1 ? size[1] : 1, p.columns,
                          (char *)to + (at - first) * row_bytes, file));
    }
    return MI_OK;
}

mi_status mi_member_values(hid_t dataset, const mi_member *m, hid_t type, void *to,
                           const char *file)
{
    return m->is_transposed ? transposed_values(dataset, m, type, to)
                            : mi_member_rows(dataset, m, type, 0, m->n, to, file);
}

/* The type of a dataset if it is an IEEE half, in whatever byte order; else MI_H5_NONE. */
static hid_t half_of(hid_t dataset)
{
    hid_t type = H5Dget_type(dataset), half = mi_h5_half();
    H5Tset_order(half, H5Tget_order(type));
    int same = H5Tequal(type, half) > 0;
    mi_h5_drop(type);
    if (same)
        return half;
    mi_h5_drop(half);
    return MI_H5_NONE;
}

/* HDF5 converts halves in software, at 10 to 80 ns each: take them as they are, into the upper half
 * of the result's memory. */
static mi_status read_halves(hid_t dataset, const mi_member *m, hid_t half, const char *file,
                             mi_mat *x)
{
    size_t n = x->n * x->d;
    MI_TRY(mi_member_values(dataset, m, half, (char *)x->x + n * sizeof(uint16_t), file));
    mi_half_widen_in_place(x->x, n, H5Tget_order(half) != H5Tget_order(H5T_NATIVE_INT));
    return MI_OK;
}

/* Integers of up to 16 bits that stand for scaled values fit a float. */
int mi_member_is_double(const mi_member *m)
{
    static const char *const single[] = {"f16", "f32", "bf16", "i8", "u8", "i16", "u16"};
    if (m->cls != MI_CLASS_FLOAT)
        return 1;
    for (size_t k = 0; k < sizeof single / sizeof *single; k++)
        if (strncmp(m->type, single[k], strlen(single[k])) == 0)
            return 0;
    return 1;
}

static mi_status read_matrix(hid_t dataset, const mi_member *m, const char *file, void *out)
{
    mi_mat *x = out;
    mi_status status;
    int is_double = mi_member_is_double(m);
    if (m->cls == MI_CLASS_TEXT)
        return mi_fail(MI_EDATA, "text, wanted numbers");
    MI_TRY(mi_mat_alloc(x, m->n, m->d, is_double ? MI_F64 : MI_F32));
    hid_t half = half_of(dataset);
    if (half >= 0)
        status = read_halves(dataset, m, half, file, x);
    else
        status = mi_member_values(dataset, m, is_double ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT,
                                  x->x, file);
    mi_h5_drop(half);
    if (status != MI_OK)
        mi_mat_free(x);
    else if (is_double)
        mi_stored_values(m, x->x, x->n * x->d);
    else
        mi_stored_values_f32(m, x->x, x->n * x->d);
    return status;
}

static mi_status read_from(mi_features *f, hid_t file, const mi_set *s, mi_member_id id,
                           mi_member_reader *reader, void *out)
{
    const mi_member *m = &s->member[id];
    hid_t dataset;
    if (!m->present)
        return mi_fail(MI_EDATA, "there is none");
    if (m->problem)
        return mi_fail(MI_EDATA, "%s", m->problem);
    if (m->cls == MI_CLASS_OTHER)
        return mi_fail(MI_EDATA, "%s type, wanted numbers", m->type);
    mi_status status = mi_member_open(f, file, m, &dataset);
    if (status == MI_OK)
        status = reader(dataset, m, s->file, out);
    mi_h5_drop(dataset);
    return status;
}

mi_status mi_member_read(mi_features *f, size_t i, mi_member_id id, mi_member_reader *reader,
                         void *out)
{
    const mi_set *s = &f->entry[i].set;
    hid_t file;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = mi_input_open(f, f->entry[i].input, &file);
    if (status == MI_OK) {
        status = read_from(f, file, s, id, reader, out);
        if (status != MI_OK && status != MI_EWRITE) /* that is another file's */
            mi_fail_in(status, "%s:%s: %s", s->file, s->group, mi_member_name(id));
    }
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_features_read(mi_features *f, size_t i, mi_member_id m, mi_mat *out)
{
    MI_WANT(out, "a member to read without a matrix");
    *out = (mi_mat){.type = MI_F32};
    MI_TRY(mi_member_check(f, i, m));
    const mi_set *s = &f->entry[i].set;
    mi_status status = mi_values_fit(f, &s->member[m], mi_member_is_double(&s->member[m]) ? 8 : 4);
    if (status != MI_OK)
        return mi_fail_in(status, "%s:%s: %s", s->file, s->group, mi_member_name(m));
    return mi_member_read(f, i, m, read_matrix, out);
}
