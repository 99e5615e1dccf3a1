/* A file of more groups than any checkpoint has. */
#include "fixture.h"

#include <stdio.h>

static void too_many_groups(void **state)
{
    (void)state;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST); /* groups of a few bytes */
    hid_t file = H5Fcreate("a.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    H5Pclose(access);
    for (int k = 0; k < 1001; k++) {
        char name[16];
        snprintf(name, sizeof name, "g%d", k);
        hid_t above = make_group(file, name);
        for (int i = 0; i < 1000; i++) {
            snprintf(name, sizeof name, "%d", i);
            H5Gclose(make_group(above, name));
        }
        H5Gclose(above);
    }
    H5Fclose(file);
    expect_refusal("a.h5", NULL, MI_EDATA, "a.h5: more than 1000000 groups");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(too_many_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
