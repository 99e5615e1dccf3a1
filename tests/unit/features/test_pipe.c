/* Features from standard input and named pipes: whole file images. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run `body` with standard input fed from a file: through a pipe, or by redirection. */
static void with_standard_input(const char *name, int pipe_it, void (*body)(void))
{
    int keep = dup(0), ends[2] = {-1, -1};
    pid_t child = 0;
    FILE *from = fopen(name, "rb");
    assert_non_null(from);
    if (pipe_it) {
        assert_int_equal(pipe(ends), 0);
        child = fork();
        if (child == 0) {
            static char block[1000];
            size_t n;
            close(ends[0]);
            while ((n = fread(block, 1, sizeof block, from)) > 0)
                if (write(ends[1], block, n) < 0)
                    break;
            _exit(0);
        }
        close(ends[1]);
    }
    dup2(pipe_it ? ends[0] : fileno(from), 0);
    body();
    dup2(keep, 0);
    close(keep);
    fclose(from);
    if (pipe_it) {
        close(ends[0]);
        waitpid(child, NULL, 0);
    }
}

static void read_standard_input(void)
{
    static const char *const none[1], *const dash[] = {"-"}, *const twice[] = {"-:/", "-"};
    const struct {
        const char *const *address;
        size_t n, sets;
    } rows[] = {{none, 0, 1}, {dash, 1, 1}, {twice, 2, 2}};
    static size_t next;
    mi_features *f;
    if (mi_features_open(&f, rows[next].address, rows[next].n, NULL) != MI_OK)
        fail_msg("%s", mi_detail());
    assert_int_equal(mi_features_count(f), rows[next].sets);
    assert_string_equal(mi_features_set(f, 0)->file, "-");
    assert_null(mi_set_attr(mi_features_set(f, 0), "epoch"));
    expect_ramp(f, MI_F32, 50000, 4); /* 800 kB: the buffer has to grow */
    expect_ramp(f, MI_F32, 50000, 4);
    mi_features_close(f);
    next = (next + 1) % 3;
}

static void standard_input(void **state)
{
    (void)state;
    hid_t file = make_file("a_5.h5");
    put_floats(file, "z1", 50000, 4);
    H5Fclose(file);
    for (int k = 0; k < 6; k++)
        with_standard_input("a_5.h5", k < 3, read_standard_input);
}

static void refuse_standard_input(void)
{
    expect_refusal("-", NULL, MI_EDATA, "standard input is empty");
}

static void empty_standard_input(void **state)
{
    (void)state;
    write_bytes("empty", "", 0);
    with_standard_input("empty", 1, refuse_standard_input);
    with_standard_input("empty", 0, refuse_standard_input);
}

static void refuse_text(void)
{
    expect_refusal("-:/a", NULL, MI_EDATA,
                   "standard input: not HDF5 but comma-separated text; import z1=- makes "
                   "features of it");
}

static void no_hdf5_on_standard_input(void **state)
{
    (void)state;
    write_bytes("t", "a,b\n", 4);
    with_standard_input("t", 1, refuse_text);
}

static void named_pipe(void **state)
{
    (void)state;
    make_plain("a.h5");
    assert_int_equal(system("mkfifo p_7 && cat a.h5 > p_7 &"), 0);
    while (access("p_7", F_OK) != 0)
        usleep(1000);
    mi_features *f = open_one("p_7:/");
    assert_null(mi_set_attr(mi_features_set(f, 0), "epoch"));
    expect_ramp(f, MI_F32, 6, 4);
    mi_features_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(standard_input),
        FIXTURE_TEST(empty_standard_input),
        FIXTURE_TEST(no_hdf5_on_standard_input),
        FIXTURE_TEST(named_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
