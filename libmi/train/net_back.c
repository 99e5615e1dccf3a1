/* The way back through a network: each layer's gradient, last layer first.
 *
 * A layer reads the gradient of what it made and leaves that of what it read; an activation that two
 * layers have read gets the sum of theirs. A join hands one gradient to both of its branches. The block
 *
 *     a -> convolution -> b -> normalisation -> c,   max(0, c + a) -> d
 *
 * (a having other readers too) goes: d's gradient, masked in place, is that of c and of a (two users); the
 * normalisation may not work in place and leaves b's in a piece of its own; the convolution makes its part of
 * a's, to which the first is added. */
#include "libmi/train/net.h"

#include "libmi/train/private.h"

/* ---- where gradients lie ---- */

/* A gradient like the value of an activation, in a new piece. */
static mi_status new_gradient(mi_net *net, int act, int *piece, dnnl_memory_t *out)
{
    MI_TRY(mi_arena_piece(&net->arena, piece));
    net->arena.piece[*piece].users = 1;
    return mi_arena_memory(net, out, mi_dnn_md(net->act[act].value), *piece);
}

/* A layer has read the gradient of what it made. */
static void is_read(mi_net *net, int act)
{
    net->arena.piece[net->act[act].piece].users--;
}

/* A gradient of `act` lies in the piece: its first, or one that is added to it. */
static mi_status contribute(mi_net *net, int act, int piece, dnnl_memory_t part)
{
    mi_activation *a = &net->act[act];
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    if (a->piece < 0) {
        a->piece = piece;
        a->gradient = part;
        return MI_OK;
    }
    dnnl_status_t made = mi_pd_add(&pd, net->dnn.engine, mi_dnn_md(a->value), 0);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "addition"));
    /* Into the new part, so that one who shares the old is not disturbed. */
    const dnnl_exec_arg_t arg[] = {
        {DNNL_ARG_SRC_0, part}, {DNNL_ARG_SRC_1, a->gradient}, {DNNL_ARG_DST, part}};
    MI_TRY(mi_program_add(&net->back, p, 3, arg));
    is_read(net, act);
    a->piece = piece;
    a->gradient = part;
    return MI_OK;
}

/* ---- layers ---- */

/* What the layer has read: as it lies there, or made again. */
static mi_status value_read(mi_net *net, const mi_layer *l, dnnl_memory_t *out)
{
    *out = net->act[l->from].value;
    for (size_t k = 0; k < net->n_layers; k++) {
        const mi_layer *norm = &net->layer[k];
        if (norm->to != l->from || !norm->is_made_again)
            continue;
        MI_TRY(mi_arena_memory(net, out, mi_dnn_md(net->act[l->from].value), -1));
        return mi_net_norm_by(net, &net->back, norm, norm->mean, norm->variance, *out);
    }
    return MI_OK;
}

static mi_status convolution_weights(mi_net *net, const mi_layer *l, const mi_convolution *form)
{
    mi_md md = mi_dnn_md(l->weights);
    mi_convolution f = *form;
    dnnl_memory_t gradient, src;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    f.weights = md;
    dnnl_status_t made = mi_pd_convolution_weights(&pd, net->dnn.engine, &f, l->forward);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "convolution"));
    MI_TRY(mi_dnn_memory(&net->dnn, &gradient, md, l->weight->g));
    MI_TRY(value_read(net, l, &src));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_SRC, src},
                                   {DNNL_ARG_DIFF_DST, net->act[l->to].gradient},
                                   {DNNL_ARG_DIFF_WEIGHTS, gradient}};
    return mi_program_add(&net->back, p, 3, arg);
}

static mi_status convolution_data(mi_net *net, const mi_layer *l, const mi_convolution *form)
{
    int piece;
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
    MI_TRY(new_gradient(net, l->from, &piece, &part));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_DIFF_DST, net->act[l->to].gradient},
                                   {DNNL_ARG_WEIGHTS, weights},
                                   {DNNL_ARG_DIFF_SRC, part}};
    MI_TRY(mi_program_add(&net->back, p, 3, arg));
    return contribute(net, l->from, piece, part);
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
    is_read(net, l->to);
    return status;
}

