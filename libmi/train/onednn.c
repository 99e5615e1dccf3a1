/* The calls of onednn.h for both versions of oneDNN's interface: the one place where they differ. */
#include "libmi/train/onednn.h"

#include <stdlib.h>

#define TRY(call)                           \
    do {                                    \
        dnnl_status_t try_status_ = (call); \
        if (try_status_ != dnnl_success)    \
            return try_status_;             \
    } while (0)

static const dnnl_dims_t none = {0};

#if DNNL_VERSION_MAJOR >= 3

/* ---- version 3 ---- */

#define AFFINE (dnnl_use_scale | dnnl_use_shift)

dnnl_status_t mi_md_new(mi_md *out, int axes, const dnnl_dims_t dims, dnnl_data_type_t type,
                        dnnl_format_tag_t tag)
{
    dnnl_memory_desc_t md = NULL;
    dnnl_status_t status = dnnl_memory_desc_create_with_tag(&md, axes, dims, type, tag);
    *out = md;
    return status;
}

void mi_md_free(mi_md md)
{
    if (md)
        dnnl_memory_desc_destroy((dnnl_memory_desc_t)md);
}

dnnl_status_t mi_pd_convolution(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                const mi_convolution *c)
{
    const dnnl_dims_t s = {c->stride, c->stride}, p = {c->padding, c->padding};
    return dnnl_convolution_forward_primitive_desc_create(
        out, e, dnnl_forward_training, dnnl_convolution_direct, c->src, c->weights, NULL, c->dst, s,
        none, p, p, NULL);
}

dnnl_status_t mi_pd_convolution_data(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                     const mi_convolution *c, const_dnnl_primitive_desc_t forward)
{
    const dnnl_dims_t s = {c->stride, c->stride}, p = {c->padding, c->padding};
    return dnnl_convolution_backward_data_primitive_desc_create(
        out, e, dnnl_convolution_direct, c->src, c->weights, c->dst, s, none, p, p, forward, NULL);
}

dnnl_status_t mi_pd_convolution_weights(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                        const mi_convolution *c,
                                        const_dnnl_primitive_desc_t forward)
{
    const dnnl_dims_t s = {c->stride, c->stride}, p = {c->padding, c->padding};
    return dnnl_convolution_backward_weights_primitive_desc_create(out, e, dnnl_convolution_direct,
                                                                   c->src, c->weights, NULL, c->dst,
                                                                   s, none, p, p, forward, NULL);
}

dnnl_status_t mi_pd_norm(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md, int relu,
                         int inference, float epsilon)
{
    unsigned flags =
        AFFINE | (relu ? dnnl_fuse_norm_relu : 0u) | (inference ? dnnl_use_global_stats : 0u);
    return dnnl_batch_normalization_forward_primitive_desc_create(
        out, e, inference ? dnnl_forward_inference : dnnl_forward_training, md, md, epsilon, flags,
        NULL);
}

dnnl_status_t mi_pd_norm_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md, int relu,
                                  float epsilon, const_dnnl_primitive_desc_t forward)
{
    unsigned flags = AFFINE | (relu ? dnnl_fuse_norm_relu : 0u);
    return dnnl_batch_normalization_backward_primitive_desc_create(
        out, e, dnnl_backward, md, md, md, epsilon, flags, forward, NULL);
}

static dnnl_status_t append_relu(dnnl_post_ops_t ops)
{
    return dnnl_post_ops_append_eltwise(ops, dnnl_eltwise_relu, 0, 0);
}

static dnnl_status_t pd_add(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md,
                            dnnl_primitive_attr_t attr)
{
    return dnnl_binary_primitive_desc_create(out, e, dnnl_binary_add, md, md, md, attr);
}

dnnl_status_t mi_pd_relu_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md)
{
    dnnl_primitive_desc_t forward;
    TRY(dnnl_eltwise_forward_primitive_desc_create(
        &forward, e, dnnl_forward_training, dnnl_eltwise_relu_use_dst_for_bwd, md, md, 0, 0, NULL));
    dnnl_status_t status = dnnl_eltwise_backward_primitive_desc_create(
        out, e, dnnl_eltwise_relu_use_dst_for_bwd, md, md, md, 0, 0, forward, NULL);
    dnnl_primitive_desc_destroy(forward);
    return status;
}

dnnl_status_t mi_pd_pool(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md src, mi_md dst, int h,
                         int w)
{
    const dnnl_dims_t k = {h, w};
    return dnnl_pooling_forward_primitive_desc_create(out, e, dnnl_forward_training,
                                                      dnnl_pooling_avg_exclude_padding, src, dst, k,
                                                      k, none, none, none, NULL);
}

