/* Weights and the moments of optimisers in files, a dataset a parameter, and back; the weights of an encoder
 * that another run saved. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/features/tensor.h"
#include "libmi/train/trainer.h"

const char *const mi_moment_group[] = {"/w", "/m", "/v"};

static float *moment_of(const mi_param *p, int which)
{
    return which == 0 ? p->w : which == 1 ? p->m : p->v;
}

static mi_status put_one(mi_trainer *t, mi_writer *w, const char *group, mi_param *p, int which)
{
    mi_layout l = {.n = p->axis[0], .axes = p->axes - 1, .store = MI_STORE_F32};
    float *plain;
    mi_sink *sink = NULL;
    for (int k = 1; k < p->axes; k++)
        l.axis[k - 1] = p->axis[k];
    MI_TRY(MI_NEW(plain, p->plain));
    mi_status status = mi_net_get(&t->net, p, moment_of(p, which), plain);
    if (status == MI_OK)
        status = mi_writer_tensor(&sink, w, group, p->name, &l, 0);
    if (status == MI_OK)
        status = mi_sink_floats(sink, plain, p->axis[0]);
    mi_sink_free(sink);
    mi_free(plain);
    return status;
}

mi_status mi_weights_put(mi_trainer *t, mi_writer *w, int which, const char *group)
{
    for (size_t k = 0; k < t->net.params.n; k++)
        if (moment_of(t->net.params.p[k], which))
            MI_TRY(put_one(t, w, group, t->net.params.p[k], which));
    return MI_OK;
}

static mi_status take_plain(mi_trainer *t, const mi_tensors *file, const char *name, mi_param *p,
                            float *to)
{
    float *plain;
    MI_TRY(MI_NEW(plain, p->plain));
    mi_status status = mi_tensors_read(file, name, 0, p->axis[0], MI_STORE_F32, plain);
    if (status == MI_OK)
        status = mi_net_set(&t->net, p, to, plain);
    mi_free(plain);
    return status;
}

mi_status mi_weights_take(mi_trainer *t, const mi_tensors *file, mi_param *p, int which)
{
    char name[64];
    snprintf(name, sizeof name, "%s/%s", mi_moment_group[which], p->name);
    if (which == 2 && !p->v && mi_tensors_has(file, name))
        MI_TRY(MI_NEW(p->v, p->count));
    return moment_of(p, which) ? take_plain(t, file, name, p, moment_of(p, which)) : MI_OK;
}

/* ---- an encoder that another run saved ---- */

/* "(16,3,3,3)" */
static const char *as_shape(char text[64], int axes, const uint64_t *axis)
{
    int at = snprintf(text, 64, "(");
    for (int k = 0; k < axes && k < 4; k++)
        at += snprintf(text + at, 64 - (size_t)at, "%s%llu", k ? "," : "",
                       (unsigned long long)axis[k]);
    snprintf(text + at, 64 - (size_t)at, axes > 4 ? ",...)" : ")");
    return text;
}

static mi_status check_shape(const mi_trainer *t, const mi_tensors *file, const mi_param *p)
{
    mi_tensor_shape found;
    uint64_t wanted[4];
    char have[64], want[64];
    int is_same = 1;
    MI_TRY(mi_tensors_shape(file, p->name, &found));
    for (int k = 0; k < p->axes; k++) {
        wanted[k] = p->axis[k];
        is_same &= k < found.axes && found.axis[k] == wanted[k];
    }
    if (is_same && found.axes == p->axes)
        return MI_OK;
    return mi_fail(MI_EDATA,
                   "'%s': '%s' is %s, wanted %s: the weights are of another encoder, or of images "
                   "with other channels",
                   t->o->init, p->name, as_shape(have, found.axes, found.axis),
                   as_shape(want, p->axes, wanted));
}

static mi_status check_finite(const mi_trainer *t, const mi_param *p)
{
    for (size_t k = 0; k < p->count; k++)
        if (!isfinite(p->w[k]))
            return mi_fail(MI_EDATA, "'%s': '%s' holds values that are not finite", t->o->init,
                           p->name);
    return MI_OK;
}

static mi_status check_kind(const mi_trainer *t, const mi_tensors *file)
{
    char *encoder;
    MI_TRY(mi_tensors_text(file, "encoder", &encoder));
    mi_status status = MI_OK;
    if (!encoder || !mi_tensors_has(file, t->net.params.p[0]->name))
        status = mi_fail(MI_EDATA,
                         "'%s' holds no weights of an encoder, as " MI_OPTION "save writes them",
                         t->o->init);
    else if (strcmp(encoder, t->o->encoder) != 0)
        status = mi_fail(MI_EDATA, "'%s' holds the weights of encoder %s, wanted %s", t->o->init,
                         encoder, t->o->encoder);
    mi_free(encoder);
    return status;
}

static mi_status take_encoder(mi_trainer *t, const mi_tensors *file)
{
    MI_TRY(check_kind(t, file));
    for (size_t k = 0; k < t->n_encoder; k++) {
        mi_param *p = t->net.params.p[k];
        MI_TRY(check_shape(t, file, p));
        MI_TRY(take_plain(t, file, p->name, p, p->w));
        MI_TRY(check_finite(t, p));
    }
    return MI_OK;
}

mi_status mi_weights_init(mi_trainer *t)
{
    mi_tensors *file;
    if (!t->o->init)
        return MI_OK;
    MI_TRY(mi_tensors_open(&file, t->o->init));
    mi_status status = take_encoder(t, file);
    mi_tensors_close(file);
    return status;
}
