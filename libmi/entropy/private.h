/* private.h - joints, each with the way it is computed. */
#ifndef MI_ENTROPY_PRIVATE_H
#define MI_ENTROPY_PRIVATE_H

#include "libmi/data/groups_internal.h"
#include "libmi/entropy/joint.h"
#include "libmi/entropy/route.h"
#include "libmi/spectrum/left_out.h"
#include "libmi/spectrum/spectrum.h"

/* Where an order-2 joint of real variables is computed. */
typedef enum {
    MI_AT_BLOCKS,
    MI_AT_SMALL, /* classes of at most MI_SMALL_CLASS rows */
    MI_AT_PASS,
    MI_AT_CLASS_TILES,
    MI_AT_SAMPLE,
    MI_AT_NARROW /* the pass in bfloat16 */
} mi_place;

#define MI_SMALL_CLASS 16

/* The weights of rows are one more. */
#define MI_ENGINE_VARS (MI_MAX_VARS + 1)

/* The discrete variables of a joint as one: shared by the joints that part the rows alike. */
typedef struct {
    unsigned vars;
    mi_groups joint;
    mi_group_rows rows;
    size_t largest; /* rows of the largest class */
} mi_class_part;

typedef struct {
    const mi_var *real[MI_ENGINE_VARS], *all[MI_ENGINE_VARS]; /* its variables */
    size_t n_real, n_all;
    mi_class_part *classes; /* NULL without discrete variables */
    mi_shape shape;
    mi_place at;
    double total; /* sum over pairs, but at blocks */
} mi_plan;

typedef struct {
    mi_joint *joint;
    mi_plan *plan;
    size_t n_joints;
    const mi_var *var;
    size_t n_var, n;
    const double *alpha;
    size_t n_alpha;
    mi_need need;
    mi_class_part *part; /* (n_joints) at most one each */
    size_t n_parts;
    int is_tried; /* bfloat16 was not asked for: single precision takes its place where the error is
                     too large */
    const mi_run *run;
    const double *weight; /* (n) NULL: every row counts alike */
    unsigned weight_bit;  /* of the variable of weights, as in mi_joint.vars; 0: none */
    mi_var own[MI_ENGINE_VARS];
    double *root, *one; /* (n) of the variable of weights */
    mi_mat rows;
} mi_engine;

/* The discrete ones among some variables, and the real ones, bits as in mi_joint.vars. */
unsigned mi_engine_discrete(const mi_engine *e, unsigned vars);
unsigned mi_engine_real(const mi_engine *e, unsigned vars);

/* The real variables of the joints that are computed at one place, of all classes (NULL) or of one:
 * the factors of its pass. */
unsigned mi_engine_vars_at(const mi_engine *e, mi_place at, const mi_class_part *classes);

/* Whether the joint is estimated from sums over tiles, once all others are known. */
int mi_engine_is_last(const mi_plan *p);

/* The matrix of joint k, as its route has it. */
mi_joint_matrix mi_engine_matrix(const mi_engine *e, size_t k);

/* Whether the memory allowed has room for what lanczos needs. */
int mi_engine_lanczos_fits(const mi_engine *e, const mi_plan *p);

/* ---- without some rows ---- */

/* Whether the entropies of joint k without its groups are wanted and can be had. */
int mi_engine_leaves_out(const mi_engine *e, size_t k);

/* They are nan until they are known. */
void mi_engine_no_without(mi_engine *e, size_t k);

/* without (n_alpha, g) from what the sums over the eigenvalues lose, which with all rows give the entropies s
 * (n_alpha); and of discrete variables, from their counts. O(n). Errors: MI_ENOMEM. */
mi_status mi_entropies_without(double *without, const mi_left_out *left, const double *s,
                               const double *weight);
mi_status mi_counts_without(double *without, const mi_groups *joint, const mi_groups *leave,
                            const double *alpha, size_t n_alpha);

/* With weights: one more variable in every joint (joint_weight.c), taken out again in the end. Errors:
 * MI_EUSAGE for route bf16; MI_ENOMEM. */
mi_status mi_engine_weigh(mi_engine *e);
void mi_engine_unweigh(mi_engine *e);

/* The route and place of every joint. */
mi_status mi_engine_plan(mi_engine *e);

/* Totals, and row sums, of the joints at MI_AT_PASS and MI_AT_CLASS_TILES. */
mi_status mi_engine_tiles(mi_engine *e);

/* Totals and row sums of the joints at MI_AT_SMALL. */
mi_status mi_engine_small(mi_engine *e);

/* Totals with half-widths, and row sums, of the joints at MI_AT_SAMPLE and MI_AT_NARROW; all other
 * joints have their entropies already. */
mi_status mi_engine_sample(mi_engine *e);

#endif
