#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "visible.h"

static const char *tool_name = "mi";
static FILE *talk;                   /* NULL: standard error */
static _Thread_local FILE *own_talk; /* NULL: as in the other threads */

static void on_warning(void *arg, const char *text)
{
    (void)arg;
    tool_warn("%s", text);
}

/* Memory of one set serves the next: handing it back to the system after each costs a page fault
 * for every 4 kB, a fifth of the time of many small sets. */
static void keep_freed_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
}

void tool_keep_little(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, 4 << 20);
}

/* A standard stream that is closed gives its number to the next file that is opened: warnings would
 * go into a table. What takes its place refuses reads of 0 and writes to 1, as before. */
static void fill_standard_streams(void)
{
    static const int how[] = {O_WRONLY, O_RDONLY, O_RDWR};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", how[fd]);
}

void tool_start(const char *name)
{
    tool_name = name;
    fill_standard_streams();
    keep_freed_memory();
    setlocale(LC_ALL, "C");
    fesetenv(FE_DFL_ENV); /* a library built with -ffast-math takes subnormal numbers for zeros */
    mi_features_no_exit_handler();
    signals_catch(name);
    mi_set_warning_handler(on_warning, NULL);
    mi_set_spelling("--", "mi-");
}

void tool_print_version(FILE *stream, const char *name)
{
    char text[2048];
    mi_version_text(text, sizeof text);
    fprintf(stream, "%s %s\n", name, text);
}

static void say(const char *kind, const char *format, va_list args)
{
    /* One write, so that lines of several processes do not mix. */
    char text[4096];
    int n = snprintf(text, sizeof text, "%s: %s", tool_name, kind);
    vsnprintf(text + n, sizeof text - (size_t)n - 1, format, args);
    strcat(text, "\n");
    fputs(text, own_talk ? own_talk : talk ? talk : stderr);
}

void tool_talk_into(FILE *stream)
{
    talk = stream;
}

void tool_talk_of_thread(FILE *stream)
{
    own_talk = stream;
}

void tool_directory(char *out, size_t bytes)
{
    ssize_t n = readlink("/proc/self/exe", out, bytes - 1);
    out[n < 0 ? 0 : n] = 0;
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = 0;
}

int tool_is_terminal(void)
{
    return isatty(STDOUT_FILENO) && !getenv("OMPI_COMM_WORLD_SIZE");
}

void tool_warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("warning: ", format, args);
    va_end(args);
}

void tool_hint(const char *format, ...)
{
    va_list args;
    if (!isatty(STDERR_FILENO))
        return;
    va_start(args, format);
    say("hint: ", format, args);
    va_end(args);
}

static void say_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

int tool_exit_code(mi_status status)
{
    static const int exit_code[MI_STATUSES] = {
        [MI_OK] = 0,
        [MI_EUSAGE] = TOOL_EXIT_USAGE,
        [MI_EDATA] = TOOL_EXIT_DATA,
        [MI_EOPEN] = TOOL_EXIT_OPEN,
        [MI_EMEMORY] = TOOL_EXIT_MEMORY,
        [MI_ENOMEM] = TOOL_EXIT_MEMORY,
        [MI_ECREATE] = TOOL_EXIT_CREATE,
        [MI_EWRITE] = TOOL_EXIT_WRITE,
        [MI_ELIBRARY] = TOOL_EXIT_INTERNAL,
    };
    return exit_code[status];
}

int tool_fail(mi_status status)
{
    say_line("%s", mi_detail());
    return tool_exit_code(status);
}

/* ---- output ---- */

/* HDF5's signature stands at the start, or after a block of the user's of 512 bytes, 1024, 2048, ...:
 * MATLAB's -v7.3 has such a block. */
static int is_hdf5(FILE *f)
{
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    char head[sizeof signature - 1];
    const off_t most = (off_t)1 << 40; /* a device has no end */
    for (off_t at = 0;
         at < most && fseeko(f, at, SEEK_SET) == 0 && fread(head, sizeof head, 1, f) == 1;
         at = at ? 2 * at : 512)
        if (memcmp(head, signature, sizeof head) == 0)
            return 1;
    return 0;
}

/* A table or a chart in the place of a feature file is a slip, and would lose it. */
static mi_status check_not_features(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return MI_OK;
    int is_features = is_hdf5(f);
    fclose(f);
    if (!is_features)
        return MI_OK;
    return mi_fail(MI_ECREATE,
                   "cannot create '%s': it is an HDF5 file, which would be lost; name another",
                   path);
}

/* A device or a named pipe cannot be replaced by a rename: it is written into. */
static mi_status open_special(tool_output *o)
{
    o->stream = fopen(o->path, "w");
    return o->stream ? MI_OK
                     : mi_fail(MI_ECREATE, "cannot create '%s': %s", o->path, strerror(errno));
}

static mi_status open_whole(tool_output *o)
{
    MI_TRY(check_not_features(o->path));
    MI_TRY(mi_replace_begin(&o->whole, o->path));
    int descriptor = dup(o->whole.descriptor);
    o->stream = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    return o->stream ? MI_OK
                     : mi_fail(MI_ECREATE, "cannot create '%s': %s", o->path, strerror(errno));
}

static mi_status open_standard(tool_output *o)
{
    o->stream = tool_is_terminal() ? visible_open() : stdout;
    return o->stream ? MI_OK : mi_fail(MI_ENOMEM, "out of memory for standard output");
}

