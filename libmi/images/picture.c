/* One JPEG or PNG as (h,w,3) bytes, by libjpeg and libpng where the build has them. */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "libmi/images/private.h"

#ifdef MI_WITH_JPEG
#include <jpeglib.h>
#endif
#ifdef MI_WITH_PNG
#include <png.h>
#endif

static int ends_with(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n > m && strcasecmp(path + n - m, ending) == 0;
}

static int is_jpeg(const char *path)
{
    return ends_with(path, ".jpg") || ends_with(path, ".jpeg");
}

int mi_picture_is_known(const char *path)
{
#ifdef MI_WITH_JPEG
    if (is_jpeg(path))
        return 1;
#endif
#ifdef MI_WITH_PNG
    if (ends_with(path, ".png"))
        return 1;
#endif
    return 0;
}

#ifdef MI_WITH_JPEG

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf jump;
    char text[JMSG_LENGTH_MAX];
} jpeg_failure;

static void on_error(j_common_ptr info)
{
    jpeg_failure *f = (jpeg_failure *)info->err;
    f->base.format_message(info, f->text);
    longjmp(f->jump, 1);
}

static void on_message(j_common_ptr info)
{
    (void)info; /* warnings of damaged data are counted in num_warnings */
}

/* Grey becomes RGB; CMYK is an error of libjpeg's. */
static void decode_rows(struct jpeg_decompress_struct *info, mi_picture *out)
{
    info->out_color_space = JCS_RGB;
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = out->x + (size_t)info->output_scanline * out->w * 3;
        jpeg_read_scanlines(info, &row, 1);
    }
    jpeg_finish_decompress(info);
}

static mi_status read_jpeg(mi_picture *out, const char *path, FILE *f)
{
    struct jpeg_decompress_struct info;
    jpeg_failure failure;
    mi_status status;
    info.err = jpeg_std_error(&failure.base);
    failure.base.error_exit = on_error;
    failure.base.output_message = on_message;
    if (setjmp(failure.jump)) {
        jpeg_destroy_decompress(&info);
        return mi_fail(MI_EDATA, "%s: damaged JPEG: %s", path, failure.text);
    }
    jpeg_create_decompress(&info);
    jpeg_stdio_src(&info, f);
    jpeg_read_header(&info, TRUE);
    out->h = info.image_height;
    out->w = info.image_width;
    status = mi_malloc(&out->x, out->h, out->w * 3);
    if (status == MI_OK)
        decode_rows(&info, out);
    if (status == MI_OK && failure.base.num_warnings > 0)
        status = mi_fail(MI_EDATA, "%s: damaged JPEG: it ends too early, or is corrupt", path);
    jpeg_destroy_decompress(&info);
    return status;
}

#endif

#ifdef MI_WITH_PNG

static mi_status read_png(mi_picture *out, const char *path, FILE *f)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    mi_status status = MI_OK;
    const png_color white = {255, 255, 255};
    if (png_image_begin_read_from_stdio(&image, f)) {
        image.format = PNG_FORMAT_RGB;
        out->h = image.height;
        out->w = image.width;
        status = mi_malloc(&out->x, out->h, out->w * 3);
        if (status == MI_OK)
            png_image_finish_read(&image, &white, out->x, 0, NULL);
    }
    if (status == MI_OK && image.warning_or_error & PNG_IMAGE_ERROR)
        status = mi_fail(MI_EDATA, "%s: damaged PNG: %s", path, image.message);
    png_image_free(&image);
    return status;
}

#endif

static mi_status decode(mi_picture *out, const char *path, FILE *f)
{
#ifdef MI_WITH_JPEG
    if (is_jpeg(path))
        return read_jpeg(out, path, f);
#endif
#ifdef MI_WITH_PNG
    if (ends_with(path, ".png"))
        return read_png(out, path, f);
#endif
    (void)out, (void)f;
    return mi_fail(MI_EUSAGE, "%s: this build decodes no such pictures", path);
}

mi_status mi_picture_read(mi_picture *out, const char *path)
{
    FILE *f = fopen(path, "rbe");
    *out = (mi_picture){0};
    if (!f)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    mi_status status = decode(out, path, f);
    fclose(f);
    if (status != MI_OK) {
        mi_free(out->x);
        out->x = NULL;
    }
    return status;
}
