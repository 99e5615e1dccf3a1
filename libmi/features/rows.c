/* Rows that stay in the file until they are wanted. */
#include <pthread.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/data/mat_internal.h"
#include "libmi/features/half.h"
#include "libmi/features/private.h"

typedef struct {
    mi_row_source source;
    mi_features *f;
    size_t i;
    mi_member_id m;
    int is_double, is_half, swapped;
} member_rows;

/* What one reading is of. */
typedef struct {
    const member_rows *rows;
    size_t first, n;
    void *to;
} reading;

/* HDF5 has one file open for all sources of a mi_features. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static mi_status read_range(hid_t dataset, const mi_member *m, const char *file, void *arg)
{
    const reading *r = arg;
    size_t count = r->n * m->d;
    if (r->rows->is_double) {
        MI_TRY(mi_member_rows(dataset, m, H5T_NATIVE_DOUBLE, r->first, r->n, r->to, file));
        mi_stored_values(m, r->to, count);
        return MI_OK;
    }
    hid_t half = r->rows->is_half ? H5Dget_type(dataset) : MI_H5_NONE;
    char *to = (char *)r->to + (half < 0 ? 0 : count * sizeof(uint16_t));
    mi_status status =
        mi_member_rows(dataset, m, half < 0 ? H5T_NATIVE_FLOAT : half, r->first, r->n, to, file);
    if (status == MI_OK && half >= 0)
        mi_half_widen_in_place(r->to, count, r->rows->swapped);
    mi_h5_drop(half);
    if (status == MI_OK)
        mi_stored_values_f32(m, r->to, count);
    return status;
}

static mi_status read_rows(mi_row_source *s, size_t first, size_t n, void *to)
{
    const member_rows *rows = (const member_rows *)s;
    reading r = {.rows = rows, .first = first, .n = n, .to = to};
    pthread_mutex_lock(&lock);
    mi_status status = mi_member_read(rows->f, rows->i, rows->m, read_range, &r);
    pthread_mutex_unlock(&lock);
    return status;
}

static void free_rows(mi_row_source *s)
{
    mi_free(s);
}

static mi_status describe(hid_t dataset, const mi_member *m, const char *file, void *arg)
{
    member_rows *r = arg;
    hid_t type = H5Dget_type(dataset);
    (void)file;
    r->is_half = mi_h5_is_half(type);
    r->swapped = H5Tget_order(type) != H5Tget_order(H5T_NATIVE_INT);
    r->is_double = mi_member_is_double(m);
    r->source.granule = mi_chunk_rows(dataset, m);
    if (r->source.granule > mi_window_rows(dataset, m, m->d * (r->is_double ? 8 : 4)))
        r->source.granule = 1;
    mi_h5_drop(type);
    return m->cls == MI_CLASS_TEXT ? mi_fail(MI_EDATA, "text, wanted numbers") : MI_OK;
}

mi_status mi_features_rows(mi_features *f, size_t i, mi_member_id m, mi_mat *out)
{
    member_rows *r;
    MI_WANT(out, "a member to read without a matrix");
    *out = (mi_mat){.type = MI_F32};
    MI_TRY(mi_member_check(f, i, m));
    const mi_member *member = &f->entry[i].set.member[m];
    MI_TRY(MI_NEW(r, 1));
    *r = (member_rows){
        .source = {.read = read_rows, .free = free_rows, .users = 1}, .f = f, .i = i, .m = m};
    mi_status status = mi_member_read(f, i, m, describe, r);
    if (status != MI_OK) {
        mi_free(r);
        return status;
    }
    mi_mention_unpacking(f, i, m);
    *out = (mi_mat){.n = member->n,
                    .d = member->d,
                    .ld = member->d,
                    .type = r->is_double ? MI_F64 : MI_F32,
                    .source = &r->source};
    return MI_OK;
}
