/* signals.h - what ends a tool from outside takes its unfinished files with it. A crash of HDF5 on a
 * damaged file, and a loop in it without end, become one line and exit code 65.
 *
 * uses: libmi              used by: tool, and every tool that writes files
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "libmi/base/status.h"

/* Catches what ends a process, and removes the temporary files that libmi makes then: interrupts, a closed
 * terminal or pipe, crashes. A hang-up or a closed pipe that the caller has chosen to ignore (nohup) stays
 * ignored; more than a file may hold is an error of the write. */
void signals_catch(const char *tool);

/* fn(arg), in a thread that reads files beside the first one, where an overflow of that thread's stack
 * is to be caught too. Returns what fn does. */
mi_status signals_in_thread(mi_status (*fn)(void *arg), void *arg);

#endif
