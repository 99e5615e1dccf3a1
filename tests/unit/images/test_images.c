/* Data sets of images from the forms in which they are published, made here byte by byte: values, and what
 * is said of damaged ones. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "draw.h"
#include "fixture.h"
#include "libmi/images/images.h"
#include "libmi/images/private.h"

#if __has_include(<jpeglib.h>)
#include <jpeglib.h>
#define HAS_JPEG 1
#endif
#if __has_include(<png.h>)
#include <png.h>
#define HAS_PNG 1
#endif

static void expect(mi_status found, mi_status status, const char *text)
{
    assert_string_equal(found == MI_OK ? "done" : mi_detail(), text);
    assert_int_equal(found, status);
}

/* ---- checksums ---- */

/* The test suite of RFC 1321. */
static void md5_of_the_rfc(void **state)
{
    static const char *const row[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    char text[33];
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        mi_md5(text, (const uint8_t *)row[k][0], strlen(row[k][0]));
        assert_string_equal(text, row[k][1]);
    }
}

/* ---- idx ---- */

enum { TRAIN = 20, TEST = 8, SIDE = 9 };

static uint8_t pixel(int part, size_t i, size_t k)
{
    return (uint8_t)(part * 100 + i * 7 + k);
}

static size_t idx_images(uint8_t *to, int part, size_t n)
{
    const uint8_t head[16] = {0, 0, 8, 3, 0, 0, 0, (uint8_t)n, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
    memcpy(to, head, 16);
    for (size_t k = 0; k < n * SIDE * SIDE; k++)
        to[16 + k] = pixel(part, k / (SIDE * SIDE), k % (SIDE * SIDE));
    return 16 + n * SIDE * SIDE;
}

static size_t idx_labels(uint8_t *to, size_t n)
{
    const uint8_t head[8] = {0, 0, 8, 1, 0, 0, 0, (uint8_t)n};
    memcpy(to, head, 8);
    for (size_t k = 0; k < n; k++)
        to[8 + k] = (uint8_t)(k % 5);
    return 8 + n;
}

static void write_gzip(const char *name, const void *bytes, size_t n)
{
    gzFile f = gzopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(gzwrite(f, bytes, (unsigned)n), n);
    gzclose(f);
}

/* Images of training and their labels plain, of test by gzip. */
static void make_idx(void)
{
    uint8_t data[4096];
    write_bytes("train-images-idx3-ubyte", data, idx_images(data, 0, TRAIN));
    write_bytes("train-labels-idx1-ubyte", data, idx_labels(data, TRAIN));
    write_gzip("t10k-images-idx3-ubyte.gz", data, idx_images(data, 1, TEST));
    write_gzip("t10k-labels-idx1-ubyte.gz", data, idx_labels(data, TEST));
}

static mi_status write_file(mi_image_source *s, const char *path)
{
    mi_writer *w;
    MI_TRY(mi_writer_file(&w, path, path));
    mi_status status = mi_images_write(w, s, NULL, NULL);
    if (status == MI_OK)
        status = mi_writer_finish(w);
    mi_writer_free(w);
    return status;
}

static void idx_to_file_and_back(void **state)
{
    const size_t all[] = {0, 0}, some[] = {7, 3};
    mi_image_source s;
    mi_images m;
    (void)state;
    make_idx();
    CHECK(mi_images_idx(&s, ".", 0));
    assert_string_equal(s.checksum, "unknown");
    CHECK(write_file(&s, "a.h5"));
    mi_image_source_free(&s);
    CHECK(mi_images_read(&m, "a.h5", all));
    assert_int_equal(m.n[0], TRAIN);
    assert_int_equal(m.n[1], TEST);
    assert_int_equal(m.c * 10000 + m.h * 100 + m.w, 10000 + SIDE * 100 + SIDE);
    assert_int_equal(m.classes, 5);
    assert_string_equal(m.class_name[4], "4");
    assert_string_equal(m.name, "idx");
    for (int part = 0; part < 2; part++)
        for (size_t k = 0; k < m.n[part] * SIDE * SIDE; k++)
            assert_int_equal(m.x[part][k], pixel(part, k / (SIDE * SIDE), k % (SIDE * SIDE)));
    assert_int_equal(m.y[0][13], 3);
    mi_images_free(&m);
    CHECK(mi_images_read(&m, "a.h5", some));
    assert_int_equal(m.n[0] * 10 + m.n[1], 73);
    mi_images_free(&m);
}

static void damaged_idx(void **state)
{
    uint8_t data[4096];
    size_t n;
    mi_image_source s;
    (void)state;
    expect(mi_images_idx(&s, ".", 0), MI_EOPEN,
           "cannot open './train-images-idx3-ubyte.gz': No such file or directory");
    make_idx();
    write_bytes("train-images-idx3-ubyte", data, idx_images(data, 0, TRAIN) - 5);
    expect(mi_images_idx(&s, ".", 0), MI_EDATA,
           ".: 'train-images-idx3-ubyte' has 1631 bytes, its header says 1636");
    write_bytes("train-images-idx3-ubyte", "PNG!", 4);
    expect(
        mi_images_idx(&s, ".", 0), MI_EDATA,
        ".: 'train-images-idx3-ubyte' starts with 504e4721, wanted 00000803: an idx file of bytes "
        "in 3 axes");
    make_idx();
    write_bytes("train-labels-idx1-ubyte", data, idx_labels(data, TRAIN - 1));
    expect(mi_images_idx(&s, ".", 0), MI_EDATA,
           ".: 'train-labels-idx1-ubyte' has 19 labels, 'train-images-idx3-ubyte' 20 images");
    make_idx();
    n = file_bytes("t10k-images-idx3-ubyte.gz");
    assert_int_equal(truncate("t10k-images-idx3-ubyte.gz", (off_t)n - 20), 0);
    expect(mi_images_idx(&s, ".", 0), MI_EDATA,
           "./t10k-images-idx3-ubyte.gz: damaged gzip: it ends too early");
}

/* ---- CIFAR ---- */

enum { RECORD = 1 + 3072 };

/* A file of n records, the label of record i is i mod 10. */
static void make_cifar_file(const char *name, size_t n, int wrong)
{
    uint8_t *data = calloc(n, RECORD);
    for (size_t i = 0; i < n; i++) {
        data[i * RECORD] = (uint8_t)(wrong && i == 77 ? 10 : i % 10);
        data[i * RECORD + 1 + i % 3072] = (uint8_t)(i % 251 + 1);
    }
    write_bytes(name, data, n * RECORD);
    free(data);
}

static void make_cifar(void)
{
    static const char names[] = "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\n"
                                "truck\n\n";
    char name[32];
    for (int k = 1; k <= 5; k++) {
        snprintf(name, sizeof name, "data_batch_%d.bin", k);
        make_cifar_file(name, 10000, 0);
    }
    make_cifar_file("test_batch.bin", 10000, 0);
    write_bytes("batches.meta.txt", names, sizeof names - 1);
}

static void cifar(void **state)
{
    mi_image_source s;
    uint8_t x[3072];
    (void)state;
    make_cifar();
    CHECK(mi_images_cifar(&s, ".", 10, 0));
    assert_int_equal(s.n[0], 50000);
    assert_int_equal(s.n[1], 10000);
    assert_int_equal(s.y[0][40007], 7);
    assert_string_equal(s.class_name[9], "truck");
    CHECK(s.image(&s, 0, 40007, x));
    assert_int_equal(x[10007 % 3072], 0);
    assert_int_equal(x[7], 8);
    mi_image_source_free(&s);
}

static void damaged_cifar(void **state)
{
    mi_image_source s;
    (void)state;
    make_cifar();
    assert_int_equal(truncate("data_batch_3.bin", 30000000), 0);
    expect(mi_images_cifar(&s, ".", 10, 0), MI_EDATA,
           ".: 'data_batch_3.bin' has 30000000 bytes, wanted 30730000 (10000 images of 3073)");
    make_cifar_file("data_batch_3.bin", 10000, 1);
    expect(mi_images_cifar(&s, ".", 10, 0), MI_EDATA,
           ".: image 20077 of train has label 10, wanted 0 to 9");
    expect(mi_images_cifar(&s, ".", 100, 0), MI_EOPEN,
           "cannot open './train.bin': No such file or directory");
    write_gzip("a.tar.gz", "abc", 3);
    mi_status status = mi_images_cifar(&s, "a.tar.gz", 10, 0);
    assert_int_equal(status, MI_EDATA);
    assert_non_null(strstr(mi_detail(), "published is c32a1d4ab5d03f1284b67883e8d87530: another "
                                        "archive, or a damaged one; no-checksum takes it all the "
                                        "same"));
    expect(mi_images_cifar(&s, "a.tar.gz", 10, 1), MI_EDATA,
           "a.tar.gz: no 'data_batch_1.bin' in the archive");
}

/* A tar of one file behind another. */
static void a_member_of_a_tar(void **state)
{
    uint8_t tar[4096] = {0};
    const mi_bytes b = {.data = tar, .n = sizeof tar};
    const uint8_t *data;
    size_t n;
    (void)state;
    strcpy((char *)tar, "set/first.bin");
    strcpy((char *)tar + 124, "00000001001"); /* 513 bytes: two blocks */
    strcpy((char *)tar + 512 * 3, "set/second.bin");
    strcpy((char *)tar + 512 * 3 + 124, "00000000005");
    memcpy(tar + 512 * 4, "bytes", 5);
    assert_true(mi_tar_find(&b, "second.bin", &data, &n));
    assert_int_equal(n, 5);
    assert_memory_equal(data, "bytes", 5);
    assert_false(mi_tar_find(&b, "third.bin", &data, &n));
}

/* ---- pictures ---- */

/* The mean of a picture stays; a constant one stays constant; one of the wanted size stays as it is. */
static void resampling(void **state)
{
    enum { H = 37, W = 53, S = 16 };
    uint8_t x[H * W * 3], out[3 * S * S], same[3 * H * H];
    (void)state;
    memset(x, 123, sizeof x);
    CHECK(mi_picture_fit(out, &(mi_picture){H, W, x}, S));
    for (size_t k = 0; k < sizeof out; k++)
        assert_int_equal(out[k], 123);
    for (size_t y = 0; y < H; y++)
        for (size_t c = 0; c < W * 3; c++)
            x[y * W * 3 + c] = (uint8_t)(c / 3 * 4); /* a ramp along rows */
    CHECK(mi_picture_fit(out, &(mi_picture){H, W, x}, S));
    for (size_t k = 2; k + 2 < S; k++) /* a step of the output is 37/16 of the input */
        assert_true(abs(out[k] - (int)lrint(4 * ((double)(k + 3) + 0.5) * 37 / 16 - 2)) <= 2);
    CHECK(mi_picture_fit(same, &(mi_picture){H, W, x}, H));
    assert_int_equal(same[0],
                     x[8 * 3]); /* the centre: 8 of 53 - 37 places are cut off on the left */
}

#if HAS_PNG && HAS_JPEG

static void write_png(const char *name, size_t h, size_t w, int value)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (unsigned)w,
                       .height = (unsigned)h,
                       .format = PNG_FORMAT_RGB};
    uint8_t *x = malloc(h * w * 3);
    memset(x, value, h * w * 3);
    assert_true(png_image_write_to_file(&image, name, 0, x, 0, NULL));
    free(x);
}

