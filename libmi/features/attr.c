/* Attributes of a set: scalars of its group and of the groups above. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libmi/base/number.h"
#include "libmi/base/watch_internal.h"
#include "libmi/features/private.h"

typedef struct {
    mi_set *set;
    size_t known; /* attributes before this group's, sorted; names in one group all differ */
    mi_status status;
} attr_sink;

/* Room for one more attribute, with its name. */
static mi_status attr_new(mi_set *s, const char *name, mi_attr **a)
{
    MI_TRY(mi_realloc(&s->attr, s->n_attr + 1, sizeof *s->attr));
    *a = &s->attr[s->n_attr];
    **a = (mi_attr){.real = NAN};
    MI_TRY(mi_strdup(&(*a)->name, name));
    s->n_attr++;
    return MI_OK;
}

static mi_status add_integer(mi_set *s, const char *name, long long value)
{
    mi_attr *a;
    MI_TRY(attr_new(s, name, &a));
    a->type = MI_ATTR_INTEGER;
    a->integer = value;
    a->real = (double)value;
    return MI_OK;
}

static mi_status add_real(mi_set *s, const char *name, double value, const char *text)
{
    mi_attr *a;
    MI_TRY(attr_new(s, name, &a));
    a->type = MI_ATTR_REAL;
    a->real = value;
    return text ? mi_strdup(&a->text, text) : MI_OK;
}

static mi_status add_text(mi_set *s, const char *name, const char *text)
{
    mi_attr *a;
    MI_TRY(attr_new(s, name, &a));
    a->type = MI_ATTR_TEXT;
    return mi_strdup(&a->text, text);
}

/* ---- values by class ---- */

static mi_status read_integer(mi_set *s, const char *name, hid_t attr, hid_t type)
{
    long long value;
    unsigned long long beyond;
    if (H5Tget_size(type) > 8)
        return MI_OK;
    if (H5Tget_sign(type) == H5T_SGN_NONE) {
        if (H5Aread(attr, H5T_NATIVE_ULLONG, &beyond) < 0)
            return MI_OK;
        if (beyond > INT64_MAX)
            return add_real(s, name, (double)beyond, NULL);
        return add_integer(s, name, (long long)beyond);
    }
    if (H5Aread(attr, H5T_NATIVE_LLONG, &value) < 0)
        return MI_OK;
    return add_integer(s, name, value);
}

/* The value that a number has once it is stored as `type`. */
static double stored_as(hid_t type, double value)
{
    double cell =
        value; /* room for both types: the caller sees to it that type has 8 bytes at most */
    if (H5Tconvert(H5T_NATIVE_DOUBLE, type, 1, &cell, NULL, H5P_DEFAULT) < 0 ||
        H5Tconvert(type, H5T_NATIVE_DOUBLE, 1, &cell, NULL, H5P_DEFAULT) < 0)
        return NAN;
    return cell;
}

static mi_status read_real(mi_set *s, const char *name, hid_t attr, hid_t type)
{
    char text[32];
    double value;
    size_t size = H5Tget_size(type);
    if (size > 8 || H5Aread(attr, H5T_NATIVE_DOUBLE, &value) < 0)
        return MI_OK;
    if (size == 8 || !isfinite(value))
        return add_real(s, name, value, NULL);
    /* A learning rate of 0.2f should print as 0.2, not as 0.200000003. */
    for (int digits = 1; digits <= 9; digits++) {
        mi_number_print(text, digits, value);
        if (stored_as(type, mi_number_read(text, NULL)) == value)
            break;
    }
    return add_real(s, name, value, text);
}

static mi_status read_enum(mi_set *s, const char *name, hid_t attr, hid_t type)
{
    char text[256];
    long long value;
    void *raw;
    if (H5Aread(attr, H5T_NATIVE_LLONG, &value) < 0)
        return MI_OK;
    if (mi_h5_is_bool(type))
        return add_integer(s, name, value);
    MI_TRY(mi_calloc(&raw, H5Tget_size(type), 1));
    int named = H5Aread(attr, type, raw) >= 0 && H5Tenum_nameof(type, raw, text, sizeof text) >= 0;
    mi_free(raw);
    return named ? add_text(s, name, text) : add_integer(s, name, value);
}

static mi_status read_fixed_text(mi_set *s, const char *name, hid_t attr, hid_t type)
{
    char *text;
    size_t size = H5Tget_size(type);
    mi_status status = MI_OK;
    MI_TRY(mi_calloc(&text, size + 1, 1));
    if (H5Aread(attr, type, text) >= 0) {
        mi_h5_trim(text, size, H5Tget_strpad(type));
        status = add_text(s, name, text);
    }
    mi_free(text);
    return status;
}

