/* over.h - rows that differ in one column alone, as one row: seeds of one setting.
 *
 * uses: base/interval_internal base/mem base/number table/levels table/row table/settings
 *       table/table
 */
#ifndef MI_TABLE_OVER_H
#define MI_TABLE_OVER_H

#include "libmi/table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Take rows together that differ in column `over` and in what was measured alone. A column that
 * was measured becomes its mean, and X_se, X_lo, X_hi beside it the standard error of the mean and
 * the 95 % interval by Student's t with runs - 1 degrees of freedom (column `degrees`; nan for one
 * run); column `runs` has how many. Kept apart are epochs, settings (settings.h), texts, and
 * numbers that most rows share with a row of another `over` (lambda does, a loss does not; counts
 * of what was measured are not kept apart: ranks, and rows where some were left out). Left
 * out: over, file, group, standard errors and intervals of single rows. An attribute attr_NAME,
 * which a table has where a setting is called NAME, is found by NAME too. Warns of several rows of
 * one setting and `over`. Errors: MI_EUSAGE for no column; MI_EDATA for one that is not there or
 * the same in all rows, and where no two rows differ in it alone; MI_ENOMEM. Free with
 * mi_table_free. */
MI_API MI_CHECKED mi_status mi_table_over(mi_table *out, const mi_table *t, const char *over);

#ifdef __cplusplus
}
#endif
#endif
