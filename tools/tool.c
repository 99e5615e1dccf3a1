#include "tool.h"

#include <errno.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_TEMPORARIES 8

static const char *tool_name = "mi";
static FILE *talk; /* NULL: standard error */
static char *volatile temporaries[MAX_TEMPORARIES];

static void on_signal(int signal_number)
{
    for (int k = 0; k < MAX_TEMPORARIES; k++)
        if (temporaries[k])
            unlink(temporaries[k]);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

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

void tool_start(const char *name)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    tool_name = name;
    keep_freed_memory();
    setlocale(LC_ALL, "C");
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    mi_set_warning_handler(on_warning, NULL);
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
    fputs(text, talk ? talk : stderr);
}

void tool_talk_into(FILE *stream)
{
    talk = stream;
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

mi_status tool_temporary_name(char **temporary, const char *path)
{
    size_t bytes = strlen(path) + 32;
    MI_TRY(mi_malloc(temporary, bytes, 1));
    snprintf(*temporary, bytes, "%s.tmp%ld", path, (long)getpid());
    for (int k = 0; k < MAX_TEMPORARIES; k++) {
        if (!temporaries[k]) {
            temporaries[k] = *temporary;
            break;
        }
    }
    return MI_OK;
}

void tool_temporary_done(const char *temporary)
{
    for (int k = 0; k < MAX_TEMPORARIES; k++)
        if (temporaries[k] == temporary)
            temporaries[k] = NULL;
}

mi_status tool_output_open(tool_output *o, const char *path)
{
    *o = (tool_output){.stream = stdout};
    if (!path || strcmp(path, "-") == 0)
        return MI_OK;
    struct stat st;
    int special = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
    MI_TRY(mi_strdup(&o->path, path));
    mi_status status = special ? MI_OK : tool_temporary_name(&o->temporary, path);
    if (status != MI_OK)
        goto fail;
    /* A device or a named pipe cannot be replaced by a rename: write into it. */
    o->stream = fopen(special ? path : o->temporary, "w");
    if (o->stream)
        return MI_OK;
    status = mi_fail(MI_ECREATE, "cannot create '%s': %s", path, strerror(errno));
fail:
    tool_temporary_done(o->temporary);
    mi_free(o->temporary);
    mi_free(o->path);
    *o = (tool_output){0};
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
    if (o->path && fclose(o->stream) != 0)
        failed = 1;
    if (failed)
        status = mi_fail(MI_EWRITE, "cannot write '%s': %s", name,
                         errno ? strerror(errno) : "write error");
    o->stream = NULL;
    if (status == MI_OK && o->temporary && rename(o->temporary, o->path) != 0)
        status = mi_fail(MI_ECREATE, "cannot create '%s': %s", o->path, strerror(errno));
    if (status != MI_OK && o->temporary)
        unlink(o->temporary);
    tool_temporary_done(o->temporary);
    mi_free(o->temporary);
    mi_free(o->path);
    *o = (tool_output){0};
    return status;
}

void tool_output_discard(tool_output *o)
{
    if (o->path && o->stream)
        fclose(o->stream);
    if (o->temporary) {
        unlink(o->temporary);
        tool_temporary_done(o->temporary);
    }
    mi_free(o->temporary);
    mi_free(o->path);
    *o = (tool_output){0};
}

/* A table in the place of a feature file is a slip, and would lose it. */
static mi_status check_not_features(const char *path)
{
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    char head[sizeof signature - 1] = {0};
    FILE *f = fopen(path, "r");
    if (!f)
        return MI_OK;
    size_t got = fread(head, 1, sizeof head, f);
    fclose(f);
    if (got < sizeof head || memcmp(head, signature, sizeof head) != 0)
        return MI_OK;
    return mi_fail(
        MI_ECREATE,
        "cannot create '%s': it is an HDF5 file, which a table would replace; name another", path);
}

mi_status tool_table_open(tool_output *o, mi_table_writer **w, const tool_table *t)
{
    struct stat st;
    /* Only what a rename would replace: a device or a pipe must not be read. */
    if (t->path && stat(t->path, &st) == 0 && S_ISREG(st.st_mode))
        MI_TRY(check_not_features(t->path));
    MI_TRY(tool_output_open(o, t->path));
    mi_table_format format = t->json                                     ? MI_TABLE_JSON
                             : !t->tsv && !o->path && tool_is_terminal() ? MI_TABLE_BLOCK
                                                                         : MI_TABLE_TSV;
    mi_status status = mi_table_writer_new(w, o->stream, format, (int)t->digits);
    if (status != MI_OK)
        tool_output_discard(o);
    return status;
}

/* ---- shared options ---- */

mi_status tool_parse_map(const char *text, void *to)
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
            return mi_fail(MI_EUSAGE, "'%.*s' is no member, wanted z1, z2, r, y or split", (int)n,
                           text);
        *members |= 1u << m;
        text += n;
        text += *text == ',';
    }
    return MI_OK;
}
