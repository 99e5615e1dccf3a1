/* leave_out.h - tests that cannot run everywhere.
 *
 * Not by cmocka's skip(): 1.1.5 writes "not ok # SKIP" for it, which is a failure.
 */
#ifndef LEAVE_OUT_H
#define LEAVE_OUT_H

#include <stdio.h>
#include <stdlib.h>

/* Ends the test where it cannot run, and says why. */
#define LEAVE_OUT_IF(condition, why)       \
    do {                                   \
        if (condition) {                   \
            puts("# left out here: " why); \
            return;                        \
        }                                  \
    } while (0)

/* Under `./run valgrind` the test takes an hour, and in a smaller number or size other tests of its file do the same. */
#define LEAVE_OUT_UNDER_VALGRIND() LEAVE_OUT_IF(getenv("MI_VALGRIND"), "valgrind")

#endif
