/* Arrays of other programs: files that are odd but right give what NumPy, SciPy and h5py put in
 * them, broken ones their message; tests/exchange/make.py made both, and the tables of what to
 * expect. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comma.h"
#include "fixture.h"
#include "leave_out.h"
#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"

/* ---- the tables ---- */

#define MOST_LINE 4096

/* Cut a line at its tabs into n cells; 0 at the end of the table. */
static int next_line(FILE *table, char line[MOST_LINE], char **cell, int n)
{
    if (!fgets(line, MOST_LINE, table))
        return 0;
    line[strcspn(line, "\n")] = 0;
    for (int k = 0; k < n; k++)
        cell[k] = strsep(&line, "\t");
    return 1;
}

static FILE *open_table(const char *name)
{
    const char *corpus = getenv("MI_CORPUS");
    if (!corpus)
        fail_msg("MI_CORPUS does not say where tests/exchange is");
    assert_int_equal(chdir(corpus), 0);
    FILE *table = fopen(name, "r");
    assert_non_null(table);
    return table;
}

/* Does this build read the format of the file? */
static int is_built_in(const char *address)
{
    int built_in = 1;
#ifndef MI_WITH_ZIP
    built_in &= strstr(address, ".npz") == NULL;
#endif
#ifndef MI_WITH_MATIO
    built_in &= strstr(address, "matlab5") == NULL &&
                (strncmp(address, "broken", 6) != 0 || strstr(address, ".mat") == NULL);
#endif
    (void)address;
    return built_in;
}

/* ---- right ones ---- */

static void print_text(FILE *to, const char *cell, size_t width)
{
    for (size_t k = 0; k < width && cell[k]; k++) {
        if (cell[k] == '\r')
            fputs("\\r", to);
        else if (cell[k] == '\n')
            fputs("\\n", to);
        else
            putc(cell[k], to);
    }
}

static void print_values(FILE *to, const mi_foreign *a, const char *x)
{
    for (size_t k = 0; k < a->n * a->d; k++, x += a->width) {
        double value;
        if (k > 0)
            putc(a->elem == MI_ELEM_TEXT ? '|' : ' ', to);
        if (a->elem == MI_ELEM_TEXT) {
            print_text(to, x, a->width);
            continue;
        }
        mi_elem_doubles(&value, a->elem, x, 1);
        fprintf(to, "%.17g", value);
    }
}

