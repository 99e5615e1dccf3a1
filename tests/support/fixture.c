#include "fixture.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmi/data/mat_internal.h"

char last_warning[1024];
int warnings;

static mi_features_opts opts; /* of the last open: its map stays until the next */
static char directory[64];
static hid_t first_id[3];

static void forget_map(void)
{
    for (int m = 0; m < MI_MEMBERS; m++)
        mi_free((void *)opts.map[m]);
    mi_features_opts_default(&opts);
}

static void take_warning(void *arg, const char *text)
{
    (void)arg;
    snprintf(last_warning, sizeof last_warning, "%s", text);
    warnings++;
}

/* A new identifier of each kind that does not belong to a file. HDF5 counts them up, and tells of
 * each whether it is in use: what lies between those of the setup and those of the teardown was
 * made by the test. */
static void new_ids(hid_t id[3])
{
    id[0] = H5Screate(H5S_SCALAR);
    id[1] = H5Tcopy(H5T_NATIVE_INT);
    id[2] = H5Pcreate(H5P_DATASET_CREATE);
    for (int k = 0; k < 3; k++)
        H5Idec_ref(id[k]);
}

static size_t ids_left(void)
{
    hid_t last_id[3];
    size_t left = 0;
    new_ids(last_id);
    for (int k = 0; k < 3; k++)
        for (hid_t id = first_id[k]; id < last_id[k]; id++)
            left += H5Iis_valid(id) > 0;
    return left + (size_t)H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL);
}

int fixture_setup(void **state)
{
    (void)state;
    H5open();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    new_ids(first_id);
    warnings = 0;
    last_warning[0] = 0;
    mi_set_warning_handler(take_warning, NULL);
    strcpy(directory, "/tmp/mi-test-XXXXXX");
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
    (void)st, (void)kind, (void)walk;
    return remove(path);
}

