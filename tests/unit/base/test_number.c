/* Numbers as text whatever the locale of the process is: what is parsed, named, said and drawn. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "comma.h"
#include "leave_out.h"
#include "libmi/base/number.h"
#include "libmi/base/run_internal.h"
#include "libmi/mi.h"
#include "validated.h"

static int begin(void **state)
{
    char text[8];
    (void)state;
    if (!comma_locale())
        return 0; /* the tests say that they are left out */
    snprintf(text, sizeof text, "%.1f", 0.5);
    return strcmp(text, "0,5");
}

static int end(void **state)
{
    (void)state;
    setlocale(LC_ALL, "C");
    return 0;
}

#define NEED_A_COMMA() LEAVE_OUT_IF(*localeconv()->decimal_point != ',', NO_COMMA_LOCALE)

static void numbers(void **state)
{
    char text[MI_NUMBER_BYTES], own[8], *stop;
    double value;
    (void)state;
    NEED_A_COMMA();
    assert_string_equal(mi_number_print(text, 9, 0.5), "0.5");
    assert_true(mi_number_parse("0.5", &value) && value == 0.5);
    assert_false(mi_number_parse("0,5", &value));
    assert_true(mi_number_read("1.25:7", &stop) == 1.25);
    assert_string_equal(stop, ":7");
    snprintf(own, sizeof own, "%.1f", 0.5); /* the caller's is as it was */
    assert_string_equal(own, "0,5");
}

static void kernels(void **state)
{
    static const char *const names[] = {"gaussian:1.5", "laplacian:q0.25", "polynomial:3:0.5",
                                        "gaussian:0.5:1.5", "laplacian:0.5m:m"};
    char text[64];
    mi_kernel k;
    (void)state;
    NEED_A_COMMA();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(mi_kernel_parse(&k, names[i], strlen(names[i])), MI_OK);
        assert_string_equal(mi_kernel_name(&k, text, sizeof text), names[i]);
    }
}

static void estimators(void **state)
{
    static const char *const names[] = {"infonce:0.25", "nce:0.5", "barlow:0.005:0.125"};
    static const char *const shannon[] = {"infonce:0.25", "smile:0.5:2.5"};
    char text[64];
    mi_i_z1_r e;
    mi_shannon_estimator s;
    (void)state;
    NEED_A_COMMA();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(mi_i_z1_r_parse(&e, names[i]), MI_OK);
        assert_string_equal(mi_i_z1_r_name(&e, text, sizeof text), names[i]);
    }
    for (size_t i = 0; i < sizeof shannon / sizeof *shannon; i++) {
        assert_int_equal(mi_shannon_parse(&s, shannon[i]), MI_OK);
        assert_string_equal(mi_shannon_name(&s, text, sizeof text), shannon[i]);
    }
}

static void orders(void **state)
{
    double *alpha;
    size_t count;
    (void)state;
    NEED_A_COMMA();
    assert_int_equal(mi_alpha_parse(&alpha, &count, "0.5,1.25"), MI_OK);
    assert_int_equal(count, 2);
    assert_true(alpha[0] == 0.5 && alpha[1] == 1.25);
    mi_free(alpha);
}

static void messages(void **state)
{
    mi_run run;
    (void)state;
    NEED_A_COMMA();
    mi_run_default(&run);
    run.tolerance = -0.5;
    assert_int_equal(mi_run_check(&run), MI_EUSAGE);
    assert_string_equal(mi_detail(), "a tolerance of -0.5 nats, wanted 0 or more");
}

static void charts(void **state)
{
    static const char table[] =
        "file\tgroup\tepoch\tn\talpha\taccuracy\tlower\tupper\tI_Y_Z1\tI_Y_Z1_se\tdegrees\n"
        "a.h5\t/1\t1\t100\t0.5\t0.5\t1.25\t2.5\t1.5\t0.25\t9.5\n"
        "a.h5\t/2\t2\t100\t0.5\t0.625\t1.5\t2.25\t1.75\t0.25\t9.5\n";
    mi_table t;
    mi_plot p;
    mi_plot_opts o;
    size_t kind;
    (void)state;
    NEED_A_COMMA();
    FILE *from = fmemopen((void *)table, sizeof table - 1, "r");
    assert_int_equal(mi_table_read(&t, from, "t.tsv"), MI_OK);
    fclose(from);
    mi_plot_opts_default(&o);
    assert_int_equal(mi_plot_find_kind("scatter", &kind), MI_OK);
    assert_int_equal(mi_plot_make(&p, kind, &t, &o), MI_OK);
    assert_null(strstr(p.data, "0,5"));
    assert_non_null(strstr(p.data, "1.25"));
    assert_non_null(strstr(p.values, "r = 1.00"));
    mi_plot_free(&p);
    mi_table_free(&t);
}

static void reports(void **state)
{
    validated x;
    size_t bytes;
    char *report;
    (void)state;
    NEED_A_COMMA();
    validate(&x, (change[]){{"alpha", "1.5"}, {NULL, NULL}}, 0.995);
    assert_int_equal(x.status, MI_OK);
    FILE *to = open_memstream(&report, &bytes);
    mi_validation_put(to, &x.v);
    fclose(to);
    assert_non_null(strstr(report, "order 1.5"));
    assert_non_null(strstr(report, "intervals of 99.5 %"));
    assert_null(strstr(report, "0,"));
    free(report);
    mi_table_free(&x.table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), cmocka_unit_test(kernels),  cmocka_unit_test(estimators),
        cmocka_unit_test(orders),  cmocka_unit_test(messages), cmocka_unit_test(charts),
        cmocka_unit_test(reports),
    };
    return cmocka_run_group_tests_name("number", tests, begin, end);
}
