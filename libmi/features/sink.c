/* Datasets that are written block by block. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "libmi/base/name.h"
#include "libmi/base/want.h"
#include "libmi/base/watch_internal.h"
#include "libmi/base/words.h"
#include "libmi/features/half.h"
#include "libmi/features/private.h"

/* Bands of chunks above this are cut: one band is held in memory until it is full. */
#define BAND_BYTES ((size_t)8 << 20)

mi_status mi_store_parse(mi_store *out, const char *text)
{
    static const char *const name[] = {[MI_STORE_SAME] = "same",
                                       [MI_STORE_F16] = "f16",
                                       [MI_STORE_F32] = "f32",
                                       [MI_STORE_F64] = "f64"};
    unsigned k = 0;
    MI_TRY(mi_name_find(&k, name, sizeof name / sizeof *name, text));
    *out = (mi_store)k;
    return MI_OK;
}

hid_t mi_store_type(mi_store store)
{
    switch (store) {
    case MI_STORE_F16:
        return mi_h5_half();
    case MI_STORE_F32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case MI_STORE_I64:
        return H5Tcopy(H5T_STD_I64LE);
    case MI_STORE_U8:
        return H5Tcopy(H5T_STD_U8LE);
    default:
        return H5Tcopy(H5T_IEEE_F64LE);
    }
}

/* The magnitude from which on a type rounds to infinity: the largest value and half a step more. */
static double overflow_of(hid_t type)
{
    size_t sign, exponent_at, exponent, mantissa_at, mantissa;
    if (H5Tget_class(type) != H5T_FLOAT || H5Tget_size(type) >= 8 ||
        H5Tget_fields(type, &sign, &exponent_at, &exponent, &mantissa_at, &mantissa) < 0)
        return 0;
    return ldexp(2 - ldexp(0.5, -(int)mantissa), (1 << (exponent - 1)) - 1);
}

/* ---- how it is laid out ---- */

/* Chunks and lossless filters of `like`, cut to the new shape. *band: bytes of a row of chunks. */
static void copy_chunks(hid_t list, hid_t like, int rank, const hsize_t *dims, size_t cell,
                        size_t *band)
{
    hsize_t chunk[H5S_MAX_RANK];
    size_t row = cell;
    hid_t old = H5Dget_create_plist(like);
    if (H5Pget_layout(old) == H5D_CHUNKED) {
        int had = H5Pget_chunk(old, H5S_MAX_RANK, chunk);
        for (int k = 1; k < rank; k++) {
            chunk[k] = k < had && chunk[k] < dims[k] ? chunk[k] : dims[k];
            row *= (size_t)dims[k];
        }
        hsize_t most = BAND_BYTES / row + 1;
        most = most < dims[0] ? most : dims[0];
        chunk[0] = chunk[0] < most ? chunk[0] : most;
        H5Pset_chunk(list, rank, chunk);
        *band = (size_t)chunk[0] * row;
        mi_h5_copy_filters(list, old);
    }
    mi_h5_drop(old);
}

static hid_t creation_list(hid_t like, int rank, const hsize_t *dims, hid_t type, size_t *band)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(list, 0);
    if (like >= 0)
        copy_chunks(list, like, rank, dims, H5Tget_size(type), band);
    /* Every byte is written: do not write zeros first. HDF5 insists on them for strings of any
     * length. */
    if (*band == 0 && H5Tis_variable_str(type) <= 0)
        H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
    return list;
}

static hid_t access_list(size_t band)
{
    hid_t list = H5Pcreate(H5P_DATASET_ACCESS);
    /* A band of chunks is filled by several blocks of rows: pack it once, when it is full. */
    if (band > 0)
        H5Pset_chunk_cache(list, 12421, 2 * band, 1.0);
    return list;
}

static hid_t create_dataset(hid_t group, const char *name, const mi_layout *l, hid_t type,
                            hid_t like)
{
    hsize_t dims[8] = {l->n};
    size_t band = 0;
    for (int k = 0; k < l->axes; k++)
        dims[k + 1] = l->axis[k];
    hid_t space = H5Screate_simple(l->axes + 1, dims, NULL);
    hid_t creation = creation_list(like, l->axes + 1, dims, type, &band);
    hid_t access = access_list(band);
    hid_t dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, creation, access);
    if (dataset < 0) { /* keep the story of the failure over the calls below */
        hid_t story = H5Eget_current_stack();
        mi_h5_drop(access), mi_h5_drop(creation), mi_h5_drop(space);
        H5Eset_current_stack(story);
        return dataset;
    }
    mi_h5_drop(access);
    mi_h5_drop(creation);
    mi_h5_drop(space);
    return dataset;
}

