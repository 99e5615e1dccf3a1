/* Archives out, without libzip: entries are stored, not packed, so that they can go into a pipe.
 * The form is that of PKWARE's APPNOTE.TXT 6.3: each entry is followed by its checksum (bit 3 of
 * its flags), sizes have 64 bits, names are UTF-8 (bit 11). */
#include <errno.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"

enum { VERSION = 45, FLAGS = 1 << 3 | 1 << 11, FIRST_OF_1980 = 0x21 };

/* ---- the checksum ---- */

/* Eight bytes at a time: table[k] carries a byte k places further. */
static uint32_t table[8][256];

static void make_table(void)
{
    for (uint32_t k = 0; k < 256; k++) {
        uint32_t c = k;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
        table[0][k] = c;
    }
    for (int t = 1; t < 8; t++)
        for (int k = 0; k < 256; k++)
            table[t][k] = table[t - 1][k] >> 8 ^ table[0][table[t - 1][k] & 255];
}

static uint32_t little(const unsigned char *x)
{
    return (uint32_t)x[0] | (uint32_t)x[1] << 8 | (uint32_t)x[2] << 16 | (uint32_t)x[3] << 24;
}

uint32_t mi_crc32(uint32_t crc, const void *from, size_t bytes)
{
    const unsigned char *x = from;
    if (!table[0][1])
        make_table();
    crc = ~crc;
    for (; bytes >= 8; bytes -= 8, x += 8) {
        uint32_t a = crc ^ little(x), b = little(x + 4);
        crc = table[7][a & 255] ^ table[6][a >> 8 & 255] ^ table[5][a >> 16 & 255] ^
              table[4][a >> 24] ^ table[3][b & 255] ^ table[2][b >> 8 & 255] ^
              table[1][b >> 16 & 255] ^ table[0][b >> 24];
    }
    for (; bytes > 0; bytes--, x++)
        crc = table[0][(crc ^ *x) & 255] ^ crc >> 8;
    return ~crc;
}

/* ---- the stream ---- */

void mi_out_put(mi_out *o, const void *from, size_t bytes)
{
    if (o->in_entry)
        o->crc = mi_crc32(o->crc, from, bytes);
    o->bytes += bytes;
    if (!o->failed && fwrite(from, 1, bytes, o->stream) < bytes)
        o->failed = errno ? errno : EIO;
}

mi_status mi_out_status(const mi_out *o)
{
    return o->failed ? mi_fail(MI_EWRITE, "cannot write the arrays: %s", strerror(o->failed))
                     : MI_OK;
}

/* ---- records: numbers are little-endian ---- */

typedef struct {
    unsigned char bytes[128];
    size_t used;
} record;

static void add(record *r, int width, uint64_t value)
{
    for (int k = 0; k < width; k++, value >>= 8)
        r->bytes[r->used++] = (unsigned char)value;
}

/* The extra field of 64-bit numbers: two sizes, and the place of the entry where `has_place`. */
static void add_sizes(record *r, const mi_zip_entry *e, int has_place)
{
    add(r, 2, 1);
    add(r, 2, has_place ? 24 : 16);
    add(r, 8, e->bytes);
    add(r, 8, e->bytes);
    if (has_place)
        add(r, 8, e->at);
}

/* What the entry's own header and its line in the directory have in common. */
static void add_common(record *r, const mi_zip_entry *e, uint32_t crc, int has_place)
{
    add(r, 2, VERSION);
    add(r, 2, FLAGS);
    add(r, 2, 0); /* stored */
    add(r, 2, 0); /* time */
    add(r, 2, FIRST_OF_1980);
    add(r, 4, crc);
    add(r, 4, UINT32_MAX);
    add(r, 4, UINT32_MAX);
    add(r, 2, strlen(e->name));
    add(r, 2, has_place ? 28 : 20);
}

/* ---- entries ---- */

