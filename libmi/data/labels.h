/* labels.h - the members of a feature set by name, and discrete variables with the values that their
 * groups stand for.
 *
 * uses: base/mem data/groups
 */
#ifndef MI_LABELS_H
#define MI_LABELS_H

#include <stdint.h>

#include "libmi/data/groups.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { MI_Z1, MI_Z2, MI_R, MI_Y, MI_SPLIT, MI_W, MI_MEMBERS } mi_member_id;

/* "z1", "z2", "r", "y", "split", "w". */
MI_API const char *mi_member_name(mi_member_id m);

/* The member of a name that is `length` characters long; MI_MEMBERS when it is none. */
MI_API mi_member_id mi_member_find(const char *name, size_t length);

/* A discrete variable as read: its groups and the value of each group, for names in messages and
 * for selection by class. */
typedef struct {
    mi_groups groups;
    size_t d; /* columns of a row; value and text are kept for d = 1 only */
    int is_text, is_unsigned;
    int64_t *value; /* (g) integers, booleans, enums, whole floats */
    char **text;    /* (g) strings */
} mi_labels;

MI_API void mi_labels_free(mi_labels *l);

/* Text of a group's value into buffer[bytes]; returns buffer: "17", "cat", "(row 12)" for d > 1. */
MI_API const char *mi_label_name(const mi_labels *l, size_t group, char *buffer, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
