/* Does the BLAS compute right? Products of small integers are exact in floating point, whatever
 * the order of the sums, so the result must be the integer one to the last bit.
 *
 * A product C = op(A) op(B) is compared row by row with its checksum, C w = op(A) (op(B) w), w
 * positive (Freivalds 1979): O(m k + n k + m n) instead of O(m n k), and a single wrong element
 * cannot hide. Worth it because kernels are chosen by CPU at run time: OpenBLAS 0.3.29 was silently
 * wrong under an emulated SVE, older builds are on newer CPUs. */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/eigenvalues.h"
#include "libmi/base/mem.h"

/* Elements between the rows of C that no product may touch. */
enum { GAP = 3 };

/* Multiplications of a checked tile: it is cut in the number of its columns to stay below. */
static const double tile_work = 1.5e7;

typedef enum { NT, NN, TN, UPPER_N, LOWER_N, LOWER_T } operation;

typedef struct {
    unsigned use;
    const char *name;
    operation op;
    int is_single, beta;
} routine;

/* Row-major, as the library calls them: C (m,n) = op(A) op(B) + beta C; of syrk, n = m and B = A.
 */
typedef struct {
    const routine *r;
    int m, n, k;
    double *a, *b;     /* op(A) (m,k) and op(B)' (n,k): integers */
    void *fa, *fb, *c; /* what the routine gets */
    double *v;         /* (k) */
} trial;

static int is_symmetric(const trial *t)
{
    return t->r->op >= UPPER_N;
}

/* ---- a trial: integers, and their product by the routine ---- */

/* Integers from -most to most: bits of the position, well mixed. */
static void draw(double *x, size_t n, uint32_t most)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits = (uint32_t)i * 0x9e3779b9u;
        bits = (bits ^ bits >> 15) * 0x2c1b3c6du;
        x[i] = (double)((uint64_t)bits * (2 * most + 1) >> 32) - most;
    }
}

/* x (rows,k) in the type of the routine, or its transpose. */
static void store(const trial *t, void *to, const double *x, size_t rows, int transposed)
{
    size_t k = (size_t)t->k, down = transposed ? 1 : k, across = transposed ? rows : 1;
    for (size_t i = 0; i < rows; i++, x += k)
        if (t->r->is_single)
            for (size_t l = 0; l < k; l++)
                ((float *)to)[i * down + l * across] = (float)x[l];
        else
            for (size_t l = 0; l < k; l++)
                ((double *)to)[i * down + l * across] = x[l];
}

static void fill(const trial *t, size_t n, double value)
{
    for (size_t i = 0; i < n; i++)
        if (t->r->is_single)
            ((float *)t->c)[i] = (float)value;
        else
            ((double *)t->c)[i] = value;
}

static mi_status trial_make(trial *t)
{
    size_t m = (size_t)t->m, n = (size_t)t->n, k = (size_t)t->k;
    size_t cell = t->r->is_single ? sizeof(float) : sizeof(double);
    MI_TRY(MI_NEW(t->v, k));
    MI_TRY(mi_malloc(&t->fa, m * k, cell));
    MI_TRY(mi_malloc(&t->fb, n * k, cell));
    MI_TRY(mi_malloc(&t->c, m * (n + GAP), cell));
    store(t, t->fa, t->a, m, t->r->op == TN || t->r->op == LOWER_T);
    if (!is_symmetric(t))
        store(t, t->fb, t->b, n, t->r->op != NT);
    /* With beta = 0, what was there does not count, be it NaN. */
    fill(t, m * (n + GAP), t->r->beta ? 1 : NAN);
    return MI_OK;
}

static void trial_free(trial *t)
{
    mi_free(t->a);
    mi_free(t->v);
    mi_free(t->fa);
    mi_free(t->fb);
    mi_free(t->c);
}

static void multiply(const trial *t)
{
    CBLAS_TRANSPOSE ta = t->r->op == TN || t->r->op == LOWER_T ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE tb = t->r->op == NT ? CblasTrans : CblasNoTrans;
    CBLAS_UPLO half = t->r->op == UPPER_N ? CblasUpper : CblasLower;
    int lda = ta == CblasTrans ? t->m : t->k, ldb = tb == CblasTrans ? t->k : t->n;
    int ldc = t->n + GAP;
    if (is_symmetric(t) && t->r->is_single)
        cblas_ssyrk(CblasRowMajor, half, ta, t->m, t->k, 1, t->fa, lda, (float)t->r->beta, t->c,
                    ldc);
    else if (is_symmetric(t))
        cblas_dsyrk(CblasRowMajor, half, ta, t->m, t->k, 1, t->fa, lda, t->r->beta, t->c, ldc);
    else if (t->r->is_single)
        cblas_sgemm(CblasRowMajor, ta, tb, t->m, t->n, t->k, 1, t->fa, lda, t->fb, ldb,
                    (float)t->r->beta, t->c, ldc);
    else
        cblas_dgemm(CblasRowMajor, ta, tb, t->m, t->n, t->k, 1, t->fa, lda, t->fb, ldb, t->r->beta,
                    t->c, ldc);
}

