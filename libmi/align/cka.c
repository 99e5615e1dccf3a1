/* Both forms of CKA from sums over pairs of rows, and their influences.
 *
 * With A = sum K_ij L_ij, r and s the row sums of K and L, R and S their totals, B = sum r_i s_i,
 *
 *     H = A - 2 B / c + R S / e        biased, times n^2: all pairs, c = n, e = n^2
 *                                      debiased, times n (n-3): pairs i != j, c = n-2, e = (n-1)(n-2)
 *
 * As a function of weights of the rows (1 each), q = K s + L r, c' and e' being derivatives by n,
 *
 *     dH_i = 2 t_i - 2 (r_i s_i + q_i) / c + 2 B c' / c^2 + 2 (r_i S + s_i R) / e - R S e' / e^2
 *
 * and CKA = H_kl / sqrt(H_kk H_ll) has the influences dH_kl / sqrt(H_kk H_ll) - CKA (dH_kk / H_kk + dH_ll /
 * H_ll) / 2, those of the rows of an instance added up. */
#include <math.h>

#include "libmi/align/private.h"
#include "libmi/bounds/influence.h"

/* c and e above, and their derivatives. */
typedef struct {
    double c, e, d_e;
} pair_counts;

static pair_counts counts_of(size_t rows, int is_debiased)
{
    double n = (double)rows;
    return is_debiased ? (pair_counts){n - 2, (n - 1) * (n - 2), 2 * n - 3}
                       : (pair_counts){n, n * n, 2 * n};
}

static double row_sum(const mi_align_side *x, size_t i, int is_debiased)
{
    return x->row[i] + (is_debiased ? 0 : x->self[i]);
}

typedef struct {
    double a, b, r, s; /* A, B, R, S */
} hsic_sums;

/* total: sum over i != j of K_ij L_ij. to NULL: the rows of y as they are. */
static hsic_sums sums_of(const mi_align_side *x, const mi_align_side *y, const size_t *to,
                         double total, int is_debiased)
{
    hsic_sums h = {.a = total};
    for (size_t i = 0; i < x->n; i++) {
        size_t beside = to ? to[i] : i;
        double r = row_sum(x, i, is_debiased), s = row_sum(y, beside, is_debiased);
        h.a += is_debiased ? 0 : x->self[i] * y->self[beside];
        h.b += r * s;
        h.r += r;
        h.s += s;
    }
    return h;
}

static double hsic(const hsic_sums *h, const pair_counts *n)
{
    return h->a - 2 * h->b / n->c + h->r * h->s / n->e;
}

/* Whether K less its mean is round-off: that of rows which are all the same, under a linear kernel; of values
 * of 1 on the diagonal and of the size of their mean off it. */
static int is_flat(const mi_align_side *x, int is_debiased)
{
    double n = (double)x->n, left = x->inner, sum = 0, squares = 0;
    for (size_t i = 0; i < x->n; i++) {
        sum += x->self[i];
        squares += x->self[i] * x->self[i];
    }
    if (x->is_linear)
        return sum <= MI_ALIGN_NOTHING_LEFT * x->seen.square;
    return is_debiased ? left <= 1e-20 * n * (n - 1) * x->shift * x->shift
                       : left + squares <= 1e-20 * n * n;
}

/* H of a side with itself; nan where its terms leave nothing but their rounding. */
static double own_hsic(const mi_align_side *x, int is_debiased)
{
    const hsic_sums h = sums_of(x, x, NULL, x->inner, is_debiased);
    const pair_counts n = counts_of(x->n, is_debiased);
    double terms = x->inner + 2 * fabs(h.b / n.c) + fabs(h.r * h.s / n.e), value = hsic(&h, &n);
    for (size_t i = 0; i < x->n; i++)
        terms += x->self[i] * x->self[i];
    return is_flat(x, is_debiased) || fabs(value) <= 1e-12 * terms ? NAN : value;
}

double mi_align_cka(const mi_align_side *x, const mi_align_side *y, const size_t *to, double total,
                    int is_debiased)
{
    const hsic_sums h = sums_of(x, y, to, total, is_debiased);
    const pair_counts n = counts_of(x->n, is_debiased);
    return hsic(&h, &n) / sqrt(own_hsic(x, is_debiased) * own_hsic(y, is_debiased));
}

/* ---- influences ---- */

/* Two sides as they are paired, and sums over their pairs. */
typedef struct {
    const mi_align_side *x, *y;
    double total;
    double *t; /* (n) sum over j != i of K_ij L_ij */
    double *q; /* (n,4) sums over j != i of K_ij s_j and L_ij r_j, without self pairs in r and s; of
                  K_ij and L_ij times the K_jj and L_jj beside them */
} paired_sums;

