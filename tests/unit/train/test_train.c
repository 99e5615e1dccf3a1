/* Whole runs on made-up images: files as promised, resuming to the same values, stopping, learning, losses
 * that are not finite, encoders of other runs, options that cannot be. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draw.h"
#include "fixture.h"
#include "libmi/features/tensor.h"
#include "libmi/train/onednn.h"
#include "libmi/train/train.h"

enum { TRAIN = 96, TEST = 40, SIDE = 12, CLASSES = 8 };

/* A class is the direction of stripes; their width and place, and two colours, are the image's own. */
static void draw_image(uint8_t *x, int class)
{
    double angle = M_PI * class / CLASSES, shift = 2 * M_PI * draw_uniform();
    double wave = 2 * M_PI / (3 + 2 * draw_uniform());
    for (size_t c = 0; c < 3; c++) {
        double ground = 40 + 60 * draw_uniform(), ink = 150 + 90 * draw_uniform();
        for (size_t k = 0; k < SIDE * SIDE; k++) {
            double along = (double)(k % SIDE) * cos(angle) + (double)(k / SIDE) * sin(angle);
            double v = (cos(wave * along + shift) > 0 ? ink : ground) + 25 * draw_normal();
            x[c * SIDE * SIDE + k] = (uint8_t)fmin(255, fmax(0, v));
        }
    }
}

static void draw_part(mi_images *m, int part, size_t n)
{
    size_t pixels = 3 * SIDE * SIDE;
    m->n[part] = n;
    CHECK(mi_malloc(&m->x[part], n, pixels));
    CHECK(MI_NEW_RAW(m->y[part], n));
    for (size_t i = 0; i < n; i++) {
        m->y[part][i] = (int64_t)(i % CLASSES);
        draw_image(m->x[part] + i * pixels, (int)(i % CLASSES));
    }
}

static void draw_sized(mi_images *m, size_t train, size_t test)
{
    *m = (mi_images){.c = 3, .h = SIDE, .w = SIDE, .classes = CLASSES};
    draw_seed(21);
    draw_part(m, MI_IMAGES_TRAIN, train);
    draw_part(m, MI_IMAGES_TEST, test);
    CHECK(mi_strdup(&m->name, "made-up"));
}

static void draw_images(mi_images *m)
{
    draw_sized(m, TRAIN, TEST);
}

static mi_train_opts options(void)
{
    mi_train_opts o;
    mi_train_opts_default(&o);
    o.width = 16;
    o.out = 8;
    o.batch = 32;
    o.epochs = 3;
    o.eval_images = 24;
    o.threads = 1; /* where others work too, two that wait for each other are slower */
    o.store = MI_STORE_F32;
    return o;
}

/* A run to its end, or until `stop_at` steps are done. */
typedef struct {
    size_t stop_at, steps;
    volatile int stop;
    double last_loss, accuracy;
} watch;

static void look(void *arg, const mi_train_state *s)
{
    watch *w = arg;
    w->steps += !s->is_checkpoint;
    w->last_loss = s->loss;
    w->accuracy = s->accuracy;
    w->stop = w->stop_at > 0 && s->step >= w->stop_at;
}

static mi_status train(const mi_train_opts *o, const char *out, int resume, watch *w, int *is_done)
{
    mi_images images;
    mi_train_job job = {.out = out, .resume = resume, .progress = look, .progress_arg = w};
    job.stop = &w->stop;
    draw_images(&images);
    mi_status status = mi_train(o, &images, &job, is_done);
    mi_images_free(&images);
    return status;
}

static void run_whole(const mi_train_opts *o, const char *out)
{
    watch w = {0};
    int is_done;
    CHECK(train(o, out, 0, &w, &is_done));
    assert_true(is_done);
}

/* ---- what is in the file ---- */

