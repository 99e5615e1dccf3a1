/* validate_enough.h - mi-validate --enough: what a learning curve says, as a table or a report.
 *
 * uses: tool, libmi        used by: mi-validate
 */
#ifndef VALIDATE_ENOUGH_H
#define VALIDATE_ENOUGH_H

#include "tool.h"

typedef struct {
    const tool_table *table;
    double level, wanted_error; /* wanted_error nan: none */
    int text;                   /* the report for people */
} enough_opts;

/* The table has a learning curve, and no terms of --decompose that verdicts could be of. */
int enough_is_asked(const mi_table *t);

/* Write it. *code: 0, or TOOL_EXIT_NO where a change is beyond its error. */
mi_status enough_write(const mi_table *t, const enough_opts *o, int *code);

#endif