/* K times [ row sums of y, diagonal of y ], into columns 0 1; with y and x changed, 2 3. */
static mi_status times_sums(double *q, const mi_align_job *j, const mi_align_side *x,
                            const mi_align_side *y, size_t column)
{
    size_t n = j->n;
    double *v;
    MI_TRY(MI_NEW_RAW(v, 4 * n));
    for (size_t i = 0; i < n; i++) {
        v[2 * i] = y->row[i];
        v[2 * i + 1] = y->self[i];
    }
    mi_status status = mi_align_times(v + 2 * n, j, x, v, 2);
    for (size_t i = 0; status == MI_OK && i < n; i++) {
        q[4 * i + column] = v[2 * (n + i)];
        q[4 * i + column + 1] = v[2 * (n + i) + 1];
    }
    mi_free(v);
    return status;
}

static mi_status paired_init(paired_sums *p, const mi_align_job *j, const mi_align_side *x,
                             const mi_align_side *y)
{
    double *cross = NULL;
    mi_status status = MI_OK;
    *p = (paired_sums){.x = x, .y = y};
    MI_TRY(MI_NEW_RAW(p->t, j->n));
    MI_TRY(MI_NEW_RAW(p->q, 4 * j->n));
    if (x->is_linear && y->is_linear) {
        MI_TRY(MI_NEW_RAW(cross, x->seen.x->d * y->seen.x->d));
        status = mi_align_cross(cross, &x->seen, j->order, &y->seen, j->order);
    }
    if (status == MI_OK)
        status = mi_align_inner(&p->total, p->t, j, x, y, j->order, cross);
    mi_free(cross);
    if (status == MI_OK)
        status = times_sums(p->q, j, x, y, 0);
    return status == MI_OK ? times_sums(p->q, j, y, x, 2) : status;
}

static void paired_free(paired_sums *p)
{
    mi_free(p->t);
    mi_free(p->q);
}

/* dH_i of the formula at the head. */
static double slope(const paired_sums *p, const hsic_sums *h, size_t i, int is_debiased)
{
    const mi_align_side *x = p->x, *y = p->y;
    const pair_counts n = counts_of(x->n, is_debiased);
    double r = row_sum(x, i, is_debiased), s = row_sum(y, i, is_debiased);
    double t = p->t[i], q = p->q[4 * i] + p->q[4 * i + 2];
    if (!is_debiased) {
        t += x->self[i] * y->self[i];
        q += p->q[4 * i + 1] + p->q[4 * i + 3] + x->self[i] * s + y->self[i] * r;
    }
    return 2 * t - 2 * (r * s + q) / n.c + 2 * h->b / (n.c * n.c) +
           2 * (r * h->s + s * h->r) / n.e - h->r * h->s * n.d_e / (n.e * n.e);
}

/* psi (g): influences of CKA, centred. pair: K with L, K with K, L with L. */
static void influences(double *psi, const paired_sums *pair, const mi_align_job *j,
                       const mi_groups *instance, int is_debiased)
{
    const pair_counts n = counts_of(j->n, is_debiased);
    hsic_sums h[3];
    double value[3], mean = 0;
    for (int k = 0; k < 3; k++) {
        h[k] = sums_of(pair[k].x, pair[k].y, j->order, pair[k].total, is_debiased);
        value[k] = hsic(&h[k], &n);
    }
    double size = sqrt(value[1] * value[2]), cka = value[0] / size;
    for (size_t c = 0; c < instance->g; c++)
        psi[c] = 0;
    for (size_t i = 0; i < j->n; i++)
        psi[instance->code[i]] += slope(&pair[0], &h[0], i, is_debiased) / size -
                                  cka / 2 *
                                      (slope(&pair[1], &h[1], i, is_debiased) / value[1] +
                                       slope(&pair[2], &h[2], i, is_debiased) / value[2]);
    for (size_t c = 0; c < instance->g; c++)
        mean += psi[c] / (double)instance->g;
    for (size_t c = 0; c < instance->g; c++)
        psi[c] -= mean;
}

mi_status mi_align_cka_errors(double *biased, double *debiased, const mi_align_job *j,
                              const mi_groups *instance)
{
    const mi_align_side *side[3][2] = {{j->x, j->y}, {j->x, j->x}, {j->y, j->y}};
    paired_sums pair[3] = {{0}};
    double *psi;
    MI_TRY(MI_NEW_RAW(psi, instance->g));
    mi_status status = MI_OK;
    for (int k = 0; status == MI_OK && k < 3; k++)
        status = paired_init(&pair[k], j, side[k][0], side[k][1]);
    if (status == MI_OK) {
        influences(psi, pair, j, instance, 0);
        *biased = mi_standard_error(psi, instance->g);
        influences(psi, pair, j, instance, 1);
        *debiased = mi_standard_error(psi, instance->g);
    }
    for (int k = 0; k < 3; k++)
        paired_free(&pair[k]);
    mi_free(psi);
    return status;
}
