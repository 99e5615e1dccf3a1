/* Images in idx files, as MNIST comes in (Y. LeCun, C. Cortes, C. Burges): a big-endian header of
 * 0, 0, the type (8: bytes), the number of axes and the axes, then the bytes, the last axis fastest. */
#include <string.h>
#include <unistd.h>

#include "libmi/base/words.h"
#include "libmi/images/private.h"

enum { FILES = 4 }; /* images and labels of training, then of test */

static const char *const names[FILES] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                         "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

/* Published MD5 of the gzip files, in the order of names. */
static const struct {
    const char *dataset, *md5[FILES];
} published[] = {
    {"mnist",
     {"f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
      "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"}},
    {"fashion-mnist",
     {"8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe",
      "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310"}},
};

typedef struct {
    mi_bytes file[FILES];
} idx;

static void release(mi_image_source *s)
{
    idx *x = s->arg;
    for (int k = 0; k < FILES; k++)
        mi_bytes_free(&x->file[k]);
    mi_free(x);
}

static mi_status image(mi_image_source *s, int part, size_t i, uint8_t *to)
{
    const idx *x = s->arg;
    memcpy(to, x->file[2 * part].data + 16 + i * s->h * s->w, s->h * s->w);
    return MI_OK;
}

/* ---- opening ---- */

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* path/NAME, or path/NAME.gz. */
static mi_status open_one(mi_bytes *b, const char *path, const char *name, int wants_md5)
{
    char *plain, packed[64];
    MI_TRY(mi_path_join(&plain, path, name));
    int is_plain = access(plain, F_OK) == 0;
    mi_free(plain);
    snprintf(packed, sizeof packed, "%s.gz", name);
    return mi_bytes_read_in(b, path, is_plain ? name : packed, wants_md5);
}

/* Header and size agree; axis (axes). */
static mi_status check(const mi_bytes *b, const char *path, const char *name, uint32_t axes,
                       size_t axis[3])
{
    size_t header = 4 + 4 * (size_t)axes, wanted = 1;
    if (b->n < header || big_endian(b->data) != (0x800u | axes))
        return mi_fail(MI_EDATA,
                       "%s: '%s' starts with %08x, wanted %08x: an idx file of bytes in %u axes",
                       path, name, b->n < 4 ? 0 : big_endian(b->data), 0x800u | axes, axes);
    for (uint32_t k = 0; k < axes; k++)
        wanted *= axis[k] = big_endian(b->data + 4 + 4 * k);
    if (b->n != header + wanted)
        return mi_fail(MI_EDATA, "%s: '%s' has %zu bytes, its header says %zu", path, name, b->n,
                       header + wanted);
    return MI_OK;
}

static mi_status take_part(mi_image_source *s, const idx *x, const char *path, int part)
{
    size_t images[3] = {0}, labels[3] = {0};
    MI_TRY(check(&x->file[2 * part], path, names[2 * part], 3, images));
    MI_TRY(check(&x->file[2 * part + 1], path, names[2 * part + 1], 1, labels));
    if (images[0] != labels[0])
        return mi_fail(MI_EDATA, "%s: '%s' has %zu labels, '%s' %zu images", path,
                       names[2 * part + 1], labels[0], names[2 * part], images[0]);
    if (part == MI_IMAGES_TEST && (images[1] != s->h || images[2] != s->w))
        return mi_fail(MI_EDATA, "%s: test images are %zu x %zu, those of training %zu x %zu", path,
                       images[1], images[2], s->h, s->w);
    s->n[part] = images[0];
    s->h = images[1];
    s->w = images[2];
    MI_TRY(MI_NEW(s->y[part], s->n[part]));
    for (size_t i = 0; i < s->n[part]; i++) {
        s->y[part][i] = x->file[2 * part + 1].data[8 + i];
        s->classes =
            (size_t)s->y[part][i] + 1 > s->classes ? (size_t)s->y[part][i] + 1 : s->classes;
    }
    return MI_OK;
}

/* The data set whose checksums all files have; a set that agrees in some is a damaged one. */
static mi_status check_published(mi_image_source *s, const idx *x, const char *path)
{
    for (size_t d = 0; d < sizeof published / sizeof *published; d++) {
        int same = 0, other = 0;
        for (int k = 0; k < FILES; k++) {
            int is_same = strcmp(x->file[k].md5, published[d].md5[k]) == 0;
            same += is_same;
            other = is_same ? other : k;
        }
        if (same == FILES) {
            s->dataset = published[d].dataset;
            s->checksum = "published";
        } else if (same > 0) {
            return mi_fail(MI_EDATA,
                           "%s: MD5 of '%s' is %s, published for %s is %s: another file, or a "
                           "damaged one; " MI_OPTION "no-checksum takes it all the same",
                           path, names[other], x->file[other].md5, published[d].dataset,
                           published[d].md5[other]);
        }
    }
    return MI_OK;
}

static mi_status fill(mi_image_source *s, idx *x, const char *path, int unchecked)
{
    for (int k = 0; k < FILES; k++)
        MI_TRY(open_one(&x->file[k], path, names[k], !unchecked));
    MI_TRY(take_part(s, x, path, MI_IMAGES_TRAIN));
    MI_TRY(take_part(s, x, path, MI_IMAGES_TEST));
    if (!unchecked)
        MI_TRY(check_published(s, x, path));
    return mi_source_numbers(s, s->classes);
}

mi_status mi_images_idx(mi_image_source *out, const char *path, int unchecked)
{
    idx *x;
    *out = (mi_image_source){
        .c = 1, .image = image, .release = release, .dataset = "idx", .checksum = "unknown"};
    MI_TRY(MI_NEW(x, 1));
    out->arg = x;
    mi_status status = fill(out, x, path, unchecked);
    if (status != MI_OK)
        mi_image_source_free(out);
    return status;
}
