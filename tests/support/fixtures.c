/* fixtures DIRECTORY: feature files with one thing wrong, or unusual, in each, for the command-line
 * tests. */
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 24, D1 = 6, D2 = 4 };

typedef struct {
    float z1[N * D1], z2[N * D2];
    int r[N], y[N];
} content;

/* Sums of sines: reproducible on every machine, of full rank, no two rows equal. */
static void fill(content *c)
{
    for (int i = 0; i < N; i++) {
        c->r[i] = i / 2;
        c->y[i] = i / 2 % 3;
        for (int k = 0; k < D1; k++)
            c->z1[i * D1 + k] = (float)(sin(1.3 * i * (k + 1) + k) + 0.5 * c->y[i] * (k % 2));
        for (int k = 0; k < D2; k++)
            c->z2[i * D2 + k] = (float)(cos(0.7 * i * (k + 2)) + c->z1[i * D1 + k]);
    }
}

static hid_t create(const char *name)
{
    hid_t f = H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    if (f < 0)
        exit(1);
    return f;
}

static void put_float(hid_t g, const char *name, const float *x, hsize_t n, hsize_t d)
{
    H5LTmake_dataset_float(g, name, 2, (hsize_t[]){n, d}, x);
}

static void put_int(hid_t g, const char *name, const int *x, hsize_t n)
{
    H5LTmake_dataset_int(g, name, 1, &n, x);
}

enum { HAS_Z1 = 1, HAS_Z2 = 2, HAS_R = 4, HAS_Y = 8, HAS_ALL = 15 };

static void put_members(hid_t g, const content *c, int members, hsize_t n)
{
    if (members & HAS_Z1)
        put_float(g, "z1", c->z1, n, D1);
    if (members & HAS_Z2)
        put_float(g, "z2", c->z2, n, D2);
    if (members & HAS_R)
        put_int(g, "r", c->r, n);
    if (members & HAS_Y)
        put_int(g, "y", c->y, n);
}

static void write_set(const char *name, const content *c, int members, hsize_t n)
{
    hid_t f = create(name);
    put_members(f, c, members, n);
    H5Fclose(f);
}

/* ---- one thing wrong with the values ---- */

static void wrong_values(const content *good)
{
    content c = *good;
    c.z1[5 * D1 + 2] = NAN;
    c.z1[9 * D1] = INFINITY;
    write_set("nan.h5", &c, HAS_ALL, N);

    c = *good;
    memset(c.z2 + 4 * D2, 0, 2 * D2 * sizeof *c.z2);
    write_set("zero-rows.h5", &c, HAS_ALL, N);

    c = *good;
    c.r[23] = 99;
    write_set("one-view.h5", &c, HAS_ALL, N);

    c = *good;
    for (int i = 0; i < N; i++)
        c.r[i] = i;
    write_set("own-instances.h5", &c, HAS_ALL, N);

    c = *good;
    for (int i = 0; i < N * D1; i++)
        c.z1[i] = 1e9f * (float)(1 + i / D1); /* columns that are all the same, and far above 1 */
    write_set("equal-columns.h5", &c, HAS_ALL, N);

    c = *good;
    for (int i = 3; i < N; i++)
        memcpy(c.z1 + i * D1, c.z1 + 2 * D1, D1 * sizeof *c.z1);
    write_set("zero-median.h5", &c, HAS_ALL, N);

    write_set("one-row.h5", good, HAS_ALL, 1);
    write_set("empty.h5", good, HAS_ALL, 0);
}

static void wrong_labels(const content *c)
{
    float label[N], id[N], one_hot[N * 3] = {0};
    for (int i = 0; i < N; i++) {
        id[i] = (float)c->r[i] + 1; /* an id of 0 would be a zero row of a target */
        label[i] = (float)c->y[i];
        one_hot[i * 3 + c->y[i]] = 1;
    }
    hid_t f = create("whole-float-labels.h5");
    put_members(f, c, HAS_ALL & ~HAS_Y, N);
    H5LTmake_dataset_float(f, "y", 1, (hsize_t[]){N}, label);
    H5Fclose(f);

    f = create("whole-float-ids.h5");
    put_members(f, c, HAS_ALL & ~HAS_R, N);
    H5LTmake_dataset_float(f, "r", 1, (hsize_t[]){N}, id);
    H5Fclose(f);

    label[7] = 1.5;
    f = create("float-labels.h5");
    put_members(f, c, HAS_ALL & ~HAS_Y, N);
    H5LTmake_dataset_float(f, "y", 1, (hsize_t[]){N}, label);
    H5Fclose(f);

    f = create("one-hot.h5");
    put_members(f, c, HAS_ALL & ~HAS_Y, N);
    put_float(f, "y", one_hot, N, 3);
    H5Fclose(f);
}

