/* Where features come from: addresses, pipes, and the one file that is open at a time. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmi/base/shell.h"
#include "libmi/base/watch_internal.h"
#include "libmi/features/private.h"
#include "libmi/features/sniff.h"

#define FIRST_READ ((size_t)1 << 16)
#define PIPE_BYTES (1 << 20)

const char *mi_input_name(const mi_input *in)
{
    return strcmp(in->path, "-") == 0 ? "standard input" : in->path;
}

/* ---- addresses ---- */

static int file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* Length of the part of an address that names the file, or 0 when no part does. */
static size_t path_length(const char *address)
{
    if (strcmp(address, "-") == 0 || strncmp(address, "-:", 2) == 0)
        return 1;
    struct stat st;
    if (stat(address, &st) == 0)
        return strlen(address);
    char part[4096];
    for (const char *c = strchr(address, ':'); c; c = strchr(c + 1, ':')) {
        int length = snprintf(part, sizeof part, "%.*s", (int)(c - address), address);
        if ((size_t)length < sizeof part && file_exists(part))
            return (size_t)length;
    }
    return 0;
}

mi_status mi_address_split(const char *address, char **path, char **group)
{
    struct stat st;
    size_t length = path_length(address);
    if (length == 0) {
        stat(address, &st); /* for errno */
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", address, strerror(errno));
    }
    MI_TRY(mi_strdup(path, address));
    (*path)[length] = 0;
    return mi_strdup(group, address[length] ? address + length + 1 : "/");
}

/* ---- images of files that cannot be read at any place: pipes and standard input ---- */

static mi_status read_image(mi_input *in, int fd, size_t expected)
{
    size_t room = expected + 1 > FIRST_READ ? expected + 1 : FIRST_READ;
    MI_TRY(mi_realloc(&in->image, room, 1));
    fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES); /* fewer turns with the writer; no matter if refused */
    for (;;) {
        ssize_t got = read(fd, in->image + in->bytes, room - in->bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mi_fail(MI_EOPEN, "cannot read %s: %s", mi_input_name(in), strerror(errno));
        if (got == 0)
            return MI_OK;
        in->bytes += (size_t)got;
        if (in->bytes == room) {
            room *= 2;
            MI_TRY(mi_realloc(&in->image, room, 1));
        }
    }
}

/* A pipe is taken in whole; a file only looked at. */
static mi_status take_in(mi_input *in, int fd)
{
    struct stat st;
    int is_standard = fd == STDIN_FILENO;
    const char *name = mi_input_name(in);
    if (fstat(fd, &st) < 0)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", name, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return mi_fail(MI_EOPEN, "cannot open '%s': it is a directory", name);
    if (S_ISREG(st.st_mode) && !is_standard)
        return MI_OK;
    MI_TRY(read_image(in, fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 0));
    if (in->bytes == 0)
        return mi_fail(MI_EDATA, "%s is empty", name);
    return mi_realloc(&in->image, in->bytes, 1);
}

static mi_status take_in_path(mi_input *in)
{
    if (strcmp(in->path, "-") == 0)
        return take_in(in, STDIN_FILENO);
    int fd = open(in->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", in->path, strerror(errno));
    mi_status status = take_in(in, fd);
    close(fd);
    return status;
}

/* Only rank 0 can read a pipe: the others have its image from there, and look at files themselves.
 */
static mi_status take_in_on_ranks(mi_input *in, mi_comm *comm)
{
    int is_first = mi_comm_rank(comm) == 0;
    if (is_first)
        MI_TRY(take_in_path(in));
    MI_TRY(mi_comm_share(comm, &in->image, &in->bytes));
    return is_first || in->image ? MI_OK : take_in_path(in);
}

mi_status mi_input_add(mi_features *f, const char *path, size_t *index)
{
    for (*index = 0; *index < f->n_inputs; ++*index)
        if (strcmp(f->input[*index].path, path) == 0)
            return MI_OK;
    MI_TRY(mi_realloc(&f->input, f->n_inputs + 1, sizeof *f->input));
    mi_input *in = &f->input[f->n_inputs];
    *in = (mi_input){0};
    MI_TRY(mi_strdup(&in->path, path));
    f->n_inputs++;
    return take_in_on_ranks(in, f->opts.comm);
}

/* ---- open files ---- */

/* The first bytes of an input, as many as there are up to `bytes`. */
static size_t read_head(const mi_input *in, unsigned char *head, size_t bytes)
{
    if (in->image) {
        size_t n = in->bytes < bytes ? in->bytes : bytes;
        memcpy(head, in->image, n);
        return n;
    }
    FILE *stream = fopen(in->path, "rb");
    size_t n = stream ? fread(head, 1, bytes, stream) : 0;
    if (stream)
        fclose(stream);
    return n;
}

static mi_status explain_not_hdf5(const mi_input *in)
{
    unsigned char head[MI_SNIFF_BYTES];
    char text[1024];
    size_t n = read_head(in, head, sizeof head);
    if (n == 0)
        return mi_fail(MI_EDATA, "%s is empty", mi_input_name(in));
    mi_sniff(text, sizeof text, head, n, in->path);
    return mi_fail(MI_EDATA, "%s: not HDF5 but %s", mi_input_name(in), text);
}

static mi_status explain_open(const mi_input *in, const char *reason)
{
    const char *name = mi_input_name(in);
    unsigned long long has, base, says;
    char word[600];
    mi_shell_word(word, sizeof word, "%s", in->path);
    if (strstr(reason, "signature"))
        return explain_not_hdf5(in);
    if (sscanf(reason, "truncated file: eof = %llu, sblock->base_addr = %llu, stored_eof = %llu",
               &has, &base, &says) == 3)
        return mi_fail(MI_EDATA, "%s: truncated: has %llu bytes, its header says %llu", name,
                       has + base, says);
    if (strstr(reason, "unable to lock file"))
        return mi_fail(MI_EOPEN,
                       "%s is locked by a process that writes it; wait until that is done, "
                       "or read a copy of the file",
                       name);
    if (strstr(reason, "already open for"))
        return mi_fail(MI_EOPEN,
                       "%s is marked as open for writing; if no process writes it any more, "
                       "h5clear -s %s takes the mark away",
                       name, word);
    if (strstr(reason, "unable to open file"))
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", name, reason);
    return mi_fail(MI_EDATA, "%s: damaged: %s", name, reason);
}

mi_status mi_input_open(mi_features *f, size_t index, hid_t *file)
{
    const mi_input *in = &f->input[index];
    mi_watch_file(mi_input_name(in));
    if (f->file < 0 || f->file_input != index) {
        mi_input_close(f);
        f->file = in->image ? mi_h5_open_image(in->image, in->bytes) : mi_h5_open_file(in->path);
        f->file_input = index;
    }
    *file = f->file;
    return *file < 0 ? explain_open(in, mi_h5_reason()) : MI_OK;
}

void mi_input_close(mi_features *f)
{
    mi_h5_drop(f->file);
    f->file = MI_H5_NONE;
}
