/* attr_columns.h - attributes of feature sets as columns of a table.
 *
 * uses: base/mem base/want features/features table/names table/table
 */
#ifndef MI_ATTR_COLUMNS_H
#define MI_ATTR_COLUMNS_H

#include "libmi/features/features.h"
#include "libmi/table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Declare a column for every attribute that occurs in any of the sets of f: epoch dataset method
 * projector lambda temperature accuracy first, the others by name. Call it where the columns should
 * stand. Errors: MI_ENOMEM; MI_EUSAGE after the first row. */
MI_API MI_CHECKED mi_status mi_table_attr_columns(mi_table_writer *w, const mi_features *f);

/* Set the cells of all attributes of a set. Errors: MI_EUSAGE for no table or set; MI_ENOMEM;
 * those of mi_table_real. */
MI_API MI_CHECKED mi_status mi_table_attrs(mi_table_writer *w, const mi_set *s);

#ifdef __cplusplus
}
#endif
#endif
