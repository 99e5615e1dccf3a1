/* Layers of a convolutional network as oneDNN's primitives, forward: convolutions choose the layouts
 * (blocks of 16 channels where the CPU likes them), everything behind them keeps those. Weights stay in
 * the layout of their gradient, so that an optimiser works element by element; a step before the
 * convolution reorders them where it wants another. */
#include "libmi/train/net.h"

#include <math.h>
#include <string.h>

#include "libmi/train/private.h"

#define MOMENTUM 0.1f /* of running statistics: the share of the new batch */

/* ---- begin and end ---- */

static mi_status new_activation(mi_net *net, int *number, dnnl_memory_t value, int c, int h, int w)
{
    MI_TRY(mi_grow(&net->act, net->n_acts, &net->room_acts, sizeof *net->act));
    net->act[net->n_acts] = (mi_activation){.value = value, .c = c, .h = h, .w = w, .piece = -1};
    *number = (int)net->n_acts++;
    return MI_OK;
}

static mi_status new_layer(mi_net *net, mi_layer **out, mi_layer_kind kind, int from)
{
    MI_TRY(mi_grow(&net->layer, net->n_layers, &net->room_layers, sizeof *net->layer));
    *out = &net->layer[net->n_layers++];
    **out = (mi_layer){.kind = kind, .from = from, .other = -1};
    return MI_OK;
}

/* A step of both ways forward. */
static mi_status add_forward(mi_net *net, dnnl_primitive_t p, int n, const dnnl_exec_arg_t *arg)
{
    MI_TRY(mi_program_add(&net->train, p, n, arg));
    return mi_program_add(&net->infer, p, n, arg);
}

mi_status mi_net_reordered(mi_net *net, mi_program *program, dnnl_memory_t from, mi_md wanted,
                           dnnl_memory_t *out)
{
    dnnl_primitive_t reorder;
    MI_TRY(mi_arena_memory(net, out, wanted, -1));
    MI_TRY(mi_dnn_reorder(&net->dnn, &reorder, mi_dnn_md(from), wanted));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, *out}};
    return mi_program_add(program, reorder, 2, arg);
}

/* Training's steps from `first` on are inference's too. */
static mi_status infer_too(mi_net *net, size_t first)
{
    for (size_t k = first; k < net->train.n; k++)
        MI_TRY(mi_program_add(&net->infer, net->train.step[k].p, net->train.step[k].n,
                              net->train.step[k].arg));
    return MI_OK;
}

/* The images as the first convolutions read them: as they are, or rounded by a step before. */
static mi_status narrow_images(mi_net *net, dnnl_memory_t images, const dnnl_dims_t dims,
                               dnnl_memory_t *out)
{
    mi_md md;
    *out = images;
    if (net->type == dnnl_f32)
        return MI_OK;
    size_t before = net->train.n;
    MI_TRY(mi_dnn_status(mi_md_new(&md, 4, dims, net->type, dnnl_nchw), "memory"));
    mi_status status = mi_net_reordered(net, &net->train, images, md, out);
    mi_md_free(md);
    MI_TRY(status);
    return infer_too(net, before);
}

mi_status mi_net_begin(mi_net *net, dnnl_data_type_t type, int n, int c, int h, int w)
{
    const dnnl_dims_t dims = {n, c, h, w};
    mi_md md;
    dnnl_memory_t images;
    int number;
    *net = (mi_net){.type = type, .n = n};
    MI_TRY(mi_dnn_open(&net->dnn));
    MI_TRY(mi_dnn_block(&net->dnn, &net->images, (size_t)n * c * h * w * sizeof(float)));
    MI_TRY(mi_dnn_status(mi_md_new(&md, 4, dims, dnnl_f32, dnnl_nchw), "memory"));
    mi_status status = mi_dnn_memory(&net->dnn, &images, md, net->images);
    mi_md_free(md);
    MI_TRY(status);
    MI_TRY(narrow_images(net, images, dims, &images));
    return new_activation(net, &number, images, c, h, w);
}

