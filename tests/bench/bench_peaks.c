/* Peak memory of whole processes against --memory: a table of shapes, the ways in which features lie in
 * a file, and tools. A number is the peak as a part of the limit; what does not fit is refused (r), within
 * the same limit. Over 1.2 (!), or another exit code than 0 and 71, is a broken promise.
 * usage: bench_peaks TOOLS [MB OF FEATURES [WORD OF THE SHAPES [LIMIT ...]]] */
#include <hdf5.h>
#include <string.h>

#include "process.h"

typedef struct {
    const char *name;
    int bytes;     /* of an element: 2, 4, 8 */
    int rows;      /* 0: contiguous; of a chunk; -1: all */
    int columns;   /* of a chunk, -1: all */
    int is_packed; /* gzip */
} shape;

static const shape shapes[] = {
    {"f32", 4, 0, 0, 0},
    {"f16", 2, 0, 0, 0},
    {"f64", 8, 0, 0, 0},
    {"f32 rows", 4, 64, -1, 0},
    {"f16 rows", 2, 64, -1, 0},
    {"f64 rows", 8, 64, -1, 0},
    {"f32 columns", 4, -1, 8, 0},
    {"f64 columns", 8, -1, 8, 0},
    {"f32 one chunk", 4, -1, -1, 0},
    {"f32 squares", 4, 256, 256, 0},
    {"f32 rows gzip", 4, 64, -1, 1},
    {"f16 rows gzip", 2, 64, -1, 1},
    {"f64 rows gzip", 8, 64, -1, 1},
    {"f32 columns gzip", 4, -1, 8, 1},
    {"f32 one chunk gzip", 4, -1, -1, 1},
};

enum { SHAPES = sizeof shapes / sizeof *shapes, DIVISOR = 3, ROWS = 1000 };

static char file[] = "/tmp/libmi-peaks-XXXXXX", file_out[] = "/tmp/libmi-peaks-out-XXXXXX";
static hsize_t n = ROWS, d1, d2;
static int over, measured;

/* A tool under its heading; its arguments, before --memory and the file. */
typedef struct {
    const char *heading;
    char *args[6];
} use;

static const use uses[] = {
    {"bounds", {"mi-bounds", "--se"}},
    {"batches", {"mi-bounds", "--batch=128"}},
    {"gaussian", {"mi-entropy", "--kernel=gaussian:9"}},
    {"order 1", {"mi-entropy", "--alpha=1"}},
    {"mutual", {"mi-mutual"}},
    {"spectrum", {"mi-spectrum", "--of=z2"}},
    {"geometry", {"mi-geometry"}},
    {"align", {"mi-align"}},
    {"shannon", {"mi-shannon"}},
    {"compare", {"mi-compare", file}},
    {"map", {"mi-transform", "--l2=z1", "-o", file_out}},
    {"pca", {"mi-transform", "--rows=0:900", "--pca=z2:8", "-o", file_out}},
    {"probe", {"mi-probe", "--probe=linear,knn"}},
};

enum { USES = sizeof uses / sizeof *uses };

static char *const usual_limits[] = {"64M", NULL};

static hid_t element(int bytes)
{
    hid_t type = H5Tcopy(bytes == 8 ? H5T_IEEE_F64LE : H5T_IEEE_F32LE);
    if (bytes == 2) {
        H5Tset_fields(type, 15, 10, 5, 0, 10);
        H5Tset_size(type, 2);
        H5Tset_ebias(type, 15);
    }
    return type;
}

/* Draws that no filter packs well, row by row. */
static void fill(hid_t set, hsize_t d)
{
    static unsigned seed = 1;
    hsize_t start[2] = {0, 0}, count[2] = {n / 8, d};
    float *x = malloc(count[0] * d * sizeof *x);
    hid_t space = H5Dget_space(set), memory = H5Screate_simple(2, count, NULL);
    for (; start[0] < n; start[0] += count[0]) {
        for (hsize_t k = 0; k < count[0] * d; k++)
            x[k] = (float)(seed = seed * 1664525u + 1013904223u) / 0x1p31f - 1;
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
        H5Dwrite(set, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, x);
    }
    H5Sclose(memory);
    H5Sclose(space);
    free(x);
}

