/* The sample of tiles: work for 0.002 nats at n = 200,000, coverage of its intervals at n = 20,000,
 * and 1.28 million rows from a half-precision file. usage: bench_sample [TOOLS [FILE]]: the folder
 * of the built tools, without which the file case is skipped; a file of that case to use in place
 * of a new one. */
#include <hdf5.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "draw.h"

#include "libmi/data/sample_build.h"

static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};

typedef struct {
    double s, half_width, seconds;
} estimate;

static estimate entropy(const mi_sample *s, mi_route route, double tolerance, unsigned long seed)
{
    static const double two = 2;
    mi_run run = {.tolerance = tolerance, .draws = seed};
    mi_var var[2];
    estimate e;
    mi_joint j = {.vars = 3, .s = &e.s, .half_width = &e.half_width, .route = route};
    CHECK(mi_sample_var(&var[0], s, MI_Z1));
    CHECK(mi_sample_var(&var[1], s, MI_Z2));
    double start = clock_seconds();
    CHECK(mi_joint_entropies(&j, 1, var, 2, &two, 1, &run));
    e.seconds = clock_seconds() - start;
    mi_var_free(&var[0]);
    mi_var_free(&var[1]);
    return e;
}

/* The whole pass grows with n^2: it is timed at an eighth of the rows. */
static void work(size_t n)
{
    mi_sample s, part;
    size_t *row;
    draw_sample(&s, n, 256, 128, linear);
    CHECK(MI_NEW(row, n / 8));
    for (size_t i = 0; i < n / 8; i++)
        row[i] = i;
    CHECK(mi_sample_gather(&part, &s, row, n / 8));
    double whole = 64 * entropy(&part, MI_ROUTE_TILES, 0, 1).seconds;
    double some = entropy(&s, MI_ROUTE_SAMPLE, 0.002, 1).seconds;
    clock_line("n = 200,000, 0.002 nats against all [s]", some, whole, some / whole, 0.05, 0);
    mi_sample_free(&part);
    mi_sample_free(&s);
    mi_free(row);
}

static void coverage(const char *name, size_t n, int draws, double tolerance)
{
    mi_sample s;
    int covered = 0;
    double width = 0, square = 0;
    draw_sample(&s, n, 64, 32, linear);
    double whole = entropy(&s, MI_ROUTE_TILES, 0, 1).s;
    for (int k = 1; k <= draws; k++) {
        estimate e = entropy(&s, MI_ROUTE_SAMPLE, tolerance, (unsigned long)k);
        covered += fabs(e.s - whole) <= e.half_width;
        width += e.half_width / draws;
        square += pow(e.s - whole, 2) / draws;
    }
    clock_line(name, width, 1.96 * sqrt(square), (double)covered / draws, 0.93, 1);
    mi_sample_free(&s);
}

/* ---- a million rows from a file ---- */

typedef struct {
    double seconds, bytes;
} cost;

/* What a child process takes to do something. */
static cost child(void (*what)(const char *tools, const char *file), const char *tools,
                  const char *file)
{
    struct rusage used;
    int status;
    double start = clock_seconds();
    pid_t pid = fork();
    if (pid == 0) {
        what(tools, file);
        _exit(0);
    }
    if (wait4(pid, &status, 0, &used) < 0 || status != 0)
        fail_msg("the child failed on %s", file);
    return (cost){.seconds = clock_seconds() - start, .bytes = 1024.0 * (double)used.ru_maxrss};
}

static void make(const char *tools, const char *file)
{
    char tool[4096];
    snprintf(tool, sizeof tool, "%s/mi-synth", tools);
    execl(tool, tool, "classes", "--n", "1280000", "--d1", "512", "--d2", "128", "--classes",
          "1000", "--views", "2", "--type", "f16", "--no-history", "-o", file, (char *)NULL);
    _exit(1);
}

static void read_plainly(const char *tools, const char *file)
{
    static const char *const name[] = {"z1", "z2"};
    (void)tools;
    hid_t h5 = H5Fopen(file, H5F_ACC_RDONLY, H5P_DEFAULT);
    for (int k = 0; k < 2; k++) {
        hid_t set = H5Dopen2(h5, name[k], H5P_DEFAULT), space = H5Dget_space(set);
        float *x;
        CHECK(MI_NEW_RAW(x, (size_t)H5Sget_simple_extent_npoints(space)));
        if (H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) < 0)
            _exit(1);
        mi_free(x);
    }
}

static void bounds(const char *tools, const char *file)
{
    char tool[4096];
    snprintf(tool, sizeof tool, "%s/mi-bounds", tools);
    execl(tool, tool, "--tolerance", "0.002", "-o", "/dev/null", file, (char *)NULL);
    _exit(1);
}

static int has_room(const char *folder)
{
    struct statvfs disk;
    return statvfs(folder, &disk) == 0 && (double)disk.f_bavail * (double)disk.f_bsize > 2e9 &&
           mi_memory_free_bytes() > (size_t)8000 << 20;
}

static void million_rows(const char *tools, const char *given)
{
    char file[] = "/tmp/bench_sample_XXXXXX";
    if (!tools || !has_room("/tmp")) {
        printf("%-44s skipped: needs the folder of the tools, 2 GB of /tmp and 8 GB of memory\n",
               "1,280,000 rows from a file");
        return;
    }
    if (!given) {
        close(mkstemp(file));
        child(make, tools, file);
    }
    const char *path = given ? given : file;
    cost plain = child(read_plainly, tools, path), ours = child(bounds, tools, path);
    clock_line("1,280,000 rows, mi-bounds against H5Dread [s]", ours.seconds, plain.seconds,
               ours.seconds / plain.seconds, 5, 0);
    clock_line("the same, peak memory against 8 GB [GB]", ours.bytes / 1e9, 8, ours.bytes / 8e9, 1,
               0);
    if (!given)
        unlink(file);
}

int main(int argc, char **argv)
{
    clock_header();
    million_rows(argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL);
    draw_seed(1);
    work(200000);
    coverage("n = 20,000, 64 units: width, 1.96 rms, cover", 20000, 300, 0);
    coverage("n = 20,000, 0.0003 nats: the same", 20000, 300, 0.0003);
    return 0;
}
