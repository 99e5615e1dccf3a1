#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { DATA_FD = 3 };

mi_status child_file_of(FILE **out, const char *text)
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

static mi_status spawn(const child *c, int out, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (c->input)
        posix_spawn_file_actions_adddup2(&actions, fileno(c->input), STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(c->said), STDERR_FILENO);
    if (c->data)
        posix_spawn_file_actions_adddup2(&actions, fileno(c->data), DATA_FD);
    int error = posix_spawnp(pid, c->argv[0], &actions, NULL, c->argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        return mi_fail(MI_ELIBRARY, "cannot run %s: %s%s", c->argv[0], strerror(error), c->help);
    return MI_OK;
}

/* What read found, tried again after a signal. */
static ssize_t read_some(int from, char *buffer, size_t bytes)
{
    ssize_t got;
    do
        got = read(from, buffer, bytes);
    while (got < 0 && errno == EINTR);
    return got;
}

/* `out` is in memory or a temporary file. */
static mi_status no_place(const char *name)
{
    return errno == ENOMEM
               ? mi_fail(MI_ENOMEM, "out of memory for what %s writes", name)
               : mi_fail(MI_EWRITE, "cannot write a temporary file: %s", strerror(errno));
}

/* Keep what the child writes; after a failure go on reading, so that the child can end. */
static mi_status copy_output(int from, FILE *out, const char *name)
{
    char buffer[1 << 16];
    ssize_t got;
    mi_status status = MI_OK;
    while ((got = read_some(from, buffer, sizeof buffer)) > 0)
        if (status == MI_OK && fwrite(buffer, 1, (size_t)got, out) != (size_t)got)
            status = no_place(name);
    if (status == MI_OK && fflush(out) != 0)
        status = no_place(name);
    return got < 0 ? mi_fail(MI_ELIBRARY, "cannot read what %s draws: %s", name, strerror(errno))
                   : status;
}

static mi_status wait_for(const child *c, pid_t pid, int *code)
{
    int how;
    while (waitpid(pid, &how, 0) < 0)
        if (errno != EINTR)
            return mi_fail(MI_ELIBRARY, "lost %s: %s", c->argv[0], strerror(errno));
    if (WIFSIGNALED(how))
        return mi_fail(MI_ELIBRARY, "%s was ended by signal %d", c->argv[0], WTERMSIG(how));
    *code = WEXITSTATUS(how);
    return MI_OK;
}

mi_status child_run(const child *c, FILE *out, int *code)
{
    int end[2];
    pid_t pid;
    if (c->input)
        lseek(fileno(c->input), 0, SEEK_SET);
    if (pipe2(end, O_CLOEXEC) != 0)
        return mi_fail(MI_ELIBRARY, "cannot make a pipe: %s", strerror(errno));
    mi_status status = spawn(c, end[1], &pid);
    close(end[1]);
    if (status == MI_OK) {
        mi_status copied = copy_output(end[0], out, c->argv[0]);
        status = wait_for(c, pid, code);
        status = status == MI_OK ? copied : status;
    }
    close(end[0]);
    return status;
}
