/* augment.h - random views of an image: SimCLR's augmentations. Private.
 *
 * uses: base/leaf_clones train/train
 */
#ifndef MI_TRAIN_AUGMENT_H
#define MI_TRAIN_AUGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "libmi/train/private.h"
#include "libmi/train/train.h"

typedef struct {
    size_t c, h, w;
    double crop, jitter, flip, grey; /* mi_train_opts */
    float mean[3], inverse[3];       /* of the channels of all training images: 1 / deviation */
} mi_augment;

/* Means and deviations of the channels. O(pixels). */
void mi_augment_make(mi_augment *a, const mi_train_opts *o, const mi_images *images);

/* One view of image (c,h,w): in this order, a crop of a random share of the area and a ratio of sides
 * within 3/4 .. 4/3, resized (bilinear); a flip; with chance 0.8 brightness, contrast, saturation
 * (within 1 +- 0.4 jitter) and hue (+- 0.1 jitter of the circle) in a random order; grey; then (x - mean)
 * / deviation. Chen et al., ICML 2020, appendix A, without the blur. work (h w): scratch. */
void mi_augment_view(const mi_augment *a, mi_draw *draw, const uint8_t *image, float *to,
                     float *work);

/* The image as it is, normalised. */
void mi_augment_clean(const mi_augment *a, const uint8_t *image, float *to);

#endif
