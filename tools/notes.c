#include "notes.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
const opt_row notes_rows[] = {
    {.name = "no-history", .type = OPT_FLAG,
     .help = "do not add the command line to the attribute history of files that are written into"},
    {0},
};
/* clang-format on */

mi_status notes_check(const char *option, int n_args, char *const *args)
{
    int is_piped = n_args == 0;
    for (int k = 0; k < n_args; k++)
        is_piped |= args[k][0] == '-' && (args[k][1] == 0 || args[k][1] == ':');
    return is_piped ? mi_fail(MI_EUSAGE, "--%s needs a file, found standard input", option) : MI_OK;
}

mi_status notes_add(notes *to, const mi_set *set, double value, const char *format, ...)
{
    char name[128], *file = NULL, *group = NULL, *copy = NULL;
    mi_status status;
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    MI_TRY_GOTO(status, mi_grow(&to->note, to->n, &to->room, sizeof *to->note), fail);
    MI_TRY_GOTO(status, mi_grow(&to->file, to->n, &to->file_room, sizeof *to->file), fail);
    MI_TRY_GOTO(status, mi_strdup(&file, set->file), fail);
    MI_TRY_GOTO(status, mi_strdup(&group, set->group), fail);
    MI_TRY_GOTO(status, mi_strdup(&copy, name), fail);
    to->file[to->n] = file;
    to->note[to->n++] = (mi_note){group, copy, value};
    return MI_OK;
fail:
    mi_free(file);
    mi_free(group);
    return status;
}

/* The notes of one file, in one array with room for all of them. Returns how many. */
static size_t gather(mi_note *note, const notes *kept, const char *file)
{
    size_t n = 0;
    for (size_t k = 0; k < kept->n; k++)
        if (strcmp(kept->file[k], file) == 0)
            note[n++] = kept->note[k];
    return n;
}

static mi_status write_file(const char *file, const mi_note *note, size_t n, const char *history)
{
    mi_replace copy;
    MI_TRY(mi_replace_begin_copy(&copy, file));
    mi_status status = mi_annotate(&copy, note, n, history);
    if (status == MI_OK)
        status = mi_replace_finish(&copy);
    mi_replace_discard(&copy);
    return status;
}

mi_status notes_write(const notes *kept, int no_history)
{
    mi_note *note;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW(note, kept->n));
    for (size_t k = 0; status == MI_OK && k < kept->n; k++) {
        size_t first = 0;
        while (strcmp(kept->file[first], kept->file[k]) != 0)
            first++;
        if (first == k)
            status = write_file(kept->file[k], note, gather(note, kept, kept->file[k]),
                                no_history ? NULL : opt_command_line());
    }
    mi_free(note);
    return status;
}

void notes_free(notes *kept)
{
    for (size_t k = 0; k < kept->n; k++) {
        mi_free(kept->file[k]);
        mi_free((char *)kept->note[k].group);
        mi_free((char *)kept->note[k].name);
    }
    mi_free(kept->file);
    mi_free(kept->note);
    *kept = (notes){0};
}
