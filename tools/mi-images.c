/* mi-images - a data set of images as it is published, as one HDF5 file. */
#include <string.h>
#include <unistd.h>

#include "libmi/images/images.h"
#include "writer.h"

typedef struct {
    tool_features output;
    size_t side;
    unsigned long seed;
    int unchecked;
} options;

enum { CIFAR10, CIFAR100, IDX, FOLDERS, KINDS };
static const char *const kind_name[KINDS] = {"cifar10", "cifar100", "idx", "folders"};

static const opt_row input_rows[] = {
    {.name = "size",
     .arg = "S",
     .type = OPT_COUNT,
     .at = offsetof(options, side),
     .low = 8,
     .high = 1024,
     .help = "folders: resize the shorter side to S and cut S x S out of the centre (default "
             "64)"},
    {.name = "seed",
     .arg = "N",
     .type = OPT_SEED,
     .at = offsetof(options, seed),
     .help = "folders: of the order of the images (default 1)"},
    {.name = "no-checksum",
     .type = OPT_FLAG,
     .at = offsetof(options, unchecked),
     .help = "do not compare the MD5 of archives and gzip files with the published ones"},
    {0},
};

static const opt_group groups[] = {
    {"Input:", input_rows, 0},
    {"Output:", tool_writer_rows, offsetof(options, output)},
    {0},
};

static const opt_program program = {
    .name = "mi-images",
    .args = "cifar10|cifar100|idx|folders PATH",
    .summary = "Write a data set of images as an HDF5 file for mi-train: x_train, x_test (bytes, "
               "n x channels x height x width), y_train, y_test, class_names.",
    .after =
        "PATH is\n"
        "  cifar10, cifar100   the folder of the binary files, or the archive "
        "cifar-10-binary.tar.gz (cifar-100-binary.tar.gz)\n"
        "  idx                 a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, "
        "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each plain or with .gz (MNIST, "
        "Fashion-MNIST)\n"
        "  folders             a folder with train/CLASS/ and test/CLASS/ (or val), JPEG and PNG "
        "in them\n\n"
        "Examples:\n  mi-images cifar10 cifar-10-binary.tar.gz -o cifar10.h5\n"
        "  mi-images idx mnist/ -o mnist.h5\n"
        "  mi-images folders imagenet100/ --size 64 -o imagenet100.h5",
    .group = groups,
};

static mi_status open_source(mi_image_source *s, const options *o, int n, char **arg)
{
    int kind = 0;
    if (n != 2)
        return mi_fail(MI_EUSAGE,
                       "%d arguments, wanted a kind (cifar10, cifar100, idx, folders) and "
                       "a path",
                       n);
    while (kind < KINDS && strcmp(arg[0], kind_name[kind]) != 0)
        kind++;
    switch (kind) {
    case CIFAR10:
        return mi_images_cifar(s, arg[1], 10, o->unchecked);
    case CIFAR100:
        return mi_images_cifar(s, arg[1], 100, o->unchecked);
    case IDX:
        return mi_images_idx(s, arg[1], o->unchecked);
    case FOLDERS:
        return mi_images_folders(s, arg[1], o->side, o->seed);
    }
    return mi_fail(MI_EUSAGE, "'%s' is no kind, wanted cifar10, cifar100, idx or folders", arg[0]);
}

static void show_progress(void *arg, double share)
{
    (void)arg;
    fprintf(stderr, "\rmi-images: %3.0f %%%s", 100 * share, share >= 1 ? "\n" : "");
}

int main(int argc, char **argv)
{
    options o = {.side = 64, .seed = 1};
    tool_writer out = {.descriptor = -1};
    mi_image_source source = {0};
    int first, exit_code = 0;
    mi_status status;

    opt_parse(&program, &o, argc, argv, &first);
    MI_TRY_GOTO(status, open_source(&source, &o, argc - first, argv + first), done);
    MI_TRY_GOTO(status, tool_writer_open(&out, &o.output), done);
    MI_TRY_GOTO(status,
                mi_images_write(out.w, &source, isatty(STDERR_FILENO) ? show_progress : NULL, NULL),
                done);
    status = tool_writer_close(&out);
done:
    if (status != MI_OK)
        exit_code = tool_fail(status);
    tool_writer_discard(&out);
    mi_image_source_free(&source);
    return exit_code;
}
