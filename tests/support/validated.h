/* validated.h - a row of mi-bounds made by hand, and what mi_validate says of it. */
#ifndef VALIDATED_H
#define VALIDATED_H

#include "libmi/mi.h"

/* A cell of the typical row, changed; a NULL cell leaves the column out. */
typedef struct {
    const char *name, *cell;
} change;

enum { MOST_CHANGES = 14 };

typedef struct {
    mi_table table;
    mi_validation v;
    mi_status status;
} validated;

/* Validate the typical row, in which both identities are exact, with changes (ended by a NULL
 * name). Free the table. */
void validate(validated *x, const change *changes, double level);

/* Short names for tables of tests. */
#define HOLDS MI_VERDICT_HOLDS
#define FAILS MI_VERDICT_FAILS
#define OPEN  MI_VERDICT_UNDECIDED
#define VOID  MI_VERDICT_NOT_APPLICABLE
#define T     MI_STANDING_THEOREM
#define O     MI_STANDING_OBSERVATION
#define I     MI_STANDING_IDENTITY

/* Order 1, delta kernels, all premises 0: an exact chain by its terms. */
#define CHAIN                                                                            \
    {"alpha", "1"}, {"kernel", "z1=delta,z2=delta"}, {"I_Y_R_given_Z1", "4e-16"},        \
        {"I_Z1_R_given_Z2", "-4e-16"}, {"I_Y_Z2_given_Z1", "0"}, {"slack_lower", "0.5"}, \
        {"slack_upper", "0.15"},                                                         \
    {                                                                                    \
        "dpi_R", "0.05"                                                                  \
    }

#endif
