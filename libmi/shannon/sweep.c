/* Rows in the order of the column that tells most of them apart. */
#include "libmi/shannon/sweep.h"

#include <stdlib.h>

#include "libmi/base/mem.h"

static int by_key(const void *a, const void *b)
{
    const mi_swept *x = a, *y = b;
    return x->key != y->key ? (x->key > y->key) - (x->key < y->key)
                            : (x->row > y->row) - (x->row < y->row);
}

/* The rows by column c; how wide the middle half is. */
static double sort_by(mi_swept *at, const double *x, size_t d, size_t c, const size_t *row,
                      size_t n)
{
    for (size_t i = 0; i < n; i++)
        at[i] = (mi_swept){x[(row ? row[i] : i) * d + c], i};
    qsort(at, n, sizeof *at, by_key);
    return at[3 * n / 4].key - at[n / 4].key;
}

mi_status mi_sweep_make(mi_sweep *out, const double *x, size_t d, const size_t *row, size_t n)
{
    size_t widest = 0;
    double most = -1;
    *out = (mi_sweep){.n = n};
    mi_status status = MI_NEW_RAW(out->at, n);
    if (status == MI_OK)
        status = MI_NEW_RAW(out->place, n);
    if (status != MI_OK) {
        mi_sweep_free(out);
        return status;
    }
    for (size_t c = 0; c < d; c++) {
        double width = sort_by(out->at, x, d, c, row, n);
        widest = width > most ? c : widest;
        most = fmax(most, width);
    }
    if (widest + 1 < d)
        sort_by(out->at, x, d, widest, row, n);
    for (size_t i = 0; i < n; i++)
        out->place[out->at[i].row] = i;
    return MI_OK;
}

void mi_sweep_free(mi_sweep *s)
{
    mi_free(s->at);
    mi_free(s->place);
    *s = (mi_sweep){0};
}

double mi_sweep_width(const mi_sweep *s, size_t row, size_t places)
{
    size_t place = s->place[row], after = s->n - 1 - place;
    return s->at[place + (after < places ? after : places)].key -
           s->at[place - (place < places ? place : places)].key;
}

/* How many of the `n` rows that follow `from` by `step` are nearer to it than `limit`. */
static size_t count_side(const mi_swept *from, ptrdiff_t step, size_t n, double limit)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fabs(from[step * (ptrdiff_t)(middle + 1)].key - from->key) < limit)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t mi_sweep_count(const mi_sweep *s, size_t row, double limit)
{
    size_t place = s->place[row];
    return 1 + count_side(&s->at[place], -1, place, limit) +
           count_side(&s->at[place], 1, s->n - 1 - place, limit);
}
