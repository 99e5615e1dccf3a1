/* Datasets of HDF5 as arrays. MATLAB's have their axes the other way round (attribute
 * MATLAB_class): a block of rows is a block of their last axis, transposed in memory. */
#include <fnmatch.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/watch_internal.h"
#include "libmi/base/words.h"
#include "libmi/exchange/private.h"
#include "libmi/features/raw.h"

typedef struct {
    hid_t file, dataset;
    char *place; /* of the file */
    int allow_external;
    mi_h5_links links;
    char *path;         /* as HDF5 opens it: the group of datasets, each of which is a row */
    hid_t memory;       /* type of the elements in memory */
    int is_string;      /* strings of any length */
    mi_fortran fortran; /* MATLAB */
    int axis;           /* of the file, along which the rows are */
} dataset;

static void dataset_close(void *state)
{
    dataset *s = state;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_h5_drop(s->memory);
    mi_h5_drop(s->dataset);
    mi_h5_links_close(&s->links);
    mi_h5_drop(s->file);
    mi_h5_quiet_end(&quiet);
    mi_free(s->place);
    mi_free(s->path);
    mi_fortran_free(&s->fortran);
    mi_free(s);
}

/* ---- types ---- */

static mi_status set_elem(dataset *s, mi_foreign *a, hid_t type)
{
    a->elem = mi_elem_of_h5(type);
    if (a->elem == MI_ELEMS)
        return mi_fail(MI_EDATA,
                       H5Tget_class(type) == H5T_REFERENCE
                           ? "references (a cell array?), wanted numbers or text; in MATLAB, "
                             "labels are numbers by double(categorical(y))"
                           : "its type is no number and no text");
    s->is_string = a->elem == MI_ELEM_TEXT && H5Tis_variable_str(type) > 0;
    a->width = a->elem == MI_ELEM_TEXT ? H5Tget_size(type) : mi_elem_size(a->elem);
    s->memory = mi_elem_memory(a->elem, type);
    return s->memory < 0 ? mi_fail(MI_ELIBRARY, "HDF5 cannot copy a type: %s", mi_h5_reason())
                         : MI_OK;
}

/* ---- reading ---- */

static mi_status read_failed(void)
{
    return mi_fail(MI_EDATA, "cannot be read: %s", mi_h5_reason());
}

/* Elements first .. first+n of axis `axis`, and all of the other axes. */
static mi_status read_slab(dataset *s, int axis, size_t first, size_t n, void *to)
{
    return mi_h5_read(s->dataset, s->memory, axis, first, n, to) < 0 ? read_failed() : MI_OK;
}

/* Give back what HDF5 allocated for strings. */
static void free_strings(char **string, size_t n)
{
    for (size_t k = 0; k < n; k++)
        H5free_memory(string[k]);
    mi_free(string);
}

static mi_status read_strings(dataset *s, const mi_foreign *a, size_t n, char *to)
{
    char **string;
    MI_TRY(MI_NEW(string, n * a->d));
    mi_status status = read_slab(s, 0, a->row, n, string);
    for (size_t k = 0; status == MI_OK && k < n * a->d; k++, to += a->width) {
        size_t length = string[k] ? strnlen(string[k], a->width) : 0;
        memset(to, 0, a->width);
        memcpy(to, string[k] ? string[k] : "", length);
    }
    free_strings(string, n * a->d);
    return status;
}

static mi_status read_plain(dataset *s, const mi_foreign *a, size_t n, char *to)
{
    MI_TRY(read_slab(s, 0, a->row, n, to));
    if (a->elem == MI_ELEM_TEXT)
        for (size_t k = 0; k < n * a->d; k++)
            mi_h5_trim(to + k * a->width, a->width, H5Tget_strpad(s->memory));
    return MI_OK;
}

static mi_status read_columns(void *arg, size_t first, size_t n, void *columns)
{
    dataset *s = arg;
    return read_slab(s, s->axis, first, n, columns);
}

static mi_status dataset_read(mi_foreign *a, size_t n, void *to)
{
    dataset *s = a->state;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = s->is_string ? read_strings(s, a, n, to)
                       : s->fortran.block
                           ? mi_fortran_read(&s->fortran, a->row, n, to, read_columns, s)
                           : read_plain(s, a, n, to);
    mi_h5_quiet_end(&quiet);
    return status;
}