static void write_jpeg(const char *name, unsigned h, unsigned w, int value)
{
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr failure;
    FILE *f = fopen(name, "wb");
    uint8_t *row = malloc(w * 3);
    memset(row, value, w * 3);
    info.err = jpeg_std_error(&failure);
    jpeg_create_compress(&info);
    jpeg_stdio_dest(&info, f);
    info.image_width = w;
    info.image_height = h;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_start_compress(&info, TRUE);
    for (unsigned y = 0; y < h; y++)
        jpeg_write_scanlines(&info, &row, 1);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    fclose(f);
    free(row);
}

static void make_folders(void)
{
    static const char *const dir[] = {"train",   "train/ant", "train/bee",       "val",
                                      "val/ant", "val/bee",   "train/bee/images"};
    for (size_t k = 0; k < sizeof dir / sizeof *dir; k++)
        assert_true(mkdir(dir[k], 0777) == 0 || errno == EEXIST);
    write_png("train/ant/1.png", 20, 30, 10);
    write_jpeg("train/ant/2.JPEG", 30, 20, 10);
    write_png("train/bee/images/3.png", 9, 9, 200);
    write_png("val/ant/4.png", 40, 40, 10);
    write_jpeg("val/bee/5.jpg", 24, 24, 200);
    write_bytes("train/ant/notes.txt", "x", 1);
}

