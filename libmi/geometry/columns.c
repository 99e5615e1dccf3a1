/* Norms of rows; columns in which nothing happens. One pass over the rows. */
#include <cblas.h>

#include "libmi/base/mem.h"
#include "libmi/data/mat_internal.h"
#include "libmi/geometry/private.h"

typedef struct {
    size_t d;
    double *norm;          /* (n) */
    double *row;           /* (d) */
    double *first;         /* (d) row 0 */
    unsigned char *varies; /* (d) */
} pass;

static void take_row(pass *p, size_t i)
{
    for (size_t k = 0; k < p->d; k++) {
        if (i == 0)
            p->first[k] = p->row[k];
        p->varies[k] |= p->row[k] != p->first[k];
    }
    p->norm[i] = cblas_dnrm2((int)p->d, p->row, 1); /* also of numbers without squares */
}

static mi_status take_block(void *arg, const mi_mat *block, size_t first)
{
    pass *p = arg;
    for (size_t i = 0; i < block->n; i++) {
        mi_mat_rows_f64(p->row, block, &i, 1, NULL, NULL);
        take_row(p, first + i);
    }
    return MI_OK;
}

mi_status mi_geometry_columns(mi_geometry *out, double *norm, const mi_mat *x)
{
    pass p = {.d = x->d, .norm = norm};
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(p.row, x->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(p.first, x->d), done);
    MI_TRY_GOTO(status, MI_NEW(p.varies, x->d), done);
    MI_TRY_GOTO(status, mi_mat_each_block(x, 0, x->n, take_block, &p), done);
    for (size_t k = 0; k < x->d; k++) {
        out->constant_columns += !p.varies[k];
        out->dead_columns += !p.varies[k] && p.first[k] == 0;
    }
done:
    mi_free(p.row);
    mi_free(p.first);
    mi_free(p.varies);
    return status;
}
