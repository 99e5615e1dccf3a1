/* Discrete variables: groups against a quadratic search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "libmi/data/groups.h"
#include "libmi/data/groups_internal.h"

#define N 500

/* The definition: the group of a row is that of the first row that equals it. */
static void expect_groups(const mi_groups *a, const int *symbol, size_t n)
{
    size_t g = 0, first[N], count[N] = {0};
    assert_int_equal(a->n, n);
    for (size_t i = 0; i < n; i++) {
        size_t c = 0;
        while (c < g && symbol[first[c]] != symbol[i])
            c++;
        if (c == g)
            first[g++] = i;
        count[c]++;
        assert_int_equal(a->code[i], c);
    }
    assert_int_equal(a->g, g);
    for (size_t c = 0; c < g; c++) {
        assert_int_equal(a->count[c], count[c]);
        assert_int_equal(a->first[c], first[c]);
    }
}

static void random_symbols(int *symbol, size_t n, int kinds, unsigned seed)
{
    for (size_t i = 0; i < n; i++)
        symbol[i] = rand_r(&seed) % kinds - kinds / 2;
}

static void groups_of_symbols(void **state)
{
    int symbol[N];
    mi_groups a;
    (void)state;
    for (int kinds = 1; kinds < 2000; kinds = 3 * kinds + 1) {
        random_symbols(symbol, N, kinds, (unsigned)kinds);
        assert_int_equal(mi_groups_of_bytes(&a, symbol, N, sizeof *symbol), MI_OK);
        expect_groups(&a, symbol, N);
        mi_groups_free(&a);
    }
}

static void symbols_of_any_size(void **state)
{
    (void)state;
    for (size_t size = 1; size < 40; size++) {
        int symbol[N];
        mi_groups a;
        unsigned char *wide = calloc(N, size);
        random_symbols(symbol, N, 100, (unsigned)size);
        for (size_t i = 0; i < N; i++)
            wide[i * size + size - 1] = (unsigned char)symbol[i]; /* they differ in the last byte */
        assert_int_equal(mi_groups_of_bytes(&a, wide, N, size), MI_OK);
        expect_groups(&a, symbol, N);
        mi_groups_free(&a);
        free(wide);
    }
}

static void no_rows(void **state)
{
    mi_groups a;
    (void)state;
    assert_int_equal(mi_groups_of_bytes(&a, "", 0, 8), MI_EUSAGE);
    assert_string_equal(mi_detail(), "0 symbols of 8 bytes, wanted 1 or more of each");
    mi_groups_free(&(mi_groups){0});
    mi_groups_free(NULL);
}

static void rows_of_floats(void **state)
{
    double x[5][2] = {{0.0, 1}, {-0.0, 1}, {1, 0}, {0.0, 1}, {1, -0.0}};
    float y[5][3] = {{0.0f, 1, 9}, {-0.0f, 1, 8}, {1, 0, 7}, {0, 1, 6}, {1, -0.0f, 5}};
    const int wanted[5] = {0, 0, 1, 0, 1};
    mi_mat wide = {.n = 5, .d = 2, .ld = 2, .type = MI_F64, .x = x};
    mi_mat narrow = {.n = 5, .d = 2, .ld = 3, .type = MI_F32, .x = y};
    mi_groups a;
    (void)state;
    assert_int_equal(mi_groups_of_rows(&a, &wide), MI_OK);
    expect_groups(&a, wanted, 5);
    mi_groups_free(&a);
    assert_int_equal(mi_groups_of_rows(&a, &narrow), MI_OK);
    expect_groups(&a, wanted, 5);
    mi_groups_free(&a);
    assert_true(x[1][0] == 0 && 1 / x[1][0] < 0); /* the input keeps its sign */
}

static void joint_groups(void **state)
{
    int one[N], two[N], both[N];
    mi_groups a, b, ab;
    (void)state;
    random_symbols(one, N, 11, 1);
    random_symbols(two, N, 7, 2);
    for (size_t i = 0; i < N; i++)
        both[i] = 100 * one[i] + two[i];
    assert_int_equal(mi_groups_of_bytes(&a, one, N, sizeof *one), MI_OK);
    assert_int_equal(mi_groups_of_bytes(&b, two, N, sizeof *two), MI_OK);
    assert_int_equal(mi_groups_joint(&ab, &a, &b), MI_OK);
    expect_groups(&ab, both, N);
    mi_groups_free(&a);
    mi_groups_free(&b);
    mi_groups_free(&ab);
}

static void gathered_groups(void **state)
{
    int symbol[N], picked[N];
    size_t row[N];
    mi_groups a, b;
    (void)state;
    random_symbols(symbol, N, 30, 3);
    for (size_t i = 0; i < N; i++) {
        row[i] = (7 * i + 3) % N; /* every row once, in another order */
        picked[i] = symbol[row[i]];
    }
    assert_int_equal(mi_groups_of_bytes(&a, symbol, N, sizeof *symbol), MI_OK);
    assert_int_equal(mi_groups_gather(&b, &a, row, N), MI_OK);
    expect_groups(&b, picked, N);
    mi_groups_free(&b);
    assert_int_equal(mi_groups_gather(&b, &a, row, 10),
                     MI_OK); /* groups that are not picked vanish */
    expect_groups(&b, picked, 10);
    mi_groups_free(&a);
    mi_groups_free(&b);
}

