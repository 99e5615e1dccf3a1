/* Matrices whose rows are read when they are wanted: any rows, picked rows as a matrix, block by
 * block.
 *
 * Wanted rows are sorted and read window by window, each window once, so that a random order of
 * rows does not become as many reads. */
#include "libmi/data/mat_source.h"

#include <stdlib.h>
#include <string.h>

#include "libmi/data/mat_internal.h"

/* Rows are read in windows of so many bytes, whole granules each. */
#define WINDOW_BYTES ((size_t)4 << 20)

static size_t window_rows(const mi_mat *m)
{
    size_t rows = WINDOW_BYTES / (m->d * m->type + 1) + 1, granule = m->source->granule;
    rows = (rows + granule - 1) / granule * granule;
    return rows < m->n ? rows : m->n;
}

/* ---- some rows ---- */

typedef struct {
    size_t row, place; /* row of the source, and where it goes */
} wanted;

static int by_row(const void *a, const void *b)
{
    const wanted *p = a, *q = b;
    return (p->row > q->row) - (p->row < q->row);
}

static int is_run(const size_t *row, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (row[i] != row[0] + i)
            return 0;
    return 1;
}

/* Windows start with a wanted row and end with one, so that sparse rows cost no more than they
 * must. */
static mi_status read_windows(char *to, const mi_mat *m, const wanted *w, size_t n)
{
    size_t bytes = m->d * m->type, most = window_rows(m);
    char *window;
    mi_status status = MI_OK;
    MI_TRY(mi_malloc(&window, most, bytes));
    for (size_t at = 0, stop; status == MI_OK && at < n; at = stop) {
        size_t first = w[at].row;
        for (stop = at; stop < n && w[stop].row < first + most;)
            stop++;
        status = m->source->read(m->source, first, w[stop - 1].row - first + 1, window);
        for (size_t k = at; status == MI_OK && k < stop; k++)
            memcpy(to + w[k].place * bytes, window + (w[k].row - first) * bytes, bytes);
    }
    mi_free(window);
    return status;
}

mi_status mi_source_rows(void *to, const mi_mat *m, const size_t *row, size_t n)
{
    wanted *w;
    if (n == 0)
        return MI_OK;
    if (is_run(row, n))
        return m->source->read(m->source, row[0], n, to);
    MI_TRY(MI_NEW_RAW(w, n));
    for (size_t i = 0; i < n; i++)
        w[i] = (wanted){.row = row[i], .place = i};
    qsort(w, n, sizeof *w, by_row);
    mi_status status = read_windows(to, m, w, n);
    mi_free(w);
    return status;
}

/* ---- a matrix of some rows ---- */

typedef struct {
    mi_row_source source;
    mi_mat of;   /* shares its source */
    size_t *row; /* (n) rows of `of` */
} picked;

static mi_status read_picked(mi_row_source *s, size_t first, size_t n, void *to)
{
    picked *p = (picked *)s;
    return mi_source_rows(to, &p->of, p->row + first, n);
}

static void free_picked(mi_row_source *s)
{
    picked *p = (picked *)s;
    mi_mat_free(&p->of);
    mi_free(p->row);
    mi_free(p);
}

mi_status mi_mat_pick(mi_mat *out, const mi_mat *m, const size_t *row, size_t n)
{
    picked *p;
    if (!m->source)
        return mi_mat_gather(out, m, row, n);
    *out = (mi_mat){.n = n, .d = m->d, .ld = m->d, .type = m->type};
    MI_TRY(MI_NEW(p, 1));
    mi_status status = MI_NEW_RAW(p->row, n);
    if (status != MI_OK) {
        mi_free(p);
        return status;
    }
    memcpy(p->row, row, n * sizeof *row);
    p->of = *m;
    p->of.source->users++;
    p->source = (mi_row_source){
        .read = read_picked, .free = free_picked, .granule = m->source->granule, .users = 1};
    out->source = &p->source;
    return MI_OK;
}

/* ---- block by block ---- */

mi_status mi_mat_each_block(const mi_mat *m, size_t from, size_t n, mi_mat_block_fn *fn, void *arg)
{
    mi_mat block = *m;
    mi_status status = MI_OK;
    if (!m->source) {
        block.x = (char *)m->x + from * m->ld * m->type;
        block.n = n;
        return fn(arg, &block, from);
    }
    size_t rows = window_rows(m), end = from + n;
    MI_TRY(mi_mat_alloc(&block, rows, m->d, m->type));
    for (size_t first = from; status == MI_OK && first < end; first += rows) {
        block.n = end - first < rows ? end - first : rows;
        status = m->source->read(m->source, first, block.n, block.x);
        if (status == MI_OK)
            status = fn(arg, &block, first);
    }
    mi_mat_free(&block);
    return status;
}
