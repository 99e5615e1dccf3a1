/* Pictures resized to a square: first along rows, then along columns, each output place a weighted mean
 * of the input places under a triangle (bilinear interpolation, widened where the picture shrinks). */
#include <math.h>
#include <string.h>

#include "libmi/images/private.h"

/* Input places first .. first+n of one output place, and their weights. */
typedef struct {
    size_t first, n;
    float weight[];
} taps;

/* `from` places become `to`; the centre of output o lies at (o + 0.5) from/to. */
static taps *tap_at(char *all, size_t stride, size_t o)
{
    return (taps *)(all + o * stride);
}

/* Output o of a side that is `whole` long and of which `side` places from `skip` on are kept. */
static mi_status make_taps(char **all, size_t *stride, size_t from, size_t whole, size_t skip,
                           size_t side)
{
    double scale = (double)from / (double)whole, radius = scale > 1 ? scale : 1;
    size_t most = (size_t)(2 * radius) + 3;
    *stride = (sizeof(taps) + most * sizeof(float) + 7) / 8 * 8;
    MI_TRY(mi_calloc(all, side, *stride));
    for (size_t o = 0; o < side; o++) {
        taps *t = tap_at(*all, *stride, o);
        double centre = ((double)(o + skip) + 0.5) * scale, sum = 0;
        double low = ceil(centre - radius - 0.5), high = floor(centre + radius - 0.5);
        low = low < 0 ? 0 : low;
        high = high > (double)from - 1 ? (double)from - 1 : high;
        t->first = (size_t)low;
        for (size_t x = t->first; x <= (size_t)high; x++) {
            double w = 1 - fabs((double)x + 0.5 - centre) / radius;
            t->weight[t->n++] = (float)(w > 0 ? w : 0);
            sum += w > 0 ? w : 0;
        }
        for (size_t k = 0; k < t->n; k++)
            t->weight[k] /= (float)sum;
    }
    return MI_OK;
}

/* middle (h,side,3) from the rows of the picture. */
static void along_rows(float *middle, const mi_picture *p, char *all, size_t stride, size_t side)
{
    for (size_t y = 0; y < p->h; y++)
        for (size_t o = 0; o < side; o++) {
            const taps *t = tap_at(all, stride, o);
            float *to = middle + (y * side + o) * 3;
            const uint8_t *from = p->x + (y * p->w + t->first) * 3;
            for (size_t k = 0; k < t->n; k++)
                for (int c = 0; c < 3; c++)
                    to[c] += t->weight[k] * (float)from[3 * k + (size_t)c];
        }
}

/* to (3,side,side) from middle (h,side,3). */
static void along_columns(uint8_t *to, const float *middle, char *all, size_t stride, size_t side)
{
    for (size_t o = 0; o < side; o++)
        for (size_t x = 0; x < side; x++)
            for (size_t c = 0; c < 3; c++) {
                const taps *t = tap_at(all, stride, o);
                float sum = 0.5f;
                for (size_t k = 0; k < t->n; k++)
                    sum += t->weight[k] * middle[((t->first + k) * side + x) * 3 + c];
                to[(c * side + o) * side + x] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
            }
}

mi_status mi_picture_fit(uint8_t *to, const mi_picture *from, size_t side)
{
    size_t shorter = from->h < from->w ? from->h : from->w, row_stride, column_stride;
    size_t w = (from->w * side + shorter / 2) / shorter,
           h = (from->h * side + shorter / 2) / shorter;
    char *rows = NULL, *columns = NULL;
    float *middle = NULL;
    mi_status status;
    MI_TRY_GOTO(status, make_taps(&rows, &row_stride, from->w, w, (w - side) / 2, side), done);
    MI_TRY_GOTO(status, make_taps(&columns, &column_stride, from->h, h, (h - side) / 2, side),
                done);
    MI_TRY_GOTO(status, MI_NEW(middle, from->h * side * 3), done);
    along_rows(middle, from, rows, row_stride, side);
    along_columns(to, middle, columns, column_stride, side);
done:
    mi_free(rows);
    mi_free(columns);
    mi_free(middle);
    return status;
}
