/* Archives of NumPy's arrays, by libzip: an entry is read as it is unpacked. */
#include <string.h>
#include <zip.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"

static mi_status entry_failed(const mi_bytes *b)
{
    return mi_fail(MI_EDATA, "damaged: %s", zip_file_strerror(b->entry));
}

static mi_status entry_read(mi_bytes *b, void *to, size_t n)
{
    for (size_t done = 0; done < n;) {
        zip_int64_t got = zip_fread(b->entry, (char *)to + done, n - done);
        if (got < 0)
            return entry_failed(b);
        if (got == 0)
            return mi_fail(MI_EDATA, "truncated: the entry ends after %llu bytes",
                           (unsigned long long)b->at);
        done += (size_t)got;
        b->at += (uint64_t)got;
    }
    return MI_OK;
}

static mi_status entry_seek(mi_bytes *b, uint64_t at)
{
    if (zip_fseek(b->entry, (zip_int64_t)at, SEEK_SET) < 0)
        return entry_failed(b);
    b->at = at;
    return MI_OK;
}

/* libzip compares the checksum when it comes to the end. */
static mi_status entry_end(mi_bytes *b)
{
    char rest[4096];
    zip_int64_t got;
    while ((got = zip_fread(b->entry, rest, sizeof rest)) > 0)
        ;
    return got < 0 ? entry_failed(b) : MI_OK;
}

static void entry_close(mi_bytes *b)
{
    if (b->entry)
        zip_fclose(b->entry);
    zip_discard(b->archive);
}

/* ---- open ---- */

static mi_status open_archive(zip_t **archive, const char *path)
{
    zip_error_t error;
    int code;
    *archive = zip_open(path, ZIP_RDONLY, &code);
    if (*archive)
        return MI_OK;
    zip_error_init_with_code(&error, code);
    mi_status status = mi_fail(MI_EDATA, "damaged: %s", zip_error_strerror(&error));
    zip_error_fini(&error);
    return status;
}

static int is_array(const char *name)
{
    size_t n = name ? strlen(name) : 0;
    return n > 4 && strcmp(name + n - 4, ".npy") == 0;
}

/* Is the entry `name` the array `part`, with or without its ending? */
static int is_part(const char *name, const char *part)
{
    size_t n = strlen(part);
    return strcmp(name, part) == 0 ||
           (is_array(name) && strlen(name) == n + 4 && strncmp(name, part, n) == 0);
}

static mi_status no_part(zip_t *archive, const char *part)
{
    char *name[8] = {0}, problem[512];
    size_t n = 0;
    mi_status status = MI_OK;
    zip_int64_t entries = zip_get_num_entries(archive, 0);
    for (zip_int64_t k = 0; k < entries && status == MI_OK; k++) {
        const char *is = zip_get_name(archive, (zip_uint64_t)k, 0);
        if (!is_array(is) || n++ >= 8)
            continue;
        status = mi_strdup(&name[n - 1], is);
        if (status == MI_OK)
            name[n - 1][strlen(is) - 4] = 0;
    }
    if (part)
        snprintf(problem, sizeof problem, "no array '%s'", part);
    else
        snprintf(problem, sizeof problem,
                 n ? "%zu arrays, wanted one: name it behind a colon" : "%zu arrays", n);
    if (status == MI_OK)
        status = mi_foreign_no_part(problem, name, n);
    for (size_t k = 0; k < 8; k++)
        mi_free(name[k]);
    return status;
}

static mi_status find_entry(zip_t *archive, const char *part, zip_uint64_t *index)
{
    zip_int64_t entries = zip_get_num_entries(archive, 0), found = 0;
    for (zip_int64_t k = 0; k < entries; k++) {
        const char *name = zip_get_name(archive, (zip_uint64_t)k, 0);
        if (!name || !(part ? is_part(name, part) : is_array(name)))
            continue;
        *index = (zip_uint64_t)k;
        found++;
    }
    return found == 1 || (part && found) ? MI_OK : no_part(archive, part);
}

static mi_status open_entry(mi_bytes *b, const char *part)
{
    zip_stat_t st;
    zip_uint64_t index = 0;
    MI_TRY(find_entry(b->archive, part, &index));
    if (zip_stat_index(b->archive, index, 0, &st) < 0)
        return mi_fail(MI_EDATA, "damaged: %s", zip_strerror(b->archive));
    if (st.valid & ZIP_STAT_ENCRYPTION_METHOD && st.encryption_method != ZIP_EM_NONE)
        return mi_fail(MI_EDATA, "'%s' is encrypted; unpack it first", st.name);
    b->entry = zip_fopen_index(b->archive, index, 0);
    if (!b->entry)
        return mi_fail(MI_EDATA, "'%s' cannot be unpacked: %s", st.name, zip_strerror(b->archive));
    b->size = st.size;
    if (st.valid & ZIP_STAT_COMP_METHOD && st.comp_method == ZIP_CM_STORE)
        b->seek = entry_seek;
    return MI_OK;
}

mi_status mi_foreign_open_npz(mi_foreign *a, const char *path, const char *part)
{
    mi_bytes b = {.read = entry_read, .end = entry_end, .close = entry_close};
    zip_t *archive;
    MI_TRY(open_archive(&archive, path));
    b.archive = archive;
    mi_status status = open_entry(&b, part);
    if (status == MI_OK)
        return mi_foreign_of_npy(a, &b);
    mi_bytes_close(&b);
    return status;
}
