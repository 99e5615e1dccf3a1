/* Files small in bytes and endless in paths. */
#include "fixture.h"

#include <stdio.h>

static void too_many_groups(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5"), next = make_group(file, "last");
    for (int k = 0; k < 21; k++) { /* two links to each level: 2^21 paths */
        char name[16];
        snprintf(name, sizeof name, "l%d", k);
        hid_t group = make_group(file, name);
        H5Lcreate_hard(next, ".", group, "a", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_hard(next, ".", group, "b", H5P_DEFAULT, H5P_DEFAULT);
        H5Gclose(next);
        next = group;
    }
    H5Gclose(next);
    H5Fclose(file);
    expect_refusal("a.h5:l20", NULL, MI_EDATA, "a.h5: more than 1000000 groups");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(too_many_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
