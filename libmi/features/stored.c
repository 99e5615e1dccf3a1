/* How stored elements stand for values: the conventions of netCDF and of MATLAB.
 *
 *     attribute                        a stored element x is
 *     _FillValue, missing_value = x    no value: NaN
 *     scale_factor s, add_offset o     s x + o
 *     MATLAB_class, two axes           at the place that MATLAB shows: axes are the other way round
 *
 * netCDF: "NetCDF Users Guide", appendix A, Attribute Conventions. MATLAB -v7.3 writes an array of n
 * rows of d columns as d rows of n. */
#include <math.h>
#include <string.h>

#include "libmi/features/private.h"
#include "libmi/features/turn.h"

/* ---- which conventions a dataset follows ---- */

/* The number in an attribute, alone or in an array of one; 0: there is none. */
static int read_number(hid_t dataset, const char *name, double *value)
{
    if (H5Aexists(dataset, name) <= 0)
        return 0;
    hid_t attribute = H5Aopen(dataset, name, H5P_DEFAULT), type = H5Aget_type(attribute);
    hid_t space = H5Aget_space(attribute);
    H5T_class_t class = H5Tget_class(type);
    int found = (class == H5T_FLOAT || class == H5T_INTEGER) &&
                H5Sget_simple_extent_npoints(space) == 1 &&
                H5Aread(attribute, H5T_NATIVE_DOUBLE, value) >= 0;
    mi_h5_drop(space);
    mi_h5_drop(type);
    mi_h5_drop(attribute);
    return found;
}

void mi_stored_describe(hid_t dataset, mi_member *m)
{
    m->scale = 1;
    m->offset = 0;
    if (m->cls != MI_CLASS_FLOAT && m->cls != MI_CLASS_INTEGER)
        return;
    m->n_missing = read_number(dataset, "_FillValue", &m->missing[0]);
    m->n_missing += read_number(dataset, "missing_value", &m->missing[m->n_missing]);
    /* Compared in the precision of the elements: 1e20 is another number as a float. */
    for (int k = 0; k < m->n_missing && m->cls == MI_CLASS_FLOAT && !mi_member_is_double(m); k++)
        m->missing[k] = (float)m->missing[k];
    m->is_packed = read_number(dataset, "scale_factor", &m->scale);
    m->is_packed |= read_number(dataset, "add_offset", &m->offset);
    if (m->is_packed)
        m->cls = MI_CLASS_FLOAT;
    m->is_transposed = m->rank == 2 && H5Aexists(dataset, "MATLAB_class") > 0;
    if (m->is_transposed) {
        size_t n = m->n;
        m->n = m->d;
        m->d = n;
        m->shape[0] = m->n;
        m->shape[1] = m->d;
    }
}

int mi_stored_is_told_by(const char *name)
{
    static const char *const told[] = {"_FillValue", "missing_value", "scale_factor", "add_offset"};
    for (size_t k = 0; k < sizeof told / sizeof *told; k++)
        if (strcmp(name, told[k]) == 0)
            return 1;
    return 0;
}

/* ---- values ---- */

int mi_stored_is_missing(const mi_member *m, double x)
{
    for (int k = 0; k < m->n_missing; k++)
        if (x == m->missing[k])
            return 1;
    return 0;
}

void mi_stored_values(const mi_member *m, double *x, size_t count)
{
    int is_double = mi_member_is_double(m);
    if (!m->n_missing && !m->is_packed)
        return;
    for (size_t k = 0; k < count; k++) {
        double value = mi_stored_is_missing(m, x[k]) ? NAN : m->scale * x[k] + m->offset;
        x[k] = is_double ? value : (float)value;
    }
}

void mi_stored_values_f32(const mi_member *m, float *x, size_t count)
{
    if (!m->n_missing && !m->is_packed)
        return;
    for (size_t k = 0; k < count; k++)
        x[k] = mi_stored_is_missing(m, x[k]) ? NAN : (float)(m->scale * x[k] + m->offset);
}

/* ---- axes the other way round ---- */

/* Rows first .. first+n of a transposed dataset: columns of what is stored, turned in memory. */
mi_status mi_stored_transposed(hid_t dataset, const mi_member *m, hid_t type, size_t first,
                               size_t n, void *to)
{
    size_t bytes = H5Tget_size(type);
    void *columns;
    mi_status status = MI_OK;
    MI_TRY(mi_malloc(&columns, n * m->d, bytes));
    if (mi_h5_read(dataset, type, 1, first, n, columns) < 0)
        status = mi_fail(MI_EDATA, "cannot be read: %s", mi_h5_reason());
    if (status == MI_OK)
        mi_turn(to, columns, n, m->d, n, bytes, NULL);
    mi_free(columns);
    return status;
}
