/* notes.h - numbers that a tool records in the files it read, as attributes of their groups.
 *
 * uses: tool, libmi        used by: mi-bounds mi-probe
 */
#ifndef NOTES_H
#define NOTES_H

#include "tool.h"

/* A row of the option --no-history, of an int. */
extern const opt_row notes_rows[];

/* Notes of many sets, kept until all are there to be written. {0} has none. */
typedef struct {
    char **file; /* (n) in which each belongs */
    mi_note *note;
    size_t n, room, file_room;
} notes;

/* Files can be written into, standard input cannot: to be asked before the work. Errors: MI_EUSAGE
 * naming the option. */
mi_status notes_check(const char *option, int n_args, char *const *args);

/* Keep `value` to be the attribute of a set's group that the format names. Errors: MI_ENOMEM. */
mi_status notes_add(notes *to, const mi_set *set, double value, const char *format, ...)
    MI_PRINTF(4, 5);

/* Write all of them, file after file, each as a whole. Without no_history the command line goes to
 * the history of each. The features must be closed, or let go. Errors: as mi_annotate. */
mi_status notes_write(const notes *kept, int no_history);
void notes_free(notes *kept);

#endif
