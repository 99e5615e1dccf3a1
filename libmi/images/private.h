/* private.h - what the files of the room images share. */
#ifndef MI_IMAGES_PRIVATE_H
#define MI_IMAGES_PRIVATE_H

#include "libmi/base/mem.h"
#include "libmi/images/images.h"

/* A file in memory, its checksum that of the bytes on disk; "" where nobody wants it. */
typedef struct {
    uint8_t *data;
    size_t n;
    char md5[33];
} mi_bytes;

/* Read a file whole, through gzip where it is that. Errors: MI_EOPEN; MI_EDATA for damaged gzip;
 * MI_ENOMEM. Free with mi_bytes_free. */
mi_status mi_bytes_read(mi_bytes *out, const char *path, int wants_md5);
/* The same of dir/name. */
mi_status mi_bytes_read_in(mi_bytes *out, const char *dir, const char *name, int wants_md5);
void mi_bytes_free(mi_bytes *b);

/* A file of a tar archive in memory by the last part of its name: 1 and where it lies, or 0. */
int mi_tar_find(const mi_bytes *tar, const char *name, const uint8_t **data, size_t *n);

/* The MD5 digest of n bytes as 32 hexadecimal digits (RFC 1321). */
void mi_md5(char text[33], const uint8_t *data, size_t n);

/* A picture in memory, (h,w,3) bytes. */
typedef struct {
    size_t h, w;
    uint8_t *x;
} mi_picture;

/* 1 when this build can decode files of that ending. */
int mi_picture_is_known(const char *path);
/* Errors: MI_EOPEN; MI_EDATA naming the file and the decoder's reason; MI_ENOMEM. Free x. */
mi_status mi_picture_read(mi_picture *out, const char *path);

/* to (3,side,side): the shorter side resized to `side`, the centre cut out. Each output place is the
 * mean under a triangle as wide as one step of the input, or of the output where that is wider
 * (bilinear, without aliasing). Errors: MI_ENOMEM. */
mi_status mi_picture_fit(uint8_t *to, const mi_picture *from, size_t side);

/* "dir/name"; free with mi_free. */
mi_status mi_path_join(char **out, const char *dir, const char *name);

/* Copies of names as the class names of a source. */
mi_status mi_source_names(mi_image_source *s, const char *const *name, size_t n);
/* The names "0" to n - 1. */
mi_status mi_source_numbers(mi_image_source *s, size_t n);

#endif
