/* private.h - what the files of the room train share beside the networks of net.h. */
#ifndef MI_TRAIN_PRIVATE_H
#define MI_TRAIN_PRIVATE_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "libmi/train/net.h"

/* Memories that oneDNN's descriptors came with are freed with all others; NULL is left out. */
mi_status mi_dnn_adopt(mi_dnn *d, const dnnl_memory_t memory[2]);

/* A step of the program that reorders `from` into a new memory of the arena. */
mi_status mi_net_reordered(mi_net *net, mi_program *program, dnnl_memory_t from, mi_md wanted,
                           dnnl_memory_t *out);
/* Weights of a convolution in the layout `wanted`. */
mi_status mi_net_weights_for(mi_net *net, mi_program *program, const mi_layer *l, mi_md wanted,
                             dnnl_memory_t *out);

/* A step that normalises what l reads by given statistics, not the batch's, into dst. */
mi_status mi_net_norm_by(mi_net *net, mi_program *program, const mi_layer *l, dnnl_memory_t mean,
                         dnnl_memory_t variance, dnnl_memory_t dst);

/* Under the root of every variance that is normalised by. */
#define mi_norm_epsilon 1e-5f

/* ---- draws: a hash of where they are used, so that a run goes on anywhere without a state ---- */

typedef struct {
    uint64_t key, at;
} mi_draw;

/* What draws are for. */
enum { MI_DRAW_ENCODER = 1, MI_DRAW_PROJECTOR, MI_DRAW_ORDER, MI_DRAW_VIEW, MI_DRAW_EVALUATION };

/* SplitMix64's step and finaliser (Steele, Lea and Flood, OOPSLA 2014). */
static inline uint64_t mi_draw_mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static inline mi_draw mi_draw_start(unsigned long seed, int purpose, uint64_t a, uint64_t b)
{
    uint64_t key = mi_draw_mix(mi_draw_mix(mi_draw_mix(seed) ^ (uint64_t)purpose) ^ a);
    return (mi_draw){.key = mi_draw_mix(key ^ b)};
}

static inline uint64_t mi_draw_bits(mi_draw *d)
{
    return mi_draw_mix(d->key + 0xd1342543de82ef95u * ++d->at);
}

/* In [0,1), 24 bits. */
static inline float mi_draw_uniform(mi_draw *d)
{
    return (float)(mi_draw_bits(d) >> 40) * 0x1p-24f;
}

/* In 0 .. n-1. */
static inline size_t mi_draw_below(mi_draw *d, size_t n)
{
    return (size_t)((double)(mi_draw_bits(d) >> 11) * 0x1p-53 * (double)n);
}

/* order (n): 0 .. n-1 in a random order (Durstenfeld, CACM 1964). */
static inline void mi_draw_permutation(mi_draw *d, size_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i-- > 1;) {
        size_t j = mi_draw_below(d, i + 1), swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
}

/* Standard normal (Box and Muller 1958). */
static inline float mi_draw_normal(mi_draw *d)
{
    double u = 1 - (double)(mi_draw_bits(d) >> 11) * 0x1p-53;
    double v = (double)(mi_draw_bits(d) >> 11) * 0x1p-53;
    return (float)(sqrt(-2 * log(u)) * cos(2 * M_PI * v));
}

#endif