static void features_of_every_checkpoint(void **state)
{
    mi_train_opts o = options();
    (void)state;
    run_whole(&o, "run.h5");
    mi_features *f = open_one("run.h5");
    assert_int_equal(mi_features_count(f), 4);
    for (size_t k = 0; k < 4; k++) {
        char group[16];
        const mi_set *s = mi_features_set(f, k);
        snprintf(group, sizeof group, "/epoch_%03zu", k);
        assert_string_equal(s->group, group);
        assert_int_equal(s->member[MI_Z1].n, 48);
        assert_int_equal(s->member[MI_Z1].d, 128);
        assert_int_equal(s->member[MI_Z2].d, 8);
        assert_int_equal(mi_set_attr(s, "epoch")->integer, k);
        assert_true(mi_set_attr(s, "accuracy")->real >= 0);
        assert_int_equal(mi_set_attr(s, "accuracy_n")->integer, TEST);
        assert_int_equal(mi_set_attr(s, "loss") != NULL, k > 0);
        assert_string_equal(mi_set_attr(s, "projector")->text, "mlp");
        assert_string_equal(mi_set_attr(s, "dataset")->text, "made-up");
    }
    mi_features_close(f);
    assert_int_equal(access("run.h5.resume", F_OK), -1);
}

/* Values of one member of one group. */
static float *values(const char *file, const char *name, size_t n, size_t d)
{
    mi_tensors *t;
    float *x = calloc(n * d, sizeof *x);
    CHECK(mi_tensors_open(&t, file));
    CHECK(mi_tensors_read(t, name, 0, n, MI_STORE_F32, x));
    mi_tensors_close(t);
    return x;
}

static void expect_same(const char *a, const char *b, const char *name, size_t n, size_t d)
{
    float *x = values(a, name, n, d), *y = values(b, name, n, d);
    if (memcmp(x, y, n * d * sizeof *x) != 0)
        fail_msg("%s differs between %s and %s", name, a, b);
    free(x);
    free(y);
}

static void expect_same_run(const char *a, const char *b)
{
    for (int k = 0; k < 4; k++) {
        char name[32];
        snprintf(name, sizeof name, "/epoch_%03d/z1", k);
        expect_same(a, b, name, 48, 128);
        name[strlen(name) - 1] = '2';
        expect_same(a, b, name, 48, 8);
    }
}

/* ---- going on ---- */

/* Stopped in the middle of an epoch, and again at a checkpoint: bit by bit the same. */
static void check_resumed(mi_train_opts o)
{
    watch first = {.stop_at = 2}, second = {.stop_at = 6}, third = {0};
    int is_done;
    run_whole(&o, "whole.h5");
    CHECK(train(&o, "parts.h5", 0, &first, &is_done));
    assert_false(is_done);
    assert_int_equal(access("parts.h5.resume", F_OK), 0);
    CHECK(train(&o, "parts.h5", 1, &second, &is_done));
    assert_false(is_done);
    CHECK(train(&o, "parts.h5", 1, &third, &is_done));
    assert_true(is_done);
    assert_int_equal(first.steps + second.steps + third.steps, 6);
    expect_same_run("whole.h5", "parts.h5");
    assert_int_equal(unlink("whole.h5") + unlink("parts.h5"), 0);
}

static void resumed_runs_are_the_same(void **state)
{
    mi_train_opts o = options();
    (void)state;
    check_resumed(o);
    o.optimiser = MI_OPTIMISER_ADAMW;
    o.rate = 1e-3;
    o.loss = MI_LOSS_BARLOW;
    o.projector = "mlp:16,fsq:5";
    check_resumed(o);
    o.optimiser = MI_OPTIMISER_LARS;
    o.encoder = "resnet8";
    o.width = 32;
    o.projector = "sae:8:64,linear";
    o.lambda = 0.1;
    check_resumed(o);
    o.precision = mi_onednn_has_bf16() ? MI_PRECISION_BF16 : MI_PRECISION_F32;
    check_resumed(o);
}

