/* probe.h - measured utility: how well a probe trained on some rows tells the labels of others.
 *
 * uses: base/interval base/pool base/run base/run_internal base/want data/groups_internal
 *       data/mat_internal data/rows features/features
 *
 * Letters: n rows, d features, c classes; q(y|x) the probability a probe gives to class y. Parts:
 * a probe is fitted on `train`, its settings and its temperature are chosen on `val`, then it is
 * fitted again on both and judged on `test`, which nothing was chosen on.
 *
 *     load.c      a variable, its labels, instances and parts from a feature set
 *     split.c     parts: by instance, stratified by class
 *     probe.c           choose settings, fit again, judge; several probes over threads
 *     network.c   softmax regression and one hidden layer: loss and gradient
 *     fit.c       both of them fitted by L-BFGS
 *     knn.c       cosine nearest neighbours
 *     score.c     temperature, cross-entropy, accuracy and its interval
 */
#ifndef MI_PROBE_H
#define MI_PROBE_H

#include "libmi/base/run.h"
#include "libmi/features/features.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- parts ---- */

typedef enum { MI_TRAIN, MI_VAL, MI_TEST, MI_PARTS } mi_part;

/* Rows of the parts one after the other: those of train, then val, then test. */
typedef struct {
    size_t n[MI_PARTS];
    size_t *row; /* (n[0] + n[1] + n[2]) */
} mi_split;

typedef struct {
    unsigned long seed;
    double test; /* share of each class's instances that is test; within (0,1), default 0.25 */
    double val;  /* share of the others that is val; within (0,1), default 0.2 */
} mi_split_opts;

MI_API void mi_split_opts_default(mi_split_opts *o);

/* Split rows into parts. All rows of an instance go to one part; an instance counts for the class
 * of its first row. In each class with m instances round(test m) become test and round(val m') of
 * the m' others val, at least one of each. Which ones: those with the smallest hash of (seed, id),
 * so that neither the order of rows nor of files changes the parts, nor the order inside them.
 * y, instance: of n rows each. is_test (n): 0 training, 1 test, as a set's member `split` says, or
 * NULL; with it only training rows are split further, into train and val. O(n log n).
 * Errors: MI_EUSAGE for shares outside (0,1), instances of other rows than y; MI_EDATA when a
 * class has fewer than three instances (with is_test: fewer than two for training), a part is
 * empty, is_test has another value or an instance on both sides, naming row, class or instance;
 * MI_ENOMEM. Nothing is left to free after a failure. Free with mi_split_free. */
MI_API MI_CHECKED mi_status mi_split_make(mi_split *out, const mi_labels *y,
                                          const mi_labels *instance, const int64_t *is_test,
                                          const mi_split_opts *o);
MI_API void mi_split_free(mi_split *s);

/* ---- probes ---- */

typedef enum {
    MI_PROBE_LINEAR, /* q = softmax(W x + b), multinomial logistic regression */
    MI_PROBE_KNN,    /* k nearest rows by cosine, weighted */
    MI_PROBE_MLP,    /* q = softmax(W tanh(V x + a) + b), one hidden layer */
    MI_PROBES
} mi_probe_kind;

/* "linear", "knn", "mlp" */
MI_API const char *mi_probe_name(mi_probe_kind kind);

typedef struct {
    double l2;          /* strength; 0 (default): chosen on val */
    size_t k;           /* neighbours; 0 (default): chosen on val */
    size_t hidden;      /* units of the hidden layer, >= 1; default 32 */
    double level;       /* of the interval of the accuracy, within (0,1); default 0.95 */
    unsigned long seed; /* of the first weights of the hidden layer; default 1 */
} mi_probe_opts;

MI_API void mi_probe_opts_default(mi_probe_opts *o);

