/* visible.h - standard output that is a terminal: control characters and bytes that are no text are shown, not
 * obeyed.
 *
 * uses: libmi         used by: tool
 */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <stdio.h>

/* A stream whose lines go to standard output with what a terminal would obey as \xHH or \uHHHH; tabs and
 * newlines stay. NULL when memory is out. Close it with fclose, which leaves standard output open. */
FILE *visible_open(void);

#endif
