/* Feature sets with known answers: options, panels of rows, labels with their exact entropies; the
 * kinds are in chain.c and normal.c. */
#include "libmi/synth/synth.h"

#include <assert.h>
#include <math.h>

#include "libmi/base/want.h"
#include "libmi/synth/private.h"

#define PANEL_BYTES ((size_t)4 << 20)

static const mi_synth_maker *const maker[MI_SYNTH_KINDS] = {
    [MI_SYNTH_CHAIN] = &mi_synth_chain,     [MI_SYNTH_GAUSSIAN] = &mi_synth_gaussian,
    [MI_SYNTH_CLASSES] = &mi_synth_classes, [MI_SYNTH_LOWRANK] = &mi_synth_lowrank,
    [MI_SYNTH_HEAVY] = &mi_synth_heavy,
};

const char *mi_synth_name(mi_synth_kind kind)
{
    return (unsigned)kind < MI_SYNTH_KINDS ? maker[kind]->name : "?";
}

/* ---- options ---- */

void mi_synth_opts_default(mi_synth_opts *o)
{
    if (!o)
        return;
    *o = (mi_synth_opts){
        .kind = MI_SYNTH_GAUSSIAN,
        .n = 1024,
        .d1 = 64,
        .d2 = 32,
        .views = 2,
        .classes = 4,
        .states = 4,
        .rank = 8,
        .separation = 1,
        .noise = 0.5,
        .decay = 1,
        .store = MI_STORE_SAME,
        .seed = 1,
    };
}

static mi_status check_chain(const mi_synth_opts *o)
{
    size_t block =
        MI_CHAIN_OUTCOMES * MI_CHAIN_OUTCOMES * MI_CHAIN_OUTCOMES * (o->classes ? o->classes : 1);
    if (o->states < 2)
        return mi_fail(MI_EUSAGE, "a chain of %zu states, wanted 2 or more", o->states);
    if (o->n % block != 0)
        return mi_fail(MI_EUSAGE,
                       "a chain of %zu rows, wanted a multiple of %zu (64 for each class), such as "
                       "%zu",
                       o->n, block, (o->n / block + 1) * block);
    return MI_OK;
}

static mi_status check(const mi_synth_opts *o)
{
    MI_WANT(o, "a feature set to make without options");
    MI_WANT((unsigned)o->kind < MI_SYNTH_KINDS, "kind %d of features, wanted one of mi_synth_kind",
            (int)o->kind);
    MI_WANT((unsigned)o->store <= MI_STORE_I64, "features stored as %d, wanted one of mi_store",
            (int)o->store);
    size_t narrow = o->d1 < o->d2 ? o->d1 : o->d2;
    if (o->n < 2)
        return mi_fail(MI_EUSAGE, "%zu rows, wanted 2 or more", o->n);
    if (o->d1 < 1 || o->d2 < 1 || o->views < 1 || o->classes < 1)
        return mi_fail(MI_EUSAGE, "%zu and %zu columns, %zu views, %zu classes, wanted 1 or more",
                       o->d1, o->d2, o->views, o->classes);
    if (o->kind == MI_SYNTH_LOWRANK && (o->rank < 1 || o->rank > narrow))
        return mi_fail(MI_EUSAGE, "rank %zu of %zu and %zu columns, wanted 1 to %zu", o->rank,
                       o->d1, o->d2, narrow);
    if (!(fabs(o->correlation) <= 1))
        return mi_fail(MI_EUSAGE, "correlation %g, wanted -1 to 1", o->correlation);
    MI_WANT(o->separation >= 0 && o->noise >= 0 && o->decay >= 0,
            "separation %g, noise %g, decay %g, wanted 0 or more", o->separation, o->noise,
            o->decay);
    return o->kind == MI_SYNTH_CHAIN ? check_chain(o) : MI_OK;
}

/* ---- the set's parts ---- */

static int has_symbols(const mi_synth_opts *o)
{
    return o->kind == MI_SYNTH_CHAIN && o->store == MI_STORE_SAME;
}

static mi_status open_sinks(const mi_synth *s, mi_sink **sink)
{
    const mi_synth_opts *o = s->o;
    mi_store store = has_symbols(o)              ? MI_STORE_I64
                     : o->store == MI_STORE_SAME ? MI_STORE_F32
                                                 : o->store;
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++) {
        mi_layout l = {.n = o->n, .store = m <= MI_Z2 ? store : MI_STORE_I64, .axes = m <= MI_Z2};
        l.axis[0] = has_symbols(o) ? 1 : m == MI_Z1 ? s->d1 : s->d2;
        MI_TRY(mi_writer_member(&sink[m], s->w, "/", m, &l));
    }
    return MI_OK;
}

