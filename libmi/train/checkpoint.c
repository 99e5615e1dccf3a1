/* What a run leaves in files: the features of its checkpoints, its state while it is unfinished, and its
 * weights. Each file appears whole: the state first, then the features, so that a run that is killed
 * between the two finds on resuming which checkpoint is missing. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "libmi/base/replace.h"
#include "libmi/base/words.h"
#include "libmi/features/features.h"
#include "libmi/features/tensor.h"
#include "libmi/train/trainer.h"

/* ---- a file that is written whole ---- */

/* Fills an open file. */
typedef mi_status fill_fn(mi_trainer *t, mi_writer *w, void *arg);

static mi_status write_whole(mi_trainer *t, const char *path, int is_added_to, fill_fn *fill,
                             void *arg)
{
    mi_replace r;
    mi_writer *w = NULL;
    MI_TRY(is_added_to ? mi_replace_begin_copy(&r, path) : mi_replace_begin(&r, path));
    mi_status status =
        is_added_to ? mi_writer_add(&w, r.temporary, path) : mi_writer_file(&w, r.temporary, path);
    if (status == MI_OK)
        status = fill(t, w, arg);
    if (status == MI_OK)
        status = mi_writer_finish(w);
    mi_writer_free(w);
    if (status == MI_OK)
        return mi_replace_finish(&r);
    mi_replace_discard(&r);
    return status;
}

/* ---- attributes ---- */

/* What a chain says of its bottlenecks, as numbers that a sweep goes over. */
static mi_status put_bottlenecks(const mi_trainer *t, mi_writer *w)
{
    for (size_t k = 0; k < t->projector.n_stages; k++) {
        const mi_stage *s = &t->projector.stage[k];
        if (s->levels)
            MI_TRY(mi_writer_integer(w, "/", "fsq_levels", s->levels));
        if (s->kept)
            MI_TRY(mi_writer_integer(w, "/", "k", (long long)s->kept));
    }
    return MI_OK;
}

static mi_status put_settings(mi_trainer *t, mi_writer *w)
{
    mi_setting s[MI_MOST_SETTINGS];
    size_t n = mi_settings_list(s, t->o, t->images);
    for (size_t k = 0; k < n; k++) {
        if (s[k].kind == MI_SETTING_TEXT && s[k].text)
            MI_TRY(mi_writer_text(w, "/", s[k].name, s[k].text));
        else if (s[k].kind == MI_SETTING_INTEGER)
            MI_TRY(mi_writer_integer(w, "/", s[k].name, (long long)s[k].number));
        else if (s[k].kind == MI_SETTING_REAL && !isnan(s[k].number))
            MI_TRY(mi_writer_real(w, "/", s[k].name, s[k].number));
    }
    MI_TRY(put_bottlenecks(t, w));
    MI_TRY(mi_writer_integer(w, "/", "train_threads", t->threads));
    MI_TRY(mi_writer_text(w, "/", "made_by", "mi-train " MI_VERSION));
    return mi_writer_text(w, "/", "onednn", mi_train_version());
}

/* ---- features ---- */

/* One checkpoint on its way. */
typedef struct {
    char group[32];
    size_t n, accuracy_n; /* images of the evaluation; of the probe */
    float *z1, *z2;       /* (2 n, d) */
    int is_first;
} features;

/* r and y stand at the root: every checkpoint has the same. */
static mi_status put_labels(mi_trainer *t, mi_writer *w, size_t n)
{
    const mi_layout l = {.n = 2 * n, .store = MI_STORE_I64};
    int64_t *value;
    mi_sink *sink = NULL;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW(value, 2 * n));
    for (mi_member_id m = MI_R; status == MI_OK && m <= MI_Y; m++) {
        for (size_t i = 0; i < 2 * n; i++)
            value[i] = m == MI_R ? (int64_t)(i % n) : t->images->y[MI_IMAGES_TEST][i % n];
        status = mi_writer_member(&sink, w, "/", m, &l);
        if (status == MI_OK)
            status = mi_sink_integers(sink, value, 2 * n);
        mi_sink_free(sink);
        sink = NULL;
    }
    mi_free(value);
    return status;
}

