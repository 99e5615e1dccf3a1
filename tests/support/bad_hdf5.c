/* HDF5 that does not come back from a call, for LD_PRELOAD: MI_BAD_HDF5="HOW CALL", such as
 * "crash H5Dread". HOW is crash, abort, exit, overflow (of the stack) or loop; CALL is H5Dread,
 * H5Dwrite or H5Aiterate2. HOW is alone: a call of H5Dread while another thread is in it ends the
 * program with 99. With MI_BAD_HDF5_BESIDE in threads alone that are not the first. Timers run a
 * hundred times faster. */
#define H5_USE_110_API
#include <dlfcn.h>
#include <hdf5.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* To a depth that no stack has. */
static int overflow(volatile char *from, unsigned depth)
{
    char page[4096];
    page[0] = from[0];
    return depth ? overflow(page, depth - 1) + page[1] : 0;
}

static void maybe(const char *call)
{
    const char *text = getenv("MI_BAD_HDF5"), *space = text ? strchr(text, ' ') : NULL;
    if (!space || strcmp(space + 1, call) != 0 || strncmp(text, "alone", 5) == 0)
        return;
    if (getenv("MI_BAD_HDF5_BESIDE") && gettid() == getpid())
        return;
    if (strncmp(text, "crash", 5) == 0)
        raise(SIGSEGV);
    if (strncmp(text, "abort", 5) == 0)
        abort();
    if (strncmp(text, "exit", 4) == 0)
        exit(-1);
    if (strncmp(text, "overflow", 8) == 0)
        overflow((char[]){0}, 1u << 30);
    for (volatile int forever = 1; forever;)
        ;
}

/* dlsym gives an object pointer, which C does not turn into a function. */
#define REAL(name, result, ...)      \
    union {                          \
        void *object;                \
        result (*call)(__VA_ARGS__); \
    } real = {.object = dlsym(RTLD_NEXT, name)}

/* HDF5 of Debian may be entered by one thread at a time. */
static void want_alone(atomic_int *inside)
{
    const char *text = getenv("MI_BAD_HDF5");
    if (!text || strcmp(text, "alone H5Dread") != 0)
        return;
    if (atomic_load(inside) > 1)
        _exit(99);
    usleep(3000);
}

herr_t H5Dread(hid_t dataset, hid_t type, hid_t memory, hid_t file, hid_t list, void *to)
{
    REAL("H5Dread", herr_t, hid_t, hid_t, hid_t, hid_t, hid_t, void *);
    static atomic_int inside;
    maybe("H5Dread");
    atomic_fetch_add(&inside, 1);
    want_alone(&inside);
    herr_t result = real.call(dataset, type, memory, file, list, to);
    atomic_fetch_sub(&inside, 1);
    return result;
}

herr_t H5Dwrite(hid_t dataset, hid_t type, hid_t memory, hid_t file, hid_t list, const void *from)
{
    REAL("H5Dwrite", herr_t, hid_t, hid_t, hid_t, hid_t, hid_t, const void *);
    maybe("H5Dwrite");
    return real.call(dataset, type, memory, file, list, from);
}

herr_t H5Aiterate2(hid_t object, H5_index_t by, H5_iter_order_t order, hsize_t *at,
                   H5A_operator2_t take, void *arg)
{
    REAL("H5Aiterate2", herr_t, hid_t, H5_index_t, H5_iter_order_t, hsize_t *, H5A_operator2_t,
         void *);
    maybe("H5Aiterate2");
    return real.call(object, by, order, at, take, arg);
}

int setitimer(__itimer_which_t which, const struct itimerval *value, struct itimerval *before)
{
    REAL("setitimer", int, __itimer_which_t, const struct itimerval *, struct itimerval *);
    const struct itimerval faster = {{0, value->it_interval.tv_sec * 10000},
                                     {0, value->it_value.tv_sec * 10000}};
    return real.call(which, &faster, before);
}
