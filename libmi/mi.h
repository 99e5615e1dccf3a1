/* mi.h - the whole library in one include.
 *
 * libmi tells what the encoder features Z1, the projector features Z2, the self-supervised target R and the
 * labels Y of a model know of each other, by matrix-based Renyi entropy.
 *
 * Letters, the same everywhere:
 *     n       rows (samples)                 d, d1, d2   features of a row
 *     g       groups of a discrete variable  v           views of one instance
 *     K       Gram matrix, unit diagonal     A = K / n   its trace-one form, eigenvalues l_i
 *     a       order alpha                    S, H        entropy; I  mutual information
 * Matrices are row-major: x is (n,d). Entropies are in nats. Sums are double; products of big matrices
 * are single precision unless the card says otherwise.
 *
 * Threads: functions may be called from several threads on different objects, except those of features.h,
 * which enter HDF5. The number of worker threads is an argument (mi_run.threads).
 *
 * The rooms, in the order data flows:
 */
#ifndef MI_H
#define MI_H

#include "status.h"   /* statuses, detail text, warnings */
#include "mem.h"      /* checked allocation */
#include "mat.h"      /* matrices of floating-point rows */
#include "groups.h"   /* discrete variables */
#include "features.h" /* feature sets in HDF5 files */
#include "table.h"    /* tables out and in */
#include "plot.h"     /* tables as charts */

#ifdef __cplusplus
extern "C" {
#endif

/* Versions of libmi and of the libraries it runs on, and the file that provides cblas_sgemm, as lines of text
 * into buffer[bytes]. */
MI_API void mi_version_text(char *buffer, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