static void singletons(void **state)
{
    int symbol[N];
    mi_groups a;
    (void)state;
    for (int i = 0; i < N; i++)
        symbol[i] = i;
    assert_int_equal(mi_groups_singletons(&a, N), MI_OK);
    expect_groups(&a, symbol, N);
    assert_true(mi_groups_pairs(&a) == N);
    mi_groups_free(&a);
}

static void listed_rows(void **state)
{
    int symbol[N];
    mi_groups a;
    mi_group_rows rows;
    double pairs = 0;
    (void)state;
    random_symbols(symbol, N, 40, 4);
    assert_int_equal(mi_groups_of_bytes(&a, symbol, N, sizeof *symbol), MI_OK);
    assert_int_equal(mi_groups_list(&rows, &a), MI_OK);
    assert_int_equal(rows.g, a.g);
    assert_int_equal(rows.start[0], 0);
    for (size_t c = 0; c < a.g; c++) {
        size_t n = rows.start[c + 1] - rows.start[c];
        assert_int_equal(n, a.count[c]);
        pairs += (double)(n * n);
        for (size_t k = rows.start[c]; k < rows.start[c + 1]; k++) {
            assert_int_equal(a.code[rows.member[k]], c);
            assert_true(k == rows.start[c] || rows.member[k] > rows.member[k - 1]);
        }
    }
    assert_int_equal(rows.start[a.g], N);
    assert_true(mi_groups_pairs(&a) == pairs);
    mi_groups_free(&a);
    mi_group_rows_free(&rows);
}

/* Every allocation fails in turn: an error comes back, nothing is lost. */
static double seconds_of_groups(const uint64_t *symbol, size_t n)
{
    mi_groups a;
    clock_t start = clock();
    assert_int_equal(mi_groups_of_bytes(&a, symbol, n, sizeof *symbol), MI_OK);
    assert_int_equal(a.g, n);
    mi_groups_free(&a);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* x with x * odd = y (mod 2^64), by Newton's iteration. */
static uint64_t divided(uint64_t y, uint64_t odd)
{
    uint64_t inverse = odd;
    for (int k = 0; k < 6; k++)
        inverse *= 2 - odd * inverse;
    return y * inverse;
}

/* Numbers that a hash with published constants puts into one slot, each: what a hostile file would hold. Their groups take the
 * time that those of other numbers take. */
static void numbers_that_meet_in_one_slot(void **state)
{
    enum { MANY = 40000 };
    static uint64_t hostile[MANY], plain[MANY];
    (void)state;
    for (uint64_t i = 0; i < MANY; i++) {
        uint64_t h = i << 40; /* the low bits of the hash are 0 in all of them */
        h ^= h >> 29 ^ h >> 58;
        h = divided(h, 0xc4ceb9fe1a85ec53u);
        h ^= h >> 32;
        hostile[i] = divided(h, 0xff51afd7ed558ccdu) ^ 0x9e3779b97f4a7c15u ^ sizeof *hostile;
        plain[i] = i;
    }
    double usual = seconds_of_groups(plain, MANY);
    assert_true(seconds_of_groups(hostile, MANY) < 20 * usual + 0.1);
}

static void memory_runs_out(void **state)
{
    int symbol[N];
    mi_mat m = {.n = N / 4, .d = 2, .ld = 2, .type = MI_F32, .x = symbol};
    mi_groups a = {0}, b = {0};
    mi_group_rows rows = {0};
    (void)state;
    memset(symbol, 0, sizeof symbol);
    for (long k = 1;; k++) {
        mi_fail_allocation(k);
        mi_status status = mi_groups_of_rows(&a, &m);
        if (status == MI_OK)
            status = mi_groups_joint(&b, &a, &a);
        if (status == MI_OK)
            status = mi_groups_list(&rows, &a);
        mi_fail_allocation(0);
        mi_groups_free(&a);
        mi_groups_free(&b);
        mi_group_rows_free(&rows);
        if (status == MI_OK) {
            assert_int_equal(k, 13); /* one less is how many allocations there are */
            break;
        }
        assert_int_equal(status, MI_ENOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_of_symbols), cmocka_unit_test(symbols_of_any_size),
        cmocka_unit_test(no_rows),           cmocka_unit_test(rows_of_floats),
        cmocka_unit_test(joint_groups),      cmocka_unit_test(gathered_groups),
        cmocka_unit_test(singletons),        cmocka_unit_test(listed_rows),
        cmocka_unit_test(memory_runs_out),   cmocka_unit_test(numbers_that_meet_in_one_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
