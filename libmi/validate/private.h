/* private.h - the parts of a validation. */
#ifndef MI_VALIDATE_PRIVATE_H
#define MI_VALIDATE_PRIVATE_H

#include "libmi/validate/enough.h"
#include "libmi/validate/validate.h"

/* A row with its first `terms` terms, the others nan. Errors: those of mi_validate. */
mi_status mi_bounds_row_read(mi_bounds_row *out, const mi_table *t, size_t row, mi_term terms);

int mi_bounds_row_has_r(const mi_bounds_row *r);
/* I(Z1;R) is of matrix entropies; both bounds are those of the theorems. */
int mi_bounds_row_is_matrix(const mi_bounds_row *r);
int mi_bounds_row_is_theorem(const mi_bounds_row *r);
/* Each of its variables is discrete. */
int mi_bounds_row_has_delta_kernels(const mi_bounds_row *r);

/* What a difference may be and still count as 0, before the rounding of the table. */
double mi_bounds_row_tolerance(const mi_bounds_row *r);

/* Write v->conclusion from its checks. */
void mi_validation_conclude(mi_validation *v);

#endif
