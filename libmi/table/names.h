/* names.h - names that know their numbers: a dictionary.
 *
 * uses: base/status; jansson
 */
#ifndef MI_TABLE_NAMES_H
#define MI_TABLE_NAMES_H

#include <stddef.h>

#include "libmi/base/status.h"

typedef struct {
    void *object; /* NULL: none yet */
    size_t n;     /* different names */
} mi_names;

/* *number: the number that the name was first put in with; `wanted` for a new one. The name is
 * copied. O(1) expected. Errors: MI_ENOMEM. Free with mi_names_free, after a failure too. */
MI_CHECKED mi_status mi_names_put(mi_names *names, const char *name, size_t wanted, size_t *number);

/* The number of a name, or -1. */
long mi_names_at(const mi_names *names, const char *name);

void mi_names_free(mi_names *names);

#endif
