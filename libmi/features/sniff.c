/* What a file that is not HDF5 is, by its first bytes: a table of signatures, then tar archives,
 * then text. */
#include "libmi/features/sniff.h"

#include "libmi/base/shell.h"
#include "libmi/base/words.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *magic;
    size_t length;
    mi_sniffed kind;
    const char *what;
    const char *help; /* %s is the name of the file */
} signature;

#define MAGIC(bytes) bytes, sizeof bytes - 1

#define BY_IMPORT MI_TOOL "import z1=%s makes features of it"
#define BY_TORCH  "load it with torch.load in Python and write z1, z2, r, y with h5py"
#define BY_PYTHON "load it in Python and write z1, z2, r, y with h5py"

/* The first that matches speaks. */
static const signature signatures[] = {
    {MAGIC("\x93NUMPY"), MI_SNIFFED_NPY, "a NumPy array", BY_IMPORT},
    {MAGIC("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"), MI_SNIFFED_TORCH,
     "a PyTorch file", BY_TORCH},
    {MAGIC("\x80\x02"), MI_SNIFFED_PICKLE, "a Python pickle", BY_PYTHON},
    {MAGIC("\x80\x03"), MI_SNIFFED_PICKLE, "a Python pickle", BY_PYTHON},
    {MAGIC("\x80\x04"), MI_SNIFFED_PICKLE, "a Python pickle", BY_PYTHON},
    {MAGIC("\x80\x05"), MI_SNIFFED_PICKLE, "a Python pickle", BY_PYTHON},
    {MAGIC("\x1f\x8b"), MI_SNIFFED_PACKED, "gzip-compressed",
     "try gzip -dc %s piped into the tool"},
    {MAGIC("\xfd"
           "7zXZ"),
     MI_SNIFFED_PACKED, "xz-compressed", "try xz -dc %s piped into the tool"},
    {MAGIC("\x28\xb5\x2f\xfd"), MI_SNIFFED_PACKED, "zstd-compressed",
     "try zstd -dc %s piped into the tool"},
    {MAGIC("BZh"), MI_SNIFFED_PACKED, "bzip2-compressed", "try bzip2 -dc %s piped into the tool"},
    {MAGIC("MATLAB 5.0"), MI_SNIFFED_MATLAB, "a MATLAB 5 file", BY_IMPORT},
    {MAGIC("\x0e\x03\x13\x01"), MI_SNIFFED_OTHER, "HDF4", "convert it with h4toh5"},
    {MAGIC("version https://git-lfs"), MI_SNIFFED_OTHER, "a Git LFS pointer",
     "git lfs pull fetches the file"},
    {MAGIC("file\tgroup"), MI_SNIFFED_TEXT, "a table that a mi tool wrote, not features",
     MI_TOOL "plot, " MI_TOOL "corr and " MI_TOOL "validate read tables"},
    {MAGIC("{\"file\""), MI_SNIFFED_TEXT, "a table that a mi tool wrote, not features",
     MI_TOOL "plot, " MI_TOOL "corr and " MI_TOOL "validate read tables"},
};

static int contains(const unsigned char *head, size_t n, const char *word)
{
    return memmem(head, n, word, strlen(word)) != NULL;
}

static const signature *archive(const unsigned char *head, size_t n)
{
    static const signature torch = {
        .kind = MI_SNIFFED_TORCH, .what = "a PyTorch archive", .help = BY_TORCH};
    static const signature npz = {
        .kind = MI_SNIFFED_ZIP, .what = "a NumPy archive (.npz)", .help = BY_IMPORT};
    static const signature zip = {
        .kind = MI_SNIFFED_ZIP, .what = "a zip archive", .help = "unpack it with unzip %s"};
    if (n < 4 || memcmp(head, "PK\3\4", 4) != 0)
        return NULL;
    if (contains(head, n, "data.pkl"))
        return &torch;
    return contains(head, n, ".npy") ? &npz : &zip;
}

static const signature *text_kind(const unsigned char *head, size_t n)
{
    static const signature csv = {
        .kind = MI_SNIFFED_TEXT, .what = "comma-separated text", .help = BY_IMPORT};
    static const signature tsv = {
        .kind = MI_SNIFFED_TEXT, .what = "tab-separated text", .help = BY_IMPORT};
    static const signature text = {.kind = MI_SNIFFED_TEXT, .what = "text"};
    for (size_t k = 0; k < n; k++)
        if ((head[k] < 0x20 && !strchr("\t\n\r\f", head[k])) || head[k] == 0 || head[k] == 0x7f)
            return NULL;
    if (memchr(head, '\t', n))
        return &tsv;
    return memchr(head, ',', n) ? &csv : &text;
}

static const signature *recognise(const unsigned char *head, size_t n)
{
    for (size_t k = 0; k < sizeof signatures / sizeof *signatures; k++) {
        const signature *s = &signatures[k];
        if (n >= s->length && memcmp(head, s->magic, s->length) == 0)
            return s;
    }
    const signature *s = archive(head, n);
    return s ? s : text_kind(head, n);
}

mi_sniffed mi_sniff_kind(const void *head, size_t n)
{
    const signature *s = recognise(head, n);
    return s ? s->kind : MI_SNIFFED_OTHER;
}

/* Help is a format, which may ask for the name. */
static void add_help(char *text, size_t bytes, const char *help, const char *name)
{
    char word[600];
    size_t used = strlen(text);
    mi_shell_word(word, sizeof word, "%s", name);
    used += (size_t)snprintf(text + used, bytes - used, "; ");
    mi_format(text + used, bytes - used, help, word);
}

void mi_sniff(char *text, size_t bytes, const void *head, size_t n, const char *name)
{
    const signature *s = recognise(head, n);
    if (s) {
        snprintf(text, bytes, "%s", s->what);
        if (s->help)
            add_help(text, bytes, s->help, name);
        return;
    }
    size_t used = (size_t)snprintf(text, bytes, "data of an unknown kind, which begins with");
    for (size_t k = 0; k < n && k < 8 && used < bytes; k++)
        used +=
            (size_t)snprintf(text + used, bytes - used, " %02x", ((const unsigned char *)head)[k]);
}
