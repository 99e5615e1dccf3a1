/* Numbers as text and back, in the C locale whatever the program's is; the shortest text that reads
 * back equal. */
#include "libmi/base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *mi_number_print(char *buffer, int digits, double value)
{
    /* printf shows the sign of a nan, which means nothing here. */
    if (isnan(value)) {
        snprintf(buffer, MI_NUMBER_BYTES, "nan");
        return buffer;
    }
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = uselocale(c);
    snprintf(buffer, MI_NUMBER_BYTES, "%.*g", digits, value);
    uselocale(before);
    freelocale(c);
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

int mi_number_parse(const char *text, double *value)
{
    char *end;
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    *value = strtod_l(text, &end, c);
    freelocale(c);
    return end != text && *end == 0;
}

double mi_entropy_unit(double base)
{
    return base == exp(1) ? 1 : 1 / log(base);
}
