#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

mi_status tool_parse_store(const char *text, void *to)
{
    return mi_store_parse(to, text);
}

/* clang-format off */
const opt_row tool_writer_rows[] = {
    {.name = "output", .key = 'o', .arg = "FILE", .type = OPT_TEXT,
     .at = offsetof(tool_features, path),
     .help = "write the features to FILE; - (default): to standard output, as the image of a "
             "file, for the next tool"},
    {.name = "no-history", .type = OPT_FLAG, .at = offsetof(tool_features, no_history),
     .help = "do not add the command line to the attribute history"},
    {0},
};
/* clang-format on */

static mi_status open_image(tool_writer *o, const char *name, int descriptor)
{
    o->descriptor = descriptor;
    if (isatty(descriptor))
        return mi_fail(MI_EUSAGE,
                       "%s is a terminal, which HDF5 is not for; give -o FILE or pipe it into "
                       "another tool",
                       name);
    return mi_writer_image(&o->w, name);
}

/* A device or a named pipe cannot be replaced by a rename, nor written at any place. */
static mi_status open_special(tool_writer *o, const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return mi_fail(MI_ECREATE, "cannot create '%s': %s", path, strerror(errno));
    return open_image(o, path, descriptor);
}

/* A copy of the file that is there, locked until it takes its place; a new one where there is none.
 */
static mi_status open_change(tool_writer *o, const char *path)
{
    MI_TRY(mi_replace_begin_change(&o->whole, path));
    return o->whole.must_be_new ? mi_writer_file(&o->w, o->whole.temporary, path)
                                : mi_writer_add(&o->w, o->whole.temporary, path);
}

static mi_status open_file(tool_writer *o, const char *path)
{
    MI_TRY(mi_replace_begin(&o->whole, path));
    return mi_writer_file(&o->w, o->whole.temporary, path);
}

mi_status tool_writer_open(tool_writer *o, const tool_features *f)
{
    struct stat st;
    mi_status status;
    *o = (tool_writer){.descriptor = -1, .no_history = f->no_history};
    if (!f->path || strcmp(f->path, "-") == 0)
        status = open_image(o, "standard output", STDOUT_FILENO);
    else if (stat(f->path, &st) == 0 && !S_ISREG(st.st_mode))
        status = open_special(o, f->path);
    else if (f->adds)
        status = open_change(o, f->path);
    else
        status = open_file(o, f->path);
    if (status != MI_OK)
        tool_writer_discard(o);
    return status;
}

/* Close a descriptor that was opened here; a file without its name is removed. */
static mi_status let_go(tool_writer *o)
{
    mi_status status = MI_OK;
    if (o->descriptor >= 0 && o->descriptor != STDOUT_FILENO && close(o->descriptor) < 0)
        status = mi_fail(MI_EWRITE, "cannot write: %s", strerror(errno));
    mi_writer_free(o->w);
    mi_replace_discard(&o->whole);
    *o = (tool_writer){.descriptor = -1};
    return status;
}

mi_status tool_writer_close(tool_writer *o)
{
    if (!o->no_history)
        MI_TRY(mi_writer_history(o->w, opt_command_line()));
    MI_TRY(mi_writer_finish(o->w));
    MI_TRY(o->whole.temporary ? mi_replace_finish(&o->whole) : mi_writer_send(o->w, o->descriptor));
    return let_go(o);
}

void tool_writer_discard(tool_writer *o)
{
    mi_status status = let_go(o);
    (void)status; /* it failed already */
}
