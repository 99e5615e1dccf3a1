/* Values as groups: a discrete variable. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"
#include "libmi/features/private.h"

/* ---- integers ---- */

/* Values of the groups, when a row is one value. */
static mi_status keep_values(mi_labels *l, const int64_t *x)
{
    if (l->d != 1)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(l->value, l->groups.g));
    for (size_t c = 0; c < l->groups.g; c++)
        l->value[c] = x[l->groups.first[c]];
    return MI_OK;
}

static mi_status group_integers(mi_labels *l, const int64_t *x, size_t n)
{
    MI_TRY(mi_groups_of_bytes(&l->groups, x, n, l->d * sizeof *x));
    return keep_values(l, x);
}

static mi_status refuse_missing(const mi_member *m, const int64_t *x)
{
    for (size_t k = 0; m->n_missing && k < m->n * m->d; k++)
        if (mi_stored_is_missing(m, (double)x[k]))
            return mi_fail(MI_EDATA,
                           "row %zu has no value: %" PRId64 " is its _FillValue; " MI_TOOL
                           "transform " MI_OPTION "drop-nonfinite removes such rows",
                           k / m->d, x[k]);
    return MI_OK;
}

static mi_status read_integers(hid_t dataset, const mi_member *m, const char *file, mi_labels *l)
{
    int64_t *x;
    mi_status status;
    l->is_unsigned = strncmp(m->type, "u64", 3) == 0;
    MI_TRY(MI_NEW_RAW(x, m->n * m->d));
    MI_TRY_GOTO(status,
                mi_member_values(dataset, m, l->is_unsigned ? H5T_NATIVE_UINT64 : H5T_NATIVE_INT64,
                                 x, file),
                done);
    MI_TRY_GOTO(status, refuse_missing(m, x), done);
    status = group_integers(l, x, m->n);
done:
    mi_free(x);
    return status;
}

/* ---- whole floats ---- */

static mi_status to_integers(int64_t *to, const double *x, const mi_member *m)
{
    size_t n = m->n, d = m->d;
    for (size_t k = 0; k < n * d; k++) {
        if (m->n_missing && isnan(x[k]))
            return mi_fail(MI_EDATA,
                           "row %zu has no value; " MI_TOOL "transform " MI_OPTION
                           "drop-nonfinite removes such rows",
                           k / d);
        if (!(fabs(x[k]) < 0x1p63) || x[k] != floor(x[k]))
            return mi_fail(MI_EDATA, "row %zu is %.9g, wanted whole numbers: a label or an id each",
                           k / d, x[k]);
        to[k] = (int64_t)x[k];
    }
    return MI_OK;
}

static mi_status read_floats(hid_t dataset, const mi_member *m, const char *file, mi_labels *l)
{
    double *x = NULL;
    int64_t *whole = NULL;
    size_t n = m->n * m->d;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(x, n), done);
    MI_TRY_GOTO(status, mi_member_values(dataset, m, H5T_NATIVE_DOUBLE, x, file), done);
    mi_stored_values(m, x, n);
    MI_TRY_GOTO(status, MI_NEW_RAW(whole, n), done);
    MI_TRY_GOTO(status, to_integers(whole, x, m), done);
    status = group_integers(l, whole, m->n);
done:
    mi_free(x);
    mi_free(whole);
    return status;
}

/* ---- strings ---- */

/* Groups of n*d strings in cells of `width` bytes, padded with zeros. */
static mi_status group_cells(mi_labels *l, const char *cell, size_t width, size_t n)
{
    MI_TRY(mi_groups_of_bytes(&l->groups, cell, n, l->d * width));
    if (l->d != 1)
        return MI_OK;
    MI_TRY(MI_NEW(l->text, l->groups.g));
    for (size_t c = 0; c < l->groups.g; c++) {
        const char *text = cell + l->groups.first[c] * width;
        size_t length = strnlen(text, width);
        MI_TRY(MI_NEW_RAW(l->text[c], length + 1));
        memcpy(l->text[c], text, length);
        l->text[c][length] = 0;
    }
    return MI_OK;
}

