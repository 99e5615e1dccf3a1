/* The k nearest rows so far: a binary heap in two arrays, the farthest on top. */
#include <math.h>

#include "libmi/neighbours/private.h"

/* Place a of the heap comes after place b: by distance, then by row. */
static int is_after(const mi_nearest *h, size_t a, size_t b)
{
    if (h->distance[a] != h->distance[b])
        return h->distance[a] > h->distance[b];
    return h->index[a] > h->index[b];
}

static void swap(mi_nearest *h, size_t a, size_t b)
{
    double distance = h->distance[a];
    int32_t index = h->index[a];
    h->distance[a] = h->distance[b];
    h->index[a] = h->index[b];
    h->distance[b] = distance;
    h->index[b] = index;
}

static void sift_down(mi_nearest *h, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < h->count && is_after(h, child + 1, child))
            child++;
        if (child >= h->count || !is_after(h, child, at))
            return;
        swap(h, at, child);
        at = child;
    }
}

double mi_nearest_bar(const mi_nearest *h)
{
    return h->count < h->k ? INFINITY : h->distance[0];
}

void mi_nearest_take(mi_nearest *h, int32_t index, double distance)
{
    size_t at = h->count < h->k ? h->count++ : 0;
    h->index[at] = index;
    h->distance[at] = distance;
    if (at == 0)
        sift_down(h, 0);
    for (; at > 0 && is_after(h, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(h, at, (at - 1) / 2);
}

void mi_nearest_sort(mi_nearest *h)
{
    size_t count = h->count;
    while (h->count > 1) {
        h->count--;
        swap(h, 0, h->count);
        sift_down(h, 0);
    }
    h->count = count;
}
