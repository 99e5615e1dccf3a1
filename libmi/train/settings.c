/* Options of a training: defaults, the paper's preset, checks, and all of them as names with values. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/train/trainer.h"

static const char *const loss_name[MI_LOSSES] = {"simclr", "barlow"};
static const char *const optimiser_name[MI_OPTIMISERS] = {"sgd", "adamw", "lars"};

void mi_train_opts_default(mi_train_opts *o)
{
    *o = (mi_train_opts){
        .encoder = "small",
        .projector = "mlp",
        .out = 128,
        .temperature = 0.2,
        .barlow_lambda = 0.0051,
        .barlow_scale = 0.1,
        .alpha = 2,
        .rate = 0.06,
        .momentum = 0.9,
        .decay = 5e-4,
        .trust = 0.02,
        .epochs = 30,
        .warmup = 2,
        .batch = 256,
        .crop = 0.2,
        .jitter = 1,
        .flip = 0.5,
        .grey = 0.2,
        .seed = 1,
        .every = 1,
        .eval_images = 512,
        .probe_images = 10000,
        .store = MI_STORE_F16,
    };
}

void mi_train_preset_paper_cifar(mi_train_opts *o)
{
    o->encoder = "resnet18";
    o->width = 64;
    o->projector = "mlp:2048";
    o->out = 256;
    o->temperature = 0.2;
    o->optimiser = MI_OPTIMISER_LARS;
    o->rate = 0.4;
    o->trust = 0.02;
    o->decay = 1e-4;
    o->batch = 256;
    o->warmup = 10;
    o->epochs = 200;
}

/* ---- checks ---- */

/* low < value (or <= where low is allowed) <= high. */
typedef struct {
    const char *name;
    double value, low, high;
    int low_is_allowed;
} bound;

static mi_status check_bounds(const bound *b, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!(b[k].value <= b[k].high) ||
            !(b[k].low_is_allowed ? b[k].value >= b[k].low : b[k].value > b[k].low))
            return mi_fail(MI_EUSAGE, "%s is %g, wanted %s %g and at most %g", b[k].name,
                           b[k].value, b[k].low_is_allowed ? "at least" : "above", b[k].low,
                           b[k].high);
    return MI_OK;
}

static mi_status check_numbers(const mi_train_opts *o)
{
    const bound b[] = {
        {"out", (double)o->out, 1, 1 << 20, 1},
        {"temperature", o->temperature, 0, 1e6, 0},
        {"barlow-lambda", o->barlow_lambda, 0, 1e6, 0},
        {"barlow-scale", o->barlow_scale, 0, 1e6, 0},
        {"lambda", o->lambda, 0, 1e6, 1},
        {"alpha", o->alpha, 0, INFINITY, 0},
        {"rate", o->rate, 0, 1e6, 0},
        {"momentum", o->momentum, 0, 0.9999, 1},
        {"weight-decay", o->decay, 0, 1e3, 1},
        {"trust", o->trust, 0, 1e3, 0},
        {"epochs", (double)o->epochs, 1, 1e6, 1},
        {"warmup", o->warmup, 0, 1e6, 1},
        {"batch", (double)o->batch, 2, 1 << 16, 1},
        {"crop", o->crop, 0, 1, 0},
        {"jitter", o->jitter, 0, 2.5, 1},
        {"flip", o->flip, 0, 1, 1},
        {"grey", o->grey, 0, 1, 1},
        {"every", o->every, 0, 1e6, 0},
        {"eval", (double)o->eval_images, 1, 1e9, 1},
        {"probe", (double)o->probe_images, 0, 1e9, 1},
    };
    return check_bounds(b, sizeof b / sizeof *b);
}

mi_status mi_train_opts_check(const mi_train_opts *o, const mi_images *images)
{
    size_t n = images->n[MI_IMAGES_TRAIN];
    MI_TRY(check_numbers(o));
    if (o->precision == MI_PRECISION_BF16 && !mi_onednn_has_bf16())
        return mi_fail(MI_EUSAGE,
                       "precision bf16: this CPU has none (avx512_bf16), and emulated it "
                       "is slower than float32");
    if ((size_t)o->batch > n)
        return mi_fail(MI_EDATA, "%s has %zu training images, fewer than a batch of %ld",
                       images->name, n, o->batch);
    if ((size_t)o->eval_images > images->n[MI_IMAGES_TEST])
        return mi_fail(MI_EDATA, "%s has %zu test images, fewer than the %ld of " MI_OPTION "eval",
                       images->name, images->n[MI_IMAGES_TEST], o->eval_images);
    return MI_OK;
}

