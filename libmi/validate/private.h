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

/* Whether information number k (of MI_INFORMATIONS) and its chance level are there; the verdict whether
 * the first is above the second. */
int mi_chance_is_known(const mi_bounds_row *r, size_t k);
void mi_chance_judge(mi_check *c, const mi_bounds_row *r, size_t k, double level);
/* What the conclusion says of that; nothing where all are told from chance. */
void mi_chance_say(char *to, size_t bytes, const mi_validation *v);

/* Write v->conclusion from its checks. */
void mi_validation_conclude(mi_validation *v);

#endif
