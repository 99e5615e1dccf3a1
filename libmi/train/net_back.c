/* The way back through a network: each layer's gradient, last layer first, and where it lies.
 *
 * Gradients live in few buffers. One is taken when a layer makes the gradient of what it read, and
 * given back when the layer that made that value has used it. A join hands one buffer to both of its
 * branches; what two layers have read gets the sum of their gradients. The block
 *
 *     a -> convolution -> b -> normalisation -> c,   max(0, c + a) -> d
 *
 * (a having other readers too) goes: d's gradient in buffer 0, masked in place, is that of c and of a (two users); the
 * normalisation may not work in place and leaves b's in buffer 1; the convolution makes its part of
 * a's in buffer 2, which is added to buffer 0. */
#include "libmi/train/net.h"

#include "libmi/train/private.h"

/* ---- buffers ---- */

static size_t bytes_of(const mi_net *net, int act)
{
    return dnnl_memory_desc_get_size(mi_dnn_md(net->act[act].value));
}

/* The free buffer that has to grow least, or a new one. */
static mi_status take_buffer(mi_net *net, size_t bytes, int *number)
{
    int best = -1;
    for (size_t k = 0; k < net->n_buffers; k++) {
        const mi_gradient_buffer *b = &net->buffer[k];
        if (b->users == 0 && !b->data && (best < 0 || b->bytes > net->buffer[best].bytes))
            best = (int)k;
    }
    if (best < 0) {
        MI_TRY(mi_grow(&net->buffer, net->n_buffers, &net->room_buffers, sizeof *net->buffer));
        best = (int)net->n_buffers++;
        net->buffer[best] = (mi_gradient_buffer){0};
    }
    mi_gradient_buffer *b = &net->buffer[best];
    b->users = 1;
    b->bytes = b->bytes > bytes ? b->bytes : bytes;
    *number = best;
    return MI_OK;
}

/* What a normalisation with ReLU gave to one convolution alone is not needed once that has the gradient
 * of its weights: the normalisation goes back by what it read, and by its workspace. The gradient
 * takes its place. */
static int may_be_overwritten(const mi_net *net, int act)
{
    int readers = 0, is_norm = 0;
    for (size_t k = 0; k < net->n_layers; k++) {
        const mi_layer *l = &net->layer[k];
        readers += l->from == act || l->other == act;
        is_norm |= l->to == act && l->kind == MI_LAYER_NORM && l->relu;
    }
    return is_norm && readers == 1;
}

static mi_status buffer_of_value(mi_net *net, int act, int *number)
{
    void *data;
    MI_TRY(mi_dnn_status(dnnl_memory_get_data_handle(net->act[act].value, &data), "memory"));
    MI_TRY(mi_grow(&net->buffer, net->n_buffers, &net->room_buffers, sizeof *net->buffer));
    *number = (int)net->n_buffers++;
    net->buffer[*number] = (mi_gradient_buffer){.users = 1, .data = data};
    return MI_OK;
}

/* A memory like the value of an activation in a buffer, whose address comes when all are known. */
static mi_status memory_in(mi_net *net, int number, int act, dnnl_memory_t *out)
{
    mi_gradient_buffer *b = &net->buffer[number];
    MI_TRY(mi_grow(&b->memory, b->n, &b->room, sizeof(dnnl_memory_t)));
    MI_TRY(mi_dnn_memory_later(&net->dnn, out, mi_dnn_md(net->act[act].value)));
    b->memory[b->n++] = *out;
    return MI_OK;
}

static mi_status allocate_buffers(mi_net *net)
{
    for (size_t k = 0; k < net->n_buffers; k++) {
        void *data = net->buffer[k].data;
        if (!data)
            MI_TRY(mi_dnn_block(&net->dnn, &data, net->buffer[k].bytes));
        for (size_t m = 0; m < net->buffer[k].n; m++)
            dnnl_memory_set_data_handle(net->buffer[k].memory[m], data);
    }
    return MI_OK;
}

