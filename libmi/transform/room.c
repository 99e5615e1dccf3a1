/* What a transformation takes, counted before it is taken. Values pass in windows; what stays, or is as
 * large as the data:
 *
 *     packed chunks, labels       mi_features_besides; labels where rows are chosen by them
 *     rows that are chosen        a mark and a number each
 *     pca, whiten                 the covariance, eigenvectors and LAPACK's, the map: 8 d (d + 2k)
 *     chunks that are written     two bands, each of 8 MB and a row at most
 *     an image                    twice: it grows by copies
 */
#include <math.h>

#include "libmi/transform/private.h"

#define BAND_BYTES (8 << 20)

static int chooses(const mi_op *op)
{
    return op->kind < MI_OP_POOL;
}

static int chooses_by_labels(const mi_op *op)
{
    return op->kind >= MI_OP_IDS && op->kind <= MI_OP_SUBSAMPLE;
}

static double op_bytes(const mi_op *op, const mi_set *s)
{
    double most = 0;
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++) {
        double d = (double)s->member[m].d, k = op->k ? (double)op->k : d;
        int is_fitted = op->kind == MI_OP_PCA || op->kind == MI_OP_WHITEN;
        if (is_fitted && (op->members >> m & 1) && s->member[m].present)
            most = fmax(most, 8 * d * (d + 2 * fmin(k, d)));
    }
    return chooses(op) ? (double)s->member[s->member[MI_Z1].present ? MI_Z1 : MI_Z2].n * 9 : most;
}

static double writing_bytes(const mi_set *s)
{
    double most = 0;
    for (mi_member_id m = 0; m < MI_MEMBERS; m++) {
        const mi_member *k = &s->member[m];
        double row = 8 * (double)k->d, all = row * (double)k->n;
        if (k->present && k->band_bytes > 0)
            most = fmax(most, 2 * fmin(fmin(k->band_bytes, all), BAND_BYTES + row));
    }
    return most;
}

static double set_bytes(const mi_transform *t, mi_features *f, size_t i)
{
    const mi_set *s = mi_features_set(f, i);
    unsigned members = 1u << MI_Z1 | 1u << MI_Z2;
    double operations = 0;
    for (size_t k = 0; k < t->n; k++) {
        members |= chooses_by_labels(&t->op[k]) ? 1u << MI_R | 1u << MI_Y : 0;
        operations += op_bytes(&t->op[k], s);
    }
    return mi_features_besides(f, i, members) + operations + writing_bytes(s);
}

double mi_transform_bytes(const mi_transform *t, mi_features *f, int to_image)
{
    double most = 0, image = 0;
    for (size_t i = 0; t && f && i < mi_features_count(f); i++) {
        most = fmax(most, set_bytes(t, f, i));
        image += 2 * mi_features_values_bytes(f, i, 1u << MI_Z1 | 1u << MI_Z2 | 1u << MI_R);
    }
    return most + (to_image ? image : 0);
}
