/* Headers of NumPy's arrays, after the description of the format in numpy/lib/format.py:
 * "\x93NUMPY", a version (1.0 to 3.0), the length of the text that follows, and a literal of
 * Python, {'descr': '<f4', 'fortran_order': False, 'shape': (512, 256), }, padded with blanks. */
#include <ctype.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"

#define MOST_TEXT ((size_t)1 << 20)

/* ---- types ---- */

static const struct {
    char kind;
    long size;
    mi_elem elem;
} types[] = {
    {'f', 2, MI_ELEM_F16},  {'f', 4, MI_ELEM_F32}, {'f', 8, MI_ELEM_F64}, {'i', 1, MI_ELEM_I8},
    {'i', 2, MI_ELEM_I16},  {'i', 4, MI_ELEM_I32}, {'i', 8, MI_ELEM_I64}, {'u', 1, MI_ELEM_U8},
    {'u', 2, MI_ELEM_U16},  {'u', 4, MI_ELEM_U32}, {'u', 8, MI_ELEM_U64}, {'b', 1, MI_ELEM_BOOL},
    {'V', 2, MI_ELEM_BF16}, /* ml_dtypes.bfloat16: NumPy has no name for it */
};

static mi_status refuse_type(const char *descr)
{
    static const struct {
        char kind;
        const char *what, *help;
    } others[] = {
        {'O', "Python objects (pickled)",
         "save numbers, or strings by np.save(FILE, a.astype(str))"},
        {'c', "complex numbers", "save a.real and a.imag beside each other"},
        {'f', "long doubles", "save a.astype('f8')"},
        {'M', "dates", "save a.astype('i8')"},
        {'m', "spans of time", "save a.astype('i8')"},
    };
    char kind = descr[strspn(descr, "<>|=")];
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (others[k].kind == kind)
            return mi_fail(MI_EDATA, "%s ('%.40s'), wanted numbers or text; %s", others[k].what,
                           descr, others[k].help);
    return mi_fail(MI_EDATA,
                   "type '%.40s', wanted floats of 16, 32 or 64 bits, integers, booleans "
                   "or text",
                   descr);
}

/* '<f4': byte order, kind, bytes of an element; of 'U' characters. */
static mi_status take_descr(mi_npy_header *h, const char *descr)
{
    const char *kind = descr + strspn(descr, "<>|=");
    char *end, order = (char)(kind > descr ? *descr : '=');
    long size = *kind ? strtol(kind + 1, &end, 10) : 0;
    if (kind > descr + 1 || !*kind || (kind[1] && *end) || size < 0 || size > 1 << 20)
        return refuse_type(descr);
    const int other = BYTE_ORDER == LITTLE_ENDIAN ? '>' : '<';
    h->is_swapped = order == other;
    if (*kind == '?' && !kind[1])
        size = 1;
    if (*kind == 'U' || *kind == 'S' || *kind == 'a') {
        h->elem = MI_ELEM_TEXT;
        h->is_ucs4 = *kind == 'U';
        h->width = (size_t)size * (h->is_ucs4 ? 4 : 1);
        return MI_OK;
    }
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        if ((types[k].kind == *kind || (types[k].elem == MI_ELEM_BOOL && *kind == '?')) &&
            types[k].size == size) {
            h->elem = types[k].elem;
            h->width = (size_t)size;
            return MI_OK;
        }
    return refuse_type(descr);
}

/* ---- the literal ---- */

static const char *skip_blanks(const char *c)
{
    return c + strspn(c, " \t\r\n");
}

static mi_status damaged(const char *at)
{
    return mi_fail(MI_EDATA, "damaged: its header has '%.20s' where it should not", at);
}

/* A string in single or double quotes, without escapes, into text[bytes]. */
static mi_status take_string(const char **at, char *text, size_t bytes)
{
    const char *from = *at, quote = *from, *end = quote ? strchr(from + 1, quote) : NULL;
    if ((quote != '\'' && quote != '"') || !end || (size_t)(end - from) > bytes)
        return damaged(from);
    memcpy(text, from + 1, (size_t)(end - from - 1));
    text[end - from - 1] = 0;
    *at = skip_blanks(end + 1);
    return MI_OK;
}

static mi_status take_order(const char **at, mi_npy_header *h)
{
    static const char *const words[] = {"False", "True"};
    for (int k = 0; k < 2; k++)
        if (strncmp(*at, words[k], strlen(words[k])) == 0) {
            h->is_fortran = k;
            *at = skip_blanks(*at + strlen(words[k]));
            return MI_OK;
        }
    return damaged(*at);
}

