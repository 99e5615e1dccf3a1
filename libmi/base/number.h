/* number.h - numbers as text in the C locale, whatever the locale of the process; units of
 * logarithm. Private; printing is exported for libmi-train.
 *
 * uses: base/status
 */
#ifndef MI_NUMBER_H
#define MI_NUMBER_H

#include <locale.h>
#include <stddef.h>

#include "libmi/base/status.h"

enum { MI_NUMBER_BYTES = 32 }; /* room for any double at 17 digits */

/* Write `value` with `digits` significant digits (1..17), "nan", "inf" or "-inf" into
 * buffer[MI_NUMBER_BYTES]; returns buffer. */
MI_API const char *mi_number_print(char *buffer, int digits, double value);

/* The fewest digits that read back to `value`, 15 at the least. */
const char *mi_number_print_shortest(char *buffer, double value);

/* 1 when the whole text is a number ("nan" and "inf" are), which is then in *value; else 0. */
int mi_number_parse(const char *text, double *value);

/* strtod in the C locale. */
double mi_number_read(const char *text, char **end);

/* Until mi_number_locale_end, given what this returned, printf of this thread writes numbers as in the C
 * locale, and strtod reads them so. */
locale_t mi_number_locale(void);
void mi_number_locale_end(locale_t before);

/* What nats are multiplied by to be in units of logarithm base `base`: 1 exactly for e. */
double mi_entropy_unit(double base);

#endif
