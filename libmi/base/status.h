/* status.h - what a libmi function returns, and the text that goes with it.
 *
 * uses: base/number base/utf8 base/words
 *
 * Every function that can fail returns an mi_status. On failure a detail text, one per thread, says
 * what went wrong and where: file, dataset, row, what was found, what was wanted, and what would
 * help. libmi never prints and never exits.
 */
#ifndef MI_STATUS_H
#define MI_STATUS_H

#include <stddef.h>

#if defined(__GNUC__)
#define MI_API               __attribute__((visibility("default")))
#define MI_CHECKED           __attribute__((warn_unused_result)) /* a status is not dropped */
#define MI_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define MI_API
#define MI_CHECKED
#define MI_PRINTF(fmt, args)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* One value a kind of failure; the tools map each to an exit code (given on the right). */
typedef enum {
    MI_OK = 0,   /* done                                                       0 */
    MI_EUSAGE,   /* an argument is wrong in itself                             2 */
    MI_EDATA,    /* the data cannot be what the computation needs             65 */
    MI_EOPEN,    /* an input cannot be opened                                 66 */
    MI_EMEMORY,  /* would need more memory than allowed, nothing was taken    71 */
    MI_ENOMEM,   /* the system refused memory                                 71 */
    MI_ECREATE,  /* an output cannot be created                               73 */
    MI_EWRITE,   /* an output could not be written in full                    74 */
    MI_ELIBRARY, /* a library under libmi failed (LAPACK, HDF5, gnuplot)      70 */
    MI_STATUSES
} mi_status;

/* The sentence of a status, for instance "bad data". Never NULL; static storage. */
MI_API const char *mi_status_text(mi_status status);

/* The detail of the last failure in this thread. Empty before the first; overwritten by the next.
 */
MI_API const char *mi_detail(void);

/* Set the detail text and return `status`, so that a failure is one line: return mi_fail(...).
 * Control characters and broken UTF-8, which names from outside may hold, are written as \xHH, here
 * and in mi_warn. */
MI_API mi_status mi_fail(mi_status status, const char *format, ...) MI_PRINTF(2, 3);

/* Put "where: " in front of the detail that a called function left, and return `status`. */
MI_API mi_status mi_fail_in(mi_status status, const char *format, ...) MI_PRINTF(2, 3);

#ifdef __clang_analyzer__
/* Which cannot look into the library, and would go on as if a failure had been none. */
#define mi_fail(status, ...)    ((void)mi_fail(status, __VA_ARGS__), (status))
#define mi_fail_in(status, ...) ((void)mi_fail_in(status, __VA_ARGS__), (status))
#endif

/* Return the failure of `expr` to the caller; for functions that own nothing yet. */
#define MI_TRY(expr)                       \
    do {                                   \
        mi_status mi_try_status_ = (expr); \
        if (mi_try_status_ != MI_OK)       \
            return mi_try_status_;         \
    } while (0)

/* The same for functions that clean up in one place: sets `status` and jumps to `label`. */
#define MI_TRY_GOTO(status, expr, label) \
    do {                                 \
        (status) = (expr);               \
        if ((status) != MI_OK)           \
            goto label;                  \
    } while (0)

/* Warnings: things a user should know that stop nothing (labels stored as floats, axes flattened).
 * The handler is one per process, set before work starts; NULL (the default) drops them. */
typedef void mi_warning_fn(void *arg, const char *text);
MI_API void mi_set_warning_handler(mi_warning_fn *handler, void *arg);
MI_API void mi_warn(const char *format, ...) MI_PRINTF(1, 2);

/* How messages spell the library's settings ("memory", "route") and computations ("bounds"): each is
 * put in front of the name, so that a program's own words appear ("--memory", "mi-bounds").
 * Borrowed; NULL and "" (the default) leave names as they are. One per process, set before work
 * starts. */
MI_API void mi_set_spelling(const char *option, const char *tool);

/* Where one word in front is not enough (zero_rows="drop" for "zero-rows drop"): phrases that begin with
 * a mark of base/words.h, each with what is said instead; of several that fit the first. As above. */
typedef struct {
    const char *from, *to;
} mi_phrase;

MI_API void mi_set_phrases(const mi_phrase *phrase, size_t n);

#ifdef __cplusplus
}
#endif
#endif
