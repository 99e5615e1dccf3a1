/* spectra.h - joints whose spectra are easy and hard for estimates, and how good the estimates are.
 */
#ifndef SPECTRA_H
#define SPECTRA_H

#include "draw.h"

typedef enum {
    SPECTRUM_NORMAL,     /* independent normal columns, Z2 = Z1 and noise */
    SPECTRUM_CLASSES,    /* ten clusters */
    SPECTRUM_HEAVY,      /* column k has variance 1/k */
    SPECTRUM_STEEP,      /* 1/k^2: no gap anywhere, and a tail down to rounding */
    SPECTRUM_FLAT,       /* independent and wide: all eigenvalues alike */
    SPECTRUM_TWICE,      /* every row twice: half of the eigenvalues are 0 */
    SPECTRUM_DOMINANT,   /* one eigenvalue near 1 */
    SPECTRUM_GAUSSIAN,   /* normal columns under a gaussian kernel */
    SPECTRUM_LAPLACIAN,  /* under a laplacian one */
    SPECTRUM_POLYNOMIAL, /* under a polynomial one */
    SPECTRUM_LOW_RANK,   /* d1 d2 = 30 */
    SPECTRUM_SINGULAR, /* d1 d2 = 240, decaying: more than the Krylov basis, fewer than the rows */
    SPECTRA
} spectrum_kind;

typedef struct {
    mi_mat z[2];
    mi_groups y;
    mi_var var[3]; /* z1, z2, y */
    size_t n;
} spectrum_draw;

enum { SPECTRUM_Z1 = 1, SPECTRUM_Z2 = 2, SPECTRUM_Y = 4 };

const char *spectrum_name(spectrum_kind kind);

/* n rows with 4 classes, from a seed. Free with spectrum_free. */
void spectrum_make(spectrum_draw *d, spectrum_kind kind, size_t n, unsigned long seed);
void spectrum_free(spectrum_draw *d);

typedef struct {
    double value;   /* exact */
    double rms;     /* error, in nats */
    double widest;  /* of the half-widths */
    double covered; /* share of seeds whose interval holds the exact value */
} spectrum_accuracy;

/* out (n_alpha): the route lanczos on a joint, `seeds` times, against dense eigenvalues. */
void spectrum_measure(spectrum_accuracy *out, const mi_var *var, size_t n_var, unsigned vars,
                      const double *alpha, size_t n_alpha, size_t seeds, int threads);

#endif
