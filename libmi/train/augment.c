/* SimCLR's augmentations (Chen et al., "A Simple Framework for Contrastive Learning of Visual
 * Representations", ICML 2020, appendix A), on planes of floats in [0,1]. Images of one channel have no
 * saturation, hue and grey. */
#include "libmi/train/augment.h"

#include <math.h>
#include <string.h>

#include "libmi/base/leaf_clones.h"

/* Without fused multiplication and addition: the same values on every CPU. */
#define LEAF_CLONES MI_CLONES("avx2")

#define JITTER_CHANCE 0.8f
#define TRIES         10 /* to find a crop that fits */

static const float luma[3] = {0.299f, 0.587f, 0.114f};

void mi_augment_make(mi_augment *a, const mi_train_opts *o, const mi_images *images)
{
    size_t plane = images->h * images->w;
    *a = (mi_augment){.c = images->c,
                      .h = images->h,
                      .w = images->w,
                      .crop = o->crop,
                      .jitter = o->jitter,
                      .flip = o->flip,
                      .grey = o->grey};
    for (size_t c = 0; c < a->c; c++) {
        double sum = 0, square = 0, n = (double)images->n[MI_IMAGES_TRAIN] * (double)plane * 255;
        for (size_t i = 0; i < images->n[MI_IMAGES_TRAIN]; i++) {
            const uint8_t *x = images->x[MI_IMAGES_TRAIN] + (i * a->c + c) * plane;
            uint64_t s = 0, q = 0;
            for (size_t k = 0; k < plane; k++) {
                s += x[k];
                q += (unsigned)x[k] * x[k];
            }
            sum += (double)s / n;
            square += (double)q / n / 255;
        }
        double variance = square - sum * sum;
        a->mean[c] = (float)sum;
        a->inverse[c] = variance > 1e-8 ? (float)(1 / sqrt(variance)) : 1;
    }
}

/* ---- crop ---- */

typedef struct {
    size_t x, y, w, h;
} window;

/* Up to ten tries at a window of the wanted area and ratio; else the whole image. */
static window draw_window(const mi_augment *a, mi_draw *draw)
{
    const float log_ratio = logf(4.0f / 3);
    for (int k = 0; k < TRIES; k++) {
        float share = (float)a->crop + (1 - (float)a->crop) * mi_draw_uniform(draw);
        float area = share * (float)(a->h * a->w);
        float ratio = expf((2 * mi_draw_uniform(draw) - 1) * log_ratio);
        size_t w = (size_t)lrintf(sqrtf(area * ratio)), h = (size_t)lrintf(sqrtf(area / ratio));
        if (w > 0 && w <= a->w && h > 0 && h <= a->h)
            return (window){.w = w,
                            .h = h,
                            .x = mi_draw_below(draw, a->w - w + 1),
                            .y = mi_draw_below(draw, a->h - h + 1)};
    }
    return (window){.w = a->w, .h = a->h};
}

/* Where output place o of `to` places lies between two of `from`: half-pixel centres, edges repeated. */
static float place(size_t o, size_t to, size_t from, size_t *first, size_t *second)
{
    float at = ((float)o + 0.5f) * (float)from / (float)to - 0.5f;
    at = at < 0 ? 0 : at;
    *first = (size_t)at < from ? (size_t)at : from - 1;
    *second = *first + 1 < from ? *first + 1 : from - 1;
    return at - (float)*first;
}

/* The window of one plane resized to the whole of `to`, flipped where asked for; work (h,w). */
LEAF_CLONES
static void crop_plane(const mi_augment *a, const uint8_t *plane, float *restrict to,
                       float *restrict work, window r, int flip)
{
    size_t first, second;
    for (size_t x = 0; x < a->w; x++) {
        float f = place(flip ? a->w - 1 - x : x, a->w, r.w, &first, &second);
        for (size_t y = 0; y < r.h; y++) {
            const uint8_t *row = plane + (r.y + y) * a->w + r.x;
            work[y * a->w + x] =
                (1 / 255.0f) * ((float)row[first] + f * (float)(row[second] - row[first]));
        }
    }
    for (size_t y = 0; y < a->h; y++) {
        float f = place(y, a->h, r.h, &first, &second);
        const float *above = work + first * a->w, *below = work + second * a->w;
        for (size_t x = 0; x < a->w; x++)
            to[y * a->w + x] = above[x] + f * (below[x] - above[x]);
    }
}

/* ---- colour ---- */

static inline float clamp(float x)
{
    x = x < 0 ? 0 : x;
    return x > 1 ? 1 : x;
}

static inline float grey_of(float r, float g, float b)
{
    return luma[0] * r + luma[1] * g + luma[2] * b;
}

/* Brightness, and contrast with an offset. */
LEAF_CLONES
static void scale(float *restrict x, size_t n, float factor, float offset)
{
    for (size_t k = 0; k < n; k++)
        x[k] = clamp(x[k] * factor + offset);
}

