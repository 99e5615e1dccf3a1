/* Images through the network as it is, by running statistics, a batch at a time; the linear probe. */
#include <string.h>

#include "libmi/probe/ridge.h"
#include "libmi/train/trainer.h"

/* Makes row i of a batch of images (c,h,w). */
typedef void image_fn(mi_trainer *t, size_t i, float *to);

/* Rows 0 .. n-1 of features, and of the projector's where z2 is wanted. */
static mi_status run_rows(mi_trainer *t, size_t n, image_fn *image, float *z1, float *z2)
{
    size_t rows = (size_t)t->net.n, pixels = t->augment.c * t->augment.h * t->augment.w;
    size_t d1 = (size_t)t->net.width, d2 = t->projector.out;
    for (size_t first = 0; first < n; first += rows) {
        size_t count = n - first < rows ? n - first : rows;
        for (size_t i = 0; i < count; i++)
            image(t, first + i, t->net.images + i * pixels);
        MI_TRY(mi_net_infer(&t->net));
        memcpy(z1 + first * d1, t->net.features, count * d1 * sizeof *z1);
        if (!z2)
            continue;
        MI_TRY(mi_projector_forward(&t->projector, t->net.features, 0));
        memcpy(z2 + first * d2, t->projector.z, count * d2 * sizeof *z2);
    }
    return MI_OK;
}

/* First views of all images, then second ones: the same at every checkpoint. */
static void view_image(mi_trainer *t, size_t row, float *to)
{
    size_t n = (size_t)t->o->eval_images, i = row % n;
    size_t pixels = t->augment.c * t->augment.h * t->augment.w;
    mi_draw draw = mi_draw_start(t->o->seed, MI_DRAW_EVALUATION, i, row / n);
    mi_augment_view(&t->augment, &draw, t->images->x[MI_IMAGES_TEST] + i * pixels, to, t->work);
}

static void train_image(mi_trainer *t, size_t i, float *to)
{
    size_t pixels = t->augment.c * t->augment.h * t->augment.w;
    mi_augment_clean(&t->augment, t->images->x[MI_IMAGES_TRAIN] + i * pixels, to);
}

static void test_image(mi_trainer *t, size_t i, float *to)
{
    size_t pixels = t->augment.c * t->augment.h * t->augment.w;
    mi_augment_clean(&t->augment, t->images->x[MI_IMAGES_TEST] + i * pixels, to);
}

mi_status mi_evaluate_views(mi_trainer *t, size_t n, float *z1, float *z2)
{
    return run_rows(t, 2 * n, view_image, z1, z2);
}

static size_t at_most(size_t n, size_t most)
{
    return most > 0 && most < n ? most : n;
}

mi_status mi_evaluate_probe(mi_trainer *t, double *accuracy, size_t *n)
{
    size_t d = (size_t)t->net.width;
    mi_mat train = {0}, test = {0};
    mi_run run;
    mi_status status;
    mi_run_default(&run);
    run.threads = t->o->threads;
    *n = at_most(t->images->n[MI_IMAGES_TEST], t->o->probe_images);
    MI_TRY_GOTO(status, mi_mat_alloc(&train, at_most(t->n, t->o->probe_images), d, MI_F32), done);
    MI_TRY_GOTO(status, mi_mat_alloc(&test, *n, d, MI_F32), done);
    MI_TRY_GOTO(status, run_rows(t, train.n, train_image, train.x, NULL), done);
    MI_TRY_GOTO(status, run_rows(t, test.n, test_image, test.x, NULL), done);
    status = mi_ridge_accuracy(accuracy, &train, t->images->y[MI_IMAGES_TRAIN], &test,
                               t->images->y[MI_IMAGES_TEST], t->images->classes, &run);
done:
    mi_mat_free(&train);
    mi_mat_free(&test);
    return status;
}
