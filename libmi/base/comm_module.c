/* Where the transport of comm.c comes from: libmi-mpi.so, beside libmi or where the system looks.
 *
 * MPI's libraries take up to 150 ms to load (OpenMPI 5), so libmi does not link them: a process
 * loads them once it knows that there are others. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmi/base/private.h"

#define MODULE "libmi-mpi.so"

/* The folder of the file that holds this code, or "" where that is not known. */
static void own_folder(char *path, size_t bytes)
{
    Dl_info info;
    const char *file = dladdr((void *)(size_t)mi_transport_load, &info) ? info.dli_fname : NULL;
    const char *end = file ? strrchr(file, '/') : NULL;
    snprintf(path, bytes, "%.*s", end ? (int)(end + 1 - file) : 0, end ? file : "");
}

/* OpenMPI's own modules look for its symbols among those of the process. */
static void *open_module(void)
{
    char path[4096 + sizeof MODULE];
    own_folder(path, sizeof path - sizeof MODULE);
    strcat(path, MODULE);
    return dlopen(access(path, F_OK) == 0 ? path : MODULE, RTLD_NOW | RTLD_GLOBAL);
}

mi_transport_start *mi_transport_load(const char **reason)
{
    union {
        void *symbol;
        mi_transport_start *start;
    } found = {NULL};
    void *module = open_module();
    if (module)
        found.symbol = dlsym(module, "mi_transport_mpi");
    *reason = found.symbol ? NULL : dlerror();
    return found.start;
}
