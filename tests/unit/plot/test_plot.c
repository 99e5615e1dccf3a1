/* Charts: which rows become which series, what the numbers are, and that text stays text. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmi/mi.h"

/* ---- making a chart of a text ---- */

static char warning[512];

static void keep_warning(void *arg, const char *text)
{
    (void)arg;
    snprintf(warning, sizeof warning, "%s", text);
}

static mi_status make(mi_plot *p, const char *kind, const char *text, const mi_plot_opts *o)
{
    mi_table t;
    size_t k;
    FILE *f = fmemopen((char *)text, strlen(text), "r");
    *warning = 0;
    assert_int_equal(mi_table_read(&t, f, "in"), MI_OK);
    fclose(f);
    assert_int_equal(mi_plot_find_kind(kind, &k), MI_OK);
    mi_status status = mi_plot_make(p, k, &t, o);
    mi_table_free(&t);
    return status;
}

static void expect_chart(mi_plot *p, const char *kind, const char *text, const mi_plot_opts *o)
{
    mi_status status = make(p, kind, text, o);
    if (status != MI_OK)
        fail_msg("%s", mi_detail());
}

/* The values have this line. */
static void expect_line(const mi_plot *p, const char *line)
{
    size_t n = strlen(line);
    for (const char *at = p->values; (at = strstr(at, line)); at += n)
        if ((at == p->values || at[-1] == '\n') && at[n] == '\n')
            return;
    fail_msg("no line '%s' in:\n%s", line, p->values);
}

static void expect_data(const mi_plot *p, const char *data)
{
    assert_string_equal(p->data, data);
}

static mi_plot_opts defaults(void)
{
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    return o;
}

/* ---- trend ---- */

static void a_run_is_sorted_by_number_and_has_bands(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    expect_chart(&p, "trend",
                 "epoch\tlower\tupper\tlower_se\tupper_se\tupper_lo\tupper_hi\tbase\taccuracy\n"
                 "100\t3\t6\t0.5\t9\t5\t8\te\t50.5\n"
                 "20\t2\t5\t1\t9\t4\t7\te\t40\n"
                 "3\t1\tnan\tnan\tnan\tnan\tnan\te\tnan\n",
                 &o);
    expect_data(
        &p,
        "# lower against epoch (x y low high)\n"
        "3 1 nan nan\n20 2 0.0400360154599 3.95996398454\n100 3 2.02001800773 3.97998199227\n\n\n"
        "# upper against epoch (x y low high)\n"
        "20 5 4 7\n100 6 5 8\n\n\n"
        "# accuracy against epoch (x y low high)\n"
        "20 40 nan nan\n100 50.5 nan nan\n");
    expect_line(&p, "MI_FIRST[1] = 1; MI_SPLIT[1] = 2; MI_LAST[1] = 3; MI_FIT[1] = 0");
    expect_line(&p, "MI_YLABEL = \"bounds of I(Y;Z1) [nats]\"");
    expect_line(&p, "MI_Y2LABEL = \"accuracy [\\0045]\"");
    expect_line(&p, "MI_XLABEL[1] = \"epoch\"");
    expect_line(&p, "MI_PANELS = 1; MI_COLUMNS = 1; MI_ROWS = 1");
    expect_line(&p, "MI_KEY[3] = \"accuracy (right axis)\"");
    expect_line(&p, "MI_WIDTH = 84");
    mi_plot_free(&p);
}

#define HEAD "file\tgroup\tepoch\tmethod\tloss\trate\taccuracy\tn\talpha\tkernel\tlower\n"

/* Two runs that differ in file and method; a loss that is new in every row and a rate that falls by
 * epoch split nothing, and the method alone names the runs. */
