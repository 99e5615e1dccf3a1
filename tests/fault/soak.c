/* soak MINUTES [CHECKPOINTS]: one process writes checkpoints, reads them back, computes bounds of them at orders 1 and 2 and a
 * row of a table, and now and then fails at it. Memory and descriptors after the first 200 are what they stay at. Ends after so many
 * minutes, or checkpoints. Prints how many there were; exit 1 when something grew, or failed that should not. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "libmi/mi.h"

enum { N = 256, D1 = 48, D2 = 24, WARM = 200, MOST_GROWTH_KB = 4096 };

static float z1[N * D1], z2[N * D2];
static int64_t r[N], y[N];

static void fill(unsigned step)
{
    for (int i = 0; i < N; i++) {
        r[i] = i / 2;
        y[i] = r[i] % 4;
        for (int k = 0; k < D1; k++)
            z1[i * D1 + k] =
                (float)(cos((double)y[i] * (k + 1)) + sin((double)(r[i] * 7 + i) * (k + 2) + step));
        for (int k = 0; k < D2; k++)
            z2[i * D2 + k] = tanhf(z1[i * D1 + k] + z1[i * D1 + k + D2]);
    }
}

static mi_status put_floats(mi_writer *w, mi_member_id m, const float *x, uint64_t d)
{
    mi_sink *sink;
    MI_TRY(mi_writer_member(&sink, w, "/epoch_1", m,
                            &(mi_layout){.n = N, .axes = 1, .axis = {d}, .store = MI_STORE_F32}));
    mi_status status = mi_sink_floats(sink, x, N);
    mi_sink_free(sink);
    return status;
}

static mi_status put_integers(mi_writer *w, mi_member_id m, const int64_t *x)
{
    mi_sink *sink;
    MI_TRY(mi_writer_member(&sink, w, "/epoch_1", m, &(mi_layout){.n = N, .store = MI_STORE_I64}));
    mi_status status = mi_sink_integers(sink, x, N);
    mi_sink_free(sink);
    return status;
}

static mi_status put_set(mi_writer *w)
{
    MI_TRY(put_floats(w, MI_Z1, z1, D1));
    MI_TRY(put_floats(w, MI_Z2, z2, D2));
    MI_TRY(put_integers(w, MI_R, r));
    MI_TRY(put_integers(w, MI_Y, y));
    return mi_writer_finish(w);
}

static mi_status write_checkpoint(const char *path)
{
    mi_replace file;
    mi_writer *w = NULL;
    MI_TRY(mi_replace_begin(&file, path));
    mi_status status = mi_writer_file(&w, file.temporary, path);
    if (status == MI_OK)
        status = put_set(w);
    mi_writer_free(w);
    if (status == MI_OK)
        return mi_replace_finish(&file);
    mi_replace_discard(&file);
    return status;
}

static mi_status put_row(const mi_bounds_result *b)
{
    mi_table_writer *w;
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    mi_status status = mi_table_writer_new(&w, stream, MI_TABLE_JSON, 17);
    if (status == MI_OK)
        status = mi_table_column(w, "lower");
    if (status == MI_OK)
        status = mi_table_real(w, "lower", b->value[MI_LOWER]);
    if (status == MI_OK)
        status = mi_table_end_row(w);
    mi_table_writer_free(w);
    fclose(stream);
    free(text);
    return status;
}

static mi_status measure(const mi_sample *sample, double alpha)
{
    mi_bounds_opts opts;
    mi_bounds_result bounds;
    mi_run run;
    mi_run_default(&run);
    run.threads = 2;
    mi_bounds_opts_default(&opts);
    opts.alpha = &alpha;
    opts.se = 1;
    MI_TRY(mi_bounds(&bounds, sample, &opts, &run));
    return put_row(&bounds);
}

static mi_status read_checkpoint(const char *path)
{
    mi_features *f;
    mi_sample sample;
    mi_sample_opts opts;
    mi_sample_opts_default(&opts);
    MI_TRY(mi_features_open(&f, &path, 1, NULL));
    mi_status status = mi_sample_load(&sample, f, 0, 15, &opts);
    if (status == MI_OK)
        status = measure(&sample, 2);
    if (status == MI_OK)
        status = measure(&sample, 1);
    mi_sample_free(&sample);
    mi_features_close(f);
    return status;
}

/* What must fail: a group that is not there, and a file that has its end cut off. */
static int fails_as_it_should(const char *path)
{
    const char *no_group = "soak.h5:/none";
    mi_features *f;
    return mi_features_open(&f, &no_group, 1, NULL) != MI_OK && truncate(path, 3000) == 0 &&
           mi_features_open(&f, &path, 1, NULL) != MI_OK;
}

static long resident_kb(void)
{
    long pages = 0, all;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%ld %ld", &all, &pages) != 2)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int descriptors(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n;
}

static int step(unsigned k)
{
    fill(k);
    if (write_checkpoint("soak.h5") != MI_OK || read_checkpoint("soak.h5") != MI_OK) {
        fprintf(stderr, "checkpoint %u: %s\n", k, mi_detail());
        return 0;
    }
    return k % 16 != 0 || fails_as_it_should("soak.h5");
}

int main(int argc, char **argv)
{
    char place[] = "/tmp/soak.XXXXXX";
    double seconds = argc > 1 ? 60 * atof(argv[1]) : 60;
    unsigned most = argc > 2 ? (unsigned)atoi(argv[2]) : -1u, k = 0;
    time_t start = time(NULL);
    long memory = 0;
    int open_files = 0, is_well = mkdtemp(place) && chdir(place) == 0;
    for (; is_well && k < most && difftime(time(NULL), start) < seconds; k++) {
        is_well = step(k);
        if (k + 1 == WARM) {
            memory = resident_kb();
            open_files = descriptors();
        }
    }
    long growth = resident_kb() - memory;
    int more = descriptors() - open_files;
    unlink("soak.h5");
    is_well &= chdir("/") == 0 && rmdir(place) == 0; /* nothing else is in it */
    printf("%u checkpoints, %ld kB and %d descriptors more than after %d\n", k, growth, more, WARM);
    return is_well && k > WARM && growth <= MOST_GROWTH_KB && more == 0 ? 0 : 1;
}
