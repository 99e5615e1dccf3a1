/* Elements of arrays: their names, their byte order, as doubles, those that are not finite. */
#include <byteswap.h>
#include <math.h>
#include <string.h>

#include "libmi/data/rows.h"
#include "libmi/exchange/private.h"
#include "libmi/features/half.h"

static const struct {
    const char *name;
    size_t size;
} elems[MI_ELEMS] = {
    [MI_ELEM_F16] = {"f16", 2},   [MI_ELEM_BF16] = {"bf16", 2}, [MI_ELEM_F32] = {"f32", 4},
    [MI_ELEM_F64] = {"f64", 8},   [MI_ELEM_I8] = {"i8", 1},     [MI_ELEM_I16] = {"i16", 2},
    [MI_ELEM_I32] = {"i32", 4},   [MI_ELEM_I64] = {"i64", 8},   [MI_ELEM_U8] = {"u8", 1},
    [MI_ELEM_U16] = {"u16", 2},   [MI_ELEM_U32] = {"u32", 4},   [MI_ELEM_U64] = {"u64", 8},
    [MI_ELEM_BOOL] = {"bool", 1}, [MI_ELEM_TEXT] = {"str", 0},
};

const char *mi_elem_name(mi_elem e)
{
    return elems[e].name;
}

size_t mi_elem_size(mi_elem e)
{
    return elems[e].size;
}

int mi_elem_is_float(mi_elem e)
{
    return e <= MI_ELEM_F64;
}

void mi_elem_swap(void *x, size_t n, size_t width)
{
    uint16_t *two = x;
    uint32_t *four = x;
    uint64_t *eight = x;
    if (width == 2)
        for (size_t k = 0; k < n; k++)
            two[k] = bswap_16(two[k]);
    else if (width == 4)
        for (size_t k = 0; k < n; k++)
            four[k] = bswap_32(four[k]);
    else if (width == 8)
        for (size_t k = 0; k < n; k++)
            eight[k] = bswap_64(eight[k]);
}

void mi_elem_widen_bf16(float *to, const uint16_t *from, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        uint32_t bits = (uint32_t)from[k] << 16;
        memcpy(&to[k], &bits, sizeof bits);
    }
}

/* ---- as doubles ---- */

#define TAKE(type)                     \
    do {                               \
        const type *x = from;          \
        for (size_t k = 0; k < n; k++) \
            to[k] = (double)x[k];      \
    } while (0)

static void halves_to_doubles(double *to, mi_elem e, const uint16_t *from, size_t n)
{
    float wide[256];
    for (size_t k = 0; k < n; k += 256) {
        size_t count = n - k < 256 ? n - k : 256;
        if (e == MI_ELEM_F16)
            mi_half_widen(wide, from + k, count);
        else
            mi_elem_widen_bf16(wide, from + k, count);
        for (size_t i = 0; i < count; i++)
            to[k + i] = wide[i];
    }
}

static void unsigned_to_doubles(double *to, mi_elem e, const void *from, size_t n)
{
    if (e == MI_ELEM_U8 || e == MI_ELEM_BOOL)
        TAKE(uint8_t);
    else if (e == MI_ELEM_U16)
        TAKE(uint16_t);
    else if (e == MI_ELEM_U32)
        TAKE(uint32_t);
    else if (e == MI_ELEM_U64)
        TAKE(uint64_t);
}

void mi_elem_doubles(double *to, mi_elem e, const void *from, size_t n)
{
    if (e == MI_ELEM_F16 || e == MI_ELEM_BF16)
        halves_to_doubles(to, e, from, n);
    else if (e == MI_ELEM_F32)
        TAKE(float);
    else if (e == MI_ELEM_F64)
        TAKE(double);
    else if (e == MI_ELEM_I8)
        TAKE(int8_t);
    else if (e == MI_ELEM_I16)
        TAKE(int16_t);
    else if (e == MI_ELEM_I32)
        TAKE(int32_t);
    else if (e == MI_ELEM_I64)
        TAKE(int64_t);
    else
        unsigned_to_doubles(to, e, from, n);
}

/* ---- faults ---- */

/* An exponent of ones is infinity or NaN. */
static int row_has_ones(const uint16_t *x, size_t d, uint16_t ones)
{
    int found = 0;
    for (size_t k = 0; k < d; k++)
        found |= (x[k] & ones) == ones;
    return found;
}

