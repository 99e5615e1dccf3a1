/* The file of images: read into memory, and written from a source block by block. */
#include "libmi/images/images.h"

#include <string.h>

#include "libmi/features/tensor.h"
#include "libmi/images/private.h"

#define PACK_BYTES ((size_t)1 << 20) /* of a chunk, before compression */

static const char *const x_name[] = {"x_train", "x_test"}, *const y_name[] = {"y_train", "y_test"};

/* ---- in ---- */

static void free_names(char **name, size_t n)
{
    for (size_t k = 0; name && k < n; k++)
        mi_free(name[k]);
    mi_free(name);
}

static mi_status check_shape(mi_images *m, const mi_tensors *t, const char *path, int part)
{
    mi_tensor_shape x, y;
    MI_TRY(mi_tensors_shape(t, x_name[part], &x));
    MI_TRY(mi_tensors_shape(t, y_name[part], &y));
    if (x.axes != 4 || x.cls != MI_CLASS_INTEGER || x.bytes != 1)
        return mi_fail(MI_EDATA,
                       "%s: %s has %d axes of %zu-byte elements, wanted bytes in 4: n, "
                       "channels, height, width",
                       path, x_name[part], x.axes, x.bytes);
    if (y.axes != 1 || y.axis[0] != x.axis[0])
        return mi_fail(MI_EDATA, "%s: %s has %zu numbers in %d axes, %s has %zu images", path,
                       y_name[part], (size_t)y.axis[0], y.axes, x_name[part], (size_t)x.axis[0]);
    if (part == MI_IMAGES_TEST && (x.axis[1] != m->c || x.axis[2] != m->h || x.axis[3] != m->w))
        return mi_fail(
            MI_EDATA, "%s: test images are %zu x %zu x %zu, those of training %zu x %zu x %zu",
            path, (size_t)x.axis[1], (size_t)x.axis[2], (size_t)x.axis[3], m->c, m->h, m->w);
    m->n[part] = (size_t)x.axis[0];
    m->c = (size_t)x.axis[1];
    m->h = (size_t)x.axis[2];
    m->w = (size_t)x.axis[3];
    if (m->n[part] < 1 || (m->c != 1 && m->c != 3) || m->h < 8 || m->w < 8)
        return mi_fail(MI_EDATA,
                       "%s: %s has %zu images of %zu x %zu x %zu, wanted 1 or more of 1 or 3 "
                       "channels and 8 x 8 or more",
                       path, x_name[part], m->n[part], m->c, m->h, m->w);
    return MI_OK;
}

static mi_status read_part(mi_images *m, const mi_tensors *t, const char *path, int part,
                           size_t most)
{
    MI_TRY(check_shape(m, t, path, part));
    size_t n = m->n[part] = most > 0 && most < m->n[part] ? most : m->n[part];
    MI_TRY(mi_malloc(&m->x[part], n, m->c * m->h * m->w));
    MI_TRY(MI_NEW_RAW(m->y[part], n));
    MI_TRY(mi_tensors_read(t, x_name[part], 0, n, MI_STORE_U8, m->x[part]));
    MI_TRY(mi_tensors_read(t, y_name[part], 0, n, MI_STORE_I64, m->y[part]));
    for (size_t i = 0; i < n; i++) {
        if (m->y[part][i] < 0 || m->y[part][i] > 100000)
            return mi_fail(MI_EDATA, "%s: %s: row %zu is %lld, wanted a class from 0 on", path,
                           y_name[part], i, (long long)m->y[part][i]);
        m->classes =
            (size_t)m->y[part][i] + 1 > m->classes ? (size_t)m->y[part][i] + 1 : m->classes;
    }
    return MI_OK;
}

static mi_status read_names(mi_images *m, const mi_tensors *t, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t n = 0;
    MI_TRY(mi_tensors_text(t, "dataset", &m->name));
    if (!m->name) {
        MI_TRY(mi_strdup(&m->name, base));
        m->name[strcspn(m->name, ".")] = 0;
    }
    if (!mi_tensors_has(t, "class_names"))
        return MI_OK;
    MI_TRY(mi_tensors_texts(t, "class_names", &m->class_name, &n));
    if (n < m->classes) {
        free_names(m->class_name, n);
        m->class_name = NULL;
        return mi_fail(MI_EDATA, "%s: class_names has %zu names, the labels %zu classes", path, n,
                       m->classes);
    }
    m->classes = n;
    return MI_OK;
}

