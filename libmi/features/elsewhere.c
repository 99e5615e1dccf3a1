/* Datasets whose values lie in other files: external storage, and virtual datasets.
 *
 * HDF5 reads such files without a question, so a features file could show any file: they are opened
 * only when that is allowed; a virtual dataset over datasets of its own file always. Of a source that
 * is gone or short HDF5 reads fill values without a word: sources are looked at first. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libmi/features/private.h"

#include "libmi/base/words.h"

#define NAME_BYTES 512
#define MAX_LAYERS 8 /* virtual datasets over virtual datasets of the same file */

/* What is told of the first source that cannot be used. */
typedef struct {
    int allow_external;
    hid_t file;
    const char *path; /* of the features file */
    char *text;
    size_t bytes;
} search;

static int told(search *s, const char *what, const char *name)
{
    mi_format(s->text, s->bytes,
              "%s '%s', which is not opened; " MI_OPTION "allow-external opens it", what, name);
    return 1;
}

/* ---- external storage ---- */

/* The file of raw data where it stands: from the features file's folder, as HDF5 looks for it. */
static void place_of(const search *s, const char *name, char *place, size_t bytes)
{
    const char *slash = strrchr(s->path, '/');
    int folder = name[0] == '/' || !slash ? 0 : (int)(slash - s->path) + 1;
    snprintf(place, bytes, "%.*s%s", folder, s->path, name);
}

/* Bytes that a file of raw data must have, for the elements from byte `from` on. */
static int raw_is_short(search *s, hid_t list, unsigned k, hsize_t row_bytes, hsize_t *from,
                        hsize_t all)
{
    char name[NAME_BYTES] = "", place[2 * NAME_BYTES];
    off_t offset = 0;
    hsize_t size = 0;
    struct stat is;
    H5Pget_external(list, k, sizeof name - 1, name, &offset, &size);
    hsize_t part = size == H5F_UNLIMITED || *from + size > all ? all - *from : size;
    place_of(s, name, place, sizeof place);
    int missing = stat(place, &is) != 0 && stat(name, &is) != 0;
    hsize_t first = *from / row_bytes, last = (*from + part + row_bytes - 1) / row_bytes - 1;
    *from += part;
    if (!part)
        return 0;
    if (missing)
        snprintf(s->text, s->bytes, "rows %llu to %llu lie in '%s': %s", (unsigned long long)first,
                 (unsigned long long)last, name, strerror(errno));
    else if ((hsize_t)is.st_size < (hsize_t)offset + part)
        snprintf(s->text, s->bytes,
                 "rows %llu to %llu lie in '%s', which has %llu bytes, wanted %llu",
                 (unsigned long long)first, (unsigned long long)last, name,
                 (unsigned long long)is.st_size, (unsigned long long)offset + part);
    else
        return 0;
    return 1;
}

static int raw_problem(search *s, hid_t dataset, hid_t list)
{
    char name[NAME_BYTES] = "";
    int n = H5Pget_external_count(list);
    if (!s->allow_external) {
        H5Pget_external(list, 0, sizeof name - 1, name, NULL, NULL);
        return told(s, "its data lie in", name);
    }
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    hsize_t dims[H5S_MAX_RANK] = {1}, from = 0;
    int rank = H5Sget_simple_extent_dims(space, dims, NULL);
    hsize_t row_bytes = H5Tget_size(type);
    for (int k = 1; k < rank; k++)
        row_bytes *= dims[k];
    int found = 0;
    for (int k = 0; k < n && !found && row_bytes; k++)
        found = raw_is_short(s, list, (unsigned)k, row_bytes, &from, dims[0] * row_bytes);
    mi_h5_drop(space);
    mi_h5_drop(type);
    return found;
}

/* ---- virtual datasets ---- */

static int storage_problem(search *s, hid_t dataset, int layer);

/* What one mapping of a virtual dataset is of. */
typedef struct {
    char file[NAME_BYTES], dataset[NAME_BYTES];
    char rows[64]; /* "rows 20 to 39", of the virtual dataset */
    hid_t from;    /* what is taken of the source; all of it has no extent of its own */
    hsize_t count; /* elements */
} mapping;