void mi_net_free(mi_net *net)
{
    for (size_t k = 0; k < net->n_layers; k++)
        if (net->layer[k].forward)
            dnnl_primitive_desc_destroy(net->layer[k].forward);
    mi_arena_free(&net->arena);
    mi_dnn_close(&net->dnn);
    mi_params_free(&net->params);
    mi_free(net->act), mi_free(net->layer);
    mi_free(net->train.step), mi_free(net->infer.step), mi_free(net->back.step);
    *net = (mi_net){0};
}

/* The primitive of a forward descriptor, which the layer keeps as a hint. */
static mi_status keep_forward(mi_net *net, mi_layer *l, dnnl_primitive_t *p, dnnl_status_t made,
                              dnnl_primitive_desc_t pd, const char *what)
{
    MI_TRY(mi_dnn_status(made, what));
    l->forward = pd;
    dnnl_primitive_desc_t copy;
    made = dnnl_primitive_desc_clone(&copy, pd);
    return mi_dnn_primitive(&net->dnn, p, made, copy, what);
}

static mi_md query(const_dnnl_primitive_desc_t pd, dnnl_query_t what)
{
    return dnnl_primitive_desc_query_md(pd, what, 0);
}

/* ---- convolution ---- */

/* The parameter in the layout `md`, and its ways to the plain one. */
static mi_status convolution_weight(mi_net *net, mi_layer *l, mi_md md, const size_t axis[4])
{
    const dnnl_dims_t dims = {(dnnl_dim_t)axis[0], (dnnl_dim_t)axis[1], (dnnl_dim_t)axis[2],
                              (dnnl_dim_t)axis[3]};
    char name[40];
    mi_md plain;
    snprintf(name, sizeof name, "encoder.%02zu.weight", net->n_layers - 1);
    MI_TRY(mi_params_add(&net->params, &l->weight, name, 4, axis,
                         dnnl_memory_desc_get_size(md) / sizeof(float), 1));
    mi_param *p = l->weight;
    p->decays = 1;
    MI_TRY(mi_dnn_memory(&net->dnn, &l->weights, md, p->w));
    MI_TRY(mi_dnn_status(mi_md_new(&plain, 4, dims, dnnl_f32, dnnl_oihw), "memory"));
    mi_status status = mi_dnn_memory_later(&net->dnn, &p->own, md);
    if (status == MI_OK)
        status = mi_dnn_memory_later(&net->dnn, &p->outside, plain);
    if (status == MI_OK)
        status = mi_dnn_reorder(&net->dnn, &p->to_plain, md, plain);
    if (status == MI_OK)
        status = mi_dnn_reorder(&net->dnn, &p->from_plain, plain, md);
    mi_md_free(plain);
    return status;
}

/* The layout that the gradient of the weights has, which are floats for any type of activations. */
static mi_status gradient_layout(mi_net *net, mi_layer *l, const size_t axis[4])
{
    const dnnl_dims_t dims = {(dnnl_dim_t)axis[0], (dnnl_dim_t)axis[1], (dnnl_dim_t)axis[2],
                              (dnnl_dim_t)axis[3]};
    dnnl_primitive_desc_t pd;
    mi_convolution form = l->form;
    mi_md any;
    MI_TRY(mi_dnn_status(mi_md_new(&any, 4, dims, dnnl_f32, dnnl_format_tag_any), "memory"));
    form.weights = any;
    form.dst = query(l->forward, dnnl_query_dst_md);
    dnnl_status_t made = mi_pd_convolution_weights(&pd, net->dnn.engine, &form, l->forward);
    mi_md_free(any);
    MI_TRY(mi_dnn_status(made, "convolution"));
    mi_status status = convolution_weight(net, l, query(pd, dnnl_query_diff_weights_md), axis);
    dnnl_primitive_desc_destroy(pd);
    return status;
}

/* Weights as a primitive wants them: as they are, or reordered by steps before it. Those that read images in bf16
 * have their 1 or 3 channels padded to pairs, and go by the plain layout: straight from that of the gradient, oneDNN
 * 3.2 to 3.7 writes the padding over the last channel's weights where it takes the first cache for tiny, as on AMD
 * processors whose caches a hypervisor hides. */