/* ---- what was probably not meant ---- */

/* 64 instances of two views. Rows are interleaved, and alike in views unless they are strangers. */
enum { DOUBT = 128 };

static void write_doubtful(const char *name, const int *r, const int *y, int strangers)
{
    float z[DOUBT * D1];
    for (int i = 0; i < DOUBT; i++) {
        int like =
            strangers ? i : i / 2; /* squared, so that rows at one distance are no more alike */
        for (int k = 0; k < D1; k++)
            z[i * D1 + k] =
                (float)(sin(1.3 * like * like * (k + 1.37) + k) + 0.1 * sin(2.9 * i + k));
    }
    hid_t f = create(name);
    put_float(f, "z1", z, DOUBT, D1);
    put_float(f, "z2", z, DOUBT, D1);
    put_int(f, "r", r, DOUBT);
    put_int(f, "y", y, DOUBT);
    H5Fclose(f);
}

static void doubtful(void)
{
    int side[DOUBT], stacked[DOUBT], label[DOUBT], mixed[DOUBT], unlabelled[DOUBT], shifted[DOUBT];
    for (int i = 0; i < DOUBT; i++) {
        side[i] = i / 2;
        stacked[i] = i % (DOUBT / 2);
        label[i] = i / 2 % 3;
        mixed[i] = i < 4 ? i : label[i];
        shifted[i] = (i + 1) / 2;
        unlabelled[i] = i / 2 % 5 ? -1 : label[i];
    }
    write_doubtful("views.h5", side, label, 0);
    write_doubtful("shifted.h5", shifted, label, 0);
    write_doubtful("crossed.h5", stacked, label, 0);
    write_doubtful("mixed-labels.h5", side, mixed, 0);
    write_doubtful("strangers.h5", side, label, 1);
    write_doubtful("unlabelled.h5", side, unlabelled, 0);
}

/* Half precision whose every row has a value above 65504 in it; pixels; columns that are all the
 * same. */
static void doubtful_values(const content *c)
{
    content large = *c;
    unsigned char pixel[N * D1];
    unsigned short bits[N * D1];
    for (int i = 0; i < N; i++)
        large.z1[i * D1 + i % D1] = INFINITY;
    hid_t f = create("half-overflow.h5"), half = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    put_members(f, &large, HAS_ALL & ~HAS_Z1, N);
    hid_t s = H5Screate_simple(2, (hsize_t[]){N, D1}, NULL);
    hid_t d = H5Dcreate2(f, "z1", half, s, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, large.z1);
    H5Dclose(d);
    H5Sclose(s);
    H5Tclose(half);
    H5Fclose(f);
    for (int k = 0; k < N * D1; k++) {
        pixel[k] = (unsigned char)(k * 37);
        bits[k] = (unsigned short)(k * 377);
        large.z1[k] = k % D1 < 2 ? 3 : c->z1[k];
    }
    write_set("constant.h5", &large, HAS_ALL, N);
    f = create("pixels.h5");
    put_members(f, c, HAS_ALL & ~HAS_Z1, N);
    H5LTmake_dataset(f, "z1", 2, (hsize_t[]){N, D1}, H5T_NATIVE_UCHAR, pixel);
    H5Fclose(f);
    f = create("opaque.h5");
    put_members(f, c, HAS_ALL & ~HAS_Z1, N);
    hid_t two = H5Tcreate(H5T_OPAQUE, 2);
    H5LTmake_dataset(f, "z1", 2, (hsize_t[]){N, D1}, two, bits);
    H5Tclose(two);
    H5Fclose(f);
    f = create("views-axis.h5");
    put_members(f, c, HAS_Y, N);
    H5LTmake_dataset_float(f, "z1", 3, (hsize_t[]){N, 2, D1 / 2}, c->z1);
    H5LTmake_dataset_float(f, "z2", 3, (hsize_t[]){N, 2, D2 / 2}, c->z2);
    H5Fclose(f);
    f = create("rows-apart.h5");
    for (int i = 0; i < N; i++) {
        char name[8];
        snprintf(name, sizeof name, "P%02d", i);
        H5LTmake_dataset_float(f, name, 1, (hsize_t[]){D1}, c->z1 + i * D1);
    }
    H5Fclose(f);
    f = create("bits.h5");
    put_members(f, c, HAS_ALL & ~HAS_Z1, N);
    H5LTmake_dataset(f, "z1", 2, (hsize_t[]){N, D1}, H5T_NATIVE_USHORT, bits);
    H5Fclose(f);
}

