/* The charts sweep, learning, plane, spectrum, flow and sensitivity: every allocation of theirs may
 * fail, and places and tics of a sweep. Command-line tests look at their data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmi/mi.h"

static const char bounds[] = "epoch\tmethod\tlambda\taccuracy\talpha\tH_Y\tH_Z1\tH_Z2\tH_R\tI_Z1_"
                             "Z2\tI_Z1_R\tI_Y_Z1\tI_Y_Z2\t"
                             "I_R_Y\tlower\tupper\n"
                             "1\ta\t0\t2\t1\t1\t2\t3\t4\t5\t6\t7\t8\t9\t1\t2\n"
                             "2\ta\t5\t2\t1\t1\t2\t3\t4\t5\t6\t7\t8\t9\t1\t2\n"
                             "1\tb\t50\t2\t2\t1\t2\t3\t4\t5\t6\t7\t8\t9\t1\t2\n"
                             "2\tb\t500\t2\t2\t1\t2\t3\t4\t5\t6\t7\t8\t9\t1\t2\n";

static const char eigenvalues[] = "group\tvariables\tindex\teigenvalue\n"
                                  "/0\tz1\t1\t0.5\n/0\tz1\t2\t0.25\n/1\tz1\t1\t0.75\n";

static const char curve[] = "file\tgroup\tepoch\tn\tinstances\talpha\tbatch\tI_Z1_Z2\tI_Z1_Z2_se\t"
                            "I_Z1_Z2_null\tlower\tupper\n"
                            "a.h5\t/0\t0\t64\t32\t2\tnan\t1\t0\t0.25\tnan\t7\n"
                            "a.h5\t/0\t0\t64\t32\t2\t4\t2\t0.5\t0.5\tnan\t8\n"
                            "a.h5\t/1\t1\t64\tnan\t2\tnan\t3\t0\tnan\tnan\t9\n"
                            "a.h5\t/1\t1\t64\tnan\t2\t8\t4\t0\tnan\tnan\tnan\n";

static const char correlations[] =
    "x\ty\tby\talpha\tkernel\tgiven\tn\tspearman\tspearman_lo\tspearman_hi\n"
    "lower\taccuracy\tg\t1\tlinear\tnan\t9\t0.5\t0.25\t0.75\n"
    "lower\taccuracy\tg\tinf\tlinear\tnan\t9\t-0.5\t-0.75\t0\n"
    "lower\taccuracy\tg\t4\tlinear\tnan\t9\t0.25\tnan\tnan\n"
    "lower\taccuracy\tg\t4\tdelta\tnan\t9\t0.125\tnan\tnan\n"
    "I_Z1_Z2\taccuracy\tg\t4\tlinear\tnan\t9\t0.75\tnan\tnan\n"
    "I_Z1_Z2\taccuracy\tg\t1\tdelta\tnan\t9\tnan\tnan\tnan\n";

static const char differences[] =
    "file_a\tgroup_a\tfile_b\tgroup_b\talpha\tbase\tterm\tdifference\tdifference_se\tdegrees\tlo\thi\n"
    "x/a.h5\t/\tx/b.h5\t/\t2\te\tlower\t0.5\t0.125\t9\t0.25\t0.75\n"
    "x/a.h5\t/\tx/b.h5\t/\t2\te\tupper\t-0.5\t0.125\t1\tnan\tnan\n"
    "x/a.h5\t/\tx/b.h5\t/\tinf\te\tlower\t0.25\tnan\tnan\tnan\tnan\n";

static const char pairs[] = "file_a\tgroup_a\tepoch_a\tfile_b\tgroup_b\tepoch_b\tvariables\tn\t"
                            "alpha\tcka\tsvcca\n"
                            "a.h5\t/e2\t2\ta.h5\t/e10\t10\tz1:z1\t8\t2\t0.5\t-0.25\n"
                            "a.h5\t/e10\t10\ta.h5\t/e10\t10\tz1:z1\t8\t2\t1\t1\n"
                            "a.h5\t/e2\t2\ta.h5\t/e2\t2\tz1:z1\t8\t2\t1\tnan\n";

static const char seeds[] =
    "file\tgroup\tepoch\tprojector\tattr_seed\tloss\taccuracy\tn\tseed\tlower\t"
    "lower_se\tupper\n"
    "a\t/\t1\tfsq:17\t0\t0.7\t0.5\t8\t1\t1\t9\t4\n"
    "b\t/\t1\tfsq:17\t1\t0.6\t0.7\t8\t1\t3\t9\t4\n"
    "c\t/\t1\tfsq:3\t0\t0.5\t0.5\t8\t1\t5\t9\t4\n"
    "d\t/\t1\tfsq:3\t1\t0.4\t0.5\t8\t1\t5\t9\t4\n";

static void read_table(mi_table *t, const char *text)
{
    FILE *f = fmemopen((char *)text, strlen(text), "r");
    assert_int_equal(mi_table_read(t, f, "in"), MI_OK);
    fclose(f);
}

static void make(mi_plot *p, const char *kind, const char *text, const mi_plot_opts *o)
{
    mi_table t;
    size_t k;
    read_table(&t, text);
    assert_int_equal(mi_plot_find_kind(kind, &k), MI_OK);
    if (mi_plot_make(p, k, &t, o) != MI_OK)
        fail_msg("%s", mi_detail());
    mi_table_free(&t);
}

/* What stands behind "NAME = " in the values. */
static double value_of(const mi_plot *p, const char *name)
{
    char line[64];
    snprintf(line, sizeof line, "%s = ", name);
    const char *at = strstr(p->values, line);
    if (!at)
        fail_msg("no '%s' in:\n%s", line, p->values);
    return strtod(at + strlen(line), NULL);
}