static mi_status put_features(mi_trainer *t, mi_writer *w, const features *f, mi_member_id m)
{
    size_t d = m == MI_Z1 ? (size_t)t->net.width : t->projector.out, rows = 2 * f->n;
    const float *from = m == MI_Z1 ? f->z1 : f->z2;
    const mi_layout l = {.n = rows, .axes = 1, .axis = {d}, .store = t->o->store};
    double *wide;
    mi_sink *sink = NULL;
    MI_TRY(MI_NEW_RAW(wide, rows * d));
    for (size_t k = 0; k < rows * d; k++)
        wide[k] = from[k];
    mi_status status = mi_writer_member(&sink, w, f->group, m, &l);
    if (status == MI_OK)
        status = mi_sink_reals(sink, wide, rows);
    mi_sink_free(sink);
    mi_free(wide);
    return status;
}

static mi_status put_group(mi_trainer *t, mi_writer *w, void *arg)
{
    features *f = arg;
    double epoch = (double)t->step / (double)t->epoch_steps;
    if (f->is_first) {
        MI_TRY(put_settings(t, w));
        MI_TRY(put_labels(t, w, f->n));
        if (t->job->history)
            MI_TRY(mi_writer_history(w, t->job->history));
    }
    MI_TRY(put_features(t, w, f, MI_Z1));
    MI_TRY(put_features(t, w, f, MI_Z2));
    MI_TRY(t->step % t->epoch_steps == 0
               ? mi_writer_integer(w, f->group, "epoch", (long long)(t->step / t->epoch_steps))
               : mi_writer_real(w, f->group, "epoch", epoch));
    MI_TRY(mi_writer_integer(w, f->group, "step", (long long)t->step));
    if (t->loss_steps > 0)
        MI_TRY(mi_writer_real(w, f->group, "loss", t->loss_sum / (double)t->loss_steps));
    MI_TRY(mi_writer_real(w, f->group, "accuracy", t->accuracy));
    return mi_writer_integer(w, f->group, "accuracy_n", (long long)f->accuracy_n);
}

/* Whole epochs are named by their number, others by their step. */
static void name_group(const mi_trainer *t, char name[32])
{
    int is_whole = t->o->every == floor(t->o->every) && t->step % t->epoch_steps == 0;
    snprintf(name, 32, is_whole ? "/epoch_%03zu" : "/step_%06zu",
             is_whole ? t->step / t->epoch_steps : t->step);
}

static mi_status write_features(mi_trainer *t)
{
    features f = {.n = (size_t)t->o->eval_images, .is_first = t->step == 0};
    mi_status status;
    name_group(t, f.group);
    MI_TRY_GOTO(status, MI_NEW(f.z1, 2 * f.n * (size_t)t->net.width), done);
    MI_TRY_GOTO(status, MI_NEW(f.z2, 2 * f.n * t->projector.out), done);
    MI_TRY_GOTO(status, mi_evaluate_views(t, f.n, f.z1, f.z2), done);
    MI_TRY_GOTO(status, mi_evaluate_probe(t, &t->accuracy, &f.accuracy_n), done);
    status = write_whole(t, t->job->out, !f.is_first, put_group, &f);
done:
    mi_free(f.z1);
    mi_free(f.z2);
    return status;
}

int mi_checkpoint_is_due(const mi_trainer *t)
{
    double length = t->o->every * (double)t->epoch_steps;
    return t->step == 0 || t->step == t->steps ||
           floor((double)t->step / length) > floor((double)(t->step - 1) / length);
}

mi_status mi_checkpoint(mi_trainer *t)
{
    MI_TRY(mi_state_write(t));
    MI_TRY(write_features(t));
    t->loss_sum = 0;
    t->loss_steps = 0;
    return MI_OK;
}

/* ---- state ---- */

mi_status mi_state_name(mi_trainer *t)
{
    static const char ending[] = ".resume";
    size_t bytes = strlen(t->job->out) + sizeof ending;
    MI_TRY(mi_malloc(&t->state, bytes, 1));
    snprintf(t->state, bytes, "%s%s", t->job->out, ending);
    return MI_OK;
}