static void put(hid_t to, const char *name, hsize_t d, const shape *s)
{
    hsize_t size[2] = {n, d}, chunk[2];
    hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, size, NULL);
    hid_t type = element(s->bytes), access = H5Pcreate(H5P_DATASET_ACCESS);
    chunk[0] = s->rows < 0 ? n : (hsize_t)s->rows;
    chunk[1] = s->columns < 0 ? d : (hsize_t)s->columns;
    if (s->rows)
        H5Pset_chunk(list, 2, chunk);
    if (s->is_packed)
        H5Pset_deflate(list, 1);
    H5Pset_chunk_cache(access, 12421, (size_t)2 << 30, 1);
    hid_t set = H5Dcreate2(to, name, type, space, H5P_DEFAULT, list, access);
    fill(set, d);
    H5Dclose(set);
    H5Pclose(access);
    H5Pclose(list);
    H5Sclose(space);
    H5Tclose(type);
}

static void put_labels(hid_t to, const char *name, hsize_t by)
{
    long *x = malloc(n * sizeof *x);
    hid_t space = H5Screate_simple(1, &n, NULL);
    for (hsize_t i = 0; i < n; i++)
        x[i] = (long)(i / 2 % by);
    hid_t set = H5Dcreate2(to, name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_LONG, H5S_ALL, H5S_ALL, H5P_DEFAULT, x);
    H5Dclose(set);
    H5Sclose(space);
    free(x);
}

static void make(void *arg)
{
    hid_t to = H5Fcreate(file, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    put(to, "z1", d1, arg);
    put(to, "z2", d2, arg);
    put_labels(to, "r", n);
    put_labels(to, "y", 10);
    H5Fclose(to);
}

/* One cell of the table. */
static void run(const char *tools, const use *u, const char *limit)
{
    char path[4096];
    char *args[16] = {path};
    int k = 1;
    snprintf(path, sizeof path, "%s/%s", tools, u->args[0]);
    for (; u->args[k]; k++)
        args[k] = u->args[k];
    args[k++] = "--memory";
    args[k++] = (char *)limit;
    args[k++] = file;
    process_use used = process_try(args);
    double ratio = used.peak_bytes / (atof(limit) * 1048576);
    int is_over = ratio > 1.2 || (used.code != 0 && used.code != 71);
    over += is_over;
    measured++;
    printf(" %7.2f%c%c", ratio, used.code == 71 ? 'r' : used.code ? '?' : ' ', is_over ? '!' : ' ');
    fflush(stdout);
}

static void measure(const char *tools, const shape *s, char *const *limit)
{
    for (; *limit; limit++) {
        printf("%-20s %5s", s->name, *limit);
        for (int k = 0; k < USES; k++)
            run(tools, &uses[k], *limit);
        puts("");
    }
}

static void header(void)
{
    printf("%-20s %5s", "shape", "limit");
    for (int k = 0; k < USES; k++)
        printf(" %8s ", uses[k].heading);
    puts("");
}

int main(int argc, char **argv)
{
    double megabytes = argc > 2 ? atof(argv[2]) : 24;
    if (argc < 2 || mkstemp(file) < 0 || mkstemp(file_out) < 0)
        process_die("usage: bench_peaks TOOLS [MB [SHAPES [LIMIT ...]]]");
    header();
    for (int k = 0; k < SHAPES; k++) {
        if (argc > 3 && !strstr(shapes[k].name, argv[3]))
            continue;
        d1 = (hsize_t)(megabytes * 1e6 / (double)(n * (hsize_t)shapes[k].bytes)) * 2 / DIVISOR;
        d2 = d1 / 2;
        process_run(NULL, make, (void *)&shapes[k]);
        measure(argv[1], &shapes[k], argc > 4 ? argv + 4 : usual_limits);
    }
    unlink(file);
    unlink(file_out);
    printf("%d of %d more than 1.2 times their limit\n", over, measured);
    return over > 0;
}
