/* Labels of rows that have names: by a column of their file that holds the names, in whatever
 * order, found by bisection in the sorted names. */
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"
#include "libmi/features/raw.h"

typedef struct {
    const char *name;
    size_t row; /* of the file */
} entry;

typedef struct {
    mi_foreign keys;
    char *cells; /* (n) of `width` bytes and a zero */
    size_t width;
    entry *sorted; /* (n) by name */
} directory;

static void directory_free(directory *d)
{
    mi_foreign_close(&d->keys);
    mi_free(d->cells);
    mi_free(d->sorted);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

/* The address of the column `key` of the file that `address` is in. Free with mi_free. */
static mi_status key_address(char **out, const char *address, const char *key)
{
    char *path = NULL, *part = NULL;
    *out = NULL;
    mi_status status = mi_address_split(address, &path, &part);
    size_t bytes = path ? strlen(path) + strlen(key) + 2 : 0;
    if (status == MI_OK)
        status = mi_malloc(out, bytes, 1);
    if (status == MI_OK)
        snprintf(*out, bytes, "%s:%s", path, key);
    mi_free(path);
    mi_free(part);
    return status;
}

static mi_status open_keys(directory *d, const mi_import_opts *o, const char *address)
{
    char *keys;
    MI_TRY(key_address(&keys, address, o->key));
    mi_status status = mi_foreign_open(&d->keys, keys, &o->array);
    mi_free(keys);
    MI_TRY(status);
    if (d->keys.d != 1 || (d->keys.elem != MI_ELEM_TEXT && d->keys.elem != MI_ELEM_I64))
        return mi_fail(MI_EDATA, "column '%s' is no names, wanted text or whole numbers", o->key);
    return MI_OK;
}

/* Names as text that ends with a zero, whatever the column holds. */
static mi_status read_cells(directory *d)
{
    size_t n = d->keys.n, each = d->keys.width;
    char *raw;
    int is_text = d->keys.elem == MI_ELEM_TEXT;
    d->width = is_text ? each : 24;
    MI_TRY(mi_malloc(&raw, n, each));
    mi_status status = mi_calloc(&d->cells, n, d->width + 1);
    if (status == MI_OK)
        status = mi_foreign_read(&d->keys, n, raw);
    for (size_t k = 0; status == MI_OK && k < n; k++) {
        int64_t number;
        char *cell = d->cells + k * (d->width + 1);
        if (is_text) {
            memcpy(cell, raw + k * each, each);
            continue;
        }
        memcpy(&number, raw + k * each, sizeof number);
        snprintf(cell, d->width + 1, "%lld", (long long)number);
    }
    mi_free(raw);
    return status;
}

static mi_status sort_names(directory *d, const char *key)
{
    size_t n = d->keys.n;
    MI_TRY(MI_NEW_RAW(d->sorted, n));
    for (size_t k = 0; k < n; k++)
        d->sorted[k] = (entry){d->cells + k * (d->width + 1), k};
    qsort(d->sorted, n, sizeof *d->sorted, by_name);
    for (size_t k = 1; k < n; k++)
        if (by_name(&d->sorted[k - 1], &d->sorted[k]) == 0)
            return mi_fail(MI_EDATA, "'%s' stands twice in column '%s'", d->sorted[k].name, key);
    return MI_OK;
}

/* values (n): those of the named rows, in the order of the names. */
static mi_status gather(void *to, const directory *d, const mi_foreign *a, const void *from,
                        char *const *name, size_t n, const char *key)
{
    size_t bytes = a->d * a->width;
    for (size_t i = 0; i < n; i++) {
        entry wanted = {.name = name[i]};
        const entry *found = bsearch(&wanted, d->sorted, a->n, sizeof *d->sorted, by_name);
        if (!found)
            return mi_fail(MI_EDATA, "column '%s' has no '%s', which is the name of row %zu", key,
                           name[i], i);
        memcpy((char *)to + i * bytes, (const char *)from + found->row * bytes, bytes);
    }
    return MI_OK;
}

mi_status mi_import_by_name(const mi_import_job *j, mi_member_id m, mi_incoming *in)
{
    directory d = {.keys = {.spool = -1}};
    const char *key = j->o->key;
    void *values = NULL;
    mi_status status;
    MI_TRY_GOTO(status, open_keys(&d, j->o, j->o->address[m]), done);
    if (d.keys.n != in->a.n) {
        status = mi_fail(MI_EDATA, "column '%s' has %zu rows, wanted %zu", key, d.keys.n, in->a.n);
        goto done;
    }
    MI_TRY_GOTO(status, read_cells(&d), done);
    MI_TRY_GOTO(status, sort_names(&d, key), done);
    MI_TRY_GOTO(status, mi_malloc(&values, j->n, in->a.d * in->a.width), done);
    MI_TRY_GOTO(status, gather(values, &d, &in->a, in->values, j->name, j->n, key), done);
    mi_free(in->values);
    in->values = values;
    values = NULL;
    in->a.n = j->n;
done:
    mi_free(values);
    directory_free(&d);
    return status;
}
