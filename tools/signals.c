/* Signals. Handlers do only what POSIX calls async-signal-safe: unlink, write, _exit. */
#include "signals.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "libmi/mi.h"
#include "tool.h"

#define MAX_TEMPORARIES 8

/* Processor time between two looks at what HDF5 does. Opening a group or reading an attribute takes
 * milliseconds; a file of a million groups makes that many steps. */
enum { LOOK_SECONDS = 10 };

/* Of a handler's own stack. */
enum { STACK_BYTES = 1 << 16 };

static const char *tool_name = "mi";
static char *volatile temporaries[MAX_TEMPORARIES];

/* ---- unfinished files ---- */

static void forget(int k)
{
    char *path = temporaries[k];
    temporaries[k] = NULL; /* first: a signal may come now */
    free(path);
}

/* mi_temporary_fn */
static void note(const char *temporary, int is_there)
{
    int k = 0;
    while (k < MAX_TEMPORARIES &&
           (is_there ? temporaries[k] != NULL
                     : !temporaries[k] || strcmp(temporaries[k], temporary) != 0))
        k++;
    if (k < MAX_TEMPORARIES && is_there)
        temporaries[k] = strdup(temporary);
    else if (k < MAX_TEMPORARIES)
        forget(k);
}

static void remove_temporaries(void)
{
    for (int k = 0; k < MAX_TEMPORARIES; k++)
        if (temporaries[k])
            unlink(temporaries[k]);
}

/* ---- damaged files ---- */

static void append(char *line, size_t bytes, const char *text)
{
    size_t used = strlen(line), n;
    for (; *text && used + 5 < bytes; text += n ? n : 1) {
        n = mi_utf8_printable(text);
        if (n)
            memcpy(line + used, text, n);
        else
            line[used] = '?';
        used += n ? n : 1;
    }
    line[used] = 0;
}

/* The line of an error, without stdio: it may be what crashed. */
static _Noreturn void end_at(const char *file, const char *what, int code)
{
    char line[1024] = "";
    append(line, sizeof line, tool_name);
    append(line, sizeof line, ": ");
    append(line, sizeof line, file);
    append(line, sizeof line, what);
    size_t n = strlen(line);
    line[n++] = '\n';
    remove_temporaries();
    ssize_t written = write(STDERR_FILENO, line, n);
    (void)written;
    _exit(code);
}

/* A signal that another process sent says nothing of the file. */
static void on_crash(int number, siginfo_t *info, void *context)
{
    mi_watched now = mi_watch_look();
    (void)context;
    if (now.file && now.is_here && info->si_code != SI_USER)
        end_at(now.file, ": damaged: the library that reads it crashes", TOOL_EXIT_DATA);
    remove_temporaries();
    signal(number, SIG_DFL);
    raise(number);
}

/* No progress for LOOK_SECONDS of processor time of the thread that reads; others may compute. */
static void on_time(int number)
{
    static mi_watched before;
    mi_watched now = mi_watch_look();
    (void)number;
    if (!now.file || now.in_data || now.steps != before.steps)
        before = now;
    else if (now.seconds - before.seconds > 0.9 * LOOK_SECONDS)
        end_at(now.file, ": damaged: the library that reads it comes to no end", TOOL_EXIT_DATA);
}

mi_status signals_in_thread(mi_status (*fn)(void *arg), void *arg)
{
    char stack[STACK_BYTES];
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    stack_t before;
    int is_other = sigaltstack(&other, &before) == 0;
    mi_status status = fn(arg);
    if (is_other)
        sigaltstack(&before, NULL);
    return status;
}

/* A crash may be an overflow of the stack, so its handler has another one. */
static void catch_crashes(void)
{
    static const int crash[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    static char stack[STACK_BYTES];
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    const int flags =
        SA_SIGINFO | (int)SA_RESETHAND | (sigaltstack(&other, NULL) == 0 ? SA_ONSTACK : 0);
    const struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = flags};
    for (size_t k = 0; k < sizeof crash / sizeof *crash; k++)
        sigaction(crash[k], &action, NULL);
}

static void watch(void)
{
    const struct sigaction action = {.sa_handler = on_time, .sa_flags = SA_RESTART};
    const struct itimerval every = {{LOOK_SECONDS, 0}, {LOOK_SECONDS, 0}};
    if (sigaction(SIGPROF, &action, NULL) == 0)
        setitimer(ITIMER_PROF, &every, NULL);
}

/* ---- ends ---- */

static void on_end(int number)
{
    remove_temporaries();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_ends(void)
{
    static const int always[] = {SIGINT, SIGTERM, SIGQUIT}, unless_ignored[] = {SIGHUP, SIGPIPE};
    const struct sigaction action = {.sa_handler = on_end, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    for (size_t k = 0; k < sizeof always / sizeof *always; k++)
        sigaction(always[k], &action, NULL);
    for (size_t k = 0; k < sizeof unless_ignored / sizeof *unless_ignored; k++)
        if (sigaction(unless_ignored[k], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(unless_ignored[k], &action, NULL);
    signal(SIGXFSZ, SIG_IGN);
}

/* HDF5 calls exit(-1) where it has no memory to say so; no tool does. */
static void on_exit_code(int code, void *arg)
{
    (void)arg;
    if ((code & 0xff) == 0xff)
        end_at("", "out of memory in HDF5, which ended the program; nothing was written",
               TOOL_EXIT_MEMORY);
}

void signals_catch(const char *tool)
{
    tool_name = tool;
    mi_set_temporary_handler(note);
    catch_ends();
    catch_crashes();
    on_exit(on_exit_code, NULL);
    watch();
}