static size_t nonfinite_halves(mi_elem e, const uint16_t *x, size_t n, size_t d, size_t *first)
{
    const uint16_t ones = e == MI_ELEM_F16 ? 0x7c00 : 0x7f80;
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (row_has_ones(x + i * d, d, ones) && found++ == 0)
            *first = i;
    return found;
}

size_t mi_elem_nonfinite(mi_elem e, const void *x, size_t n, size_t d, size_t *first)
{
    mi_mat m;
    if (e == MI_ELEM_F16 || e == MI_ELEM_BF16)
        return nonfinite_halves(e, x, n, d, first);
    if (e != MI_ELEM_F32 && e != MI_ELEM_F64)
        return 0;
    m = e == MI_ELEM_F32 ? mi_mat_view(x, n, d, 0) : mi_mat_view_f64(x, n, d, 0);
    return mi_rows_find(&m, MI_ROWS_NOT_FINITE, first, NULL);
}

/* ---- in HDF5 ---- */

static hid_t bool_type(void)
{
    hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
    H5Tenum_insert(type, "FALSE", &(int8_t){0});
    H5Tenum_insert(type, "TRUE", &(int8_t){1});
    return type;
}

static hid_t text_type(size_t width)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width);
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    return type;
}

hid_t mi_elem_h5(mi_elem e, size_t width)
{
    const hid_t plain[MI_ELEMS] = {
        [MI_ELEM_F32] = H5T_IEEE_F32LE, [MI_ELEM_F64] = H5T_IEEE_F64LE,
        [MI_ELEM_I8] = H5T_STD_I8LE,    [MI_ELEM_I16] = H5T_STD_I16LE,
        [MI_ELEM_I32] = H5T_STD_I32LE,  [MI_ELEM_I64] = H5T_STD_I64LE,
        [MI_ELEM_U8] = H5T_STD_U8LE,    [MI_ELEM_U16] = H5T_STD_U16LE,
        [MI_ELEM_U32] = H5T_STD_U32LE,  [MI_ELEM_U64] = H5T_STD_U64LE,
    };
    switch (e) {
    case MI_ELEM_F16:
        return mi_h5_half();
    case MI_ELEM_BF16:
        return H5Tcreate(H5T_OPAQUE, 2);
    case MI_ELEM_BOOL:
        return bool_type();
    case MI_ELEM_TEXT:
        return text_type(width);
    default:
        return H5Tcopy(plain[e]);
    }
}

static int is_bfloat(hid_t type)
{
    size_t sign, exponent_at, exponent = 0, mantissa_at, mantissa;
    return H5Tget_class(type) == H5T_FLOAT && H5Tget_size(type) == 2 &&
           H5Tget_fields(type, &sign, &exponent_at, &exponent, &mantissa_at, &mantissa) >= 0 &&
           exponent == 8;
}

/* Index of the elements of 1, 2, 4, 8 bytes. */
static int log2_size(hid_t type)
{
    size_t size = H5Tget_size(type);
    return size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : size == 8 ? 3 : -1;
}

mi_elem mi_elem_of_h5(hid_t type)
{
    int size = log2_size(type);
    switch (H5Tget_class(type)) {
    case H5T_FLOAT:
        return is_bfloat(type) ? MI_ELEM_BF16
               : size == 1     ? MI_ELEM_F16
               : size == 2     ? MI_ELEM_F32
               : size == 3     ? MI_ELEM_F64
                               : MI_ELEMS;
    case H5T_INTEGER:
        return size < 0 ? MI_ELEMS
                        : (mi_elem)((H5Tget_sign(type) == H5T_SGN_NONE ? MI_ELEM_U8 : MI_ELEM_I8) +
                                    size);
    case H5T_ENUM:
        return mi_h5_is_bool(type) ? MI_ELEM_BOOL : MI_ELEM_I64;
    case H5T_OPAQUE:
        return size == 1 ? MI_ELEM_BF16 : MI_ELEMS;
    case H5T_STRING:
        return MI_ELEM_TEXT;
    default:
        return MI_ELEMS;
    }
}

hid_t mi_elem_memory(mi_elem e, hid_t type)
{
    hid_t memory = e == MI_ELEM_BF16 || e == MI_ELEM_TEXT || e == MI_ELEM_BOOL
                       ? H5Tcopy(type)
                       : mi_elem_h5(e, mi_elem_size(e));
    if (is_bfloat(type))
        H5Tset_order(memory, H5T_ORDER_LE);
    return memory;
}