mi_status tool_output_open(tool_output *o, const char *path)
{
    struct stat st;
    *o = (tool_output){0};
    if (!path || strcmp(path, "-") == 0)
        return open_standard(o);
    mi_status status = mi_strdup(&o->path, path);
    if (status == MI_OK)
        status = stat(path, &st) == 0 && !S_ISREG(st.st_mode) ? open_special(o) : open_whole(o);
    if (status != MI_OK)
        tool_output_discard(o);
    return status;
}

mi_status tool_output_close(tool_output *o)
{
    const char *name = o->path ? o->path : "standard output";
    mi_status status = MI_OK;
    if (!o->stream)
        return MI_OK;
    errno = 0;
    int failed = ferror(o->stream) | fflush(o->stream);
    if (o->stream != stdout && fclose(o->stream) != 0)
        failed = 1;
    if (failed)
        status = mi_fail(MI_EWRITE, "cannot write '%s': %s", name,
                         errno ? strerror(errno) : "write error");
    o->stream = NULL;
    if (status == MI_OK && o->whole.temporary)
        status = mi_replace_finish(&o->whole);
    tool_output_discard(o);
    return status;
}

void tool_output_discard(tool_output *o)
{
    if (o->stream && o->stream != stdout)
        fclose(o->stream);
    mi_replace_discard(&o->whole);
    mi_free(o->path);
    *o = (tool_output){0};
}

/* Characters that a line of the terminal has: as COLUMNS says, else the terminal. */
static int terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    int width = columns ? atoi(columns) : 0;
    struct winsize size;
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return width > 0 ? width : 80;
}

mi_table_format tool_table_format(const tool_table *t)
{
    return t->json                                    ? MI_TABLE_JSON
           : t->csv                                   ? MI_TABLE_CSV
           : t->tsv || t->path || !tool_is_terminal() ? MI_TABLE_TSV
           : t->is_long                               ? MI_TABLE_BLOCK
                                                      : MI_TABLE_ALIGNED;
}

mi_status tool_table_open(tool_output *o, mi_table_writer **w, const tool_table *t)
{
    MI_TRY(tool_output_open(o, t->path));
    mi_table_format format = tool_table_format(t);
    int digits = format == MI_TABLE_ALIGNED && !opt_given("digits") ? 4 : t->digits;
    mi_status status = mi_table_writer_new(w, o->stream, format, digits);
    if (status != MI_OK)
        tool_output_discard(o);
    else
        mi_table_width(*w, terminal_width());
    return status;
}

mi_status tool_table_choose(mi_table_writer *w, const tool_table *t)
{
    return t->columns ? mi_table_choose(w, t->columns) : MI_OK;
}

/* ---- shared options ---- */

static mi_status parse_map(const char *text, void *to)
{
    return mi_features_parse_map(to, text);
}

mi_status tool_parse_members(const char *text, void *to)
{
    unsigned *members = to;
    while (*text) {
        size_t n = strcspn(text, ",");
        mi_member_id m = mi_member_find(text, n);
        if (m == MI_MEMBERS)
            return mi_fail(MI_EUSAGE, "'%.*s' is no member, wanted z1, z2, r, y, split or w",
                           (int)n, text);
        *members |= 1u << m;
        text += n;
        text += *text == ',';
    }
    return MI_OK;
}

/* clang-format off */
const opt_row tool_features_rows[] = {
    {.name = "map", .arg = "M=PATH,...", .type = OPT_PARSE, .parse = parse_map,
     .help = "read member M (z1, z2, r, y, split, w) from the dataset PATH of each group"},
    {.name = "last", .type = OPT_FLAG, .at = offsetof(mi_features_opts, last_only),
     .help = "of each FILE or GROUP the last set alone, where its training ended"},
    {.name = "allow-external", .type = OPT_FLAG,
     .at = offsetof(mi_features_opts, allow_external),
     .help = "follow links and storage that lead into other files"},
    {0},
};

const opt_row tool_input_rows[] = {
    {.name = "require", .arg = "M,...", .type = OPT_PARSE, .at = offsetof(tool_input, required),
     .parse = tool_parse_members, .choice = TOOL_MEMBERS,
     .help = "make it an error when these members are missing"},
    {.name = "keep-going", .type = OPT_FLAG, .at = offsetof(tool_input, keep_going),
     .help = "after an error in one set go on with the next; the exit code stays that of the "
             "error"},
    {0},
};

const opt_row tool_table_rows[] = {
    {.name = "output", .key = 'o', .arg = "FILE", .type = OPT_TEXT,
     .at = offsetof(tool_table, path),
     .help = "write the table to FILE (default: standard output)"},
    {.name = "columns", .arg = "A,B,...", .type = OPT_TEXT, .at = offsetof(tool_table, columns),
     .help = "write these columns alone, in this order"},
    {.name = "long", .type = OPT_FLAG, .at = offsetof(tool_table, is_long),
     .help = "on a terminal every column, a block of names and values a row (default: aligned "
             "columns of what differs between rows and what was measured)"},
    {.name = "tsv", .type = OPT_FLAG, .at = offsetof(tool_table, tsv),
     .help = "tab-separated table also on a terminal"},
    {.name = "csv", .type = OPT_FLAG, .at = offsetof(tool_table, csv),
     .help = "comma-separated, cells quoted as by RFC 4180"},
    {.name = "json", .type = OPT_FLAG, .at = offsetof(tool_table, json),
     .help = "one JSON object a line"},
    {.name = "digits", .arg = "N", .type = OPT_INT, .at = offsetof(tool_table, digits),
     .low = 1, .high = 17,
     .help = "significant digits of a number, 1 to 17 (default 9)"},
    {0},
};
/* clang-format on */
