/* A sparse autoencoder as a stage: the k largest rectified units of a row, decoded (Makhzani and Frey,
 * "k-Sparse Autoencoders", ICLR 2014; with the decoder's bias taken off before the encoder, as in Gao
 * et al., "Scaling and evaluating sparse autoencoders", ICLR 2025):
 *
 *     u = top_k( max(0, (x - b) E' + e) ),   y = u D' + b
 *
 * E (width,in) and e (width) the encoder, D (in,width) and b (in) the decoder. */
#include <string.h>

#include "libmi/train/head.h"
#include "libmi/train/private.h"

/* The k-th largest of x (n), by quickselect on a copy. */
static float kth_largest(float *x, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        float pivot = x[low + (high - low) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (x[i] > pivot)
                i++;
            while (x[j] < pivot)
                j--;
            if (i >= j)
                break;
            float swap = x[i];
            x[i++] = x[j];
            x[j--] = swap;
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return x[k];
}

/* u (width): what is below the k-th largest becomes 0; of equals the first stay. */
static void keep_largest(float *u, float *copy, size_t width, size_t kept)
{
    size_t above = 0;
    memcpy(copy, u, width * sizeof *u);
    float least = kth_largest(copy, width, kept - 1);
    for (size_t k = 0; k < width; k++)
        above += u[k] > least;
    size_t equal = kept - above;
    for (size_t k = 0; k < width; k++) {
        int stays = u[k] > least || (u[k] == least && equal > 0);
        equal -= u[k] == least && equal > 0;
        u[k] = stays ? u[k] : 0;
    }
}

static mi_status sae_forward(mi_stage *s, int is_training)
{
    float *copy = s->work + s->n * s->width;
    (void)is_training;
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->in; k++)
            s->shifted[i * s->in + k] = s->x[i * s->in + k] - s->bias->w[k];
        memcpy(s->work + i * s->width, s->unit->w, s->width * sizeof *s->work);
        memcpy(s->y + i * s->in, s->bias->w, s->in * sizeof *s->y);
    }
    MI_TRY(mi_product('N', 'T', s->n, s->width, s->in, 1, s->shifted, s->encoder->w, 1, s->work));
    for (size_t i = 0; i < s->n; i++) {
        float *u = s->work + i * s->width;
        for (size_t k = 0; k < s->width; k++)
            u[k] = u[k] > 0 ? u[k] : 0;
        keep_largest(u, copy, s->width, s->kept);
    }
    return mi_product('N', 'T', s->n, s->in, s->width, 1, s->work, s->weight->w, 1, s->y);
}

static mi_status sae_back(mi_stage *s, const float *dy)
{
    float *du = s->work + s->n * s->width;
    MI_TRY(mi_product('T', 'N', s->in, s->width, s->n, 1, dy, s->work, 0, s->weight->g));
    MI_TRY(mi_product('N', 'N', s->n, s->width, s->in, 1, dy, s->weight->w, 0, du));
    for (size_t k = 0; k < s->n * s->width; k++)
        du[k] = s->work[k] > 0 ? du[k] : 0;
    MI_TRY(mi_product('T', 'N', s->width, s->in, s->n, 1, du, s->shifted, 0, s->encoder->g));
    MI_TRY(mi_product('N', 'N', s->n, s->in, s->width, 1, du, s->encoder->w, 0, s->dx));
    mi_column_sums(s->unit->g, du, s->n, s->width);
    memset(s->bias->g, 0, s->in * sizeof *s->bias->g);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->in; k++)
            s->bias->g[k] += dy[i * s->in + k] - s->dx[i * s->in + k];
    return MI_OK;
}

mi_status mi_stage_sae(mi_stage *s, mi_params *params, const char *name, size_t kept, size_t width)
{
    s->out = s->in;
    s->width = width;
    s->kept = kept;
    s->forward = sae_forward;
    s->back = sae_back;
    MI_TRY(mi_stage_rows(s));
    MI_TRY(MI_NEW(s->work, 2 * s->n * width));
    MI_TRY(MI_NEW(s->shifted, s->n * s->in));
    MI_TRY(mi_stage_param(params, &s->encoder, name, "encoder", width, s->in, 1));
    MI_TRY(mi_stage_param(params, &s->unit, name, "unit", width, 0, 1));
    MI_TRY(mi_stage_param(params, &s->weight, name, "decoder", s->in, width, 1));
    MI_TRY(mi_stage_param(params, &s->bias, name, "bias", s->in, 0, 1));
    s->encoder->decays = s->weight->decays = 1;
    return MI_OK;
}