/* Killed between the state and the features of a checkpoint: these come when the run goes on. */
static void a_checkpoint_that_was_cut_off(void **state)
{
    mi_train_opts o = options();
    watch w = {.stop_at = 6};
    int is_done;
    (void)state;
    run_whole(&o, "whole.h5");
    CHECK(train(&o, "cut.h5", 0, &w, &is_done));
    hid_t file = H5Fopen("cut.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, "/epoch_002", H5P_DEFAULT) >= 0);
    H5Fclose(file);
    w = (watch){0};
    CHECK(train(&o, "cut.h5", 1, &w, &is_done));
    assert_true(is_done);
    expect_same_run("whole.h5", "cut.h5");
}

static void expect(mi_status found, mi_status status, const char *text)
{
    assert_string_equal(found == MI_OK ? "done" : mi_detail(), text);
    assert_int_equal(found, status);
}

static void what_does_not_go_on(void **state)
{
    mi_train_opts o = options();
    watch w = {.stop_at = 1};
    int is_done;
    (void)state;
    expect(train(&o, "new.h5", 1, &w, &is_done), MI_EOPEN,
           "cannot open 'new.h5.resume': No such file or directory");
    CHECK(train(&o, "run.h5", 0, &w, &is_done));
    expect(train(&o, "run.h5", 0, &w, &is_done), MI_ECREATE,
           "'run.h5.resume' is the state of an unfinished run: resume goes on with it; remove it "
           "to begin anew");
    o.rate = 0.1;
    expect(train(&o, "run.h5", 1, &w, &is_done), MI_EUSAGE,
           "the run in 'run.h5' has rate=0.059999999999999998, this command "
           "rate=0.10000000000000001: a run goes on with the options that it began with");
}

/* ---- results ---- */

/* The probe of 1,024 images rises from that of the same encoder, untrained. */
static void check_learning(mi_loss_kind kind, double margin)
{
    mi_train_opts o = options();
    mi_images images;
    watch w = {.stop_at = 1};
    mi_train_job job = {.out = "learn.h5", .progress = look, .progress_arg = &w};
    int is_done;
    double before;
    job.stop = &w.stop;
    o.loss = kind;
    o.batch = 128;
    o.epochs = o.every = 12;
    o.out = 32;
    o.crop = 0.5;
    o.flip = 0;
    o.rate = 0.1;
    draw_sized(&images, 1024, 512);
    CHECK(mi_train(&o, &images, &job, &is_done));
    before = w.accuracy;
    w = (watch){0};
    job.resume = 1;
    CHECK(mi_train(&o, &images, &job, &is_done));
    assert_true(is_done);
    printf("# %s: loss %.4f accuracy %.3f before, %.3f after\n", kind ? "barlow" : "infonce",
           w.last_loss, before, w.accuracy);
    CHECK_AT_MOST(before + margin, w.accuracy, 0);
    mi_images_free(&images);
}

static void infonce_learns(void **state)
{
    (void)state;
    check_learning(MI_LOSS_INFONCE, 0.2);
}

static void barlow_learns(void **state)
{
    (void)state;
    check_learning(MI_LOSS_BARLOW, 0.1);
}

static void the_bottleneck_lowers_information(void **state)
{
    double i[2];
    (void)state;
    for (int k = 0; k < 2; k++) {
        mi_train_opts o = options();
        const char *address = "bottle.h5:/epoch_012";
        mi_features *f;
        mi_sample_opts how;
        mi_sample s;
        mi_sample_opts_default(&how);
        o.epochs = o.every = 12;
        o.lambda = k;
        run_whole(&o, "bottle.h5");
        CHECK(mi_features_open(&f, &address, 1, NULL));
        CHECK(mi_sample_load(&s, f, 0, 1u << MI_Z1 | 1u << MI_Z2, &how));
        CHECK(mi_information(&i[k], &s, "z1:z2", 2, NULL));
        mi_sample_free(&s);
        mi_features_close(f);
    }
    printf("# I(Z1;Z2): %.3f without, %.3f with lambda 1\n", i[0], i[1]);
    CHECK_AT_MOST(i[1], 0.9 * i[0], 0);
}

/* A rate that blows up: the first checkpoint stays. */
static void a_loss_that_is_not_finite(void **state)
{
    mi_train_opts o = options();
    watch w = {0};
    int is_done;
    (void)state;
    o.rate = 1e6;
    o.warmup = 0;
    o.decay = 1e3;
    o.epochs = 60;
    assert_int_equal(train(&o, "nan.h5", 0, &w, &is_done), MI_EDATA);
    assert_non_null(strstr(mi_detail(), "the loss is "));
    assert_non_null(strstr(mi_detail(), "'nan.h5' keeps the checkpoints before it"));
    mi_features *f = open_one("nan.h5");
    assert_true(mi_features_count(f) >= 1);
    mi_features_close(f);
}

static void weights_are_written(void **state)
{
    mi_train_opts o = options();
    mi_images images;
    mi_tensors *t;
    mi_tensor_shape shape;
    int is_done;
    mi_train_job job = {.out = "run.h5", .save = "weights.h5"};
    (void)state;
    draw_images(&images);
    CHECK(mi_train(&o, &images, &job, &is_done));
    CHECK(mi_tensors_open(&t, "weights.h5"));
    CHECK(mi_tensors_shape(t, "encoder.00.weight", &shape));
    assert_int_equal(shape.axes, 4);
    assert_int_equal(shape.axis[0], 16);
    assert_int_equal(shape.axis[1], 3);
    assert_true(mi_tensors_has(t, "projector.02.bias"));
    mi_tensors_close(t);
    mi_images_free(&images);
}

/* ---- an encoder of another run ---- */

/* Train as `o` says, and save the weights. */
static mi_status save(const mi_train_opts *o, const char *out, const char *weights)
{
    mi_images images;
    int is_done;
    mi_train_job job = {.out = out, .save = weights};
    draw_images(&images);
    mi_status status = mi_train(o, &images, &job, &is_done);
    mi_images_free(&images);
    return status;
}

static void make_weights(void)
{
    mi_train_opts o = options();
    CHECK(save(&o, "first.h5", "first-weights.h5"));
}

/* Every dataset of a file of weights: what `same` says of it in the other one. */
static void compare_weights(const char *a, const char *b, const char *part, int same)
{
    static const char *const name[] = {
        "encoder.00.weight",   "encoder.01.scale_shift",   "encoder.01.running",
        "encoder.06.weight",   "encoder.07.scale_shift",   "encoder.07.running",
        "projector.00.weight", "projector.01.scale_shift", "projector.01.running",
        "projector.02.weight", "projector.02.bias"};
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        mi_tensors *t;
        mi_tensor_shape s;
        size_t rest = 1;
        if (strncmp(name[k], part, strlen(part)) != 0)
            continue;
        CHECK(mi_tensors_open(&t, a));
        CHECK(mi_tensors_shape(t, name[k], &s));
        mi_tensors_close(t);
        for (int axis = 1; axis < s.axes; axis++)
            rest *= s.axis[axis];
        float *x = values(a, name[k], s.axis[0], rest), *y = values(b, name[k], s.axis[0], rest);
        if ((memcmp(x, y, s.axis[0] * rest * sizeof *x) == 0) != same)
            fail_msg("%s of %s and %s: wanted %s", name[k], a, b, same ? "equal" : "different");
        free(x);
        free(y);
    }
}

