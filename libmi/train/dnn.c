/* Engine, memories and primitives of oneDNN, owned in one place; failures as statuses. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "libmi/train/net.h"
#include "libmi/train/private.h"

#define LARGE ((size_t)4 << 20) /* bytes from which large pages pay */
#define PAGE  ((size_t)2 << 20)

mi_status mi_dnn_status(dnnl_status_t status, const char *what)
{
    if (status == dnnl_success)
        return MI_OK;
    if (status == dnnl_out_of_memory)
        return mi_fail(MI_ENOMEM, "out of memory for oneDNN's %s", what);
    return mi_fail(MI_ELIBRARY, "oneDNN's %s failed (status %d)", what, (int)status);
}

mi_status mi_dnn_open(mi_dnn *d)
{
    *d = (mi_dnn){0};
    MI_TRY(mi_dnn_status(dnnl_engine_create(&d->engine, dnnl_cpu, 0), "engine"));
    return mi_dnn_status(dnnl_stream_create(&d->stream, d->engine, dnnl_stream_default_flags),
                         "stream");
}

void mi_dnn_close(mi_dnn *d)
{
    for (size_t k = 0; k < d->n_primitives; k++)
        dnnl_primitive_destroy(d->primitive[k]);
    for (size_t k = 0; k < d->n_memories; k++)
        dnnl_memory_destroy(d->memory[k]);
    for (size_t k = 0; k < d->n_blocks; k++)
        free(d->block[k]);
    mi_free(d->primitive);
    mi_free(d->memory);
    mi_free(d->block);
    if (d->stream)
        dnnl_stream_destroy(d->stream);
    if (d->engine)
        dnnl_engine_destroy(d->engine);
    *d = (mi_dnn){0};
}

mi_status mi_dnn_block(mi_dnn *d, void *to, size_t bytes)
{
    void *block;
    size_t align = bytes >= LARGE ? PAGE : 4096;
    MI_TRY(mi_budget_take(d->budget, (double)bytes));
    MI_TRY(mi_grow(&d->block, d->n_blocks, &d->room_blocks, sizeof *d->block));
    if (posix_memalign(&block, align, (bytes + align - 1) / align * align) != 0)
        return mi_fail(MI_ENOMEM, "out of memory: %zu bytes", bytes);
    if (bytes >= LARGE)
        madvise(block, bytes, MADV_HUGEPAGE);
    memset(block, 0, bytes);
    d->block[d->n_blocks++] = block;
    memcpy(to, &block, sizeof block);
    return MI_OK;
}

mi_status mi_dnn_memory_later(mi_dnn *d, dnnl_memory_t *out, mi_md md)
{
    MI_TRY(mi_grow(&d->memory, d->n_memories, &d->room_memories, sizeof(dnnl_memory_t)));
    MI_TRY(mi_dnn_status(dnnl_memory_create(out, md, d->engine, DNNL_MEMORY_NONE), "memory"));
    d->memory[d->n_memories++] = *out;
    return MI_OK;
}

mi_status mi_dnn_memory(mi_dnn *d, dnnl_memory_t *out, mi_md md, void *data)
{
    if (!data)
        MI_TRY(mi_dnn_block(d, &data, dnnl_memory_desc_get_size(md)));
    MI_TRY(mi_dnn_memory_later(d, out, md));
    return mi_dnn_status(dnnl_memory_set_data_handle(*out, data), "memory");
}

mi_status mi_dnn_adopt(mi_dnn *d, const dnnl_memory_t memory[2])
{
    for (int k = 0; k < 2 && memory[k]; k++) {
        MI_TRY(mi_grow(&d->memory, d->n_memories, &d->room_memories, sizeof(dnnl_memory_t)));
        d->memory[d->n_memories++] = memory[k];
    }
    return MI_OK;
}

mi_md mi_dnn_md(dnnl_memory_t memory)
{
    mi_md md = NULL;
    dnnl_memory_get_memory_desc(memory, &md);
    return md;
}

/* oneDNN has one scratchpad a thread that calls, as large as the greediest of its primitives wants. */
static mi_status take_scratch(mi_dnn *d, dnnl_primitive_desc_t pd)
{
    int64_t bytes = 0;
    if (dnnl_primitive_desc_query(pd, dnnl_query_memory_consumption_s64, 0, &bytes) !=
            dnnl_success ||
        bytes <= d->scratch)
        return MI_OK;
    mi_status status = mi_budget_take(d->budget, (double)(bytes - d->scratch));
    d->scratch = bytes;
    return status;
}

mi_status mi_dnn_primitive(mi_dnn *d, dnnl_primitive_t *out, dnnl_status_t made,
                           dnnl_primitive_desc_t pd, const char *what)
{
    MI_TRY(mi_dnn_status(made, what));
    mi_status status =
        mi_grow(&d->primitive, d->n_primitives, &d->room_primitives, sizeof(dnnl_primitive_t));
    if (status == MI_OK)
        status = take_scratch(d, pd);
    if (status == MI_OK)
        status = mi_dnn_status(dnnl_primitive_create(out, pd), what);
    if (status == MI_OK)
        d->primitive[d->n_primitives++] = *out;
    dnnl_primitive_desc_destroy(pd);
    return status;
}

mi_status mi_dnn_reorder(mi_dnn *d, dnnl_primitive_t *out, mi_md from, mi_md to)
{
    dnnl_primitive_desc_t pd;
    dnnl_status_t made =
        dnnl_reorder_primitive_desc_create(&pd, from, d->engine, to, d->engine, NULL);
    return mi_dnn_primitive(d, out, made, pd, "reorder");
}

mi_status mi_dnn_run(mi_dnn *d, const mi_program *program)
{
    for (size_t k = 0; k < program->n; k++) {
        const mi_step *s = &program->step[k];
        MI_TRY(mi_dnn_status(dnnl_primitive_execute(s->p, d->stream, s->n, s->arg), "primitive"));
    }
    return mi_dnn_status(dnnl_stream_wait(d->stream), "stream");
}

mi_status mi_dnn_copy(mi_dnn *d, dnnl_primitive_t reorder, dnnl_memory_t from, dnnl_memory_t to)
{
    mi_step step = {.p = reorder, .n = 2, .arg = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}};
    mi_program one = {.step = &step, .n = 1};
    return mi_dnn_run(d, &one);
}

mi_status mi_program_add(mi_program *program, dnnl_primitive_t p, int n, const dnnl_exec_arg_t *arg)
{
    MI_TRY(mi_grow(&program->step, program->n, &program->room, sizeof *program->step));
    mi_step *s = &program->step[program->n++];
    *s = (mi_step){.p = p};
    for (int k = 0; k < n; k++)
        if (arg[k].memory)
            s->arg[s->n++] = arg[k];
    return MI_OK;
}
