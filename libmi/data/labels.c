/* Names of members, and of groups. */
#include "libmi/data/labels.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/mem.h"

const char *mi_member_name(mi_member_id m)
{
    static const char *const name[MI_MEMBERS] = {"z1", "z2", "r", "y", "split", "w"};
    return (unsigned)m < MI_MEMBERS ? name[m] : "?";
}

mi_member_id mi_member_find(const char *name, size_t length)
{
    mi_member_id m = name ? MI_Z1 : MI_MEMBERS;
    while (m < MI_MEMBERS &&
           (strlen(mi_member_name(m)) != length || strncmp(mi_member_name(m), name, length) != 0))
        m++;
    return m;
}

void mi_labels_free(mi_labels *l)
{
    if (!l)
        return;
    for (size_t c = 0; l->text && c < l->groups.g; c++)
        mi_free(l->text[c]);
    mi_free(l->text);
    mi_free(l->value);
    mi_groups_free(&l->groups);
    *l = (mi_labels){0};
}

const char *mi_label_name(const mi_labels *l, size_t group, char *buffer, size_t bytes)
{
    if (!l || group >= l->groups.g || !buffer || bytes == 0)
        return "?";
    if (l->text)
        snprintf(buffer, bytes, "%s", l->text[group]);
    else if (!l->value)
        snprintf(buffer, bytes, "(row %zu)", l->groups.first[group]);
    else if (l->is_unsigned)
        snprintf(buffer, bytes, "%" PRIu64, (uint64_t)l->value[group]);
    else
        snprintf(buffer, bytes, "%" PRId64, l->value[group]);
    return buffer;
}
