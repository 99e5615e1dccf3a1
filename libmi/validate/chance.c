/* Which informations are told from their chance level, the value that instances paired at random give.
 *
 * By p of the re-pairings where the row has it. Else by the interval of the value, which is too narrow
 * where there is no information at all (the influence of every instance vanishes there); else by the
 * value. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/bounds/estimator.h"
#include "libmi/validate/private.h"

static const struct {
    mi_term term;
    const char *name, *statement, *symbol;
} of[] = {{MI_I_Z1_R, "chance_Z1_R", "I(Z1;R) > chance", "I(Z1;R)"},
          {MI_I_Z1_Z2, "chance_Z1_Z2", "I(Z1;Z2) > chance", "I(Z1;Z2)"},
          {MI_I_R_Y, "chance_R_Y", "I(R;Y) > chance", "I(R;Y)"},
          {MI_I_Y_Z1, "chance_Y_Z1", "I(Y;Z1) > chance", "I(Y;Z1)"},
          {MI_I_Y_Z2, "chance_Y_Z2", "I(Y;Z2) > chance", "I(Y;Z2)"}};

_Static_assert(sizeof of / sizeof *of == MI_INFORMATIONS, "one row an information");

int mi_chance_is_known(const mi_bounds_row *r, size_t k)
{
    return !isnan(r->value[of[k].term]) && !isnan(r->null[of[k].term]);
}

static mi_verdict verdict_of(const mi_check *c, double p, double level)
{
    int is_above = !isnan(p)      ? p <= (1 - level) * (1 + 1e-12)
                   : !c->no_error ? c->lo > c->tolerance
                                  : c->value > c->tolerance;
    return is_above ? MI_VERDICT_HOLDS : MI_VERDICT_UNDECIDED;
}

static void note_p(mi_check *c, const mi_bounds_row *r, double p, double level)
{
    double least = 1 / (r->permutations + 1);
    size_t used = (size_t)mi_format(c->note, sizeof c->note, "p = %.2g", p);
    if (r->permutations > 0)
        used += (size_t)mi_format(c->note + used, sizeof c->note - used, " of %g pairings",
                                  r->permutations);
    if (least > 1 - level && used < sizeof c->note)
        mi_format(c->note + used, sizeof c->note - used, ", too few for a level of %g %%",
                  100 * level);
}

void mi_chance_judge(mi_check *c, const mi_bounds_row *r, size_t k, double level)
{
    mi_term t = of[k].term;
    double half = mi_t_factor(level, r->degrees) * r->se[t], p = r->p[t];
    *c = (mi_check){.name = of[k].name,
                    .statement = of[k].statement,
                    .family = "chance",
                    .value = r->value[t] - r->null[t],
                    .standing = MI_STANDING_OBSERVATION,
                    .no_error = isnan(half) && isnan(p)};
    c->tolerance = mi_bounds_row_tolerance(r) + (r->value[t] + r->null[t]) * r->rounding;
    c->lo = c->value - half;
    c->hi = c->value + half;
    c->verdict = verdict_of(c, p, level);
    if (isnan(p))
        mi_format(c->note, sizeof c->note,
                  "chance level %.3g; " MI_TOOL "bounds " MI_OPTION "permutations tests it",
                  r->null[t]);
    else
        note_p(c, r, p, level);
}

/* ---- in words ---- */

/* The informations that are not told from chance, "I(Y;Z1), I(Z1;Z2)". Returns how many. */
static size_t list_untold(char *list, size_t bytes, const mi_validation *v)
{
    size_t n = 0, used = 0;
    *list = 0;
    for (size_t k = 0; k < MI_INFORMATIONS; k++) {
        const mi_check *c = mi_validation_chance(v, of[k].term);
        if (!c || c->verdict == MI_VERDICT_HOLDS)
            continue;
        used += (size_t)snprintf(list + used, bytes - used, "%s%s", n ? ", " : "", of[k].symbol);
        n++;
    }
    return n;
}

const mi_check *mi_validation_chance(const mi_validation *v, mi_term t)
{
    size_t k = 0;
    while (k < MI_INFORMATIONS && of[k].term != t)
        k++;
    for (size_t i = 0; v && k < MI_INFORMATIONS && i < v->count; i++)
        if (v->check[i].name == of[k].name)
            return &v->check[i];
    return NULL;
}

/* What a bound that holds is worth: nothing where what it bounds is noise. */
void mi_chance_say(char *to, size_t bytes, const mi_validation *v)
{
    char list[96];
    size_t n = list_untold(list, sizeof list, v);
    *to = 0;
    if (n)
        mi_format(to, bytes,
                  "not told from chance: %s; a statement that holds between such values is no "
                  "evidence of information",
                  list);
    else if (!mi_validation_chance(v, MI_I_Y_Z1) && v->verdict == MI_VERDICT_HOLDS &&
             v->check[MI_CHECK_LOWER].standing == MI_STANDING_OBSERVATION)
        mi_format(to, bytes,
                  "whether I(Y;Z1) is more than chance is not known: " MI_TOOL "bounds " MI_OPTION
                  "permutations 999 tells");
}
