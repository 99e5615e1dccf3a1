/* ranks.h - a tool on several processes of mpirun or srun: all work, rank 0 is heard.
 *
 * uses: tool, libmi        used by: opt estimate
 *
 * The ranks but 0 write into memory what they would write into the table or say on standard error.
 * Of work that all ranks do together it is dropped, since rank 0 writes and says the same; of work
 * that each does by itself rank 0 collects it. Rank 0 alone has an exit code.
 */
#ifndef RANKS_H
#define RANKS_H

#include "tool.h"

/* Before the command line is parsed. A tool that does not share its work, or a build without MPI,
 * ends here when it was started several times over, with a message of rank 0. */
void ranks_start(int shares_work);
/* After it has been parsed without an error. */
void ranks_parsed(void);

/* Start MPI where there are several ranks; *comm is NULL where there are not. Errors: MI_EUSAGE,
 * also when the ranks have different command lines. */
mi_status ranks_join(mi_comm **comm);
void ranks_leave(mi_comm *comm);

/* What rank 0 alone cannot see: another rank has failed, which is then named, or reads another file under the
 * same name (sizes and some of the bytes are compared). Collective where `status` is MI_OK; errors: also
 * MI_EOPEN. */
mi_status ranks_check_files(mi_comm *comm, const mi_features *f, mi_status status);

/* The writer of a rank other than 0; declare the same columns as rank 0 does. */
mi_status ranks_table_open(mi_table_writer **w, const tool_table *t);

/* Each rank goes to work by itself. */
void ranks_part(void);

/* Each comes back with the rows it wrote, and `status`, of which it has spoken. Rank 0 writes them
 * in the order of ranks, up to the first that failed unless keep_going. *code: exit code of that
 * one, else as it was; *stop: no more rows are wanted. Collective; errors: those of any rank. */
mi_status ranks_meet(mi_comm *comm, mi_table_writer *w, mi_status status, int keep_going, int *code,
                     int *stop);

#endif