static void folders(void **state)
{
    mi_image_source s;
    uint8_t x[3 * 16 * 16];
    (void)state;
    make_folders();
    CHECK(mi_images_folders(&s, ".", 16, 1));
    assert_int_equal(s.n[0], 3);
    assert_int_equal(s.n[1], 2);
    assert_int_equal(s.classes, 2);
    assert_string_equal(s.class_name[1], "bee");
    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < s.n[part]; i++) {
            CHECK(s.image(&s, part, i, x));
            for (size_t k = 0; k < sizeof x; k++)
                assert_true(abs(x[k] - (s.y[part][i] ? 200 : 10)) <= 1);
        }
    CHECK(write_file(&s, "a.h5"));
    mi_image_source_free(&s);
}

static void damaged_folders(void **state)
{
    mi_image_source s;
    (void)state;
    make_folders();
    assert_int_equal(truncate("val/bee/5.jpg", 300), 0);
    CHECK(mi_images_folders(&s, ".", 16, 1));
    mi_status status = write_file(&s, "a.h5");
    assert_int_equal(status, MI_EDATA);
    assert_non_null(strstr(mi_detail(), "./val/bee/5.jpg: damaged JPEG"));
    mi_image_source_free(&s);
    write_bytes("val/bee/5.jpg", "no", 2);
    CHECK(mi_images_folders(&s, ".", 16, 1));
    assert_int_equal(write_file(&s, "a.h5"), MI_EDATA);
    mi_image_source_free(&s);
    assert_int_equal(mkdir("val/cow", 0777), 0);
    expect(mi_images_folders(&s, ".", 16, 1), MI_EDATA,
           "./val/cow: a class that training does not have");
    expect(mi_images_folders(&s, ".", 4, 1), MI_EUSAGE, "images of 4 x 4, wanted 8 to 1024");
    expect(mi_images_folders(&s, "nowhere", 16, 1), MI_EOPEN,
           "cannot open 'nowhere/train': No such file or directory");
}

