/* Were there instances enough: from learning curves written by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libmi/mi.h"

#define HEAD                                                                                      \
    "file\tgroup\tn\tinstances\tdegrees\td2\talpha\tkernel\tr_kind\ti_z1_r_by\tpreset\testimator" \
    "\tbatch\tbatches\troute\tbase\tH_Z1\tH_Z2\tH_R\tH_Y\tI_Z1_R\tI_Z1_Z2\tI_Z1_Z2_null\tI_R_Y\t" \
    "I_Y_Z1\tI_Y_Z2\tlower\tupper"
#define ROW(file, batch, degrees, alpha, kernel, i, upper)                                      \
    file "\t/\t202\t101\t" degrees "\t4\t" alpha "\t" kernel "\tid\tmatrix\ttheorem\tv\t" batch \
         "\tnan\tdense\te\t1.5\t1.25\t4.6\t0.7\t0.9\t" i "\t0.1\t0.6\tnan\tnan\t0.3\t" upper

static void read_text(mi_table *t, const char *text)
{
    FILE *f = fmemopen((char *)text, strlen(text), "r");
    assert_int_equal(mi_table_read(t, f, "t.tsv"), MI_OK);
    fclose(f);
}

/* Two orders; I(Z1;Z2) moves by 0.05, upper by 0.001, both with an error of 0.02. */
static const char curve[] = HEAD
    "\tI_Z1_Z2_se\tI_Z1_Z2_null_se\tupper_se\n" ROW("a.h5", "25", "3", "2", "linear", "1.4", "0.6") "\t0.5\t0.5\t0.5\n" ROW(
        "a.h5", "50", "1", "2", "linear", "1.25",
        "0.701") "\t0.5\t0.5\t0.5\n" ROW("a.h5", "50", "1", "1", "linear", "1.3",
                                         "0.8") "\t0.5\t0.5\t0.5\n" ROW("b.h5", "50", "1", "2",
                                                                        "linear", "9",
                                                                        "9") "\t0.5\t0.5\t0.5\n" ROW("a.h5",
                                                                                                     "nan",
                                                                                                     "100",
                                                                                                     "2",
                                                                                                     "linear",
                                                                                                     "1.2",
                                                                                                     "0.7") "\t0.02\t0.01\t0.02\n" ROW("a.h5",
                                                                                                                                       "nan",
                                                                                                                                       "100",
                                                                                                                                       "1",
                                                                                                                                       "linear",
                                                                                                                                       "1.29",
                                                                                                                                       "0.7") "\t0.02\t0.01\t0.02\n";

static void changes_against_their_errors(void **state)
{
    mi_enough *e;
    mi_table t;
    size_t n;
    (void)state;
    read_text(&t, curve);
    assert_int_equal(mi_enough_of(&e, &n, &t, 0.95, 0.005), MI_OK);
    assert_int_equal(n, 2);
    assert_int_equal(e[0].row, 4);
    assert_int_equal(e[0].count, 2);
    assert_int_equal(e[0].term[0].term, MI_I_Z1_Z2);
    assert_int_equal(e[0].term[1].term, MI_UPPER);
    const mi_enough_term *i = &e[0].term[0], *upper = &e[0].term[1];
    double width = mi_t_factor(0.95, 100) * 0.02;
    assert_true(fabs(i->change + 0.05) < 1e-12 && fabs(i->hi - (i->change + width)) < 1e-12);
    assert_false(i->is_within);
    assert_true(upper->is_within && fabs(upper->change + 0.001) < 1e-12);
    assert_true(fabs(i->se_2 - 0.02 / sqrt(2)) < 1e-15 && fabs(i->se_4 - 0.01) < 1e-15);
    assert_true(i->for_wanted == 101 * 16);
    assert_true(e[1].term[0].is_within && !e[1].term[1].is_within);
    mi_free(e);
    assert_int_equal(mi_enough_of(&e, &n, &t, 0.95, NAN), MI_OK);
    assert_true(isnan(e[0].term[0].for_wanted));
    mi_free(e);
    mi_table_free(&t);
}

/* Of many curves in one table each has its own half, the first that stands there: I(Z1;Z2) of curve k moves by -k. */
static void each_curve_has_its_own_half(void **state)
{
    enum { CURVES = 40 };
    char *text = NULL;
    size_t size, n;
    mi_enough *e;
    mi_table t;
    (void)state;
    FILE *f = open_memstream(&text, &size);
    fputs(HEAD "\tI_Z1_Z2_se\n", f);
    for (int k = CURVES; k-- > 0;) {
        fprintf(f, ROW("%d.h5", "25", "3", "2", "linear", "99", "1") "\t1\n", k);
        fprintf(f, ROW("%d.h5", "50", "1", "2", "linear", "%d", "1") "\t1\n", k, 100 + k);
    }
    for (int k = 0; k < CURVES; k++) {
        fprintf(f, ROW("%d.h5", "50", "1", "2", "linear", "98", "1") "\t1\n", k);
        fprintf(f, ROW("%d.h5", "nan", "99", "2", "linear", "100", "1") "\t1\n", k);
    }
    fclose(f);
    read_text(&t, text);
    assert_int_equal(mi_enough_of(&e, &n, &t, 0.95, NAN), MI_OK);
    assert_int_equal(n, CURVES);
    for (int k = 0; k < CURVES; k++)
        assert_true(e[k].count == 1 && e[k].term[0].change == -k);
    mi_free(e);
    mi_table_free(&t);
    free(text);
}

static void refuses(const char *text, const char *message)
{
    mi_enough *e;
    mi_table t;
    size_t n;
    read_text(&t, text);
    assert_int_equal(mi_enough_of(&e, &n, &t, 0.95, NAN), MI_EDATA);
    assert_string_equal(mi_detail(), message);
    assert_null(e);
    mi_table_free(&t);
}

static void tables_that_are_no_learning_curve(void **state)
{
    static const char none[] = "t.tsv: no learning curve, wanted rows of half the instances and of "
                               "all; bounds se learning-curve writes them";
    (void)state;
    refuses(HEAD "\n" ROW("a.h5", "nan", "100", "2", "linear", "1", "1") "\n", none);
    refuses(HEAD "\n" ROW("a.h5", "50", "1", "2", "gaussian:2", "1", "1") "\n" //
            ROW("a.h5", "nan", "100", "2", "linear", "1", "1") "\n",
            none);
    refuses(
        HEAD "\n" ROW("a.h5", "50", "1", "2", "linear", "1", "1") "\n" //
        ROW("a.h5", "nan", "100", "2", "linear", "1", "1") "\n",
        "t.tsv: line 3: no standard errors, which a change is measured by; bounds se adds them");
}

static void each_allocation_may_fail(void **state)
{
    mi_enough *e;
    mi_table t;
    size_t n;
    mi_status status;
    (void)state;
    read_text(&t, curve);
    for (long k = 1;; k++) {
        mi_fail_allocation(k);
        status = mi_enough_of(&e, &n, &t, 0.95, NAN);
        mi_fail_allocation(0);
        if (status == MI_OK)
            break;
        assert_int_equal(status, MI_ENOMEM);
        assert_null(e);
    }
    assert_int_equal(n, 2);
    mi_free(e);
    mi_table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_against_their_errors),
        cmocka_unit_test(each_curve_has_its_own_half),
        cmocka_unit_test(tables_that_are_no_learning_curve),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("enough", tests, NULL, NULL);
}
