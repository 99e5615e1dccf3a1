/* Trees with a folder a class, as ImageNet comes: listed in the order of names, then put in a random
 * order, so that the first k images of a part are a fair sample of it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libmi/images/private.h"

typedef struct {
    char *path;
    int64_t label;
} entry;

typedef struct {
    entry *list[MI_IMAGES_PARTS];
    size_t room[MI_IMAGES_PARTS];
} folders;

static void release(mi_image_source *s)
{
    folders *f = s->arg;
    for (int part = 0; part < MI_IMAGES_PARTS; part++) {
        for (size_t i = 0; i < s->n[part]; i++)
            mi_free(f->list[part][i].path);
        mi_free(f->list[part]);
    }
    mi_free(f);
}

static mi_status image(mi_image_source *s, int part, size_t i, uint8_t *to)
{
    const folders *f = s->arg;
    mi_picture picture;
    MI_TRY(mi_picture_read(&picture, f->list[part][i].path));
    mi_status status = mi_picture_fit(to, &picture, s->h);
    mi_free(picture.x);
    return status;
}

/* ---- listing ---- */

static int is_visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static void free_names(struct dirent **name, int n)
{
    for (int k = 0; k < n; k++)
        free(name[k]);
    free(name);
}

static int is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static mi_status add_picture(mi_image_source *s, int part, int64_t label, char *path)
{
    folders *f = s->arg;
    MI_TRY(mi_grow(&f->list[part], s->n[part], &f->room[part], sizeof(entry)));
    f->list[part][s->n[part]++] = (entry){.path = path, .label = label};
    return MI_OK;
}

/* Pictures of one class; `depth` levels of folders below it are looked into. */
static mi_status list_class(mi_image_source *s, int part, int64_t label, const char *dir, int depth)
{
    struct dirent **name;
    int n = scandir(dir, &name, is_visible, alphasort);
    mi_status status = MI_OK;
    if (n < 0)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", dir, strerror(errno));
    for (int k = 0; status == MI_OK && k < n; k++) {
        char *path;
        int kept = 0;
        MI_TRY_GOTO(status, mi_path_join(&path, dir, name[k]->d_name), done);
        if (depth > 0 && is_directory(path))
            status = list_class(s, part, label, path, depth - 1);
        else if (mi_picture_is_known(path))
            kept = (status = add_picture(s, part, label, path)) == MI_OK;
        if (!kept)
            mi_free(path);
    }
done:
    free_names(name, n);
    return status;
}

/* The number of a class by its name, as of training. */
static int64_t label_of(const mi_image_source *s, const char *name)
{
    for (size_t k = 0; k < s->classes; k++)
        if (strcmp(s->class_name[k], name) == 0)
            return (int64_t)k;
    return -1;
}

static mi_status list_classes(mi_image_source *s, int part, const char *dir, struct dirent **name,
                              int n)
{
    for (int k = 0; k < n; k++) {
        char *path;
        int64_t label = label_of(s, name[k]->d_name);
        MI_TRY(mi_path_join(&path, dir, name[k]->d_name));
        mi_status status = MI_OK;
        if (is_directory(path) && label < 0)
            status = mi_fail(MI_EDATA, "%s: a class that training does not have", path);
        else if (is_directory(path))
            status = list_class(s, part, label, path, 1);
        mi_free(path);
        MI_TRY(status);
    }
    return MI_OK;
}

/* The folders of the part of training are the classes. */
static mi_status take_names(mi_image_source *s, const char *dir, struct dirent **name, int n)
{
    const char **class_name;
    size_t classes = 0;
    MI_TRY(MI_NEW(class_name, (size_t)n + 1));
    for (int k = 0; k < n; k++) {
        char *path;
        if (mi_path_join(&path, dir, name[k]->d_name) != MI_OK)
            continue;
        if (is_directory(path))
            class_name[classes++] = name[k]->d_name;
        mi_free(path);
    }
    mi_status status = mi_source_names(s, class_name, classes);
    mi_free(class_name);
    return status;
}

static mi_status list_part(mi_image_source *s, int part, const char *dir)
{
    struct dirent **name;
    int n = scandir(dir, &name, is_visible, alphasort);
    mi_status status = MI_OK;
    if (n < 0)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", dir, strerror(errno));
    if (part == MI_IMAGES_TRAIN)
        status = take_names(s, dir, name, n);
    if (status == MI_OK)
        status = list_classes(s, part, dir, name, n);
    free_names(name, n);
    if (status == MI_OK && s->n[part] == 0)
        status = mi_fail(MI_EDATA, "%s: no JPEG or PNG in a folder of a class", dir);
    return status;
}

/* ---- order ---- */

/* Fisher and Yates by a linear congruential generator of 64 bits (Knuth, TAOCP 2, 3.3.4): the same
 * order on every machine. */
static mi_status shuffle(mi_image_source *s, int part, unsigned long seed)
{
    folders *f = s->arg;
    uint64_t state = seed * 2 + (uint64_t)part;
    MI_TRY(MI_NEW(s->y[part], s->n[part]));
    for (size_t i = s->n[part]; i-- > 1;) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        size_t j = (size_t)((state >> 33) % (i + 1));
        entry e = f->list[part][i];
        f->list[part][i] = f->list[part][j];
        f->list[part][j] = e;
    }
    for (size_t i = 0; i < s->n[part]; i++)
        s->y[part][i] = f->list[part][i].label;
    return MI_OK;
}

static mi_status fill(mi_image_source *s, const char *path, unsigned long seed)
{
    char *train = NULL, *test = NULL;
    mi_status status;
    MI_TRY_GOTO(status, mi_path_join(&train, path, "train"), done);
    MI_TRY_GOTO(status, mi_path_join(&test, path, "test"), done);
    if (!is_directory(test)) {
        mi_free(test);
        MI_TRY_GOTO(status, mi_path_join(&test, path, "val"), done);
    }
    MI_TRY_GOTO(status, list_part(s, MI_IMAGES_TRAIN, train), done);
    MI_TRY_GOTO(status, list_part(s, MI_IMAGES_TEST, test), done);
    MI_TRY_GOTO(status, shuffle(s, MI_IMAGES_TRAIN, seed), done);
    status = shuffle(s, MI_IMAGES_TEST, seed);
done:
    mi_free(train);
    mi_free(test);
    return status;
}

mi_status mi_images_folders(mi_image_source *out, const char *path, size_t side, unsigned long seed)
{
    folders *f;
    *out = (mi_image_source){
        .c = 3, .h = side, .w = side, .image = image, .release = release, .dataset = "folders"};
    if (side < 8 || side > 1024)
        return mi_fail(MI_EUSAGE, "images of %zu x %zu, wanted 8 to 1024", side, side);
    if (!mi_picture_is_known("a.jpg") && !mi_picture_is_known("a.png"))
        return mi_fail(MI_EUSAGE,
                       "this build decodes no pictures: it was made without libjpeg and libpng");
    MI_TRY(MI_NEW(f, 1));
    out->arg = f;
    mi_status status = fill(out, path, seed);
    if (status != MI_OK)
        mi_image_source_free(out);
    return status;
}
