#include "ranks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Text written into memory, from the start again after each rewind. */
typedef struct {
    FILE *stream;
    char *text;
    size_t bytes;
} memory_text;

static struct {
    int rank, size;
    int standard_error; /* while it is silent */
    memory_text rows, talk;
} here = {.size = 1};

/* ---- before there is MPI ---- */

static void exit_without_code(void)
{
    _exit(0);
}

/* Messages of the parser, and of a library, go to either stream: nobody hears them of this rank. */
static void fall_silent(void)
{
    int nowhere = open("/dev/null", O_WRONLY);
    here.standard_error = dup(STDERR_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
    /* mpirun ends the others at once when one exits with a code: rank 0 has a message to say. */
    atexit(exit_without_code);
}

void ranks_start(int shares_work)
{
    here.size = mi_comm_launched(&here.rank);
    if (here.size == 1)
        return;
    if (here.rank > 0)
        fall_silent();
    mi_status status =
        shares_work
            ? mi_comm_check()
            : mi_fail(
                  MI_EUSAGE,
                  "this tool works in one process, found %d that were started together; leave out "
                  "mpirun (srun --mpi=none keeps several apart)",
                  here.size);
    if (status != MI_OK)
        exit(tool_fail(status));
}

void ranks_parsed(void)
{
    if (here.rank == 0)
        return;
    dup2(here.standard_error, STDERR_FILENO);
    close(here.standard_error);
    here.rows.stream = open_memstream(&here.rows.text, &here.rows.bytes);
    here.talk.stream = open_memstream(&here.talk.text, &here.talk.bytes);
    if (!here.rows.stream || !here.talk.stream)
        abort(); /* which mpirun makes the end of all */
    tool_talk_into(here.talk.stream);
}

/* ---- all together ---- */

static mi_status check_command_line(mi_comm *comm)
{
    const char *own = opt_command_line();
    char *first = NULL;
    size_t bytes = strlen(own) + 1;
    mi_status status = MI_OK;
    if (mi_comm_rank(comm) == 0)
        MI_TRY(mi_strdup(&first, own));
    status = mi_comm_share(comm, &first, &bytes);
    if (status == MI_OK && strcmp(first, own) != 0)
        status = mi_fail(MI_EUSAGE,
                         "processes that were started together have different command lines: '%s' "
                         "and '%s'; start them apart (srun --mpi=none)",
                         first, own);
    mi_free(first);
    return status;
}

/* ---- files ---- */

enum { SAMPLES = 16, SAMPLE_BYTES = 4096 };

/* FNV-1a over blocks that are spread over the file. */
static unsigned long hash_of_file(const char *path)
{
    static unsigned char block[SAMPLE_BYTES];
    unsigned long hash = 0xcbf29ce484222325u;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        st.st_size = 0;
    for (int k = 0; k < SAMPLES; k++) {
        ssize_t got = pread(fd, block, sizeof block, st.st_size / SAMPLES * k);
        for (ssize_t i = 0; i < got; i++)
            hash = (hash ^ block[i]) * 0x100000001b3u;
    }
    if (fd >= 0)
        close(fd);
    return hash ^ (unsigned long)st.st_size;
}

/* A hash for each set, of the file that it is in; standard input is rank 0's. */
static mi_status hash_sets(unsigned long **out, const mi_features *f, size_t n)
{
    MI_TRY(MI_NEW(*out, n + 1));
    for (size_t i = 0; i < n; i++) {
        const char *file = mi_features_set(f, i)->file;
        int is_known = i > 0 && strcmp(file, mi_features_set(f, i - 1)->file) == 0;
        if (strcmp(file, "-") != 0)
            (*out)[i] = is_known ? (*out)[i - 1] : hash_of_file(file);
    }
    (*out)[n] = n;
    return MI_OK;
}

static mi_status compare_files(mi_comm *comm, const mi_features *f, const unsigned long *own)
{
    size_t n = mi_features_count(f), bytes = (n + 1) * sizeof *own, i = 0;
    unsigned long *first = NULL;
    if (mi_comm_rank(comm) == 0) {
        MI_TRY(MI_NEW(first, n + 1));
        memcpy(first, own, bytes);
    }
    mi_status status = mi_comm_share(comm, &first, &bytes);
    size_t others = bytes / sizeof *own - 1;
    while (status == MI_OK && i < n && i < others && first[i] == own[i])
        i++;
    if (status == MI_OK && (i < n || i < others))
        status = mi_fail(
            MI_EOPEN, "rank %d of %d reads another '%s' than rank 0; all must read the same file",
            mi_comm_rank(comm), mi_comm_size(comm), mi_features_set(f, i < n ? i : n - 1)->file);
    mi_free(first);
    return status;
}

static mi_status name_rank(mi_comm *comm, mi_status status)
{
    char why[1024];
    snprintf(why, sizeof why, "%s", mi_detail());
    return mi_comm_rank(comm) == 0
               ? status
               : mi_fail(status, "rank %d of %d: %s", mi_comm_rank(comm), mi_comm_size(comm), why);
}

mi_status ranks_check_files(mi_comm *comm, const mi_features *f, mi_status status)
{
    unsigned long *own;
    if (status != MI_OK)
        return name_rank(comm, status);
    if (mi_comm_size(comm) == 1)
        return MI_OK;
    MI_TRY(hash_sets(&own, f, mi_features_count(f)));
    status = compare_files(comm, f, own);
    mi_free(own);
    return status;
}

mi_status ranks_join(mi_comm **comm)
{
    MI_TRY(mi_comm_open(comm));
    return *comm ? mi_comm_settle(*comm, check_command_line(*comm)) : MI_OK;
}

void ranks_leave(mi_comm *comm)
{
    mi_comm_close(comm);
    if (here.rank == 0)
        return;
    tool_talk_into(NULL);
    fclose(here.rows.stream);
    fclose(here.talk.stream);
    free(here.rows.text);
    free(here.talk.text);
}

mi_status ranks_table_open(mi_table_writer **w, const tool_table *t)
{
    mi_table_format format = t->json ? MI_TABLE_JSON : t->csv ? MI_TABLE_CSV : MI_TABLE_TSV;
    MI_TRY(mi_table_writer_new(w, here.rows.stream, format, t->digits));
    mi_table_part(*w);
    return MI_OK;
}

/* ---- each by itself, and back ---- */

void ranks_part(void)
{
    if (here.rank == 0)
        return;
    rewind(here.rows.stream);
    rewind(here.talk.stream);
}

/* One text of every rank, one after the other, and where each starts (size+1). */
typedef struct {
    char *text;
    size_t *start;
} all_texts;

static mi_status collect(all_texts *all, mi_comm *comm, memory_text *mine)
{
    MI_TRY(MI_NEW(all->start, (size_t)here.size + 1));
    if (mine->stream)
        fflush(mine->stream);
    return mi_comm_collect(comm, mine->text, mine->bytes, &all->text, all->start);
}

static mi_status write_part(mi_table_writer *w, const all_texts *rows, const all_texts *talk, int k)
{
    fwrite(talk->text + talk->start[k], 1, talk->start[k + 1] - talk->start[k], stderr);
    return mi_table_append(w, rows->text + rows->start[k], rows->start[k + 1] - rows->start[k]);
}

mi_status ranks_meet(mi_comm *comm, mi_table_writer *w, mi_status status, int keep_going, int *code,
                     int *stop)
{
    mi_status *of = NULL, result;
    all_texts rows = {0}, talk = {0};
    MI_TRY_GOTO(result, MI_NEW(of, (size_t)here.size), done);
    of[here.rank] = status;
    MI_TRY_GOTO(result, mi_comm_merge(comm, of, (size_t)here.size * sizeof *of), done);
    MI_TRY_GOTO(result, collect(&rows, comm, &here.rows), done);
    MI_TRY_GOTO(result, collect(&talk, comm, &here.talk), done);
    for (int k = 0; k < here.size && !*stop; k++) {
        if (here.rank == 0 && k > 0)
            MI_TRY_GOTO(result, write_part(w, &rows, &talk, k), done);
        if (of[k] == MI_OK)
            continue;
        *code = *code ? *code : tool_exit_code(of[k]);
        *stop = !keep_going || of[k] == MI_EWRITE;
    }
done:
    mi_free(of);
    mi_free(rows.text);
    mi_free(rows.start);
    mi_free(talk.text);
    mi_free(talk.start);
    return mi_comm_settle(comm, result);
}
