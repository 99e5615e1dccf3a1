/* shannon.h - Shannon entropy and information by estimators that are no matrices: what matrix values are
 * checked against.
 *
 * uses: base/number base/run base/run_internal base/want base/words bounds/influence
 *       bounds/pairing data/groups_internal data/kernel data/mat_internal data/rows data/sample
 *       data/sample_build
 */
#ifndef MI_SHANNON_H
#define MI_SHANNON_H

#include "libmi/base/run.h"
#include "libmi/data/sample.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    /* Of counts n_i of n: entropies of a discrete variable, and I(A;B) = H(A) + H(B) - H(A,B). */
    MI_SHANNON_PLUGIN,       /* -sum p log p, p = n_i/n: too small by about (classes - 1) / 2n */
    MI_SHANNON_MILLER_MADOW, /* and that added (Miller 1955) */
    MI_SHANNON_GRASSBERGER,  /* log n - sum n_i G(n_i) / n (arXiv physics/0307138, eq. 31) */
    MI_SHANNON_SHRINKAGE, /* plug-in of p shrunk towards all being alike (Hausser and Strimmer, JMLR
                                10 (2009) 1469); of a pair over all combinations of its values */
    /* Of nearest neighbours, one variable real, under the largest difference of columns. */
    MI_SHANNON_KSG, /* two real variables: Kraskov, Stoegbauer and Grassberger, Phys. Rev. E 69 (2004)
                       066138, eq. 8; a real and a discrete one: Ross, PLoS ONE 9 (2014) e87357 */
    /* Of views: I(view; another view) of one real variable, by a critic f = cosine / T. */
    MI_SHANNON_INFONCE, /* a lower bound, at most log(negatives + 1) (arXiv 1807.03748) */
    MI_SHANNON_NWJ, /* a lower bound, E_p f + 1 - log Z - E_q e^f / Z, Z = E_q e^f from other instances
                         (Nguyen, Wainwright and Jordan 2010; Poole et al., arXiv 1905.06922) */
    MI_SHANNON_SMILE, /* no bound: E_p f - log E_q of e^f cut to e^-C .. e^C (arXiv 1910.06222) */
    MI_SHANNON_KINDS
} mi_shannon_kind;

typedef struct {
    mi_shannon_kind kind;
    size_t k;           /* ksg: neighbours, default 3 */
    double temperature; /* critics: T, 0.01 or more, default 0.2 */
    double clip;        /* smile: C above 0, default 5 */
} mi_shannon_estimator;

/* Parse "plugin", "miller-madow", "grassberger", "shrinkage", "ksg[:K]", "infonce[:T]", "nwj[:T]" or
 * "smile[:T[:C]]". Errors: MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_shannon_parse(mi_shannon_estimator *out, const char *text);
/* The same as text, with its numbers, into buffer; returns buffer, or "?" for none. */
MI_API const char *mi_shannon_name(const mi_shannon_estimator *e, char *buffer, size_t bytes);
/* "estimate" or "lower bound". */
MI_API const char *mi_shannon_claim(mi_shannon_kind kind);

typedef struct {
    double value;   /* in nats; never clipped */
    double se;      /* standard error, instances being the independent units */
    double degrees; /* of freedom of se */
    double most;    /* the largest value that there can be: nan, or of a bound's own making */
    double
        null_mean; /* over re-pairings, as mi_null (permute.h); nan without them, for entropies and */
    double null_sd; /* critics */
    double p;
    size_t
        units; /* rows that were taken: one an instance where a discrete variable is of the instance */
} mi_shannon;

/* I(A;B) of two variables of a sample, H(A) of one (b MI_MEMBERS), or I(view; view) of one by a critic.
 *
 *     counts   O(n), also for each re-pairing
 *     ksg      O(n^2 d), also for each re-pairing; rows of one instance are no neighbours. Meant for a
 *              few columns: above ten the value is far too small
 *     critics  O(n^2 d); the next view of the same instance is the positive, rows of others negatives
 *
 * permutations 0: none. Errors: MI_EUSAGE for no result, sample or estimator, members there are not, an
 * estimator that cannot be or is not for such variables, 1 re-pairing; MI_EDATA for fewer than three
 * instances, an instance of one row (critics), fewer than k others (ksg); MI_EMEMORY for rows that are
 * not in memory; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_shannon_of(mi_shannon *out, const mi_sample *s, mi_member_id a,
                                          mi_member_id b, const mi_shannon_estimator *e,
                                          size_t permutations, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
