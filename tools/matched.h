/* matched.h - two feature sets whose rows were matched: what is said of it.
 *
 * uses: tool, libmi        used by: mi-align mi-compare
 */
#ifndef MATCHED_H
#define MATCHED_H

#include "tool.h"

/* "A:g against B:g", which messages are about, into buffer; returns it. */
const char *matched_name(const mi_set *a, const mi_set *b, char *buffer, size_t bytes);

/* Say how rows without ids were matched, and how many instances are left out. */
void matched_warn(const char *name, const mi_matched *m, int has_ids);

#endif
