/* product_private.h - what the files of the room product share. Private.
 *
 * uses: product            used by: product product_cost
 */
#ifndef MI_PRODUCT_PRIVATE_H
#define MI_PRODUCT_PRIVATE_H

#include "product.h"

#define MI_PRODUCT_TILE \
    240 /* rows and columns of a tile, a multiple of MI_LEAF_ROWS and MI_LEAF_LANES */
#define MI_PRODUCT_PANEL 256 /* rows taken at once in the Khatri-Rao form */

/* Floats that one worker needs. */
size_t mi_product_work_size(mi_product_form form, const mi_var *const *var);

#endif
