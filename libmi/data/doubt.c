/* What rows, ids and labels show when they were probably not meant so. */
#include "libmi/data/doubt.h"

#include <math.h>

#include "libmi/base/mem.h"
#include "libmi/data/mat_internal.h"

/* ---- ids and labels ---- */

size_t mi_groups_mixed(const mi_groups *instance, const mi_groups *y)
{
    unsigned char *is_mixed;
    size_t mixed = 0;
    if (!instance || !y || !instance->code || !y->code || instance->n != y->n ||
        MI_NEW(is_mixed, instance->g) != MI_OK)
        return 0;
    for (size_t i = 0; i < y->n; i++)
        is_mixed[instance->code[i]] |= y->code[i] != y->code[instance->first[instance->code[i]]];
    for (size_t c = 0; c < instance->g; c++)
        mixed += is_mixed[c];
    mi_free(is_mixed);
    return mixed;
}

unsigned mi_groups_layouts(const mi_groups *g, size_t v)
{
    unsigned fits = MI_ROWS_INTERLEAVED | MI_ROWS_STACKED;
    if (v < 2 || g->n % v)
        return 0;
    for (size_t i = 0; i < g->n && fits; i++) {
        if (g->code[i] != g->code[i - i % v])
            fits &= ~(unsigned)MI_ROWS_INTERLEAVED;
        if (g->code[i] != g->code[i % (g->n / v)])
            fits &= ~(unsigned)MI_ROWS_STACKED;
    }
    return fits;
}

/* ---- rows ---- */

/* Columns of left[0..count) in which row i is as row 0; they take the place of those before. */
static size_t keep_equal(size_t *left, size_t count, const mi_mat *m, size_t i)
{
    size_t kept = 0;
    for (size_t k = 0; k < count; k++) {
        size_t column = left[k], at = i * m->ld + column;
        int equal = m->type == MI_F32
                        ? ((const float *)m->x)[at] == ((const float *)m->x)[column]
                        : ((const double *)m->x)[at] == ((const double *)m->x)[column];
        left[kept] = column;
        kept += (size_t)equal;
    }
    return kept;
}

size_t mi_columns_constant(const mi_mat *m)
{
    size_t *left, count;
    if (!m || !m->x || m->n < 2 || MI_NEW_RAW(left, m->d) != MI_OK)
        return 0;
    for (size_t k = 0; k < m->d; k++)
        left[k] = k;
    count = m->d;
    for (size_t i = 1; i < m->n && count; i++)
        count = keep_equal(left, count, m, i);
    mi_free(left);
    return count;
}

static double largest_of_row(const mi_mat *m, size_t row)
{
    double largest = 0;
    for (size_t k = 0; k < m->d; k++)
        largest = fmax(largest, fabs(mi_mat_get(m, row, k)));
    return largest;
}

/* Cosine of rows a and b; of a zero row 0. Their sizes go first: squares of 1e200 are no doubles. */
static double cosine(const mi_mat *m, size_t a, size_t b)
{
    double ab = 0, aa = 0, bb = 0, size_a = largest_of_row(m, a), size_b = largest_of_row(m, b);
    for (size_t k = 0; size_a > 0 && size_b > 0 && k < m->d; k++) {
        double x = mi_mat_get(m, a, k) / size_a, y = mi_mat_get(m, b, k) / size_b;
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* The second row of an instance. */
static size_t second_row(const mi_groups *instance, size_t c)
{
    size_t i = instance->first[c] + 1;
    while (i < instance->n && instance->code[i] != (int32_t)c)
        i++;
    return i < instance->n ? i : instance->first[c];
}

mi_likeness mi_views_likeness(const mi_mat *m, const mi_groups *instance)
{
    enum { FEWEST = 32, MOST = 256 };
    size_t count = instance->g < MOST ? instance->g : MOST;
    mi_likeness l = {.instances = count};
    double sum = 0, squares = 0, n = (double)count;
    if (!m->x || m->n != instance->n || count < FEWEST)
        return (mi_likeness){0};
    for (size_t k = 0; k < count; k++) {
        size_t c = k * instance->g / count, far = (k + count / 2) % count * instance->g / count;
        size_t row = instance->first[c];
        double same = cosine(m, row, second_row(instance, c));
        double other = cosine(m, row, instance->first[far]);
        l.same += same / n;
        l.other += other / n;
        sum += same - other;
        squares += (same - other) * (same - other);
    }
    double mean = sum / n, variance = fmax(squares / n - mean * mean, 0);
    l.differ = mean > 2 * sqrt(variance / n);
    return l;
}

unsigned mi_views_layouts(const mi_mat *m, size_t v)
{
    unsigned shown = 0;
    int64_t *instance;
    if (v < 2 || m->n % v || MI_NEW_RAW(instance, m->n) != MI_OK)
        return 0;
    for (unsigned layout = MI_ROWS_INTERLEAVED; layout <= MI_ROWS_STACKED; layout++) {
        mi_groups g;
        for (size_t i = 0; i < m->n; i++)
            instance[i] = (int64_t)(layout == MI_ROWS_STACKED ? i % (m->n / v) : i / v);
        if (mi_groups_of_bytes(&g, instance, m->n, sizeof *instance) != MI_OK)
            break;
        shown |= mi_views_likeness(m, &g).differ ? layout : 0;
        mi_groups_free(&g);
    }
    mi_free(instance);
    return shown;
}
