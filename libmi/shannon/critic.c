/* Variational bounds between views, by the critic f_ij = <x_i, x_j> / T of rows of norm 1.
 *
 * The positive of row i is the next view p(i) of its instance, its negatives the rows of other instances.
 * E_p is the mean over rows of f of the positive, E_q that over pairs with negatives.
 *
 *     infonce   mean_i  f_ip - log( (e^f_ip + sum_neg e^f_ij) / (1 + negatives) )
 *     nwj       E_p f + 1 - log Z - E_q e^f / Z: for any Z a bound, tightest at Z = E_q e^f. That comes from
 *               the other half of the instances (odd, even ones), since from the same rows it would be
 *               Donsker and Varadhan's, which is no bound of a sample
 *     smile     E_p f - log E_q min(max(e^f, e^-C), e^C)
 *
 * Errors are of first order, by what one instance's rows add to each mean; a row is in E_q twice, as i and
 * as j, since f is symmetric, and in infonce in the sums of all others, by their shares. */
#include <cblas.h>
#include <math.h>

#include "libmi/base/blas.h"
#include "libmi/base/pool.h"
#include "libmi/data/sample_build.h"
#include "libmi/shannon/private.h"

/* Rows of a task. */
#define CHUNK 64

typedef struct {
    const mi_shannon_estimator *e;
    const double *x;
    size_t n, d;
    const mi_groups *instance;
    size_t *next;     /* (n) the positive of each row */
    double *positive; /* (n) f_ip */
    double
        *negative; /* (n) sums over negatives of e^f, clipped for smile, of the same half for nwj */
    double *pairs; /* (n) how many they are */
    double *share; /* (n) infonce: sums over other rows j of e^f_ij / (e^f_jp + sum of j) */
    double *local; /* (n) terms whose mean is the value, but for an offset */
    double *work;  /* (workers, CHUNK, n) f */
    int want_shares;
} critic_job;

static int is_negative(const critic_job *c, size_t i, size_t j)
{
    int32_t a = c->instance->code[i], b = c->instance->code[j];
    return a != b && (c->e->kind != MI_SHANNON_NWJ || a % 2 == b % 2);
}

static double weight_of(const critic_job *c, double f)
{
    return exp(c->e->kind == MI_SHANNON_SMILE ? fmin(c->e->clip, fmax(-c->e->clip, f)) : f);
}

/* f of rows first .. first+count with all rows. */
static void scores(const critic_job *c, double *f, size_t first, size_t count)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)count, (int)c->n, (int)c->d,
                1 / c->e->temperature, c->x + first * c->d, (int)c->d, c->x, (int)c->d, 0, f,
                (int)c->n);
}

static mi_status some_rows(void *arg, size_t task, int worker)
{
    const critic_job *c = arg;
    size_t first = task * CHUNK, count = c->n - first < CHUNK ? c->n - first : CHUNK;
    double *f = c->work + (size_t)worker * CHUNK * c->n;
    scores(c, f, first, count);
    for (size_t i = first; i < first + count; i++) {
        const double *row = f + (i - first) * c->n;
        double sum = 0, pairs = 0;
        for (size_t j = 0; j < c->n; j++) {
            if (!is_negative(c, i, j))
                continue;
            double w = weight_of(c, row[j]);
            sum += c->want_shares ? w / (exp(c->positive[j]) + c->negative[j]) : w;
            pairs++;
        }
        if (c->want_shares) {
            c->share[i] = sum;
            continue;
        }
        c->positive[i] = row[c->next[i]];
        c->negative[i] = sum;
        c->pairs[i] = pairs;
    }
    return MI_OK;
}

static mi_status pass(critic_job *c, int want_shares, const mi_run *run)
{
    c->want_shares = want_shares;
    return mi_parallel(run, (c->n + CHUNK - 1) / CHUNK, some_rows, c);
}

/* Each of these fills local (n), and returns what their mean lacks. */
static double infonce_terms(const critic_job *c)
{
    double n = (double)c->n, mean = 0;
    for (size_t i = 0; i < c->n; i++)
        mean += c->share[i] / n;
    for (size_t i = 0; i < c->n; i++) {
        double all = exp(c->positive[i]) + c->negative[i];
        c->local[i] = c->positive[i] - log(all / (1 + c->pairs[i])) - (c->share[i] - mean);
    }
    return 0;
}

/* Rows of a half, odd or even instances; all rows where halves are not told apart. */
typedef struct {
    double rows, pairs; /* with negatives */
    double mean;        /* of e^f over these pairs */
} negatives;

