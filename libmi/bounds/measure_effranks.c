/* Effective ranks of a member, whole or as means over batches, with their errors: from the spread of the
 * batches, else by the delete-a-group jackknife over instances. */
#include <math.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/bounds/private.h"
#include "libmi/data/batch.h"
#include "libmi/data/sample_build.h"

typedef struct {
    mi_member_id member;
    const mi_effrank_opts *opts;
} asked;

/* The ranks of one sample as numbers. */
enum {
    ALPHA = MI_EFFRANKS, /* of the decay */
    R2,
    LOW,
    HIGH,
    NUMBERS
};

static void to_numbers(double *number, const mi_effranks *r)
{
    memcpy(number, r, MI_EFFRANKS * sizeof *number);
    number[ALPHA] = r->decay.alpha;
    number[R2] = r->decay.r2;
    number[LOW] = (double)r->decay.low;
    number[HIGH] = (double)r->decay.high;
}

static void from_numbers(mi_effranks *r, const double *number)
{
    memcpy(r, number, MI_EFFRANKS * sizeof *number);
    r->decay.alpha = number[ALPHA];
    r->decay.r2 = number[R2];
    r->decay.low = (size_t)number[LOW];
    r->decay.high = (size_t)number[HIGH];
}

/* mi_numbers.of: at no order, by no route. */
static mi_status ranks_of(const mi_numbers *q, double *value, double *half_width,
                          mi_influences *influence, const mi_sample *s, const mi_run *run)
{
    const asked *a = q->opts;
    const mi_groups *instance = s->has_instances ? &s->instance.groups : NULL;
    mi_effranks ranks;
    (void)half_width, (void)influence;
    MI_TRY(mi_effranks_of(&ranks, &s->column[a->member].x, instance, a->opts, run));
    to_numbers(value, &ranks);
    return MI_OK;
}

/* Means, and errors, of what batches have; the range fitted is the one that all have. */
static void take_batches(double *value, double *se, const double *of, size_t batches)
{
    for (size_t k = 0; k < NUMBERS; k++) {
        mi_running m = {0};
        double least = INFINITY;
        for (size_t b = 0; b < batches; b++) {
            mi_running_add(&m, of[b * NUMBERS + k]);
            least = fmin(least, of[b * NUMBERS + k]);
        }
        value[k] = k == LOW || k == HIGH ? least : mi_running_mean(&m);
        se[k] = mi_running_error_of_mean(&m);
    }
}

static mi_status in_batches(double *value, double *se, double *degrees, const mi_numbers *q,
                            const mi_sample *s, const mi_measure_opts *o, const mi_run *run)
{
    mi_batches b;
    double *of = NULL;
    MI_TRY(mi_batches_make(&b, &s->instance.groups, o->batch, o->shuffled ? &run->seed : NULL));
    mi_status status = MI_NEW(of, b.count * NUMBERS);
    if (status == MI_OK)
        status = mi_numbers_of_parts(of, q, s, &b, run);
    if (status == MI_OK)
        take_batches(value, se, of, b.count);
    *degrees = (double)b.count - 1;
    mi_free(of);
    mi_batches_free(&b);
    return status;
}

static mi_status numbers(double *value, double *se, double *degrees, const asked *a,
                         const mi_sample *s, const mi_measure_opts *o, const mi_run *run)
{
    static const double no_order = 1;
    const mi_numbers q = {
        .count = NUMBERS, .alpha = &no_order, .n_alpha = 1, .of = ranks_of, .opts = a};
    if (o->batch)
        return in_batches(value, se, degrees, &q, s, o, run);
    MI_TRY(ranks_of(&q, value, NULL, NULL, s, run));
    if (!o->se)
        return MI_OK;
    MI_TRY(mi_groups_of_jackknife_check(o->jackknife_groups));
    return mi_numbers_jackknife(se, degrees, &q, s, o->jackknife_groups, 0, run);
}

mi_status mi_measure_effranks(mi_effranks *out, mi_effranks *se, double *degrees, mi_member_id m,
                              const mi_sample *s, const mi_effrank_opts *ranks,
                              const mi_measure_opts *o, const mi_run *run)
{
    const asked a = {.member = m, .opts = ranks};
    double value[NUMBERS], error[NUMBERS];
    MI_WANT(out && se && degrees, "mi_measure_effranks without a result, its errors or degrees");
    MI_TRY(mi_measure_check(s, o, run));
    MI_TRY(mi_sample_no_weights(s, "an effective rank"));
    MI_TRY(mi_effrank_opts_check(ranks));
    for (size_t k = 0; k < NUMBERS; k++)
        value[k] = error[k] = k == LOW || k == HIGH ? 0 : NAN;
    *degrees = NAN;
    if ((unsigned)m < MI_MEMBERS && s->column[m].is_real)
        MI_TRY(numbers(value, error, degrees, &a, s, o, run));
    error[LOW] = error[HIGH] = 0;
    from_numbers(out, value);
    from_numbers(se, error);
    return MI_OK;
}