static void runs_are_told_apart_by_what_they_keep(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    expect_chart(&p, "trend",
                 HEAD "a.h5\t/0\t0\tsimclr\t5.1\t0.1\tnan\t8\t2\tk\t1\n"
                      "a.h5\t/1\t1\tsimclr\t5.3\t0.01\tnan\t8\t2\tk\t2\n"
                      "b.h5\t/0\t0\tbarlow\t5.3\t0.1\tnan\t8\t2\tk\t3\n"
                      "b.h5\t/1\t1\tbarlow\t4.4\t0.01\tnan\t8\t2\tk\t4\n",
                 &(mi_plot_opts){
                     .y = "lower", .xrange = o.xrange, .yrange = o.yrange, .y2range = {10, NAN}});
    expect_data(&p, "# lower against epoch, simclr (x y low high)\n0 1 nan nan\n1 2 nan nan\n\n\n"
                    "# lower against epoch, barlow (x y low high)\n0 3 nan nan\n1 4 nan nan\n");
    expect_line(&p, "MI_KEY[1] = \"simclr\"");
    expect_line(&p, "MI_KEY[2] = \"barlow\"");
    expect_line(&p, "MI_CHARS = 57; MI_KEYS = 2; MI_KEY_ROWS = 1");
    expect_line(&p,
                "MI_COLOR_OF[2] = 2; MI_DASH_OF[2] = 2; MI_MARK_OF[2] = 2; MI_POINTS_OF[2] = 2; "
                "MI_EVERY_OF[2] = 1; MI_SHIFT_OF[2] = 0");
    assert_non_null(strstr(p.values, "MI_Y2LOW = 10; MI_Y2HIGH = 11; "));
    assert_string_equal(warning,
                        "no accuracy in the table, so no second axis; probe write records one");
    mi_plot_free(&p);
}

static void a_file_for_each_checkpoint_is_one_run(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.y = "lower";
    expect_chart(&p, "trend",
                 HEAD "e0.h5\t/\t0\tm\tnan\t0.1\t1\t8\t2\tz1=gaussian:1.1\t1\n"
                      "e1.h5\t/\t1\tm\tnan\t0.1\t2\t8\t2\tz1=gaussian:1.2\t2\n",
                 &o);
    expect_line(&p, "MI_FIRST[1] = 1; MI_SPLIT[1] = 1; MI_LAST[1] = 2; MI_FIT[1] = 0");
    mi_plot_free(&p);
}

/* An attribute that libmi does not know makes two runs only where they meet at one epoch. */
static void unknown_attributes_split_where_they_must(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.y = "lower";
    expect_chart(&p, "trend",
                 HEAD "r.h5\t/a\t0\tm\tnan\t0.1\t1\t8\t2\tk\t1\n"
                      "r.h5\t/b\t1\tm\tnan\t0.1\t2\t8\t2\tk\t2\n"
                      "r.h5\t/c\t0\tm\tnan\t0.5\t1\t8\t2\tk\t3\n"
                      "r.h5\t/d\t1\tm\tnan\t0.5\t2\t8\t2\tk\t4\n",
                 &o);
    expect_line(&p, "MI_KEY[1] = \"rate = 0.1\"");
    expect_line(&p, "MI_KEY[2] = \"rate = 0.5\"");
    assert_string_equal(warning, "");
    mi_plot_free(&p);
}

static void rows_that_cannot_be_told_apart_are_warned_of(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.y = "lower";
    o.y2 = "none";
    static const char text[] = "epoch\tlower\tseed\n1\t1\tx\n1\t2\ty\n2\t3\tx\n";
    expect_chart(&p, "trend", text, &o);
    assert_string_equal(warning, "several rows at epoch 1: choose a column that tells them apart "
                                 "with by");
    mi_plot_free(&p);
    o.by = "seed";
    expect_chart(&p, "trend", text, &o);
    assert_string_equal(warning, "");
    expect_line(&p, "MI_KEY[2] = \"y\"");
    mi_plot_free(&p);
}

static void orders_are_panels_in_increasing_order(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.y = "lower";
    expect_chart(&p, "trend",
                 "epoch\talpha\tlower\taccuracy\n0\t10\t1\t0.5\n0\tinf\t2\t0.5\n0\t0.5\t3\t0.5\n"
                 "0\t2\tnan\t0.5\n",
                 &o);
    expect_line(&p, "MI_PANELS = 3; MI_COLUMNS = 2; MI_ROWS = 2");
    expect_line(&p, "MI_PANEL[1] = \"order α = 0.5\"");
    expect_line(&p, "MI_PANEL[2] = \"order α = 10\"");
    expect_line(&p, "MI_PANEL[3] = \"order α = ∞\"");
    expect_line(&p, "MI_FIRST[2] = 3; MI_SPLIT[2] = 3; MI_LAST[2] = 4; MI_FIT[2] = 0");
    expect_line(&p, "MI_Y2LABEL = \"accuracy\"");
    assert_string_equal(warning, "nothing to draw of epoch at order α = 2");
    mi_plot_free(&p);
}

