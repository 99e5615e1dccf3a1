/* Where values and gradients of a network lie: one block of memory, in which those that are wanted at
 * different times share places.
 *
 * A piece is wanted from the first to the last step of a pass forward and back that touches it, which
 * the programs say. Pieces are placed by size, the largest first, each at the lowest offset where it
 * meets no piece that is wanted at the same time (greedy by size: Pisarchyk and Lee, "Efficient Memory
 * Management for Deep Neural Net Inference", arXiv 2001.03288). Of a (wanted in steps 0 to 3, 2 bytes), b (1 to
 * 2, 1 byte) and c (3 to 4, 1 byte), a lies at 0, b and c at 2. */
#include <stdlib.h>

#include "libmi/train/net.h"
#include "libmi/train/private.h"

#define ALIGN ((size_t)4096)

mi_status mi_arena_piece(mi_arena *a, int *number)
{
    MI_TRY(mi_grow(&a->piece, a->n, &a->room, sizeof *a->piece));
    a->piece[a->n] = (mi_piece){.first = SIZE_MAX};
    *number = (int)a->n++;
    return MI_OK;
}

mi_status mi_arena_memory(mi_net *net, dnnl_memory_t *out, mi_md md, int number)
{
    size_t bytes = dnnl_memory_desc_get_size(md);
    if (number < 0)
        MI_TRY(mi_arena_piece(&net->arena, &number));
    mi_piece *p = &net->arena.piece[number];
    MI_TRY(mi_grow(&p->memory, p->n, &p->room, sizeof(dnnl_memory_t)));
    MI_TRY(mi_dnn_memory_later(&net->dnn, out, md));
    p->memory[p->n++] = *out;
    p->bytes = p->bytes > bytes ? p->bytes : bytes;
    return MI_OK;
}

void mi_arena_free(mi_arena *a)
{
    for (size_t k = 0; k < a->n; k++)
        mi_free(a->piece[k].memory);
    mi_free(a->piece);
    *a = (mi_arena){0};
}

/* ---- when each is wanted ---- */

static mi_piece *piece_of(mi_arena *a, dnnl_memory_t memory)
{
    for (size_t k = 0; k < a->n; k++)
        for (size_t m = 0; m < a->piece[k].n; m++)
            if (a->piece[k].memory[m] == memory)
                return &a->piece[k];
    return NULL;
}

/* The program's steps, the first of which is step `at` of all. */
static void see_program(mi_arena *a, const mi_program *program, size_t at)
{
    for (size_t k = 0; k < program->n; k++)
        for (int j = 0; j < program->step[k].n; j++) {
            mi_piece *p = piece_of(a, program->step[k].arg[j].memory);
            if (!p)
                continue;
            p->first = p->first < at + k ? p->first : at + k;
            p->last = at + k;
        }
}

/* ---- where ---- */

static int larger_first(const void *a, const void *b)
{
    const mi_piece *x = *(mi_piece *const *)a, *y = *(mi_piece *const *)b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static int lower_first(const void *a, const void *b)
{
    const mi_piece *x = *(mi_piece *const *)a, *y = *(mi_piece *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Behind the pieces before it, which are in the order of their offsets, or between two of them. */
static void place(mi_piece *p, mi_piece *const *placed, size_t n)
{
    p->offset = 0;
    for (size_t k = 0; k < n; k++) {
        const mi_piece *q = placed[k];
        int at_once = p->first <= q->last && q->first <= p->last;
        if (at_once && p->offset < q->offset + q->bytes && q->offset < p->offset + p->bytes)
            p->offset = q->offset + q->bytes;
    }
}

static mi_status place_all(mi_arena *a)
{
    mi_piece **order;
    MI_TRY(MI_NEW_RAW(order, a->n));
    for (size_t k = 0; k < a->n; k++) {
        order[k] = &a->piece[k];
        order[k]->bytes = (order[k]->bytes + ALIGN - 1) / ALIGN * ALIGN;
    }
    qsort(order, a->n, sizeof(mi_piece *), larger_first);
    for (size_t k = 0; k < a->n; k++) {
        mi_piece *p = order[k];
        place(p, order, k);
        qsort(order, k + 1, sizeof(mi_piece *), lower_first);
        a->bytes = a->bytes > p->offset + p->bytes ? a->bytes : p->offset + p->bytes;
    }
    mi_free(order);
    return MI_OK;
}

mi_status mi_arena_place(mi_net *net)
{
    mi_arena *a = &net->arena;
    char *block;
    see_program(a, &net->train, 0);
    see_program(a, &net->back, net->train.n);
    MI_TRY(place_all(a));
    MI_TRY(mi_dnn_block(&net->dnn, &block, a->bytes));
    for (size_t k = 0; k < a->n; k++)
        for (size_t m = 0; m < a->piece[k].n; m++)
            MI_TRY(mi_dnn_status(
                dnnl_memory_set_data_handle(a->piece[k].memory[m], block + a->piece[k].offset),
                "memory"));
    return MI_OK;
}
