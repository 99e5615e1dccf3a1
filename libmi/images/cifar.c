/* CIFAR-10 and CIFAR-100 as their author publishes them (A. Krizhevsky, "Learning Multiple Layers of
 * Features from Tiny Images", 2009): records of one label byte (CIFAR-100: coarse, then fine) and
 * 3 x 32 x 32 bytes, channel by channel. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "libmi/base/words.h"
#include "libmi/images/private.h"

enum { PIXELS = 3 * 32 * 32, MOST_FILES = 6 };

typedef struct {
    int classes;
    const char *dataset, *archive_md5;
    const char *file[MOST_FILES]; /* those of training, then the one of test */
    int n_files;
    const char *names; /* the file of class names */
    size_t records;    /* of a file of training, of test */
    size_t test_records, labels;
} form;

static const form forms[] = {
    {10,
     "cifar10",
     "c32a1d4ab5d03f1284b67883e8d87530",
     {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
      "data_batch_5.bin", "test_batch.bin"},
     6,
     "batches.meta.txt",
     10000,
     10000,
     1},
    {100,
     "cifar100",
     "03b5dce01913d631647c71ecec9e9cb8",
     {"train.bin", "test.bin"},
     2,
     "fine_label_names.txt",
     50000,
     10000,
     2},
};

typedef struct {
    const form *f;
    mi_bytes archive, file[MOST_FILES];
    const uint8_t *data[MOST_FILES];
} cifar;

static void release(mi_image_source *s)
{
    cifar *c = s->arg;
    mi_bytes_free(&c->archive);
    for (int k = 0; k < MOST_FILES; k++)
        mi_bytes_free(&c->file[k]);
    mi_free(c);
}

static size_t record_bytes(const form *f)
{
    return f->labels + PIXELS;
}

/* Image i of a part: its file and its place there. */
static const uint8_t *record_of(const cifar *c, int part, size_t i)
{
    int file = part == MI_IMAGES_TEST ? c->f->n_files - 1 : (int)(i / c->f->records);
    return c->data[file] + i % c->f->records * record_bytes(c->f);
}

static mi_status image(mi_image_source *s, int part, size_t i, uint8_t *to)
{
    const cifar *c = s->arg;
    memcpy(to, record_of(c, part, i) + c->f->labels, PIXELS);
    return MI_OK;
}

/* ---- opening ---- */

static mi_status open_archive(cifar *c, const char *path, int unchecked)
{
    MI_TRY(mi_bytes_read(&c->archive, path, !unchecked));
    if (unchecked || strcmp(c->archive.md5, c->f->archive_md5) == 0)
        return MI_OK;
    return mi_fail(MI_EDATA,
                   "%s: MD5 is %s, published is %s: another archive, or a damaged one; " MI_OPTION
                   "no-checksum takes it all the same",
                   path, c->archive.md5, c->f->archive_md5);
}

static mi_status find_file(cifar *c, const char *path, int k, int is_archive)
{
    const char *name = c->f->file[k];
    size_t bytes = 0;
    size_t wanted =
        (k == c->f->n_files - 1 ? c->f->test_records : c->f->records) * record_bytes(c->f);
    if (!is_archive) {
        MI_TRY(mi_bytes_read_in(&c->file[k], path, name, 0));
        c->data[k] = c->file[k].data;
        bytes = c->file[k].n;
    } else if (!mi_tar_find(&c->archive, name, &c->data[k], &bytes)) {
        return mi_fail(MI_EDATA, "%s: no '%s' in the archive", path, name);
    }
    if (bytes != wanted)
        return mi_fail(MI_EDATA, "%s: '%s' has %zu bytes, wanted %zu (%zu images of %zu)", path,
                       name, bytes, wanted, wanted / record_bytes(c->f), record_bytes(c->f));
    return MI_OK;
}

/* The last label byte of a record. */
static mi_status take_labels(mi_image_source *s, cifar *c, const char *path)
{
    for (int part = 0; part < MI_IMAGES_PARTS; part++) {
        MI_TRY(MI_NEW(s->y[part], s->n[part]));
        for (size_t i = 0; i < s->n[part]; i++) {
            s->y[part][i] = record_of(c, part, i)[c->f->labels - 1];
            if (s->y[part][i] >= c->f->classes)
                return mi_fail(MI_EDATA, "%s: image %zu of %s has label %d, wanted 0 to %d", path,
                               i, part ? "test" : "train", (int)s->y[part][i], c->f->classes - 1);
        }
    }
    return MI_OK;
}

/* The class names from their file, one a line; numbers where there is none. */
static mi_status take_names(mi_image_source *s, cifar *c, const char *path, int is_archive)
{
    char text[8192] = "", *save = NULL;
    const char *name[100];
    const uint8_t *data = NULL;
    size_t n = 0, found = 0, classes = (size_t)c->f->classes;
    mi_bytes file = {0};
    if (is_archive)
        mi_tar_find(&c->archive, c->f->names, &data, &n);
    else if (mi_bytes_read_in(&file, path, c->f->names, 0) == MI_OK)
        data = file.data, n = file.n;
    if (data)
        memcpy(text, data, n < sizeof text - 1 ? n : sizeof text - 1);
    mi_bytes_free(&file);
    for (char *line = strtok_r(text, "\r\n", &save); line && found < 100;
         line = strtok_r(NULL, "\r\n", &save))
        name[found++] = line;
    return found == classes ? mi_source_names(s, name, found) : mi_source_numbers(s, classes);
}

static mi_status fill(mi_image_source *s, cifar *c, const char *path, int unchecked)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    int is_archive = !S_ISDIR(st.st_mode);
    if (is_archive)
        MI_TRY(open_archive(c, path, unchecked));
    for (int k = 0; k < c->f->n_files; k++)
        MI_TRY(find_file(c, path, k, is_archive));
    s->n[MI_IMAGES_TRAIN] = c->f->records * (size_t)(c->f->n_files - 1);
    s->n[MI_IMAGES_TEST] = c->f->test_records;
    s->checksum = is_archive && !unchecked ? "published" : "unknown";
    MI_TRY(take_labels(s, c, path));
    return take_names(s, c, path, is_archive);
}

mi_status mi_images_cifar(mi_image_source *out, const char *path, int classes, int unchecked)
{
    cifar *c;
    *out = (mi_image_source){.c = 3, .h = 32, .w = 32, .image = image, .release = release};
    MI_TRY(MI_NEW(c, 1));
    c->f = &forms[classes == 100];
    out->arg = c;
    out->dataset = c->f->dataset;
    mi_status status = fill(out, c, path, unchecked);
    if (status != MI_OK)
        mi_image_source_free(out);
    return status;
}