static void long_lines_have_few_marks(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    char *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);
    fputs("epoch\tlower\n", f);
    for (int k = 0; k < 200; k++)
        fprintf(f, "%d\t%d\n", k, k);
    fclose(f);
    o.y = "lower";
    expect_chart(&p, "trend", text, &o);
    expect_line(&p,
                "MI_COLOR_OF[1] = 1; MI_DASH_OF[1] = 1; MI_MARK_OF[1] = 1; MI_POINTS_OF[1] = 200; "
                "MI_EVERY_OF[1] = 8; MI_SHIFT_OF[1] = 0");
    mi_plot_free(&p);
    free(text);
}

static void logarithmic_axes_leave_out_what_has_no_logarithm(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.y = "lower";
    o.y2 = "none";
    o.log_x = o.log_y = 1;
    expect_chart(&p, "trend", "epoch\tlower\n0\t1\n1\t-1\n2\t3\n", &o);
    expect_data(&p, "# lower against epoch (x y low high)\n2 3 nan nan\n");
    expect_line(&p, "set logscale xy");
    expect_line(
        &p,
        "MI_XLOW[1] = 1.81818182; MI_XHIGH[1] = 2.2; MI_XSTEP[1] = 1; MI_XFORMAT[1] = \"%.0f\"");
    mi_plot_free(&p);
}

/* ---- scatter ---- */

/* Expected numbers by SciPy 1.10.1 (pearsonr, spearmanr) and NumPy (polyfit). */
static void fit_and_correlations_agree_with_scipy(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    double line[2][2];
    expect_chart(&p, "scatter",
                 "lower\taccuracy\n0.31\t61.2\n-1.27\t55.1\n2.5\t70.9\n0.9\t66.6\n-0.4\t57.3\n"
                 "1.8\t71.2\n1.8\t68.8\n",
                 &o);
    expect_line(&p, "MI_KEY[1] = \"fit: r = 0.98, ρ = 0.94, n = 7\"");
    expect_line(&p, "MI_FIRST[1] = 1; MI_SPLIT[1] = 1; MI_LAST[1] = 1; MI_FIT[1] = 2");
    const char *fit = strstr(p.data, "# least-squares line (x y low high)\n");
    assert_non_null(fit);
    assert_int_equal(sscanf(strchr(fit, '\n'), "%lf %lf nan nan %lf %lf", &line[0][0], &line[0][1],
                            &line[1][0], &line[1][1]),
                     4);
    assert_true(line[0][0] == -1.27 && line[1][0] == 2.5);
    assert_true(fabs(line[0][1] - 54.54507661721893) < 1e-9);
    assert_true(fabs(line[1][1] - 72.52184386233884) < 1e-9);
    mi_plot_free(&p);
}

static void a_fit_on_logarithmic_axes_is_one_of_logarithms(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    double low, high;
    o.log_x = o.log_y = 1;
    expect_chart(&p, "scatter", "lower\taccuracy\n1\t2\n10\t30\n100\t150\n1000\t4000\n", &o);
    expect_line(&p, "MI_KEY[1] = \"fit: r (log) = 0.99, ρ = 1.00, n = 4\"");
    const char *fit = strstr(p.data, "# least-squares line");
    assert_int_equal(sscanf(strchr(fit, '\n'), "%*f %lf nan nan %*f %lf", &low, &high), 2);
    assert_true(fabs(low - 1.98960391) < 1e-7 && fabs(high - 3015.67561) < 1e-4);
    mi_plot_free(&p);
}