#endif

/* ---- files that are no images ---- */

static void other_files(void **state)
{
    const size_t all[] = {0, 0};
    float x[12 * 100] = {0};
    uint8_t y[12] = {0};
    mi_images m;
    (void)state;
    expect(mi_images_read(&m, "nope.h5", all), MI_EOPEN,
           "cannot open 'nope.h5': No such file or directory");
    write_bytes("a.h5", "text", 4);
    assert_int_equal(mi_images_read(&m, "a.h5", all), MI_EDATA);
    hid_t file = make_file("b.h5");
    put(file, "x_train", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, x, 12, 100);
    put(file, "y_train", H5T_STD_U8LE, H5T_NATIVE_UCHAR, y, 12, 0);
    H5Fclose(file);
    expect(mi_images_read(&m, "b.h5", all), MI_EDATA,
           "b.h5: x_train has 2 axes of 4-byte elements, wanted bytes in 4: n, channels, height, "
           "width");
    file = make_file("c.h5");
    put(file, "x_train", H5T_STD_U8LE, H5T_NATIVE_UCHAR, y, 12, 0);
    H5Fclose(file);
    expect(mi_images_read(&m, "c.h5", all), MI_EDATA, "c.h5: no dataset 'y_train'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(md5_of_the_rfc),
        FIXTURE_TEST(idx_to_file_and_back),
        FIXTURE_TEST(damaged_idx),
        FIXTURE_TEST(cifar),
        FIXTURE_TEST(damaged_cifar),
        cmocka_unit_test(a_member_of_a_tar),
        cmocka_unit_test(resampling),
#if HAS_PNG && HAS_JPEG
        FIXTURE_TEST(folders),
        FIXTURE_TEST(damaged_folders),
#endif
        FIXTURE_TEST(other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