/* ---- open ---- */

static mi_status dims_of(mi_foreign *a, hid_t data, int reversed)
{
    hsize_t size[H5S_MAX_RANK];
    uint64_t axis[H5S_MAX_RANK];
    hid_t space = H5Dget_space(data);
    int rank = H5Sget_simple_extent_type(space) == H5S_SIMPLE
                   ? H5Sget_simple_extent_dims(space, size, NULL)
                   : 0;
    mi_h5_drop(space);
    for (int k = 0; k < rank; k++)
        axis[k] = size[reversed ? rank - 1 - k : k];
    return mi_foreign_set_axes(a, rank < 0 ? 0 : rank, axis);
}

/* Rows in a chunk along the last axis: a block is whole chunks. */
static size_t last_chunk(hid_t data)
{
    hsize_t chunk[H5S_MAX_RANK] = {1};
    hid_t list = H5Dget_create_plist(data);
    int rank = H5Pget_layout(list) == H5D_CHUNKED ? H5Pget_chunk(list, H5S_MAX_RANK, chunk) : 1;
    mi_h5_drop(list);
    return rank > 0 && chunk[rank - 1] ? (size_t)chunk[rank - 1] : 1;
}

static mi_status prepare_transposed(dataset *s, mi_foreign *a)
{
    size_t bytes = a->d * a->width, chunk = last_chunk(s->dataset);
    if (a->axes < 2 || a->n == 0 || a->d == 0)
        return MI_OK;
    size_t block = MI_BLOCK_BYTES / bytes / chunk * chunk;
    s->axis = a->axes - 1;
    return mi_fortran_open(&s->fortran, a, block ? block : chunk);
}

/* The longest of strings of any length: they are read twice. */
static mi_status measure_strings(dataset *s, mi_foreign *a)
{
    size_t step = 4096 / (a->d ? a->d : 1) + 1, longest = 1;
    for (size_t at = 0; at < a->n; at += step) {
        size_t count = a->n - at < step ? a->n - at : step;
        char **string;
        MI_TRY(MI_NEW(string, count * a->d));
        mi_status status = read_slab(s, 0, at, count, string);
        for (size_t k = 0; status == MI_OK && k < count * a->d; k++)
            if (string[k] && strlen(string[k]) > longest)
                longest = strlen(string[k]);
        free_strings(string, count * a->d);
        MI_TRY(status);
    }
    a->width = longest;
    return MI_OK;
}

/* The conventions of netCDF are those of the features' reader, not of this one. */
static mi_status check_values(hid_t data)
{
    static const char *const told[] = {"scale_factor", "add_offset", "_FillValue", "missing_value"};
    for (int k = 0; k < 4; k++)
        if (H5Aexists(data, told[k]) > 0)
            return mi_fail(MI_EDATA,
                           "its values are packed, or some are missing (attribute '%s'); " MI_TOOL
                           "transform " MI_OPTION "map z1=PATH reads such files",
                           told[k]);
    return MI_OK;
}

/* Data may lie in a filter that is not here, or in another file. */
static mi_status check_storage(const dataset *s)
{
    char name[64], text[1024];
    int number;
    if (mi_storage_problem(s->allow_external, s->file, s->place, s->dataset, text, sizeof text))
        return mi_fail(MI_EDATA, "%s", text);
    if (mi_is_hollow(s->dataset, text, sizeof text))
        return mi_fail(MI_EDATA, "%s", text);
    if (mi_h5_missing_filter(s->dataset, 0, &number, name))
        return mi_fail(MI_EDATA, "compressed by filter %d (%s), which is not installed here",
                       number, *name ? name : "no name");
    return MI_OK;
}

static mi_status describe(dataset *s, mi_foreign *a)
{
    a->is_matlab = H5Aexists(s->dataset, "MATLAB_class") > 0;
    hid_t type = H5Dget_type(s->dataset);
    mi_status status = set_elem(s, a, type);
    mi_h5_drop(type);
    MI_TRY(status);
    MI_TRY(dims_of(a, s->dataset, a->is_matlab));
    MI_TRY(check_storage(s));
    MI_TRY(check_values(s->dataset));
    if (s->is_string)
        return measure_strings(s, a);
    return a->is_matlab ? prepare_transposed(s, a) : MI_OK;
}