static void a_line_needs_two_different_points(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    expect_chart(&p, "scatter", "lower\taccuracy\n1\t2\n1\t3\n", &o);
    expect_line(&p, "MI_KEY[1] = \"n = 2\"");
    expect_line(&p, "MI_FIRST[1] = 1; MI_SPLIT[1] = 1; MI_LAST[1] = 1; MI_FIT[1] = 0");
    mi_plot_free(&p);
    o.fit = 0;
    expect_chart(&p, "scatter", "lower\taccuracy\n1\t2\n2\t3\n", &o);
    expect_line(&p, "MI_KEY[1] = \"r = 1.00, ρ = 1.00, n = 2\"");
    expect_line(&p, "MI_KEY_X[1] = 12; MI_KEY_ROW[1] = 1; MI_KEY_COLOR[1] = 0; MI_KEY_DASH[1] = 0; "
                    "MI_KEY_MARK[1] = 0");
    mi_plot_free(&p);
}

static void columns_are_panels_and_projectors_are_marks(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.x = "lower,I_Z1_Z2";
    expect_chart(&p, "scatter",
                 "file\tprojector\tmethod\taccuracy\tbase\tlower\tlower_se\tI_Z1_Z2\n"
                 "x/a.h5\tmlp\ta\t60\t2\t1\t0.5\t3\nx/b.h5\tnan\tb\t70\t2\t2\t1\t2\n",
                 &o);
    expect_line(&p, "MI_PANELS = 2; MI_COLUMNS = 2; MI_ROWS = 1");
    expect_line(&p, "MI_XLABEL[1] = \"lower bound of I(Y;Z1) [bits]\"");
    expect_line(&p, "MI_XLABEL[2] = \"I(Z1;Z2) [bits]\"");
    expect_line(&p, "MI_NOTE[2] = \"r = -1.00, ρ = -1.00, n = 2\"");
    expect_line(&p, "MI_KEY[1] = \"mlp\"");
    expect_line(&p, "MI_KEY[2] = \"b.h5\"");
    expect_line(&p, "MI_KEY[3] = \"least-squares fit\"");
    expect_line(&p, "MI_FIRST[2] = 4; MI_SPLIT[2] = 5; MI_LAST[2] = 5; MI_FIT[2] = 6");
    assert_non_null(strstr(p.data, "# accuracy against lower: mlp (x y x_low x_high y_low y_high)\n"
                                   "1 60 0.02001800773 1.97998199227 nan nan\n"));
    mi_plot_free(&p);
}

/* ---- text ---- */

static void every_byte_can_be_quoted(void **state)
{
    (void)state;
    char *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);
    mi_plot_quote(f, "a1 '\"\\`$@{}#%\n\te\xcc\x81");
    fclose(f);
    assert_string_equal(text,
                        "\"a1 \\0047\\0042\\134\\140\\0044\\100\\173\\175\\0043\\0045\\0012\\0011"
                        "e\xcc\x81\"");
    free(text);
}

static void labels_lose_controls_and_what_is_too_long(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.title = "one two three four five six seven eight nine ten eleven twelve thirteen\x1b[1m\xff";
    o.xlabel = "0123456789012345678901234567890123456789012345678901234567890";
    expect_chart(&p, "scatter", "lower\taccuracy\n1\t2\n", &o);
    expect_line(&p, "MI_TITLE[1] = \"one two three four five six seven eight nine ten eleven\"");
    expect_line(&p, "MI_TITLE[2] = \"twelve thirteen [1m\xef\xbf\xbd\"");
    expect_line(&p, "MI_XLABEL[1] = \"012345678901234567890123456789012345678901234567…\"");
    mi_plot_free(&p);
}

/* Sets of points and runs without the attribute that tells others apart, and those without any, have the name of
 * their file; a seed names nothing that a projector does; files called alike keep their folders. */
