/*
# Matrix entropy and its order

How much information is in a set of features? The *matrix entropy*
answers from the features themselves: no density is estimated, and no
classifier is trained. This page builds it from four rows upwards. It is
the quantity that everything else in libmi is a sum of.

Take n rows x₁ … xₙ and a kernel that says how alike two rows are. With
the cosine, K[i,j] = ⟨xᵢ, xⱼ⟩ / (|xᵢ| |xⱼ|), the diagonal of K is 1,
and A = K / n has trace 1. So its eigenvalues l₁ … lₙ are shares that
add up to 1, like probabilities, and Rényi's entropy of order a can be
asked of them:

    S_a = log(l₁^a + … + lₙ^a) / (1 − a)

At a = 1 this is read as its limit, −Σ l log l, and at a = ∞ as
−log of the largest. The unit is the nat.
*/
#include "notebooks_c/notebook.h"

static double entropy(const float *x, size_t n, size_t d, double order)
{
    mi_arrays arrays = {.n = n, .z1 = {.x = x, .d = d}};
    mi_sample sample;
    double h;
    TRY(mi_sample_of(&sample, &arrays, NULL));
    TRY(mi_entropy(&h, &sample, "z1", order, NULL));
    mi_sample_free(&sample);
    return h;
}

/*
`mi_sample_of` makes a sample of plain arrays, `mi_entropy` gives one
number of it. Two cases can be done in the head. Rows that are all alike
have one eigenvalue, 1, and the entropy is 0. Rows at right angles have
n eigenvalues 1/n, and the entropy is log n, whatever the order.
*/
static const float alike[] = {1, 2, 1, 2, 1, 2, 1, 2};
static const float apart[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
static const float pairs[] = {1, 0, 1, 0, 0, 1, 0, 1};

static void four_rows(void)
{
    printf("| order | alike | two pairs | at right angles |\n");
    printf("|--:|--:|--:|--:|\n");
    for (double order = 0.5; order <= 4; order *= 2) {
        double none = entropy(alike, 4, 2, order);
        double half = entropy(pairs, 4, 2, order);
        double all = entropy(apart, 4, 4, order);
        printf("| %g | %.4f | %.4f | %.4f |\n", order, fabs(none), half, all);
        EXPECT(fabs(none) < 1e-6);
        EXPECT(fabs(half - log(2)) < 1e-6);
        EXPECT(fabs(all - log(4)) < 1e-6);
    }
    value("log_2", "%.4f", log(2));
    value("log_4", "%.4f", log(4));
}

/*
Two pairs of equal rows carry one choice between two, log 2 = {log_2}
nats; four rows at right angles one between four, log 4 = {log_4}. So
exp(S) counts directions: it is an *effective rank*.

## What the order does

Real features lie between these cases: a few strong directions, and a
long tail of weak ones. The order decides how much the tail counts.
Eigenvalues that fall as 1/k show it.
*/
enum { TAIL = 64 };

static void a_heavy_tail(void)
{
    static const double orders[] = {0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4};
    double l[TAIL], sum = 0, last = INFINITY;
    for (int k = 0; k < TAIL; k++)
        sum += l[k] = 1.0 / (k + 1);
    for (int k = 0; k < TAIL; k++)
        l[k] /= sum;
    FILE *table = chart(
        "orders", "Entropy against its order: eigenvalues that fall as 1/k",
        "trend -x alpha -y S --y2 none --yrange 0:");
    fprintf(table, "alpha\tS\n");
    printf("| order | S | exp(S) |\n|--:|--:|--:|\n");
    for (size_t k = 0; k < sizeof orders / sizeof *orders; k++) {
        double s = mi_entropy_of_eigenvalues(l, TAIL, orders[k]);
        fprintf(table, "%g\t%.9g\n", orders[k], s);
        printf("| %g | %.4f | %.1f |\n", orders[k], s, exp(s));
        EXPECT(s < last);
        last = s;
    }
    chart_end(table);
    value("limit", "%.4f", mi_entropy_of_eigenvalues(l, TAIL, INFINITY));
    value("largest", "%.4f", l[0]);
}

/*
The entropy never rises with the order. Its end, at a = ∞, is {limit}
nats: −log of the largest eigenvalue, {largest}, alone. Low orders see
the tail, high orders the head. Order 1 is Shannon's formula, and the
one order at which mutual and conditional information are never
negative, whatever the kernels. Order 2 is the paper's, and it is cheap:

    S₂ = −log Σ l² = −log(Σ K[i,j]² / n²)

No eigenvalue is needed, only the sum of the squares of K. That is why
libmi does a million rows at order 2, and why the default is 2.
*/
static void order_two_by_hand(void)
{
    enum { N = 50, D = 8 };
    float x[N * D];
    double sum = 0;
    for (int k = 0; k < N * D; k++)
        x[k] = (float)normal();
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double dot = 0, ii = 0, jj = 0;
            for (int k = 0; k < D; k++) {
                dot += (double)x[i * D + k] * x[j * D + k];
                ii += (double)x[i * D + k] * x[i * D + k];
                jj += (double)x[j * D + k] * x[j * D + k];
            }
            sum += dot * dot / (ii * jj);
        }
    double by_hand = -log(sum / (N * N)), s = entropy(x, N, D, 2);
    printf("by hand %.6f, libmi %.6f\n", by_hand, s);
    EXPECT(fabs(by_hand - s) < 2e-5);
}