/* All rows, `step` at a time, as a text to compare. */
static mi_status read_all(char **text, mi_foreign *a, size_t step)
{
    char *x;
    size_t bytes;
    mi_status status = MI_OK;
    *text = NULL;
    MI_TRY(mi_calloc(&x, a->n, a->d * a->width));
    for (size_t at = 0; status == MI_OK && at < a->n; at += step)
        status = mi_foreign_read(a, a->n - at < step ? a->n - at : step, x + at * a->d * a->width);
    FILE *to = open_memstream(text, &bytes);
    print_values(to, a, x);
    fclose(to);
    mi_free(x);
    if (status != MI_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}

static void expect_array(const char *address, const char *shape, const char *values, size_t step)
{
    mi_foreign a;
    char found[256], *text;
    mi_status status = mi_foreign_open(&a, address, NULL);
    if (status != MI_OK)
        fail_msg("%s", mi_detail());
    if (strcmp(mi_foreign_shape(&a, found, sizeof found), shape) != 0)
        fail_msg("%s: found %s, wanted %s", address, found, shape);
    assert_int_equal(read_all(&text, &a, step), MI_OK);
    if (strcmp(text, values) != 0)
        fail_msg("%s: found %s, wanted %s", address, text, values);
    assert_int_equal(mi_foreign_read(&a, 1, text), MI_EUSAGE);
    free(text);
    mi_foreign_close(&a);
}

static void odd_ones(void **state)
{
    char line[MOST_LINE], *cell[3];
    FILE *table = open_table("odd.tsv");
    int files = 0;
    (void)state;
    while (next_line(table, line, cell, 3)) {
        if (!is_built_in(cell[0]))
            continue;
        for (size_t step = 1; step < 10; step += 3)
            expect_array(cell[0], cell[1], cell[2], step);
        files++;
    }
    fclose(table);
    assert_true(files > 60);
}

/* ---- broken ones ---- */

static void broken_ones(void **state)
{
    char line[MOST_LINE], *cell[3], message[1024], *text;
    FILE *table = open_table("broken.tsv");
    int files = 0;
    (void)state;
    while (next_line(table, line, cell, 3)) {
        mi_foreign a;
        if (!is_built_in(cell[0]))
            continue;
        mi_status status = mi_foreign_open(&a, cell[0], NULL);
        if (status == MI_OK) {
            status = read_all(&text, &a, 1);
            free(text);
            mi_foreign_close(&a);
        }
        snprintf(message, sizeof message, "%s: %s", cell[0], cell[2]);
        assert_int_equal(status, MI_EDATA);
        assert_string_equal(mi_detail(), message);
        files++;
    }
    fclose(table);
    assert_true(files > 30);
}

/* Every allocation fails once: that is said, or does no harm, and nothing is lost. */
static void without_memory(void **state)
{
    char line[MOST_LINE], *cell[3], *text;
    FILE *table = open_table("odd.tsv");
    (void)state;
    while (next_line(table, line, cell, 3)) {
        mi_status status = is_built_in(cell[0]) ? MI_ENOMEM : MI_OK;
        for (long n = 1; status != MI_OK; n++) {
            mi_foreign a;
            mi_fail_allocation(n);
            status = mi_foreign_open(&a, cell[0], NULL);
            if (status == MI_OK) {
                status = read_all(&text, &a, 4);
                free(text);
                mi_foreign_close(&a);
            }
            mi_fail_allocation(0);
            assert_true(status == MI_OK || status == MI_ENOMEM);
        }
    }
    fclose(table);
}

/* ---- files that are made here ---- */

static void expect_failure(const char *address, const mi_foreign_opts *o, mi_status status,
                           const char *message)
{
    mi_foreign a;
    assert_int_equal(mi_foreign_open(&a, address, o), status);
    assert_string_equal(mi_detail(), message);
}

static void python_files(void **state)
{
    (void)state;
    write_bytes("a.pt", "PK\3\4\0\0\0\0archive/data.pkl", 24);
    expect_failure(
        "a.pt", NULL, MI_EDATA,
        "a.pt: a PyTorch file, which Python alone can read; this saves what is in it as "
        "features.npz, for import z1=features.npz:NAME: python3 -c \"import torch, numpy; x = "
        "torch.load('a.pt', map_location='cpu'); numpy.savez('features.npz', **{k: "
        "v.detach().cpu().float().numpy() if hasattr(v, 'detach') else v for k, v in (x if "
        "isinstance(x, dict) else {'z1': x}).items()})\"");
    write_bytes("a.pkl", "\x80\4\x95", 3);
    mi_foreign a;
    assert_int_equal(mi_foreign_open(&a, "a.pkl", NULL), MI_EDATA);
    assert_non_null(strstr(mi_detail(), "a Python pickle, which Python alone can read"));
}

static void no_files(void **state)
{
    (void)state;
    expect_failure("nope.npy", NULL, MI_EOPEN, "cannot open 'nope.npy': No such file or directory");
    expect_failure(".", NULL, MI_EOPEN, ".: cannot be opened: it is a directory");
}

static void headers_as_told(void **state)
{
    mi_foreign a;
    (void)state;
    write_bytes("a.csv", "1\n2\n3\n", 6);
    assert_int_equal(mi_foreign_open(&a, "a.csv", &(mi_foreign_opts){.header = MI_HEADER_YES}),
                     MI_OK);
    assert_int_equal(a.n, 2);
    assert_int_equal(a.guessed, 0);
    mi_foreign_close(&a);
    write_bytes("b.csv", "cat\ndog\n", 8);
    assert_int_equal(mi_foreign_open(&a, "b.csv", NULL), MI_OK);
    assert_int_equal(a.n, 1);
    assert_int_equal(a.guessed, 1);
    mi_foreign_close(&a);
    assert_int_equal(mi_foreign_open(&a, "b.csv", &(mi_foreign_opts){.header = MI_HEADER_NO}),
                     MI_OK);
    assert_int_equal(a.n, 2);
    mi_foreign_close(&a);
}

/* Through a pipe, which is copied, as from the file. */
static void pipes(void **state)
{
    mi_foreign a;
    double x[2];
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(system("(printf '1,2\\n3,4\\n' >pipe) &"), 0);
    assert_int_equal(mi_foreign_open(&a, "pipe", NULL), MI_OK);
    assert_int_equal(mi_foreign_read(&a, 1, x), MI_OK);
    assert_true(x[0] == 1 && x[1] == 2);
    mi_foreign_close(&a);
}

/* Rows that are more than a block, of columns: pieces of 48 MB, with a rest. */
static void large_fortran(void **state)
{
    enum { N = 3000, D = 4400 };
    float *column, x[D];
    mi_foreign a;
    char *header;
    size_t bytes;
    (void)state;
    FILE *f = fopen("a.npy", "w");
    assert_int_equal(mi_npy_header_make(&header, &bytes, "'<f4'", 2, (uint64_t[]){N, D}), MI_OK);
    memcpy(strstr(header + 10, "False"), "True ", 5);
    fwrite(header, 1, bytes, f);
    mi_free(header);
    assert_int_equal(MI_NEW(column, N), MI_OK);
    for (int c = 0; c < D; c++) {
        for (int i = 0; i < N; i++)
            column[i] = (float)(i * 10 + c);
        fwrite(column, sizeof *column, N, f);
    }
    mi_free(column);
    fclose(f);
    assert_int_equal(mi_foreign_open(&a, "a.npy", NULL), MI_OK);
    for (int i = 0; i < N; i++) {
        assert_int_equal(mi_foreign_read(&a, 1, x), MI_OK);
        for (int c = 0; c < D; c++)
            if (x[c] != (float)(i * 10 + c))
                fail_msg("row %d, column %d: %g", i, c, (double)x[c]);
    }
    mi_foreign_close(&a);
}

static void places(void **state)
{
    static const size_t wanted[] = {0, 3, 1, 4, 2, 5};
    size_t place[6];
    (void)state;
    mi_fortran_places(place, 3, (uint64_t[]){7, 2, 3});
    assert_memory_equal(place, wanted, sizeof wanted);
}

/* Numbers have a point whatever the locale's is. */
static void other_locales(void **state)
{
    mi_foreign a;
    double x;
    (void)state;
    LEAVE_OUT_IF(!comma_locale(), NO_COMMA_LOCALE);
    write_bytes("a.csv", "x\n1.5\n2\n", 8);
    assert_int_equal(mi_foreign_open(&a, "a.csv", NULL), MI_OK);
    assert_int_equal(mi_foreign_read(&a, 1, &x), MI_OK);
    assert_true(x == 1.5);
    mi_foreign_close(&a);
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(odd_ones),      FIXTURE_TEST(broken_ones),   FIXTURE_TEST(without_memory),
        FIXTURE_TEST(python_files),  FIXTURE_TEST(no_files),      FIXTURE_TEST(headers_as_told),
        FIXTURE_TEST(pipes),         FIXTURE_TEST(large_fortran), FIXTURE_TEST(places),
        FIXTURE_TEST(other_locales),
    };
    return cmocka_run_group_tests_name("foreign", tests, NULL, NULL);
}
