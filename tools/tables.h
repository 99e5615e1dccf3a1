/* tables.h - the input of tools that read tables.
 *
 * uses: libmi              used by: mi-corr mi-plot mi-report mi-validate
 */
#ifndef TABLES_H
#define TABLES_H

#include "libmi/mi.h"

/* Read the files ("-", or none at all: standard input) as one table. Errors: MI_EOPEN, and those of
 * mi_table_read. Free with mi_table_free. */
mi_status tables_read(mi_table *out, char **file, size_t n);

#endif