static mi_status put_state(mi_trainer *t, mi_writer *w, void *arg)
{
    char *settings;
    (void)arg;
    MI_TRY(mi_settings_text(&settings, t->o, t->images));
    mi_status status = mi_writer_text(w, "/", "settings", settings);
    mi_free(settings);
    MI_TRY(status);
    MI_TRY(mi_writer_real(w, "/", "step", (double)t->step));
    MI_TRY(mi_writer_real(w, "/", "loss_sum", t->loss_sum));
    MI_TRY(mi_writer_real(w, "/", "loss_steps", (double)t->loss_steps));
    MI_TRY(mi_writer_real(w, "/", "accuracy", t->accuracy));
    for (int which = 0; which < 3; which++)
        MI_TRY(mi_weights_put(t, w, which, mi_moment_group[which]));
    return MI_OK;
}

mi_status mi_state_write(mi_trainer *t)
{
    return write_whole(t, t->state, 0, put_state, NULL);
}

static mi_status compare_settings(mi_trainer *t, const mi_tensors *file)
{
    char *before = NULL, *now = NULL;
    mi_status status = mi_tensors_text(file, "settings", &before);
    if (status == MI_OK && !before)
        status = mi_fail(MI_EDATA, "'%s' holds no state of a run", t->state);
    if (status == MI_OK)
        status = mi_settings_text(&now, t->o, t->images);
    if (status == MI_OK)
        status = mi_settings_compare(before, now, t->job->out);
    mi_free(before);
    mi_free(now);
    return status;
}

static mi_status take_state(mi_trainer *t, const mi_tensors *file)
{
    double step = 0, loss_steps = 0;
    MI_TRY(compare_settings(t, file));
    MI_TRY(mi_tensors_real(file, "step", &step));
    MI_TRY(mi_tensors_real(file, "loss_sum", &t->loss_sum));
    MI_TRY(mi_tensors_real(file, "loss_steps", &loss_steps));
    MI_TRY(mi_tensors_real(file, "accuracy", &t->accuracy));
    t->step = (size_t)step;
    t->loss_steps = (size_t)loss_steps;
    for (int which = 0; which < 3; which++)
        for (size_t k = 0; k < t->net.params.n; k++)
            MI_TRY(mi_weights_take(t, file, t->net.params.p[k], which));
    return MI_OK;
}

/* The features have the checkpoint of this step. The first one begins the file anew: what is there may be
 * another run's. */
static mi_status has_checkpoint(const mi_trainer *t, int *there)
{
    char group[32], name[40];
    mi_tensors *file;
    name_group(t, group);
    snprintf(name, sizeof name, "%s/z2", group);
    *there = 0;
    if (t->step == 0)
        return MI_OK;
    MI_TRY(mi_tensors_open(&file, t->job->out));
    *there = mi_tensors_has(file, name);
    mi_tensors_close(file);
    return MI_OK;
}

mi_status mi_state_resume(mi_trainer *t)
{
    int there;
    mi_tensors *file = NULL;
    mi_status status = mi_tensors_open(&file, t->state);
    if (status == MI_OK)
        status = take_state(t, file);
    mi_tensors_close(file);
    MI_TRY(status);
    if (!mi_checkpoint_is_due(t))
        return MI_OK;
    MI_TRY(has_checkpoint(t, &there));
    if (!there)
        MI_TRY(write_features(t));
    t->loss_sum = 0;
    t->loss_steps = 0;
    return MI_OK;
}

void mi_state_remove(const mi_trainer *t)
{
    unlink(t->state);
}

mi_status mi_state_check_absent(const mi_trainer *t)
{
    if (access(t->state, F_OK) != 0)
        return MI_OK;
    return mi_fail(MI_ECREATE,
                   "'%s' is the state of an unfinished run: " MI_OPTION
                   "resume goes on with it; remove "
                   "it to begin anew",
                   t->state);
}

/* ---- weights ---- */

static mi_status put_weights(mi_trainer *t, mi_writer *w, void *arg)
{
    (void)arg;
    MI_TRY(put_settings(t, w));
    return mi_weights_put(t, w, 0, "/");
}

mi_status mi_weights_write(mi_trainer *t, const char *path)
{
    return write_whole(t, path, 0, put_weights, NULL);
}