static void fail_each_allocation(const char *kind, const char *text, const mi_plot_opts *o)
{
    mi_table t;
    size_t k;
    mi_status status = MI_ENOMEM;
    read_table(&t, text);
    assert_int_equal(mi_plot_find_kind(kind, &k), MI_OK);
    for (long n = 1; status != MI_OK; n++) {
        mi_plot p;
        mi_fail_allocation(n);
        status = mi_plot_make(&p, k, &t, o);
        mi_fail_allocation(0);
        assert_true(status == MI_OK || status == MI_ENOMEM);
        assert_true(n > 1 || status == MI_ENOMEM);
        mi_plot_free(&p);
    }
    mi_table_free(&t);
}

static void charts_survive_failed_allocations(void **state)
{
    (void)state;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    fail_each_allocation("spectrum", eigenvalues, &o);
    fail_each_allocation("learning", curve, &o);
    fail_each_allocation("sensitivity", correlations, &o);
    fail_each_allocation("compare", differences, &o);
    fail_each_allocation("matrix", pairs, &o);
    o.where = "alpha=1";
    fail_each_allocation("sweep", bounds, &o);
    fail_each_allocation("plane", bounds, &o);
    fail_each_allocation("flow", bounds, &o);
    o.where = NULL;
    o.over = "seed";
    o.x = "lower";
    fail_each_allocation("scatter", seeds, &o);
}

/* Terms side by side of one order; of several a panel each, and infinity in its place. */
static void differences_have_a_panel_a_term_or_one_an_order(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    make(&p, "compare", differences, &o);
    assert_string_equal(p.data, "# difference against alpha, lower bound (x y low high)\n"
                                "1 0.5 0.25 0.75\n2 0.25 nan nan\n\n\n"
                                "# difference against alpha, upper bound (x y low high)\n"
                                "1 -0.5 -2.08827559202 1.08827559202\n");
    assert_non_null(strstr(p.values, "MI_PANEL[2] = \"upper bound\"\n"));
    assert_non_null(strstr(p.values, "MI_TIC_TEXT[2] = \"∞\"\n"));
    assert_non_null(strstr(p.values, "MI_KEY[1] = \"a.h5 − b.h5\"\n"));
    mi_plot_free(&p);
    o.where = "alpha=2";
    make(&p, "compare", differences, &o);
    assert_non_null(strstr(p.values, "MI_TIC_TEXT[1] = \"lower bound\"\n"));
    assert_true(value_of(&p, "MI_PANELS") == 1 && value_of(&p, "MI_DASH_OF[1]") == 0);
    assert_non_null(strstr(p.values, "MI_CAPTION[1] = \"order α = 2, 95 \\0045 intervals\"\n"));
    mi_plot_free(&p);
}

/* Two seeds: the mean, and t(1) = 12.7 standard errors to either side; fsq:3 stands before fsq:17. */
static void runs_that_differ_in_a_seed_become_their_mean(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    o.over = "seed";
    make(&p, "scatter", seeds, &o);
    assert_string_equal(p.data,
                        "# accuracy against lower: fsq:3 (x y x_low x_high y_low y_high)\n"
                        "5 0.5 5 5 0.5 0.5\n\n\n"
                        "# accuracy against lower: fsq:17 (x y x_low x_high y_low y_high)\n"
                        "2 0.6 -10.7062047362 14.7062047362 -0.670620473617 1.87062047362\n\n\n"
                        "# least-squares line (x y low high)\n"
                        "2 0.6 nan nan\n5 0.5 nan nan\n");
    assert_non_null(strstr(p.values, "means over seed (2 runs)"));
    mi_plot_free(&p);
}

