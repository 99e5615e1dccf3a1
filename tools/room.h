/* room.h - --memory as a promise: the most that the process takes, itself included.
 *
 * uses: tool, libmi        used by: estimate mi-probe mi-train mi-transform
 */
#ifndef ROOM_H
#define ROOM_H

#include "tool.h"

#define ROOM_HELP "most memory to take, as 500M or 8G (default: three quarters of what is free)"

/* --memory into a size_t, 0: none is given. */
extern const opt_row room_rows[];

/* What is left of --memory beside the program with so many threads; 0 stays. From then on memory that is
 * freed goes back. Before the first thread. Errors: MI_EMEMORY. */
mi_status room_leave(size_t *memory_bytes, int threads);

/* MI_EMEMORY in the name of a set unless so many bytes are allowed (0: any). */
mi_status room_for(const mi_set *s, const char *what, double needed, size_t allowed);

#endif
