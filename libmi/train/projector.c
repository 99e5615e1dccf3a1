/* Projectors: a chain of stages from its text, run forward and back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/train/head.h"
#include "libmi/train/private.h"

enum { MOST_STAGES = 64, MOST_LINKS = 16, MOST_NUMBERS = 2 };

/* One link of the chain: "mlp:512:3". */
typedef struct {
    char name[16];
    long number[MOST_NUMBERS];
    int n_numbers;
} chain_link;

/* What links there are: how many numbers each takes, and the least of each. */
static const struct {
    const char *name, *form;
    int least_numbers, most_numbers;
    long low[MOST_NUMBERS];
} kinds[] = {
    {"identity", "identity", 0, 0, {0}},          {"linear", "linear[:D]", 0, 1, {1}},
    {"mlp", "mlp[:WIDTH[:DEPTH]]", 0, 2, {1, 2}}, {"fsq", "fsq:L", 1, 1, {2}},
    {"sae", "sae:K[:WIDTH]", 1, 2, {1, 1}},
};
enum { IDENTITY, LINEAR, MLP, FSQ, SAE, KINDS };

static mi_status parse_link(chain_link *l, int *kind, const char *text, size_t length)
{
    size_t name = 0;
    const char *at, *end = text + length;
    char *stop = NULL;
    while (name < length && text[name] != ':')
        name++;
    *l = (chain_link){.n_numbers = 0};
    snprintf(l->name, sizeof l->name, "%.*s", (int)name, text);
    for (*kind = 0; *kind < KINDS && strcmp(kinds[*kind].name, l->name) != 0;)
        ++*kind;
    if (*kind == KINDS)
        return mi_fail(MI_EUSAGE,
                       "'%.*s' is no projector, wanted a chain of identity, linear[:D], "
                       "mlp[:WIDTH[:DEPTH]], fsq:L, sae:K[:WIDTH]",
                       (int)length, text);
    for (at = text + name; at < end && l->n_numbers < kinds[*kind].most_numbers; at = stop) {
        long *number = &l->number[l->n_numbers];
        *number = strtol(at + 1, &stop, 10);
        if (stop == at + 1 || (stop < end && *stop != ':') || *number > 1 << 20 ||
            *number < kinds[*kind].low[l->n_numbers++])
            break;
    }
    if (at < end || l->n_numbers < kinds[*kind].least_numbers)
        return mi_fail(MI_EUSAGE, "'%.*s' is no projector, wanted %s", (int)length, text,
                       kinds[*kind].form);
    return MI_OK;
}

/* ---- making ---- */

typedef struct {
    mi_projector *p;
    mi_params *params;
    size_t at; /* columns so far */
} chain;

/* `width`: columns of what it works in beside what comes in and goes out. */
static mi_status next_stage(chain *c, mi_stage **out, size_t columns, size_t width, char name[32])
{
    double each = (double)c->at + (double)columns + (double)width;
    mi_stage *s = *out = &c->p->stage[c->p->n_stages];
    snprintf(name, 32, "projector.%02zu", c->p->n_stages++);
    *s = (mi_stage){.n = c->p->n, .in = c->at, .out = columns};
    c->at = columns;
    return mi_budget_take(c->params->budget, sizeof(float) * (double)s->n * each);
}

static mi_status add_dense(chain *c, size_t out, int has_bias)
{
    char name[32];
    mi_stage *s;
    MI_TRY(next_stage(c, &s, out, 0, name));
    return mi_stage_dense(s, c->params, name, has_bias);
}

/* depth - 1 times dense, normalisation and ReLU, then dense. */
static mi_status add_mlp(chain *c, size_t width, long depth, size_t out)
{
    char name[32];
    mi_stage *s;
    for (long k = 1; k < depth; k++) {
        MI_TRY(add_dense(c, width, 0));
        MI_TRY(next_stage(c, &s, width, width, name));
        MI_TRY(mi_stage_norm(s, c->params, name));
    }
    return add_dense(c, out, 1);
}

static mi_status add_sae(chain *c, const chain_link *l)
{
    char name[32];
    mi_stage *s;
    size_t width = l->n_numbers > 1 ? (size_t)l->number[1] : 8 * c->at;
    if ((size_t)l->number[0] > width)
        return mi_fail(MI_EUSAGE, "sae:%ld: the largest %ld of %zu units", l->number[0],
                       l->number[0], width);
    MI_TRY(next_stage(c, &s, c->at, 2 * width + c->at, name));
    return mi_stage_sae(s, c->params, name, (size_t)l->number[0], width);
}