static void what_has_no_attribute_is_named_by_its_file(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    expect_chart(&p, "scatter",
                 "file\tprojector\tlower\taccuracy\nx/a.h5\tmlp\t1\t2\nx/b.h5\tnan\t2\t2\n"
                 "x/c.h5\tnan\t2\t3\nx/b.h5\tnan\t3\t3\n",
                 &o);
    expect_line(&p, "MI_KEY[2] = \"b.h5 and 1 more\"");
    mi_plot_free(&p);
    expect_chart(&p, "scatter",
                 "file\tprojector\tlower\taccuracy\nx/a/r.h5\tnan\t1\t2\nx/b/r.h5\tnan\t2\t2\n",
                 &o);
    expect_line(&p, "MI_KEY[1] = \"a/r.h5\"");
    expect_line(&p, "MI_KEY[2] = \"b/r.h5\"");
    mi_plot_free(&p);
    o.y2 = "none";
    expect_chart(&p, "trend",
                 "file\tgroup\tepoch\tprojector\tattr_seed\tn\tlower\tupper\n"
                 "a.h5\t/1\t1\tfsq:3\t1\t8\t1\t2\na.h5\t/2\t2\tfsq:3\t1\t8\t1\t2\n"
                 "b.h5\t/1\t1\tlinear\t2\t8\t1\t2\nb.h5\t/2\t2\tlinear\t2\t8\t1\t2\n",
                 &o);
    expect_line(&p, "MI_KEY[1] = \"fsq:3\"");
    expect_line(&p, "MI_KEY[2] = \"linear\"");
    mi_plot_free(&p);
}

/* One checkpoint of each of several runs, all of one epoch: no line joins them. */
static void runs_of_one_checkpoint_are_runs(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.y = "upper";
    o.x = "lower";
    expect_chart(
        &p, "plane",
        "file\tgroup\tepoch\tn\tlower\tupper\na.h5\t/6\t6\t8\t1\t2\nb.h5\t/6\t6\t8\t2\t3\n", &o);
    assert_non_null(strstr(p.data, "# upper against lower, a.h5"));
    assert_non_null(strstr(p.data, "# upper against lower, b.h5"));
    expect_line(&p, "MI_KEY[2] = \"b.h5\"");
    mi_plot_free(&p);
}

static void what_long_keys_share_is_left_out(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    o.by = "name";
#define LONG "/a/very/long/way/to/the/files/of/an/experiment/which/goes/on/"
    expect_chart(&p, "scatter", "name\tlower\taccuracy\n" LONG "a.h5\t1\t2\n" LONG "b.h5\t2\t2\n",
                 &o);
#undef LONG
    expect_line(&p, "MI_KEY[1] = \"…a.h5\"");
    expect_line(&p, "MI_KEY[2] = \"…b.h5\"");
    mi_plot_free(&p);
}

/* Labels of tics as wide as these would touch at the distance gnuplot chooses. */
static void tics_leave_room_for_their_labels(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    expect_chart(&p, "scatter", "lower\taccuracy\n-1.8472\t2\n", &o);
    assert_non_null(strstr(p.values, "MI_XSTEP[1] = 0.02; MI_XFORMAT[1] = \"%.2f\"\n"));
    mi_plot_free(&p);
    expect_chart(&p, "scatter", "lower\taccuracy\n0\t2\n100\t3\n", &o);
    assert_non_null(strstr(p.values, "MI_XSTEP[1] = 20; MI_XFORMAT[1] = \"%.0f\"\n"));
    mi_plot_free(&p);
}

static const struct {
    const char *column, *title;
} titles[] = {
    {"upper", "upper bound of I(Y;Z1) [bans]"},
    {"H_Z1_given_Y_Z2", "H(Z1|Y,Z2) [bans]"},
    {"lambda", "λ"},
    {"my_column", "my_column"},
    {"probe_z1_linear_accuracy", "accuracy (linear probe of Z1)"},
    {"probe_z1_linear_accuracy_x", "probe_z1_linear_accuracy_x"},
    {"lower,upper", "bounds of I(Y;Z1) [bans]"},
    {"H_Z1,H_Z2", "information [bans]"},
    {"H_Z1,lambda", "H(Z1), λ"},
};

static void axes_have_words_and_units(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof titles / sizeof *titles; k++) {
        mi_plot p;
        mi_plot_opts o = defaults();
        char line[256];
        o.y = titles[k].column;
        o.y2 = "none";
        expect_chart(&p, "trend",
                     "epoch\tbase\tlower\tupper\tH_Z1\tH_Z2\tH_Z1_given_Y_Z2\tlambda\tmy_column\t"
                     "probe_z1_linear_accuracy\tprobe_z1_linear_accuracy_x\n"
                     "1\t10\t1\t1\t1\t1\t1\t1\t1\t1\t1\n",
                     &o);
        snprintf(line, sizeof line, "MI_YLABEL = \"%s\"", titles[k].title);
        expect_line(&p, line);
        mi_plot_free(&p);
    }
}