static void mapping_read(mapping *m, hid_t list, size_t k)
{
    hsize_t start[H5S_MAX_RANK] = {0}, end[H5S_MAX_RANK] = {0};
    *m = (mapping){.file = ""};
    H5Pget_virtual_filename(list, k, m->file, sizeof m->file);
    H5Pget_virtual_dsetname(list, k, m->dataset, sizeof m->dataset);
    hid_t to = H5Pget_virtual_vspace(list, k);
    m->from = H5Pget_virtual_srcspace(list, k);
    m->count = (hsize_t)H5Sget_select_npoints(to);
    if (H5Sget_select_bounds(to, start, end) < 0)
        snprintf(m->rows, sizeof m->rows, "some rows");
    else
        snprintf(m->rows, sizeof m->rows, "rows %llu to %llu", (unsigned long long)start[0],
                 (unsigned long long)end[0]);
    mi_h5_drop(to);
}

static int is_there(const mapping *m, hid_t source)
{
    hsize_t start[H5S_MAX_RANK], end[H5S_MAX_RANK], dims[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(source);
    int rank = H5Sget_simple_extent_dims(space, dims, NULL), fits = rank > 0;
    if (H5Sget_select_type(m->from) == H5S_SEL_ALL)
        fits &= (hsize_t)H5Sget_simple_extent_npoints(space) >= m->count;
    else if (fits && H5Sget_select_bounds(m->from, start, end) >= 0)
        for (int k = 0; k < rank; k++)
            fits &= end[k] < dims[k];
    mi_h5_drop(space);
    return fits;
}

/* The source in its file: there, and long enough; in this file it may be virtual itself. */
static int source_problem(search *s, const mapping *m, hid_t file, int layer)
{
    const char *name = file == s->file ? s->path : m->file;
    hid_t source = H5Dopen2(file, m->dataset, H5P_DEFAULT);
    int found = 1;
    if (source < 0)
        snprintf(s->text, s->bytes, "%s lie in '%s' of '%s', which has no such dataset", m->rows,
                 m->dataset, name);
    else if (!is_there(m, source))
        snprintf(s->text, s->bytes, "%s lie in '%s' of '%s', which has fewer than that", m->rows,
                 m->dataset, name);
    else
        found = file == s->file && storage_problem(s, source, layer + 1);
    mi_h5_drop(source);
    return found;
}

static int other_file_problem(search *s, const mapping *m, int layer)
{
    char place[2 * NAME_BYTES];
    place_of(s, m->file, place, sizeof place);
    hid_t file = mi_h5_open_file(place);
    if (file < 0)
        file = mi_h5_open_file(m->file);
    int found = 1;
    if (file < 0)
        snprintf(s->text, s->bytes, "%s lie in '%s', which cannot be opened", m->rows, m->file);
    else
        found = source_problem(s, m, file, layer);
    mi_h5_drop(file);
    return found;
}

static int mapping_problem(search *s, hid_t list, size_t k, int layer)
{
    mapping m;
    int found;
    mapping_read(&m, list, k);
    int is_own = strcmp(m.file, ".") == 0 && !strchr(m.dataset, '%');
    if (is_own)
        found = source_problem(s, &m, s->file, layer);
    else if (!s->allow_external)
        found = told(s, "a virtual dataset over", m.file);
    else /* a pattern of names is as many files as there are */
        found =
            strchr(m.file, '%') || strchr(m.dataset, '%') ? 0 : other_file_problem(s, &m, layer);
    mi_h5_drop(m.from);
    return found;
}

static int virtual_problem(search *s, hid_t list, int layer)
{
    size_t n = 0;
    if (layer > MAX_LAYERS) {
        snprintf(s->text, s->bytes, "virtual datasets lie more than %d deep", MAX_LAYERS);
        return 1;
    }
    H5Pget_virtual_count(list, &n);
    for (size_t k = 0; k < n; k++)
        if (mapping_problem(s, list, k, layer))
            return 1;
    return 0;
}

static int storage_problem(search *s, hid_t dataset, int layer)
{
    hid_t list = H5Dget_create_plist(dataset);
    int found = 0;
    if (H5Pget_layout(list) == H5D_VIRTUAL)
        found = virtual_problem(s, list, layer);
    else if (H5Pget_external_count(list) > 0)
        found = raw_problem(s, dataset, list);
    mi_h5_drop(list);
    return found;
}

int mi_storage_problem(int allow_external, hid_t file, const char *path, hid_t dataset, char *text,
                       size_t bytes)
{
    search s = {
        .allow_external = allow_external, .file = file, .path = path, .text = text, .bytes = bytes};
    return storage_problem(&s, dataset, 0);
}