static mi_status add_fsq(chain *c, int levels)
{
    char name[32];
    mi_stage *s;
    MI_TRY(next_stage(c, &s, c->at, c->at, name));
    return mi_stage_fsq(s, levels);
}

static mi_status add_link(chain *c, const chain_link *l, int kind, size_t out)
{
    long first = l->n_numbers > 0 ? l->number[0] : 0;
    if (c->p->n_stages + 8 + (kind == MLP ? 2 * (size_t)l->number[1] : 0) > MOST_STAGES)
        return mi_fail(MI_EUSAGE, "a projector of more than %d stages", MOST_STAGES);
    switch (kind) {
    case LINEAR:
        return add_dense(c, first ? (size_t)first : out, 1);
    case MLP:
        return add_mlp(c, first ? (size_t)first : c->at, l->n_numbers > 1 ? l->number[1] : 2, out);
    case FSQ:
        return add_fsq(c, (int)first);
    case SAE:
        return add_sae(c, l);
    default:
        return MI_OK;
    }
}

static mi_status parse_chain(chain_link *link, int *kind, size_t *count, const char *text)
{
    for (*count = 0; *count < MOST_LINKS; ++*count) {
        size_t length = strcspn(text, ",");
        MI_TRY(parse_link(&link[*count], &kind[*count], text, length));
        if (!text[length])
            return ++*count, MI_OK;
        text += length + 1;
    }
    return mi_fail(MI_EUSAGE, "a projector of more than %d links", MOST_LINKS);
}

mi_status mi_projector_make(mi_projector *p, mi_params *params, const char *text, size_t n,
                            size_t in, size_t out)
{
    chain_link link[MOST_LINKS];
    int kind[MOST_LINKS], last = -1;
    size_t count;
    *p = (mi_projector){.n = n, .in = in};
    chain c = {.p = p, .params = params, .at = in};
    MI_TRY(parse_chain(link, kind, &count, text));
    MI_TRY(MI_NEW(p->stage, MOST_STAGES));
    for (size_t k = 0; k < count; k++)
        last = kind[k] == LINEAR || kind[k] == MLP ? (int)k : last;
    for (size_t k = 0; k < count; k++)
        MI_TRY(add_link(&c, &link[k], kind[k], (int)k == last ? out : c.at));
    p->out = c.at;
    return MI_OK;
}

void mi_projector_free(mi_projector *p)
{
    for (size_t k = 0; k < p->n_stages; k++)
        mi_stage_free(&p->stage[k]);
    mi_free(p->stage);
    *p = (mi_projector){0};
}

/* ---- first values ---- */

static void draw_uniform(mi_param *p, mi_draw *draw)
{
    float bound = 1 / sqrtf((float)p->axis[1]);
    for (size_t k = 0; k < p->count; k++)
        p->w[k] = bound * (2 * mi_draw_uniform(draw) - 1);
}

void mi_projector_draw(mi_projector *p, unsigned long seed)
{
    for (size_t k = 0; k < p->n_stages; k++) {
        mi_stage *s = &p->stage[k];
        mi_draw draw = mi_draw_start(seed, MI_DRAW_PROJECTOR, k, 0);
        if (s->weight && !s->running)
            draw_uniform(s->weight, &draw);
        if (s->encoder)
            draw_uniform(s->encoder, &draw);
        for (size_t j = 0; s->weight && s->running && j < s->out; j++)
            s->weight->w[j] = s->running->w[s->out + j] = 1;
    }
}

/* ---- running ---- */

mi_status mi_projector_forward(mi_projector *p, const float *x, int is_training)
{
    for (size_t k = 0; k < p->n_stages; k++) {
        p->stage[k].x = x;
        MI_TRY(p->stage[k].forward(&p->stage[k], is_training));
        x = p->stage[k].y;
    }
    p->z = x;
    return MI_OK;
}

mi_status mi_projector_back(mi_projector *p, const float *dz, const float **dx)
{
    for (size_t k = p->n_stages; k-- > 0;) {
        MI_TRY(p->stage[k].back(&p->stage[k], dz));
        dz = p->stage[k].dx;
    }
    *dx = dz;
    return MI_OK;
}
