#include "status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DETAIL_BYTES 2048

static _Thread_local char detail[DETAIL_BYTES];
static mi_warning_fn *warning_handler;
static void *warning_arg;

const char *mi_status_text(mi_status status)
{
    static const char *const text[MI_STATUSES] = {
        [MI_OK] = "done",
        [MI_EUSAGE] = "wrong usage",
        [MI_EDATA] = "bad data",
        [MI_EOPEN] = "cannot open input",
        [MI_EMEMORY] = "needs more memory than allowed",
        [MI_ENOMEM] = "out of memory",
        [MI_ECREATE] = "cannot create output",
        [MI_EWRITE] = "write failed",
        [MI_ELIBRARY] = "a library failed",
    };
    return (unsigned)status < MI_STATUSES ? text[status] : "unknown status";
}

const char *mi_detail(void)
{
    return detail;
}

mi_status mi_fail(mi_status status, const char *format, ...)
{
    /* The arguments may point into the detail text itself: write aside, then copy. */
    char text[DETAIL_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    memcpy(detail, text, sizeof text);
    return status;
}

mi_status mi_fail_in(mi_status status, const char *format, ...)
{
    char where[DETAIL_BYTES / 2], what[DETAIL_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(where, sizeof where, format, args);
    va_end(args);
    memcpy(what, detail, sizeof what);
    snprintf(detail, sizeof detail, "%s: %.*s", where,
             (int)(sizeof detail - strlen(where) - sizeof ": "), what);
    return status;
}

void mi_set_warning_handler(mi_warning_fn *handler, void *arg)
{
    warning_handler = handler;
    warning_arg = arg;
}

void mi_warn(const char *format, ...)
{
    char text[DETAIL_BYTES];
    va_list args;
    if (!warning_handler)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    warning_handler(warning_arg, text);
}
