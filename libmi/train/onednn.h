/* onednn.h - what training needs of oneDNN, said once for versions 2 and 3 of its interface. Private.
 *
 * uses: nothing; onednn
 *
 * Version 2 (Debian 12) describes an operation by a struct, from which a primitive descriptor is
 * made; version 3 makes the descriptor at once, its memory descriptors are handles, and scale and
 * shift of a batch normalisation are two arguments where they were one. onednn.c knows of both; all
 * other files see the calls below and those that are alike.
 */
#ifndef MI_TRAIN_ONEDNN_H
#define MI_TRAIN_ONEDNN_H

#include <oneapi/dnnl/dnnl.h>

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t mi_md;
#else
typedef const dnnl_memory_desc_t *mi_md;
#endif

/* A new descriptor of values of a type; `tag` dnnl_format_tag_any: the primitive chooses the layout. Free
 * with mi_md_free. */
dnnl_status_t mi_md_new(mi_md *out, int axes, const dnnl_dims_t dims, dnnl_data_type_t type,
                        dnnl_format_tag_t tag);
void mi_md_free(mi_md md);

/* Whether the CPU multiplies numbers of bf16. oneDNN takes them on others too, and emulates. */
int mi_onednn_has_bf16(void);

/* A convolution with square kernels and without bias. */
typedef struct {
    mi_md src, weights, dst;
    dnnl_dim_t stride, padding;
} mi_convolution;

dnnl_status_t mi_pd_convolution(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                const mi_convolution *c);
dnnl_status_t mi_pd_convolution_data(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                     const mi_convolution *c, const_dnnl_primitive_desc_t forward);
dnnl_status_t mi_pd_convolution_weights(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                        const mi_convolution *c,
                                        const_dnnl_primitive_desc_t forward);

/* Batch normalisation with scale and shift, and a ReLU behind it where asked for. In inference mean
 * and variance are given. */
dnnl_status_t mi_pd_norm(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md, int relu,
                         int inference, float epsilon);
dnnl_status_t mi_pd_norm_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md, int relu,
                                  float epsilon, const_dnnl_primitive_desc_t forward);

/* max(0, a + b), or a + b. */
dnnl_status_t mi_pd_add(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md, int relu);

/* The gradient before a ReLU from that behind it and what came out. */
dnnl_status_t mi_pd_relu_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md);

/* Mean over all h x w places. */
dnnl_status_t mi_pd_pool(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md src, mi_md dst, int h,
                         int w);
dnnl_status_t mi_pd_pool_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md src, mi_md dst,
                                  int h, int w, const_dnnl_primitive_desc_t forward);

/* Scale and shift (2,c), one after the other in memory, as arguments of a batch normalisation: forward,
 * back, where the shift does not count, and their gradients. Writes one or two of arg; returns how
 * many. */
typedef enum { MI_NORM_FORWARD, MI_NORM_BACK, MI_NORM_GRADIENT } mi_norm_use;
int mi_norm_arguments(dnnl_exec_arg_t *arg, const dnnl_memory_t scale_shift[2], mi_norm_use use);

/* Memories for mi_norm_arguments on (2,c) floats; the second may stay NULL. */
dnnl_status_t mi_norm_memories(dnnl_memory_t out[2], dnnl_engine_t e, float *scale_shift, int c);

#endif
