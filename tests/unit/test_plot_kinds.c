/* The charts sweep, plane, spectrum and flow: every allocation of theirs may fail, and places and
 * tics of a sweep. Command-line tests look at their data. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mi.h"

static const char bounds[] = "epoch\tmethod\tlambda\taccuracy\talpha\tH_Y\tH_Z1\tH_Z2\tH_R\tI_Z1_"
                             "Z2\tI_Z1_R\tI_Y_Z1\tI_Y_Z2\t"
                             "I_R_Y\tlower\tupper\n"
                             "1\ta\t0\t2\t1\t1\t2\t3\t4\t5\t6\t7\t8\t9\t1\t2\n"
                             "2\ta\t5\t2\t1\t1\t2\t3\t4\t5\t6\t7\t8\t9\t1\t2\n"
                             "1\tb\t50\t2\t2\t1\t2\t3\t4\t5\t6\t7\t8\t9\t1\t2\n";

static const char eigenvalues[] = "group\tvariables\tindex\teigenvalue\n"
                                  "/0\tz1\t1\t0.5\n/0\tz1\t2\t0.25\n/1\tz1\t1\t0.75\n";

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
    o.where = "alpha=1";
    fail_each_allocation("sweep", bounds, &o);
    fail_each_allocation("plane", bounds, &o);
    fail_each_allocation("flow", bounds, &o);
}

static void zero_stands_left_of_a_logarithmic_axis(void **state)
{
    (void)state;
    mi_plot p;
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    make(&p, "sweep", bounds, &o);
    assert_true(value_of(&p, "ZERO_AT") > 0 && value_of(&p, "ZERO_AT") < 5);
    assert_true(value_of(&p, "TIC[1]") == 0 && value_of(&p, "TIC[3]") == 50);
    assert_non_null(strstr(p.values, "set logscale x\n"));
    mi_plot_free(&p);
    o.where = "alpha=1"; /* 0 and 5 alone: nothing spans anything */
    make(&p, "sweep", bounds, &o);
    assert_true(value_of(&p, "ZERO_AT") == 0);
    assert_null(strstr(p.values, "set logscale"));
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
    assert_non_null(strstr(p.values, "TIC_TEXT[1] = \"1000\"\n"));
    assert_non_null(strstr(p.values, "TIC_TEXT[2] = \"\"\n"));
    assert_non_null(strstr(p.values, "TIC_TEXT[4] = \"20000\"\n"));
    mi_plot_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charts_survive_failed_allocations),
        cmocka_unit_test(zero_stands_left_of_a_logarithmic_axis),
        cmocka_unit_test(tics_that_would_touch_have_no_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
