/* Settings of a computation: their columns, and whether they differ within a group of rows. */
#include "libmi/table/settings.h"

/* kernel_asked, not kernel: a bandwidth that was found from the data is another in every set. */
static const char *const setting[] = {"variables",    "variable",  "class",  "probe",     "alpha",
                                      "kernel_asked", "weights",   "r_kind", "i_z1_r_by", "preset",
                                      "batch",        "estimator", "base",   "tolerance"};

enum { SETTINGS = sizeof setting / sizeof *setting };

const char *mi_table_setting(size_t k)
{
    return k < SETTINGS ? setting[k] : NULL;
}

int mi_table_varies(const mi_table *t, size_t column)
{
    for (size_t row = 1; t && row < t->rows && column < t->columns; row++)
        if (!mi_table_same(t, 0, row, &column, 1))
            return 1;
    return 0;
}

int mi_table_varies_within(const mi_table *t, size_t column, const mi_table_levels *l)
{
    if (!t || !l || column >= t->columns)
        return 0;
    for (size_t row = 0; row < t->rows; row++)
        if (!mi_table_same(t, l->first[l->of[row]], row, &column, 1))
            return 1;
    return 0;
}