/*
## Two variables at once

The joint of two variables multiplies their matrices entry by entry: two
rows are alike where they are alike in both. From there on everything is
sums, as in Shannon's theory:

    S(A,B) from K_A ∘ K_B          I(A;B) = S(A) + S(B) − S(A,B)

And under the *delta* kernel, 1 where two values are equal and else 0,
the eigenvalues of A are the shares of the values. Then these are not
like Shannon's entropies, they are Shannon's entropies.
*/
static void delta_is_counting(void)
{
    static const int64_t label[] = {0, 0, 0, 1, 1, 1, 1, 2};
    double p[] = {3.0 / 8, 4.0 / 8, 1.0 / 8}, counted = 0, h;
    float x[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    mi_arrays arrays = {.n = 8, .z1 = {.x = x, .d = 1}, .y = label};
    mi_sample sample;
    for (int k = 0; k < 3; k++)
        counted -= p[k] * log(p[k]);
    TRY(mi_sample_of(&sample, &arrays, NULL));
    TRY(mi_entropy(&h, &sample, "y", 1, NULL));
    mi_sample_free(&sample);
    printf("counted %.6f, matrix entropy %.6f\n", counted, h);
    EXPECT(fabs(counted - h) < 1e-12);
}

/*
One thing does not carry over. K ∘ K is not K unless all entries are 0
or 1, so the joint of a variable with itself says more than the variable,
and I(Z;Z) is below H(Z).
*/
static void with_itself(void)
{
    enum { N = 50, D = 8 };
    float x[N * D];
    double h, i;
    mi_arrays arrays = {.n = N, .z1 = {.x = x, .d = D}};
    mi_sample sample;
    for (int k = 0; k < N * D; k++)
        x[k] = (float)normal();
    TRY(mi_sample_of(&sample, &arrays, NULL));
    TRY(mi_entropy(&h, &sample, "z1", 2, NULL));
    TRY(mi_information(&i, &sample, "z1:z1", 2, NULL));
    mi_sample_free(&sample);
    printf("H(Z) %.4f, I(Z;Z) %.4f\n", h, i);
    EXPECT(i < h);
}

/*
Source: Sánchez Giraldo, Rao and Príncipe, *Measures of Entropy From
Data Using Infinitely Divisible Kernels*, IEEE Trans. Inf. Theory 61
(2015) 535. Next: [the chain and the two theorems](02-theorems.md).
*/
int main(void)
{
    CELL(four_rows);
    CELL(a_heavy_tail);
    CELL(order_two_by_hand);
    CELL(delta_is_counting);
    CELL(with_itself);
    return 0;
}
