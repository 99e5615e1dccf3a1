#include <H5public.h>
#include <cblas.h>
#include <dlfcn.h>
#include <gsl/gsl_version.h>
#include <jansson.h>
#include <stdio.h>

#include "blas.h"
#include "mi.h"

void mi_version_text(char *buffer, size_t bytes)
{
    unsigned major = 0, minor = 0, release = 0;
    Dl_info info = {0};
    void *sgemm = (void *)(size_t)cblas_sgemm;
    H5get_libversion(&major, &minor, &release);
    if (!dladdr(sgemm, &info))
        info.dli_fname = "unknown";
    snprintf(buffer, bytes,
             "%s\nHDF5 %u.%u.%u\nGSL %s\njansson %s\nBLAS %s\ncblas_sgemm from %s\n"
             "License GPLv3+: GNU GPL version 3 or later",
             MI_VERSION, major, minor, release, gsl_version, jansson_version_str(),
             mi_blas_description(), info.dli_fname);
}
