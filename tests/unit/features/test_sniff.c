/* What a file that is not HDF5 looks like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "libmi/features/sniff.h"

#define PYTHON      "; load it in Python and write z1, z2, r, y with h5py"
#define TORCH       "; load it with torch.load in Python and write z1, z2, r, y with h5py"
#define TABLE       "a table that a mi tool wrote, not features; plot, corr and validate read tables"
#define BYTES(text) text, sizeof text - 1

static const struct {
    const char *head;
    size_t n;
    const char *text;
} rows[] = {
    {BYTES("\x93NUMPY\x01\x00v"), "a NumPy array; import z1=f makes features of it"},
    {BYTES("PK\3\4\0\0\0\0archive/data.pklFB"), "a PyTorch archive" TORCH},
    {BYTES("PK\3\4\0\0\0\0arr_0.npy\x93NUMPY"),
     "a NumPy archive (.npz); import z1=f makes features of it"},
    {BYTES("PK\3\4\0\0\0\0readme.txt"), "a zip archive; unpack it with unzip f"},
    {BYTES("\x80\x02\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\x02M"), "a PyTorch file" TORCH},
    {BYTES("\x80\x02}q\x00"), "a Python pickle" PYTHON},
    {BYTES("\x80\x04\x95"), "a Python pickle" PYTHON},
    {BYTES("\x80\x05\x95"), "a Python pickle" PYTHON},
    {BYTES("\x1f\x8b\x08\0"), "gzip-compressed; try gzip -dc f piped into the tool"},
    {BYTES("\xfd\x37zXZ\0"), "xz-compressed; try xz -dc f piped into the tool"},
    {BYTES("\x28\xb5\x2f\xfd\x24"), "zstd-compressed; try zstd -dc f piped into the tool"},
    {BYTES("BZh91AY"), "bzip2-compressed; try bzip2 -dc f piped into the tool"},
    {BYTES("MATLAB 5.0 MAT-file"), "a MATLAB 5 file; import z1=f makes features of it"},
    {BYTES("\x0e\x03\x13\x01\0"), "HDF4; convert it with h4toh5"},
    {BYTES("version https://git-lfs.github.com/spec/v1\n"),
     "a Git LFS pointer; git lfs pull fetches the file"},
    {BYTES("file\tgroup\tepoch\n"), TABLE},
    {BYTES("{\"file\":\"a.h5\"}\n"), TABLE},
    {BYTES("0.1,0.2\r\n0.3,0.4\r\n"), "comma-separated text; import z1=f makes features of it"},
    {BYTES("a b\tc,d\n"), "tab-separated text; import z1=f makes features of it"},
    {BYTES("h\xc3\xa4llo\n"), "text"},
    {BYTES("text\0more"), "data of an unknown kind, which begins with 74 65 78 74 00 6d 6f 72"},
    {BYTES("\x7f"
           "ELF"),
     "data of an unknown kind, which begins with 7f 45 4c 46"},
    {BYTES("PK\3"), "data of an unknown kind, which begins with 50 4b 03"},
};

static void every_kind(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char text[300];
        mi_sniff(text, sizeof text, rows[k].head, rows[k].n, "f");
        assert_string_equal(text, rows[k].text);
    }
}

/* Every beginning of every row, into every size of buffer: nothing is read or written beyond. */
static void any_length(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (size_t n = 0; n <= rows[k].n; n++)
            for (size_t bytes = 1; bytes < 200; bytes += 7) {
                char head[64], text[200];
                memcpy(head, rows[k].head, n);
                memset(text, '#', sizeof text);
                mi_sniff(text, bytes, head, n, "some-name");
                assert_true(strlen(text) < bytes);
                assert_int_equal(text[bytes], '#');
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind),
        cmocka_unit_test(any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
