/* A chart of a table: kind by the first byte, title and --where by the line behind it. What gnuplot is handed has
 * nothing outside of strings that would run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/mi.h"
#include "target.h"

/* The script without its strings: 'a''b' and "a\"b". */
static void drop_strings(char *script)
{
    char *to = script;
    for (const char *c = script; *c; c++) {
        char quote = *c;
        if (quote != '"' && quote != '\'') {
            *to++ = *c;
            continue;
        }
        for (c++; *c && *c != quote; c++) {
            target_want(*c != '\n', "strings end in their line");
            c += quote == '"' && *c == '\\' && c[1];
        }
        if (!*c)
            break;
    }
    *to = 0;
}

static void look(const mi_plot *p)
{
    char *script = target_text((const uint8_t *)p->values, strlen(p->values));
    drop_strings(script);
    target_want(!strchr(script, '`'), "no command between backticks");
    target_want(!strstr(script, "system"), "no call of system");
    target_want(script[0] != '!' && !strstr(script, "\n!"), "no line is a command of the shell");
    free(script);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mi_table t;
    mi_plot p;
    mi_plot_opts o;
    size_t kinds = 0;
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    if (!line || line + 1 == data + size)
        return 0;
    target_quiet();
    while (mi_plot_kind_name(kinds))
        kinds++;
    mi_plot_opts_default(&o);
    char *text = target_text(data, (size_t)(line - data));
    size_t kind = (unsigned char)text[0] % kinds;
    o.title = text;
    o.where = text[0] && text[1] == 'w' ? text + 2 : NULL;
    o.by = text[0] && text[1] == 'b' ? text + 2 : NULL;
    o.over = text[0] && text[1] == 'o' ? text + 2 : NULL;
    size_t rest = size - (size_t)(line + 1 - data);
    FILE *from = fmemopen((void *)(uintptr_t)(line + 1), rest, "r");
    if (from && mi_table_read(&t, from, "in") == MI_OK) {
        if (t.rows < 512 && mi_plot_make(&p, kind, &t, &o) == MI_OK) {
            look(&p);
            mi_plot_free(&p);
        }
        mi_table_free(&t);
    }
    if (from)
        fclose(from);
    free(text);
    return 0;
}
