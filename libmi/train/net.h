/* net.h - convolutional encoders: a network is built layer by layer and becomes three programs of
 * oneDNN's primitives. Private.
 *
 * uses: base/mem train/onednn
 *
 * Letters: n images of a batch, c channels, h x w places. Activations and weights
 * lie as oneDNN's convolutions like them (blocks of channels); what goes in and comes out is plain.
 *
 *     onednn.[ch]    oneDNN's descriptors, in versions 2 and 3 of its interface
 *     budget.c       memory, counted before it is taken
 *     param.c        parameters: weights, gradients, the statistics of normalisations
 *     dnn.c          engine, memories, primitives; who frees them
 *     net.c          layers forward, in training and in inference
 *     net_back.c     layers backward
 *     arena.c        which values and gradients share memory
 *     encoder.c      the architectures
 */
#ifndef MI_TRAIN_NET_H
#define MI_TRAIN_NET_H

#include <stdint.h>

#include "libmi/base/mem.h"
#include "libmi/train/onednn.h"

/* ---- memory ---- */

/* What a run may take, in bytes. */
typedef struct {
    double allowed, taken;
    int is_given; /* what is allowed was asked for, not found */
} mi_budget;

/* Count what is about to be taken. NULL: anything is allowed. Errors: MI_EMEMORY. */
mi_status mi_budget_take(mi_budget *b, double bytes);

/* ---- parameters ---- */

typedef struct {
    char name[40];
    int axes;
    size_t axis[4];
    int is_frozen; /* the optimiser leaves it as it is */
    int decays;    /* weights do; scales, shifts and biases do not */
    size_t plain;  /* elements: the product of the axes */
    size_t count;  /* elements in memory, with the padding of the layout */
    float *w;      /* (count) values */
    float *g;      /* (count) gradient; NULL: a statistic, which is not trained */
    float *m, *v;  /* (count) moments of the optimiser; v may be NULL */
    /* How values get to the plain row-major layout and back; NULL: they lie so already. */
    dnnl_primitive_t to_plain, from_plain;
    dnnl_memory_t own, outside; /* the arguments of both: handles change */
} mi_param;

typedef struct {
    mi_param **p;
    size_t n, room;
    mi_budget *budget; /* that values are of; NULL: of none */
} mi_params;

/* A new parameter of `count` elements in memory (0: as many as its axes say), zeroed; a gradient and
 * a first moment where it is trained. The list owns it. */
mi_status mi_params_add(mi_params *list, mi_param **out, const char *name, int axes,
                        const size_t *axis, size_t count, int is_trained);
void mi_params_free(mi_params *list);

/* ---- oneDNN ---- */

/* A primitive with its arguments, ready to run. */
typedef struct {
    dnnl_primitive_t p;
    int n;
    dnnl_exec_arg_t arg[10];
} mi_step;

typedef struct {
    mi_step *step;
    size_t n, room;
} mi_program;

/* Engine and stream, and all that was made on them. */
typedef struct {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_t *primitive;
    size_t n_primitives, room_primitives;
    dnnl_memory_t *memory;
    size_t n_memories, room_memories;
    void **block;
    size_t n_blocks, room_blocks;
    mi_budget *budget; /* that blocks and scratch are of; NULL: of none */
    int64_t scratch;   /* bytes that the greediest primitive works in, which all share */
} mi_dnn;

mi_status mi_dnn_open(mi_dnn *d);
void mi_dnn_close(mi_dnn *d);

/* MI_OK, or that oneDNN could not make or run `what`. */
mi_status mi_dnn_status(dnnl_status_t status, const char *what);

/* Memory of `bytes`, zeroed, aligned, in large pages where it is large. */
mi_status mi_dnn_block(mi_dnn *d, void *to, size_t bytes);

/* A memory object over `data`; NULL: over memory of its own. */
mi_status mi_dnn_memory(mi_dnn *d, dnnl_memory_t *out, mi_md md, void *data);
/* One whose address is set later. */
mi_status mi_dnn_memory_later(mi_dnn *d, dnnl_memory_t *out, mi_md md);
mi_md mi_dnn_md(dnnl_memory_t memory);

/* A primitive of a descriptor, which is freed in any case. */
mi_status mi_dnn_primitive(mi_dnn *d, dnnl_primitive_t *out, dnnl_status_t made,
                           dnnl_primitive_desc_t pd, const char *what);

mi_status mi_dnn_reorder(mi_dnn *d, dnnl_primitive_t *out, mi_md from, mi_md to);
mi_status mi_dnn_run(mi_dnn *d, const mi_program *program);
mi_status mi_dnn_copy(mi_dnn *d, dnnl_primitive_t reorder, dnnl_memory_t from, dnnl_memory_t to);

/* A step more; n arguments follow as pairs of int and dnnl_memory_t, NULL ones are left out. */
mi_status mi_program_add(mi_program *program, dnnl_primitive_t p, int n,
                         const dnnl_exec_arg_t *arg);

/* ---- networks ---- */

/* What flows between two layers, with its gradient once the way back is planned. */
typedef struct {
    dnnl_memory_t value, gradient;
    int c, h, w;
    int piece; /* that holds the gradient; -1: none yet */
} mi_activation;