int fixture_teardown(void **state)
{
    (void)state;
    mi_fail_allocation(0);
    forget_map();
    int left = (int)ids_left();
    if (left)
        print_error("%d HDF5 objects are left open\n", left);
    return left | chdir("/") | nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static hid_t must(hid_t id)
{
    assert_true(id >= 0);
    return id;
}

hid_t make_file(const char *name)
{
    return must(H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
}

hid_t make_group(hid_t at, const char *name)
{
    return must(H5Gcreate2(at, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

void put_with(hid_t at, const char *name, hid_t stored, hid_t memory, const void *from, size_t n,
              size_t d, hid_t list)
{
    hsize_t dims[2] = {n, d};
    hid_t space = must(H5Screate_simple(d ? 2 : 1, dims, NULL));
    hid_t dataset = must(H5Dcreate2(at, name, stored, space, H5P_DEFAULT, list, H5P_DEFAULT));
    if (from && n)
        assert_true(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, from) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

void put(hid_t at, const char *name, hid_t stored, hid_t memory, const void *from, size_t n,
         size_t d)
{
    put_with(at, name, stored, memory, from, n, d, H5P_DEFAULT);
}

static float *ramp(size_t n, size_t d)
{
    size_t columns = d ? d : 1;
    float *x = malloc((n * columns + 1) * sizeof *x);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < columns; k++)
            x[i * columns + k] = (float)(10 * i + k);
    return x;
}

void put_floats(hid_t at, const char *name, size_t n, size_t d)
{
    float *x = ramp(n, d);
    put(at, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, x, n, d);
    free(x);
}

void put_filtered(hid_t at, const char *name, hid_t type, size_t n, hid_t list)
{
    float *x = ramp(n, 4);
    put_with(at, name, type, H5T_NATIVE_FLOAT, x, n, 4, list);
    free(x);
}

hid_t chunked(size_t rows, size_t columns)
{
    hsize_t chunk[2] = {rows, columns};
    hid_t list = must(H5Pcreate(H5P_DATASET_CREATE));
    assert_true(H5Pset_chunk(list, 2, chunk) >= 0);
    return list;
}

void put_ids(hid_t at, const char *name, size_t n)
{
    int64_t *x = malloc((n + 1) * sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (int64_t)i / 2;
    put(at, name, H5T_STD_I64LE, H5T_NATIVE_INT64, x, n, 0);
    free(x);
}

void put_both(hid_t at, size_t n)
{
    put_floats(at, "z1", n, 4);
    put_floats(at, "z2", n, 2);
}

void put_attr(hid_t at, const char *name, hid_t stored, hid_t memory, const void *from)
{
    hid_t space = must(H5Screate(H5S_SCALAR));
    hid_t attr = must(H5Acreate2(at, name, stored, space, H5P_DEFAULT, H5P_DEFAULT));
    assert_true(H5Awrite(attr, memory, from) >= 0);
    H5Aclose(attr);
    H5Sclose(space);
}

void put_attr_text(hid_t at, const char *name, const char *text)
{
    hid_t type = must(H5Tcopy(H5T_C_S1));
    H5Tset_size(type, H5T_VARIABLE);
    put_attr(at, name, type, type, &text);
    H5Tclose(type);
}

void soft_link(hid_t at, const char *target, const char *name)
{
    assert_true(H5Lcreate_soft(target, at, name, H5P_DEFAULT, H5P_DEFAULT) >= 0);
}

void make_plain(const char *name)
{
    hid_t file = make_file(name);
    put_both(file, 6);
    put_ids(file, "r", 6);
    put_ids(file, "y", 6);
    H5Fclose(file);
}

void write_bytes(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

size_t file_bytes(const char *name)
{
    struct stat st;
    assert_int_equal(stat(name, &st), 0);
    return (size_t)st.st_size;
}

static mi_status try_open(mi_features **f, const char *address, const char *map)
{
    forget_map();
    if (map)
        assert_int_equal(mi_features_parse_map(&opts, map), MI_OK);
    return mi_features_open(f, &address, 1, &opts);
}

mi_features *open_mapped(const char *address, const char *map)
{
    mi_features *f;
    mi_status status = try_open(&f, address, map);
    if (status != MI_OK)
        fail_msg("%s: %s", address, mi_detail());
    return f;
}

mi_features *open_one(const char *address)
{
    return open_mapped(address, NULL);
}

void expect_refusal(const char *address, const char *map, mi_status status, const char *text)
{
    mi_features *f;
    mi_status got = try_open(&f, address, map);
    assert_string_equal(got == MI_OK ? "opened" : mi_detail(), text);
    assert_int_equal(got, status);
    assert_null(f);
}

void expect_group(const mi_features *f, size_t i, const char *group)
{
    assert_true(i < mi_features_count(f));
    assert_string_equal(mi_features_set(f, i)->group, group);
}

/* The same rows, left in the file and read from the last to the first. */
static void expect_ramp_from_file(mi_features *f, mi_float type, size_t n, size_t d)
{
    mi_mat there, x;
    size_t *row = calloc(n, sizeof *row);
    assert_non_null(row);
    for (size_t i = 0; i < n; i++)
        row[i] = n - 1 - i;
    if (mi_features_rows(f, 0, MI_Z1, &there) != MI_OK ||
        mi_mat_gather(&x, &there, row, n) != MI_OK)
        fail_msg("%s", mi_detail());
    assert_int_equal(x.type, type);
    assert_true(there.n == n && there.d == d && !there.x);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            assert_true(mi_mat_get(&x, i, k) == (double)(10 * row[i] + k));
    mi_mat_free(&there);
    mi_mat_free(&x);
    free(row);
}

void expect_ramp(mi_features *f, mi_float type, size_t n, size_t d)
{
    mi_mat x;
    expect_ramp_from_file(f, type, n, d);
    if (mi_features_read(f, 0, MI_Z1, &x) != MI_OK)
        fail_msg("%s", mi_detail());
    assert_int_equal(x.type, type);
    assert_true(x.n == n && x.d == d && x.ld == d);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            assert_true(mi_mat_get(&x, i, k) == (double)(10 * i + k));
    mi_mat_free(&x);
}
