/* Is there room for the members of a set in a file that is added to? */
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/features/private.h"

/* Rows of the dataset `name` of `group`; 0 where there is none with rows. */
static size_t rows_of(hid_t group, const char *name)
{
    hsize_t size[H5S_MAX_RANK] = {0};
    hid_t dataset = H5Dopen2(group, name, H5P_DEFAULT), space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_dims(space, size, NULL);
    mi_h5_drop(space);
    mi_h5_drop(dataset);
    return rank > 0 ? (size_t)size[0] : 0;
}

typedef struct {
    mi_writer *w;
    const char *group; /* that members are put into */
    unsigned members;
    unsigned found; /* besides, nearest ancestors first */
    size_t n;
    int replace;
} question;

static mi_status check_own(question *q, hid_t group, const char *name)
{
    if (!q->replace)
        return mi_fail(MI_EDATA,
                       "%s:%s: %s is there already; " MI_OPTION "replace puts another in its place",
                       q->w->name, q->group, name);
    return H5Ldelete(group, name, H5P_DEFAULT) < 0 ? mi_write_failed(q->w) : MI_OK;
}

static mi_status check_group(question *q, hid_t group, const char *path)
{
    int is_own = strcmp(path, q->group) == 0;
    for (int m = 0; m < MI_MEMBERS; m++) {
        const char *name = mi_member_name((mi_member_id)m);
        if (H5Lexists(group, name, H5P_DEFAULT) <= 0)
            continue;
        if (q->members & 1u << m) {
            if (is_own)
                MI_TRY(check_own(q, group, name));
            continue;
        }
        /* z1 and z2 are not inherited from a set, which holds both or is one itself. */
        size_t rows = q->found & 1u << m || (m <= MI_Z2 && !is_own) ? 0 : rows_of(group, name);
        q->found |= 1u << m;
        if (rows && rows != q->n)
            return mi_fail(MI_EDATA, "%s:%s: %s has %zu rows there, what comes has %zu", q->w->name,
                           path, name, rows, q->n);
    }
    return MI_OK;
}

/* The group and every one above it. */
static mi_status check_upwards(question *q, char *path)
{
    for (;;) {
        char *slash = strrchr(path, '/');
        const char *here = *path ? path : "/";
        int is_there = !*path || H5Lexists(q->w->file, here, H5P_DEFAULT) > 0;
        hid_t group = is_there ? H5Gopen2(q->w->file, here, H5P_DEFAULT) : MI_H5_NONE;
        mi_status status = group >= 0 ? check_group(q, group, here) : MI_OK;
        mi_h5_drop(group);
        if (status != MI_OK || !*path)
            return status;
        *(slash ? slash : path) = 0;
    }
}

mi_status mi_writer_room(mi_writer *w, const char *group, unsigned members, size_t n, int replace)
{
    question q = {.w = w, .group = group, .members = members, .n = n, .replace = replace};
    char *path;
    MI_TRY(mi_strdup(&path, strcmp(group, "/") == 0 ? "" : group));
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = check_upwards(&q, path);
    mi_h5_quiet_end(&quiet);
    mi_free(path);
    return status;
}
