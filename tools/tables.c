#include "tables.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static mi_status read_one(mi_table *out, const char *path)
{
    if (strcmp(path, "-") == 0)
        return mi_table_read(out, stdin, "standard input");
    FILE *f = fopen(path, "r");
    if (!f)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    mi_status status = mi_table_read(out, f, path);
    fclose(f);
    return status;
}

mi_status tables_read(mi_table *out, char **file, size_t n)
{
    mi_table *part;
    mi_status status = MI_OK;
    if (n == 0)
        return read_one(out, "-");
    MI_TRY(MI_NEW(part, n));
    for (size_t k = 0; status == MI_OK && k < n; k++)
        status = read_one(&part[k], file[k]);
    if (status == MI_OK)
        status = mi_table_join(out, part, n);
    for (size_t k = 0; k < n; k++)
        mi_table_free(&part[k]);
    mi_free(part);
    return status;
}
