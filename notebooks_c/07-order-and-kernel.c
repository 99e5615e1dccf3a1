/*
# Order and kernel

The order a and the kernel are choices, and a finding that hangs on them
is not worth much. This page moves both: first on one checkpoint, then on
a finding.

The cosine compares directions: K[i,j] = ⟨xᵢ, xⱼ⟩ / (|xᵢ| |xⱼ|). The
gaussian kernel compares places: K[i,j] = exp(−|xᵢ − xⱼ|² / 2σ²), where σ
decides what counts as near. `gaussian:median` takes the median distance,
a habit rather than a law. The third choice lies between them: the
gaussian kernel, σ = 1, of rows that were divided by their lengths.
*/
#include "notebooks_c/notebook.h"

enum { ORDERS = 6, KERNELS = 3, ROWS = 512 };

static const double orders[ORDERS] = {0.5, 1, 1.5, 2, 3, 4};
static const struct {
    const char *name, *kernel;
    int unit_rows;
} kernels[KERNELS] = {
    {"cosine", "linear", 0},
    {"gaussian:median", "gaussian:median", 0},
    {"gaussian:1, unit rows", "gaussian:1", 1},
};

static void make_unit(const mi_mat *m)
{
    for (size_t i = 0; i < m->n; i++) {
        float *row = (float *)m->x + i * m->ld;
        double length = 0;
        for (size_t k = 0; k < m->d; k++)
            length += (double)row[k] * row[k];
        for (size_t k = 0; k < m->d; k++)
            row[k] = (float)(row[k] / sqrt(length));
    }
}

/*
A set is read as plain arrays, so that its rows can be changed, and
becomes a sample under the kernel. One call gives every order.
*/
static void measure(mi_bounds_result *at, mi_features *sets, size_t i, int k)
{
    mi_mat z[2];
    mi_labels label[2];
    int64_t id[2][ROWS];
    for (int m = 0; m < 2; m++) {
        TRY(mi_features_read(sets, i, MI_Z1 + m, &z[m]));
        TRY(mi_features_read_labels(sets, i, MI_R + m, &label[m]));
        if (kernels[k].unit_rows)
            make_unit(&z[m]);
        EXPECT(z[m].n == ROWS && z[m].type == MI_F32);
        for (size_t row = 0; row < ROWS; row++)
            id[m][row] = label[m].groups.code[row];
    }
    mi_arrays arrays = {.n = ROWS,
                        .z1 = {.x = z[0].x, .d = z[0].d},
                        .z2 = {.x = z[1].x, .d = z[1].d},
                        .r = id[0],
                        .y = id[1]};
    mi_sample_opts how;
    mi_bounds_opts o;
    mi_sample sample;
    mi_run run;
    mi_run_default(&run);
    mi_sample_opts_default(&how);
    mi_bounds_opts_default(&o);
    o.alpha = orders;
    o.n_alpha = ORDERS;
    TRY(mi_sample_parse_kernel(&how, kernels[k].kernel));
    TRY(mi_sample_of(&sample, &arrays, &how));
    TRY(mi_bounds(at, &sample, &o, &run));
    mi_sample_free(&sample);
    for (int m = 0; m < 2; m++) {
        mi_mat_free(&z[m]);
        mi_labels_free(&label[m]);
    }
}

static void one_checkpoint(void)
{
    static const char *const address[] = {
        "datasets/samples/final-proj-linear.h5"};
    mi_features *sets = open_sets(address, 1);
    mi_bounds_result at[KERNELS][ORDERS];
    printf(
        "| I(Z1;Z2), order | cosine | gaussian:median | gaussian:1, unit rows |\n");
    printf("|--:|--:|--:|--:|\n");
    for (int k = 0; k < KERNELS; k++)
        measure(at[k], sets, 0, k);
    for (int a = 0; a < ORDERS; a++) {
        printf("| %g", orders[a]);
        for (int k = 0; k < KERNELS; k++) {
            printf(" | %.3f", at[k][a].value[MI_I_Z1_Z2]);
            EXPECT(a == 0 ||
                   at[k][a].value[MI_H_Z1] < at[k][a - 1].value[MI_H_Z1]);
        }
        printf(" |\n");
    }
    mi_features_close(sets);
}

