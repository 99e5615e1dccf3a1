/* trainer.h - one run of training: what it consists of, its settings as text, its files. Private.
 *
 * uses: features/tensor train/augment train/head
 *
 *     settings.c     options checked, and as names with values
 *     train.c        the loop
 *     evaluate.c     views and clean features through the network; the probe
 *     checkpoint.c   features and state into files, and back
 *     weights.c      weights into files, and back
 */
#ifndef MI_TRAINER_H
#define MI_TRAINER_H

#include "libmi/features/tensor.h"
#include "libmi/train/augment.h"
#include "libmi/train/head.h"

typedef struct {
    const mi_train_opts *o;
    const mi_images *images;
    const mi_train_job *job;
    char *state; /* OUT.resume, the file of the state */
    mi_net net;  /* over rows: two views of a batch */
    mi_budget budget;
    size_t n_encoder; /* the first parameters of the net, which are the encoder's */
    mi_projector projector;
    mi_loss loss;
    mi_bottleneck bottleneck;
    mi_augment augment;
    float *dz;                  /* (rows, columns of z2) */
    float *views;               /* (rows,c,h,w) of the next step, made beside this one */
    float *work;                /* (h,w) */
    size_t *order, order_epoch; /* (images trained on) and the epoch it is of; SIZE_MAX: of none */
    size_t n;                   /* images trained on */
    int threads;                /* of oneDNN */
    size_t epoch_steps, steps, warmup, step, next; /* next: the step that `views` are of */
    double loss_sum;                               /* since the last checkpoint */
    size_t loss_steps;
    double information, accuracy;
} mi_trainer;

/* ---- settings ---- */

typedef enum { MI_SETTING_TEXT, MI_SETTING_INTEGER, MI_SETTING_REAL } mi_setting_kind;

typedef struct {
    const char *name; /* of the attribute */
    mi_setting_kind kind;
    const char *text; /* NULL: does not apply, as nan among reals */
    double number;
} mi_setting;

enum { MI_MOST_SETTINGS = 40 };

/* All options that change a value, as attributes. Returns how many. */
size_t mi_settings_list(mi_setting *out, const mi_train_opts *o, const mi_images *images);

/* The same as lines "name=value". Free with mi_free. */
mi_status mi_settings_text(char **out, const mi_train_opts *o, const mi_images *images);

/* MI_EUSAGE naming the first setting that differs between two such texts. */
mi_status mi_settings_compare(const char *before, const char *now, const char *file);

mi_status mi_train_opts_check(const mi_train_opts *o, const mi_images *images);

/* ---- evaluation ---- */

/* z1 (2 n, d1), z2 (2 n, d2): first views of the images of the evaluation, then second ones. */
mi_status mi_evaluate_views(mi_trainer *t, size_t n, float *z1, float *z2);

/* Accuracy of a ridge classifier of clean features on the probe's part of the test images. */
mi_status mi_evaluate_probe(mi_trainer *t, double *accuracy, size_t *n);

/* ---- files ---- */

/* Evaluate, keep the state, add a group to the features. */
mi_status mi_checkpoint(mi_trainer *t);

/* Whether a checkpoint belongs after the steps so far. */
int mi_checkpoint_is_due(const mi_trainer *t);

/* Name the file of the state, which all below need; free t->state with mi_free. */
mi_status mi_state_name(mi_trainer *t);
/* Keep the state. */
mi_status mi_state_write(mi_trainer *t);
/* Take it back, and write the checkpoint that a killed run kept the state of but did not finish. */
mi_status mi_state_resume(mi_trainer *t);
/* Remove it; refuse to start where one is. */
void mi_state_remove(const mi_trainer *t);
mi_status mi_state_check_absent(const mi_trainer *t);

/* The weights alone, with the settings. */
mi_status mi_weights_write(mi_trainer *t, const char *path);

/* ---- weights ---- */

/* Groups of the state: weights, first and second moments of the optimiser. */
extern const char *const mi_moment_group[3];

/* All parameters, or their moments, as datasets of a group. */
mi_status mi_weights_put(mi_trainer *t, mi_writer *w, int which, const char *group);
/* One of them from the state. */
mi_status mi_weights_take(mi_trainer *t, const mi_tensors *file, mi_param *p, int which);

/* The encoder's weights from the file that the options name, if they name one. Errors: MI_EOPEN;
 * MI_EDATA for a file without them, with those of another encoder, with values that are not finite. */
mi_status mi_weights_init(mi_trainer *t);

#endif
