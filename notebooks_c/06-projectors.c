/*
# Figures 3 and 4: which projector

Runs of SimCLR on CIFAR-10, alike but for what stands behind the encoder:
nothing (`identity`), linear maps, MLPs of several widths, depths and
outputs, and the paper's three bottlenecks: λ · I₂(Z1;Z2) added to the
loss (`lam`), an MLP whose output is quantised to L levels (`fsq`), a
sparse code with k active units before the MLP (`sae`). The paper's third
figure asks whether the bounds tell which run classifies best, its fourth
which term does.

    mi-bounds --se $runs >bounds.tsv
    mi-plot scatter --over train_seed -x lower,upper bounds.tsv -o figure3.svg

The runs are short, four epochs of a small network: what differs between
projectors early in a training. [Plots](../../plots/README.md) has the
scripts, the tables, and how the runs were trained. Unlike the checkpoints
of one run, these are independent points.
*/
#include "notebooks_c/notebook.h"

enum { MOST = 64 };

/* A row a projector: the mean of its seeds. */
static mi_table table;
static double accuracy[MOST];

/* Rows that differ in their seed alone, as one. */
static mi_table over_seeds(const char *path)
{
    mi_table runs = open_table(path), means;
    TRY(mi_table_over(&means, &runs, "train_seed"));
    EXPECT(means.rows <= MOST);
    mi_table_free(&runs);
    return means;
}

static const char *cell(const mi_table *t, size_t row, const char *column)
{
    size_t at;
    TRY(mi_table_find(t, column, &at));
    return mi_table_cell(t, row, at);
}

static void read_the_runs(void)
{
    table = over_seeds("plots/figure3/bounds.tsv");
    EXPECT(table.rows >= 24);
    printf("| projector | λ | out | seeds | accuracy | I(Z1;Z2) | I(Z1;R) | "
           "I(R;Y) | lower | upper |\n");
    printf("|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < table.rows; i++) {
        accuracy[i] = table_number(&table, i, "accuracy");
        printf(
            "| %s | %s | %s | %s | %.3f | %.3f | %.3f | %.3f | %.3f | "
            "%.3f |\n",
            cell(&table, i, "projector"), cell(&table, i, "lambda"),
            cell(&table, i, "projector_out"), cell(&table, i, "runs"),
            accuracy[i], table_number(&table, i, "I_Z1_Z2"),
            table_number(&table, i, "I_Z1_R"), table_number(&table, i, "I_R_Y"),
            table_number(&table, i, "lower"), table_number(&table, i, "upper"));
    }
}

static void figures(void)
{
    draw_table("figure3-lower", "Figure 3: accuracy against the lower bound",
               "scatter --over train_seed --by family -x lower "
               "plots/figure3/bounds.tsv");
    draw_table("figure3-upper", "Figure 3: accuracy against the upper bound",
               "scatter --over train_seed --by family -x upper "
               "plots/figure3/bounds.tsv");
    draw_table("figure4a", "Figure 4a: accuracy against I(Z1;Z2)",
               "scatter --over train_seed --by family -x I_Z1_Z2 "
               "plots/figure4ab/bounds.tsv");
    draw_table("figure4b", "Figure 4b: accuracy against I(Z1;R)",
               "scatter --over train_seed --by family -x I_Z1_R "
               "plots/figure4ab/bounds.tsv");
}

/*
## How sure

Beside each correlation stand its interval, the rank correlation, and a
permutation p: in how many of 999 shufflings of the runs is |r| at least
as large? The last column leaves out the runs whose projector is at most
linear: they are a kind of their own, far from the others.
*/
static size_t values_of(double *x, double *y, const char *term, int all)
{
    size_t n = 0;
    for (size_t i = 0; i < table.rows; i++) {
        const char *projector = cell(&table, i, "projector");
        if (!all && (strcmp(projector, "identity") == 0 ||
                     strcmp(projector, "linear") == 0))
            continue;
        x[n] = table_number(&table, i, term);
        y[n++] = accuracy[i];
    }
    return n;
}

static double pearson(const char *term, int all, mi_interval *ci)
{
    double x[MOST], y[MOST], r;
    mi_points points = {.x = x, .y = y, .n = values_of(x, y, term, all)};
    TRY(mi_correlate(&r, MI_PEARSON, &points));
    *ci = mi_correlate_fisher(MI_PEARSON, r, points.n, 0, 0.95);
    return r;
}

/* What an interval says of a correlation. */
static const char *verdict(mi_interval ci)
{
    return ci.low > 0    ? "rises with it"
           : ci.high < 0 ? "falls with it"
                         : "open";
}