dnnl_status_t mi_pd_pool_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md src, mi_md dst,
                                  int h, int w, const_dnnl_primitive_desc_t forward)
{
    const dnnl_dims_t k = {h, w};
    return dnnl_pooling_backward_primitive_desc_create(
        out, e, dnnl_pooling_avg_exclude_padding, src, dst, k, k, none, none, none, forward, NULL);
}

int mi_norm_arguments(dnnl_exec_arg_t *arg, const dnnl_memory_t scale_shift[2], mi_norm_use use)
{
    int is_gradient = use == MI_NORM_GRADIENT;
    arg[0] = (dnnl_exec_arg_t){is_gradient ? DNNL_ARG_DIFF_SCALE : DNNL_ARG_SCALE, scale_shift[0]};
    arg[1] = (dnnl_exec_arg_t){is_gradient ? DNNL_ARG_DIFF_SHIFT : DNNL_ARG_SHIFT, scale_shift[1]};
    return use == MI_NORM_BACK ? 1 : 2;
}

dnnl_status_t mi_norm_memories(dnnl_memory_t out[2], dnnl_engine_t e, float *scale_shift, int c)
{
    const dnnl_dims_t dims = {c};
    mi_md md;
    TRY(mi_md_new(&md, 1, dims, dnnl_f32, dnnl_x));
    dnnl_status_t status = dnnl_memory_create(&out[0], md, e, scale_shift);
    if (status == dnnl_success)
        status = dnnl_memory_create(&out[1], md, e, scale_shift + c);
    mi_md_free(md);
    return status;
}

#else

/* ---- version 2 ---- */

#define AFFINE dnnl_use_scaleshift

dnnl_status_t mi_md_new(mi_md *out, int axes, const dnnl_dims_t dims, dnnl_data_type_t type,
                        dnnl_format_tag_t tag)
{
    dnnl_memory_desc_t *md = malloc(sizeof *md);
    dnnl_status_t status = dnnl_out_of_memory;
    if (md)
        status = dnnl_memory_desc_init_by_tag(md, axes, dims, type, tag);
    if (status != dnnl_success) {
        free(md);
        md = NULL;
    }
    *out = md;
    return status;
}

void mi_md_free(mi_md md)
{
    free((dnnl_memory_desc_t *)md);
}

dnnl_status_t mi_pd_convolution(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                const mi_convolution *c)
{
    const dnnl_dims_t s = {c->stride, c->stride}, p = {c->padding, c->padding};
    dnnl_convolution_desc_t d;
    TRY(dnnl_dilated_convolution_forward_desc_init(&d, dnnl_forward_training,
                                                   dnnl_convolution_direct, c->src, c->weights,
                                                   NULL, c->dst, s, none, p, p));
    return dnnl_primitive_desc_create(out, &d, NULL, e, NULL);
}

dnnl_status_t mi_pd_convolution_data(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                     const mi_convolution *c, const_dnnl_primitive_desc_t forward)
{
    const dnnl_dims_t s = {c->stride, c->stride}, p = {c->padding, c->padding};
    dnnl_convolution_desc_t d;
    TRY(dnnl_dilated_convolution_backward_data_desc_init(&d, dnnl_convolution_direct, c->src,
                                                         c->weights, c->dst, s, none, p, p));
    return dnnl_primitive_desc_create(out, &d, NULL, e, forward);
}

dnnl_status_t mi_pd_convolution_weights(dnnl_primitive_desc_t *out, dnnl_engine_t e,
                                        const mi_convolution *c,
                                        const_dnnl_primitive_desc_t forward)
{
    const dnnl_dims_t s = {c->stride, c->stride}, p = {c->padding, c->padding};
    dnnl_convolution_desc_t d;
    TRY(dnnl_dilated_convolution_backward_weights_desc_init(
        &d, dnnl_convolution_direct, c->src, c->weights, NULL, c->dst, s, none, p, p));
    return dnnl_primitive_desc_create(out, &d, NULL, e, forward);
}

dnnl_status_t mi_pd_norm(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md, int relu,
                         int inference, float epsilon)
{
    unsigned flags =
        AFFINE | (relu ? dnnl_fuse_norm_relu : 0u) | (inference ? dnnl_use_global_stats : 0u);
    dnnl_batch_normalization_desc_t d;
    TRY(dnnl_batch_normalization_forward_desc_init(
        &d, inference ? dnnl_forward_inference : dnnl_forward_training, md, epsilon, flags));
    return dnnl_primitive_desc_create(out, &d, NULL, e, NULL);
}

