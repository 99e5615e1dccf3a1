/* Names of enumerations, read. */
#include "libmi/base/name.h"

#include <stdio.h>
#include <string.h>

mi_status mi_name_find(unsigned *place, const char *const *name, unsigned n, const char *text)
{
    char all[512] = "";
    size_t used = 0;
    for (unsigned k = 0; k < n; k++) {
        if (strcmp(name[k], text) == 0) {
            *place = k;
            return MI_OK;
        }
        if (used < sizeof all)
            used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", k ? "|" : "", name[k]);
    }
    return mi_fail(MI_EUSAGE, "wanted one of %s", all);
}
