#include "tile.h"

#include <cblas.h>
#include <string.h>

#include "leaf.h"

/* Rows whose column sums are added up in single precision before they go to double. */
#define PART_ROWS 256

/* Floats between the rows of a tile that hold no value, so that a column does not fall into one set
 * of the cache. */
#define PAD 16

/* List the products: single factors first, then for each wanted subset its prefixes by lowest
 * factor. */
static void plan_products(mi_tile_plan *p)
{
    memset(p->slot, -1, sizeof p->slot);
    for (unsigned f = 0; f < p->n_factors; f++) {
        p->slot[1u << f] = (short)p->n_products;
        p->product[p->n_products++] = 1u << f;
    }
    for (size_t s = 0; s < p->n_sums; s++) {
        unsigned built = 0;
        for (unsigned f = 0; f < p->n_factors; f++) {
            if (!(p->sum[s].factors >> f & 1))
                continue;
            built |= 1u << f;
            if (p->slot[built] < 0) {
                p->slot[built] = (short)p->n_products;
                p->product[p->n_products++] = built;
            }
        }
    }
}

mi_status mi_tile_plan_init(mi_tile_plan *p, const mi_tile_factor *factor, size_t n_factors,
                            const mi_tile_sum *sum, size_t n_sums, size_t side)
{
    if (n_factors > MI_TILE_FACTORS)
        return mi_fail(MI_EUSAGE, "%zu real variables in one pass, wanted at most %d", n_factors,
                       MI_TILE_FACTORS);
    *p = (mi_tile_plan){
        .factor = factor, .n_factors = n_factors, .sum = sum, .n_sums = n_sums, .side = side};
    plan_products(p);
    return MI_OK;
}

size_t mi_tile_stride(const mi_tile_factor *f)
{
    return f->x ? f->ld : f->d;
}

mi_tile_rows mi_tile_rows_all(const mi_tile_plan *p, size_t n)
{
    mi_tile_rows r = {.count = n};
    for (size_t f = 0; f < p->n_factors; f++)
        r.x[f] = p->factor[f].x;
    return r;
}

mi_tile_rows mi_tile_rows_part(const mi_tile_plan *p, const mi_tile_rows *r, size_t from,
                               size_t count)
{
    mi_tile_rows part = {.first = r->first + from, .count = count};
    for (size_t f = 0; f < p->n_factors; f++)
        part.x[f] = r->x[f] + from * mi_tile_stride(&p->factor[f]);
    return part;
}

size_t mi_tile_work_bytes(const mi_tile_plan *p)
{
    size_t row = p->n_factors * (p->side + PAD) + p->n_products + p->n_sums;
    return p->side * (row * sizeof(float) + 2 * p->n_sums * sizeof(double));
}

mi_status mi_tile_work_alloc(mi_tile_work *w, const mi_tile_plan *p)
{
    MI_TRY(MI_NEW_RAW(w->g, p->n_factors * p->side * (p->side + PAD)));
    MI_TRY(MI_NEW_RAW(w->q, p->n_products * p->side));
    MI_TRY(MI_NEW_RAW(w->part, p->n_sums * p->side));
    MI_TRY(MI_NEW_RAW(w->total, p->n_sums));
    MI_TRY(MI_NEW_RAW(w->row, p->n_sums * p->side));
    return MI_NEW_RAW(w->column, p->n_sums * p->side);
}

void mi_tile_work_free(mi_tile_work *w)
{
    mi_free(w->g);
    mi_free(w->q);
    mi_free(w->part);
    mi_free(w->total);
    mi_free(w->row);
    mi_free(w->column);
}

static void inner_products(const mi_tile_plan *p, const mi_tile_work *w, const mi_tile_rows *i,
                           const mi_tile_rows *j)
{
    for (size_t f = 0; f < p->n_factors; f++) {
        const mi_tile_factor *a = &p->factor[f];
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)i->count, (int)j->count,
                    (int)a->d, 1, i->x[f], (int)mi_tile_stride(a), j->x[f], (int)mi_tile_stride(a),
                    0, w->g + f * p->side * (p->side + PAD), (int)(p->side + PAD));
    }
}

