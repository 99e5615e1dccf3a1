/* mi.h - the whole library in one include.
 *
 * libmi measures the information that the encoder features Z1, the projector features Z2, the
 * self-supervised target R and the labels Y of a model carry about each other, by matrix-based
 * Renyi entropy.
 *
 * Letters, the same everywhere:
 *     n       rows (samples)                 d, d1, d2   features of a row
 *     g       groups of a discrete variable  v           views of one instance
 *     K       Gram matrix, unit diagonal     A = K / n   its trace-one form, eigenvalues l_i
 *     a       order alpha                    S, H        entropy; I  mutual information
 * Matrices are row-major: x is (n,d). Entropies are in nats. Sums are double; products of big
 * matrices are single precision unless the card says otherwise.
 *
 * Arguments: what cannot be (NULL where the card does not allow it, a count of 0, shapes that
 * disagree, an option outside its range, a value that an enum has not) is MI_EUSAGE with a sentence,
 * from every function that returns a status. Others give nan, "?", NULL or 0; those that return
 * nothing do nothing to NULL, and frees take {0} too. What a failed call was to make is NULL or {0}
 * afterwards: nothing is left to free.
 *
 * Threads: functions may be called from several threads on different objects, except those of
 * features.h and annotate.h, which enter HDF5. The number of worker threads is an argument
 * (mi_run.threads).
 *
 * Floating point: the environment is C's default. Where the caller's takes subnormal numbers for zeros
 * (-ffast-math sets that for the process), rows of subnormal numbers count as zero; fesetenv(FE_DFL_ENV) before
 * a call.
 *
 * The rooms, in the order data flows:
 */
#ifndef MI_H
#define MI_H

/* The order is the reading order. */
/* clang-format off */

/* base: what everything stands on */
#include "libmi/base/status.h"            /* statuses, detail text, warnings */
#include "libmi/base/mem.h"               /* checked allocation */
#include "libmi/base/interval.h"          /* intervals of shares */
#include "libmi/base/comm.h"              /* ranks that share the work */
#include "libmi/base/replace.h"           /* files that appear whole */
#include "libmi/base/run.h"               /* threads, memory, route, ranks */
#include "libmi/base/shell.h"             /* words of command lines */
#include "libmi/base/utf8.h"              /* text that may go to a terminal */
#include "libmi/base/watch.h"             /* the file that HDF5 is at work on */

/* data: one feature set in memory */
#include "libmi/data/mat.h"               /* matrices of floating-point rows */
#include "libmi/data/groups.h"            /* discrete variables */
#include "libmi/data/labels.h"            /* members by name, groups with their values */
#include "libmi/data/doubt.h"             /* rows, ids and labels that were probably not meant so */
#include "libmi/data/rows.h"              /* rows that are not finite, or all zero */
#include "libmi/data/kernel.h"            /* kernels, bandwidths, variables */
#include "libmi/data/sample.h"            /* one feature set in memory as variables */

/* geometry: how rows lie */
#include "libmi/geometry/geometry.h"      /* norms, alignment and uniformity, intrinsic dimension, hubs */

/* tiles, spectrum, entropy: joint entropies */
#include "libmi/entropy/entropy.h"        /* S_a from eigenvalues, moments, counts */
#include "libmi/entropy/joint.h"          /* entropies of many joints, each by its cheapest route */
#include "libmi/entropy/mutual.h"         /* mutual, conditional, total: sums of joint entropies */

/* bounds: the quantities, with their errors */
#include "libmi/bounds/estimator.h"       /* which row pairs count, and quantiles of intervals */
#include "libmi/bounds/permute.h"         /* what pairing at random gives */
#include "libmi/bounds/effrank.h"         /* RankMe, participation ratio, alpha-ReQ, LiDAR */
#include "libmi/bounds/gradient.h"        /* how I(Z1;Z2) changes with the features */
#include "libmi/bounds/limit.h"           /* what they tend to as instances grow in number */
#include "libmi/bounds/measure.h"         /* expressions such as z1:z2|y on a sample */
#include "libmi/bounds/bounds.h"          /* the paper's quantities and both bounds */
#include "libmi/bounds/compare.h"         /* two samples of the same instances: paired differences */

/* shannon: what they are checked against */
#include "libmi/shannon/shannon.h"        /* other estimators of entropy and information */

/* align: two sets of features of the same rows */
#include "libmi/align/align.h"            /* CKA, neighbours, SVCCA, Procrustes, information */

/* table, plot, correlate, page: tables */
#include "libmi/table/table.h"            /* tables out and in */
#include "libmi/table/over.h"             /* runs that differ in one column, as one */
#include "libmi/table/settings.h"         /* which columns say how a row was computed */
#include "libmi/plot/plot.h"              /* tables as charts */
#include "libmi/correlate/correlate.h"    /* correlations, their intervals and p-values */
#include "libmi/page/html.h"              /* text and pictures of a page */

/* features: HDF5 files */
#include "libmi/features/features.h"      /* feature sets in files */
#include "libmi/features/meant.h"         /* what a set was probably not meant to be */
#include "libmi/features/sample_read.h"   /* a set of a file as a sample */
#include "libmi/features/attr_columns.h"  /* attributes of sets as columns of a table */
#include "libmi/features/write.h"         /* feature sets into files */
#include "libmi/features/tensor.h"        /* arrays of any name out of files: images, weights */
#include "libmi/features/annotate.h"      /* attributes added to a file that exists */

/* exchange: arrays of other programs */
#include "libmi/exchange/foreign.h"       /* .npy, .npz, .csv, .mat and datasets of HDF5 as rows */
#include "libmi/exchange/import.h"        /* a feature set of them */
#include "libmi/exchange/export.h"        /* sets and tables as such files */

/* transform, synth, probe: features from features */
#include "libmi/transform/transform.h"    /* operations in order, written out */
#include "libmi/synth/synth.h"            /* feature sets with known answers */
#include "libmi/probe/probe.h"            /* classifiers on the same features; a build may leave them out */
#include "libmi/probe/ridge.h"            /* accuracy of a linear classifier in closed form */

/* validate: verdicts */
#include "libmi/validate/enough.h"        /* were there instances enough: a learning curve */
#include "libmi/validate/validate.h"      /* which statements hold on a row of bounds */
/* clang-format on */

#ifdef __cplusplus
extern "C" {
#endif

/* Versions of libmi and of the libraries it runs on, and the file that provides cblas_sgemm, as
 * lines of text into buffer[bytes]. */
MI_API void mi_version_text(char *buffer, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