static mi_status read_text(mi_set *s, const char *name, hid_t attr, hid_t type)
{
    char *text = NULL;
    if (H5Tis_variable_str(type) <= 0)
        return read_fixed_text(s, name, attr, type);
    if (H5Aread(attr, type, &text) < 0)
        return MI_OK;
    mi_status status = add_text(s, name, text ? text : "");
    H5free_memory(text);
    return status;
}

static mi_status read_scalar(mi_set *s, const char *name, hid_t attr, hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
        return read_integer(s, name, attr, type);
    case H5T_FLOAT:
        return read_real(s, name, attr, type);
    case H5T_ENUM:
        return read_enum(s, name, attr, type);
    case H5T_STRING:
        return read_text(s, name, attr, type);
    default:
        return MI_OK;
    }
}

mi_status mi_attr_read(mi_set *s, hid_t group, const char *name)
{
    mi_status status = MI_OK;
    hid_t attr = H5Aopen(group, name, H5P_DEFAULT);
    hid_t space = H5Aget_space(attr), type = H5Aget_type(attr);
    if (type >= 0 && H5Sget_simple_extent_npoints(space) == 1)
        status = read_scalar(s, name, attr, type);
    mi_h5_drop(type);
    mi_h5_drop(space);
    mi_h5_drop(attr);
    return status;
}

void mi_attrs_free(mi_set *s)
{
    for (size_t k = 0; k < s->n_attr; k++) {
        mi_free(s->attr[k].name);
        mi_free(s->attr[k].text);
    }
    mi_free(s->attr);
}

static int compare_attrs(const void *a, const void *b)
{
    return mi_attr_order(((const mi_attr *)a)->name, ((const mi_attr *)b)->name);
}

static void sort(mi_set *s)
{
    if (s->n_attr)
        qsort(s->attr, s->n_attr, sizeof *s->attr, compare_attrs);
}

static int compare_name(const void *name, const void *a)
{
    return mi_attr_order(name, ((const mi_attr *)a)->name);
}

/* Among the first n, which are sorted. */
static const mi_attr *find(const mi_set *s, size_t n, const char *name)
{
    return n ? bsearch(name, s->attr, n, sizeof *s->attr, compare_name) : NULL;
}

const mi_attr *mi_set_attr(const mi_set *s, const char *name)
{
    return s && name ? find(s, s->n_attr, name) : NULL;
}

static herr_t take_attr(hid_t group, const char *name, const H5A_info_t *info, void *arg)
{
    attr_sink *sink = arg;
    (void)info;
    mi_watch_step();
    if (strcmp(name, "history") == 0 || strcmp(name, "mi_history") == 0 ||
        find(sink->set, sink->known, name))
        return 0;
    sink->status = mi_attr_read(sink->set, group, name);
    return sink->status == MI_OK ? 0 : -1;
}

mi_status mi_attrs_add(mi_set *s, hid_t group)
{
    attr_sink sink = {.set = s, .known = s->n_attr};
    /* Attributes that cannot be read are left out: they decorate the output, they do not make it.
     */
    H5Aiterate2(group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, take_attr, &sink);
    sort(s);
    return sink.status;
}

/* ---- epoch ---- */

/* Length of the file's name without directory and suffix; *name moves past the directory. */
static size_t stem_length(const char **name)
{
    const char *slash = strrchr(*name, '/');
    if (slash)
        *name = slash + 1;
    const char *dot = strrchr(*name, '.');
    return dot && dot != *name ? (size_t)(dot - *name) : strlen(*name);
}

/* Does a name end, at `length`, in a word for how far training is? Names of numbers alone do; the 18
 * of resnet18 and the 03 of lambda-0.03 are something else. */
static int tells_time(const char *name, size_t length)
{
    static const char *const word[] = {"epoch", "ep", "e", "ckpt", "checkpoint", "step", "iter"};
    while (length > 0 && strchr("_-=", name[length - 1]))
        length--;
    size_t start = length;
    while (start > 0 && isalpha((unsigned char)name[start - 1]))
        start--;
    int tells = length == 0;
    for (size_t k = 0; k < sizeof word / sizeof *word; k++)
        tells |= strlen(word[k]) == length - start &&
                 strncasecmp(name + start, word[k], length - start) == 0;
    return tells;
}

mi_status mi_attrs_epoch(mi_set *s, const char *name, int is_file)
{
    size_t length = is_file ? stem_length(&name) : strlen(name);
    size_t start = length;
    if (mi_set_attr(s, "epoch"))
        return MI_OK;
    while (start > 0 && isdigit((unsigned char)name[start - 1]))
        start--;
    if (start == length || !tells_time(name, start))
        return MI_OK;
    errno = 0;
    long long value = strtoll(name + start, NULL, 10);
    if (!errno)
        MI_TRY(add_integer(s, "epoch", value));
    sort(s);
    return MI_OK;
}
