/* What reading takes, counted before it is taken.
 *
 *     values as they lie      a window of WINDOW_BYTES
 *     packed chunks           a chunk as stored, and unpacked into memory that doubles until it fits;
 *                             where a row of chunks is more than a window, it also stays in HDF5's
 *                             cache, so that each is unpacked once (if that fits: else once a window)
 *     labels                  the values, a table to find them in, and the groups, which stay; texts
 *                             of any length as if they were short, until they are read
 */
#include <stdio.h>
#include <string.h>

#include "libmi/features/private.h"

#include "libmi/base/run.h"
#include "libmi/base/words.h"

#define WINDOW_BYTES ((size_t)4 << 20)

/* Times a chunk: as stored, 1; unpacked in memory that doubles, 2; in the cache, 1. */
#define UNPACKING 4

/* A label as read, two to four slots of 4 bytes; its number, and the count and first row of a group. */
#define LABEL_TABLE  24
#define LABEL_GROUPS 20

size_t mi_reading_bytes(const mi_features *f)
{
    return mi_run_memory_bytes(&(mi_run){.memory_bytes = f->opts.memory_bytes});
}

/* ---- chunks ---- */

size_t mi_chunk_rows(hid_t dataset, const mi_member *m)
{
    hsize_t chunk[H5S_MAX_RANK] = {1, 1};
    hid_t list = H5Dget_create_plist(dataset);
    if (H5Pget_layout(list) == H5D_CHUNKED)
        H5Pget_chunk(list, H5S_MAX_RANK, chunk);
    mi_h5_drop(list);
    return (size_t)chunk[m->is_transposed];
}

size_t mi_window_rows(hid_t dataset, const mi_member *m, size_t row_bytes)
{
    size_t rows = WINDOW_BYTES / (row_bytes ? row_bytes : 1), chunk = mi_chunk_rows(dataset, m);
    if (rows == 0)
        rows = 1;
    return chunk <= rows ? rows / chunk * chunk : rows;
}

void mi_packed_describe(hid_t dataset, mi_member *m)
{
    hsize_t chunk[H5S_MAX_RANK];
    hid_t list = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
    int rank = H5Pget_layout(list) == H5D_CHUNKED && H5Pget_nfilters(list) > 0
                   ? H5Pget_chunk(list, H5S_MAX_RANK, chunk)
                   : 0;
    m->packed_bytes = rank > 0 ? (double)H5Tget_size(type) : 0;
    for (int k = 0; k < rank; k++)
        m->packed_bytes *= (double)chunk[k];
    if (H5Pget_layout(list) == H5D_CHUNKED)
        m->band_bytes =
            (double)mi_chunk_rows(dataset, m) * (double)m->d * (double)H5Tget_size(type);
    mi_h5_drop(type);
    mi_h5_drop(list);
}

/* Above so many bytes a dataset that stores less than so small a part of them is a declaration, not
 * features: deflate packs 1,032 to 1 at most. */
#define HOLLOW_BYTES 1e9
#define HOLLOW_SHARE 4096

int mi_is_hollow(hid_t dataset, char *text, size_t bytes)
{
    hid_t list = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
    hid_t space = H5Dget_space(dataset);
    double declared = (double)H5Sget_simple_extent_npoints(space) * (double)H5Tget_size(type);
    int lies_here = H5Pget_layout(list) != H5D_VIRTUAL && H5Pget_external_count(list) <= 0;
    double stored = (double)H5Dget_storage_size(dataset);
    int is_hollow = lies_here && declared > HOLLOW_BYTES && stored * HOLLOW_SHARE < declared;
    if (is_hollow)
        mi_format(text, bytes, "declares %.3g GB of values, of which %.3g MB are stored",
                  declared / 1e9, stored / 1e6);
    mi_h5_drop(space);
    mi_h5_drop(type);
    mi_h5_drop(list);
    return is_hollow;
}

/* Bytes of a row of packed chunks that a window does not hold, and one of them; 0: it does, or they are not packed. */
static double band_bytes(const mi_member *m)
{
    double band = m->packed_bytes > 0 ? m->band_bytes + m->packed_bytes : 0;
    return band <= WINDOW_BYTES ? 0 : band;
}

/* Bytes of the chunks that stay unpacked in HDF5's cache: this share at most of what reading may take. */
#define CACHE_SHARE 4

static double cache_bytes(const mi_features *f, const mi_member *m)
{
    double band = band_bytes(m);
    return CACHE_SHARE * band > (double)mi_reading_bytes(f) ? 0 : band;
}

