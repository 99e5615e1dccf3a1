#include "gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define PACKAGE "(Debian and Ubuntu: apt install gnuplot-nox)"

enum { DATA_FD = 3, SAID_BYTES = 4096 };

/* An unlinked file that holds text, at its start. */
static mi_status file_of(FILE **out, const char *text)
{
    *out = tmpfile();
    if (*out && fputs(text, *out) >= 0 && fflush(*out) == 0) {
        rewind(*out);
        return MI_OK;
    }
    mi_status status = mi_fail(MI_EWRITE, "cannot write a temporary file: %s", strerror(errno));
    if (*out)
        fclose(*out);
    *out = NULL;
    return status;
}

/* ---- the child ---- */

typedef struct {
    FILE *script, *data, *said; /* said: its standard error */
    int picture;                /* read end of its standard output */
    pid_t pid;
} child;

static mi_status spawn(child *c, int out)
{
    /* -d: the user's own settings must not change a chart; nor stop it, as a GNUTERM does that this
     * gnuplot lacks, before the script is read. */
    char *const argv[] = {"gnuplot", "-d", NULL};
    unsetenv("GNUTERM");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(c->script), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(c->said), STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(c->data), DATA_FD);
    int error = posix_spawnp(&c->pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        return mi_fail(MI_ELIBRARY, "cannot run gnuplot: %s " PACKAGE, strerror(error));
    return MI_OK;
}

static mi_status start(child *c, const char *script, const char *data)
{
    int end[2];
    MI_TRY(file_of(&c->script, script));
    MI_TRY(file_of(&c->data, data));
    MI_TRY(file_of(&c->said, ""));
    if (pipe2(end, O_CLOEXEC) != 0)
        return mi_fail(MI_ELIBRARY, "cannot make a pipe: %s", strerror(errno));
    mi_status status = spawn(c, end[1]);
    close(end[1]);
    if (status == MI_OK)
        c->picture = end[0];
    else
        close(end[0]);
    return status;
}

/* Keep what the child writes; after a failure go on reading, so that the child can end. */
static mi_status copy_picture(int from, FILE *out)
{
    char buffer[1 << 16];
    ssize_t got;
    mi_status status = MI_OK;
    while ((got = read(from, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0 || status != MI_OK)
            continue;
        if (fwrite(buffer, 1, (size_t)got, out) != (size_t)got)
            status = mi_fail(MI_ENOMEM, "out of memory for a picture");
    }
    return status;
}

static void finish(child *c)
{
    if (c->script)
        fclose(c->script);
    if (c->data)
        fclose(c->data);
    if (c->said)
        fclose(c->said);
}

/* ---- what it says ---- */

static void read_said(char *said, FILE *from)
{
    rewind(from);
    said[fread(said, 1, SAID_BYTES - 1, from)] = 0;
}

/* An error is told below a copy of the command and a caret: "line 0: message". */
static const char *message_in(char *said)
{
    static const char place[] = "line 0: ";
    const char *message = "failed without a message";
    for (char *line = strtok(said, "\n"); line; line = strtok(NULL, "\n")) {
        line += strspn(line, " \t");
        if (*line && !strstr(line, "warning: "))
            message = line;
    }
    return strncmp(message, place, strlen(place)) == 0 ? message + strlen(place) : message;
}

static mi_status wait_for(const child *c, char *said)
{
    int how;
    while (waitpid(c->pid, &how, 0) < 0)
        if (errno != EINTR)
            return mi_fail(MI_ELIBRARY, "lost gnuplot: %s", strerror(errno));
    read_said(said, c->said);
    if (WIFSIGNALED(how))
        return mi_fail(MI_ELIBRARY, "gnuplot was ended by signal %d", WTERMSIG(how));
    if (WEXITSTATUS(how) != 0)
        return mi_fail(MI_ELIBRARY, "gnuplot: %s", message_in(said));
    return MI_OK;
}

static mi_status run(const char *script, const char *data, FILE *out, char *said)
{
    child c = {0};
    mi_status status = start(&c, script, data);
    if (status == MI_OK) {
        mi_status copied = copy_picture(c.picture, out);
        close(c.picture);
        status = wait_for(&c, said);
        status = copied == MI_OK ? status : copied;
    }
    finish(&c);
    return status;
}

/* ---- what mi-plot asks for ---- */

/* `word` stands in a list of words. */
static int has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\n' || at[n] == 0))
            return 1;
    return 0;
}

/* Nothing was drawn: for want of the terminal, or for the reason that is known. */
static mi_status explain(mi_status status, const char *terminal)
{
    char why[SAID_BYTES], said[SAID_BYTES];
    snprintf(why, sizeof why, "%s", status == MI_OK ? "gnuplot drew nothing" : mi_detail());
    if (run("print GPVAL_TERMINALS\n", "", stdout, said) == MI_OK && !has_word(said, terminal))
        return mi_fail(MI_ELIBRARY, "this gnuplot has no terminal %s " PACKAGE, terminal);
    return mi_fail(status == MI_OK ? MI_ELIBRARY : status, "%s", why);
}

mi_status gnuplot_draw(const char *script, const char *data, const char *terminal, FILE *out,
                       const char *out_name)
{
    char said[SAID_BYTES], *picture = NULL;
    size_t bytes;
    FILE *memory = open_memstream(&picture, &bytes);
    if (!memory)
        return mi_fail(MI_ENOMEM, "out of memory for a picture");
    mi_status status = run(script, data, memory, said);
    if (fclose(memory) != 0 && status == MI_OK)
        status = mi_fail(MI_ENOMEM, "out of memory for a picture");
    else if (status == MI_ELIBRARY || (status == MI_OK && bytes == 0))
        status = explain(status, terminal);
    if (status == MI_OK && fwrite(picture, 1, bytes, out) != bytes)
        status = mi_fail(MI_EWRITE, "cannot write '%s': %s", out_name, strerror(errno));
    free(picture);
    return status;
}
