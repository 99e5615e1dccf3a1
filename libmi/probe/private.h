/* private.h - what the files of the room probe share. */
#ifndef MI_PROBE_PRIVATE_H
#define MI_PROBE_PRIVATE_H

#include <stdint.h>

#include "libmi/probe/probe.h"

/* Rows to fit on and, after them, rows to answer for. */
typedef struct {
    size_t n_fit, n_ask, d, classes;
    double *x;        /* (n_fit + n_ask, d): own copy, changed by the model to its liking */
    const int32_t *y; /* (n_fit + n_ask) 0 .. classes-1 */
} mi_stage;

/* ---- networks: softmax regression is the one without a hidden layer ---- */

/* theta: [V (d,hidden), a (hidden),] W (m,classes), b (classes); m = hidden, or d without. */
typedef struct {
    size_t n, d, hidden, classes;
    const double *x;  /* (n,d) */
    const int32_t *y; /* (n) */
    double l2;
    double *u;     /* (n,hidden) tanh(V x + a) */
    double *du;    /* (n,hidden) gradient at it */
    double *logit; /* (n,classes) */
} mi_network;

/* Length of theta. Errors: MI_EDATA when it is beyond an int, which L-BFGS counts with. */
mi_status mi_network_size(size_t *size, size_t d, size_t hidden, size_t classes);

/* Workspaces of a network over n rows; the shape is set by the caller. Free with mi_network_free.
 */
mi_status mi_network_alloc(mi_network *net);
void mi_network_free(mi_network *net);

/* -mean log q + l2/2 |weights|^2 and its gradient. O(n hidden (d + classes)). */
double mi_network_loss(mi_network *net, const double *theta, double *gradient);

/* net->logit at theta; no labels needed. */
void mi_network_forward(mi_network *net, const double *theta);

/* ---- models: what the three probes are to the loop that chooses settings ---- */

typedef struct mi_model mi_model;

/* Make the model of a stage. Free with mi_model_free. */
mi_status mi_network_new(mi_model **out, mi_stage *s, size_t hidden, unsigned long seed);
mi_status mi_knn_new(mi_model **out, mi_stage *s, const mi_run *run);

/* A model starts with these. */
struct mi_model {
    /* Fit with a setting (l2 or k) and answer: logit (n_ask, classes). */
    mi_status (*answer)(mi_model *m, double setting, double *logit);
    void (*free)(mi_model *m);
};

/* ---- scores ---- */

/* Mean cross-entropy of n rows at temperature t. logit (n,c). */
double mi_cross_entropy(const double *logit, const int32_t *y, size_t n, size_t c, double t);

/* The temperature of the card of mi_probes. O(100 n c). */
double mi_best_temperature(const double *logit, const int32_t *y, size_t n, size_t c);

/* right (n): 1 where the largest logit is that of y. Returns how many. */
size_t mi_mark_right(unsigned char *right, const double *logit, const int32_t *y, size_t n,
                     size_t c);

#endif