static mi_status read_fixed(hid_t dataset, hid_t type, const mi_member *m, const char *file,
                            mi_labels *l)
{
    size_t width = H5Tget_size(type);
    char *cell;
    mi_status status;
    MI_TRY(mi_malloc(&cell, m->n * m->d, width));
    MI_TRY_GOTO(status, mi_member_values(dataset, m, type, cell, file), done);
    for (size_t k = 0; k < m->n * m->d; k++)
        mi_h5_trim(cell + k * width, width, H5Tget_strpad(type));
    status = group_cells(l, cell, width, m->n);
done:
    mi_free(cell);
    return status;
}

/* Rows of several strings are rows of the numbers of these. */
static mi_status group_rows_of_strings(mi_labels *l, const char *const *string, size_t n)
{
    mi_groups each;
    MI_TRY(mi_groups_of_texts(&each, string, n * l->d));
    mi_status status = mi_groups_of_bytes(&l->groups, each.code, n, l->d * sizeof *each.code);
    mi_groups_free(&each);
    return status;
}

static mi_status group_strings(mi_labels *l, const char *const *string, size_t n)
{
    if (l->d != 1)
        return group_rows_of_strings(l, string, n);
    MI_TRY(mi_groups_of_texts(&l->groups, string, n));
    MI_TRY(MI_NEW(l->text, l->groups.g));
    for (size_t c = 0; c < l->groups.g; c++)
        MI_TRY(mi_strdup(&l->text[c], string[l->groups.first[c]]));
    return MI_OK;
}

/* HDF5 leaves a string that was never written NULL. */
static mi_status group_read(mi_labels *l, char **string, const mi_member *m)
{
    const char **text, empty[] = "";
    MI_TRY(MI_NEW_RAW(text, m->n * m->d));
    for (size_t k = 0; k < m->n * m->d; k++)
        text[k] = string[k] ? string[k] : empty;
    mi_status status = group_strings(l, text, m->n);
    mi_free(text);
    return status;
}

static mi_status read_variable(hid_t dataset, hid_t type, const mi_member *m, const char *file,
                               mi_labels *l)
{
    char **string;
    MI_TRY(MI_NEW(string, m->n * m->d));
    mi_status status = mi_member_values(dataset, m, type, string, file);
    if (status == MI_OK)
        status = group_read(l, string, m);
    for (size_t k = 0; k < m->n * m->d; k++)
        H5free_memory(string[k]);
    mi_free(string);
    return status;
}

static mi_status read_strings(hid_t dataset, const mi_member *m, const char *file, mi_labels *l)
{
    hid_t type = H5Dget_type(dataset);
    l->is_text = 1;
    mi_status status = H5Tis_variable_str(type) > 0 ? read_variable(dataset, type, m, file, l)
                                                    : read_fixed(dataset, type, m, file, l);
    mi_h5_drop(type);
    return status;
}

/* ---- any of them ---- */

static mi_status read_labels(hid_t dataset, const mi_member *m, const char *file, void *out)
{
    mi_labels *l = out;
    l->d = m->d;
    if (m->cls == MI_CLASS_TEXT)
        return read_strings(dataset, m, file, l);
    if (m->cls == MI_CLASS_FLOAT)
        return read_floats(dataset, m, file, l);
    return read_integers(dataset, m, file, l);
}

mi_status mi_labels_of(mi_features *f, hid_t file, const mi_member *m, mi_labels *out)
{
    hid_t dataset;
    *out = (mi_labels){0};
    mi_status status = mi_member_open(f, file, m, &dataset);
    if (status == MI_OK)
        status = read_labels(dataset, m, "", out);
    mi_h5_drop(dataset);
    return status;
}

mi_status mi_features_read_labels(mi_features *f, size_t i, mi_member_id m, mi_labels *out)
{
    MI_WANT(out, "a member to read without labels");
    *out = (mi_labels){0};
    MI_TRY(mi_member_check(f, i, m));
    const mi_set *s = &f->entry[i].set;
    mi_status status = mi_labels_fit(f, &s->member[m]);
    if (status != MI_OK)
        return mi_fail_in(status, "%s:%s: %s", s->file, s->group, mi_member_name(m));
    status = mi_member_read(f, i, m, read_labels, out);
    if (status != MI_OK) {
        mi_labels_free(out);
    } else if (s->member[m].cls == MI_CLASS_FLOAT && !(f->whole & 1u << m)) {
        f->whole |= 1u << m;
        mi_warn("%s:%s: %s holds floats; their values are whole and taken as labels", s->file,
                s->group, mi_member_name(m));
    }
    return status;
}
