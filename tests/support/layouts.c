/* layouts DIRECTORY: one feature set as every element type, byte order and layout that HDF5 stores it in, a file each. Values
 * are multiples of 1/64 below 16, which all types hold exactly; and in single precision times 2^-140, subnormal numbers. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { N = 60, D1 = 7, D2 = 5 };

static double z1[N * D1], z2[N * D2];
static int id[N], label[N];

static void fill(void)
{
    for (int i = 0; i < N; i++) {
        id[i] = i / 2;
        label[i] = i / 2 % 3;
        for (int k = 0; k < D1; k++)
            z1[i * D1 + k] = rint(64 * (3 * sin(1.3 * i * (k + 1) + k) + label[i] * (k % 2))) / 64;
        for (int k = 0; k < D2; k++)
            z2[i * D2 + k] = rint(64 * (cos(0.7 * i * (k + 2)) + z1[i * D1 + k])) / 64;
    }
}

/* Binary16 as HDF5's own float of 2 bytes. */
static hid_t half(hid_t of_order)
{
    hid_t type = H5Tcopy(of_order);
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

/* The properties of a dataset of d columns. */
typedef void (*layout)(hid_t p, hsize_t d, const char *name);

static void contiguous(hid_t p, hsize_t d, const char *name)
{
    (void)d, (void)name;
    H5Pset_layout(p, H5D_CONTIGUOUS);
}

static void compact(hid_t p, hsize_t d, const char *name)
{
    (void)d, (void)name;
    H5Pset_layout(p, H5D_COMPACT);
}

static void chunked(hid_t p, hsize_t d, const char *name)
{
    (void)name;
    H5Pset_chunk(p, 2, (hsize_t[]){7, (d + 1) / 2});
}

static void columns(hid_t p, hsize_t d, const char *name)
{
    (void)d, (void)name;
    H5Pset_chunk(p, 2, (hsize_t[]){N, 1});
}

static void compressed(hid_t p, hsize_t d, const char *name)
{
    chunked(p, d, name);
    H5Pset_deflate(p, 6);
}

static void shuffled(hid_t p, hsize_t d, const char *name)
{
    chunked(p, d, name);
    H5Pset_shuffle(p);
    H5Pset_deflate(p, 6);
    H5Pset_fletcher32(p);
}

/* Raw bytes beside the file; z1 and z2 one after the other. */
static void external(hid_t p, hsize_t d, const char *name)
{
    static off_t at;
    H5Pset_external(p, name, at, N * d * sizeof(double));
    at += (off_t)(N * d * sizeof(double));
}

static void put(hid_t f, const char *name, const double *x, hsize_t d, hid_t type, layout made,
                const char *raw)
{
    hid_t s = H5Screate_simple(2, (hsize_t[]){N, d}, NULL), p = H5Pcreate(H5P_DATASET_CREATE);
    made(p, d, raw);
    hid_t at = H5Dcreate2(f, name, type, s, H5P_DEFAULT, p, H5P_DEFAULT);
    if (at < 0 || H5Dwrite(at, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
        exit(1);
    H5Dclose(at);
    H5Pclose(p);
    H5Sclose(s);
}

static hid_t create(const char *name)
{
    hid_t f = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    if (f < 0)
        exit(1);
    H5LTmake_dataset_int(f, "r", 1, (hsize_t[]){N}, id);
    H5LTmake_dataset_int(f, "y", 1, (hsize_t[]){N}, label);
    return f;
}

static void write_set(const char *type_name, hid_t type, const char *layout_name, layout made)
{
    char name[64], raw[64];
    snprintf(name, sizeof name, "layout-%s-%s.h5", type_name, layout_name);
    snprintf(raw, sizeof raw, "layout-%s-%s.raw", type_name, layout_name);
    hid_t f = create(name);
    put(f, "z1", z1, D1, type, made, raw);
    put(f, "z2", z2, D2, type, made, raw);
    H5Fclose(f);
}

static void write_links(void)
{
    hid_t f = create("layout-double-linked.h5");
    H5Lcreate_external("layout-double-contiguous.h5", "/z1", f, "z1", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("layout-half-be-shuffled.h5", "/z2", f, "z2", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(f);
}

static void write_subnormal(void)
{
    static double tiny1[N * D1], tiny2[N * D2];
    for (int i = 0; i < N * D1; i++)
        tiny1[i] = ldexp(z1[i], -140);
    for (int i = 0; i < N * D2; i++)
        tiny2[i] = ldexp(z2[i], -140);
    hid_t f = create("subnormal.h5");
    put(f, "z1", tiny1, D1, H5T_IEEE_F32LE, contiguous, NULL);
    put(f, "z2", tiny2, D2, H5T_IEEE_F32LE, contiguous, NULL);
    H5Fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 2 || chdir(argv[1]) != 0)
        return 2;
    fill();
    const struct {
        const char *name;
        hid_t type;
    } types[] = {{"half", half(H5T_IEEE_F32LE)}, {"half-be", half(H5T_IEEE_F32BE)},
                 {"single", H5T_IEEE_F32LE},     {"single-be", H5T_IEEE_F32BE},
                 {"double", H5T_IEEE_F64LE},     {"double-be", H5T_IEEE_F64BE}};
    const struct {
        const char *name;
        layout made;
    } layouts[] = {{"contiguous", contiguous}, {"compact", compact},       {"chunked", chunked},
                   {"columns", columns},       {"compressed", compressed}, {"shuffled", shuffled},
                   {"external", external}};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++)
            write_set(types[t].name, types[t].type, layouts[k].name, layouts[k].made);
    write_links();
    write_subnormal();
    return 0;
}
