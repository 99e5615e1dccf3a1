#include "matched.h"

const char *matched_name(const mi_set *a, const mi_set *b, char *buffer, size_t bytes)
{
    snprintf(buffer, bytes, "%s:%s against %s:%s", a->file, a->group, b->file, b->group);
    return buffer;
}

void matched_warn(const char *name, const mi_matched *m, int has_ids)
{
    size_t shared = m->a.instance.groups.g;
    if (!has_ids)
        tool_warn("%s: no ids: row i of the one is taken for row i of the other, and rows as "
                  "independent",
                  name);
    if (shared < m->instances_a || shared < m->instances_b)
        tool_warn("%s: %zu instances are shared, of %zu and %zu; the others are left out", name,
                  shared, m->instances_a, m->instances_b);
}
