/* Numbers, cells of text and NumPy's headers, written so that they read back as they were. */
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/utf8.h"
#include "libmi/exchange/private.h"
#include "libmi/features/half.h"

/* ---- headers ---- */

const char *mi_npy_descr(char *buffer, size_t bytes, mi_elem e, size_t characters)
{
    static const char *const descr[MI_ELEMS] = {
        [MI_ELEM_F16] = "'<f2'",  [MI_ELEM_BF16] = "'<V2'", [MI_ELEM_F32] = "'<f4'",
        [MI_ELEM_F64] = "'<f8'",  [MI_ELEM_I8] = "'|i1'",   [MI_ELEM_I16] = "'<i2'",
        [MI_ELEM_I32] = "'<i4'",  [MI_ELEM_I64] = "'<i8'",  [MI_ELEM_U8] = "'|u1'",
        [MI_ELEM_U16] = "'<u2'",  [MI_ELEM_U32] = "'<u4'",  [MI_ELEM_U64] = "'<u8'",
        [MI_ELEM_BOOL] = "'|b1'",
    };
    if (e == MI_ELEM_TEXT)
        snprintf(buffer, bytes, "'<U%zu'", characters);
    else
        snprintf(buffer, bytes, "%s", descr[e]);
    return buffer;
}

static int is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return 0;
    return 1;
}

/* Version 1.0 where it will do, 2.0 for long ones, 3.0 for names in UTF-8; the elements begin at a
 * multiple of 64 bytes. */
mi_status mi_npy_header_make(char **header, size_t *bytes, const char *descr, int axes,
                             const uint64_t *axis)
{
    char shape[MI_FOREIGN_AXES * 22 + 8];
    int used = snprintf(shape, sizeof shape, "(");
    for (int k = 0; k < axes; k++)
        used += snprintf(shape + used, sizeof shape - (size_t)used, "%s%llu", k ? ", " : "",
                         (unsigned long long)axis[k]);
    snprintf(shape + used, sizeof shape - (size_t)used, "%s)", axes == 1 ? "," : "");
    size_t room = strlen(descr) + strlen(shape) + 192;
    MI_TRY(mi_calloc(header, room, 1));
    int length = snprintf(*header + 12, room - 12,
                          "{'descr': %s, 'fortran_order': False, 'shape': %s, }", descr, shape);
    int version = !is_ascii(descr) ? 3 : length > UINT16_MAX - 76 ? 2 : 1;
    size_t before = version == 1 ? 10 : 12, text = (size_t)length + 1;
    text += (64 - (before + text) % 64) % 64;
    memmove(*header + before, *header + 12, (size_t)length);
    memset(*header + before + length, ' ', text - (size_t)length - 1);
    (*header)[before + text - 1] = '\n';
    memcpy(*header, "\x93NUMPY", 6);
    (*header)[6] = (char)version;
    (*header)[7] = 0;
    for (size_t k = 8; k < before; k++)
        (*header)[k] = (char)(text >> 8 * (k - 8));
    *bytes = before + text;
    return MI_OK;
}

/* ---- text ---- */

/* The character at `text`, whose bytes are `length`. */
static uint32_t character(const char *text, size_t length)
{
    static const unsigned char bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    if (length == 0)
        return 0xfffd; /* none: one replacement a byte */
    uint32_t c = (unsigned char)text[0] & bits[length];
    for (size_t k = 1; k < length; k++)
        c = c << 6 | ((unsigned char)text[k] & 0x3f);
    return c;
}

void mi_ucs4_of_utf8(uint32_t *to, size_t characters, const char *text, size_t bytes)
{
    size_t used = 0;
    for (size_t at = 0; at < bytes && text[at] && used < characters;) {
        char one[5] = {0}; /* the cell may end within a character */
        memcpy(one, text + at, bytes - at < 4 ? bytes - at : 4);
        size_t length = mi_utf8_length(one);
        to[used++] = character(one, length);
        at += length ? length : 1;
    }
    memset(to + used, 0, (characters - used) * sizeof *to);
}

void mi_put_cell(FILE *to, const char *text, size_t length, char delimiter)
{
    int must = length > 0 && (text[0] == ' ' || text[length - 1] == ' ');
    for (size_t k = 0; k < length; k++)
        must |= text[k] == delimiter || strchr("\"\r\n", text[k]) != NULL;
    if (!must) {
        fwrite(text, 1, length, to);
        return;
    }
    putc('"', to);
    for (size_t k = 0; k < length; k++) {
        if (text[k] == '"')
            putc('"', to);
        putc(text[k], to);
    }
    putc('"', to);
}

/* ---- numbers ---- */

static int reads_back(const char *text, mi_elem e, double value)
{
    double back = strtod(text, NULL);
    uint16_t half[2];
    if (e == MI_ELEM_F64)
        return back == value;
    if (e == MI_ELEM_F32)
        return strtof(text, NULL) == (float)value;
    if (e == MI_ELEM_BF16)
        return back == value;
    mi_half_narrow(half, (double[]){back, value}, 2);
    return half[0] == half[1];
}

static void put_real(FILE *to, mi_elem e, double value)
{
    char text[40];
    int digits = e == MI_ELEM_F64 ? 15 : e == MI_ELEM_F32 ? 6 : 3;
    if (value != value) {
        fputs("nan", to); /* printf shows a sign that means nothing */
        return;
    }
    do
        snprintf(text, sizeof text, "%.*g", digits, value);
    while (!reads_back(text, e, value) && digits++ < 17);
    fputs(text, to);
}

void mi_put_number(FILE *to, mi_elem e, const void *element)
{
    uint64_t u;
    int64_t i;
    double value;
    if (e == MI_ELEM_U64) {
        memcpy(&u, element, sizeof u);
        fprintf(to, "%llu", (unsigned long long)u);
    } else if (e == MI_ELEM_I64) {
        memcpy(&i, element, sizeof i);
        fprintf(to, "%lld", (long long)i);
    } else {
        mi_elem_doubles(&value, e, element, 1);
        if (mi_elem_is_float(e))
            put_real(to, e, value);
        else
            fprintf(to, "%.0f", value);
    }
}