/* ---- training and test rows ---- */

static void write_split(const char *name, const content *c, const int *split)
{
    hid_t f = create(name);
    put_members(f, c, HAS_ALL, N);
    put_int(f, "split", split, N);
    H5Fclose(f);
}

static void splits(const content *good)
{
    content c = *good;
    int split[N] = {0};
    write_split("split-all-training.h5", &c, split);
    split[3] = 1;
    write_split("split-straddles.h5", &c, split);
    for (int i = 0; i < N; i++)
        split[i] = i >= N / 2;
    write_split("split.h5", &c, split);
    split[5] = 2;
    write_split("split-other.h5", &c, split);
    for (int i = 0; i < N; i++)
        split[i] = 1;
    write_split("split-all-test.h5", &c, split);

    c.y[22] = c.y[23] = 9;
    write_set("rare-class.h5", &c, HAS_ALL, N);
    memset(c.y, 0, sizeof c.y);
    write_set("one-class.h5", &c, HAS_ALL, N);
}

/* ---- one thing wrong with the structure ---- */

static void wrong_structure(const content *c)
{
    write_set("no-z2.h5", c, HAS_ALL & ~HAS_Z2, N);
    write_set("no-z1.h5", c, HAS_ALL & ~HAS_Z1, N);
    write_set("no-r-no-y.h5", c, HAS_Z1 | HAS_Z2, N);

    hid_t f = create("row-counts.h5");
    put_members(f, c, HAS_ALL & ~HAS_Z2, N);
    put_float(f, "z2", c->z2, N - 1, D2);
    H5Fclose(f);

    f = create("no-set.h5");
    hid_t g = H5Gcreate2(f, "enc", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    put_float(g, "feat", c->z1, N, D1);
    H5Gclose(g);
    put_float(f, "proj", c->z2, N, D2);
    put_int(f, "labels", c->y, N);
    put_int(f, "instance", c->r, N);
    H5Fclose(f);

    f = create("no-dataset.h5");
    H5Fclose(f);
}

static void odd_types(const content *c)
{
    hid_t f = create("compound.h5");
    put_members(f, c, HAS_ALL & ~HAS_Z1, N);
    hid_t t = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(t, "a", 0, H5T_NATIVE_INT);
    H5Tinsert(t, "b", 4, H5T_NATIVE_FLOAT);
    H5LTmake_dataset(f, "z1", 1, (hsize_t[]){N}, t, c->z1);
    H5Tclose(t);
    H5Fclose(f);

    hobj_ref_t reference[N];
    f = create("reference.h5");
    put_members(f, c, HAS_ALL & ~HAS_Y, N);
    for (int i = 0; i < N; i++)
        H5Rcreate(&reference[i], f, "z1", H5R_OBJECT, -1);
    H5LTmake_dataset(f, "y", 1, (hsize_t[]){N}, H5T_STD_REF_OBJ, reference);
    H5Fclose(f);
}

static void other_files(const content *c)
{
    hid_t f = create("external.h5"), p = H5Pcreate(H5P_DATASET_CREATE);
    put_members(f, c, HAS_ALL & ~HAS_Z1, N);
    H5Pset_external(p, "external.raw", 0, sizeof c->z1);
    hid_t s = H5Screate_simple(2, (hsize_t[]){N, D1}, NULL);
    hid_t d = H5Dcreate2(f, "z1", H5T_NATIVE_FLOAT, s, H5P_DEFAULT, p, H5P_DEFAULT);
    H5Dwrite(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->z1);
    H5Dclose(d);
    H5Sclose(s);
    H5Pclose(p);
    H5Fclose(f);

    f = create("external-link.h5");
    put_members(f, c, HAS_ALL & ~HAS_Z2, N);
    H5Lcreate_external("no-z1.h5", "/z2", f, "z2", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(f);

    /* Datasets that become a row each, of which the second lies elsewhere. */
    f = create("rows-elsewhere.h5");
    H5LTmake_dataset(f, "a", 2, (hsize_t[]){N, D2}, H5T_NATIVE_FLOAT, c->z2);
    H5Lcreate_external("no-z1.h5", "/z2", f, "b", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(f);
}

static size_t copy_bytes(unsigned flags, size_t n_values, const unsigned values[], size_t bytes,
                         size_t *room, void **buffer)
{
    (void)flags, (void)n_values, (void)values, (void)room, (void)buffer;
    return bytes;
}

static void filters(const content *c)
{
    const H5Z_class2_t none = {.version = H5Z_CLASS_T_VERS,
                               .id = 32015,
                               .encoder_present = 1,
                               .decoder_present = 1,
                               .name = "zstd",
                               .filter = copy_bytes};
    hid_t p = H5Pcreate(H5P_DATASET_CREATE), s = H5Screate_simple(2, (hsize_t[]){N, D1}, NULL);
    H5Zregister(&none);
    H5Pset_chunk(p, 2, (hsize_t[]){8, D1});
    H5Pset_filter(p, 32015, 0, 0, NULL);
    hid_t f = create("unknown-filter.h5");
    put_members(f, c, HAS_ALL & ~HAS_Z1, N);
    hid_t d = H5Dcreate2(f, "z1", H5T_NATIVE_FLOAT, s, H5P_DEFAULT, p, H5P_DEFAULT);
    H5Dwrite(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->z1);
    H5Dclose(d);
    H5Fclose(f);
    H5Sclose(s);
    H5Pclose(p);
}

/* A training run: r and y at the root, epochs not in the order of their names; NaN in one of them
 * if asked. */
static void write_run(const char *name, const content *c, int epoch_with_nan)
{
    hid_t f = create(name);
    put_members(f, c, HAS_R | HAS_Y, N);
    H5LTset_attribute_string(f, "/", "projector", "mlp");
    for (int epoch = 10; epoch >= 0; epoch -= 2) {
        char group[32];
        content own = *c;
        if (epoch == epoch_with_nan)
            own.z2[D2] = NAN;
        snprintf(group, sizeof group, "epoch_%d", epoch);
        hid_t g = H5Gcreate2(f, group, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        put_members(g, &own, HAS_Z1 | HAS_Z2, N);
        H5LTset_attribute_double(g, ".", "accuracy", (double[]){0.5 + 0.01 * epoch}, 1);
        H5Gclose(g);
    }
    H5Fclose(f);
}

/* Half precision big and little, chunks, filters, trailing axes, text labels, a split, attributes
 * of many kinds: what a transform has to carry along. */
static void write_storage(const content *c)
{
    static const char *const label[] = {"cat", "dog", "a longer animal"};
    const char *y[N];
    int split[N];
    for (int i = 0; i < N; i++) {
        y[i] = label[c->y[i]];
        split[i] = i % 4 == 0;
    }
    hid_t f = create("storage.h5"), half = H5Tcopy(H5T_IEEE_F32LE), text = H5Tcopy(H5T_C_S1);
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    H5Tset_size(text, H5T_VARIABLE);
    hid_t p = H5Pcreate(H5P_DATASET_CREATE), s = H5Screate_simple(2, (hsize_t[]){N, D1}, NULL);
    H5Pset_chunk(p, 2, (hsize_t[]){5, 4});
    H5Pset_shuffle(p);
    H5Pset_deflate(p, 6);
    hid_t d = H5Dcreate2(f, "z1", half, s, H5P_DEFAULT, p, H5P_DEFAULT);
    H5Dwrite(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->z1);
    H5Dclose(d);
    H5Sclose(s);
    s = H5Screate_simple(4, (hsize_t[]){N, 2, 1, 2}, NULL);
    d = H5Dcreate2(f, "z2", H5T_IEEE_F32BE, s, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, c->z2);
    H5Dclose(d);
    put_int(f, "r", c->r, N);
    put_int(f, "split", split, N);
    H5LTmake_dataset(f, "y", 1, (hsize_t[]){N}, text, y);
    H5LTset_attribute_string(f, "/", "method", "simclr");
    H5LTset_attribute_string(f, "z1", "layer", "avgpool");
    H5LTset_attribute_int(f, "/", "augmentations", (int[]){3, 1, 4}, 3);
    H5Sclose(s);
    H5Pclose(p);
    H5Tclose(half);
    H5Tclose(text);
    H5Fclose(f);
}

/* Integer features, and values that half precision cannot hold once they are doubled. */
static void write_odd_values(const content *c)
{
    hid_t f = create("integers.h5");
    put_members(f, c, HAS_ALL & ~HAS_Z1, N);
    put_int(f, "z1", c->y, N);
    H5Fclose(f);

    content large = *c;
    large.z1[3 * D1] = 1e5f;
    write_set("large.h5", &large, HAS_ALL, N);
}

/* Images for mi-train, 3 x 8 x 8: twice as many of training as of test, four classes by brightness, `step` apart; noise of
 * 0 to 39 a pixel, or of images as wholes. */
static void write_images(const char *name, int test, int step, int noise)
{
    static const char *const x_name[] = {"x_train", "x_test"}, *const y_name[] = {"y_train",
                                                                                  "y_test"};
    hid_t f = create(name);
    for (int part = 0; part < 2; part++) {
        hsize_t dims[] = {(hsize_t)(part ? test : 2 * test), 3, 8, 8};
        static unsigned char x[1024 * 3 * 64];
        static long long y[1024];
        for (int i = 0; i < (int)dims[0]; i++) {
            int of_image = noise ? (i * 101 + i / 7 * 13 + part * 57) % noise : 0;
            y[i] = i % 4;
            for (int k = 0; k < 192; k++)
                x[i * 192 + k] =
                    (unsigned char)(step * (i % 4) + of_image + (i * 31 + k * 17) % 40);
        }
        H5LTmake_dataset(f, x_name[part], 4, dims, H5T_NATIVE_UCHAR, x);
        H5LTmake_dataset(f, y_name[part], 1, dims, H5T_NATIVE_LLONG, y);
    }
    H5Fclose(f);
}

static void good_files(const content *c)
{
    write_images("images.h5", 32, 50, 0);
    write_images("noisy-images.h5", 512, 20, 60);
    write_storage(c);
    write_odd_values(c);
    write_set("good.h5", c, HAS_ALL, N);
    write_run("run.h5", c, -1);
    write_run("run-with-nan.h5", c, 4);
}

/* The same features times powers of two, in double precision: cosines are the same to the last digit. */
static void scaled(const content *c)
{
    static const int power[] = {0, -1060, -1000, -560, -300, 130, 560, 1000, 1020};
    double z1[N * D1], z2[N * D2];
    for (size_t k = 0; k < sizeof power / sizeof *power; k++) {
        char name[32];
        for (int i = 0; i < N * D1; i++)
            z1[i] = ldexp(c->z1[i], power[k]);
        for (int i = 0; i < N * D2; i++)
            z2[i] = ldexp(c->z2[i], power[k]);
        snprintf(name, sizeof name, "scaled%dx.h5", power[k]);
        hid_t f = create(name);
        put_members(f, c, HAS_R | HAS_Y, N);
        H5LTmake_dataset_double(f, "z1", 2, (hsize_t[]){N, D1}, z1);
        H5LTmake_dataset_double(f, "z2", 2, (hsize_t[]){N, D2}, z2);
        H5Fclose(f);
    }
}

/* Names, attributes and labels that would drive a terminal: escape, delete, carriage return, U+009B, a byte 0x9b. */
static void hostile_texts(const content *c)
{
    static const char names[][16] = {"a\x1b[31m", "b\xc2\x9b\x31m\x7f", "c\x9b\x31m\r"};
    hid_t f = create("hostile.h5"), text = H5Tcopy(H5T_C_S1);
    const char *y[N];
    for (int i = 0; i < N; i++)
        y[i] = names[c->y[i]];
    H5Tset_size(text, H5T_VARIABLE);
    for (int k = 0; k < 3; k++) {
        hid_t g = H5Gcreate2(f, names[k], H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        put_members(g, c, HAS_Z1 | HAS_Z2 | HAS_R, N);
        H5LTmake_dataset(g, "y", 1, (hsize_t[]){N}, text, y);
        H5LTset_attribute_string(f, names[k], "k\x1b]0;x\a", names[k]);
        H5LTset_attribute_string(f, names[k], "\xc2\x9b\x33m", k ? names[k] : "2");
        H5LTset_attribute_double(f, names[k], "accuracy", (double[]){0.5 + 0.1 * k}, 1);
        H5Gclose(g);
    }
    H5Tclose(text);
    H5Fclose(f);
}

int main(int argc, char **argv)
{
    content c;
    if (argc != 2 || chdir(argv[1]) != 0)
        return 2;
    fill(&c);
    good_files(&c);
    wrong_values(&c);
    wrong_labels(&c);
    doubtful();
    doubtful_values(&c);
    splits(&c);
    wrong_structure(&c);
    odd_types(&c);
    other_files(&c);
    filters(&c);
    hostile_texts(&c);
    scaled(&c);
    return 0;
}