/* ---- a dataset by its path ---- */

typedef struct {
    char *name[8];
    size_t n;
    mi_status status;
} inventory;

static herr_t take_name(hid_t group, const char *name, const H5O_info_t *info, void *arg)
{
    inventory *v = arg;
    (void)group;
    mi_watch_step();
    if (info->type == H5O_TYPE_DATASET && v->n++ < 8)
        v->status = mi_strdup(&v->name[v->n - 1], name);
    return v->status == MI_OK ? 0 : -1;
}

/* What datasets there are; the path of the only one where there is one. */
static mi_status no_dataset(dataset *s, const char *part)
{
    inventory v = {0};
    char problem[512];
    H5Ovisit2(s->file, H5_INDEX_NAME, H5_ITER_INC, take_name, &v, H5O_INFO_BASIC);
    if (part && s->links.refused[0])
        mi_format(problem, sizeof problem,
                  "'%.100s' is a link into '%s', which " MI_OPTION "allow-external "
                  "follows",
                  part, s->links.refused);
    else if (part)
        snprintf(problem, sizeof problem, "no dataset '%.100s'", part);
    else
        snprintf(problem, sizeof problem, "%zu datasets, wanted one: name it behind a colon", v.n);
    mi_status status = v.status;
    if (status == MI_OK && !part && v.n == 1)
        status = mi_strdup(&s->path, v.name[0]);
    else if (status == MI_OK)
        status = mi_foreign_no_part(problem, v.name, v.n);
    for (size_t k = 0; k < 8; k++)
        mi_free(v.name[k]);
    return status;
}

static mi_status open_path(dataset *s, const char *part)
{
    H5O_info_t info;
    if (!part)
        MI_TRY(no_dataset(s, NULL));
    else
        MI_TRY(mi_strdup(&s->path, part));
    if (H5Oget_info_by_name2(s->file, s->path, &info, H5O_INFO_BASIC, s->links.access) < 0 ||
        info.type != H5O_TYPE_DATASET)
        return no_dataset(s, s->path);
    s->dataset = H5Oopen(s->file, s->path, s->links.access);
    return s->dataset < 0 ? read_failed() : MI_OK;
}

/* ---- one dataset a row ---- */

typedef struct {
    const char *pattern;
    char **name;
    size_t n, room;
    mi_status status;
} matches;

static herr_t take_match(hid_t group, const char *name, const H5L_info_t *info, void *arg)
{
    matches *m = arg;
    (void)group, (void)info;
    mi_watch_step();
    if (fnmatch(m->pattern, name, 0) != 0)
        return 0;
    m->status = mi_grow(&m->name, m->n, &m->room, sizeof(char *));
    if (m->status == MI_OK)
        m->status = mi_strdup(&m->name[m->n], name);
    m->n += m->status == MI_OK;
    return m->status == MI_OK ? 0 : -1;
}

/* Open the dataset of row `i`. */
static mi_status open_named(dataset *s, const mi_foreign *a, size_t i)
{
    char *path;
    MI_TRY(mi_join_path(&path, s->path, a->row_name[i]));
    s->dataset = H5Oopen(s->file, path, s->links.access);
    mi_free(path);
    if (s->dataset < 0 && s->links.refused[0])
        return mi_fail(MI_EDATA,
                       "'%s' is a link into '%s', which " MI_OPTION "allow-external follows",
                       a->row_name[i], s->links.refused);
    if (s->dataset < 0 || H5Iget_type(s->dataset) != H5I_DATASET)
        return mi_fail(MI_EDATA, "'%s' is no dataset", a->row_name[i]);
    return MI_OK;
}

