/* sample.h - one feature set in memory as variables: what an entropy, a mutual information, a bound
 * is of.
 *
 * uses: base/name base/want data/kernel data/kernel_internal data/labels data/sample_build
 */
#ifndef MI_SAMPLE_H
#define MI_SAMPLE_H

#include "libmi/data/kernel.h"
#include "libmi/data/labels.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the self-supervised target R is. */
typedef enum {
    MI_R_AUTO,     /* target for floats; for integers positive where they mark views, else id */
    MI_R_ID,       /* the instance (or cluster) id: delta kernel */
    MI_R_POSITIVE, /* the Z2 row of the next view of the same instance, in row order, cyclic; Z2's
                      kernel */
    MI_R_TARGET,   /* a real-valued target; each row is its own instance */
    MI_R_KINDS
} mi_r_kind;

/* "id", "positive", "target"; "nan" for MI_R_AUTO (there is no r). */
MI_API const char *mi_r_kind_name(mi_r_kind kind);
/* Parse "auto", "id", "positive" or "target". Errors: MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_r_kind_parse(mi_r_kind *out, const char *text);

/* What real features are asked for. Where no kernel is chosen it is
 *
 *     MI_ASKED_KERNEL        linear, or gaussian:median for one column     (default)
 *     MI_ASKED_DISTANCES     gaussian:1, under which no row lacks a direction
 *     MI_ASKED_DIRECTIONS    linear, for one column too
 */
typedef enum { MI_ASKED_KERNEL, MI_ASKED_DISTANCES, MI_ASKED_DIRECTIONS } mi_asked;

typedef struct {
    mi_kernel kernel[MI_MEMBERS]; /* of z1, z2 and a real r */
    unsigned char
        chosen[MI_MEMBERS]; /* kernel[] was chosen; else delta for integers, linear for floats, but
                               gaussian:median for one column, whose cosine is only its sign */
    mi_r_kind r_kind;
    int instances_only; /* r is wanted for its instances alone: R itself is not built */
    /* Drop rows that are all zero under a linear kernel, and with R = positive those that lose their
     * other views by it; default: error. */
    int drop_zero_rows;
    mi_asked asked;
    int weights; /* rows have the weights that the set holds as w; default 0: they count alike */
    unsigned long seed; /* of the rows that a median bandwidth is taken over; default 1 */
    /* Real features that would take more than three quarters of so many bytes stay in the file and
     * are read when they are wanted; 0 (default): all are read at once. */
    size_t memory_bytes;
} mi_sample_opts;

MI_API void mi_sample_opts_default(mi_sample_opts *o);

/* Parse the value of --kernel into o: "K" for z1, z2 and a real r, or "z1=K,z2=K,r=K". Errors:
 * MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_sample_parse_kernel(mi_sample_opts *o, const char *text);

/* One variable's values: real rows, or groups. */
typedef struct {
    int present, is_real;
    mi_kernel kernel; /* with a resolved bandwidth */
    size_t d;
    mi_mat x;         /* is_real */
    int no_zero_rows; /* of x: known; 0: there may be some */
    mi_groups groups; /* otherwise */
    /* (g) their numbers in the set as it was read, of which some rows were taken; NULL: the same */
    int32_t *origin;
    int borrows; /* x and groups are those of another sample */
} mi_column;

typedef struct {
    size_t n; /* rows, after zero rows were dropped */
    size_t dropped;
    mi_column column[MI_MEMBERS]; /* MI_Z1, MI_Z2, MI_R, MI_Y; not MI_SPLIT */
    mi_r_kind r_kind;
    int has_instances;  /* there is an instance id; else every row is its own */
    mi_labels instance; /* the instances; their names only on a set as loaded */
    int borrows_instance;
    size_t memory_bytes; /* as mi_sample_opts; 0 where the features are in memory */
    const size_t *key;   /* (n) as mi_var.key; borrowed */
    double *weight;      /* (n) of the rows, adding up to n; NULL: 1 each */
} mi_sample;

/* ---- from memory ---- */

/* Rows in memory of the caller: (n,d) elements, `ld` from one row to the next. */
typedef struct {
    const void *x; /* NULL: there are none */
    mi_float type; /* MI_F32 or MI_F64; 0: MI_F32 */
    size_t d, ld;  /* ld 0: d */
} mi_array;

/* A feature set in memory; what is NULL is missing. */
typedef struct {
    size_t n;         /* rows, 2 or more */
    mi_array z1, z2;  /* encoder and projector features */
    const int64_t *r; /* (n) instance ids: the views of one image share theirs */
    mi_array target;  /* or a real-valued R, each row its own instance */
    const int64_t *y; /* (n) labels */
    const double *w;  /* (n) weights of the rows, of any sum */
} mi_arrays;

/* The sample of arrays, which are borrowed: nothing is copied (but under drop_zero_rows), and they
 * outlive the sample. o NULL: defaults. R is by default the target where that is there, else the
 * positive where z2 is there and `r` marks views (mi_ids_mark_views), else the instance id.
 * Errors: MI_EUSAGE for shapes that cannot be, r and target both, an R that needs what is missing;
 * MI_EDATA naming member and row for values that are not finite, all-zero rows under a linear
 * kernel, a weight that is not above 0, an instance with one view where R is the positive, a zero bandwidth;
 * MI_ENOMEM. O(n d). On failure nothing is left to free. Free with mi_sample_free. */
MI_API MI_CHECKED mi_status mi_sample_of(mi_sample *out, const mi_arrays *in,
                                         const mi_sample_opts *o);

/* Free what it owns; {0} is allowed. */
MI_API void mi_sample_free(mi_sample *s);

/* The rows of class c of y, as a sample of its own with the kernels of s, bandwidths and all. O(n d).
 * Errors: MI_EUSAGE for no sample, one without y, a class there is not; MI_ENOMEM and those of reading.
 * Nothing is left to free after a failure. Free with mi_sample_free. */
MI_API MI_CHECKED mi_status mi_sample_class(mi_sample *out, const mi_sample *s, size_t c);

/* The same rows of another sample, row i of which is row i of s (mi_match). Errors: as there; MI_EUSAGE for
 * another number of rows. */
MI_API MI_CHECKED mi_status mi_sample_class_of(mi_sample *out, const mi_sample *other,
                                               const mi_sample *s, size_t c);

/* The number of class c among those of the set as it was read, whose labels have names; rows that were
 * left out may have been all of a class. c for no sample. */
MI_API size_t mi_sample_class_as_read(const mi_sample *s, size_t c);

/* The column as a variable that borrows from the sample. Nothing is left to free after a failure.
 * Free with mi_var_free. Errors: MI_EUSAGE for a member that the sample lacks; as mi_var_real,
 * with the member's name in front. */
MI_API MI_CHECKED mi_status mi_sample_var(mi_var *out, const mi_sample *s, mi_member_id m);

/* Room for the kernels of a sample in words. */
#define MI_KERNELS_NAME (3 * (MI_KERNEL_NAME + 4))

/* Resolved kernels of the real and integer features, "z1=gaussian:1.23,z2=linear", into buffer. */
MI_API const char *mi_sample_kernels(const mi_sample *s, char *buffer, size_t bytes);

/* The same with bandwidths as they were asked for, which do not differ from set to set:
 * "z1=gaussian:median,z2=linear"; "gaussian:median" when all are alike. */
MI_API const char *mi_sample_kernels_asked(const mi_sample *s, char *buffer, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
