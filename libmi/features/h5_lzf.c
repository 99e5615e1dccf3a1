/* The lzf filter of h5py. Debian's plugin for it has an undefined symbol outside h5py. */
#include <errno.h>
#include <lzf.h>

#include "libmi/features/h5.h"

#define LZF_REVISION 4 /* of h5py's filter, stored in the file */

/* What h5py stores with a dataset: revision, version of liblzf, bytes of a chunk. */
enum { VALUE_REVISION, VALUE_VERSION, VALUE_CHUNK_BYTES, VALUES };

static herr_t set_values(hid_t list, hid_t type, hid_t space)
{
    unsigned value[VALUES] = {LZF_REVISION, LZF_VERSION, 0};
    hsize_t chunk[H5S_MAX_RANK];
    (void)space;
    int rank = H5Pget_chunk(list, H5S_MAX_RANK, chunk);
    hsize_t bytes = H5Tget_size(type);
    if (rank < 0)
        return -1;
    for (int k = 0; k < rank; k++)
        bytes *= chunk[k];
    value[VALUE_CHUNK_BYTES] = (unsigned)bytes; /* HDF5 keeps chunks below 4 GB */
    return H5Pmodify_filter(list, MI_H5_LZF, H5Z_FLAG_OPTIONAL, VALUES, value);
}

static size_t replace(void **buffer, size_t *buffer_bytes, void *with, size_t with_bytes,
                      size_t used)
{
    H5free_memory(*buffer);
    *buffer = with;
    *buffer_bytes = with_bytes;
    return used;
}

static size_t compress_chunk(size_t bytes, size_t *buffer_bytes, void **buffer)
{
    void *out = H5allocate_memory(bytes, 0);
    size_t used = out ? lzf_compress(*buffer, (unsigned)bytes, out, (unsigned)bytes) : 0;
    if (used)
        return replace(buffer, buffer_bytes, out, bytes, used);
    H5free_memory(out); /* no smaller: the filter is optional, the chunk stays as it is */
    return 0;
}

static size_t expand_chunk(size_t bytes, size_t *buffer_bytes, void **buffer, size_t expected)
{
    /* Files by old writers lack the size: grow until it fits. Three bytes stand for 264 at most. */
    size_t limit = bytes < UINT32_MAX / 100 ? bytes * 100 : UINT32_MAX;
    for (size_t room = expected ? expected : *buffer_bytes; room; room *= 2) {
        void *out = room <= UINT32_MAX ? H5allocate_memory(room, 0) : NULL;
        size_t used = out ? lzf_decompress(*buffer, (unsigned)bytes, out, (unsigned)room) : 0;
        /* HDF5 would read beyond a chunk that came out short. */
        if (used && used >= expected)
            return replace(buffer, buffer_bytes, out, room, used);
        int too_small = out && !used && errno == E2BIG && room < limit;
        H5free_memory(out);
        if (!too_small)
            break;
    }
    return 0;
}

static size_t filter(unsigned flags, size_t n_values, const unsigned values[], size_t bytes,
                     size_t *buffer_bytes, void **buffer)
{
    if (!(flags & H5Z_FLAG_REVERSE))
        return compress_chunk(bytes, buffer_bytes, buffer);
    return expand_chunk(bytes, buffer_bytes, buffer,
                        n_values >= VALUES ? values[VALUE_CHUNK_BYTES] : 0);
}

mi_status mi_h5_register_lzf(void)
{
    static const H5Z_class2_t lzf = {
        .version = H5Z_CLASS_T_VERS,
        .id = MI_H5_LZF,
        .encoder_present = 1,
        .decoder_present = 1,
        .name = "lzf",
        .set_local = set_values,
        .filter = filter,
    };
    if (H5Zregister(&lzf) < 0)
        return mi_fail(MI_ELIBRARY, "HDF5 does not take the lzf filter: %s", mi_h5_reason());
    return MI_OK;
}