hid_t mi_cache_for(const mi_features *f, const mi_member *m)
{
    double band = cache_bytes(f, m);
    if (band <= 0)
        return MI_H5_NONE;
    hid_t list = H5Pcreate(H5P_DATASET_ACCESS);
    H5Pset_chunk_cache(list, 12421, (size_t)band, 0);
    return list;
}

void mi_mention_unpacking(mi_features *f, size_t i, mi_member_id id)
{
    const mi_set *s = &f->entry[i].set;
    double more = CACHE_SHARE * band_bytes(&s->member[id]) - (double)mi_reading_bytes(f);
    if (more <= 0 || (f->unpacked >> id & 1))
        return;
    f->unpacked |= 1u << id;
    mi_warn(
        "%s:%s: %s is packed in chunks of many rows, which are unpacked anew for each part that "
        "is read; %.3g MB more of " MI_OPTION
        "memory keep them, and h5repack -l makes them smaller",
        s->file, s->group, mi_member_name(id), more / 1e6);
}

/* ---- is there room ---- */

static mi_status refuse(const mi_features *f, double needed, const char *what)
{
    double allowed = (double)mi_reading_bytes(f);
    if (needed <= allowed)
        return MI_OK;
    if (!f->opts.memory_bytes)
        return mi_fail(MI_EMEMORY, "%s %.3g MB, three quarters of what is free are %.3g MB", what,
                       needed / 1e6, allowed / 1e6);
    return mi_fail(MI_EMEMORY, "%s %.3g MB, allowed are %.3g MB; try a larger " MI_OPTION "memory",
                   what, needed / 1e6, allowed / 1e6);
}

mi_status mi_packed_fits(const mi_features *f, const mi_member *m)
{
    char what[160];
    snprintf(what, sizeof what,
             "packed in chunks of %.3g MB, which h5repack -l makes smaller: one needs",
             m->packed_bytes / 1e6);
    return refuse(f, UNPACKING * m->packed_bytes, what);
}

mi_status mi_values_fit(const mi_features *f, const mi_member *m, size_t bytes_each)
{
    double needed = (double)m->n * (double)m->d * (double)bytes_each;
    return m->problem ? MI_OK : refuse(f, needed, "its values need");
}

/* Of a text: its address, what malloc takes for a short one, and what it takes for our copy of it, which begins at a
 * multiple of 64, with what is left between such copies (measured). */
#define TEXT_ADDRESS 8
#define TEXT_LEAST   32
#define TEXT_COPY    192

/* Texts as read, and, where a row is one, a copy of each that is told from others: all may be. */
static double texts_bytes(const mi_member *m)
{
    double copy = TEXT_ADDRESS + TEXT_COPY + m->text_bytes;
    double read = m->text_bytes > 0 ? m->text_bytes : 2 * TEXT_ADDRESS + TEXT_LEAST;
    if (m->cls != MI_CLASS_TEXT)
        return 0;
    return (double)m->n * (read * (double)m->d + (m->d == 1 ? copy : 0));
}

static double label_bytes(const mi_member *m)
{
    return (double)m->n * (8.0 * (double)m->d + LABEL_TABLE + LABEL_GROUPS) + texts_bytes(m);
}

mi_status mi_labels_fit(const mi_features *f, const mi_member *m)
{
    return m->problem ? MI_OK : refuse(f, label_bytes(m), "its labels need");
}

static int is_label(const mi_member *m, int id)
{
    return id == MI_Y || id == MI_SPLIT || (id == MI_R && m->cls != MI_CLASS_FLOAT);
}

double mi_features_besides(const mi_features *f, size_t i, unsigned members)
{
    double stay = 0, pass = 0;
    for (size_t k = 0; f && k < f->n_inputs; k++)
        stay += f->input[k].image ? (double)f->input[k].bytes : 0;
    for (int k = 0; f && i < f->n && k < MI_MEMBERS; k++) {
        const mi_member *m = &f->entry[i].set.member[k];
        double labels = is_label(m, k) ? label_bytes(m) : 0;
        double reading = UNPACKING * m->packed_bytes + cache_bytes(f, m) + labels;
        if (!(members >> k & 1) || !m->present)
            continue;
        stay += labels > 0 ? (double)m->n * LABEL_GROUPS : 0;
        pass = reading > pass ? reading : pass;
    }
    return stay + pass;
}

double mi_features_values_bytes(const mi_features *f, size_t i, unsigned members)
{
    double bytes = 0;
    for (int k = 0; f && i < f->n && k < MI_MEMBERS; k++) {
        const mi_member *m = &f->entry[i].set.member[k];
        if ((members >> k & 1) && m->present && !is_label(m, k))
            bytes += (double)m->n * (double)m->d * (mi_member_is_double(m) ? 8 : 4);
    }
    return bytes;
}