/* A gradient of `act` lies in the buffer: its first, or one that is added to it. */
static mi_status contribute(mi_net *net, int act, int number, dnnl_memory_t part)
{
    mi_activation *a = &net->act[act];
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    if (a->buffer < 0) {
        a->buffer = number;
        a->gradient = part;
        return MI_OK;
    }
    dnnl_status_t made = mi_pd_add(&pd, net->dnn.engine, mi_dnn_md(a->value), 0);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "addition"));
    /* Into the new part, so that one who shares the old is not disturbed. */
    const dnnl_exec_arg_t arg[] = {
        {DNNL_ARG_SRC_0, part}, {DNNL_ARG_SRC_1, a->gradient}, {DNNL_ARG_DST, part}};
    MI_TRY(mi_program_add(&net->back, p, 3, arg));
    net->buffer[a->buffer].users--;
    a->buffer = number;
    a->gradient = part;
    return MI_OK;
}

/* ---- layers ---- */

static mi_status convolution_weights(mi_net *net, const mi_layer *l, const mi_convolution *form)
{
    mi_md md = mi_dnn_md(l->weights);
    mi_convolution f = *form;
    dnnl_memory_t gradient;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    f.weights = md;
    dnnl_status_t made = mi_pd_convolution_weights(&pd, net->dnn.engine, &f, l->forward);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "convolution"));
    MI_TRY(mi_dnn_memory(&net->dnn, &gradient, md, l->weight->g));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_SRC, net->act[l->from].value},
                                   {DNNL_ARG_DIFF_DST, net->act[l->to].gradient},
                                   {DNNL_ARG_DIFF_WEIGHTS, gradient}};
    return mi_program_add(&net->back, p, 3, arg);
}

static mi_status convolution_data(mi_net *net, const mi_layer *l, const mi_convolution *form)
{
    int number;
    mi_md wanted;
    dnnl_memory_t part, weights;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    dnnl_status_t made = mi_pd_convolution_data(&pd, net->dnn.engine, form, l->forward);
    MI_TRY(mi_dnn_status(made, "convolution"));
    wanted = dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
    mi_status status = mi_net_weights_for(net, &net->back, l, wanted, &weights);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "convolution"));
    MI_TRY(status);
    MI_TRY(may_be_overwritten(net, l->from) ? buffer_of_value(net, l->from, &number)
                                            : take_buffer(net, bytes_of(net, l->from), &number));
    MI_TRY(memory_in(net, number, l->from, &part));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_DIFF_DST, net->act[l->to].gradient},
                                   {DNNL_ARG_WEIGHTS, weights},
                                   {DNNL_ARG_DIFF_SRC, part}};
    MI_TRY(mi_program_add(&net->back, p, 3, arg));
    return contribute(net, l->from, number, part);
}

static mi_status convolution_back(mi_net *net, const mi_layer *l)
{
    const mi_param *w = l->weight;
    const dnnl_dims_t dims = {(dnnl_dim_t)w->axis[0], (dnnl_dim_t)w->axis[1],
                              (dnnl_dim_t)w->axis[2], (dnnl_dim_t)w->axis[3]};
    mi_md any;
    mi_convolution form = l->form;
    MI_TRY(mi_dnn_status(mi_md_new(&any, 4, dims, net->type, dnnl_format_tag_any), "memory"));
    form.weights = any;
    form.src = mi_dnn_md(net->act[l->from].value);
    form.dst = mi_dnn_md(net->act[l->to].value);
    mi_status status = convolution_weights(net, l, &form);
    if (status == MI_OK && l->from != 0) /* images need no gradient */
        status = convolution_data(net, l, &form);
    mi_md_free(any);
    net->buffer[net->act[l->to].buffer].users--;
    return status;
}