/* ---- open and close ---- */

static mi_status sink_open(mi_sink *s, const char *group, const char *name, const mi_layout *l,
                           hid_t type, hid_t like)
{
    hid_t at;
    s->n = l->n;
    s->d = 1;
    for (int k = 0; k < l->axes; k++)
        s->d *= (size_t)l->axis[k];
    s->is_half = mi_h5_is_half(type);
    s->largest = overflow_of(type);
    MI_TRY(mi_join_path(&s->path, group, name));
    mi_status status = mi_writer_group(s->w, group, &at);
    if (status == MI_OK) {
        s->dataset = create_dataset(at, name, l, type, like);
        status = s->dataset < 0 ? mi_write_failed(s->w) : MI_OK;
    }
    mi_h5_drop(at);
    return status;
}

static mi_status check_layout(const mi_writer *w, const char *group, mi_member_id m,
                              const mi_layout *l)
{
    MI_TRY(mi_place_check(w, group));
    MI_WANT((unsigned)m < MI_MEMBERS, "member %d of a feature set, wanted one of mi_member_id",
            (int)m);
    MI_WANT(l, "a dataset without a layout");
    MI_WANT(l->axes >= 0 && l->axes <= 7, "a dataset of %d trailing axes, wanted 0 to 7", l->axes);
    MI_WANT((unsigned)l->store <= MI_STORE_U8, "a dataset stored as %d, wanted one of mi_store",
            (int)l->store);
    for (int k = 0; k < l->axes; k++)
        MI_WANT(l->axis[k] > 0, "a dataset whose trailing axis %d is 0, wanted 1 or more", k);
    return MI_OK;
}

mi_status mi_sink_make(mi_sink **out, mi_writer *w, const char *group, const char *name,
                       const mi_layout *layout, hid_t type, hid_t like)
{
    MI_TRY(MI_NEW(*out, 1));
    **out = (mi_sink){.w = w, .dataset = MI_H5_NONE};
    mi_status status = sink_open(*out, group, name, layout, type, like);
    if (status != MI_OK) {
        mi_sink_free(*out);
        *out = NULL;
    }
    return status;
}

mi_status mi_writer_member(mi_sink **out, mi_writer *w, const char *group, mi_member_id m,
                           const mi_layout *layout)
{
    MI_WANT(out, "a dataset to make without a sink");
    *out = NULL;
    MI_TRY(check_layout(w, group, m, layout));
    MI_WANT(layout->store != MI_STORE_SAME,
            "a dataset as it was, wanted a type: it is like no other");
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    hid_t type = mi_store_type(layout->store);
    mi_status status = mi_sink_make(out, w, group, mi_member_name(m), layout, type, MI_H5_NONE);
    mi_h5_drop(type);
    mi_h5_quiet_end(&quiet);
    return status;
}

static hid_t like_type(hid_t dataset, mi_store store)
{
    if (store != MI_STORE_SAME)
        return mi_store_type(store);
    hid_t type = H5Dget_type(dataset), copy = H5Tcopy(type); /* a named type stays behind */
    mi_h5_drop(type);
    return copy;
}

typedef struct {
    mi_sink **out;
    mi_writer *w;
    const char *group;
    mi_member_id m;
    const mi_layout *layout;
} like_job;

/* MATLAB's attributes tell of axes that are written as they were shown. */
static int is_of_matlab(const char *name)
{
    return strncmp(name, "MATLAB_", 7) == 0;
}

static int is_of_elements(const char *name)
{
    return is_of_matlab(name) || mi_stored_is_told_by(name);
}