static void how_sure(void)
{
    static const char *const terms[] = {"lower", "upper",  "I_Z1_Z2", "I_Z1_R",
                                        "I_R_Y", "I_Y_Z1", "H_Z1"};
    mi_correlate_opts o;
    mi_correlate_opts_default(&o);
    printf("| term | r | 95 %% | accuracy | ρ | p | deeper ones |\n"
           "|:--|--:|:-:|:--|--:|--:|--:|\n");
    for (size_t k = 0; k < sizeof terms / sizeof *terms; k++) {
        double x[MOST], y[MOST], rho, p;
        mi_points points = {.x = x, .y = y};
        mi_interval ci, deep;
        double r = pearson(terms[k], 1, &ci),
               r_deep = pearson(terms[k], 0, &deep);
        points.n = values_of(x, y, terms[k], 1);
        TRY(mi_correlate(&rho, MI_SPEARMAN, &points));
        TRY(mi_correlate_permutation(&p, MI_PEARSON, &points, &o));
        printf("| `%s` | %.2f | %.2f to %.2f | %s | %.2f | %.3f | %.2f |\n",
               terms[k], r, ci.low, ci.high, verdict(ci), rho, p, r_deep);
        if (k < 3)
            value((const char *[]){"lower", "upper", "bottleneck"}[k], "%.2f",
                  r);
    }
}

/*
Over all of them the lower bound has r = {lower}, the upper one {upper},
I(Z1;Z2) {bottleneck}. The column "accuracy" says what the interval leaves
open and what not.

I(R;Y) is a part of the lower bound. With R = positive it is I(Y;Z2): how
well the *projector's* output separates the classes. Does the rest,
I(Z1;R) − I(Z1;Z2), say something beyond it? Hold I(R;Y) fixed and ask
again.
*/
static void beyond_r_y(void)
{
    static const char *const terms[] = {"lower", "upper", "I_Z1_Z2", "I_Z1_R"};
    double given[MOST], x[MOST], y[MOST], r;
    values_of(given, y, "I_R_Y", 1);
    printf("| term, given I(R;Y) | partial r | 95 %% | accuracy |\n"
           "|:--|--:|:-:|:--|\n");
    for (size_t k = 0; k < sizeof terms / sizeof *terms; k++) {
        mi_points points = {.x = x, .y = y, .given = given};
        points.n = values_of(x, y, terms[k], 1);
        TRY(mi_correlate(&r, MI_PEARSON, &points));
        mi_interval ci = mi_correlate_fisher(MI_PEARSON, r, points.n, 1, 0.95);
        printf("| `%s` | %.2f | %.2f to %.2f | %s |\n", terms[k], r, ci.low,
               ci.high, verdict(ci));
    }
}

/*
## Turning the knob

The paper's panels 4c to 4e move one projector along its parameter, and
show an accuracy that rises first and falls then. Here each value was
trained with several seeds; bands are their 95 % t intervals.
*/
enum { VALUES = 16, SEEDS = 8 };

/* Accuracy by value and seed. */
typedef struct {
    double x[VALUES], y[VALUES][SEEDS];
    double first, last; /* I(Z1;Z2) at the ends */
    size_t values, seeds;
} sweep;

static size_t place_of(double *list, size_t *n, double x)
{
    size_t k = 0;
    while (k < *n && list[k] != x)
        k++;
    if (k == *n)
        list[(*n)++] = x;
    return k;
}

/* Rows stand in the order of the values, and of seeds 1, 2, ... */
static sweep read_sweep(const char *path, const char *column)
{
    mi_table t = open_table(path);
    sweep s = {.values = 0};
    for (size_t k = 0; k < VALUES * SEEDS; k++)
        s.y[k / SEEDS][k % SEEDS] = NAN;
    for (size_t row = 0; row < t.rows; row++) {
        size_t v = place_of(s.x, &s.values, table_number(&t, row, column));
        size_t seed = (size_t)table_number(&t, row, "train_seed");
        EXPECT(v < VALUES && seed >= 1 && seed <= SEEDS);
        s.y[v][seed - 1] = table_number(&t, row, "accuracy");
        s.seeds = seed > s.seeds ? seed : s.seeds;
    }
    s.first = table_number(&t, 0, "I_Z1_Z2");
    s.last = table_number(&t, t.rows - 1, "I_Z1_Z2");
    mi_table_free(&t);
    return s;
}

