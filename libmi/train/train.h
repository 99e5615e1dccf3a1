/* train.h - self-supervised training of a small encoder and a projector that is thrown away.
 *
 * uses: base/pool base/run features/write images/images train/trainer
 *
 * A library of its own, libmi-train, on oneDNN: programs that only measure do not link it. One run
 * reads images, trains by InfoNCE (SimCLR) or Barlow Twins, and leaves a features file with a group
 * a checkpoint: two views of a fixed part of the test images through encoder (z1) and projector
 * (z2), their image (r) and class (y), and as attributes the loss, the accuracy of a linear probe of
 * clean features, and every option.
 *
 * A run that was ended goes on from its last checkpoint, or from where a signal stopped it, to the
 * same values as one that was not: all draws are functions of the seed and of where they are used.
 */
#ifndef MI_TRAIN_H
#define MI_TRAIN_H

#include "libmi/base/run.h"
#include "libmi/features/write.h"
#include "libmi/images/images.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { MI_LOSS_INFONCE, MI_LOSS_BARLOW, MI_LOSSES } mi_loss_kind;
typedef enum {
    MI_OPTIMISER_SGD,
    MI_OPTIMISER_ADAMW,
    MI_OPTIMISER_LARS,
    MI_OPTIMISERS
} mi_optimiser;

/* What convolutions compute in. MI_PRECISION_BF16: activations and their gradients have 8 bits, and
 * so have the weights that convolutions read; sums, batch statistics, dense layers, losses, and the
 * weights that the optimiser moves are floats. */
typedef enum { MI_PRECISION_F32, MI_PRECISION_BF16 } mi_precision;

typedef struct {
    const char *encoder;   /* "small" (default), "resnetN", "resnet18" */
    size_t width;          /* channels of the first convolution, a multiple of 16; 0 (default):
                                    32, 16, 64 */
    const char *init;      /* a file of --save whose encoder is begun with; NULL (default): drawn */
    int freeze;            /* the encoder stays as it is, statistics included; default 0 */
    const char *projector; /* a chain: "mlp" (default); see mi-train --help */
    size_t out;            /* columns of z2, >= 1; default 128 */
    mi_loss_kind loss;     /* default InfoNCE */
    double temperature;    /* InfoNCE, > 0; default 0.2 */
    double barlow_lambda;  /* Barlow Twins, > 0; default 0.0051 */
    double barlow_scale;   /* > 0; default 0.1 */
    double lambda;         /* of lambda I_a(Z1;Z2); default 0: none */
    double alpha;          /* its order, (0,inf]; default 2 */
    mi_optimiser optimiser; /* default SGD */
    double rate;            /* at the end of the warm-up, > 0; default 0.06 */
    double momentum;        /* SGD and LARS, [0,1); default 0.9 */
    double decay;           /* of weights, >= 0; default 5e-4 */
    double trust;           /* LARS: its coefficient, > 0; default 0.02 */
    size_t epochs;          /* >= 1; default 30 */
    double warmup;          /* epochs, >= 0, of which at most half the run is taken; default 2 */
    size_t batch;           /* images of a step, two views each, >= 2; default 256 */
    double crop;            /* least area of a crop, (0,1]; default 0.2 */
    double jitter;          /* strength of the colour jitter, >= 0; default 1 */
    double flip;            /* chance of a flip, [0,1]; default 0.5 */
    double grey;            /* chance of grey, [0,1]; default 0.2 */
    unsigned long seed;     /* default 1 */
    double every;           /* epochs between checkpoints, > 0; default 1 */
    size_t eval_images;     /* of the test part in every checkpoint; default 512 */
    size_t probe_images;    /* of each part for the probe; 0: all; default 10000 */
    mi_store store;         /* of z1 and z2: f16 (default) or f32 */
    mi_precision precision; /* default float32; bf16: on CPUs that have it (avx512_bf16) */
    int threads;            /* 0 (default): the CPUs this process may use */
    size_t memory_bytes; /* most that may be taken, the images included; 0 (default): three quarters
                               of what is free */
} mi_train_opts;

MI_API void mi_train_opts_default(mi_train_opts *o);

/* The settings that the paper's CIFAR experiments stand on: ResNet-18, an MLP of 2048 to 256, LARS
 * at rate 0.4 with coefficient 0.02 and decay 1e-4, batches of 256, temperature 0.2, 10 epochs of
 * warm-up. */
MI_API void mi_train_preset_paper_cifar(mi_train_opts *o);

/* Where a run is. */
typedef struct {
    double epoch, epochs;
    size_t step, steps;
    double loss; /* mean since the last checkpoint */
    double rate;
    double information; /* lambda > 0: I_a(Z1;Z2) of the last batch; else nan */
    double accuracy;    /* of the last checkpoint; nan before the first */
    int is_checkpoint;  /* one was just written */
} mi_train_state;

typedef struct {
    const char *out;     /* features */
    const char *save;    /* weights at the end; NULL: none */
    int resume;          /* go on with `out` */
    const char *history; /* command line, for the attribute; NULL: none */
    /* After every step and checkpoint; NULL: nobody asks. */
    void (*progress)(void *arg, const mi_train_state *s);
    void *progress_arg;
    const volatile int *stop; /* becomes 1: keep the state and end; NULL: nobody stops it */
} mi_train_job;

/* Train. Beside `out`, OUT.resume holds the state of an unfinished run. *is_done: 0 when it was
 * stopped. Errors: MI_EUSAGE for options that cannot be, a resumed run whose options differ; MI_EDATA
 * for images that do not fit, a loss that is not finite (the last checkpoint stays); those of
 * reading and writing; MI_EMEMORY where a step takes more than is allowed; MI_ELIBRARY, MI_ENOMEM. bf16 on a CPU without it: MI_EUSAGE.
 *
 * A step of 256 images of 32 x 32, on one thread of a Zen 4 core: 0.45 s for "small", 1.3 s for
 * "resnet20"; in bf16 0.28 s and 0.78 s. Memory of the process: 325 MB and 754 MB, in bf16 218 MB
 * and 430 MB, proportional to the batch but for some 60 MB. It is counted before it is taken, but for
 * those 60 MB and what oneDNN takes beside its scratchpad.
 *
 * A program that has handlers of signals lets a thread of its own take them, and blocks them in the one
 * that calls and so in those that it starts: oneDNN's kernels use the stack pointer for other things, and
 * the frame of a handler that is run in one of them lands in the heap. */
MI_API MI_CHECKED mi_status mi_train(const mi_train_opts *o, const mi_images *images,
                                     const mi_train_job *job, int *is_done);

/* "oneDNN 2.6.3" */
MI_API const char *mi_train_version(void);

#ifdef __cplusplus
}
#endif
#endif
