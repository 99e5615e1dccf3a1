#include "source.h"

#include <stdlib.h>
#include <string.h>

#include "libmi/data/mat_internal.h"
#include "libmi/data/sample_build.h"

atomic_size_t source_readings, source_rows, source_fails_at;

typedef struct {
    mi_row_source source;
    mi_mat m;
} hidden;

static mi_status read_hidden(mi_row_source *s, size_t first, size_t n, void *to)
{
    const mi_mat *m = &((hidden *)s)->m;
    source_rows += n;
    size_t number = ++source_readings;
    if (number == source_fails_at)
        return mi_fail(MI_EDATA, "reading number %zu fails", number);
    assert_true(first + n <= m->n);
    memcpy(to, (char *)m->x + first * m->ld * m->type, n * m->d * m->type);
    return MI_OK;
}

static void free_hidden(mi_row_source *s)
{
    mi_mat_free(&((hidden *)s)->m);
    free(s);
}

void source_take(mi_mat *m, size_t granule)
{
    hidden *h = calloc(1, sizeof *h);
    assert_non_null(h);
    assert_int_equal(m->ld, m->d);
    *h = (hidden){
        .source = {.read = read_hidden, .free = free_hidden, .granule = granule, .users = 1},
        .m = *m};
    m->x = NULL;
    m->source = &h->source;
}

void source_sample(mi_sample *out, const mi_sample *s, size_t memory_bytes)
{
    size_t row[s->n];
    for (size_t i = 0; i < s->n; i++)
        row[i] = i;
    CHECK(mi_sample_gather(out, s, row, s->n));
    for (int m = 0; m < MI_MEMBERS; m++)
        if (out->column[m].is_real)
            source_take(&out->column[m].x, 7);
    out->memory_bytes = memory_bytes;
}
