/*
# Training with the regulariser

The paper's first remedy adds λ · I₂(Z1;Z2) to the loss: the projector is
told to pass on little. `mi_information_gradient` gives the value and its
derivatives by every element of Z1 and Z2, so any training loop can do it.
Here is a whole one in some sixty lines: a linear encoder, a linear
projector, InfoNCE, and gradient descent written out.

## Images to learn from

An "image" has three parts: what its class looks like, what it alone looks
like, and what this view of it happens to look like. They are mixed into
24 numbers. Views of an image share the first two.
*/
#include "notebooks_c/notebook.h"

#include <cblas.h>

enum {
    IMAGES = 64,
    N = 2 * IMAGES,
    TESTS = 2000,
    X = 24,
    D1 = 16,
    D2 = 8,
    CLASSES = 8
};

static double classes[CLASSES][X], mixing[X][X];
static double x[N * X], test[TESTS * X];
static int64_t label[N], test_label[TESTS];

static void make_views(double *to, int64_t *class_of, int rows)
{
    for (int i = 0; i < rows / 2; i++) {
        double own[X];
        for (int k = 0; k < X; k++)
            own[k] =
                classes[i % CLASSES][k] + (k >= 8 && k < 16 ? normal() : 0);
        for (int view = 0; view < 2; view++) {
            double part[X];
            for (int k = 0; k < X; k++)
                part[k] = own[k] + (k >= 16 ? 1.5 * normal() : 0.6 * normal());
            double *row = to + (2 * i + view) * X;
            class_of[2 * i + view] = i % CLASSES;
            for (int k = 0; k < X; k++) {
                row[k] = 0;
                for (int j = 0; j < X; j++)
                    row[k] += mixing[k][j] * part[j];
            }
        }
    }
}

/* What is trained from and what is measured on, of the same classes. */
static void make_images(void)
{
    for (int k = 0; k < X * X; k++)
        mixing[k / X][k % X] = normal() / sqrt(X);
    for (int k = 0; k < CLASSES * 8; k++)
        classes[k / 8][k % 8] = normal();
    make_views(x, label, N);
    make_views(test, test_label, TESTS);
}

/*
## The loss and its derivative

With u = z / |z| and s(i,j) = ⟨uᵢ, uⱼ⟩ / τ, InfoNCE is the mean over rows
of −s(i,i′) + log Σ exp s(i,j), where i′ is the other view of the image
and the sum leaves out i. Let p(i,j) be the share of exp s(i,j) in row i's
sum. The derivative by u is (P + Pᵀ − 2E) U / (n τ), E the matrix that
exchanges views; of that the part along u is taken away, since z enters by
its direction alone.
*/
static const double tau = 0.5;

/* c (n,m) = a b + add c, where a is (n,k), or (k,n) and turned. */
static void product(double *c, const double *a, int turn_a, const double *b,
                    int turn_b, int n, int k, int m, double scale, double add)
{
    cblas_dgemm(CblasRowMajor, turn_a ? CblasTrans : CblasNoTrans,
                turn_b ? CblasTrans : CblasNoTrans, n, m, k, scale, a,
                turn_a ? n : k, b, turn_b ? k : m, add, c, m);
}

/* s (n,n) becomes P, in place; the loss. */
static double shares(double *s)
{
    double loss = 0;
    for (int i = 0; i < N; i++) {
        double *row = s + i * N, sum = 0;
        loss -= row[i ^ 1] / N;
        for (int j = 0; j < N; j++)
            sum += row[j] = j == i ? 0 : exp(row[j]);
        for (int j = 0; j < N; j++)
            row[j] /= sum;
        loss += log(sum) / N;
    }
    return loss;
}

static double infonce(double *g, const double *z)
{
    static double u[N * D2], p[N * N], w[N * N], du[N * D2], length[N];
    for (int i = 0; i < N; i++) {
        length[i] = cblas_dnrm2(D2, z + i * D2, 1);
        for (int k = 0; k < D2; k++)
            u[i * D2 + k] = z[i * D2 + k] / length[i];
    }
    product(p, u, 0, u, 1, N, D2, N, 1 / tau, 0);
    double loss = shares(p);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            w[i * N + j] = p[i * N + j] + p[j * N + i] - (j == (i ^ 1) ? 2 : 0);
    product(du, w, 0, u, 0, N, N, D2, 1 / (N * tau), 0);
    for (int i = 0; i < N; i++) {
        double along = cblas_ddot(D2, du + i * D2, 1, u + i * D2, 1);
        for (int k = 0; k < D2; k++)
            g[i * D2 + k] =
                (du[i * D2 + k] - along * u[i * D2 + k]) / length[i];
    }
    return loss;
}

/*
## One step

Z1 = X W1 and Z2 = Z1 W2. The regulariser is one call. Its two gradients
are added where they belong: the one by Z2 before the way back through
the projector, the one by Z1 behind it.
*/
typedef struct {
    double w1[X * D1], w2[D1 * D2], z1[N * D1], z2[N * D2];
    double loss, information;
    double g1[N * D1], g2[N * D2]; /* of the whole loss, by z1 and z2 */
} model;

