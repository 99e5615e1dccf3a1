/* A BLAS that is wrong in the last element of one shape of one routine, for LD_PRELOAD:
 * MI_WRONG_BLAS="ROUTINE M N K", such as "sgemm 97 83 129". Everything else is the real one's. */
#include <cblas.h>
#include <dlfcn.h>
#include <lapacke.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_meant(const char *routine, int m, int n, int k)
{
    char name[16];
    int wanted[3];
    const char *text = getenv("MI_WRONG_BLAS");
    return text && sscanf(text, "%15s %d %d %d", name, &wanted[0], &wanted[1], &wanted[2]) == 4 &&
           strcmp(name, routine) == 0 && wanted[0] == m && wanted[1] == n && wanted[2] == k;
}

/* dlsym gives an object pointer, which C does not turn into a function. */
#define REAL(name, ...)            \
    union {                        \
        void *object;              \
        void (*call)(__VA_ARGS__); \
    } real = {.object = dlsym(RTLD_NEXT, name)}

#define GEMM(letter, type)                                                                       \
    void cblas_##letter##gemm(CBLAS_LAYOUT order, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, \
                              int n, int k, type alpha, const type *a, int lda, const type *b,   \
                              int ldb, type beta, type *c, int ldc)                              \
    {                                                                                            \
        REAL("cblas_" #letter "gemm", CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_TRANSPOSE, int, int,  \
             int, type, const type *, int, const type *, int, type, type *, int);                \
        real.call(order, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                  \
        if (is_meant(#letter "gemm", m, n, k))                                                   \
            c[(size_t)(m - 1) * (size_t)ldc + (size_t)(n - 1)] += (type)1;                       \
    }

#define SYRK(letter, type)                                                                       \
    void cblas_##letter##syrk(CBLAS_LAYOUT order, CBLAS_UPLO half, CBLAS_TRANSPOSE t, int n,     \
                              int k, type alpha, const type *a, int lda, type beta, type *c,     \
                              int ldc)                                                           \
    {                                                                                            \
        REAL("cblas_" #letter "syrk", CBLAS_LAYOUT, CBLAS_UPLO, CBLAS_TRANSPOSE, int, int, type, \
             const type *, int, type, type *, int);                                              \
        real.call(order, half, t, n, k, alpha, a, lda, beta, c, ldc);                            \
        if (is_meant(#letter "syrk", n, n, k))                                                   \
            c[(size_t)(n - 1) * (size_t)ldc + (size_t)(n - 1)] += (type)1;                       \
    }

GEMM(s, float)
GEMM(d, double)
SYRK(s, float)
SYRK(d, double)

lapack_int LAPACKE_dsyevd(int order, char job, char half, lapack_int n, double *a, lapack_int lda,
                          double *value)
{
    union {
        void *object;
        lapack_int (*call)(int, char, char, lapack_int, double *, lapack_int, double *);
    } real = {.object = dlsym(RTLD_NEXT, "LAPACKE_dsyevd")};
    lapack_int info = real.call(order, job, half, n, a, lda, value);
    if (is_meant("dsyevd", n, n, n))
        value[0] = NAN;
    return info;
}

void dsytrd_sb2st_(const char *stage1, const char *vect, const char *uplo, const int *n,
                   const int *kd, double *ab, const int *ldab, double *d, double *e, double *hous,
                   const int *lhous, double *work, const int *lwork, int *info, size_t l1,
                   size_t l2, size_t l3);

void dsytrd_sb2st_(const char *stage1, const char *vect, const char *uplo, const int *n,
                   const int *kd, double *ab, const int *ldab, double *d, double *e, double *hous,
                   const int *lhous, double *work, const int *lwork, int *info, size_t l1,
                   size_t l2, size_t l3)
{
    REAL("dsytrd_sb2st_", const char *, const char *, const char *, const int *, const int *,
         double *, const int *, double *, double *, double *, const int *, double *, const int *,
         int *, size_t, size_t, size_t);
    real.call(stage1, vect, uplo, n, kd, ab, ldab, d, e, hous, lhous, work, lwork, info, l1, l2,
              l3);
    if (*lwork > 0 && is_meant("dsytrd_sb2st", *n, *n, *n))
        d[0] += 1;
}
