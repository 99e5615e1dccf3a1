/* The information of two sides, of two samples perhaps: they are put into one sample as z1 and z2, which
 * mi_measure knows how to measure. */
#include <math.h>

#include "libmi/align/private.h"
#include "libmi/base/number.h"
#include "libmi/base/run_internal.h"
#include "libmi/bounds/measure.h"

mi_sample mi_align_side_by_side(const mi_sample *a, mi_member_id x, const mi_sample *b,
                                mi_member_id y)
{
    mi_sample s = {
        .n = a->n, .has_instances = a->has_instances, .instance = a->instance, .key = a->key};
    s.column[MI_Z1] = a->column[x];
    s.column[MI_Z2] = b->column[y];
    return s;
}

/* Of one order. */
typedef struct {
    mi_measured pair; /* with errors; MI_ABOVE_CHANCE is exact */
    mi_null null;     /* of re-pairings, when they were asked for */
} information;

static mi_status measure(mi_measured *out, const char *text, const mi_sample *s,
                         const mi_measure_opts *o, const mi_run *run)
{
    mi_forms f;
    MI_TRY(mi_forms_parse(&f, text, MI_FORM_IS_INFORMATION));
    mi_status status = mi_measure(out, &f, s, o, run);
    mi_forms_free(&f);
    return status;
}

mi_status mi_align_self_information(mi_align_side *s, const mi_sample *of, mi_member_id m,
                                    const mi_align_opts *o, const mi_run *run)
{
    const mi_sample one = mi_align_side_by_side(of, m, of, m);
    mi_measure_opts how;
    mi_measured *r;
    if (!(o->terms >> MI_ALIGN_I_ADJUSTED & 1))
        return MI_OK;
    mi_measure_opts_default(&how);
    how.alpha = o->alpha;
    how.n_alpha = o->n_alpha;
    how.base = o->base;
    MI_TRY(MI_NEW(s->self_information, o->n_alpha));
    MI_TRY(MI_NEW(r, o->n_alpha));
    mi_status status = measure(r, "z1:z1", &one, &how, run);
    for (size_t a = 0; status == MI_OK && a < o->n_alpha; a++)
        s->self_information[a] = r[a].value[MI_PLAIN];
    mi_free(r);
    return status;
}

/* The level by chance at order 2 comes with the standard errors; re-pairings are apart, so that errors are
 * by influences beside them. */
static mi_status at_order(information *out, const mi_sample *s, double alpha,
                          const mi_align_opts *o, const mi_run *run)
{
    mi_measure_opts m;
    mi_measured re_paired;
    mi_measure_opts_default(&m);
    m.alpha = &alpha;
    m.base = o->base;
    m.se = o->se || alpha == 2;
    MI_TRY(measure(&out->pair, "z1:z2", s, &m, run));
    if (!o->permutations)
        return MI_OK;
    m.se = 0;
    m.permutations = o->permutations;
    MI_TRY(measure(&re_paired, "z1:z2", s, &m, run));
    out->null = re_paired.null;
    return MI_OK;
}

/* (I - level) / (ceiling - level); nan where the rounding of six entropies would be most of the divisor. */
static double adjusted(const information *i, double level, double ceiling, double base)
{
    double round_off = 6 * mi_route_round_off(i->pair.route) / log(base);
    return ceiling - level > round_off ? (i->pair.value[MI_PLAIN] - level) / (ceiling - level)
                                       : NAN;
}

/* ceiling: (I(X;X) + I(Y;Y)) / 2. */
static void put_terms(mi_alignment *out, const information *i, double ceiling,
                      const mi_align_opts *o)
{
    double value = i->pair.value[MI_PLAIN];
    double exact = value - i->pair.value[MI_ABOVE_CHANCE];
    double level = o->permutations ? i->null.mean : exact;
    mi_alignment all[] = {
        [MI_ALIGN_I] = {value, i->pair.se[MI_PLAIN], level, NAN, NAN},
        [MI_ALIGN_I_CALIBRATED] = {value - level, i->pair.se[MI_ABOVE_CHANCE], NAN, NAN, NAN},
        [MI_ALIGN_I_ADJUSTED] = {adjusted(i, level, ceiling, o->base), NAN, NAN, NAN, NAN}};
    if (o->permutations) {
        all[MI_ALIGN_I].null_sd = i->null.sd;
        all[MI_ALIGN_I].p = i->null.p;
    }
    for (mi_align_term t = MI_ALIGN_I; t <= MI_ALIGN_I_ADJUSTED; t++) {
        if (!(o->terms >> t & 1))
            continue;
        out[t] = all[t];
        out[t].se = o->se ? all[t].se : NAN;
    }
}

mi_status mi_align_information(mi_alignment *out, mi_align_found *found, const mi_sample *s,
                               const mi_align_side *x, const mi_align_side *y,
                               const mi_align_opts *o, const mi_run *run)
{
    for (size_t k = 0; k < o->n_alpha; k++) {
        information i = {0};
        double ceiling = x->self_information && y->self_information
                             ? (x->self_information[k] + y->self_information[k]) / 2
                             : NAN;
        MI_TRY(at_order(&i, s, o->alpha[k], o, run));
        put_terms(out + k * MI_ALIGN_TERMS, &i, ceiling, o);
        found[k].route = i.pair.route;
        found[k].half_width = i.pair.half_width[MI_PLAIN];
        found[k].se_by = o->se ? i.pair.se_by : MI_SE_NONE;
        if (o->se)
            found[k].degrees = i.pair.degrees;
    }
    return MI_OK;
}
