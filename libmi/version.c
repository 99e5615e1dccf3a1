#include <H5public.h>
#include <gsl/gsl_version.h>
#include <jansson.h>
#include <stdio.h>

#include "libmi/base/blas.h"
#include "libmi/mi.h"

void mi_version_text(char *buffer, size_t bytes)
{
    if (!buffer)
        return;
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    int right = mi_blas_check(MI_BLAS_ALL) == MI_OK;
    snprintf(buffer, bytes,
             "%s\nHDF5 %u.%u.%u\nGSL %s\njansson %s\nBLAS %s%s\ncblas_sgemm from %s\n"
             "License GPLv3+: GNU GPL version 3 or later",
             MI_VERSION, major, minor, release, gsl_version, jansson_version_str(),
             right ? mi_blas_description() : mi_detail(), right ? ", checked" : "", mi_blas_file());
}
