/* Discrete variables as group numbers: equal symbols get the same number, by order of first
 * appearance.
 *
 * One hash table over fixed-size byte strings (open addressing, linear probing, at most half full)
 * serves numbers, texts, rows and pairs of groups. Rows that are not in memory are known by a
 * 128-bit hash: two different rows of n collide with probability n^2 / 2^129. */
#include "libmi/data/groups.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "libmi/base/want.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"

/* Open-addressing table from a symbol to its group; rows hold the symbols, the table holds groups. */
typedef struct {
    const unsigned char *symbol; /* (n) of `size` bytes each */
    size_t size;
    const char *const *text; /* (n) instead, each as long as it is */
    size_t mask;
    int32_t *slot; /* group + 1, 0 when empty */
} symbol_table;

/* A seed and an odd factor for each of two hashes. They are drawn once a process, so that no file can hold
 * symbols that all meet in one slot; nothing depends on them but time, since groups are numbered by first
 * appearance. These are what serves where nothing can be drawn. */
static struct {
    uint64_t seed, factor;
} key[2] = {{0x9e3779b97f4a7c15u, 0xff51afd7ed558ccdu}, {0xd1b54a32d192ed03u, 0xff51afd7ed558ccdu}};
static pthread_once_t keys_are_drawn = PTHREAD_ONCE_INIT;

static void draw_keys(void)
{
    uint64_t drawn[4];
    if (getrandom(drawn, sizeof drawn, GRND_NONBLOCK) != sizeof drawn)
        return;
    for (int k = 0; k < 2; k++) {
        key[k].seed = drawn[2 * k];
        key[k].factor ^= drawn[2 * k + 1] & ~(uint64_t)1;
    }
}

/* Multiply and shift over 8-byte words, as in MurmurHash3's finaliser: every bit of the input is to change half
 * the bits of the result. */
static uint64_t hash_bytes(const unsigned char *p, size_t size, int which)
{
    uint64_t h = key[which].seed ^ size;
    while (size) {
        uint64_t word = 0;
        size_t take = size < 8 ? size : 8;
        memcpy(&word, p, take);
        h = (h ^ word) * key[which].factor;
        h ^= h >> 32;
        p += take;
        size -= take;
    }
    h *= 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 29);
}

static mi_status groups_alloc(mi_groups *out, size_t n)
{
    *out = (mi_groups){.n = n};
    if (n > INT32_MAX)
        return mi_fail(MI_EDATA, "%zu rows are more than a discrete variable can have (2^31-1)", n);
    mi_status status = MI_NEW_RAW(out->code, n);
    if (status == MI_OK)
        status = MI_NEW(out->count, n);
    if (status == MI_OK)
        status = MI_NEW(out->first, n);
    if (status != MI_OK)
        mi_groups_free(out);
    return status;
}

static void put(mi_groups *out, size_t row, int32_t group)
{
    if ((size_t)group == out->g)
        out->first[out->g++] = row;
    out->code[row] = group;
    out->count[group]++;
}

static size_t hash_row(const symbol_table *t, size_t row)
{
    const unsigned char *s =
        t->text ? (const unsigned char *)t->text[row] : t->symbol + row * t->size;
    return hash_bytes(s, t->text ? strlen(t->text[row]) : t->size, 0);
}

static int is_same(const symbol_table *t, size_t a, size_t b)
{
    return t->text ? strcmp(t->text[a], t->text[b]) == 0
                   : memcmp(t->symbol + a * t->size, t->symbol + b * t->size, t->size) == 0;
}

static int32_t find_group(symbol_table *t, const mi_groups *out, size_t row)
{
    size_t k = hash_row(t, row) & t->mask;
    for (; t->slot[k]; k = (k + 1) & t->mask) {
        int32_t group = t->slot[k] - 1;
        if (is_same(t, row, out->first[group]))
            return group;
    }
    t->slot[k] = (int32_t)out->g + 1;
    return (int32_t)out->g;
}

static mi_status group_symbols(mi_groups *out, symbol_table t, size_t n)
{
    pthread_once(&keys_are_drawn, draw_keys);
    t.mask = 15;
    while (t.mask < 2 * n)
        t.mask = 2 * t.mask + 1;
    MI_TRY(groups_alloc(out, n));
    mi_status status = MI_NEW(t.slot, t.mask + 1);
    if (status != MI_OK) {
        mi_groups_free(out);
        return status;
    }
    for (size_t i = 0; i < n; i++)
        put(out, i, find_group(&t, out, i));
    mi_free(t.slot);
    return MI_OK;
}

mi_status mi_groups_of_bytes(mi_groups *out, const void *symbol, size_t n, size_t size)
{
    MI_WANT(out && symbol, "groups without %s", out ? "symbols" : "an mi_groups");
    MI_WANT(n > 0 && size > 0, "%zu symbols of %zu bytes, wanted 1 or more of each", n, size);
    return group_symbols(out, (symbol_table){.symbol = symbol, .size = size}, n);
}

mi_status mi_groups_of_texts(mi_groups *out, const char *const *text, size_t n)
{
    MI_WANT(out && text && n > 0, "groups of texts without %s", out ? "any" : "an mi_groups");
    return group_symbols(out, (symbol_table){.text = text}, n);
}

