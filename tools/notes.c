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

/* ---- keeping ---- */

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

/* ---- whether a set is still the one that was computed with ---- */

/* 0: it cannot be read; what uses it says why. */
static uint64_t digest_of(mi_features *f, size_t i, unsigned members)
{
    uint64_t digest;
    return mi_features_digest(&digest, f, i, members) == MI_OK ? digest : 0;
}

static mi_status look_at(notes *to, mi_features *f, size_t i)
{
    const mi_set *set = mi_features_set(f, i);
    notes_seen *seen;
    MI_TRY(mi_grow(&to->seen, to->n_seen, &to->seen_room, sizeof *to->seen));
    seen = &to->seen[to->n_seen++];
    *seen = (notes_seen){0};
    MI_TRY(mi_strdup(&seen->file, set->file));
    MI_TRY(mi_strdup(&seen->group, set->group));
    if (stat(set->file, &seen->stat) != 0) /* as of no file */
        seen->stat = (struct stat){0};
    seen->digest = digest_of(f, i, to->members);
    return MI_OK;
}

mi_status notes_look(notes *to, mi_features *f, const mi_features_opts *opts, unsigned members)
{
    to->opts = opts;
    to->members = members;
    for (size_t i = 0; i < mi_features_count(f); i++)
        MI_TRY(look_at(to, f, i));
    return MI_OK;
}

/* Whether the set is in `copy`, which a file is now, as it was seen. */
static int is_there(const notes *kept, const notes_seen *seen, const char *copy)
{
    char *address;
    mi_features *f = NULL;
    int found = 0;
    size_t bytes = strlen(copy) + strlen(seen->group) + 2;
    if (mi_malloc(&address, bytes, 1) != MI_OK)
        return 0;
    snprintf(address, bytes, "%s:%s", copy, seen->group);
    if (mi_features_open(&f, (const char *const *)&address, 1, kept->opts) == MI_OK)
        for (size_t i = 0; i < mi_features_count(f) && !found; i++)
            found = strcmp(mi_features_set(f, i)->group, seen->group) == 0 &&
                    digest_of(f, i, kept->members) == seen->digest;
    mi_features_close(f);
    mi_free(address);
    return found;
}

/* A file that others added to, or that was copied, is fine. */
static mi_status check_unchanged(const notes *kept, const mi_replace *copy)
{
    for (size_t k = 0; k < kept->n_seen; k++) {
        const notes_seen *seen = &kept->seen[k];
        if (strcmp(seen->file, copy->name) == 0 && !mi_replace_is_of(copy, &seen->stat) &&
            !is_there(kept, seen, copy->temporary))
            return mi_fail(
                MI_EWRITE,
                "cannot write '%s': %s was changed after it was read, and the numbers are "
                "of what was there before; run the command again",
                seen->file, seen->group);
    }
    return MI_OK;
}

/* ---- writing ---- */

/* The notes of one file, in one array with room for all of them. Returns how many. */
static size_t gather(mi_note *note, const notes *kept, const char *file)
{
    size_t n = 0;
    for (size_t k = 0; k < kept->n; k++)
        if (strcmp(kept->file[k], file) == 0)
            note[n++] = kept->note[k];
    return n;
}

static mi_status write_file(const notes *kept, const char *file, const mi_note *note, size_t n,
                            const char *history)
{
    mi_replace copy;
    MI_TRY(mi_replace_begin_copy(&copy, file));
    mi_status status = check_unchanged(kept, &copy);
    if (status == MI_OK)
        status = mi_annotate(&copy, note, n, history);
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
            status = write_file(kept, kept->file[k], note, gather(note, kept, kept->file[k]),
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
    for (size_t k = 0; k < kept->n_seen; k++) {
        mi_free(kept->seen[k].file);
        mi_free(kept->seen[k].group);
    }
    mi_free(kept->file);
    mi_free(kept->note);
    mi_free(kept->seen);
    *kept = (notes){0};
}
