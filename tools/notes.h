/* notes.h - numbers that a tool records in the files it read, as attributes of their groups.
 *
 * uses: tool, libmi        used by: mi-bounds mi-probe
 */
#ifndef NOTES_H
#define NOTES_H

#include <stdint.h>
#include <sys/stat.h>

#include "tool.h"

/* A row of the option --no-history, of an int. */
extern const opt_row notes_rows[];

/* What a set was before it was computed with. */
typedef struct {
    char *file, *group;
    struct stat stat; /* of the file */
    uint64_t digest;
} notes_seen;

/* Notes of many sets, kept until all are there to be written. {0} has none. */
typedef struct {
    char **file; /* (n) in which each belongs */
    mi_note *note;
    size_t n, room, file_room;
    notes_seen *seen; /* (n_seen) */
    size_t n_seen, seen_room;
    const mi_features_opts *opts;
    unsigned members; /* that the numbers are of */
} notes;

/* Files can be written into, standard input cannot: to be asked before the work. Errors: MI_EUSAGE
 * naming the option. */
mi_status notes_check(const char *option, int n_args, char *const *args);

/* Look at all sets before they are computed with: their members in `members` (bits) must be the same when the notes
 * are written. `opts`, which f was opened with, is borrowed. Reads these members. Errors: MI_ENOMEM. */
mi_status notes_look(notes *to, mi_features *f, const mi_features_opts *opts, unsigned members);

/* Keep `value` to be the attribute of a set's group that the format names. Errors: MI_ENOMEM. */
mi_status notes_add(notes *to, const mi_set *set, double value, const char *format, ...)
    MI_PRINTF(4, 5);

/* Write all of them, file after file, each as a whole. Without no_history the command line goes to
 * the history of each. The features must be closed, or let go. Errors: as mi_annotate; MI_EWRITE for a set that was
 * changed since notes_look. */
mi_status notes_write(const notes *kept, int no_history);
void notes_free(notes *kept);

#endif
