/* Values block by block: sets larger than memory. */
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/base/watch_internal.h"
#include "libmi/features/half.h"
#include "libmi/features/private.h"

#define BLOCK_BYTES ((size_t)4 << 20)

/* ---- windows ---- */

mi_status mi_reader_open(mi_reader *r, hid_t dataset, const mi_member *m, const char *file,
                         hid_t memory)
{
    *r = (mi_reader){.dataset = dataset, .memory = memory, .m = m, .file = file};
    r->row_bytes = m->d * H5Tget_size(memory);
    r->window = mi_window_rows(dataset, m, r->row_bytes);
    if (r->window > m->n)
        r->window = m->n;
    return mi_malloc(&r->rows, r->window, r->row_bytes);
}

void mi_reader_close(mi_reader *r)
{
    mi_h5_drop(r->memory);
    mi_free(r->rows);
    *r = (mi_reader){.memory = MI_H5_NONE};
}

/* Strings of any length are memory of HDF5's that a window points to. */
static void window_done(const mi_reader *r, size_t n)
{
    if (H5Tis_variable_str(r->memory) <= 0)
        return;
    hid_t space = H5Screate_simple(1, (hsize_t[]){n * r->m->d}, NULL);
    H5Dvlen_reclaim(r->memory, space, H5P_DEFAULT, r->rows);
    mi_h5_drop(space);
}

mi_status mi_reader_each(mi_reader *r, const size_t *row, size_t n, mi_window_fn *fn, void *arg)
{
    for (size_t at = 0, stop; at < n; at = stop) {
        size_t base = row ? row[at] : at, end = (base / r->window + 1) * r->window;
        for (stop = at; stop < n && (row ? row[stop] : stop) < end;)
            stop++;
        size_t count = (row ? row[stop - 1] : stop - 1) - base + 1;
        mi_watch_file(strcmp(r->file, "-") == 0 ? "standard input" : r->file);
        MI_TRY(mi_member_rows(r->dataset, r->m, r->memory, base, count, r->rows, r->file));
        mi_status status = fn(r, base, row ? row + at : NULL, stop - at, arg);
        window_done(r, count);
        MI_TRY(status);
    }
    return MI_OK;
}

/* ---- blocks of doubles ---- */

typedef struct {
    const size_t *row;
    size_t n;
    mi_block_fn *fn;
    void *arg;
    int is_half;
    double *x;    /* (block,d) */
    float *wide;  /* (d) a row of halves before it is widened */
    size_t block; /* rows */
} visit;

static void take_row(const mi_reader *r, visit *v, size_t from, double *to)
{
    const char *row = (const char *)r->rows + from * r->row_bytes;
    if (!v->is_half) {
        memcpy(to, row, r->row_bytes);
        return;
    }
    mi_half_widen(v->wide, (const uint16_t *)row, r->m->d);
    for (size_t k = 0; k < r->m->d; k++)
        to[k] = v->wide[k];
}

static mi_status visit_window(mi_reader *r, size_t base, const size_t *row, size_t n, void *arg)
{
    visit *v = arg;
    size_t d = r->m->d;
    for (size_t at = 0; at < n; at += v->block) {
        size_t count = n - at < v->block ? n - at : v->block;
        for (size_t k = 0; k < count; k++)
            take_row(r, v, row ? row[at + k] - base : at + k, v->x + k * d);
        mi_stored_values(r->m, v->x, count * d);
        MI_TRY(v->fn(v->arg, v->x, count, d));
    }
    return MI_OK;
}

static mi_status visit_dataset(hid_t dataset, const mi_member *m, const char *file, void *arg)
{
    visit *v = arg;
    mi_reader r;
    mi_status status;
    hid_t type = H5Dget_type(dataset);
    v->is_half = mi_h5_is_half(type);
    v->block = BLOCK_BYTES / sizeof(double) / (m->d ? m->d : 1) + 1;
    if (!v->is_half) {
        mi_h5_drop(type);
        type = H5Tcopy(H5T_NATIVE_DOUBLE);
    }
    MI_TRY_GOTO(status, mi_reader_open(&r, dataset, m, file, type), done);
    v->block = v->block < r.window ? v->block : r.window;
    MI_TRY_GOTO(status, MI_NEW_RAW(v->x, v->block * m->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(v->wide, m->d), done);
    status = mi_reader_each(&r, v->row, v->n, visit_window, v);
done:
    mi_free(v->wide);
    mi_free(v->x);
    mi_reader_close(&r);
    return status;
}

mi_status mi_features_each_block(mi_features *f, size_t i, mi_member_id m, const size_t *row,
                                 size_t n, mi_block_fn *fn, void *arg)
{
    MI_WANT(fn, "blocks without a function to take them");
    MI_TRY(mi_member_check(f, i, m));
    MI_TRY(mi_rows_wanted_check(f, i, m, row, n));
    visit v = {.row = row, .n = n, .fn = fn, .arg = arg};
    if (f->entry[i].set.member[m].cls == MI_CLASS_TEXT)
        return mi_fail(MI_EDATA, "%s:%s: %s: text, wanted numbers", f->entry[i].set.file,
                       f->entry[i].set.group, mi_member_name(m));
    return mi_member_read(f, i, m, visit_dataset, &v);
}