static void differentiate(model *m, double lambda)
{
    static double loss_by_z2[N * D2];
    mi_run run;
    mi_mat z1 = mi_mat_view_f64(m->z1, N, D1, 0),
           z2 = mi_mat_view_f64(m->z2, N, D2, 0);
    mi_mat g1 = mi_mat_view_f64(m->g1, N, D1, 0),
           g2 = mi_mat_view_f64(m->g2, N, D2, 0);
    mi_run_default(&run);
    run.threads = 1; /* the matrices are small */
    product(m->z1, x, 0, m->w1, 0, N, X, D1, 1, 0);
    product(m->z2, m->z1, 0, m->w2, 0, N, D1, D2, 1, 0);
    m->loss = infonce(loss_by_z2, m->z2);
    TRY(mi_information_gradient(&m->information, &g1, &g2, &z1, &z2, 2, &run));
    for (int k = 0; k < N * D2; k++)
        m->g2[k] = loss_by_z2[k] + lambda * m->g2[k];
    product(m->g1, m->g2, 0, m->w2, 1, N, D2, D1, 1, lambda);
}

static void step(model *m, double lambda, double rate)
{
    differentiate(m, lambda);
    product(m->w1, x, 1, m->g1, 0, X, N, D1, -rate, 1);
    product(m->w2, m->z1, 1, m->g2, 0, D1, N, D2, -rate, 1);
}

/*
A gradient is believed after it was compared with differences of the
loss, here for some weights of the encoder.
*/
static model start, now;

static void against_differences(void)
{
    double worst = 0, h = 1e-5, lambda = 0.3;
    int compared = 0;
    make_images();
    for (int k = 0; k < X * D1; k++)
        start.w1[k] = normal() / sqrt(X);
    for (int k = 0; k < D1 * D2; k++)
        start.w2[k] = normal() / sqrt(D1);
    for (int k = 0; k < X * D1; k += 37, compared++) {
        double by_weight = 0, loss[2];
        for (int side = 0; side < 2; side++) {
            now = start;
            now.w1[k] += side ? h : -h;
            differentiate(&now, lambda);
            loss[side] = now.loss + lambda * now.information;
        }
        now = start;
        differentiate(&now, lambda);
        for (int i = 0; i < N; i++)
            by_weight += x[i * X + k / D1] * now.g1[i * D1 + k % D1];
        worst = fmax(worst, fabs(by_weight - (loss[1] - loss[0]) / (2 * h)));
    }
    printf("%d derivatives agree to 1e-6\n", compared);
    EXPECT(worst < 1e-6);
}

/*
## Training

Accuracy is that of a linear probe of Z1 (`mi_ridge_accuracy`), on images
of the same classes that were not trained on.
*/
static double accuracy_of(const double *w1)
{
    static double seen[N * D1], unseen[TESTS * D1];
    double accuracy;
    mi_mat train = mi_mat_view_f64(seen, N, D1, 0);
    mi_mat other = mi_mat_view_f64(unseen, TESTS, D1, 0);
    mi_run run;
    mi_run_default(&run);
    product(seen, x, 0, w1, 0, N, X, D1, 1, 0);
    product(unseen, test, 0, w1, 0, TESTS, X, D1, 1, 0);
    TRY(mi_ridge_accuracy(&accuracy, &train, label, &other, test_label, CLASSES,
                          &run));
    return accuracy;
}

static void train(void)
{
    static const double lambda[] = {0, 0.03, 0.1, 0.3, 1};
    double last = INFINITY;
    FILE *table =
        chart("lambda", "What λ does to I(Z1;Z2) and to the accuracy of Z1",
              "sweep -y I_Z1_Z2");
    fprintf(table, "lambda\tInfoNCE\tI_Z1_Z2\taccuracy\n");
    printf("| λ | InfoNCE | I(Z1;Z2) | accuracy |\n|--:|--:|--:|--:|\n");
    for (int k = 0; k < 5; k++) {
        now = start;
        for (int s = 0; s < 200; s++)
            step(&now, lambda[k], 1);
        double accuracy = accuracy_of(now.w1);
        printf("| %g | %.3f | %.3f | %.3f |\n", lambda[k], now.loss,
               now.information, accuracy);
        fprintf(table, "%g\t%.9g\t%.9g\t%.9g\n", lambda[k], now.loss,
                now.information, accuracy);
        EXPECT(now.information < last);
        if (lambda[k] == 0 || lambda[k] == 1)
            value(lambda[k] == 0 ? "free" : "strong", "%.3f", accuracy);
        EXPECT(lambda[k] > 0 || accuracy > accuracy_of(start.w1) + 0.05);
        EXPECT(lambda[k] < 1 || fabs(accuracy - accuracy_of(start.w1)) < 0.02);
        last = now.information;
    }
    chart_end(table);
    value("tests", "%d", TESTS);
    value("open", "%.2f", 1.96 * sqrt(0.25 / TESTS));
    value("untrained", "%.3f", accuracy_of(start.w1));
}

/*
The regulariser does what it is told: I(Z1;Z2) falls at every step of λ,
and InfoNCE pays little for it. The accuracy falls as well, from {free}
without the regulariser to {strong} at λ = 1, where it is that of the
untrained encoder, {untrained}. ({tests} rows leave each open to ± {open}.)

So this page shows how the regulariser is used, not that it helps: a
linear encoder on made-up images is not what the paper speaks of. To ask
that of images and a deep encoder, the same call stands in `mi-train`:

    mi-train cifar10.h5 --projector mlp --lambda 0.1 -o run.h5
    mi-bounds --se run.h5 | mi-plot trend -o figure2.svg

This is the last notebook. The first was [matrix entropy](01-entropy.md).
*/
int main(void)
{
    CELL(against_differences);
    CELL(train);
    return 0;
}