mi_status mi_zip_begin(mi_zip *z, mi_out *o, const char *name, uint64_t bytes)
{
    record head = {.used = 0}, extra = {.used = 0};
    if (strlen(name) > UINT16_MAX)
        return mi_fail(MI_EDATA, "a name of %zu bytes, which no archive can hold", strlen(name));
    MI_TRY(mi_grow(&z->entry, z->n, &z->room, sizeof *z->entry));
    mi_zip_entry *e = &z->entry[z->n];
    *e = (mi_zip_entry){.at = o->bytes, .bytes = bytes};
    MI_TRY(mi_strdup(&e->name, name));
    z->n++;
    add(&head, 4, 0x04034b50);
    add_common(&head, e, 0, 0);
    add_sizes(&extra, e, 0);
    mi_out_put(o, head.bytes, head.used);
    mi_out_put(o, name, strlen(name));
    mi_out_put(o, extra.bytes, extra.used);
    o->crc = 0;
    o->in_entry = 1;
    return MI_OK;
}

void mi_zip_end_entry(mi_zip *z, mi_out *o)
{
    mi_zip_entry *e = &z->entry[z->n - 1];
    record sum = {.used = 0};
    o->in_entry = 0;
    e->crc = o->crc;
    add(&sum, 4, 0x08074b50);
    add(&sum, 4, e->crc);
    add(&sum, 8, e->bytes);
    add(&sum, 8, e->bytes);
    mi_out_put(o, sum.bytes, sum.used);
}

static void put_line(const mi_zip_entry *e, mi_out *o)
{
    record line = {.used = 0}, extra = {.used = 0};
    add(&line, 4, 0x02014b50);
    add(&line, 2, 3 << 8 | VERSION); /* made by: Unix */
    add_common(&line, e, e->crc, 1);
    add(&line, 2, 0);                       /* comment */
    add(&line, 2, 0);                       /* disk */
    add(&line, 2, 0);                       /* attributes */
    add(&line, 4, (uint64_t)0100644 << 16); /* a file that its owner may write */
    add(&line, 4, UINT32_MAX);
    add_sizes(&extra, e, 1);
    mi_out_put(o, line.bytes, line.used);
    mi_out_put(o, e->name, strlen(e->name));
    mi_out_put(o, extra.bytes, extra.used);
}

/* The end twice: with 64-bit numbers, and the old one, which leaves them to the other. */
static void put_end(const mi_zip *z, mi_out *o, uint64_t directory, uint64_t end)
{
    record r = {.used = 0};
    add(&r, 4, 0x06064b50);
    add(&r, 8, 44);
    add(&r, 2, 3 << 8 | VERSION);
    add(&r, 2, VERSION);
    add(&r, 4, 0);
    add(&r, 4, 0);
    add(&r, 8, z->n);
    add(&r, 8, z->n);
    add(&r, 8, end - directory);
    add(&r, 8, directory);
    add(&r, 4, 0x07064b50);
    add(&r, 4, 0);
    add(&r, 8, end);
    add(&r, 4, 1);
    add(&r, 4, 0x06054b50);
    add(&r, 4, 0);
    add(&r, 2, z->n < UINT16_MAX ? z->n : UINT16_MAX);
    add(&r, 2, z->n < UINT16_MAX ? z->n : UINT16_MAX);
    add(&r, 4, UINT32_MAX);
    add(&r, 4, UINT32_MAX);
    add(&r, 2, 0);
    mi_out_put(o, r.bytes, r.used);
}

void mi_zip_end(mi_zip *z, mi_out *o)
{
    uint64_t directory = o->bytes;
    for (size_t k = 0; k < z->n; k++)
        put_line(&z->entry[k], o);
    put_end(z, o, directory, o->bytes);
}

void mi_zip_free(mi_zip *z)
{
    for (size_t k = 0; k < z->n; k++)
        mi_free(z->entry[k].name);
    mi_free(z->entry);
    *z = (mi_zip){0};
}
