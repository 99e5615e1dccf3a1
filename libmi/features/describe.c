/* A dataset as a mi_member: shape, type, and what keeps it from being read. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmi/features/private.h"

#include "libmi/base/words.h"

static mi_status problem(mi_member *m, const char *format, ...) MI_PRINTF(2, 3);

static mi_status problem(mi_member *m, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    mi_vformat(text, sizeof text, format, args);
    va_end(args);
    return m->problem ? MI_OK : mi_strdup(&m->problem, text); /* the first is told */
}

static void name_other(mi_member *m, H5T_class_t class)
{
    static const char *const name[H5T_NCLASSES] = {
        [H5T_TIME] = "time",         [H5T_BITFIELD] = "bitfield",   [H5T_OPAQUE] = "opaque",
        [H5T_COMPOUND] = "compound", [H5T_REFERENCE] = "reference", [H5T_VLEN] = "variable-length",
        [H5T_ARRAY] = "array",
    };
    m->cls = MI_CLASS_OTHER;
    snprintf(m->type, sizeof m->type, "%s",
             class >= 0 && class < H5T_NCLASSES && name[class] ? name[class] : "?");
}

static void name_number(mi_member *m, hid_t type, char letter)
{
    size_t sign, exponent_at, exponent = 0, mantissa_at, mantissa, size = H5Tget_size(type);
    const char *order = size > 1 && H5Tget_order(type) == H5T_ORDER_BE ? "be" : "";
    if (letter == 'f')
        H5Tget_fields(type, &sign, &exponent_at, &exponent, &mantissa_at, &mantissa);
    snprintf(m->type, sizeof m->type, "%s%c%zu%s", size == 2 && exponent == 8 ? "b" : "", letter,
             8 * size, order);
    if (size > 8)
        m->cls = MI_CLASS_OTHER;
}

static void describe_type(mi_member *m, hid_t type)
{
    H5T_class_t class = H5Tget_class(type);
    switch (class) {
    case H5T_FLOAT:
        m->cls = MI_CLASS_FLOAT;
        name_number(m, type, 'f');
        break;
    case H5T_INTEGER:
        m->cls = MI_CLASS_INTEGER;
        name_number(m, type, H5Tget_sign(type) == H5T_SGN_NONE ? 'u' : 'i');
        break;
    case H5T_ENUM:
        m->cls = MI_CLASS_ENUM;
        strcpy(m->type, mi_h5_is_bool(type) ? "bool" : "enum");
        break;
    case H5T_STRING:
        m->cls = MI_CLASS_TEXT;
        m->text_bytes = H5Tis_variable_str(type) > 0 ? 0 : (double)H5Tget_size(type);
        strcpy(m->type, "str");
        break;
    default:
        name_other(m, class);
        if (class == H5T_OPAQUE && H5Tget_size(type) == 2)
            strcpy(m->type, "opaque16"); /* bfloat16, as h5py writes it: check.c */
    }
}

static mi_status describe_space(mi_member *m, hid_t space)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    H5S_class_t class = H5Sget_simple_extent_type(space);
    if (class == H5S_SCALAR)
        return problem(m, "a scalar, wanted a value a row");
    if (class != H5S_SIMPLE)
        return problem(m, "an empty dataset without rows, wanted a value a row");
    m->rank = H5Sget_simple_extent_dims(space, dims, NULL);
    if (m->rank < 1)
        return problem(m, "damaged: %s", mi_h5_reason());
    m->n = (size_t)dims[0];
    m->d = 1;
    int overflow = 0;
    for (int k = 0; k < m->rank; k++) {
        if (k < 8)
            m->shape[k] = dims[k];
        if (k > 0)
            overflow |= __builtin_mul_overflow(m->d, (size_t)dims[k], &m->d);
    }
    size_t total;
    if (overflow || __builtin_mul_overflow(m->n, m->d, &total) || total > SIZE_MAX / 16)
        return problem(m, "has more elements than memory can hold");
    return MI_OK;
}

int mi_filter_problem(hid_t dataset, int also_optional, const char *file, char *text, size_t bytes)
{
    char name[64];
    int number;
    if (!mi_h5_missing_filter(dataset, also_optional, &number, name))
        return 0;
    snprintf(
        text, bytes,
        "compressed by filter %d (%s), which is not installed here; where it is: h5repack -f NONE "
        "'%s' plain.h5",
        number, *name ? name : "no name", file);
    return 1;
}

