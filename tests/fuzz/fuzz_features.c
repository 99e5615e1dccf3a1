/* A file of feature sets: opened, described, checked, each small member read as rows and as labels. */
#include "libmi/mi.h"
#include "target.h"

static void read_member(mi_features *f, size_t i, mi_member_id m)
{
    const mi_member *member = &mi_features_set(f, i)->member[m];
    mi_mat x = {0};
    mi_labels labels = {0};
    if (!member->present || member->n > 4096 || member->d > 4096)
        return;
    if (mi_features_read(f, i, m, &x) == MI_OK)
        target_want(x.n == member->n && x.d == member->d, "rows are those of the description");
    mi_mat_free(&x);
    if (mi_features_read_labels(f, i, m, &labels) == MI_OK)
        target_want(labels.groups.n == member->n, "as many labels as rows");
    mi_labels_free(&labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mi_features *f = NULL;
    const char *path = target_file(data, size);
    target_quiet();
    if (path && mi_features_open(&f, &path, 1, NULL) == MI_OK)
        for (size_t i = 0; i < mi_features_count(f) && i < 16; i++) {
            if (mi_features_check(f, i, 1u << MI_Z1, ~0u) != MI_OK)
                continue;
            for (mi_member_id m = MI_Z1; m < MI_MEMBERS; m++)
                read_member(f, i, m);
        }
    mi_features_close(f);
    target_file_done();
    return 0;
}