/* -0 + 0 is +0, so that rows that are equal have equal bytes. */
static void plus_zero(const mi_mat *m)
{
    size_t total = m->n * m->d;
    if (m->type == MI_F32) {
        for (size_t k = 0; k < total; k++)
            ((float *)m->x)[k] += 0.0f;
    } else {
        for (size_t k = 0; k < total; k++)
            ((double *)m->x)[k] += 0.0;
    }
}

static mi_status hash_rows(void *arg, const mi_mat *block, size_t first)
{
    uint64_t *hash = arg;
    size_t bytes = block->d * block->type;
    plus_zero(block);
    for (size_t i = 0; i < block->n; i++) {
        const unsigned char *row = (const unsigned char *)block->x + i * bytes;
        hash[2 * (first + i)] = hash_bytes(row, bytes, 0);
        hash[2 * (first + i) + 1] = hash_bytes(row, bytes, 1);
    }
    return MI_OK;
}

static mi_status groups_of_hashes(mi_groups *out, const mi_mat *m)
{
    uint64_t *hash;
    pthread_once(&keys_are_drawn, draw_keys);
    MI_TRY(MI_NEW_RAW(hash, 2 * m->n));
    mi_status status = mi_mat_each_block(m, 0, m->n, hash_rows, hash);
    if (status == MI_OK)
        status = mi_groups_of_bytes(out, hash, m->n, 2 * sizeof *hash);
    mi_free(hash);
    return status;
}

mi_status mi_groups_of_rows(mi_groups *out, const mi_mat *m)
{
    mi_mat copy;
    MI_WANT(out, "groups without an mi_groups");
    *out = (mi_groups){0};
    MI_TRY(mi_mat_check(m));
    if (m->source)
        return groups_of_hashes(out, m);
    MI_TRY(mi_mat_alloc(&copy, m->n, m->d, m->type));
    for (size_t i = 0; i < m->n; i++)
        memcpy((char *)copy.x + i * m->d * m->type, (const char *)m->x + i * m->ld * m->type,
               m->d * m->type);
    plus_zero(&copy);
    mi_status status = mi_groups_of_bytes(out, copy.x, m->n, m->d * m->type);
    mi_mat_free(&copy);
    return status;
}

mi_status mi_groups_check(const mi_groups *a, const char *what)
{
    MI_WANT(a && a->n > 0 && a->g > 0 && a->code && a->count && a->first,
            "%s without rows, wanted groups of one or more", what);
    return MI_OK;
}

mi_status mi_groups_joint(mi_groups *out, const mi_groups *a, const mi_groups *b)
{
    int64_t *pair;
    MI_TRY(MI_NEW_RAW(pair, a->n));
    for (size_t i = 0; i < a->n; i++)
        pair[i] = (int64_t)a->code[i] << 32 | b->code[i];
    mi_status status = mi_groups_of_bytes(out, pair, a->n, sizeof *pair);
    mi_free(pair);
    return status;
}

mi_status mi_groups_gather(mi_groups *out, const mi_groups *a, const size_t *row, size_t n)
{
    int32_t *renamed;
    MI_TRY(groups_alloc(out, n));
    mi_status status = MI_NEW(renamed, a->g);
    if (status != MI_OK) {
        mi_groups_free(out);
        return status;
    }
    for (size_t i = 0; i < n; i++) {
        int32_t *name = &renamed[a->code[row ? row[i] : i]];
        if (!*name)
            *name = (int32_t)out->g + 1;
        put(out, i, *name - 1);
    }
    mi_free(renamed);
    return MI_OK;
}

mi_status mi_groups_singletons(mi_groups *out, size_t n)
{
    MI_TRY(groups_alloc(out, n));
    for (size_t i = 0; i < n; i++)
        put(out, i, (int32_t)i);
    return MI_OK;
}

void mi_groups_free(mi_groups *a)
{
    if (!a)
        return;
    mi_free(a->code);
    mi_free(a->count);
    mi_free(a->first);
    *a = (mi_groups){0};
}

mi_status mi_groups_list(mi_group_rows *out, const mi_groups *a)
{
    *out = (mi_group_rows){.g = a->g};
    mi_status status = MI_NEW(out->start, a->g + 2);
    if (status == MI_OK)
        status = MI_NEW_RAW(out->member, a->n);
    if (status != MI_OK) {
        mi_group_rows_free(out);
        return status;
    }
    /* start[c+1] walks from the start of group c to its end while the rows are laid out. */
    for (size_t c = 0; c < a->g; c++)
        out->start[c + 2] = a->count[c];
    for (size_t c = 2; c <= a->g; c++)
        out->start[c] += out->start[c - 1];
    for (size_t i = 0; i < a->n; i++)
        out->member[out->start[a->code[i] + 1]++] = i;
    return MI_OK;
}

void mi_group_rows_free(mi_group_rows *a)
{
    mi_free(a->start);
    mi_free(a->member);
    *a = (mi_group_rows){0};
}

double mi_groups_pairs(const mi_groups *a)
{
    double pairs = 0;
    for (size_t c = 0; c < a->g; c++)
        pairs += (double)a->count[c] * (double)a->count[c];
    return pairs;
}

size_t mi_groups_equal_count(const mi_groups *a)
{
    for (size_t c = 1; c < a->g; c++)
        if (a->count[c] != a->count[0])
            return 0;
    return a->g ? a->count[0] : 0;
}