/*
Every entropy falls with the order, as it must. An information need not:
it is a difference of entropies. Low orders and narrow kernels see many
weak directions, and with 512 rows most of those are noise.

## Where information may be negative

At order 1, I(A;B) ≥ 0 is a theorem for all kernels of this kind. At other
orders it is not, and libmi never clips what comes out. Two thousand tiny
random samples, three rows of two features each:
*/
static void negative(void)
{
    enum { N = 3, D = 2, DRAWS = 2000 };
    double least[ORDERS];
    for (int a = 0; a < ORDERS; a++)
        least[a] = INFINITY;
    for (int draw = 0; draw < DRAWS; draw++) {
        float x[2 * N * D];
        for (int k = 0; k < 2 * N * D; k++)
            x[k] = (float)normal();
        mi_arrays arrays = {
            .n = N, .z1 = {.x = x, .d = D}, .z2 = {.x = x + N * D, .d = D}};
        mi_sample sample;
        TRY(mi_sample_of(&sample, &arrays, NULL));
        for (int a = 0; a < ORDERS; a++) {
            double i;
            TRY(mi_information(&i, &sample, "z1:z2", orders[a], NULL));
            least[a] = fmin(least[a], i);
        }
        mi_sample_free(&sample);
    }
    printf("| order | least I(Z1;Z2) |\n|--:|--:|\n");
    for (int a = 0; a < ORDERS; a++)
        printf("| %g | %.3f |\n", orders[a], least[a]);
    EXPECT(least[1] > -1e-9 && least[3] < -0.01);
}

/*
## Does the finding hold?

The finding of [figures 3 and 4](06-projectors.md): over ten runs, the
lower bound follows accuracy. Here is its correlation at six orders under
the three kernels, from the same files.
*/
static double r[KERNELS][ORDERS];

static void correlate(void)
{
    mi_features *sets = open_sets(run_files, RUNS);
    double accuracy[RUNS], lower[KERNELS][ORDERS][RUNS];
    for (size_t i = 0; i < RUNS; i++) {
        accuracy[i] = attribute(sets, i, "accuracy");
        for (int k = 0; k < KERNELS; k++) {
            mi_bounds_result at[ORDERS];
            measure(at, sets, i, k);
            for (int a = 0; a < ORDERS; a++)
                lower[k][a][i] = at[a].value[MI_LOWER];
        }
    }
    mi_features_close(sets);
    for (int k = 0; k < KERNELS; k++)
        for (int a = 0; a < ORDERS; a++) {
            mi_points points = {.x = lower[k][a], .y = accuracy, .n = RUNS};
            TRY(mi_correlate(&r[k][a], MI_PEARSON, &points));
        }
}

static void the_finding(void)
{
    correlate();
    FILE *table =
        chart("sensitivity", "Correlation of the lower bound with accuracy",
              "trend -x alpha -y pearson --by kernel --y2 none --yrange -1:1");
    fprintf(table, "kernel\talpha\tpearson\n");
    printf("| r, order | cosine | gaussian:median | gaussian:1, unit rows |\n");
    printf("|--:|--:|--:|--:|\n");
    for (int a = 0; a < ORDERS; a++) {
        for (int k = 0; k < KERNELS; k++)
            fprintf(table, "%s\t%g\t%.9g\n", kernels[k].name, orders[a],
                    r[k][a]);
        printf("| %g | %.2f | %.2f | %.2f |\n", orders[a], r[0][a], r[1][a],
               r[2][a]);
        EXPECT(orders[a] <= 1 || (r[0][a] > 0.7 && r[1][a] < 0));
    }
    chart_end(table);
    value("low", "%.2f", r[0][0]);
    value("shannon", "%.2f", r[0][1]);
    value("paper", "%.2f", r[0][3]);
    value("gaussian", "%.2f", r[1][3]);
    value("unit", "%.2f", r[2][3]);
}

/*
With cosines the finding holds from order 1½ up ({paper} at order 2), is
weak at order 1 ({shannon}), and gone at order ½ ({low}), where the many
small eigenvalues of noise have the say. With the gaussian kernel and its
median bandwidth it does not hold at all: {gaussian} at order 2. That
kernel measures lengths, which a contrastive loss on cosines leaves free,
and by a rule that differs from run to run. Take both away, and {unit}
comes back.

So the honest sentence is not "the lower bound predicts accuracy" but
"where directions are compared, at orders of 1½ and above, it does so on
these ten runs". Whoever publishes such a correlation should draw this
chart with it. The tools do the same from the shell, with intervals:

    mi-bounds --alpha 0.5,1,2,3 --kernel linear \
        --kernel gaussian:median final-*.h5 |
        mi-corr --by alpha,kernel -x lower --ci 0.95 |
        mi-plot sensitivity -o sensitivity.svg

Next: [someone else's checkpoint](08-verdict.md).
*/

int main(void)
{
    CELL(one_checkpoint);
    CELL(negative);
    CELL(the_finding);
    return 0;
}
