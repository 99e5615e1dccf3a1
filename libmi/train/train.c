/* The loop of training: views, forward, loss, back, optimiser; checkpoints, resuming, stopping.
 *
 * The views of the next step are made on a thread of their own beside the step. All draws are hashes of
 * (seed, purpose, step, row): the order of the images of an epoch, every crop and colour. So a run
 * that goes on from the state at any step draws what it would have drawn. */
#include "libmi/train/train.h"

#include <math.h>
#include <string.h>

#include "libmi/base/pool.h"
#include "libmi/train/trainer.h"

const char *mi_train_version(void)
{
    static char text[32];
    const dnnl_version_t *v = dnnl_version();
    snprintf(text, sizeof text, "oneDNN %d.%d.%d", v->major, v->minor, v->patch);
    return text;
}

/* oneDNN's threads are OpenMP's, whose library it brings along; with another runtime there is nothing
 * to set. */
extern void omp_set_num_threads(int) __attribute__((weak));

static void set_threads(int threads)
{
    if (omp_set_num_threads)
        omp_set_num_threads(threads);
}

/* ---- views ---- */

static void draw_order(mi_trainer *t, size_t epoch)
{
    mi_draw draw = mi_draw_start(t->o->seed, MI_DRAW_ORDER, epoch, 0);
    mi_draw_permutation(&draw, t->order, t->n);
    t->order_epoch = epoch;
}

/* Rows 0 .. batch-1 are first views, the others second ones, of the images of step t->next. */
static mi_status make_views(void *arg)
{
    mi_trainer *t = arg;
    size_t batch = (size_t)t->o->batch, pixels = t->augment.c * t->augment.h * t->augment.w;
    size_t epoch = t->next / t->epoch_steps, first = t->next % t->epoch_steps * batch;
    if (t->order_epoch != epoch)
        draw_order(t, epoch);
    for (size_t row = 0; row < 2 * batch; row++) {
        size_t image = t->order[first + row % batch];
        mi_draw draw = mi_draw_start(t->o->seed, MI_DRAW_VIEW, t->next, row);
        mi_augment_view(&t->augment, &draw, t->images->x[MI_IMAGES_TRAIN] + image * pixels,
                        t->views + row * pixels, t->work);
    }
    return MI_OK;
}

/* ---- one step ---- */

/* Gradients of all parameters that are trained; *loss with lambda I where that is asked for. A frozen encoder
 * normalises by its running statistics, as it is measured. */
static mi_status differentiate(mi_trainer *t, double *loss)
{
    const float *dx;
    size_t cells = (size_t)t->net.n * (size_t)t->net.width;
    float *dz1 = t->net.features_wanted;
    MI_TRY(t->o->freeze ? mi_net_infer(&t->net) : mi_net_forward(&t->net));
    MI_TRY(mi_projector_forward(&t->projector, t->net.features, 1));
    MI_TRY(mi_loss_of(&t->loss, loss, t->projector.z, t->dz));
    if (!isfinite(*loss))
        return MI_OK;
    memset(dz1, 0, cells * sizeof *dz1);
    if (t->o->lambda > 0) {
        MI_TRY(mi_bottleneck_of(&t->bottleneck, &t->information, t->net.features, t->projector.z,
                                dz1, t->dz));
        *loss += t->o->lambda * t->information;
    }
    MI_TRY(mi_projector_back(&t->projector, t->dz, &dx));
    if (t->o->freeze)
        return MI_OK;
    for (size_t k = 0; k < cells; k++)
        dz1[k] += dx[k];
    return mi_net_backward(&t->net);
}

static mi_status check_loss(const mi_trainer *t, double loss)
{
    if (isfinite(loss))
        return MI_OK;
    return mi_fail(
        MI_EDATA,
        "the loss is %g at step %zu (epoch %.4g); '%s' keeps the checkpoints before it; a "
        "smaller rate or a longer warm-up may help",
        loss, t->step, (double)t->step / (double)t->epoch_steps, t->job->out);
}

