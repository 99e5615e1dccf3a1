/* Ids and labels of an import: whole, as integers where that is what they are, and what they say of
 * how the views stand. */
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/words.h"
#include "libmi/exchange/private.h"

size_t mi_import_instance(const mi_import_job *j, size_t i)
{
    return j->layout == MI_VIEWS_STACKED ? i % (j->n / j->o->views) : i / j->o->views;
}

/* ---- as integers ---- */

static int is_whole(const double *x, size_t n, size_t *first)
{
    for (size_t k = 0; k < n; k++)
        if (!(fabs(x[k]) < 0x1p63) || x[k] != floor(x[k])) {
            *first = k;
            return 0;
        }
    return 1;
}

/* Floats that are labels, or MATLAB's ids, become integers; other floats in r are a target, and w
 * is of numbers. */
static mi_status as_integers(mi_incoming *in, mi_member_id m)
{
    mi_foreign *a = &in->a;
    double *x;
    size_t n = a->n * a->d, first = 0;
    if (!mi_elem_is_float(a->elem) || m == MI_W || (m == MI_R && (!a->is_matlab || a->d > 1)))
        return MI_OK;
    MI_TRY(MI_NEW_RAW(x, n));
    mi_elem_doubles(x, a->elem, in->values, n);
    if (is_whole(x, n, &first)) {
        for (size_t k = 0; k < n; k++)
            ((int64_t *)(void *)x)[k] = (int64_t)x[k];
        mi_free(in->values);
        in->values = x;
        a->elem = MI_ELEM_I64;
        a->width = 8;
        return MI_OK;
    }
    mi_status status =
        m == MI_R
            ? MI_OK
            : mi_fail(MI_EDATA, "row %zu is %.9g, wanted whole numbers or text", first, x[first]);
    mi_free(x);
    return status;
}

static mi_status check_target(const mi_import_job *j, const mi_foreign *a, const void *values)
{
    size_t first, bad = mi_elem_nonfinite(a->elem, values, a->n, a->d, &first);
    if (!bad || j->o->keep_nonfinite)
        return MI_OK;
    return mi_fail(MI_EDATA,
                   "row %zu has NaN or infinity (%zu of %zu rows do), wanted finite "
                   "numbers",
                   first, bad, a->n);
}

/* bfloat16 is no type of a file of ours. */
static mi_status widen_target(mi_incoming *in)
{
    mi_foreign *a = &in->a;
    float *wide;
    if (a->elem != MI_ELEM_BF16)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(wide, a->n * a->d));
    mi_elem_widen_bf16(wide, in->values, a->n * a->d);
    mi_free(in->values);
    in->values = wide;
    a->elem = MI_ELEM_F32;
    a->width = 4;
    return MI_OK;
}

static mi_status read_whole(mi_incoming *in)
{
    mi_foreign *a = &in->a;
    size_t n = a->n;
    if (!in->is_line)
        return a->kind->read(a, n, in->values);
    a->n = 1;
    a->d = n;
    mi_status status = a->kind->read(a, 1, in->values);
    a->n = n;
    a->d = 1;
    return status;
}

static mi_status read_values(const mi_import_job *j, mi_member_id m, mi_incoming *in)
{
    mi_foreign *a = &in->a;
    MI_TRY(mi_malloc(&in->values, a->n, a->d * a->width));
    mi_status status = read_whole(in);
    if (status == MI_OK && in->is_named)
        status = mi_import_by_name(j, m, in);
    if (status == MI_OK)
        status = as_integers(in, m);
    if (status == MI_OK)
        status = widen_target(in);
    if (status == MI_OK && (m == MI_R || m == MI_W))
        status = check_target(j, a, in->values);
    return status;
}

/* ---- layouts ---- */

/* Rows of one instance, in a layout, have one label. */
static int labels_agree(mi_import_job *j, mi_member_id m, mi_views layout)
{
    const mi_foreign *a = &j->in[m].a;
    const char *x = j->in[m].values;
    size_t bytes = a->d * a->width, m_instances = j->n / j->o->views;
    for (size_t i = 0; i < j->n; i++) {
        size_t first = layout == MI_VIEWS_STACKED ? i % m_instances : i - i % j->o->views;
        if (memcmp(x + i * bytes, x + first * bytes, bytes) != 0)
            return 0;
    }
    return 1;
}

static const char *layout_name(mi_views layout)
{
    return layout == MI_VIEWS_STACKED ? "stacked" : "interleaved";
}

/* A layout under which views of an instance have different labels, while the other one fits them,
 * is not meant. */
static mi_status choose_layout(mi_import_job *j, mi_member_id m)
{
    int has = j->in[m].is_there && !j->in[m].is_once;
    int stacked = has && labels_agree(j, m, MI_VIEWS_STACKED);
    int interleaved = has && labels_agree(j, m, MI_VIEWS_INTERLEAVED);
    mi_views fits = stacked ? MI_VIEWS_STACKED : MI_VIEWS_INTERLEAVED;
    char argument[600];
    if (stacked == interleaved)
        return j->layout != MI_VIEWS_UNTOLD
                   ? MI_OK
                   : mi_fail(MI_EUSAGE,
                             MI_OPTION
                             "views %zu: where do the views of an instance stand? " MI_OPTION
                             "layout "
                             "stacked: all first views, then all second ones; " MI_OPTION "layout "
                             "interleaved: next to each other",
                             j->o->views);
    if (j->layout == MI_VIEWS_UNTOLD) {
        j->layout = fits;
        mi_warn(MI_OPTION "layout %s, as the labels tell", layout_name(fits));
    } else if (j->layout != fits) {
        mi_warn("views of an instance have different labels in %s; " MI_OPTION
                "layout %s would fit them, if the features stand so too; else it is the labels "
                "that want another order",
                mi_import_argument(j, m, argument, sizeof argument), layout_name(fits));
    }
    return MI_OK;
}

mi_status mi_import_read_labels(mi_import_job *j)
{
    for (mi_member_id m = MI_R; m < MI_MEMBERS; m++) {
        mi_status status = j->in[m].is_there ? read_values(j, m, &j->in[m]) : MI_OK;
        if (status != MI_OK)
            return mi_fail_in(status, "%s: %s", mi_member_name(m), j->o->address[m]);
    }
    return j->o->views > 1 ? choose_layout(j, MI_Y) : MI_OK;
}