/* Bit by bit, batch normalisation's statistics too; the projector learns, whatever trains it. */
static void a_frozen_encoder_stays(void **state)
{
    (void)state;
    make_weights();
    for (mi_optimiser k = 0; k < MI_OPTIMISERS; k++) {
        mi_train_opts o = options();
        o.init = "first-weights.h5";
        o.freeze = 1;
        o.optimiser = k;
        o.lambda = 0.1;
        o.seed = 2;
        CHECK(save(&o, "frozen.h5", "frozen-weights.h5"));
        compare_weights("first-weights.h5", "frozen-weights.h5", "encoder", 1);
        compare_weights("first-weights.h5", "frozen-weights.h5", "projector", 0);
        float *first = values("frozen.h5", "/epoch_000/z1", 48, 128);
        float *last = values("frozen.h5", "/epoch_003/z1", 48, 128);
        assert_memory_equal(first, last, 48 * 128 * sizeof *first);
        free(first);
        free(last);
    }
}

/* Not frozen, it goes on from there. The projector is drawn anew. */
static void an_encoder_goes_on(void **state)
{
    mi_train_opts o = options();
    (void)state;
    make_weights();
    o.init = "first-weights.h5";
    CHECK(save(&o, "second.h5", "second-weights.h5"));
    float *end = values("first.h5", "/epoch_003/z1", 48, 128);
    float *begin = values("second.h5", "/epoch_000/z1", 48, 128);
    assert_memory_equal(end, begin, 48 * 128 * sizeof *end);
    free(end);
    free(begin);
    compare_weights("first-weights.h5", "second-weights.h5", "encoder", 0);
}

static void a_frozen_run_goes_on(void **state)
{
    mi_train_opts o = options();
    (void)state;
    make_weights();
    o.init = "first-weights.h5";
    o.freeze = 1;
    check_resumed(o);
}