/* Towards the mean grey. */
static void contrast(const mi_augment *a, float *x, float factor)
{
    size_t plane = a->h * a->w;
    float mean = 0;
    for (size_t k = 0; k < plane; k++)
        mean += a->c == 1 ? x[k] : grey_of(x[k], x[plane + k], x[2 * plane + k]);
    scale(x, a->c * plane, factor, mean * ((1 - factor) / (float)plane));
}

/* Towards the grey of the same place. */
LEAF_CLONES
static void saturation(float *restrict r, float *restrict g, float *restrict b, size_t plane,
                       float factor)
{
    for (size_t k = 0; k < plane; k++) {
        float grey = (1 - factor) * grey_of(r[k], g[k], b[k]);
        r[k] = clamp(r[k] * factor + grey);
        g[k] = clamp(g[k] * factor + grey);
        b[k] = clamp(b[k] * factor + grey);
    }
}

/* One channel of HSV's colour: value - chroma max(0, min(q, 4 - q, 1)), q = (n + 6 hue) mod 6 (Smith,
 * SIGGRAPH 1978, in the form without cases). */
static inline float channel(float n, float hue, float value, float chroma)
{
    float q = n + hue;
    q = q >= 6 ? q - 6 : q;
    float low = 4 - q < q ? 4 - q : q;
    return value - chroma * clamp(low);
}

/* The hue turns by a share of the circle. */
LEAF_CLONES
static void turn_hue(float *restrict r, float *restrict g, float *restrict b, size_t plane,
                     float turn)
{
    for (size_t k = 0; k < plane; k++) {
        float high = r[k] > g[k] ? r[k] : g[k], low = r[k] < g[k] ? r[k] : g[k];
        high = high > b[k] ? high : b[k];
        low = low < b[k] ? low : b[k];
        float chroma = high - low, part = 1 / (chroma > 0 ? chroma : 1);
        float hue = high == r[k]   ? (g[k] - b[k]) * part
                    : high == g[k] ? 2 + (b[k] - r[k]) * part
                                   : 4 + (r[k] - g[k]) * part;
        hue = hue / 6 + turn;
        hue = 6 * (hue - floorf(hue));
        r[k] = channel(5, hue, high, chroma);
        g[k] = channel(3, hue, high, chroma);
        b[k] = channel(1, hue, high, chroma);
    }
}

static void colour_jitter(const mi_augment *a, mi_draw *draw, float *x)
{
    size_t order[4], plane = a->h * a->w;
    float strength = (float)a->jitter;
    mi_draw_permutation(draw, order, 4);
    for (int i = 0; i < 4; i++) {
        float u = strength * (2 * mi_draw_uniform(draw) - 1), factor = fmaxf(0, 1 + 0.4f * u);
        if (order[i] == 0)
            scale(x, a->c * plane, factor, 0);
        else if (order[i] == 1)
            contrast(a, x, factor);
        else if (order[i] == 2 && a->c == 3)
            saturation(x, x + plane, x + 2 * plane, plane, factor);
        else if (order[i] == 3 && a->c == 3)
            turn_hue(x, x + plane, x + 2 * plane, plane, 0.1f * u);
    }
}

static void to_grey(const mi_augment *a, float *x)
{
    size_t plane = a->h * a->w;
    for (size_t k = 0; a->c == 3 && k < plane; k++)
        x[k] = x[plane + k] = x[2 * plane + k] = grey_of(x[k], x[plane + k], x[2 * plane + k]);
}

/* ---- views ---- */

static void normalise(const mi_augment *a, float *x)
{
    size_t plane = a->h * a->w;
    for (size_t c = 0; c < a->c; c++)
        for (size_t k = c * plane; k < (c + 1) * plane; k++)
            x[k] = (x[k] - a->mean[c]) * a->inverse[c];
}

void mi_augment_view(const mi_augment *a, mi_draw *draw, const uint8_t *image, float *to,
                     float *work)
{
    size_t plane = a->h * a->w;
    window r = draw_window(a, draw);
    int flip = mi_draw_uniform(draw) < (float)a->flip;
    for (size_t c = 0; c < a->c; c++)
        crop_plane(a, image + c * plane, to + c * plane, work, r, flip);
    if (a->jitter > 0 && mi_draw_uniform(draw) < JITTER_CHANCE)
        colour_jitter(a, draw, to);
    if (mi_draw_uniform(draw) < (float)a->grey)
        to_grey(a, to);
    normalise(a, to);
}

void mi_augment_clean(const mi_augment *a, const uint8_t *image, float *to)
{
    for (size_t k = 0; k < a->c * a->h * a->w; k++)
        to[k] = (float)image[k] / 255;
    normalise(a, to);
}