/* What a probe reached. Values are of the test part unless the name says otherwise. */
typedef struct {
    double accuracy;
    double accuracy_lo, accuracy_hi; /* Wilson's interval at n_eff rows */
    double n_eff;         /* independent rows the test part is worth: mi_effective_rows */
    double h_y;           /* entropy of the labels, nats */
    double cross_entropy; /* -mean log q(y|x), nats, after the temperature */
    double i_v;           /* h_y - cross_entropy: a lower bound of I(Y;Z), apart from sampling */
    double temperature;   /* q = softmax(logits / temperature), chosen on val */
    double val_cross_entropy;     /* on val, fitted on train, with the temperature */
    double val_cross_entropy_raw; /* the same at temperature 1, which is never less */
    double l2;                    /* nan where there is none */
    size_t k, hidden;             /* 0 where there is none */
} mi_probe_result;

/* One probe of one variable: x (n,d) as stored, borrowed. */
typedef struct {
    const mi_mat *x;
    const char *name; /* of x, borrowed, for messages about its values; NULL: it has none */
    mi_probe_kind kind;
    mi_probe_result result;
} mi_probe_job;

/* Run the jobs, each on one thread with its own draws, so that results do not depend on
 * run->threads. y, instance: of all n rows; those of the split are used.
 *
 * linear, mlp: the least  -mean log q(y|x) + l2/2 (|W|^2 + |V|^2)  by L-BFGS (Liu, Nocedal 1989);
 * biases are free; columns are standardised by mean and biased deviation of the rows fitted on, a
 * constant column counts as 0. In scikit-learn's terms l2 = 1/(C n).
 *
 * knn: rows as stored, an all-zero row has cosine 0. A neighbour at cosine s has the weight
 * exp((s - 1)/0.07) (Wu et al. 2018, arXiv 1805.01978);  q(c) = (k share_c + p_c)/(k + 1)  with p
 * the shares of the classes among the rows fitted on, one added to each count: no q is 0.
 *
 * Settings: l2 of 10, 10^0.5, 1 ... 1e-5 (mlp: 1, 0.1 ... 1e-4) or k of 200, 100, 50, 20, 10, 5, 2,
 * 1, tried in this order until two in a row are no better; the best has the least cross-entropy on
 * val at its own temperature. The temperature T minimises  n_val CE(T) + (log T)^2 / 2  (Guo et al.
 * 2017, arXiv 1706.04599; the second term keeps T finite where val is told without error).
 *
 * With one class: accuracy 1, cross-entropy 0, I_V 0.
 *
 * Cost of a fit: linear O(n d c) an iteration, at most 500; mlp O(n hidden (d + c)), at most 200;
 * knn O(n_test n d). Memory: n d doubles a thread and the L-BFGS history of 25 times the weights.
 * Errors: MI_EUSAGE for no jobs, a kind there is not, shapes that disagree, a split with an empty
 * part or rows there are not, options outside their range; MI_EMEMORY when that is more than
 * allowed; MI_EDATA when a row is not finite or a given k is more than the rows of train;
 * MI_ELIBRARY when L-BFGS fails; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_probes(mi_probe_job *job, size_t n_jobs, const mi_groups *y,
                                      const mi_groups *instance, const mi_split *split,
                                      const mi_probe_opts *o, const mi_run *run);

/* How many independent trials n right-or-wrong answers are worth when those of one instance go
 * together: n over the design effect (Kish 1965), the variance of the mean over instances over
 * p(1-p)/n, kept within [instances, n]; the instances where p is 0 or 1. right (n) is 0 or 1. O(n).
 * Errors: MI_EUSAGE for no answers or instances; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_effective_rows(double *rows, const unsigned char *right,
                                              const mi_groups *instance);

/* ---- from a feature set ---- */

/* Labels, instances and parts of a set. */
typedef struct {
    mi_labels y, instance; /* instance: every row its own where there are no ids */
    int has_instances;     /* there is an r that is an id */
    int64_t *is_test;      /* (n) the member `split`; NULL: there is none */
} mi_probe_labels;

/* Read y, r and split (unless use_split is 0) of set i. Errors: MI_EUSAGE for a set there is not;
 * those of mi_features_read_labels. Nothing is left to free after a failure. Free with
 * mi_probe_labels_free. */
MI_API MI_CHECKED mi_status mi_probe_labels_read(mi_probe_labels *out, mi_features *f, size_t i,
                                                 int use_split);
MI_API void mi_probe_labels_free(mi_probe_labels *l);

#ifdef __cplusplus
}
#endif
#endif