/* A change of one dataset of the weights. */
static void put_value(const char *file, const char *name, float value)
{
    hid_t f = H5Fopen(file, H5F_ACC_RDWR, H5P_DEFAULT), d = H5Dopen2(f, name, H5P_DEFAULT);
    float x[16 * 3 * 3 * 3];
    assert_true(H5Dread(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0);
    x[5] = value;
    assert_true(H5Dwrite(d, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0);
    H5Dclose(d);
    H5Fclose(f);
}

static void encoders_that_do_not_fit(void **state)
{
    mi_train_opts o = options();
    (void)state;
    make_weights();
    o.init = "first-weights.h5";
    o.width = 32;
    expect(save(&o, "x.h5", NULL), MI_EDATA,
           "'first-weights.h5': 'encoder.00.weight' is (16,3,3,3), wanted (32,3,3,3): the weights "
           "are of another encoder, or of images with other channels");
    o.encoder = "resnet8";
    expect(save(&o, "x.h5", NULL), MI_EDATA,
           "'first-weights.h5' holds the weights of encoder small, wanted resnet8");
    o = options();
    o.init = "nowhere.h5";
    expect(save(&o, "x.h5", NULL), MI_EOPEN, "cannot open 'nowhere.h5': No such file or directory");
    o.init = "first.h5";
    expect(save(&o, "x.h5", NULL), MI_EDATA,
           "'first.h5' holds no weights of an encoder, as save writes them");
    put_value("first-weights.h5", "encoder.00.weight", NAN);
    o.init = "first-weights.h5";
    expect(save(&o, "x.h5", NULL), MI_EDATA,
           "'first-weights.h5': 'encoder.00.weight' holds values that are not finite");
    o = options();
    o.freeze = 1;
    o.projector = "identity,fsq:5";
    expect(save(&o, "x.h5", NULL), MI_EUSAGE,
           "a frozen encoder and projector 'identity,fsq:5' leave nothing to train");
    assert_int_equal(access("x.h5", F_OK) & access("x.h5.resume", F_OK), -1);
}

static void options_that_cannot_be(void **state)
{
    mi_train_opts o = options();
    watch w = {0};
    int is_done;
    (void)state;
    o.temperature = 0;
    expect(train(&o, "x.h5", 0, &w, &is_done), MI_EUSAGE,
           "temperature is 0, wanted above 0 and at most 1e+06");
    o = options();
    o.momentum = 1;
    expect(train(&o, "x.h5", 0, &w, &is_done), MI_EUSAGE,
           "momentum is 1, wanted at least 0 and at most 0.9999");
    o = options();
    o.batch = 97;
    expect(train(&o, "x.h5", 0, &w, &is_done), MI_EDATA,
           "made-up has 96 training images, fewer than a batch of 97");
    o = options();
    o.eval_images = 41;
    expect(train(&o, "x.h5", 0, &w, &is_done), MI_EDATA,
           "made-up has 40 test images, fewer than the 41 of eval");
    o = options();
    o.width = 24;
    expect(train(&o, "x.h5", 0, &w, &is_done), MI_EUSAGE,
           "an encoder of width 24, wanted a multiple of 16");
    o = options();
    o.memory_bytes = 40000;
    expect(train(&o, "x.h5", 0, &w, &is_done), MI_EMEMORY,
           "training needs 0.0422 MB or more, allowed are 0.04 MB; a smaller batch, encoder or "
           "projector needs less");
    o = options();
    expect(train(&o, "nowhere/x.h5", 0, &w, &is_done), MI_ECREATE,
           "cannot create 'nowhere/x.h5.resume': No such file or directory");
    assert_int_equal(access("x.h5", F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(features_of_every_checkpoint),
        FIXTURE_TEST(resumed_runs_are_the_same),
        FIXTURE_TEST(a_checkpoint_that_was_cut_off),
        FIXTURE_TEST(what_does_not_go_on),
        FIXTURE_TEST(infonce_learns),
        FIXTURE_TEST(barlow_learns),
        FIXTURE_TEST(the_bottleneck_lowers_information),
        FIXTURE_TEST(a_loss_that_is_not_finite),
        FIXTURE_TEST(weights_are_written),
        FIXTURE_TEST(a_frozen_encoder_stays),
        FIXTURE_TEST(an_encoder_goes_on),
        FIXTURE_TEST(a_frozen_run_goes_on),
        FIXTURE_TEST(encoders_that_do_not_fit),
        FIXTURE_TEST(options_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