static int half_of(const critic_job *c, size_t i)
{
    return c->e->kind == MI_SHANNON_NWJ ? c->instance->code[i] % 2 : 0;
}

static void find_negatives(const critic_job *c, negatives half[2])
{
    half[0] = half[1] = (negatives){0};
    for (size_t i = 0; i < c->n; i++) {
        negatives *own = &half[half_of(c, i)];
        own->mean += c->negative[i];
        own->pairs += c->pairs[i];
        own->rows++;
    }
    for (int h = 0; h < 2; h++)
        half[h].mean /= half[h].pairs;
}

/* How much row i moves the logarithm of that mean, twice: as i and as j. Rows of large instances have fewer
 * negatives; over the half the sum is 0. */
static double own_negatives(const critic_job *c, size_t i, const negatives *half)
{
    return 2 * half->rows / half->pairs * (c->negative[i] / half->mean - c->pairs[i]);
}

static double nwj_terms(const critic_job *c)
{
    negatives half[2];
    double offset = 0;
    find_negatives(c, half);
    /* The mean of what each half says with the Z of the other. */
    for (int h = 0; h < 2; h++)
        offset += 0.5 * (1 - log(half[1 - h].mean) - half[h].mean / half[1 - h].mean);
    for (size_t i = 0; i < c->n; i++) {
        const negatives *own = &half[half_of(c, i)];
        c->local[i] = (c->positive[i] - own_negatives(c, i, own)) * 0.5 * (double)c->n / own->rows;
    }
    return offset;
}

static double smile_terms(const critic_job *c)
{
    negatives half[2];
    find_negatives(c, half);
    for (size_t i = 0; i < c->n; i++)
        c->local[i] = c->positive[i] - own_negatives(c, i, &half[0]);
    return -log(half[0].mean);
}

static mi_status check_views(const critic_job *c)
{
    size_t least = c->n;
    for (size_t g = 0; g < c->instance->g; g++)
        least = c->instance->count[g] < least ? c->instance->count[g] : least;
    if (least < 2)
        return mi_fail(MI_EDATA,
                       "a critic needs two or more views of every instance, row %zu is "
                       "alone; wanted instance ids r that views share",
                       c->instance->first[0]);
    if (c->instance->g < 4)
        return mi_fail(MI_EDATA, "a critic needs 4 or more instances, found %zu", c->instance->g);
    return MI_OK;
}

/* The mean of the logarithm of the number of rows that a positive is told from. */
static double ceiling(const critic_job *c)
{
    double sum = 0;
    for (size_t i = 0; i < c->n; i++)
        sum += log(1 + c->pairs[i]);
    return sum / (double)c->n;
}

static mi_status run_critic(critic_job *c, double *value, double *se, double *most,
                            const mi_run *run)
{
    mi_shannon_kind kind = c->e->kind;
    size_t workers = (size_t)mi_parallel_workers(run, (c->n + CHUNK - 1) / CHUNK);
    double mean;
    MI_TRY(check_views(c));
    MI_TRY(mi_blas_check(MI_DGEMM_NT));
    MI_TRY(MI_NEW_RAW(c->work, workers * CHUNK * c->n));
    MI_TRY(mi_next_views(c->next, c->instance));
    MI_TRY(pass(c, 0, run));
    if (kind == MI_SHANNON_INFONCE)
        MI_TRY(pass(c, 1, run));
    double offset = kind == MI_SHANNON_INFONCE ? infonce_terms(c)
                    : kind == MI_SHANNON_NWJ   ? nwj_terms(c)
                                               : smile_terms(c);
    MI_TRY(mi_shannon_mean(&mean, se, c->local, c->instance));
    *value = mean + offset;
    *most = kind == MI_SHANNON_INFONCE ? ceiling(c) : NAN;
    return MI_OK;
}

mi_status mi_shannon_critic(double *value, double *se, double *most, const mi_shannon_estimator *e,
                            const double *x, size_t d, const mi_groups *instance, const mi_run *run)
{
    size_t n = instance->n;
    critic_job c = {.e = e, .x = x, .n = n, .d = d, .instance = instance};
    double *numbers;
    MI_TRY(MI_NEW(numbers, 5 * n));
    c.positive = numbers;
    c.negative = numbers + n;
    c.pairs = numbers + 2 * n;
    c.share = numbers + 3 * n;
    c.local = numbers + 4 * n;
    mi_status status = MI_NEW(c.next, n);
    if (status == MI_OK)
        status = run_critic(&c, value, se, most, run);
    mi_free(c.work);
    mi_free(c.next);
    mi_free(numbers);
    return status;
}
