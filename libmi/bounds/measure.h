/* measure.h - expressions such as z1:z2|y measured on a sample, whole or in batches.
 *
 * uses: base/pool base/run_internal base/want bounds/effrank bounds/estimator
 *       bounds/influence bounds/permute data/batch data/sample entropy/check entropy/mutual
 */
#ifndef MI_MEASURE_H
#define MI_MEASURE_H

#include "libmi/bounds/effrank.h"
#include "libmi/bounds/estimator.h"
#include "libmi/bounds/permute.h"
#include "libmi/data/sample.h"
#include "libmi/entropy/mutual.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Names of the variables of an expression, in their order: z1 z2 r y. */
#define MI_MEASURE_NAMES 4

typedef struct {
    char *text; /* as the user wrote it */
    mi_expression expression;
    mi_quantity quantity;
} mi_measured_form;

typedef struct {
    mi_measured_form *form;
    size_t count;
} mi_forms;

typedef enum { MI_FORM_IS_ENTROPY, MI_FORM_IS_INFORMATION, MI_FORM_IS_EITHER } mi_form_kind;

/* Parse a list "z1,z2+y,z1:z2|y". Entropies have one part, z1 or z1+z2, and perhaps a condition;
 * informations two or more (three: total correlation). Errors: MI_EUSAGE. Nothing is left to free
 * after a failure. Free with mi_forms_free. */
MI_API MI_CHECKED mi_status mi_forms_parse(mi_forms *out, const char *text, mi_form_kind kind);
MI_API void mi_forms_free(mi_forms *f);

/* The member that a form is of when it is of one alone, else MI_MEMBERS. */
MI_API mi_member_id mi_form_member(const mi_measured_form *f);

/* Members (bits 1u << MI_Z1 ...) that the forms are of. */
MI_API unsigned mi_forms_members(const mi_forms *f);

/* What is read off a form. The ratios are those of an information (nan for an entropy). */
typedef enum {
    MI_PLAIN,       /* the entropy or information, in units of `base` */
    MI_OVER_MIN,    /* over the least of its parts' entropies, */
    MI_OVER_MEAN,   /* their mean, */
    MI_OVER_GEO,    /* their geometric mean, */
    MI_OVER_JOINT,  /* the entropy of their joint */
    MI_ABOVE_CHANCE /* minus its level when instances are paired at random, in units of `base`: two
                       parts without a condition. The mean over re-pairings when permutations were
                       asked for; else, with standard errors at order 2, the exact mean; else nan */
} mi_reading;
#define MI_READINGS 6

/* "I", "I_min", "I_mean", "I_geo", "I_joint", "I_calibrated"; the first of an entropy is "S". */
MI_API const char *mi_reading_name(mi_reading r, mi_form_kind kind);

typedef struct {
    double value[MI_READINGS]; /* means over batches */
    double se[MI_READINGS];    /* standard errors, instances being the independent units: from the
                                  spread of batches; at order 2 from influences, else by the
                                  jackknife (mi_bounds_result). nan where none was asked for */
    double half_width[MI_READINGS]; /* of the 95 % interval that the routes leave; 0 where they are
                                       exact. It is part of se */
    double degrees;                 /* of freedom of se: batches, instances or groups, minus 1 */
    mi_se_by se_by;                 /* how se was found */
    mi_route route;                 /* of the joint of all its variables */
    double zeroed_mass;             /* largest over its joints; nan where no spectrum was taken */
    size_t batches;                 /* 0: the whole set at once */
    mi_null null;                   /* in units of `base`, when permutations were asked for */
} mi_measured;

typedef struct {
    const double *alpha; /* orders, each above 0; borrowed; default 2 alone */
    size_t n_alpha;
    size_t batch; /* instances a batch; 0 (default): the whole set */
    int shuffled; /* instances into batches by run->seed; 0 (default): in order */
    double base;  /* default e */
    int se;       /* standard errors; default none (batches have them anyway) */
    size_t
        jackknife_groups; /* most samples of the jackknife where it is not from eigenvectors, 2 or
                                more; default 100 */
    size_t permutations;  /* re-pairings of two parts for the null; 0 (default): none. Not with
                            batches */
} mi_measure_opts;

MI_API void mi_measure_opts_default(mi_measure_opts *o);

/* out (count, n_alpha): every form at every order, from one set of joints. Standard errors cost
 * little at order 2 and, without re-pairings, some four times a spectrum at others; else jackknife_groups
 * times the estimate, re-pairings included; few re-pairings make that of MI_ABOVE_CHANCE larger there,
 * never smaller. Errors: MI_EUSAGE for no
 * forms, one of a member that the sample lacks, an order not above 0, a base not above 0 or 1, one
 * permutation; MI_EDATA for fewer than three instances for a jackknife; as mi_joint_entropies, and
 * mi_batches_make. */
MI_API MI_CHECKED mi_status mi_measure(mi_measured *out, const mi_forms *f, const mi_sample *s,
                                       const mi_measure_opts *o, const mi_run *run);

/* One number of a sample: the entropy of an expression such as "z1", "z1+z2" or "z1|y", and the mutual
 * information "z1:z2", "z1:z2|y" or total correlation "z1:z2:y", at order alpha, in nats. run NULL:
 * defaults. Errors: MI_EUSAGE for an expression that does not read so, or of a member that the
 * sample lacks; as mi_measure. */
MI_API MI_CHECKED mi_status mi_entropy(double *h_nats, const mi_sample *s, const char *of,
                                       double alpha, const mi_run *run);
MI_API MI_CHECKED mi_status mi_information(double *i_nats, const mi_sample *s, const char *of,
                                           double alpha, const mi_run *run);

/* Eigenvalues of the trace-one Gram matrix of a joint, the largest first. */
typedef struct {
    double *l; /* (count); mean over batches, of the k-th largest each */
    size_t count;
    double zeroed_mass; /* largest over the batches */
    mi_route route;
    size_t batches;
} mi_measured_spectrum;

/* The spectrum of an entropy form; o->alpha and o->base are not used. Errors: MI_EUSAGE for a form
 * with a condition, which has no matrix of its own; as mi_joint_spectrum, and mi_batches_make.
 * Nothing is left to free after a failure. Free with mi_measured_spectrum_free. */
MI_API MI_CHECKED mi_status mi_measure_spectrum(mi_measured_spectrum *out,
                                                const mi_measured_form *f, const mi_sample *s,
                                                const mi_measure_opts *o, const mi_run *run);
MI_API void mi_measured_spectrum_free(mi_measured_spectrum *s);

/* Effective ranks of the rows of one member, means over batches; each nan (and decay.low 0) for a
 * member that is not real. LiDAR needs instance ids. se: their standard errors on *degrees, in batches
 * from their spread, else with o->se by the delete-a-group jackknife over instances, else nan. It takes
 * o->jackknife_groups times the ranks. Errors: MI_EUSAGE for no result, sample or options; MI_EDATA for
 * fewer than three instances for a jackknife; as mi_effranks_of, mi_batches_make. */
MI_API MI_CHECKED mi_status mi_measure_effranks(mi_effranks *out, mi_effranks *se, double *degrees,
                                                mi_member_id m, const mi_sample *s,
                                                const mi_effrank_opts *ranks,
                                                const mi_measure_opts *o, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
