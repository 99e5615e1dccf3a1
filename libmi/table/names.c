/* A dictionary of names: an object of jansson's, whose hash has a seed that no file can know. */
#include "libmi/table/names.h"

#include <jansson.h>

static mi_status no_memory(void)
{
    return mi_fail(MI_ENOMEM, "out of memory for names");
}

mi_status mi_names_put(mi_names *names, const char *name, size_t wanted, size_t *number)
{
    if (!names->object)
        names->object = json_object();
    if (!names->object)
        return no_memory();
    const json_t *there = json_object_get(names->object, name);
    *number = there ? (size_t)json_integer_value(there) : wanted;
    if (there)
        return MI_OK;
    /* Names from files need be no UTF-8, which jansson would refuse. */
    if (json_object_set_new_nocheck(names->object, name, json_integer((json_int_t)wanted)) != 0)
        return no_memory();
    names->n++;
    return MI_OK;
}

long mi_names_at(const mi_names *names, const char *name)
{
    const json_t *there = names->object ? json_object_get(names->object, name) : NULL;
    return there ? (long)json_integer_value(there) : -1;
}

void mi_names_free(mi_names *names)
{
    json_decref(names->object);
    *names = (mi_names){0};
}