dnnl_status_t mi_pd_norm_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md, int relu,
                                  float epsilon, const_dnnl_primitive_desc_t forward)
{
    unsigned flags = AFFINE | (relu ? dnnl_fuse_norm_relu : 0u);
    dnnl_batch_normalization_desc_t d;
    TRY(dnnl_batch_normalization_backward_desc_init(&d, dnnl_backward, md, md, epsilon, flags));
    return dnnl_primitive_desc_create(out, &d, NULL, e, forward);
}

static dnnl_status_t append_relu(dnnl_post_ops_t ops)
{
    return dnnl_post_ops_append_eltwise(ops, 1, dnnl_eltwise_relu, 0, 0);
}

static dnnl_status_t pd_add(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md,
                            dnnl_primitive_attr_t attr)
{
    dnnl_binary_desc_t d;
    TRY(dnnl_binary_desc_init(&d, dnnl_binary_add, md, md, md));
    return dnnl_primitive_desc_create(out, &d, attr, e, NULL);
}

dnnl_status_t mi_pd_relu_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md)
{
    dnnl_eltwise_desc_t d;
    dnnl_primitive_desc_t forward;
    TRY(dnnl_eltwise_forward_desc_init(&d, dnnl_forward_training, dnnl_eltwise_relu_use_dst_for_bwd,
                                       md, 0, 0));
    TRY(dnnl_primitive_desc_create(&forward, &d, NULL, e, NULL));
    dnnl_status_t status =
        dnnl_eltwise_backward_desc_init(&d, dnnl_eltwise_relu_use_dst_for_bwd, md, md, 0, 0);
    if (status == dnnl_success)
        status = dnnl_primitive_desc_create(out, &d, NULL, e, forward);
    dnnl_primitive_desc_destroy(forward);
    return status;
}

dnnl_status_t mi_pd_pool(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md src, mi_md dst, int h,
                         int w)
{
    const dnnl_dims_t k = {h, w};
    dnnl_pooling_desc_t d;
    TRY(dnnl_pooling_forward_desc_init(&d, dnnl_forward_training, dnnl_pooling_avg_exclude_padding,
                                       src, dst, k, k, none, none));
    return dnnl_primitive_desc_create(out, &d, NULL, e, NULL);
}

dnnl_status_t mi_pd_pool_backward(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md src, mi_md dst,
                                  int h, int w, const_dnnl_primitive_desc_t forward)
{
    const dnnl_dims_t k = {h, w};
    dnnl_pooling_desc_t d;
    TRY(dnnl_pooling_backward_desc_init(&d, dnnl_pooling_avg_exclude_padding, src, dst, k, k, none,
                                        none));
    return dnnl_primitive_desc_create(out, &d, NULL, e, forward);
}

int mi_norm_arguments(dnnl_exec_arg_t *arg, const dnnl_memory_t scale_shift[2], mi_norm_use use)
{
    int is_gradient = use == MI_NORM_GRADIENT;
    arg[0] = (dnnl_exec_arg_t){is_gradient ? DNNL_ARG_DIFF_SCALE_SHIFT : DNNL_ARG_SCALE_SHIFT,
                               scale_shift[0]};
    return 1;
}

dnnl_status_t mi_norm_memories(dnnl_memory_t out[2], dnnl_engine_t e, float *scale_shift, int c)
{
    const dnnl_dims_t dims = {2, c};
    mi_md md;
    out[1] = NULL;
    TRY(mi_md_new(&md, 2, dims, dnnl_f32, dnnl_nc));
    dnnl_status_t status = dnnl_memory_create(&out[0], md, e, scale_shift);
    mi_md_free(md);
    return status;
}

#endif

/* ---- both ---- */

/* Names of instruction sets are sets of bits: one has what it shares with another. */
int mi_onednn_has_bf16(void)
{
    return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_bf16) ==
           dnnl_cpu_isa_avx512_core_bf16;
}

dnnl_status_t mi_pd_add(dnnl_primitive_desc_t *out, dnnl_engine_t e, mi_md md, int relu)
{
    dnnl_post_ops_t ops = NULL;
    dnnl_primitive_attr_t attr = NULL;
    dnnl_status_t status = dnnl_post_ops_create(&ops);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_create(&attr);
    if (status == dnnl_success && relu)
        status = append_relu(ops);
    if (status == dnnl_success && relu)
        status = dnnl_primitive_attr_set_post_ops(attr, ops);
    if (status == dnnl_success)
        status = pd_add(out, e, md, attr);
    if (attr)
        dnnl_primitive_attr_destroy(attr);
    if (ops)
        dnnl_post_ops_destroy(ops);
    return status;
}