/* What all runs share is drawn once; bounds that have changed places are said. */
static void the_choice_of_r_changes_one_bound(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    o.by = "r_kind";
    o.y2 = "none";
    make(&p, "trend",
         "epoch\tr_kind\tlower\tupper\tI_Y_Z1\n0\tid\t3\t2\t1\n1\tid\t3\t2\t1\n"
         "0\tpositive\t1\t2\t1\n1\tpositive\t1\t2\t1\n",
         &o);
    assert_non_null(strstr(p.data, "# I_Y_Z1 against epoch, in all (x y low high)\n"));
    assert_true(value_of(&p, "MI_LAST[1]") == 4 && value_of(&p, "MI_COLOR_OF[4]") == 0);
    assert_non_null(strstr(p.values, "MI_NOTE[1] = \"lower > upper at 2 of 4 points\"\n"));
    assert_non_null(strstr(p.values, "MI_KEY[1] = \"R = id\"\n"));
    assert_non_null(strstr(p.values, "MI_YLABEL = \"I(Y;Z1) and its bounds\"\n"));
    mi_plot_free(&p);
}

/* An accuracy of n rows has Wilson's interval: 81 of 100, by SciPy's binomtest(81, 100). */
static void an_accuracy_of_n_rows_has_a_binomial_interval(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    o.y = "accuracy";
    make(&p, "trend", "epoch\taccuracy\taccuracy_n\n0\t81\t100\n1\t80\tnan\n", &o);
    assert_string_equal(p.data, "# accuracy against epoch (x y low high)\n"
                                "0 81 72.2211546209 87.4852484902\n1 80 nan nan\n");
    assert_true(value_of(&p, "MI_KEYS") == 1);
    mi_plot_free(&p);
}

/* A run without an attribute is named by its file, and numbers in names by their value. */
static void runs_are_named_by_what_they_have(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    o.y = "lower";
    o.y2 = "none";
    make(
        &p, "trend",
        "file\tgroup\tepoch\tprojector\tn\tlower\nx/a.h5\t/\t0\tfsq:17\t4\t1\nx/a.h5\t/\t1\tfsq:17\t4\t1\n"
        "x/b.h5\t/\t0\tnan\t4\t1\nx/b.h5\t/\t1\tnan\t4\t1\nx/c.h5\t/\t0\tfsq:3\t4\t1\n"
        "x/c.h5\t/\t1\tfsq:3\t4\t1\n",
        &o);
    assert_non_null(strstr(p.values, "MI_KEY[1] = \"fsq:3\"\n"));
    assert_non_null(strstr(p.values, "MI_KEY[2] = \"fsq:17\"\n"));
    assert_non_null(strstr(p.values, "MI_KEY[3] = \"b.h5\"\n"));
    mi_plot_free(&p);
}

static void zero_stands_left_of_a_logarithmic_axis(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    make(&p, "sweep", bounds, &o);
    assert_true(value_of(&p, "ZERO_AT") > 0 && value_of(&p, "ZERO_AT") < 2.5);
    assert_true(value_of(&p, "MI_TIC[1]") == 0 && value_of(&p, "MI_TIC[3]") == 50);
    assert_non_null(strstr(p.values, "set logscale x\n"));
    mi_plot_free(&p);
    o.where = "alpha=1"; /* 0 and 5 alone are no curve: points with names */
    make(&p, "sweep", bounds, &o);
    assert_true(value_of(&p, "ZERO_AT") == 0);
    assert_null(strstr(p.values, "set logscale"));
    assert_non_null(strstr(p.values, "MI_TIC[2] = 2; MI_TIC_TEXT[2] = \"5\"\n"));
    assert_true(value_of(&p, "MI_DASH_OF[1]") == 0 && value_of(&p, "MI_SHIFT_OF[1]") < 0);
    mi_plot_free(&p);
}

static void tics_that_would_touch_have_no_label(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    o.y = "lower";
    o.y2 = "none";
    make(&p, "sweep", "k\tlower\n1000\t1\n1001\t1\n2000\t1\n20000\t1\n", &o);
    assert_non_null(strstr(p.values, "MI_TIC_TEXT[1] = \"1000\"\n"));
    assert_non_null(strstr(p.values, "MI_TIC_TEXT[2] = \"\"\n"));
    assert_non_null(strstr(p.values, "MI_TIC_TEXT[4] = \"20000\"\n"));
    mi_plot_free(&p);
}