static mi_status take_step(mi_trainer *t)
{
    size_t pixels = t->augment.c * t->augment.h * t->augment.w;
    mi_beside *beside = NULL;
    double loss = 0;
    set_threads(t->threads); /* a BLAS built with OpenMP shares the setting */
    memcpy(t->net.images, t->views, (size_t)t->net.n * pixels * sizeof *t->views);
    t->next = t->step + 1;
    if (t->next < t->steps)
        MI_TRY(mi_beside_start(&beside, make_views, t));
    mi_status status = differentiate(t, &loss);
    if (status == MI_OK)
        status = check_loss(t, loss);
    if (status == MI_OK)
        status = mi_optimiser_step(&t->net.params, t->o,
                                   mi_rate_at(t->o, t->step, t->warmup, t->steps), t->step + 1);
    mi_status made = mi_beside_finish(beside);
    MI_TRY(status);
    MI_TRY(made);
    t->loss_sum += loss;
    t->loss_steps++;
    t->step++;
    return MI_OK;
}

/* ---- the run ---- */

static void tell(const mi_trainer *t, int is_checkpoint, double loss)
{
    mi_train_state s = {.epoch = (double)t->step / (double)t->epoch_steps,
                        .epochs = (double)t->o->epochs,
                        .step = t->step,
                        .steps = t->steps,
                        .loss = loss,
                        .rate =
                            t->step < t->steps ? mi_rate_at(t->o, t->step, t->warmup, t->steps) : 0,
                        .information = t->o->lambda > 0 ? t->information : NAN,
                        .accuracy = t->accuracy,
                        .is_checkpoint = is_checkpoint};
    if (t->job->progress)
        t->job->progress(t->job->progress_arg, &s);
}

static mi_status checkpoint_and_tell(mi_trainer *t)
{
    double loss = t->loss_steps ? t->loss_sum / (double)t->loss_steps : NAN;
    MI_TRY(mi_checkpoint(t));
    tell(t, 1, loss);
    return MI_OK;
}

static mi_status run_steps(mi_trainer *t, int *is_done)
{
    t->next = t->step;
    if (t->step < t->steps)
        MI_TRY(make_views(t));
    while (t->step < t->steps) {
        if (t->job->stop && *t->job->stop)
            return mi_state_write(t);
        MI_TRY(take_step(t));
        if (mi_checkpoint_is_due(t))
            MI_TRY(checkpoint_and_tell(t));
        else
            tell(t, 0, t->loss_sum / (double)t->loss_steps);
    }
    *is_done = 1;
    if (t->job->save)
        MI_TRY(mi_weights_write(t, t->job->save));
    mi_state_remove(t);
    return MI_OK;
}

/* ---- begin and end ---- */

/* What is left to train beside a frozen encoder. */
static mi_status freeze_encoder(mi_trainer *t)
{
    size_t trained = 0;
    for (size_t k = 0; k < t->net.params.n; k++) {
        mi_param *p = t->net.params.p[k];
        p->is_frozen = k < t->n_encoder;
        trained += !p->is_frozen && p->g;
    }
    if (trained > 0)
        return MI_OK;
    return mi_fail(MI_EUSAGE, "a frozen encoder and projector '%s' leave nothing to train",
                   t->o->projector);
}

/* Images, if what is allowed was said of all that is there. */
static mi_status budget_images(mi_trainer *t)
{
    const mi_images *m = t->images;
    const mi_run run = {.memory_bytes = t->o->memory_bytes};
    double each = (double)(m->c * m->h * m->w + sizeof *m->y[0]);
    t->budget = (mi_budget){.allowed = (double)mi_run_memory_bytes(&run),
                            .is_given = t->o->memory_bytes > 0};
    t->net.dnn.budget = t->net.params.budget = &t->budget;
    for (int part = 0; t->budget.is_given && part < MI_IMAGES_PARTS; part++)
        MI_TRY(mi_budget_take(&t->budget, (double)m->n[part] * each));
    return MI_OK;
}

/* What a step takes beside networks, and what a checkpoint does: its features, once more as doubles or beside
 * those of the probe. */