/* ---- and compared ---- */

static double get(const trial *t, size_t at)
{
    return t->r->is_single ? (double)((const float *)t->c)[at] : ((const double *)t->c)[at];
}

static double weight(int j)
{
    return 1 + (j & 7);
}

/* Sum of w C over columns from..to of the row that starts at `row`. */
static double weighted_sum(const trial *t, size_t row, int from, int to)
{
    double sum = 0;
    for (int j = from; j < to; j++)
        sum += weight(j) * get(t, row + (size_t)j);
    return sum;
}

/* No product may write there. */
static int is_untouched(const trial *t, size_t row, int from, int to)
{
    for (int j = from; j < to; j++) {
        double is = get(t, row + (size_t)j);
        if (t->r->beta ? is != 1 : !isnan(is))
            return 0;
    }
    return 1;
}

static double dot(const double *x, const double *y, int k)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int l = 0; l < k; l++)
        sum += x[l] * y[l];
    return sum;
}

/* Row i against its checksum a_i . v, v the weighted sum of the rows of op(B)' that it meets. */
static int is_row_right(const trial *t, int i)
{
    int end = t->n + GAP, from = t->r->op == UPPER_N ? i : 0;
    int to = t->r->op == LOWER_N || t->r->op == LOWER_T ? i + 1 : t->n;
    size_t row = (size_t)i * (size_t)end;
    double wanted = dot(t->a + (size_t)i * (size_t)t->k, t->v, t->k);
    for (int j = from; j < to && t->r->beta; j++)
        wanted += weight(j);
    return weighted_sum(t, row, from, to) == wanted && is_untouched(t, row, 0, from) &&
           is_untouched(t, row, to, end);
}

static void meet(const trial *t, const double *x, int j)
{
    const double w = weight(j);
    x += (size_t)j * (size_t)t->k;
    for (int l = 0; l < t->k; l++)
        t->v[l] += w * x[l];
}

/* The first wrong row, or -1. */
static int wrong_row(const trial *t)
{
    for (int j = 0; j < t->n && !is_symmetric(t); j++)
        meet(t, t->b, j);
    for (int r = 0; r < t->m; r++) {
        /* of a triangle in the order in which one more column is written each time */
        int i = t->r->op == UPPER_N ? t->m - 1 - r : r;
        if (is_symmetric(t))
            meet(t, t->a, i);
        if (!is_row_right(t, i))
            return i;
    }
    return -1;
}

/* ---- the verdict ---- */

static char fault[512]; /* written before is_wrong is set */
static atomic_int is_wrong;

static const char *advice(const char *blas)
{
#ifdef __aarch64__
    const char *kernels = "other kernels of it (OPENBLAS_CORETYPE=ARMV8) or another BLAS";
#else
    const char *kernels =
        "other kernels of it (OPENBLAS_CORETYPE=Haswell, or Nehalem) or another BLAS";
#endif
    return strncmp(blas, "OpenBLAS", 8) == 0 ? kernels : "another BLAS";
}

static void MI_PRINTF(1, 2) blame(const char *format, ...)
{
    const char *blas = mi_blas_description();
    char what[128];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    snprintf(fault, sizeof fault, "%s computes wrong here: %s; try %s", blas, what, advice(blas));
    atomic_store(&is_wrong, 1);
}

/* Integers from -most to most; B is A but for one element, so that one drawing serves both. */
static mi_status run_trial(const routine *r, int m, int n, int k, uint32_t most)
{
    trial t = {.r = r, .m = m, .n = n, .k = k};
    size_t count = (size_t)(m > n ? m : n) * (size_t)k + 1;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(t.a, count), done);
    t.b = t.a + 1;
    draw(t.a, count, most);
    MI_TRY_GOTO(status, trial_make(&t), done);
    multiply(&t);
    int row = wrong_row(&t);
    if (row >= 0)
        blame("%s, %d x %d x %d, row %d", r->name, m, n, k, row);
done:
    trial_free(&t);
    return status;
}

static const routine routines[] = {
    {MI_SGEMM_NT, "sgemm", NT, 1, 0},     {MI_SGEMM_NN, "sgemm", NN, 1, 0},
    {MI_SGEMM_TN, "sgemm", TN, 1, 0},     {MI_SSYRK_N, "ssyrk", UPPER_N, 1, 0},
    {MI_DGEMM_NT, "dgemm", NT, 0, 0},     {MI_DGEMM_NN, "dgemm", NN, 0, 0},
    {MI_DGEMM_TN, "dgemm", TN, 0, 0},     {MI_DSYRK_N, "dsyrk", LOWER_N, 0, 0},
    {MI_DSYRK_T, "dsyrk", LOWER_T, 0, 1},
};

