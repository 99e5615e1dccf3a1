/* Ranks: mpirun starts this program on one, two and three of them. Rank 0 reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "libmi/base/comm_internal.h"
#include "libmi/base/pool.h"

static mi_comm *comm;
static int rank, size;

static void sums_and_extremes(void **state)
{
    double x[2] = {rank + 1, 0.5}, most[2] = {rank, -rank};
    size_t least = (size_t)(10 + rank);
    (void)state;
    CHECK(mi_comm_sum(comm, x, 2));
    CHECK_NEAR(x[0], size * (size + 1) / 2.0, 0);
    CHECK_NEAR(x[1], 0.5 * size, 0);
    CHECK(mi_comm_most(comm, most, 2));
    CHECK_NEAR(most[0], size - 1, 0);
    CHECK_NEAR(most[1], 0, 0);
    CHECK(mi_comm_least(comm, &least));
    assert_int_equal(least, 10);
}

static void records_are_merged_to_the_bit(void **state)
{
    struct {
        double value;
        char text[16];
    } record[7] = {{0}};
    (void)state;
    for (int k = rank; k < 7; k += size) {
        record[k].value = k == 3 ? -0.0 : 1.0 / (k + 1);
        snprintf(record[k].text, sizeof record[k].text, "of %d", k);
    }
    CHECK(mi_comm_merge(comm, record, sizeof record));
    for (int k = 0; k < 7; k++) {
        double wanted = k == 3 ? -0.0 : 1.0 / (k + 1);
        char text[16];
        snprintf(text, sizeof text, "of %d", k);
        assert_memory_equal(&record[k].value, &wanted, sizeof wanted);
        assert_string_equal(record[k].text, text);
    }
}

static void bytes_of_rank_0_reach_all(void **state)
{
    for (size_t n = 0; n <= 3000000; n += 1500000) {
        unsigned char *x = NULL;
        size_t bytes = rank == 0 ? n : 17;
        (void)state;
        if (rank == 0 && n)
            CHECK(mi_malloc(&x, n, 1));
        for (size_t k = 0; rank == 0 && k < n; k++)
            x[k] = (unsigned char)(k * 31);
        CHECK(mi_comm_share(comm, &x, &bytes));
        assert_int_equal(bytes, n);
        for (size_t k = 0; k < n; k += 1001)
            assert_int_equal(x[k], (unsigned char)(k * 31));
        mi_free(x);
    }
}

static void texts_are_collected_in_order(void **state)
{
    char mine[16] = "", *all;
    size_t start[16];
    (void)state;
    if (rank != 1) /* one has nothing to say */
        snprintf(mine, sizeof mine, "rank %d;", rank);
    CHECK(mi_comm_collect(comm, mine, strlen(mine), &all, start));
    assert_string_equal(all, size == 3 ? "rank 0;rank 2;" : "rank 0;");
    assert_int_equal(start[0], 0);
    assert_int_equal(start[1], 7);
    assert_int_equal(start[size], strlen(all));
    mi_free(all);
}

/* A piece of work in which one rank fails before its second collective. */
static mi_status work(int failing)
{
    double x = 1;
    MI_TRY(mi_comm_sum(comm, &x, 1));
    if (rank == failing)
        return mi_fail(MI_EDATA, "rank %d found something", rank);
    MI_TRY(mi_comm_sum(comm, &x, 1));
    return mi_comm_merge(comm, &x, sizeof x);
}

static void one_failure_is_everyones(void **state)
{
    (void)state;
    for (int failing = 0; failing < size; failing++) {
        char wanted[64];
        mi_status status = work(failing);
        mi_fail_in(status, "set"); /* on the way up, every rank adds to it */
        assert_int_equal(mi_comm_settle(comm, status), MI_EDATA);
        snprintf(wanted, sizeof wanted, "set: rank %d found something", failing);
        assert_string_equal(mi_detail(), wanted);
        assert_int_equal(mi_comm_settle(comm, work(-1)), MI_OK);
    }
}

static void the_lowest_of_several_is_heard(void **state)
{
    (void)state;
    mi_fail(MI_EOPEN, "rank %d", rank);
    assert_int_equal(mi_comm_settle(comm, rank || size == 1 ? MI_EOPEN : MI_OK), MI_EOPEN);
    assert_string_equal(mi_detail(), size == 1 ? "rank 0" : "rank 1");
}

static void different_ways_do_not_hang(void **state)
{
    double x[2] = {1, 1};
    (void)state;
    if (size == 1)
        return;
    assert_int_equal(mi_comm_sum(comm, x, rank == 0 ? 1 : 2), MI_ELIBRARY);
    mi_status status = mi_comm_settle(comm, MI_ELIBRARY);
    assert_int_equal(status, MI_ELIBRARY);
    assert_string_equal(mi_detail(), "the ranks took different ways through the work");
    status = rank == 0 ? mi_comm_merge(comm, x, 8) : mi_comm_sum(comm, x, 1);
    assert_int_equal(mi_comm_settle(comm, status), MI_ELIBRARY);
}

/* ---- shares of tasks ---- */

static mi_status count_task(void *arg, size_t task, int worker)
{
    double *count = arg;
    (void)worker;
    count[task]++;
    return MI_OK;
}

static void every_task_is_done_once(void **state)
{
    mi_run run = {.threads = 2, .comm = comm};
    (void)state;
    for (size_t tasks = 0; tasks < 9; tasks++) {
        double spread[9] = {0}, shared[9] = {0};
        mi_share share = mi_share_out(&run, tasks);
        CHECK(mi_spread(&run, tasks, count_task, spread));
        CHECK(mi_comm_sum(comm, spread, 9));
        for (size_t k = share.first; k < tasks; k += share.step)
            shared[k]++;
        CHECK(mi_comm_sum(share.comm, shared, 9));
        assert_true(!share.comm || !share.run.comm);
        for (size_t k = 0; k < 9; k++) {
            CHECK_NEAR(spread[k], k < tasks, 0);
            CHECK_NEAR(shared[k], k < tasks, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_extremes),
        cmocka_unit_test(records_are_merged_to_the_bit),
        cmocka_unit_test(bytes_of_rank_0_reach_all),
        cmocka_unit_test(texts_are_collected_in_order),
        cmocka_unit_test(one_failure_is_everyones),
        cmocka_unit_test(the_lowest_of_several_is_heard),
        cmocka_unit_test(different_ways_do_not_hang),
        cmocka_unit_test(every_task_is_done_once),
    };
    int launched = mi_comm_launched(&rank);
    if (mi_comm_open(&comm) != MI_OK || mi_comm_size(comm) != launched ||
        mi_comm_rank(comm) != rank)
        return 1;
    size = launched;
    if (rank > 0 && !freopen("/dev/null", "w", stdout))
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mi_comm_close(comm);
    return failed;
}
