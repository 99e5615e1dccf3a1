/* measure_private.h - what the files of the measure room share. Private.
 *
 * uses: measure            used by: measure, measure_spectrum
 */
#ifndef MI_MEASURE_PRIVATE_H
#define MI_MEASURE_PRIVATE_H

#include "measure.h"

/* Bits of an expression: each name may stand twice, the second time as a variable of its own. */
#define MI_MEASURE_VARS (2 * MI_MEASURE_NAMES)

/* The variables (MI_MEASURE_VARS, zeroed) of the members, borrowed from the sample; where a member
 * is not among them a stand-in that no expression asks for. Free each with mi_var_free, also after
 * a failure. */
mi_status mi_measure_vars(mi_var *var, const mi_sample *s, unsigned members);

#endif