mi_status mi_net_weights_for(mi_net *net, mi_program *program, const mi_layer *l, mi_md wanted,
                             dnnl_memory_t *out)
{
    dnnl_memory_t from = l->weights;
    *out = from;
    if (dnnl_memory_desc_equal(mi_dnn_md(from), wanted))
        return MI_OK;
    if (l->from == 0 && net->type != dnnl_f32)
        MI_TRY(mi_net_reordered(net, program, from, mi_dnn_md(l->weight->outside), &from));
    return mi_net_reordered(net, program, from, wanted, out);
}

static mi_status convolution_steps(mi_net *net, mi_layer *l, dnnl_primitive_t p, int out_c, int h,
                                   int w, int *to)
{
    dnnl_memory_t dst, weights;
    size_t before = net->train.n;
    mi_md wanted = query(l->forward, dnnl_query_weights_md);
    MI_TRY(mi_arena_memory(net, &dst, query(l->forward, dnnl_query_dst_md), -1));
    MI_TRY(mi_net_weights_for(net, &net->train, l, wanted, &weights));
    MI_TRY(infer_too(net, before));
    const dnnl_exec_arg_t arg[] = {
        {DNNL_ARG_SRC, net->act[l->from].value}, {DNNL_ARG_WEIGHTS, weights}, {DNNL_ARG_DST, dst}};
    MI_TRY(add_forward(net, p, 3, arg));
    MI_TRY(new_activation(net, to, dst, out_c, h, w));
    l->to = *to;
    return MI_OK;
}

mi_status mi_net_convolution(mi_net *net, int from, int channels, int kernel, int stride, int like,
                             int *to)
{
    const mi_activation a = net->act[from];
    int pad = kernel / 2, h = (a.h + 2 * pad - kernel) / stride + 1,
        w = (a.w + 2 * pad - kernel) / stride + 1;
    const dnnl_dims_t weights = {channels, a.c, kernel, kernel}, dst = {net->n, channels, h, w};
    const size_t axis[] = {(size_t)channels, (size_t)a.c, (size_t)kernel, (size_t)kernel};
    mi_md any_dst = NULL;
    mi_layer *l;
    dnnl_primitive_t p;
    dnnl_primitive_desc_t pd;
    mi_status status;
    MI_TRY(new_layer(net, &l, MI_LAYER_CONVOLUTION, from));
    l->form = (mi_convolution){.src = mi_dnn_md(a.value), .stride = stride, .padding = pad};
    MI_TRY_GOTO(status,
                mi_dnn_status(
                    mi_md_new(&l->form.weights, 4, weights, net->type, dnnl_format_tag_any), "md"),
                done);
    MI_TRY_GOTO(status,
                mi_dnn_status(mi_md_new(&any_dst, 4, dst, net->type, dnnl_format_tag_any), "md"),
                done);
    l->form.dst = like < 0 ? any_dst : mi_dnn_md(net->act[like].value);
    dnnl_status_t made = mi_pd_convolution(&pd, net->dnn.engine, &l->form);
    MI_TRY_GOTO(status, keep_forward(net, l, &p, made, pd, "convolution"), done);
    MI_TRY_GOTO(status, gradient_layout(net, l, axis), done);
    status = convolution_steps(net, l, p, channels, h, w, to);
done:
    mi_md_free(l->form.weights);
    mi_md_free(any_dst);
    l->form.weights = l->form.dst = NULL;
    return status;
}

/* ---- batch normalisation ---- */

