/* Four steps of training against values that PyTorch made (oracle/train_torch.py): features, gradients, losses,
 * and parameters and running statistics afterwards, every fifth element of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "libmi/features/tensor.h"
#include "libmi/train/head.h"
#include "libmi/train/private.h"

enum { ROWS = 8, STEPS = 4, PIXELS = 3 * 8 * 8, WIDTH = 64, OUT = 16, THIN = 5 };

static const char *path;

typedef struct {
    mi_tensors *file;
    mi_train_opts o;
    mi_net net;
    mi_projector projector;
    mi_loss loss;
} run;

static void stored(const run *r, const char *group, const char *name, size_t rows, float *to)
{
    char full[80];
    snprintf(full, sizeof full, "%s%s", group, name);
    CHECK(mi_tensors_read(r->file, full, 0, rows, MI_STORE_F32, to));
}

static void begin(run *r)
{
    CHECK(mi_tensors_open(&r->file, path));
    mi_train_opts_default(&r->o);
    r->o.rate = 0.05;
    CHECK(mi_net_begin(&r->net, dnnl_f32, ROWS, 3, 8, 8));
    CHECK(mi_encoder_build(&r->net, "resnet8", 16));
    CHECK(mi_projector_make(&r->projector, &r->net.params, "mlp:32", ROWS, WIDTH, OUT));
    CHECK(mi_loss_make(&r->loss, &r->o, ROWS, OUT));
    for (size_t k = 0; k < r->net.params.n; k++) {
        mi_param *p = r->net.params.p[k];
        float *plain = calloc(p->plain, sizeof *plain);
        stored(r, "before/", p->name, p->axis[0], plain);
        CHECK(mi_net_set(&r->net, p, p->w, plain));
        free(plain);
    }
}

static void end(run *r)
{
    mi_loss_free(&r->loss);
    mi_projector_free(&r->projector);
    mi_net_free(&r->net);
    mi_tensors_close(r->file);
}

/* wanted (n) against every step-th of found, relative to the largest of them. */
static void expect_close(const float *found, size_t step, const float *wanted, size_t n,
                         const char *what)
{
    double largest = 1e-6;
    for (size_t k = 0; k < n; k++)
        largest = fmax(largest, fabs((double)wanted[k]));
    for (size_t k = 0; k < n; k++)
        if (!(fabs((double)found[k * step] - wanted[k]) <= 1e-4 * largest))
            fail_msg("%s: element %zu is %.9g, PyTorch has %.9g", what, k * step,
                     (double)found[k * step], (double)wanted[k]);
}

static void compare_rows(const run *r, const char *name, const float *found, size_t d)
{
    float wanted[ROWS * WIDTH];
    stored(r, "", name, ROWS, wanted);
    expect_close(found, 1, wanted, ROWS * d, name);
}

/* Gradients, or values, of all parameters; a statistic has no gradient. */
static void compare_params(run *r, const char *group, int is_gradient)
{
    for (size_t k = 0; k < r->net.params.n; k++) {
        mi_param *p = r->net.params.p[k];
        size_t n = (p->plain + THIN - 1) / THIN;
        float *found, *wanted;
        if (is_gradient && !p->g)
            continue;
        found = calloc(p->plain + n, sizeof *found);
        wanted = found + p->plain;
        CHECK(mi_net_get(&r->net, p, is_gradient ? p->g : p->w, found));
        stored(r, group, p->name, n, wanted);
        expect_close(found, THIN, wanted, n, p->name);
        free(found);
    }
}

static double one_step(run *r, const float *images, size_t step)
{
    float dz[ROWS * OUT];
    const float *dx;
    double loss;
    memcpy(r->net.images, images + step * ROWS * PIXELS, ROWS * PIXELS * sizeof *images);
    CHECK(mi_net_forward(&r->net));
    CHECK(mi_projector_forward(&r->projector, r->net.features, 1));
    CHECK(mi_loss_of(&r->loss, &loss, r->projector.z, dz));
    CHECK(mi_projector_back(&r->projector, dz, &dx));
    memcpy(r->net.features_wanted, dx, ROWS * WIDTH * sizeof *dx);
    CHECK(mi_net_backward(&r->net));
    if (step == 0) {
        compare_rows(r, "z1", r->net.features, WIDTH);
        compare_rows(r, "z2", r->projector.z, OUT);
        compare_params(r, "gradient/", 1);
    }
    CHECK(mi_optimiser_step(&r->net.params, &r->o, r->o.rate, step + 1));
    return loss;
}

static void four_steps(void **state)
{
    static float images[STEPS * ROWS * PIXELS];
    double losses[STEPS];
    run r = {0};
    (void)state;
    begin(&r);
    stored(&r, "", "images", STEPS, images);
    CHECK(mi_tensors_read(r.file, "losses", 0, STEPS, MI_STORE_F64, losses));
    for (size_t step = 0; step < STEPS; step++)
        CHECK_NEAR(one_step(&r, images, step), losses[step], 1e-4 * losses[step]);
    compare_params(&r, "after/", 0);
    memcpy(r.net.images, images, ROWS * PIXELS * sizeof *images);
    CHECK(mi_net_infer(&r.net));
    CHECK(mi_projector_forward(&r.projector, r.net.features, 0));
    compare_rows(&r, "z1_infer", r.net.features, WIDTH);
    compare_rows(&r, "z2_infer", r.projector.z, OUT);
    end(&r);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(four_steps)};
    path = argc > 1 ? argv[1] : "train.h5";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