/*
Rise and fall are two differences: the mean of the values between the ends
less that at the first, and less that at the last. Each is taken within a
seed, where the first weights are the same, and then has a t interval over
the seeds that have every value.
*/
static mi_interval difference(const sweep *s, size_t end, double *mean)
{
    static const double t975[] = {0, 12.706, 4.303, 3.182, 2.776};
    double sum = 0, square = 0, n = 0;
    for (size_t seed = 0; seed < s->seeds; seed++) {
        double between = 0;
        for (size_t v = 1; v + 1 < s->values; v++)
            between += s->y[v][seed] / (double)(s->values - 2);
        double d = between - s->y[end][seed];
        if (isnan(d))
            continue;
        sum += d, square += d * d, n++;
    }
    *mean = sum / n;
    EXPECT(n >= 1 && n <= 5);
    double variance = n > 1 ? (square - sum * sum / n) / (n - 1) : NAN;
    double half = t975[(int)n - 1] * sqrt(variance / n);
    return (mi_interval){.low = *mean - half, .high = *mean + half};
}

static void print_difference(const sweep *s, size_t end)
{
    double mean;
    mi_interval ci = difference(s, end, &mean);
    if (isnan(ci.low))
        printf(" %+.1f (one seed) |", 100 * mean);
    else
        printf(" %+.1f (%+.1f to %+.1f) |", 100 * mean, 100 * ci.low,
               100 * ci.high);
}

static void sweeps(void)
{
    static const struct {
        const char *figure, *column, *caption;
    } panel[] = {
        {"figure4c", "lambda", "Figure 4c: the regulariser λ · I₂(Z1;Z2)"},
        {"figure4d", "fsq_levels", "Figure 4d: levels of the quantiser"},
        {"figure4e", "k", "Figure 4e: active units of the sparse code"},
    };
    printf("| figure | swept | seeds | rise, points | fall, points |\n"
           "|:--|:--|--:|:-:|:-:|\n");
    for (int k = 0; k < 3; k++) {
        char path[64];
        snprintf(path, sizeof path, "plots/%s/bounds.tsv", panel[k].figure);
        sweep s = read_sweep(path, panel[k].column);
        printf("| %s | `%s`, %g to %g | %zu |", panel[k].figure,
               panel[k].column, s.x[0], s.x[s.values - 1], s.seeds);
        print_difference(&s, 0);
        print_difference(&s, s.values - 1);
        printf("\n");
        EXPECT(k == 1 || s.first > s.last);
    }
    for (int k = 0; k < 3; k++) {
        char how[128];
        snprintf(how, sizeof how,
                 "sweep --over train_seed -x %s plots/%s/bounds.tsv",
                 panel[k].column, panel[k].figure);
        draw_table(panel[k].figure, panel[k].caption, how);
    }
}

/*
"Rise" and "fall" above zero, both with intervals that leave zero out,
would be the paper's curve. λ does what it is for: I(Z1;Z2) falls with it.
Few active units do not, they *raise* I(Z1;Z2): the projector's rows lie
close to few directions then, and so do Z1's.

## Too much of it

The largest λ is another matter.
*/
static void too_much(void)
{
    mi_table dead = open_table("plots/figure3/dead.tsv");
    size_t below = 0;
    printf("| λ | seed | accuracy | rows left | rows dropped | I(Z1;Z2) | "
           "lower |\n|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < dead.rows; i++) {
        printf("| %s | %s | %.3f | %s | %s | %.3f | %.3f |\n",
               cell(&dead, i, "lambda"), cell(&dead, i, "train_seed"),
               table_number(&dead, i, "accuracy"), cell(&dead, i, "n"),
               cell(&dead, i, "rows_dropped"),
               table_number(&dead, i, "I_Z1_Z2"),
               table_number(&dead, i, "lower"));
        EXPECT(table_number(&dead, i, "accuracy") < 0.35);
        if (table_number(&dead, i, "I_Z1_Z2") < 0) {
            below++;
            EXPECT(table_number(&dead, i, "lower") > 0.1);
        }
    }
    EXPECT(below > 0);
    value("below", "%.0f", (double)below);
    value("seeds", "%.0f", (double)dead.rows);
    mi_table_free(&dead);
}

/*
Information of order 2 can be negative ([order and kernel](07-order-and-kernel.md)),
and a weight of 3 drives it there with {below} of {seeds} seeds, at the cost of
the encoder: the probe reads less from it than from one that was never trained,
and rows that are dropped had features that were zero in every column. Where
that is so the lower bound does not notice: I(Z1;Z2) stands in it with a minus.
These runs are in figure 4c, but not among the points of figures 3 and 4.

Next: [order and kernel](07-order-and-kernel.md).
*/
int main(void)
{
    CELL(read_the_runs);
    CELL(figures);
    CELL(how_sure);
    CELL(beyond_r_y);
    CELL(sweeps);
    CELL(too_much);
    mi_table_free(&table);
    return 0;
}
