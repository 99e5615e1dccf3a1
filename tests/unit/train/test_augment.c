/* Views of images against a twin in double precision that goes pixel by pixel, with the same draws. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "libmi/train/augment.h"

enum { VIEWS = 400, MOST = 3 * 32 * 32 };

/* ---- the twin ---- */

typedef struct {
    size_t x, y, w, h;
} window;

static window twin_window(const mi_augment *a, mi_draw *draw)
{
    for (int k = 0; k < 10; k++) {
        float share = (float)a->crop + (1 - (float)a->crop) * mi_draw_uniform(draw);
        float area = share * (float)(a->h * a->w);
        float ratio = expf((2 * mi_draw_uniform(draw) - 1) * logf(4.0f / 3));
        window r = {.w = (size_t)lrintf(sqrtf(area * ratio)),
                    .h = (size_t)lrintf(sqrtf(area / ratio))};
        if (r.w == 0 || r.h == 0 || r.w > a->w || r.h > a->h)
            continue;
        r.x = mi_draw_below(draw, a->w - r.w + 1);
        r.y = mi_draw_below(draw, a->h - r.h + 1);
        return r;
    }
    return (window){.w = a->w, .h = a->h};
}

/* The pixel of a window at a place between its pixels. */
static double between(const mi_augment *a, const uint8_t *plane, window r, double x, double y)
{
    double value = 0;
    x = fmin(fmax(x, 0), (double)(r.w - 1));
    y = fmin(fmax(y, 0), (double)(r.h - 1));
    for (size_t j = 0; j < r.h; j++)
        for (size_t i = 0; i < r.w; i++)
            value += fmax(0, 1 - fabs(x - (double)i)) * fmax(0, 1 - fabs(y - (double)j)) *
                     plane[(r.y + j) * a->w + r.x + i];
    return value / 255;
}

static double bounded(double x)
{
    return fmin(fmax(x, 0), 1);
}

static double grey_at(const mi_augment *a, const double *x, size_t k)
{
    size_t plane = a->h * a->w;
    return a->c == 1 ? x[k] : 0.299 * x[k] + 0.587 * x[plane + k] + 0.114 * x[2 * plane + k];
}

/* By the six sectors of the colour circle. */
static void twin_hue(double *r, double *g, double *b, double turn)
{
    double v = fmax(*r, fmax(*g, *b)), chroma = v - fmin(*r, fmin(*g, *b)), h = 0;
    if (chroma > 0)
        h = v == *r ? fmod((*g - *b) / chroma + 6, 6)
                    : (v == *g ? (*b - *r) / chroma + 2 : (*r - *g) / chroma + 4);
    h = fmod(h + 6 * turn + 6, 6);
    double s = v > 0 ? chroma / v : 0, f = h - floor(h);
    double p = v * (1 - s), q = v * (1 - s * f), t = v * (1 - s * (1 - f));
    const double colour[6][3] = {{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}};
    const double *c = colour[(int)h % 6];
    *r = c[0];
    *g = c[1];
    *b = c[2];
}

static void twin_part(const mi_augment *a, double *x, size_t part, double u)
{
    size_t plane = a->h * a->w;
    double factor = fmax(0, 1 + 0.4 * u), mean = 0;
    for (size_t k = 0; k < plane; k++)
        mean += grey_at(a, x, k) / (double)plane;
    for (size_t k = 0; k < plane; k++) {
        double towards = part == 0 ? 0 : part == 1 ? mean : grey_at(a, x, k);
        for (size_t c = 0; c < a->c && (part < 2 || (part == 2 && a->c == 3)); c++)
            x[c * plane + k] = bounded(factor * x[c * plane + k] + (1 - factor) * towards);
        if (part == 3 && a->c == 3)
            twin_hue(&x[k], &x[plane + k], &x[2 * plane + k], 0.1 * u);
    }
}

static void twin_view(const mi_augment *a, mi_draw *draw, const uint8_t *image, double *to)
{
    size_t plane = a->h * a->w, order[4];
    window r = twin_window(a, draw);
    int flip = mi_draw_uniform(draw) < (float)a->flip;
    for (size_t c = 0; c < a->c; c++)
        for (size_t k = 0; k < plane; k++) {
            size_t x = flip ? a->w - 1 - k % a->w : k % a->w, y = k / a->w;
            to[c * plane + k] = between(a, image + c * plane, r,
                                        ((double)x + 0.5) * (double)r.w / (double)a->w - 0.5,
                                        ((double)y + 0.5) * (double)r.h / (double)a->h - 0.5);
        }
    if (mi_draw_uniform(draw) < 0.8f) {
        mi_draw_permutation(draw, order, 4);
        for (int i = 0; i < 4; i++)
            twin_part(a, to, order[i], a->jitter * (2 * mi_draw_uniform(draw) - 1));
    }
    int is_grey = mi_draw_uniform(draw) < (float)a->grey;
    for (size_t k = 0; k < plane; k++) {
        double grey = grey_at(a, to, k);
        for (size_t c = 0; c < a->c; c++)
            to[c * plane + k] = ((is_grey ? grey : to[c * plane + k]) - a->mean[c]) * a->inverse[c];
    }
}

/* ---- tests ---- */

static void draw_image(uint8_t *image, size_t n, size_t number)
{
    draw_seed(number);
    for (size_t k = 0; k < n;
         k++) /* every other image has few colours, equal channels among them */
        image[k] =
            (uint8_t)(number % 2 ? 255.999 * draw_uniform() : 127.5 * floor(3 * draw_uniform()));
}

static void compare_views(size_t c, size_t h, size_t w)
{
    const mi_augment a = {c, h, w, 0.2, 1, 0.5, 0.2, {0.4f, 0.5f, 0.45f}, {4, 3.5f, 3}};
    uint8_t image[MOST];
    float to[MOST], work[MOST];
    double twin[MOST];
    for (size_t i = 0; i < VIEWS; i++) {
        mi_draw ours = mi_draw_start(5, 0, i, c), theirs = ours;
        draw_image(image, c * h * w, i);
        mi_augment_view(&a, &ours, image, to, work);
        twin_view(&a, &theirs, image, twin);
        assert_int_equal(ours.at, theirs.at);
        for (size_t k = 0; k < c * h * w; k++)
            CHECK_NEAR(to[k], twin[k], 3e-5);
    }
}

static void views_equal_their_twin(void **state)
{
    (void)state;
    compare_views(3, 16, 16);
    compare_views(3, 9, 13);
    compare_views(1, 14, 14);
}

static void nothing_asked_for_is_the_image(void **state)
{
    const mi_augment a = {3, 32, 32, 1, 0, 0, 0, {0.4f, 0.5f, 0.45f}, {4, 3.5f, 3}};
    uint8_t image[MOST];
    float view[MOST], clean[MOST], work[MOST];
    (void)state;
    for (size_t i = 0; i < VIEWS; i++) {
        mi_draw draw = mi_draw_start(6, 0, i, 0);
        draw_image(image, MOST, i);
        mi_augment_view(&a, &draw, image, view, work);
        mi_augment_clean(&a, image, clean);
        for (size_t k = 0; k < MOST; k++)
            CHECK_NEAR(view[k], clean[k], 2e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_equal_their_twin),
        cmocka_unit_test(nothing_asked_for_is_the_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