/* ---- as names with values ---- */

static mi_setting text(const char *name, const char *value)
{
    return (mi_setting){.name = name, .kind = MI_SETTING_TEXT, .text = value};
}

static mi_setting integer(const char *name, double value)
{
    return (mi_setting){.name = name, .kind = MI_SETTING_INTEGER, .number = value};
}

static mi_setting real(const char *name, double value)
{
    return (mi_setting){.name = name, .kind = MI_SETTING_REAL, .number = value};
}

size_t mi_settings_list(mi_setting *out, const mi_train_opts *o, const mi_images *images)
{
    mi_setting *s = out;
    *s++ = text("dataset", images->name);
    *s++ = text("method", loss_name[o->loss]);
    *s++ = text("projector", o->projector);
    *s++ = real("lambda", o->lambda);
    *s++ = real("lambda_order", o->alpha);
    *s++ = real("temperature", o->loss == MI_LOSS_INFONCE ? o->temperature : NAN);
    *s++ = real("barlow_lambda", o->loss == MI_LOSS_BARLOW ? o->barlow_lambda : NAN);
    *s++ = real("barlow_scale", o->loss == MI_LOSS_BARLOW ? o->barlow_scale : NAN);
    *s++ = text("encoder", o->encoder);
    *s++ = integer("encoder_width", (double)o->width);
    *s++ = text("init", o->init);
    *s++ = text("frozen", o->freeze ? "encoder" : NULL);
    *s++ = integer("projector_out", (double)o->out);
    *s++ = text("optimiser", optimiser_name[o->optimiser]);
    *s++ = real("rate", o->rate);
    *s++ = real("momentum", o->momentum);
    *s++ = real("weight_decay", o->decay);
    *s++ = real("trust", o->optimiser == MI_OPTIMISER_LARS ? o->trust : NAN);
    *s++ = integer("epochs", (double)o->epochs);
    *s++ = real("warmup", o->warmup);
    *s++ = integer("train_batch", (double)o->batch);
    *s++ = real("crop", o->crop);
    *s++ = real("jitter", o->jitter);
    *s++ = real("flip", o->flip);
    *s++ = real("grey", o->grey);
    *s++ = integer("train_seed", (double)o->seed);
    *s++ = real("every", o->every);
    *s++ = integer("train_images", (double)images->n[MI_IMAGES_TRAIN]);
    *s++ = integer("eval_images", (double)o->eval_images);
    *s++ = integer("probe_images", (double)o->probe_images);
    if (o->precision == MI_PRECISION_BF16)
        *s++ = text("train_precision", "bf16");
    return (size_t)(s - out);
}

mi_status mi_settings_text(char **out, const mi_train_opts *o, const mi_images *images)
{
    mi_setting list[MI_MOST_SETTINGS];
    size_t n = mi_settings_list(list, o, images), bytes = 0, used = 0;
    for (size_t k = 0; k < n; k++)
        bytes += strlen(list[k].name) + (list[k].text ? strlen(list[k].text) : 32) + 2;
    MI_TRY(mi_calloc(out, bytes + 1, 1));
    for (size_t k = 0; k < n; k++) {
        char number[MI_NUMBER_BYTES];
        const char *value = list[k].kind != MI_SETTING_TEXT
                                ? mi_number_print(number, 17, list[k].number)
                            : list[k].text ? list[k].text
                                           : "none";
        used += (size_t)snprintf(*out + used, bytes + 1 - used, "%s=%s\n", list[k].name, value);
    }
    return MI_OK;
}

mi_status mi_settings_compare(const char *before, const char *now, const char *file)
{
    while (*before || *now) {
        size_t a = strcspn(before, "\n"), b = strcspn(now, "\n");
        if (a != b || strncmp(before, now, a) != 0)
            return mi_fail(MI_EUSAGE,
                           "the run in '%s' has %.*s, this command %.*s: a run goes on with the "
                           "options that it began with",
                           file, a ? (int)a : 4, a ? before : "none", b ? (int)b : 4,
                           b ? now : "none");
        before += a + (before[a] == '\n');
        now += b + (now[b] == '\n');
    }
    return MI_OK;
}