/* The whole set stands at its instances, or at its rows where no ids count them. */
static void a_learning_curve_ends_at_the_whole_set(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    make(&p, "learning", curve, &o);
    assert_string_equal(p.data, "# I_Z1_Z2 against batch, epoch = 0 (x y low high)\n"
                                "4 2 1.02001800773 2.97998199227\n32 1 1 1\n\n\n"
                                "# I_Z1_Z2_null against batch, epoch = 0 (x y low high)\n"
                                "4 0.5 nan nan\n32 0.25 nan nan\n\n\n"
                                "# upper against batch, epoch = 0 (x y low high)\n"
                                "4 8 nan nan\n32 7 nan nan\n\n\n"
                                "# I_Z1_Z2 against batch, epoch = 1 (x y low high)\n"
                                "8 4 4 4\n64 3 3 3\n\n\n"
                                "# upper against batch, epoch = 1 (x y low high)\n64 9 nan nan\n");
    assert_non_null(strstr(p.values, "set logscale x\n"));
    assert_non_null(strstr(p.values, "MI_PANEL[2] = \"epoch = 1\"\n"));
    assert_non_null(strstr(p.values, "MI_XLABEL[1] = \"instances per batch\"\n"));
    assert_true(value_of(&p, "MI_TIC[1]") == 4 && value_of(&p, "MI_TIC[4]") == 64);
    assert_true(value_of(&p, "MI_FIRST[2]") == 4 && value_of(&p, "MI_LAST[2]") == 5);
    mi_plot_free(&p);
}

/* What has no number in a column that tells runs apart is named so. */
static void a_run_without_batches_is_named_in_words(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    o.y2 = "none";
    o.y = "upper";
    make(&p, "trend", "epoch\tbatch\tupper\n0\tnan\t1\n1\tnan\t2\n0\t64\t1\n1\t64\t2\n", &o);
    assert_non_null(strstr(p.values, "MI_KEY[2] = \"whole set\"\n"));
    assert_non_null(strstr(p.values, "MI_KEY[1] = \"batch = 64\"\n"));
    mi_plot_free(&p);
}

/* A panel a pair of columns, a line a group, and infinity a step beyond the numbers. */
static void correlations_stand_against_the_order(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    make(&p, "sensitivity", correlations, &o);
    assert_string_equal(
        p.data, "# spearman against alpha, lower bound and accuracy, linear (x y low high)\n"
                "1 0.5 0.25 0.75\n4 0.25 nan nan\n\n6 -0.5 -0.75 0\n\n\n"
                "# spearman against alpha, lower bound and accuracy, delta (x y low high)\n"
                "4 0.125 nan nan\n\n\n"
                "# spearman against alpha, I(Z1;Z2) and accuracy, linear (x y low high)\n"
                "4 0.75 nan nan\n");
    assert_non_null(strstr(p.values, "set logscale x\n"));
    assert_true(value_of(&p, "MI_YLOW") == -1 && value_of(&p, "MI_YHIGH") == 1);
    assert_true(value_of(&p, "INFINITE_AT") == 6 && value_of(&p, "LARGEST") == 4);
    assert_non_null(strstr(p.values, "MI_TIC[3] = 6; MI_TIC_TEXT[3] = \"∞\"\n"));
    assert_non_null(strstr(p.values, "MI_YLABEL = \"Spearman ρ\"\n"));
    assert_non_null(strstr(p.values, "MI_KEY[2] = \"delta\"\n"));
    assert_true(value_of(&p, "MI_MARK_OF[2]") == 2 && value_of(&p, "MI_DASH_OF[2]") == 2);
    mi_plot_free(&p);
    o.log_chosen = 1; /* and linear axes */
    o.where = "kernel=linear,x=lower";
    make(&p, "sensitivity", correlations, &o);
    assert_null(strstr(p.values, "set logscale"));
    assert_true(value_of(&p, "INFINITE_AT") == 4.8 && value_of(&p, "KEYS") == 1);
    mi_plot_free(&p);
    o.where = "alpha=inf"; /* nothing to break the axis from */
    make(&p, "sensitivity", correlations, &o);
    assert_true(value_of(&p, "INFINITE_AT") == 0 && value_of(&p, "MI_TIC[1]") == 1);
    mi_plot_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_survive_failed_allocations),
        cmocka_unit_test(zero_stands_left_of_a_logarithmic_axis),
        cmocka_unit_test(tics_that_would_touch_have_no_label),
        cmocka_unit_test(a_learning_curve_ends_at_the_whole_set),
        cmocka_unit_test(a_run_without_batches_is_named_in_words),
        cmocka_unit_test(correlations_stand_against_the_order),
        cmocka_unit_test(differences_have_a_panel_a_term_or_one_an_order),
        cmocka_unit_test(runs_that_differ_in_a_seed_become_their_mean),
        cmocka_unit_test(the_choice_of_r_changes_one_bound),
        cmocka_unit_test(an_accuracy_of_n_rows_has_a_binomial_interval),
        cmocka_unit_test(runs_are_named_by_what_they_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