static mi_status norm_memories(mi_net *net, mi_layer *l, int c)
{
    const size_t axis[] = {2, (size_t)c};
    const dnnl_dims_t dims = {c};
    char name[40];
    mi_md md;
    snprintf(name, sizeof name, "encoder.%02zu.scale_shift", net->n_layers - 1);
    MI_TRY(mi_params_add(&net->params, &l->weight, name, 2, axis, 0, 1));
    snprintf(name, sizeof name, "encoder.%02zu.running", net->n_layers - 1);
    MI_TRY(mi_params_add(&net->params, &l->running, name, 2, axis, 0, 0));
    MI_TRY(mi_dnn_block(&net->dnn, &l->batch, 2 * (size_t)c * sizeof(float)));
    MI_TRY(mi_dnn_status(mi_norm_memories(l->scale_shift, net->dnn.engine, l->weight->w, c),
                         "memory"));
    MI_TRY(mi_dnn_adopt(&net->dnn, l->scale_shift));
    MI_TRY(mi_dnn_status(mi_md_new(&md, 1, dims, dnnl_f32, dnnl_x), "memory"));
    mi_status status = mi_dnn_memory(&net->dnn, &l->mean, md, l->batch);
    if (status == MI_OK)
        status = mi_dnn_memory(&net->dnn, &l->variance, md, l->batch + c);
    mi_md_free(md);
    return status;
}

/* With its ReLU, training leaves in the workspace which places were positive. */
static mi_status norm_train(mi_net *net, mi_layer *l, dnnl_memory_t dst)
{
    mi_md md = mi_dnn_md(net->act[l->from].value);
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    dnnl_status_t made = mi_pd_norm(&pd, net->dnn.engine, md, l->relu, 0, mi_norm_epsilon);
    MI_TRY(keep_forward(net, l, &p, made, pd, "batch normalisation"));
    if (l->relu)
        MI_TRY(mi_arena_memory(net, &l->workspace, query(pd, dnnl_query_workspace_md), -1));
    dnnl_exec_arg_t arg[8] = {{DNNL_ARG_SRC, net->act[l->from].value},
                              {DNNL_ARG_DST, dst},
                              {DNNL_ARG_MEAN, l->mean},
                              {DNNL_ARG_VARIANCE, l->variance},
                              {DNNL_ARG_WORKSPACE, l->workspace}};
    int n = 5 + mi_norm_arguments(arg + 5, l->scale_shift, MI_NORM_FORWARD);
    return mi_program_add(&net->train, p, n, arg);
}

mi_status mi_net_norm_by(mi_net *net, mi_program *program, const mi_layer *l, dnnl_memory_t mean,
                         dnnl_memory_t variance, dnnl_memory_t dst)
{
    mi_md md = mi_dnn_md(net->act[l->from].value);
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    dnnl_status_t made = mi_pd_norm(&pd, net->dnn.engine, md, l->relu, 1, mi_norm_epsilon);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "batch normalisation"));
    dnnl_exec_arg_t arg[8] = {{DNNL_ARG_SRC, net->act[l->from].value},
                              {DNNL_ARG_DST, dst},
                              {DNNL_ARG_MEAN, mean},
                              {DNNL_ARG_VARIANCE, variance}};
    int n = 4 + mi_norm_arguments(arg + 4, l->scale_shift, MI_NORM_FORWARD);
    return mi_program_add(program, p, n, arg);
}

static mi_status norm_infer(mi_net *net, const mi_layer *l, dnnl_memory_t dst)
{
    mi_md md = mi_dnn_md(l->mean);
    dnnl_memory_t mean, variance;
    MI_TRY(mi_dnn_memory(&net->dnn, &mean, md, l->running->w));
    MI_TRY(mi_dnn_memory(&net->dnn, &variance, md, l->running->w + net->act[l->from].c));
    return mi_net_norm_by(net, &net->infer, l, mean, variance, dst);
}

mi_status mi_net_norm(mi_net *net, int from, int relu, int *to)
{
    const mi_activation a = net->act[from];
    dnnl_memory_t dst;
    mi_layer *l;
    MI_TRY(new_layer(net, &l, MI_LAYER_NORM, from));
    l->relu = relu;
    MI_TRY(norm_memories(net, l, a.c));
    MI_TRY(mi_arena_memory(net, &dst, mi_dnn_md(a.value), -1));
    MI_TRY(norm_train(net, l, dst));
    MI_TRY(norm_infer(net, l, dst));
    MI_TRY(new_activation(net, to, dst, a.c, a.h, a.w));
    l->to = *to;
    return MI_OK;
}