static mi_status describe_dataset(mi_features *f, hid_t file, hid_t dataset, const char *name,
                                  mi_member *m)
{
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    char text[1024];
    mi_status status;
    describe_type(m, type);
    MI_TRY_GOTO(status, describe_space(m, space), done);
    mi_stored_describe(dataset, m);
    mi_packed_describe(dataset, m);
    if (mi_storage_problem(f->opts.allow_external, file, name, dataset, text, sizeof text))
        MI_TRY_GOTO(status, problem(m, "%s", text), done);
    if (mi_filter_problem(dataset, 0, name, text, sizeof text))
        MI_TRY_GOTO(status, problem(m, "%s", text), done);
    if (mi_is_hollow(dataset, text, sizeof text))
        status = problem(m, "%s", text);
done:
    mi_h5_drop(type);
    mi_h5_drop(space);
    return status;
}

/* Why the link at m->path cannot be opened; HDF5 said `reason`. */
static mi_status describe_link(hid_t file, mi_member *m, const char *reason)
{
    H5L_info_t info;
    char target[512] = "";
    if (H5Lget_info(file, m->path, &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_SOFT)
        return problem(m, "cannot be opened: %s", reason);
    H5Lget_val(file, m->path, target, sizeof target - 1, H5P_DEFAULT);
    return problem(m, "a soft link to '%s', which leads nowhere", target);
}

mi_status mi_describe(mi_features *f, hid_t file, const char *name, mi_member *m)
{
    hid_t dataset = H5Oopen(file, m->path, f->links.access);
    mi_status status;
    m->cls = MI_CLASS_OTHER;
    strcpy(m->type, "?");
    if (dataset < 0) {
        char reason[512];
        snprintf(reason, sizeof reason, "%s", mi_h5_reason());
        return describe_link(file, m, reason);
    }
    status = describe_dataset(f, file, dataset, name, m);
    mi_h5_drop(dataset);
    return status;
}

/* Open it again with the chunk cache that it needs: HDF5 takes it from who opens first. */
static mi_status open_cached(mi_features *f, hid_t file, const mi_member *m, hid_t *dataset)
{
    hid_t list = mi_cache_for(f, m);
    if (list < 0)
        return MI_OK;
    if (!f->opts.allow_external)
        H5Pset_elink_cb(list, mi_h5_refuse_link, &f->links);
    mi_h5_drop(*dataset);
    *dataset = H5Dopen2(file, m->path, list);
    mi_status status =
        *dataset < 0 ? mi_fail(MI_EDATA, "cannot be opened: %s", mi_h5_reason()) : MI_OK;
    mi_h5_drop(list);
    return status;
}

mi_status mi_member_open(mi_features *f, hid_t file, const mi_member *m, hid_t *dataset)
{
    mi_member now = {0};
    *dataset = H5Oopen(file, m->path, f->links.access);
    if (*dataset < 0 || H5Iget_type(*dataset) != H5I_DATASET)
        return mi_fail(MI_EDATA, "cannot be opened: %s", mi_h5_reason());
    mi_status status = describe_dataset(f, file, *dataset, "", &now);
    int same = now.n == m->n && now.d == m->d && strcmp(now.type, m->type) == 0;
    mi_free(now.problem);
    if (status == MI_OK && !same)
        status = mi_fail(MI_EDATA, "changed while it was read");
    if (status == MI_OK)
        status = mi_packed_fits(f, m);
    return status == MI_OK ? open_cached(f, file, m, dataset) : status;
}

const char *mi_member_shape(const mi_member *m, char *buffer, size_t bytes)
{
    if (!m || !buffer || bytes == 0)
        return "?";
    size_t used = (size_t)snprintf(buffer, bytes, "%s[", m->type);
    for (int k = 0; k < m->rank && k < 8 && used < bytes; k++)
        used +=
            (size_t)snprintf(buffer + used, bytes - used, "%s%" PRIu64, k ? "," : "", m->shape[k]);
    if (used < bytes)
        snprintf(buffer + used, bytes - used, m->rank > 8 ? ",...]" : "]");
    return buffer;
}