typedef enum {
    MI_LAYER_CONVOLUTION,
    MI_LAYER_NORM,
    MI_LAYER_JOIN,
    MI_LAYER_POOL,
    MI_LAYER_WIDEN
} mi_layer_kind;

typedef struct {
    mi_layer_kind kind;
    int from, other, to;           /* activations; other: of a join */
    int relu;                      /* norm */
    int is_made_again;             /* norm: what it made is not kept for the way back */
    mi_convolution form;           /* convolution: descriptors of its memories */
    mi_param *weight;              /* convolution (c_out,c_in,k,k); norm (2,c): scale, shift */
    mi_param *running;             /* norm (2,c): mean and variance, for inference */
    float *batch;                  /* norm (2,c): mean and variance of the batch */
    dnnl_memory_t weights;         /* convolution: in the layout of its gradient */
    dnnl_memory_t mean, variance;  /* norm, of the batch */
    dnnl_memory_t scale_shift[2];  /* norm */
    dnnl_memory_t workspace;       /* norm with relu */
    dnnl_primitive_desc_t forward; /* hint for the way back */
} mi_layer;

/* Part of a network's memory: what lies in it is wanted from one step to another of a pass forward and
 * back; at other times others lie in its place. */
typedef struct {
    size_t bytes, offset, first, last;
    int users; /* gradients in it that layers are still to read, while the way back is planned */
    dnnl_memory_t *memory; /* that lie in it */
    size_t n, room;
} mi_piece;

typedef struct {
    mi_piece *piece;
    size_t n, room, bytes;
} mi_arena;

typedef struct {
    mi_dnn dnn;
    mi_params params;
    dnnl_data_type_t
        type; /* f32 or bf16: of activations, their gradients, weights in convolutions */
    int n;    /* images of a batch */
    mi_activation *act;
    size_t n_acts, room_acts;
    mi_layer *layer;
    size_t n_layers, room_layers;
    mi_arena arena;
    mi_program train, infer, back;
    int width;              /* d of the features */
    float *images;          /* (n,c,h,w) in */
    float *features;        /* (n,d) out */
    float *features_wanted; /* (n,d) gradient with respect to the features: in of the way back */
    dnnl_memory_t plain_features, plain_gradient;
} mi_net;

/* A network over batches of n images (c,h,w) that computes in floats, or in bf16 (dnnl_f32, dnnl_bf16):
 * then activations, their gradients and the weights that convolutions read are rounded to 8 bits; the
 * weights that the optimiser moves, sums inside of convolutions, statistics and features are floats.
 * Free with mi_net_free, also after a failure. */
mi_status mi_net_begin(mi_net *net, dnnl_data_type_t type, int n, int c, int h, int w);
void mi_net_free(mi_net *net);

/* Layers; activations go by number, 0 is the images. Kernels are square, with padding k / 2. `like`:
 * an activation of the same shape whose layout the result takes, so that they can be joined; -1:
 * the fastest. */
mi_status mi_net_convolution(mi_net *net, int from, int channels, int kernel, int stride, int like,
                             int *to);
mi_status mi_net_norm(mi_net *net, int from, int relu, int *to);
/* What a normalisation made, and one convolution alone reads, is not kept for the way back but made
 * again: memory for a pass over it. */
void mi_net_forget(mi_net *net, int act);
/* max(0, a + b), in the place of a. */
mi_status mi_net_join(mi_net *net, int a, int b, int *to);
/* Features: the mean over all places. The last layer; the way back is planned then. */
mi_status mi_net_pool(mi_net *net, int from);
mi_status mi_net_plan_back(mi_net *net);

/* A new piece, empty. */
mi_status mi_arena_piece(mi_arena *a, int *number);
/* A memory in a piece, or with -1 in a new one. Its address comes with mi_arena_place. */
mi_status mi_arena_memory(mi_net *net, dnnl_memory_t *out, mi_md md, int number);
/* Memory for all pieces, once the programs are complete. O(steps memories). */
mi_status mi_arena_place(mi_net *net);
void mi_arena_free(mi_arena *a);

/* Convolutions: normal weights of variance 2 / (c_in k^2) (He et al., ICCV 2015). Scales 1, shifts
 * 0, variances 1. */
mi_status mi_net_draw(mi_net *net, unsigned long seed);

/* images -> features, normalised by the batch's own statistics, which move the running ones. */
mi_status mi_net_forward(mi_net *net);
/* The same by the running statistics. */
mi_status mi_net_infer(mi_net *net);
/* features_wanted -> the gradient of every parameter, after mi_net_forward. */
mi_status mi_net_backward(mi_net *net);

/* Values of a parameter in its plain layout. */
mi_status mi_net_get(mi_net *net, mi_param *p, const float *from, float *plain);
mi_status mi_net_set(mi_net *net, mi_param *p, float *to, const float *plain);

/* ---- architectures ---- */

/* "small": 3-32-64-128-256 channels, 3 x 3, strides 1 2 2 2. "resnetN", N = 6k+2: the CIFAR ResNet
 * of three stages of k blocks (He et al., CVPR 2016), width 16. "resnet18": four stages of two
 * blocks behind a 3 x 3 stem of stride 1, width 64. width: a multiple of 16; 0: as said. Errors:
 * MI_EUSAGE. */
mi_status mi_encoder_build(mi_net *net, const char *name, int width);

#endif