mi_status mi_images_read(mi_images *out, const char *path, const size_t most[MI_IMAGES_PARTS])
{
    mi_tensors *t;
    *out = (mi_images){0};
    MI_TRY(mi_tensors_open(&t, path));
    mi_status status = read_part(out, t, path, MI_IMAGES_TRAIN, most[MI_IMAGES_TRAIN]);
    if (status == MI_OK)
        status = read_part(out, t, path, MI_IMAGES_TEST, most[MI_IMAGES_TEST]);
    if (status == MI_OK)
        status = read_names(out, t, path);
    mi_tensors_close(t);
    if (status != MI_OK)
        mi_images_free(out);
    return status;
}

void mi_images_free(mi_images *m)
{
    for (int part = 0; part < MI_IMAGES_PARTS; part++) {
        mi_free(m->x[part]);
        mi_free(m->y[part]);
    }
    free_names(m->class_name, m->classes);
    mi_free(m->name);
    *m = (mi_images){0};
}

/* ---- out ---- */

mi_status mi_source_names(mi_image_source *s, const char *const *name, size_t n)
{
    MI_TRY(MI_NEW(s->class_name, n + 1));
    for (s->classes = 0; s->classes < n; s->classes++)
        MI_TRY(mi_strdup(&s->class_name[s->classes], name[s->classes]));
    return MI_OK;
}

mi_status mi_source_numbers(mi_image_source *s, size_t n)
{
    MI_TRY(MI_NEW(s->class_name, n + 1));
    for (s->classes = 0; s->classes < n; s->classes++) {
        char text[24];
        snprintf(text, sizeof text, "%zu", s->classes);
        MI_TRY(mi_strdup(&s->class_name[s->classes], text));
    }
    return MI_OK;
}

void mi_image_source_free(mi_image_source *s)
{
    if (s->arg && s->release)
        s->release(s);
    for (int part = 0; part < MI_IMAGES_PARTS; part++)
        mi_free(s->y[part]);
    free_names(s->class_name, s->classes);
    *s = (mi_image_source){0};
}

typedef struct {
    mi_image_source *s;
    void (*progress)(void *arg, double share);
    void *arg;
    size_t done, all;
} writing;

static mi_status write_images(writing *j, mi_sink *sink, int part, uint8_t *block, size_t rows)
{
    mi_image_source *s = j->s;
    size_t pixels = s->c * s->h * s->w;
    for (size_t first = 0; first < s->n[part]; first += rows) {
        size_t n = s->n[part] - first < rows ? s->n[part] - first : rows;
        for (size_t i = 0; i < n; i++)
            MI_TRY(s->image(s, part, first + i, block + i * pixels));
        MI_TRY(mi_sink_bytes(sink, block, n));
        j->done += n;
        if (j->progress)
            j->progress(j->arg, (double)j->done / (double)j->all);
    }
    return MI_OK;
}

static mi_status write_part(writing *j, mi_writer *w, int part)
{
    const mi_image_source *s = j->s;
    size_t pixels = s->c * s->h * s->w, rows = PACK_BYTES / pixels + 1;
    const mi_layout x = {
        .n = s->n[part], .axes = 3, .axis = {s->c, s->h, s->w}, .store = MI_STORE_U8};
    const mi_layout y = {.n = s->n[part], .store = MI_STORE_I64};
    uint8_t *block;
    mi_sink *images = NULL, *labels = NULL;
    mi_status status;
    MI_TRY(mi_malloc(&block, rows, pixels));
    MI_TRY_GOTO(status, mi_writer_tensor(&images, w, "/", x_name[part], &x, rows), done);
    MI_TRY_GOTO(status, write_images(j, images, part, block, rows), done);
    MI_TRY_GOTO(status, mi_writer_tensor(&labels, w, "/", y_name[part], &y, 0), done);
    status = mi_sink_integers(labels, s->y[part], s->n[part]);
done:
    mi_sink_free(images);
    mi_sink_free(labels);
    mi_free(block);
    return status;
}

mi_status mi_images_write(mi_writer *w, mi_image_source *s,
                          void (*progress)(void *arg, double share), void *arg)
{
    writing j = {.s = s, .progress = progress, .arg = arg};
    j.all = s->n[MI_IMAGES_TRAIN] + s->n[MI_IMAGES_TEST];
    MI_TRY(write_part(&j, w, MI_IMAGES_TRAIN));
    MI_TRY(write_part(&j, w, MI_IMAGES_TEST));
    MI_TRY(mi_writer_texts(w, "/", "class_names", (const char *const *)s->class_name, s->classes));
    MI_TRY(mi_writer_text(w, "/", "dataset", s->dataset));
    return s->checksum ? mi_writer_text(w, "/", "checksum", s->checksum) : MI_OK;
}