static const routine *routine_of(unsigned use)
{
    const routine *r = routines;
    while (r->use != use)
        r++;
    return r;
}

/* One routine on shapes that leave a rest behind any blocking: for the smallest kernels, for those
 * of large matrices, and with integers that need all of single precision, or more of double than
 * single has. */
static mi_status run_product(const routine *r)
{
    static const struct {
        int m, n, k;
        uint32_t most[2]; /* in double and in single precision: n k most^2 w is exact */
    } shape[] = {
        {1, 1, 1, {8, 8}},
        {7, 5, 3, {1 << 22, 2364}},
        {33, 18, 65, {8, 8}},
        {97, 83, 129, {8, 8}},
    };
    for (size_t s = 0; s < sizeof shape / sizeof *shape && !is_wrong; s++) {
        int m = shape[s].m, n = r->op >= UPPER_N ? m : shape[s].n, k = shape[s].k;
        MI_TRY(run_trial(r, m, n, k, shape[s].most[r->is_single]));
    }
    return MI_OK;
}

/* The matrix min(i,j), i, j = 1 .. n, has the eigenvalues 1 / (4 sin^2((2 k - 1) pi / (4 n + 2))),
 * k = n .. 1: the inverse of second differences. */
static mi_status run_eigenvalues(unsigned by)
{
    enum { N = 41 };
    double a[N * N], value[N];
    int wrong = 0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            a[i * N + j] = 1 + (i < j ? i : j);
    if (by == MI_TWO_STAGES)
        MI_TRY(mi_eigenvalues_two_stages(value, a, N));
    else if (LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'N', 'U', N, a, N, value))
        value[0] = NAN;
    for (int k = 1; k <= N; k++) {
        double sine = sin((2 * k - 1) * M_PI / (4 * N + 2)), wanted = 1 / (4 * sine * sine);
        wrong += !(fabs(value[N - k] - wanted) <= 1e-12 * N * N);
    }
    if (wrong > 0)
        blame("%s, %d x %d, %d eigenvalues", by == MI_TWO_STAGES ? "dsytrd_sb2st" : "dsyevd", N, N,
              wrong);
    return MI_OK;
}

static mi_status run(unsigned uses)
{
    mi_status status = MI_OK;
    for (size_t r = 0; r < sizeof routines / sizeof *routines && status == MI_OK; r++)
        if (routines[r].use & uses && !is_wrong)
            status = run_product(&routines[r]);
    for (unsigned by = MI_EIGENVALUES; by <= MI_TWO_STAGES; by <<= 1)
        if (status == MI_OK && uses & by && !is_wrong)
            status = run_eigenvalues(by);
    return status;
}

static int cut(size_t side, double most)
{
    return (double)side <= most ? (int)side : most < 1 ? 1 : (int)most;
}

/* One tile as the workers multiply it; of long rows a part, which all blockings of k divide again. */
static mi_status run_tile(size_t side, size_t d)
{
    int k = cut(d, 1 << 10), m = cut(side, tile_work / k), n = cut(side, tile_work / k / m);
    int both = cut(side, sqrt(tile_work / k));
    mi_status status = run_trial(routine_of(MI_SGEMM_NT), m, n, k, 8);
    if (status == MI_OK && !is_wrong)
        status = run_trial(routine_of(MI_SSYRK_N), both, both, k, 8);
    return status;
}

/* ---- once a process ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_uint done; /* what was checked */
enum { TILE = MI_BLAS_ALL + 1 };

/* On one thread: others, once woken, turn around for a while and are in the way of what follows.
 * What failed for want of memory is done again by the next caller. */
static mi_status check(unsigned uses, size_t side, size_t d)
{
    mi_status status = MI_OK;
    if (uses & ~atomic_load(&done)) {
        pthread_mutex_lock(&lock);
        int threads = mi_blas_threads();
        mi_blas_set_threads(1);
        status = run(uses & ~done);
        if (status == MI_OK && uses & TILE & ~done && !is_wrong)
            status = run_tile(side, d);
        if (status == MI_OK)
            done |= uses;
        mi_blas_set_threads(threads);
        pthread_mutex_unlock(&lock);
    }
    if (status == MI_OK && atomic_load(&is_wrong))
        return mi_fail(MI_ELIBRARY, "%s", fault);
    return status;
}

mi_status mi_blas_check(unsigned uses)
{
    return check(uses, 0, 0);
}

mi_status mi_blas_check_tile(size_t side, size_t d)
{
    return check(MI_SGEMM_NT | MI_SSYRK_N | TILE, side, d);
}