/* ---- refusals ---- */

static const struct {
    const char *kind, *text, *x, *y, *y2;
    mi_status status;
    const char *detail;
} refused[] = {
    {"trend", "epoch\tlower\n", 0, 0, 0, MI_EDATA, "in: a table without rows, nothing to draw"},
    {"trend", "a\tlower\n1\t2\n", 0, 0, 0, MI_EDATA, "in: no column 'epoch', there are: a lower"},
    {"trend", "term\tdifference\nlower\t1\n", 0, 0, 0, MI_EDATA,
     "in: no column 'epoch', there are: term difference; plot compare draws this table"},
    {"compare", "term\tspearman\nlower\t1\n", 0, 0, 0, MI_EDATA,
     "in: no column 'file_a', there are: term spearman; plot sensitivity draws this table"},
    {"learning", "group\tn\tinstances\tbatch\tlower\n/0\t8\t4\tnan\t1\n/1\t8\t2\tnan\t2\n", 0,
     "lower", 0, MI_EDATA,
     "in: no feature set has several numbers of instances, so no curve; bounds learning-curve "
     "writes one"},
    {"trend", "epoch\tlower\n1\t2\n", 0, "upper", 0, MI_EDATA,
     "in: no column 'upper' (bounds writes it), there are: epoch lower"},
    {"trend", "epoch\tlower\n1\tx\n", 0, "lower", 0, MI_EDATA,
     "in: line 2, column 'lower': 'x' is not a number"},
    {"trend", "epoch\tlower\n1\t2\n", 0, "lower", "accuracy", MI_EDATA,
     "in: no column 'accuracy' (probe write records one), there are: epoch lower"},
    {"trend", "epoch\tlower\nnan\t2\n1\tinf\n", 0, "lower", 0, MI_EDATA,
     "in: no row has all the numbers that a point needs"},
    {"trend", "epoch\tlower\n1\t2\n", 0, "lower,", 0, MI_EUSAGE,
     "'lower,': wanted column names with commas between them"},
    {"trend", "epoch\tlower\n1\t2\n", 0, "lower,lower,lower,lower,lower,lower,lower,lower,lower", 0,
     MI_EUSAGE,
     "'lower,lower,lower,lower,lower,lower,lower,lower,lower': more than 8 columns on one axis"},
    {"scatter", "lower\taccuracy\n1\t2\n", 0, 0, "lower", MI_EUSAGE,
     "a scatter chart has one vertical axis: y2 is for trend"},
    {"scatter", "lower\n1\n", 0, 0, 0, MI_EDATA,
     "in: no column 'accuracy' (probe write records one), there are: lower"},
    {"scatter", "lower\taccuracy\talpha\n1\t2\tx\n1\t2\t3\n", 0, 0, 0, MI_EDATA,
     "in: line 2, column 'alpha': 'x' is not a number"},
};

static void charts_are_refused(void **state)
{
    (void)state;
    mi_plot p;
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        mi_plot_opts o = defaults();
        o.x = refused[k].x;
        o.y = refused[k].y;
        o.y2 = refused[k].y2;
        assert_int_equal(make(&p, refused[k].kind, refused[k].text, &o), refused[k].status);
        assert_string_equal(mi_detail(), refused[k].detail);
        assert_null(p.values);
    }
}