void mi_net_forget(mi_net *net, int act)
{
    for (size_t k = 0; k < net->n_layers; k++)
        if (net->layer[k].to == act)
            net->layer[k].is_made_again = 1;
}

/* running = (1 - m) running + m of the batch, its variance unbiased, as PyTorch has it. */
static void move_running(const mi_net *net, const mi_layer *l)
{
    const mi_activation *a = &net->act[l->from];
    size_t c = (size_t)a->c;
    double places = (double)net->n * a->h * a->w;
    float unbias = (float)(places / (places - 1));
    for (size_t k = 0; k < 2 * c; k++) {
        float batch = l->batch[k] * (k < c ? 1 : unbias);
        l->running->w[k] += MOMENTUM * (batch - l->running->w[k]);
    }
}

/* ---- join ---- */

mi_status mi_net_join(mi_net *net, int a, int b, int *to)
{
    const mi_activation first = net->act[a];
    mi_md md = mi_dnn_md(first.value);
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    mi_layer *l;
    MI_TRY(new_layer(net, &l, MI_LAYER_JOIN, a));
    l->other = b;
    if (!dnnl_memory_desc_equal(md, mi_dnn_md(net->act[b].value)))
        return mi_fail(MI_ELIBRARY, "oneDNN laid two branches of a block out differently");
    dnnl_status_t made = mi_pd_add(&pd, net->dnn.engine, md, 1);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "addition"));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_SRC_0, first.value},
                                   {DNNL_ARG_SRC_1, net->act[b].value},
                                   {DNNL_ARG_DST, first.value}};
    MI_TRY(add_forward(net, p, 3, arg));
    MI_TRY(new_activation(net, to, first.value, first.c, first.h, first.w));
    l->to = *to;
    return MI_OK;
}

/* ---- pooling ---- */

/* (n,c,1,1) as the pooling leaves it, to the plain features. */
static mi_status plain_features(mi_net *net, dnnl_memory_t pooled)
{
    const dnnl_dims_t dims = {net->n, net->width, 1, 1};
    size_t bytes = (size_t)net->n * (size_t)net->width * sizeof(float);
    dnnl_primitive_t reorder;
    mi_md md;
    MI_TRY(mi_dnn_block(&net->dnn, &net->features, bytes));
    MI_TRY(mi_dnn_block(&net->dnn, &net->features_wanted, bytes));
    MI_TRY(mi_dnn_status(mi_md_new(&md, 4, dims, dnnl_f32, dnnl_nchw), "memory"));
    mi_status status = mi_dnn_memory(&net->dnn, &net->plain_features, md, net->features);
    if (status == MI_OK)
        status = mi_dnn_memory(&net->dnn, &net->plain_gradient, md, net->features_wanted);
    mi_md_free(md);
    MI_TRY(status);
    MI_TRY(mi_dnn_reorder(&net->dnn, &reorder, mi_dnn_md(pooled), mi_dnn_md(net->plain_features)));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_FROM, pooled}, {DNNL_ARG_TO, net->plain_features}};
    return add_forward(net, reorder, 2, arg);
}

/* What the means over places are taken of: floats, in the layout that bf16 has. */
static mi_status widen(mi_net *net, int from, int *to)
{
    const mi_activation a = net->act[from];
    const dnnl_dims_t dims = {net->n, a.c, a.h, a.w};
    size_t before = net->train.n;
    dnnl_memory_t floats;
    mi_layer *l;
    mi_md md;
    MI_TRY(new_layer(net, &l, MI_LAYER_WIDEN, from));
    MI_TRY(mi_dnn_status(mi_md_new(&md, 4, dims, dnnl_f32, dnnl_nChw16c), "memory"));
    mi_status status = mi_net_reordered(net, &net->train, a.value, md, &floats);
    mi_md_free(md);
    MI_TRY(status);
    MI_TRY(infer_too(net, before));
    MI_TRY(new_activation(net, to, floats, a.c, a.h, a.w));
    l->to = *to;
    return MI_OK;
}