/* In place where nobody shares the buffer. */
static mi_status norm_back(mi_net *net, const mi_layer *l)
{
    mi_activation *to = &net->act[l->to];
    int number = to->buffer, c = to->c;
    dnnl_memory_t gradient[2], part;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    dnnl_status_t made = mi_pd_norm_backward(&pd, net->dnn.engine, mi_dnn_md(to->value), l->relu,
                                             mi_norm_epsilon, l->forward);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "batch normalisation"));
    MI_TRY(mi_dnn_status(mi_norm_memories(gradient, net->dnn.engine, l->weight->g, c), "memory"));
    MI_TRY(mi_dnn_adopt(&net->dnn, gradient));
    if (net->buffer[number].users > 1)
        MI_TRY(take_buffer(net, bytes_of(net, l->from), &number));
    MI_TRY(memory_in(net, number, l->from, &part));
    dnnl_exec_arg_t arg[10] = {{DNNL_ARG_SRC, net->act[l->from].value},
                               {DNNL_ARG_DIFF_DST, to->gradient},
                               {DNNL_ARG_MEAN, l->mean},
                               {DNNL_ARG_VARIANCE, l->variance},
                               {DNNL_ARG_WORKSPACE, l->workspace},
                               {DNNL_ARG_DIFF_SRC, part}};
    int n = 6 + mi_norm_arguments(arg + 6, l->scale_shift, MI_NORM_BACK);
    n += mi_norm_arguments(arg + n, gradient, MI_NORM_GRADIENT);
    MI_TRY(mi_program_add(&net->back, p, n, arg));
    if (number != to->buffer)
        net->buffer[to->buffer].users--;
    return contribute(net, l->from, number, part);
}

static mi_status join_back(mi_net *net, const mi_layer *l)
{
    mi_activation *to = &net->act[l->to];
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    dnnl_status_t made = mi_pd_relu_backward(&pd, net->dnn.engine, mi_dnn_md(to->value));
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "ReLU"));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_DST, to->value},
                                   {DNNL_ARG_DIFF_DST, to->gradient},
                                   {DNNL_ARG_DIFF_SRC, to->gradient}};
    MI_TRY(mi_program_add(&net->back, p, 3, arg));
    net->buffer[to->buffer].users++;
    MI_TRY(contribute(net, l->from, to->buffer, to->gradient));
    return contribute(net, l->other, to->buffer, to->gradient);
}

static mi_status pool_back(mi_net *net, const mi_layer *l)
{
    const mi_activation *to = &net->act[l->to], *from = &net->act[l->from];
    dnnl_memory_t pooled, part;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t reorder, p;
    int number;
    MI_TRY(mi_dnn_memory(&net->dnn, &pooled, mi_dnn_md(to->value), NULL));
    MI_TRY(mi_dnn_reorder(&net->dnn, &reorder, mi_dnn_md(net->plain_gradient), mi_dnn_md(pooled)));
    const dnnl_exec_arg_t in[] = {{DNNL_ARG_FROM, net->plain_gradient}, {DNNL_ARG_TO, pooled}};
    MI_TRY(mi_program_add(&net->back, reorder, 2, in));
    dnnl_status_t made = mi_pd_pool_backward(&pd, net->dnn.engine, mi_dnn_md(from->value),
                                             mi_dnn_md(pooled), from->h, from->w, l->forward);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "pooling"));
    MI_TRY(take_buffer(net, bytes_of(net, l->from), &number));
    MI_TRY(memory_in(net, number, l->from, &part));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_DIFF_DST, pooled}, {DNNL_ARG_DIFF_SRC, part}};
    MI_TRY(mi_program_add(&net->back, p, 2, arg));
    return contribute(net, l->from, number, part);
}

/* The gradient of floats, rounded. */
static mi_status widen_back(mi_net *net, const mi_layer *l)
{
    mi_activation *to = &net->act[l->to];
    dnnl_memory_t part;
    dnnl_primitive_t reorder;
    int number;
    MI_TRY(take_buffer(net, bytes_of(net, l->from), &number));
    MI_TRY(memory_in(net, number, l->from, &part));
    MI_TRY(mi_dnn_reorder(&net->dnn, &reorder, mi_dnn_md(to->gradient), mi_dnn_md(part)));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_FROM, to->gradient}, {DNNL_ARG_TO, part}};
    MI_TRY(mi_program_add(&net->back, reorder, 2, arg));
    net->buffer[to->buffer].users--;
    return contribute(net, l->from, number, part);
}

mi_status mi_net_plan_back(mi_net *net)
{
    static mi_status (*const back[])(mi_net *, const mi_layer *) = {
        [MI_LAYER_CONVOLUTION] = convolution_back,
        [MI_LAYER_NORM] = norm_back,
        [MI_LAYER_JOIN] = join_back,
        [MI_LAYER_POOL] = pool_back,
        [MI_LAYER_WIDEN] = widen_back,
    };
    for (size_t k = net->n_layers; k-- > 0;)
        MI_TRY(back[net->layer[k].kind](net, &net->layer[k]));
    return allocate_buffers(net);
}
