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

/* HDF5's version is its headers', of which HDF5 itself ends a program that meets another library;
 * H5get_libversion would start HDF5, and without memory crash. */
void mi_version_text(char *buffer, size_t bytes)
{
    char matio[32];
    if (!buffer)
        return;
    int right = mi_blas_check(MI_BLAS_ALL) == MI_OK;
    snprintf(buffer, bytes,
             "%s\nHDF5 %d.%d.%d\nGSL %s\njansson %s\nlibzip %s\nlibmatio %s\nBLAS %s%s\n"
             "cblas_sgemm from %s\n"
             "License GPLv3+: GNU GPL version 3 or later",
             MI_VERSION, H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE, gsl_version,
             jansson_version_str(), zip_version(), matio_version(matio, sizeof matio),
             right ? mi_blas_description() : mi_detail(), right ? ", checked" : "", mi_blas_file());
}