static mi_status pool_floats(mi_net *net, int from)
{
    const mi_activation a = net->act[from];
    const dnnl_dims_t dims = {net->n, a.c, 1, 1};
    dnnl_memory_t pooled;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    mi_layer *l;
    mi_md any;
    MI_TRY(new_layer(net, &l, MI_LAYER_POOL, from));
    MI_TRY(mi_dnn_status(mi_md_new(&any, 4, dims, dnnl_f32, dnnl_format_tag_any), "memory"));
    dnnl_status_t made = mi_pd_pool(&pd, net->dnn.engine, mi_dnn_md(a.value), any, a.h, a.w);
    mi_status status = keep_forward(net, l, &p, made, pd, "pooling");
    mi_md_free(any);
    MI_TRY(status);
    MI_TRY(mi_arena_memory(net, &pooled, query(pd, dnnl_query_dst_md), -1));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_SRC, a.value}, {DNNL_ARG_DST, pooled}};
    MI_TRY(add_forward(net, p, 2, arg));
    MI_TRY(new_activation(net, &l->to, pooled, a.c, 1, 1));
    net->width = a.c;
    return plain_features(net, pooled);
}

mi_status mi_net_pool(mi_net *net, int from)
{
    if (net->type != dnnl_f32)
        MI_TRY(widen(net, from, &from));
    MI_TRY(pool_floats(net, from));
    return mi_net_plan_back(net);
}

/* ---- running ---- */

mi_status mi_net_forward(mi_net *net)
{
    MI_TRY(mi_dnn_run(&net->dnn, &net->train));
    for (size_t k = 0; k < net->n_layers; k++)
        if (net->layer[k].kind == MI_LAYER_NORM)
            move_running(net, &net->layer[k]);
    return MI_OK;
}

mi_status mi_net_infer(mi_net *net)
{
    return mi_dnn_run(&net->dnn, &net->infer);
}

mi_status mi_net_backward(mi_net *net)
{
    return mi_dnn_run(&net->dnn, &net->back);
}

/* ---- values ---- */

mi_status mi_net_get(mi_net *net, mi_param *p, const float *from, float *plain)
{
    if (!p->to_plain) {
        memcpy(plain, from, p->plain * sizeof *plain);
        return MI_OK;
    }
    dnnl_memory_set_data_handle(p->own, (float *)from);
    dnnl_memory_set_data_handle(p->outside, plain);
    return mi_dnn_copy(&net->dnn, p->to_plain, p->own, p->outside);
}

mi_status mi_net_set(mi_net *net, mi_param *p, float *to, const float *plain)
{
    if (!p->from_plain) {
        memcpy(to, plain, p->plain * sizeof *plain);
        return MI_OK;
    }
    dnnl_memory_set_data_handle(p->own, to);
    dnnl_memory_set_data_handle(p->outside, (float *)plain);
    return mi_dnn_copy(&net->dnn, p->from_plain, p->outside, p->own);
}

static mi_status draw_convolution(mi_net *net, mi_param *p, mi_draw *draw)
{
    float *plain, scale = sqrtf(2.0f / (float)(p->axis[1] * p->axis[2] * p->axis[3]));
    MI_TRY(MI_NEW_RAW(plain, p->plain));
    for (size_t k = 0; k < p->plain; k++)
        plain[k] = scale * mi_draw_normal(draw);
    mi_status status = mi_net_set(net, p, p->w, plain);
    mi_free(plain);
    return status;
}

mi_status mi_net_draw(mi_net *net, unsigned long seed)
{
    for (size_t k = 0; k < net->n_layers; k++) {
        mi_layer *l = &net->layer[k];
        mi_draw draw = mi_draw_start(seed, MI_DRAW_ENCODER, k, 0);
        if (l->kind == MI_LAYER_CONVOLUTION)
            MI_TRY(draw_convolution(net, l->weight, &draw));
        for (size_t c = 0; l->kind == MI_LAYER_NORM && c < l->weight->axis[1]; c++) {
            l->weight->w[c] = 1;
            l->running->w[l->weight->axis[1] + c] = 1;
        }
    }
    return MI_OK;
}