/* In place where nobody else is to read the gradient. */
static mi_status norm_back(mi_net *net, const mi_layer *l)
{
    mi_activation *to = &net->act[l->to];
    int piece = to->piece, c = to->c;
    dnnl_memory_t gradient[2], part = to->gradient;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    dnnl_status_t made = mi_pd_norm_backward(&pd, net->dnn.engine, mi_dnn_md(to->value), l->relu,
                                             mi_norm_epsilon, l->forward);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "batch normalisation"));
    MI_TRY(mi_dnn_status(mi_norm_memories(gradient, net->dnn.engine, l->weight->g, c), "memory"));
    MI_TRY(mi_dnn_adopt(&net->dnn, gradient));
    if (net->arena.piece[piece].users > 1)
        MI_TRY(new_gradient(net, l->from, &piece, &part));
    dnnl_exec_arg_t arg[10] = {{DNNL_ARG_SRC, net->act[l->from].value},
                               {DNNL_ARG_DIFF_DST, to->gradient},
                               {DNNL_ARG_MEAN, l->mean},
                               {DNNL_ARG_VARIANCE, l->variance},
                               {DNNL_ARG_WORKSPACE, l->workspace},
                               {DNNL_ARG_DIFF_SRC, part}};
    int n = 6 + mi_norm_arguments(arg + 6, l->scale_shift, MI_NORM_BACK);
    n += mi_norm_arguments(arg + n, gradient, MI_NORM_GRADIENT);
    MI_TRY(mi_program_add(&net->back, p, n, arg));
    if (piece != to->piece)
        is_read(net, l->to);
    return contribute(net, l->from, piece, part);
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
    net->arena.piece[to->piece].users++;
    MI_TRY(contribute(net, l->from, to->piece, to->gradient));
    return contribute(net, l->other, to->piece, to->gradient);
}

static mi_status pool_back(mi_net *net, const mi_layer *l)
{
    const mi_activation *to = &net->act[l->to], *from = &net->act[l->from];
    dnnl_memory_t pooled, part;
    dnnl_primitive_desc_t pd;
    dnnl_primitive_t p;
    int piece;
    MI_TRY(mi_net_reordered(net, &net->back, net->plain_gradient, mi_dnn_md(to->value), &pooled));
    dnnl_status_t made = mi_pd_pool_backward(&pd, net->dnn.engine, mi_dnn_md(from->value),
                                             mi_dnn_md(pooled), from->h, from->w, l->forward);
    MI_TRY(mi_dnn_primitive(&net->dnn, &p, made, pd, "pooling"));
    MI_TRY(new_gradient(net, l->from, &piece, &part));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_DIFF_DST, pooled}, {DNNL_ARG_DIFF_SRC, part}};
    MI_TRY(mi_program_add(&net->back, p, 2, arg));
    return contribute(net, l->from, piece, part);
}

/* The gradient of floats, rounded. */
static mi_status widen_back(mi_net *net, const mi_layer *l)
{
    mi_activation *to = &net->act[l->to];
    dnnl_memory_t part;
    dnnl_primitive_t reorder;
    int piece;
    MI_TRY(new_gradient(net, l->from, &piece, &part));
    MI_TRY(mi_dnn_reorder(&net->dnn, &reorder, mi_dnn_md(to->gradient), mi_dnn_md(part)));
    const dnnl_exec_arg_t arg[] = {{DNNL_ARG_FROM, to->gradient}, {DNNL_ARG_TO, part}};
    MI_TRY(mi_program_add(&net->back, reorder, 2, arg));
    is_read(net, l->to);
    return contribute(net, l->from, piece, part);
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
    return mi_arena_place(net);
}
