/* The marks of a file that another library is at work on: what is seen of them from the thread at work, and from another. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "libmi/base/watch_internal.h"

static void *look(void *to)
{
    *(mi_watched *)to = mi_watch_look();
    return NULL;
}

static mi_watched look_from_another_thread(void)
{
    mi_watched seen;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, look, &seen), 0);
    pthread_join(thread, NULL);
    return seen;
}

static void nobody_is_at_work(void **state)
{
    (void)state;
    mi_watch_file("run.h5");
    assert_null(mi_watch_look().file);
    mi_watch_begin();
    mi_watch_begin();
    mi_watch_end();
    assert_non_null(mi_watch_look().file);
    mi_watch_end();
    assert_null(mi_watch_look().file);
}

static void the_thread_at_work_is_told_from_others(void **state)
{
    (void)state;
    mi_watch_file("run.h5");
    mi_watch_begin();
    mi_watched here = mi_watch_look(), elsewhere = look_from_another_thread();
    mi_watch_end();
    assert_string_equal(here.file, "run.h5");
    assert_string_equal(elsewhere.file, "run.h5");
    assert_true(here.is_here);
    assert_false(elsewhere.is_here);
    assert_true(here.seconds > 0 && elsewhere.seconds >= here.seconds); /* of the thread at work */
}

static void progress_is_seen(void **state)
{
    (void)state;
    mi_watch_begin();
    unsigned long before = mi_watch_look().steps;
    assert_int_equal(mi_watch_look().steps, before);
    mi_watch_step();
    assert_int_not_equal(mi_watch_look().steps, before);
    assert_false(mi_watch_look().in_data);
    mi_watch_data(1);
    assert_true(mi_watch_look().in_data);
    mi_watch_data(0);
    assert_false(mi_watch_look().in_data);
    mi_watch_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_at_work),
        cmocka_unit_test(the_thread_at_work_is_told_from_others),
        cmocka_unit_test(progress_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