static void too_much_for_one_chart_is_refused(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o = defaults();
    char *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);
    fputs("lower\taccuracy\tname\talpha\n", f);
    for (int k = 0; k < 41; k++)
        fprintf(f, "%d\t%d\ts%d\t%d\n", k, k, k, k / 2);
    fclose(f);
    o.by = "name";
    assert_int_equal(make(&p, "scatter", text, &o), MI_EDATA);
    assert_string_equal(mi_detail(), "in: 1 columns and 21 orders alpha make more than 16 panels");
    assert_int_equal(make(&p, "trend", text, &(mi_plot_opts){.x = "name", .y = "lower"}), MI_EDATA);
    assert_string_equal(mi_detail(), "in: 21 orders alpha, more than the 16 panels of a chart");
    o.x = "lower";
    memcpy(strstr(text, "alpha"), "omega", 5);
    assert_int_equal(make(&p, "scatter", text, &o), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "in: more than 40 sets of points, too many to tell apart in a chart");
    free(text);
}

static void kinds_have_names_and_others_are_refused(void **state)
{
    (void)state;
    size_t k;
    for (k = 0; mi_plot_kind_name(k); k++)
        assert_non_null(mi_plot_kind_what(k));
    assert_null(mi_plot_kind_what(k));
    assert_int_equal(mi_plot_find_kind("scatter", &k), MI_OK);
    assert_string_equal(mi_plot_kind_name(k), "scatter");
    assert_int_equal(mi_plot_find_kind("pie", &k), MI_EUSAGE);
    assert_string_equal(mi_detail(),
                        "'pie' is no kind of chart, wanted one of: trend scatter "
                        "sweep learning plane spectrum flow sensitivity compare matrix");
}

static void charts_survive_failed_allocations(void **state)
{
    (void)state;
    static const char *const kind[] = {"trend", "scatter"};
    mi_plot_opts o = defaults();
    mi_table t;
    static const char text[] = "epoch\tmethod\taccuracy\talpha\tlower\tupper\n"
                               "1\ta\t2\t1\t3\t4\n2\tb\t3\t1\t4\t5\n1\tb\t3\t2\t4\t5\n";
    FILE *f = fmemopen((char *)text, sizeof text - 1, "r");
    assert_int_equal(mi_table_read(&t, f, "in"), MI_OK);
    fclose(f);
    for (size_t k = 0; k < 2; k++) {
        mi_status status = MI_ENOMEM;
        for (long n = 1; status != MI_OK; n++) {
            mi_plot p;
            size_t index;
            assert_int_equal(mi_plot_find_kind(kind[k], &index), MI_OK);
            mi_fail_allocation(n);
            status = mi_plot_make(&p, index, &t, &o);
            mi_fail_allocation(0);
            assert_true(status == MI_OK || status == MI_ENOMEM);
            assert_true(n > 1 || status == MI_ENOMEM);
            mi_plot_free(&p);
        }
    }
    mi_table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_sorted_by_number_and_has_bands),
        cmocka_unit_test(runs_are_told_apart_by_what_they_keep),
        cmocka_unit_test(a_file_for_each_checkpoint_is_one_run),
        cmocka_unit_test(unknown_attributes_split_where_they_must),
        cmocka_unit_test(rows_that_cannot_be_told_apart_are_warned_of),
        cmocka_unit_test(orders_are_panels_in_increasing_order),
        cmocka_unit_test(long_lines_have_few_marks),
        cmocka_unit_test(logarithmic_axes_leave_out_what_has_no_logarithm),
        cmocka_unit_test(fit_and_correlations_agree_with_scipy),
        cmocka_unit_test(a_fit_on_logarithmic_axes_is_one_of_logarithms),
        cmocka_unit_test(a_line_needs_two_different_points),
        cmocka_unit_test(columns_are_panels_and_projectors_are_marks),
        cmocka_unit_test(every_byte_can_be_quoted),
        cmocka_unit_test(labels_lose_controls_and_what_is_too_long),
        cmocka_unit_test(what_has_no_attribute_is_named_by_its_file),
        cmocka_unit_test(runs_of_one_checkpoint_are_runs),
        cmocka_unit_test(what_long_keys_share_is_left_out),
        cmocka_unit_test(tics_leave_room_for_their_labels),
        cmocka_unit_test(axes_have_words_and_units),
        cmocka_unit_test(charts_are_refused),
        cmocka_unit_test(too_much_for_one_chart_is_refused),
        cmocka_unit_test(kinds_have_names_and_others_are_refused),
        cmocka_unit_test(charts_survive_failed_allocations),
    };
    mi_set_warning_handler(keep_warning, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