static mi_status write_panel(const mi_synth *s, mi_sink *const *sink, size_t n)
{
    MI_TRY(has_symbols(s->o) ? mi_sink_integers(sink[MI_Z1], s->s1, n)
                             : mi_sink_reals(sink[MI_Z1], s->x1, n));
    MI_TRY(has_symbols(s->o) ? mi_sink_integers(sink[MI_Z2], s->s2, n)
                             : mi_sink_reals(sink[MI_Z2], s->x2, n));
    MI_TRY(mi_sink_integers(sink[MI_R], s->r, n));
    return mi_sink_integers(sink[MI_Y], s->y, n);
}

static mi_status write_rows(mi_synth *s, mi_sink *const *sink)
{
    for (size_t row = 0; row < s->o->n; row += s->panel) {
        size_t n = s->o->n - row < s->panel ? s->o->n - row : s->panel;
        for (size_t at = 0; at < n; at++)
            maker[s->o->kind]->make_row(s, row + at, at);
        MI_TRY(write_panel(s, sink, n));
    }
    return MI_OK;
}

static mi_status write_members(mi_synth *s)
{
    mi_sink *sink[MI_MEMBERS] = {0};
    mi_status status = open_sinks(s, sink);
    if (status == MI_OK)
        status = write_rows(s, sink);
    for (int m = 0; m < MI_MEMBERS; m++)
        mi_sink_free(sink[m]);
    return status;
}

/* ---- attributes ---- */

mi_status mi_synth_tell(const mi_synth *s, const char *name, double value)
{
    return mi_writer_real(s->w, "/", name, value);
}

/* What follows from r = row / views and y = r mod classes. */
static mi_status tell_labels(const mi_synth *s)
{
    size_t instances = s->o->n / s->o->views;
    if (s->o->n % s->o->views != 0)
        return MI_OK;
    MI_TRY(mi_synth_tell(s, "exact_H_R", log((double)instances)));
    if (instances % s->o->classes != 0)
        return MI_OK;
    MI_TRY(mi_synth_tell(s, "exact_H_Y", log((double)s->o->classes)));
    return mi_synth_tell(s, "exact_I_R_Y", log((double)s->o->classes));
}

/* ---- all of it ---- */

static mi_status allocate(mi_synth *s)
{
    int is_chain = s->o->kind == MI_SYNTH_CHAIN;
    s->d1 = is_chain ? s->o->states : s->o->d1;
    s->d2 = is_chain ? s->o->states : s->o->d2;
    assert(s->d1 > 0 && s->d2 > 0);
    s->panel = PANEL_BYTES / sizeof(double) / (s->d1 + s->d2) + 1;
    s->panel = s->panel < s->o->n ? s->panel : s->o->n;
    MI_TRY(mi_rng_new(&s->rng, s->o->seed, MI_STREAM_SYNTH));
    MI_TRY(MI_NEW(s->x1, s->panel * s->d1));
    MI_TRY(MI_NEW(s->x2, s->panel * s->d2));
    MI_TRY(MI_NEW(s->s1, s->panel));
    MI_TRY(MI_NEW(s->s2, s->panel));
    MI_TRY(MI_NEW(s->r, s->panel));
    MI_TRY(MI_NEW(s->y, s->panel));
    return maker[s->o->kind]->prepare(s);
}

static void release(mi_synth *s)
{
    if (s->rng)
        gsl_rng_free(s->rng);
    for (int k = 0; k < 3; k++)
        mi_free(s->outcome[k]);
    mi_free(s->a1), mi_free(s->a2);
    mi_free(s->basis1), mi_free(s->basis2);
    mi_free(s->x1), mi_free(s->x2);
    mi_free(s->s1), mi_free(s->s2);
    mi_free(s->r), mi_free(s->y);
}

mi_status mi_synth_write(mi_writer *w, const mi_synth_opts *o)
{
    mi_synth s = {.o = o, .w = w};
    mi_status status;
    MI_WANT(w, "a feature set to make without a writer");
    MI_TRY(check(o));
    MI_TRY_GOTO(status, allocate(&s), done);
    MI_TRY_GOTO(status, mi_writer_text(w, "/", "kind", mi_synth_name(o->kind)), done);
    MI_TRY_GOTO(status, maker[o->kind]->tell(&s), done);
    if (o->kind != MI_SYNTH_CHAIN)
        MI_TRY_GOTO(status, tell_labels(&s), done);
    status = write_members(&s);
done:
    release(&s);
    return status;
}
