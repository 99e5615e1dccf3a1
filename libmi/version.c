#include <H5public.h>
#include <gsl/gsl_version.h>
#include <jansson.h>
#include <stdio.h>

#ifdef MI_WITH_ZIP
#include <zip.h>
#endif
#ifdef MI_WITH_MATIO
#include <matio.h>
#endif

#include "libmi/base/blas.h"
#include "libmi/mi.h"

/* Of libraries that a build may leave out. */
static const char *zip_version(void)
{
#ifdef MI_WITH_ZIP
    return zip_libzip_version();
#else
    return "none";
#endif
}

static const char *matio_version(char *text, size_t bytes)
{
#ifdef MI_WITH_MATIO
    int major, minor, release;
    Mat_GetLibraryVersion(&major, &minor, &release);
    snprintf(text, bytes, "%d.%d.%d", major, minor, release);
#else
    snprintf(text, bytes, "none");
#endif
    return text;
}

void mi_version_text(char *buffer, size_t bytes)
{
    char matio[32];
    if (!buffer)
        return;
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    int right = mi_blas_check(MI_BLAS_ALL) == MI_OK;
    snprintf(buffer, bytes,
             "%s\nHDF5 %u.%u.%u\nGSL %s\njansson %s\nlibzip %s\nlibmatio %s\nBLAS %s%s\n"
             "cblas_sgemm from %s\n"
             "License GPLv3+: GNU GPL version 3 or later",
             MI_VERSION, major, minor, release, gsl_version, jansson_version_str(), zip_version(),
             matio_version(matio, sizeof matio), right ? mi_blas_description() : mi_detail(),
             right ? ", checked" : "", mi_blas_file());
}
