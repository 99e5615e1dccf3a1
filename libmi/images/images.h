/* images.h - labelled images: data sets as they are published, in one HDF5 file that mi-train reads.
 *
 * uses: features/tensor features/write
 *
 * The file has x_train and x_test (n,c,h,w), bytes, y_train and y_test (n), class numbers, and
 * class_names. A library of its own, libmi-images, on zlib, and on libjpeg and libpng where they are
 * there.
 *
 *     images.c       the file in, and what a source gives out to the file
 *     cifar.c        CIFAR-10 and CIFAR-100 binaries, also in their archive
 *     idx.c          idx files, as MNIST comes in
 *     folders.c      a folder a class, JPEG and PNG
 *     picture.c      one JPEG or PNG, decoded
 *     resample.c     resizing
 *     bytes.c        whole files, gzip, tar
 *     md5.c          checksums
 */
#ifndef MI_IMAGES_H
#define MI_IMAGES_H

#include <stdint.h>

#include "libmi/features/write.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { MI_IMAGES_TRAIN, MI_IMAGES_TEST, MI_IMAGES_PARTS };

/* Images in memory. */
typedef struct {
    size_t n[MI_IMAGES_PARTS];
    size_t c, h, w;
    uint8_t *x[MI_IMAGES_PARTS]; /* (n,c,h,w) */
    int64_t *y[MI_IMAGES_PARTS]; /* (n) 0 .. classes-1 */
    char **class_name;           /* (classes) */
    size_t classes;
    char *name; /* attribute `dataset`, else the file's name without its ending */
} mi_images;

/* Read a file, at most most[part] images of each part (0: all). Errors: MI_EOPEN; MI_EDATA naming
 * dataset, what was found and what was wanted; MI_ENOMEM. Free with mi_images_free. */
MI_API MI_CHECKED mi_status mi_images_read(mi_images *out, const char *path,
                                           const size_t most[MI_IMAGES_PARTS]);
MI_API void mi_images_free(mi_images *images);

/* ---- sources ---- */

/* A data set as it is published: how many there are, then one after the other. */
typedef struct mi_image_source mi_image_source;
struct mi_image_source {
    size_t n[MI_IMAGES_PARTS], c, h, w;
    int64_t *y[MI_IMAGES_PARTS]; /* (n) */
    char **class_name;
    size_t classes;
    const char *dataset;  /* "cifar10" */
    const char *checksum; /* "published", "unknown"; of folders NULL */
    /* Image `i` of a part as (c,h,w) bytes. */
    mi_status (*image)(mi_image_source *s, int part, size_t i, uint8_t *to);
    void (*release)(mi_image_source *s); /* what lies in arg */
    void *arg;
};

MI_API void mi_image_source_free(mi_image_source *s);

/* CIFAR-10 or CIFAR-100 (classes 10 or 100): a folder with the binary files, or the published archive
 * cifar-N-binary.tar.gz, whose checksum is compared unless unchecked. Errors: MI_EOPEN; MI_EDATA naming
 * file, size found and wanted, label out of range, checksum. Free with mi_image_source_free. */
MI_API MI_CHECKED mi_status mi_images_cifar(mi_image_source *out, const char *path, int classes,
                                            int unchecked);

/* The four idx files of a folder, train-images-idx3-ubyte and its kin, each plain or with .gz. Checksums
 * of MNIST and Fashion-MNIST are known. Errors as above. */
MI_API MI_CHECKED mi_status mi_images_idx(mi_image_source *out, const char *path, int unchecked);

/* path/train/CLASS/ and path/test/CLASS/ (or val), with JPEG and PNG in them, also one level deeper:
 * decoded, the shorter side resized to `side`, the centre cut out, (3,side,side). Images are put in a
 * random order of `seed`. Files of other endings are left out. Errors: MI_EOPEN; MI_EDATA naming the
 * file that cannot be decoded; MI_EUSAGE in a build without libjpeg and libpng; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_images_folders(mi_image_source *out, const char *path, size_t side,
                                              unsigned long seed);

/* Write a source into the root of w. progress: after some images, with the share done; or NULL. */
MI_API MI_CHECKED mi_status mi_images_write(mi_writer *w, mi_image_source *s,
                                            void (*progress)(void *arg, double share), void *arg);

#ifdef __cplusplus
}
#endif
#endif