static mi_status budget_rows(mi_trainer *t)
{
    const mi_images *m = t->images;
    const mi_train_opts *o = t->o;
    double d1 = (double)t->net.width, d2 = (double)t->projector.out, n = 2 * (double)o->batch;
    double most = o->probe_images ? (double)o->probe_images : INFINITY;
    double probed = fmin((double)t->n, most) + fmin((double)m->n[MI_IMAGES_TEST], most);
    double views = 2 * (double)o->eval_images;
    double loss = o->loss == MI_LOSS_BARLOW ? d2 * d2 : n * n;
    double step = 2 * n * (double)(m->c * m->h * m->w) + 3 * n * d2 + loss;
    double moments = 0;
    if (o->lambda > 0)
        step += 2 * n * (d1 + d2);
    for (size_t k = 0; k < t->net.params.n; k++)
        if (o->optimiser == MI_OPTIMISER_ADAMW && t->net.params.p[k]->g)
            moments += (double)t->net.params.p[k]->count;
    MI_TRY(mi_budget_take(&t->budget, sizeof(float) * (step + moments)));
    return mi_budget_take(
        &t->budget,
        sizeof(float) * (views * (d1 + d2) + fmax(2 * views * fmax(d1, d2), probed * d1)) +
            sizeof(double) * d1 * d1);
}

static mi_status build(mi_trainer *t)
{
    const mi_images *m = t->images;
    const mi_train_opts *o = t->o;
    int rows = 2 * (int)o->batch;
    MI_TRY(mi_net_begin(&t->net, o->precision == MI_PRECISION_BF16 ? dnnl_bf16 : dnnl_f32, rows,
                        (int)m->c, (int)m->h, (int)m->w));
    MI_TRY(budget_images(t));
    MI_TRY(mi_encoder_build(&t->net, o->encoder, (int)o->width));
    size_t d1 = (size_t)t->net.width, n = (size_t)rows;
    t->n_encoder = t->net.params.n;
    MI_TRY(mi_projector_make(&t->projector, &t->net.params, o->projector, n, d1, (size_t)o->out));
    if (o->freeze)
        MI_TRY(freeze_encoder(t));
    MI_TRY(budget_rows(t));
    MI_TRY(mi_loss_make(&t->loss, o, n, t->projector.out));
    MI_TRY(mi_bottleneck_make(&t->bottleneck, o->lambda, o->alpha, n, d1, t->projector.out));
    MI_TRY(MI_NEW(t->dz, n * t->projector.out));
    MI_TRY(MI_NEW(t->views, n * m->c * m->h * m->w));
    MI_TRY(MI_NEW(t->work, m->h * m->w));
    MI_TRY(MI_NEW(t->order, t->n));
    MI_TRY(mi_net_draw(&t->net, o->seed));
    mi_projector_draw(&t->projector, o->seed);
    return MI_OK;
}

static void release(mi_trainer *t)
{
    mi_net_free(&t->net);
    mi_projector_free(&t->projector);
    mi_loss_free(&t->loss);
    mi_bottleneck_free(&t->bottleneck);
    mi_free(t->dz);
    mi_free(t->views);
    mi_free(t->work);
    mi_free(t->order);
    mi_free(t->state);
}

static mi_status begin(mi_trainer *t)
{
    MI_TRY(mi_weights_init(t));
    return checkpoint_and_tell(t);
}

mi_status mi_train(const mi_train_opts *o, const mi_images *images, const mi_train_job *job,
                   int *is_done)
{
    mi_trainer t = {.o = o, .images = images, .job = job, .order_epoch = SIZE_MAX};
    mi_run run;
    mi_status status;
    *is_done = 0;
    MI_TRY(mi_train_opts_check(o, images));
    MI_TRY(mi_state_name(&t));
    if (!job->resume)
        MI_TRY_GOTO(status, mi_state_check_absent(&t), done);
    mi_run_default(&run);
    run.threads = o->threads;
    t.threads = mi_run_threads(&run);
    set_threads(t.threads);
    t.n = images->n[MI_IMAGES_TRAIN];
    t.epoch_steps = t.n / (size_t)o->batch;
    t.steps = t.epoch_steps * (size_t)o->epochs;
    t.warmup = (size_t)(fmin(o->warmup, 0.5 * (double)o->epochs) * (double)t.epoch_steps);
    t.information = t.accuracy = NAN;
    mi_augment_make(&t.augment, o, images);
    MI_TRY_GOTO(status, build(&t), done);
    MI_TRY_GOTO(status, job->resume ? mi_state_resume(&t) : begin(&t), done);
    status = run_steps(&t, is_done);
done:
    release(&t);
    return status;
}
