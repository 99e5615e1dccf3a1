/* forms.h - the walk of mi-entropy and mi-mutual: a row for each set, expression and order.
 *
 * uses: estimate           used by: mi-entropy mi-mutual mi-compare
 */
#ifndef FORMS_H
#define FORMS_H

#include "estimate.h"

typedef struct {
    estimate_opts estimate;
    mi_form_kind kind;
    const char *of;      /* expressions, as given */
    int normalize;       /* informations only */
    size_t permutations; /* informations only; 0: none */
    int extrapolate;
    estimate_errors errors;
} forms_opts;

/* --extrapolate. */
extern const opt_row forms_limit_rows[];

/* Parse the expressions, measure every set, write the table. Returns the exit code. */
int forms_run(forms_opts *o, int n_args, char **args);

/* On a terminal: what an information of a variable with itself is not. */
void forms_hint(const mi_forms *forms);

#endif
