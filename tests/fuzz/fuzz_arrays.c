/* An array of another program: .npy, .npz, text, .mat; opened, and its first rows read as doubles. HDF5 is
 * for fuzz_features. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/mi.h"
#include "target.h"

enum { MOST_BYTES = 1 << 20 };

static void read_rows(mi_foreign *a)
{
    char shape[256];
    size_t rows = a->d && a->width ? MOST_BYTES / (a->d * sizeof(double)) : 16;
    mi_foreign_shape(a, shape, sizeof shape);
    target_want(a->axes >= 1 && a->axes <= MI_FOREIGN_AXES, "axes are counted");
    rows = rows < a->n ? rows : a->n;
    double *to = malloc(rows * a->d * sizeof *to + 1);
    char *cells = malloc(rows * a->d * a->width + 1);
    if (to && mi_foreign_doubles(a, rows / 2, to) == MI_OK)
        target_want(a->row == rows / 2, "rows that were read are counted");
    if (cells && rows * a->d * a->width <= MOST_BYTES)
        (void)!mi_foreign_read(a, rows - a->row, cells);
    free(to);
    free(cells);
}

static void open_as(const char *path, const char *part, mi_header header)
{
    mi_foreign a;
    char address[128];
    const mi_foreign_opts opts = {.header = header};
    snprintf(address, sizeof address, "%s%s", path, part);
    if (mi_foreign_open(&a, address, &opts) != MI_OK)
        return;
    read_rows(&a);
    mi_foreign_close(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 8 && memcmp(data, "\x89HDF\r\n\x1a\n", 8) == 0)
        return 0;
    target_quiet();
    const char *path = target_file(data, size);
    if (path) {
        open_as(path, "", MI_HEADER_AUTO);
        open_as(path, ":2", MI_HEADER_NO);
        open_as(path, ":a*", MI_HEADER_YES);
    }
    target_file_done();
    return 0;
}
