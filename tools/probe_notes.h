/* probe_notes.h - what mi-probe --write records in the files it read.
 *
 * uses: tool, libmi        used by: mi-probe
 */
#ifndef PROBE_NOTES_H
#define PROBE_NOTES_H

#include "tool.h"

#define PROBE_QUANTITIES 5 /* recorded of each probe */
#define PROBE_NOTES      (2 * MI_PROBES * PROBE_QUANTITIES)

/* The results of one set, kept until all are there to be written. */
typedef struct {
    const mi_set *set;
    mi_note note[PROBE_NOTES];
    char name[PROBE_NOTES][48];
    size_t n;
} probe_notes;

/* Keep the result of a probe of variable m as notes to be written. */
void probe_notes_add(probe_notes *to, mi_member_id m, const mi_probe_job *job);

/* Write the notes of n sets (those without `set` have none) into their files, file after file, each
 * as a whole. history: the line to add to their history, or NULL. Errors: as mi_annotate. */
mi_status probe_notes_write(const probe_notes *kept, size_t n, const char *history);

#endif
