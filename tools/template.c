#include "template.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

enum { PATH_BYTES = 4096 };

static mi_status copy(FILE *out, FILE *from, const char *path)
{
    int c;
    while ((c = getc(from)) != EOF)
        putc(c, out);
    mi_status status = ferror(from) ? mi_fail(MI_EOPEN, "cannot read '%s'", path) : MI_OK;
    fclose(from);
    return status;
}

mi_status template_copy_file(FILE *out, const char *path)
{
    FILE *from = fopen(path, "r");
    if (!from)
        return mi_fail(MI_EOPEN, "cannot open template '%s': %s", path, strerror(errno));
    return copy(out, from, path);
}

mi_status template_copy(FILE *out, const char *name)
{
    char program[PATH_BYTES], path[2 * PATH_BYTES];
    const char *chosen = getenv("MI_PLOTS");
    if (chosen && *chosen) {
        snprintf(path, sizeof path, "%s/%s", chosen, name);
        return template_copy_file(out, path);
    }
    tool_directory(program, sizeof program);
    const char *const place[][2] = {
        {program, "/../plots"}, {program, "/../share/libmi/plots"}, {MI_PLOTS_INSTALLED, ""}};
    for (size_t k = 0; k < sizeof place / sizeof *place; k++) {
        snprintf(path, sizeof path, "%s%s/%s", place[k][0], place[k][1], name);
        FILE *from = fopen(path, "r");
        if (from)
            return copy(out, from, path);
    }
    return mi_fail(MI_EOPEN,
                   "cannot find template '%s' in %s/../plots, %s/../share/libmi/plots or %s; "
                   "set MI_PLOTS to its directory",
                   name, program, program, MI_PLOTS_INSTALLED);
}
