/* watch.h - the file that another library is at work on, for a program that must say so when that
 * library crashes or never comes back.
 *
 * uses: base/status base/watch_internal
 *
 * Files from strangers can be damaged in ways that HDF5 does not survive. This library marks its calls
 * of it and of other libraries that read files, and counts its steps. What to do is the program's: the
 * tools look from a signal handler. There is one state for the process; it is written by the thread
 * that reads files, and may be read at any time.
 */
#ifndef MI_WATCH_H
#define MI_WATCH_H

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    const char *file;    /* at work on it; NULL: no other library is at work */
    int is_here;         /* it is the calling thread that is */
    int in_data;         /* values are under way, for which any time may be right */
    unsigned long steps; /* so far; equal at two looks: no progress between them */
    double seconds;      /* processor time, so far, of the thread that is at work on it */
} mi_watched;

/* Safe in a signal handler. O(1). */
MI_API mi_watched mi_watch_look(void);

#ifdef __cplusplus
}
#endif

#endif
