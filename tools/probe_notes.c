#include "probe_notes.h"

#include <string.h>

void probe_notes_add(probe_notes *to, mi_member_id m, const mi_probe_job *job)
{
    static const char *const quantity[PROBE_QUANTITIES] = {"accuracy", "accuracy_lo", "accuracy_hi",
                                                           "cross_entropy", "I_V"};
    const mi_probe_result *r = &job->result;
    const double value[PROBE_QUANTITIES] = {r->accuracy, r->accuracy_lo, r->accuracy_hi,
                                            r->cross_entropy, r->i_v};
    for (int q = 0; q < PROBE_QUANTITIES; q++, to->n++) {
        char *name = to->name[to->n];
        snprintf(name, sizeof *to->name, "probe_%s_%s_%s", mi_member_name(m),
                 mi_probe_name(job->kind), quantity[q]);
        to->note[to->n] = (mi_note){to->set->group, name, value[q]};
    }
}

static int is_of_file(const probe_notes *kept, const char *file)
{
    return kept->set && strcmp(kept->set->file, file) == 0;
}

/* The notes of all sets of kept[0]'s file, in one array. Free with mi_free. */
static mi_status gather(mi_note **note, size_t *used, const probe_notes *kept, size_t n)
{
    const char *file = kept->set->file;
    *used = 0;
    MI_TRY(MI_NEW(*note, n * PROBE_NOTES));
    for (size_t k = 0; k < n; k++) {
        if (!is_of_file(&kept[k], file))
            continue;
        memcpy(*note + *used, kept[k].note, kept[k].n * sizeof **note);
        *used += kept[k].n;
    }
    return MI_OK;
}

static mi_status write_file(const probe_notes *kept, size_t n, const char *history)
{
    mi_replace copy;
    mi_note *note;
    size_t used;
    MI_TRY(gather(&note, &used, kept, n));
    mi_status status = mi_replace_begin_copy(&copy, kept->set->file);
    if (status == MI_OK) {
        int slot = tool_temporary(copy.temporary);
        status = mi_annotate(&copy, note, used, history);
        if (status == MI_OK)
            status = mi_replace_finish(&copy);
        mi_replace_discard(&copy);
        tool_temporary_done(slot);
    }
    mi_free(note);
    return status;
}

mi_status probe_notes_write(const probe_notes *kept, size_t n, const char *history)
{
    for (size_t k = 0; k < n; k++) {
        size_t first = 0;
        if (!kept[k].set)
            continue;
        while (!is_of_file(&kept[first], kept[k].set->file))
            first++;
        if (first == k)
            MI_TRY(write_file(&kept[k], n - k, history));
    }
    return MI_OK;
}
