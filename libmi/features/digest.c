/* The values of a set as one number, by which they are known again. */
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/features/private.h"

/* A word more: SplitMix64's finaliser (Steele, Lea and Flood, OOPSLA 2014) of both. */
static uint64_t mix(uint64_t digest, uint64_t word)
{
    uint64_t x = digest * 0x9e3779b97f4a7c15u + word;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static mi_status add_block(void *arg, double *x, size_t n, size_t d)
{
    uint64_t *digest = arg, word;
    for (size_t k = 0; k < n * d; k++) {
        memcpy(&word, &x[k], sizeof word);
        *digest = mix(*digest, word);
    }
    return MI_OK;
}

static mi_status add_text(uint64_t *digest, mi_features *f, size_t i, mi_member_id m)
{
    mi_labels labels;
    char name[256];
    MI_TRY(mi_features_read_labels(f, i, m, &labels));
    for (size_t k = 0; k < labels.groups.n; k++)
        *digest = mix(*digest, (uint64_t)labels.groups.code[k]);
    for (size_t c = 0; c < labels.groups.g; c++)
        for (const char *at = mi_label_name(&labels, c, name, sizeof name); *at; at++)
            *digest = mix(*digest, (unsigned char)*at);
    mi_labels_free(&labels);
    return MI_OK;
}

mi_status mi_features_digest(uint64_t *out, mi_features *f, size_t i, unsigned members)
{
    MI_WANT(out, "no place for a digest");
    *out = 0;
    for (int k = 0; k < MI_MEMBERS; k++) {
        if (!(members >> k & 1))
            continue;
        MI_TRY(mi_member_check(f, i, (mi_member_id)k));
        const mi_member *m = &f->entry[i].set.member[k];
        *out = mix(mix(mix(*out, (uint64_t)k), m->n), m->d);
        if (!m->present)
            continue;
        MI_TRY(m->cls == MI_CLASS_TEXT
                   ? add_text(out, f, i, (mi_member_id)k)
                   : mi_features_each_block(f, i, (mi_member_id)k, NULL, m->n, add_block, out));
    }
    return MI_OK;
}