/* q of row number r against all columns, for every product. */
static void row_products(const mi_tile_plan *p, const mi_tile_work *w, size_t r,
                         const mi_tile_rows *i, const mi_tile_rows *j)
{
    size_t row = i->first + r;
    for (size_t k = 0; k < p->n_products; k++) {
        unsigned subset = p->product[k];
        float *q = w->q + k * p->side;
        if (k >= p->n_factors) {
            unsigned last = 1u << (31 - __builtin_clz(subset));
            mi_leaf_product(j->count, q, w->q + (size_t)p->slot[subset & ~last] * p->side,
                            w->q + (size_t)p->slot[last] * p->side);
            continue;
        }
        const mi_tile_factor *a = &p->factor[k];
        const float *g = w->g + (k * p->side + r) * (p->side + PAD);
        if (a->map == MI_TILE_SQUARE)
            mi_leaf_square(j->count, q, g, a->w + j->first, a->w[row]);
        else
            mi_leaf_exp(j->count, q, g, a->w + j->first, a->b + j->first, a->scale * a->w[row],
                        a->b[row] + a->bias);
        if (i->first == j->first)
            q[r] = 0; /* see self_pair */
    }
}

/* Of a row with itself, which is known. It is added in double precision: in a float sum, small
 * values beside a one would be lost. */
static double self_pair(const mi_tile_plan *p, const mi_tile_sum *t)
{
    double product = 1;
    for (size_t f = 0; f < p->n_factors; f++)
        if (t->factors >> f & 1)
            product *= p->factor[f].diagonal;
    return product;
}

static void add_row(const mi_tile_plan *p, const mi_tile_work *w, size_t r, const mi_tile_rows *i,
                    const mi_tile_rows *j)
{
    for (size_t s = 0; s < p->n_sums; s++) {
        const mi_tile_sum *t = &p->sum[s];
        const float *q = w->q + (size_t)p->slot[t->factors] * p->side;
        const int32_t *group = t->group ? t->group + j->first : NULL;
        int32_t own = t->group ? t->group[i->first + r] : 0;
        float *part = w->part + s * p->side;
        double sum;
        if (t->row && i->first != j->first)
            sum = group ? mi_leaf_sum_add_same(j->count, part, q, group, own)
                        : mi_leaf_sum_add(j->count, part, q);
        else
            sum = group ? mi_leaf_sum_same(j->count, q, group, own) : mi_leaf_sum(j->count, q);
        if (i->first == j->first)
            sum += self_pair(p, t);
        w->row[s * p->side + r] = sum;
        w->total[s] += sum;
    }
}

static void flush_columns(const mi_tile_plan *p, mi_tile_work *w, size_t columns)
{
    for (size_t s = 0; s < p->n_sums; s++) {
        float *part = w->part + s * p->side;
        double *column = w->column + s * p->side;
        for (size_t k = 0; p->sum[s].row && k < columns; k++)
            column[k] += part[k];
        memset(part, 0, columns * sizeof *part);
    }
}

void mi_tile_rect(const mi_tile_plan *p, mi_tile_work *w, const mi_tile_rows *i,
                  const mi_tile_rows *j)
{
    memset(w->total, 0, p->n_sums * sizeof *w->total);
    memset(w->part, 0, p->n_sums * p->side * sizeof *w->part);
    memset(w->column, 0, p->n_sums * p->side * sizeof *w->column);
    inner_products(p, w, i, j);
    for (size_t r = 0; r < i->count; r++) {
        row_products(p, w, r, i, j);
        add_row(p, w, r, i, j);
        if ((r + 1) % PART_ROWS == 0 || r + 1 == i->count)
            flush_columns(p, w, j->count);
    }
}
