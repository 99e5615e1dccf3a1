/* What one file holds into another: attributes as they are, rows bit by bit. */
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/features/private.h"

/* ---- attributes ---- */

typedef struct {
    mi_writer *w;
    hid_t to;
    int (*drops)(const char *name);
    mi_status status;
} attribute_copy;

static mi_status copy_value(mi_writer *w, hid_t to, const char *name, hid_t from, hid_t type,
                            hid_t space)
{
    hssize_t points = H5Sget_simple_extent_npoints(space);
    void *value;
    mi_status status = MI_OK;
    MI_TRY(mi_calloc(&value, points > 0 ? (size_t)points : 1, H5Tget_size(type)));
    if (points > 0 && H5Aread(from, type, value) < 0)
        goto done; /* attributes that cannot be read are left out, as they are in tables */
    hid_t copy = H5Acreate2(to, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (copy < 0)
        mi_warn("attribute '%s' is left out: %s", name, mi_h5_reason()); /* above 64 kB */
    else if (points > 0 && H5Awrite(copy, type, value) < 0)
        status = mi_write_failed(w);
    mi_h5_drop(copy);
    if (points > 0 && H5Tdetect_class(type, H5T_VLEN) + H5Tis_variable_str(type) > 0)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, value);
done:
    mi_free(value);
    return status;
}

/* What ties a dataset to its dimension scales, which are not copied. */
static int is_of_scales(const char *name)
{
    return strcmp(name, "DIMENSION_LIST") == 0 || strcmp(name, "REFERENCE_LIST") == 0;
}

static herr_t copy_attribute(hid_t group, const char *name, const H5A_info_t *info, void *arg)
{
    attribute_copy *c = arg;
    (void)info;
    if (H5Aexists(c->to, name) > 0 || (c->drops && c->drops(name)))
        return 0;
    hid_t from = H5Aopen(group, name, H5P_DEFAULT), space = H5Aget_space(from);
    hid_t stored = H5Aget_type(from), type = H5Tcopy(stored);
    htri_t refers = H5Tdetect_class(type, H5T_REFERENCE);
    if (refers == 0)
        c->status = copy_value(c->w, c->to, name, from, type, space);
    else if (refers > 0 && !is_of_scales(name))
        mi_warn("attribute '%s' is left out: it refers to a place in its own file", name);
    mi_h5_drop(type);
    mi_h5_drop(stored);
    mi_h5_drop(space);
    mi_h5_drop(from);
    return c->status == MI_OK ? 0 : -1;
}

mi_status mi_copy_attributes(mi_writer *w, hid_t to, hid_t from, int (*drops)(const char *name))
{
    attribute_copy c = {.w = w, .to = to, .drops = drops};
    H5Aiterate2(from, H5_INDEX_NAME, H5_ITER_INC, NULL, copy_attribute, &c);
    return c.status;
}

static mi_status copy_group(mi_writer *w, mi_features *f, hid_t file, const char *path,
                            int *has_epoch)
{
    hid_t to = MI_H5_NONE, from = H5Oopen(file, path, f->links.access);
    mi_status status;
    if (from < 0)
        return mi_fail(MI_EDATA, "%s: cannot be opened: %s", path, mi_h5_reason());
    status = mi_writer_group(w, path, &to);
    if (status == MI_OK)
        status = mi_copy_attributes(w, to, from, NULL);
    *has_epoch |= H5Aexists(from, "epoch") > 0;
    mi_h5_drop(to);
    mi_h5_drop(from);
    return status;
}

/* The groups from the root to the one of the set, one after the other. */
static mi_status copy_groups(mi_writer *w, mi_features *f, hid_t file, const char *group,
                             int *has_epoch)
{
    char *path;
    size_t length = strlen(group);
    MI_TRY(mi_strdup(&path, group));
    mi_status status = copy_group(w, f, file, "/", has_epoch);
    for (size_t end = 2; status == MI_OK && end <= length; end++) {
        if (group[end] && group[end] != '/')
            continue;
        path[end] = 0;
        status = copy_group(w, f, file, path, has_epoch);
        path[end] = group[end];
    }
    mi_free(path);
    return status;
}

/* Does the name of the group give its epoch? */
static mi_status group_tells_epoch(const char *group, int *tells)
{
    mi_set named = {0};
    mi_status status = mi_attrs_epoch(&named, strrchr(group, '/') + 1, 0);
    *tells |= named.n_attr > 0;
    mi_attrs_free(&named);
    return status;
}

mi_status mi_writer_attributes(mi_writer *w, mi_features *f, size_t i)
{
    MI_TRY(mi_place_check(w, "/"));
    MI_TRY(mi_set_check(f, i));
    const mi_set *s = &f->entry[i].set;
    const mi_attr *epoch = mi_set_attr(s, "epoch");
    int has_epoch = 0;
    hid_t file;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = mi_input_open(f, f->entry[i].input, &file);
    if (status == MI_OK)
        status = copy_groups(w, f, file, s->group, &has_epoch);
    mi_h5_quiet_end(&quiet);
    if (status == MI_OK)
        status = group_tells_epoch(s->group, &has_epoch);
    if (status == MI_OK && epoch && !has_epoch)
        status = mi_writer_integer(w, s->group, "epoch", epoch->integer);
    return status;
}

/* ---- rows ---- */

typedef struct {
    mi_sink *sink;
    const size_t *row;
    size_t n;
} row_copy;

static void swap_bytes(char *restrict a, char *restrict b, size_t bytes)
{
    for (size_t k = 0; k < bytes; k++) {
        char kept = a[k];
        a[k] = b[k];
        b[k] = kept;
    }
}

/* Rows of a window that are wanted come to its front. The others stay in it, too: strings of any
 * length are pointers that have to be given back. */
static void gather(const mi_reader *r, size_t base, const size_t *row, size_t n)
{
    char *rows = r->rows;
    for (size_t k = 0; row && k < n; k++)
        if (row[k] - base != k)
            swap_bytes(rows + k * r->row_bytes, rows + (row[k] - base) * r->row_bytes,
                       r->row_bytes);
}

static mi_status copy_window(mi_reader *r, size_t base, const size_t *row, size_t n, void *arg)
{
    mi_sink *s = arg;
    gather(r, base, row, n);
    return mi_sink_rows(s, r->memory, r->rows, n);
}

static mi_status copy_dataset(hid_t dataset, const mi_member *m, const char *file, void *arg)
{
    row_copy *c = arg;
    mi_reader r;
    mi_status status = mi_reader_open(&r, dataset, m, file, H5Dget_type(dataset));
    if (status == MI_OK)
        status = mi_reader_each(&r, c->row, c->n, copy_window, c->sink);
    mi_reader_close(&r);
    return status;
}

mi_status mi_sink_copy(mi_sink *s, mi_features *f, size_t i, mi_member_id m, const size_t *row,
                       size_t n)
{
    MI_WANT(s, "rows to copy without a dataset");
    MI_TRY(mi_member_check(f, i, m));
    MI_TRY(mi_rows_wanted_check(f, i, m, row, n));
    MI_WANT(n <= s->n - s->row, "rows %zu to %zu of a dataset that has %zu", s->row, s->row + n,
            s->n);
    row_copy c = {.sink = s, .row = row, .n = n};
    return mi_member_read(f, i, m, copy_dataset, &c);
}
