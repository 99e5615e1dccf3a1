/* Small sets, where starting and reading weigh more than computing: mi-bounds as a process against
 * h5ls -r on one set, and against a bare loop that reads 200 sets. usage: bench_files TOOLS [SETS]
 */
#include <hdf5.h>

#include "process.h"

enum { ROWS = 512, D1 = 512, D2 = 128, ROUNDS = 7 };

static float x[ROWS * D1];

/* IEEE half precision, which HDF5 1.10 has no name for. */
static hid_t half_type(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

static void put(hid_t at, const char *name, hid_t stored, hid_t type, const void *from, hsize_t d)
{
    hid_t space = H5Screate_simple(d ? 2 : 1, (hsize_t[]){ROWS, d}, NULL);
    hid_t set = H5Dcreate(at, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (set < 0 || H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, from) < 0)
        process_die("H5Dwrite");
    H5Dclose(set);
    H5Sclose(space);
}

/* Sets /epoch_000 ... of 256 instances x 2 views, ids and labels at the root. */
static void make_file(const char *path, int sets, hid_t stored)
{
    int label[2][ROWS];
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    for (int i = 0; i < ROWS; i++) {
        label[0][i] = i / 2;
        label[1][i] = i / 2 % 10;
    }
    put(file, "r", H5T_NATIVE_INT, H5T_NATIVE_INT, label[0], 0);
    put(file, "y", H5T_NATIVE_INT, H5T_NATIVE_INT, label[1], 0);
    for (int s = 0; s < sets; s++) {
        char name[32];
        snprintf(name, sizeof name, "epoch_%03d", s);
        hid_t group = H5Gcreate(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        for (int k = 0; k < ROWS * D1; k++)
            x[k] = (float)rand() / (float)RAND_MAX - 0.5f;
        put(group, "z1", stored, H5T_NATIVE_FLOAT, x, D1);
        put(group, "z2", stored, H5T_NATIVE_FLOAT, x, D2);
        H5Gclose(group);
    }
    H5Fclose(file);
}

typedef struct {
    const char *path;
    int sets;
} many;

static void read_all(void *arg)
{
    const many *m = arg;
    hid_t file = H5Fopen(m->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    for (int s = 0; s < 2 * m->sets; s++) {
        char name[32];
        snprintf(name, sizeof name, "epoch_%03d/z%d", s / 2, s % 2 + 1);
        hid_t set = H5Dopen(file, name, H5P_DEFAULT);
        if (set < 0 || H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
            process_die("H5Dread");
        H5Dclose(set);
    }
    H5Fclose(file);
}

/* reference NULL: the bare loop over m. */
static void compare(const char *name, char *const *ours, char *const *reference, many *m,
                    double target)
{
    double own[ROUNDS], other[ROUNDS], ratio[ROUNDS];
    process_run(ours, NULL, NULL);
    process_run(reference, read_all, m);
    for (int k = 0; k < ROUNDS; k++) {
        own[k] = process_run(ours, NULL, NULL).seconds;
        other[k] = process_run(reference, read_all, m).seconds;
        ratio[k] = own[k] / other[k];
    }
    clock_line(name, clock_median(own, ROUNDS), clock_median(other, ROUNDS),
               clock_median(ratio, ROUNDS), target, 0);
}

/* Sets as a training saves them, in half or single precision. */
static void compare_many(const char *name, char *tool, int sets, hid_t stored)
{
    char path[] = "/tmp/libmi-bench-XXXXXX";
    many m = {path, sets};
    if (mkstemp(path) < 0)
        process_die(path);
    make_file(path, sets, stored);
    compare(name, (char *[]){tool, path, NULL}, NULL, &m, 5);
    unlink(path);
}

int main(int argc, char **argv)
{
    int sets = argc > 2 ? atoi(argv[2]) : 200;
    char tool[4096], one[] = "/tmp/libmi-bench-XXXXXX";
    many m = {one, 1};
    if (argc < 2 || mkstemp(one) < 0)
        process_die("usage: bench_files TOOLS [SETS]");
    snprintf(tool, sizeof tool, "%s/mi-bounds", argv[1]);
    make_file(one, 1, H5T_NATIVE_FLOAT);
    clock_header();
    compare("mi-bounds of 512 rows against h5ls -r [s]", (char *[]){tool, one, NULL},
            (char *[]){"h5ls", "-r", one, NULL}, &m, 3);
    unlink(one);
    compare_many("many sets against reading them, half [s]", tool, sets, half_type());
    compare_many("many sets against reading them, single [s]", tool, sets, H5T_NATIVE_FLOAT);
    return 0;
}
