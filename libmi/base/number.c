/* Numbers as text and back, in the C locale whatever the program's is; the shortest text that reads
 * back equal. */
#include "libmi/base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

locale_t mi_number_locale(void)
{
    return uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

void mi_number_locale_end(locale_t before)
{
    freelocale(uselocale(before));
}

const char *mi_number_print(char *buffer, int digits, double value)
{
    /* printf shows the sign of a nan, which means nothing here. */
    if (isnan(value)) {
        snprintf(buffer, MI_NUMBER_BYTES, "nan");
        return buffer;
    }
    locale_t before = mi_number_locale();
    snprintf(buffer, MI_NUMBER_BYTES, "%.*g", digits, value);
    mi_number_locale_end(before);
    return buffer;
}

const char *mi_number_print_shortest(char *buffer, double value)
{
    double back;
    for (int digits = 15; digits < 17; digits++) {
        mi_number_print(buffer, digits, value);
        if (mi_number_parse(buffer, &back) && (back == value || isnan(value)))
            return buffer;
    }
    return mi_number_print(buffer, 17, value);
}

double mi_number_read(const char *text, char **end)
{
    locale_t before = mi_number_locale();
    double value = strtod(text, end);
    mi_number_locale_end(before);
    return value;
}

int mi_number_parse(const char *text, double *value)
{
    char *end;
    *value = mi_number_read(text, &end);
    return end != text && *end == 0;
}

double mi_entropy_unit(double base)
{
    return base == exp(1) ? 1 : 1 / log(base);
}
