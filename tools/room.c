#include "room.h"

/* clang-format off */
const opt_row room_rows[] = {
    {.name = "memory", .arg = "SIZE", .type = OPT_BYTES,
     .help = ROOM_HELP},
    {0},
};
/* clang-format on */

/* What the program takes itself: libraries and their tables, a window of what is read, and for each
 * thread its stack and the buffers of the BLAS. */
#define OWN_BYTES        ((size_t)28 << 20)
#define OWN_THREAD_BYTES ((size_t)1 << 20)

mi_status room_leave(size_t *memory_bytes, int threads)
{
    size_t own = OWN_BYTES + (size_t)threads * OWN_THREAD_BYTES;
    if (!*memory_bytes)
        return MI_OK;
    if (*memory_bytes <= own)
        return mi_fail(MI_EMEMORY,
                       "--memory of %.3g MB: the program alone takes %.3g MB, and what it computes "
                       "more",
                       (double)*memory_bytes / 1e6, (double)own / 1e6);
    tool_keep_little();
    *memory_bytes -= own;
    return MI_OK;
}

mi_status room_for(const mi_set *s, const char *what, double needed, size_t allowed)
{
    if (!allowed || needed < (double)allowed)
        return MI_OK;
    return mi_fail(MI_EMEMORY, "%s:%s: %s %.3g MB, allowed are %.3g MB; try a larger --memory",
                   s->file, s->group, what, needed / 1e6, (double)allowed / 1e6);
}