static mi_status make_like(hid_t dataset, const mi_member *m, const char *file, void *arg)
{
    like_job *j = arg;
    (void)file;
    mi_store store = j->layout->store;
    if (store == MI_STORE_SAME && j->layout->holds_values && m->is_packed)
        store = mi_member_is_double(m) ? MI_STORE_F64 : MI_STORE_F32;
    hid_t type = like_type(dataset, store);
    mi_status status = mi_sink_make(j->out, j->w, j->group, mi_member_name(j->m), j->layout, type,
                                    m->is_transposed ? MI_H5_NONE : dataset);
    if (status == MI_OK)
        status = mi_copy_attributes(j->w, (*j->out)->dataset, dataset,
                                    j->layout->holds_values ? is_of_elements : is_of_matlab);
    if (status != MI_OK) {
        mi_sink_free(*j->out);
        *j->out = NULL;
    }
    mi_h5_drop(type);
    return status;
}

mi_status mi_writer_member_like(mi_sink **out, mi_writer *w, const char *group, mi_features *f,
                                size_t i, mi_member_id m, const mi_layout *layout)
{
    like_job job = {.out = out, .w = w, .group = group, .m = m, .layout = layout};
    MI_WANT(out, "a dataset to make without a sink");
    *out = NULL;
    MI_TRY(check_layout(w, group, m, layout));
    MI_TRY(mi_member_check(f, i, m));
    return mi_member_read(f, i, m, make_like, &job);
}

void mi_sink_free(mi_sink *s)
{
    if (!s)
        return;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_h5_drop(s->dataset);
    mi_h5_quiet_end(&quiet);
    mi_free(s->half);
    mi_free(s->path);
    mi_free(s);
}

/* ---- rows ---- */

mi_status mi_sink_rows(mi_sink *s, hid_t type, const void *rows, size_t n)
{
    hsize_t start[H5S_MAX_RANK] = {s->row}, count[H5S_MAX_RANK];
    mi_watch_file(s->w->name);
    hid_t space = H5Dget_space(s->dataset);
    mi_status status = MI_OK;
    int rank = H5Sget_simple_extent_dims(space, count, NULL);
    count[0] = n;
    hid_t memory = H5Screate_simple(rank, count, NULL);
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
        H5Dwrite(s->dataset, type, memory, space, H5P_DEFAULT, rows) < 0 || s->w->error)
        status = mi_write_failed(s->w);
    mi_h5_drop(memory);
    mi_h5_drop(space);
    s->row += n;
    return status;
}

static mi_status check_range(const mi_sink *s, const double *x, size_t n)
{
    for (size_t k = 0; s->largest > 0 && k < n * s->d; k++)
        if (fabs(x[k]) >= s->largest && isfinite(x[k]))
            return mi_fail(MI_EDATA,
                           "row %zu of the result has %.6g, more than its type can hold (%.6g); "
                           "try a wider " MI_OPTION "type",
                           s->row + k / s->d, x[k], s->largest);
    return MI_OK;
}

static mi_status put_halves(mi_sink *s, const double *x, size_t n)
{
    if (n > s->room) {
        MI_TRY(mi_realloc(&s->half, n * s->d, sizeof *s->half));
        s->room = n;
    }
    mi_half_narrow(s->half, x, n * s->d);
    hid_t half = mi_h5_half();
    mi_status status = mi_sink_rows(s, half, s->half, n);
    mi_h5_drop(half);
    return status;
}

/* n more rows, which are there and have their places. */
static mi_status check_rows(const mi_sink *s, const void *x, size_t n)
{
    MI_WANT(s && (x || n == 0), "rows to write without %s", s ? "values" : "a dataset");
    MI_WANT(n <= s->n - s->row, "rows %zu to %zu of a dataset that has %zu", s->row, s->row + n,
            s->n);
    return MI_OK;
}

mi_status mi_sink_reals(mi_sink *s, const double *x, size_t n)
{
    MI_TRY(check_rows(s, x, n));
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = check_range(s, x, n);
    if (status == MI_OK)
        status = s->is_half ? put_halves(s, x, n) : mi_sink_rows(s, H5T_NATIVE_DOUBLE, x, n);
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_sink_integers(mi_sink *s, const int64_t *x, size_t n)
{
    MI_TRY(check_rows(s, x, n));
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = mi_sink_rows(s, H5T_NATIVE_INT64, x, n);
    mi_h5_quiet_end(&quiet);
    return status;
}