/* (512, 256), (512,) or (): Python 2 wrote an L behind numbers. */
static mi_status take_shape(const char **at, mi_npy_header *h)
{
    const char *c = *at;
    if (*c != '(')
        return damaged(c);
    h->axes = 0;
    for (c = skip_blanks(c + 1); *c != ')'; c = skip_blanks(c)) {
        char *end;
        if (!isdigit((unsigned char)*c))
            return damaged(c);
        unsigned long long size = strtoull(c, &end, 10);
        if (h->axes == MI_FOREIGN_AXES)
            return mi_fail(MI_EDATA, "more than %d axes", MI_FOREIGN_AXES);
        h->axis[h->axes++] = size;
        c = skip_blanks(end + (*end == 'L'));
        if (*c != ',' && *c != ')')
            return damaged(c);
        c += *c == ',';
    }
    *at = skip_blanks(c + 1);
    return MI_OK;
}

static mi_status take_type(const char **at, mi_npy_header *h)
{
    char descr[64];
    if (**at == '[')
        return mi_fail(MI_EDATA, "a structured array, wanted one number an element; save a field "
                                 "of it: np.save(FILE, a['FIELD'])");
    MI_TRY(take_string(at, descr, sizeof descr));
    return take_descr(h, descr);
}

enum { HAS_DESCR = 1, HAS_ORDER = 2, HAS_SHAPE = 4 };

static mi_status take_item(const char **at, mi_npy_header *h, unsigned *has)
{
    char key[32];
    const char *start = *at;
    MI_TRY(take_string(at, key, sizeof key));
    if (**at != ':')
        return damaged(*at);
    *at = skip_blanks(*at + 1);
    if (strcmp(key, "descr") == 0) {
        *has |= HAS_DESCR;
        return take_type(at, h);
    }
    if (strcmp(key, "fortran_order") == 0) {
        *has |= HAS_ORDER;
        return take_order(at, h);
    }
    if (strcmp(key, "shape") == 0) {
        *has |= HAS_SHAPE;
        return take_shape(at, h);
    }
    return damaged(start);
}

static mi_status take_literal(mi_npy_header *h, const char *text)
{
    unsigned has = 0;
    const char *at = skip_blanks(text);
    if (*at != '{')
        return damaged(at);
    at = skip_blanks(at + 1);
    while (*at != '}') {
        MI_TRY(take_item(&at, h, &has));
        if (*at != ',' && *at != '}')
            return damaged(at);
        at = skip_blanks(at + (*at == ','));
    }
    if (has != (HAS_DESCR | HAS_ORDER | HAS_SHAPE))
        return mi_fail(MI_EDATA, "damaged: its header lacks %s",
                       !(has & HAS_DESCR)   ? "'descr'"
                       : !(has & HAS_ORDER) ? "'fortran_order'"
                                            : "'shape'");
    return MI_OK;
}

/* ---- before the literal ---- */

static mi_status take_prefix(mi_bytes *b, size_t *length)
{
    unsigned char head[12];
    MI_TRY(b->read(b, head, 8));
    if (memcmp(head, "\x93NUMPY", 6) != 0)
        return mi_fail(MI_EDATA, "no NumPy array, which begins with \\x93NUMPY");
    if (head[6] < 1 || head[6] > 3)
        return mi_fail(MI_EDATA, "version %d.%d of NumPy's format, wanted 1.0 to 3.0", head[6],
                       head[7]);
    size_t bytes = head[6] == 1 ? 2 : 4;
    MI_TRY(b->read(b, head + 8, bytes));
    *length = 0;
    for (size_t k = bytes; k > 0; k--)
        *length = *length << 8 | head[7 + k];
    if (*length > MOST_TEXT)
        return mi_fail(MI_EDATA, "damaged: a header of %zu bytes", *length);
    return MI_OK;
}

mi_status mi_npy_header_read(mi_npy_header *h, mi_bytes *b)
{
    size_t length = 0;
    char *text;
    *h = (mi_npy_header){0};
    MI_TRY(take_prefix(b, &length));
    MI_TRY(mi_calloc(&text, length + 1, 1));
    mi_status status = b->read(b, text, length);
    if (status == MI_OK)
        status = take_literal(h, text);
    h->data = b->at;
    mi_free(text);
    return status;
}