/* Open row `i`, which must be like the first. */
static mi_status open_row(dataset *s, const mi_foreign *a, size_t i)
{
    char first[128], found[128];
    mi_foreign row = {.name = a->name, .spool = -1};
    MI_TRY(open_named(s, a, i));
    MI_TRY(check_storage(s));
    MI_TRY(dims_of(&row, s->dataset, 0));
    hid_t type = H5Dget_type(s->dataset);
    row.elem = mi_elem_of_h5(type);
    mi_h5_drop(type);
    if (row.n * row.d == a->d && row.elem == a->elem)
        return MI_OK;
    mi_foreign one = {.elem = a->elem, .axes = 1, .axis = {a->d}};
    if (row.elem == MI_ELEMS)
        return mi_fail(MI_EDATA, "'%s' is no array of numbers", a->row_name[i]);
    return mi_fail(MI_EDATA, "'%s' is %s, wanted %s as '%s'; every dataset becomes a row",
                   a->row_name[i], mi_foreign_shape(&row, found, sizeof found),
                   mi_foreign_shape(&one, first, sizeof first), a->row_name[0]);
}

static mi_status read_row(dataset *s, const mi_foreign *a, size_t i, void *to)
{
    mi_status status = open_row(s, a, i);
    if (status == MI_OK && H5Dread(s->dataset, s->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, to) < 0)
        status = mi_fail(MI_EDATA, "'%s' cannot be read: %s", a->row_name[i], mi_h5_reason());
    mi_h5_drop(s->dataset);
    s->dataset = MI_H5_NONE;
    return status;
}

static mi_status rows_read(mi_foreign *a, size_t n, void *to)
{
    mi_status status = MI_OK;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    for (size_t i = 0; status == MI_OK && i < n; i++)
        status = read_row(a->state, a, a->row + i, (char *)to + i * a->d * a->width);
    mi_h5_quiet_end(&quiet);
    return status;
}

static mi_status find_rows(dataset *s, mi_foreign *a, const char *part)
{
    const char *slash = strrchr(part, '/');
    matches m = {.pattern = slash ? slash + 1 : part};
    MI_TRY(mi_strdup(&s->path, slash && slash > part ? part : "/"));
    if (slash && slash > part)
        s->path[slash - part] = 0;
    H5Literate_by_name(s->file, s->path, H5_INDEX_NAME, H5_ITER_INC, NULL, take_match, &m,
                       s->links.access);
    a->row_name = m.name;
    a->n = m.n;
    MI_TRY(m.status);
    return m.n ? MI_OK : no_dataset(s, part);
}

static mi_status open_rows(dataset *s, mi_foreign *a, const char *part)
{
    static const mi_foreign_kind kind = {rows_read, dataset_close, 0};
    MI_TRY(find_rows(s, a, part));
    size_t n = a->n;
    mi_status status = open_named(s, a, 0);
    if (status == MI_OK)
        status = describe(s, a);
    size_t d = a->n * a->d;
    mi_h5_drop(s->dataset);
    s->dataset = MI_H5_NONE;
    a->n = n; /* of names, whatever comes */
    MI_TRY(status);
    a->kind = &kind;
    if (s->is_string)
        return mi_fail(MI_EDATA, "'%s' is text, wanted a row of numbers", a->row_name[0]);
    return mi_foreign_set_axes(a, 2, (uint64_t[]){n, d});
}

static int is_pattern(const char *part)
{
    const char *slash = part ? strrchr(part, '/') : NULL, *last = slash ? slash + 1 : part;
    return last && strpbrk(last, "*?[") != NULL;
}

static mi_status open_dataset(dataset *s, mi_foreign *a, const char *path, const char *part)
{
    MI_TRY(mi_h5_register_lzf());
    MI_TRY(mi_h5_links_open(&s->links, s->allow_external));
    MI_TRY(mi_strdup(&s->place, path));
    s->file = mi_h5_open_file(path);
    if (s->file < 0)
        return mi_fail(MI_EDATA, "cannot be opened: %s", mi_h5_reason());
    if (is_pattern(part))
        return open_rows(s, a, part);
    MI_TRY(open_path(s, part));
    return describe(s, a);
}

mi_status mi_foreign_open_dataset(mi_foreign *a, const char *path, const char *part,
                                  int allow_external)
{
    static const mi_foreign_kind kind = {dataset_read, dataset_close, 0};
    dataset *s;
    MI_TRY(MI_NEW(s, 1));
    s->file = s->dataset = s->memory = MI_H5_NONE;
    s->links.access = MI_H5_NONE;
    s->allow_external = allow_external;
    a->state = s;
    a->kind = &kind;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = open_dataset(s, a, path, part);
    mi_h5_quiet_end(&quiet);
    return status;
}
