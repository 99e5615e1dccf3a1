/* What a file holds instead of a feature set, and the --map that would make one of it. A guess:
 * names and shapes, the wider of two float datasets being the encoder's. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "libmi/features/private.h"

#include "libmi/base/shell.h"
#include "libmi/base/watch_internal.h"
#include "libmi/base/words.h"

#define MAX_ITEMS 128 /* datasets looked at */
#define MAX_SHOWN 8

typedef struct {
    char *name; /* relative to the group */
    mi_member m;
} item;

typedef struct {
    mi_features *f;
    hid_t file;
    const char *group;
    const mi_member *have;
    item item[MAX_ITEMS];
    size_t n, total;
    int is_from_top; /* the set is the group itself, and not a directory in it, as others like that
                        one do not fit */
} inventory;

/* ---- the inventory ---- */

static mi_status add_item(inventory *v, const char *name)
{
    item *x = &v->item[v->n];
    *x = (item){0};
    v->n++;
    MI_TRY(mi_strdup(&x->name, name));
    MI_TRY(mi_join_path(&x->m.path, v->group, name));
    return mi_describe(v->f, v->file, "", &x->m);
}

static int is_member(const inventory *v, const char *name)
{
    size_t length = strcmp(v->group, "/") == 0 ? 0 : strlen(v->group);
    for (int m = 0; v->have && m < MI_MEMBERS; m++) {
        const char *path = v->have[m].path;
        if (path && strncmp(path, v->group, length) == 0 && path[length] == '/' &&
            strcmp(path + length + 1, name) == 0)
            return 1;
    }
    return 0;
}

static herr_t take_object(hid_t group, const char *name, const H5O_info_t *info, void *arg)
{
    inventory *v = arg;
    (void)group;
    mi_watch_step();
    if (info->type != H5O_TYPE_DATASET)
        return 0;
    if (is_member(v, name))
        return 0;
    v->total++;
    if (v->n < MAX_ITEMS && add_item(v, name) != MI_OK)
        return -1;
    return 0;
}

static void inventory_free(inventory *v)
{
    for (size_t k = 0; k < v->n; k++) {
        mi_free(v->item[k].name);
        mi_free(v->item[k].m.path);
        mi_free(v->item[k].m.problem);
    }
}

/* ---- names ---- */

/* Is `word` in `name`: anywhere, or as a whole word when it is short ("id" is in "hidden")? */
static int has_word(const char *name, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strcasestr(name, word); at; at = strcasestr(at + 1, word)) {
        int starts = at == name || !isalnum((unsigned char)at[-1]);
        int ends = !isalnum((unsigned char)at[length]);
        if (length > 3 || (starts && ends))
            return 1;
    }
    return 0;
}

static int has_any(const char *name, const char *const *word)
{
    int found = 0;
    for (; *word; word++)
        found |= has_word(name, *word);
    return found;
}

/* How well a name fits a member: 1, 0 or -1. */
static int name_fits(const char *name, mi_member_id m)
{
    static const char *const words[MI_MEMBERS][8] = {
        [MI_Z1] = {"enc", "encoder", "feat", "feats", "backbone", "repr", "h"},
        [MI_Z2] = {"proj", "projector", "head", "embed", "contrast", "z"},
        [MI_R] = {"id", "ids", "idx", "index", "indices", "instance"},
        [MI_Y] = {"label", "target", "class", "y"},
        [MI_SPLIT] = {"fold"},
    };
    static const char *const features[] = {"feature", "hidden", NULL};
    int fits = has_any(name, words[m]);
    if (m == MI_Z1)
        return fits || has_any(name, features) ? !has_any(name, words[MI_Z2])
                                               : -has_any(name, words[MI_Z2]);
    return m == MI_Z2 && !fits ? -has_any(name, words[MI_Z1]) : fits;
}

static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) : 0;
}

static int same_directory(const char *a, const char *b)
{
    size_t n = directory_length(a);
    return n == directory_length(b) && strncmp(a, b, n) == 0;
}

/* Two directories, neither of which lies in the other. */
static int are_siblings(const char *a, const char *b)
{
    size_t na = directory_length(a), nb = directory_length(b), n = na < nb ? na : nb;
    return strncmp(a, b, n) != 0 || (na > n && a[n] != '/') || (nb > n && b[n] != '/');
}

/* ---- the guess ---- */

/* Ids and labels are whole numbers or text, some of them alike: numbers of rows are not. */
static int are_labels(const inventory *v, const item *x)
{
    mi_labels l = {0};
    int good = mi_labels_of(v->f, v->file, &x->m, &l) == MI_OK && l.groups.g < l.groups.n;
    mi_labels_free(&l);
    return good;
}

static int is_possible(const inventory *v, const item *x, mi_member_id m, const mi_member *other)
{
    if (x->m.problem || x->m.cls == MI_CLASS_OTHER || x->m.n < 2)
        return 0;
    if (other && (x->m.n != other->n || strcmp(x->m.path, other->path) == 0))
        return 0;
    if (m == MI_Z1 || m == MI_Z2)
        return x->m.cls == MI_CLASS_FLOAT && x->m.rank >= 2 && x->m.d > 1 &&
               (!other || !are_siblings(x->m.path, other->path) || name_fits(x->name, m) > 0);
    return x->m.d == 1 && name_fits(x->name, m) > 0 &&
           (m == MI_SPLIT ? x->m.cls != MI_CLASS_FLOAT : are_labels(v, x));
}

static int score(const item *x, mi_member_id m, const mi_member *other)
{
    int points = 4 * name_fits(x->name, m);
    if (!other)
        return points;
    points += 2 * same_directory(x->m.path, other->path);
    if (m == MI_Z1 && x->m.d != other->d)
        points += x->m.d > other->d ? 1 : -1;
    if (m == MI_Z2 && x->m.d != other->d)
        points += x->m.d < other->d ? 1 : -1;
    return points;
}

/* The one that fits best; of equals beside nothing the one with most values. */
static const item *choose(const inventory *v, mi_member_id m, const mi_member *other)
{
    const item *best = NULL;
    for (size_t k = 0; k < v->n; k++) {
        const item *x = &v->item[k];
        if (!is_possible(v, x, m, other))
            continue;
        int more = best ? score(x, m, other) - score(best, m, other) : 1;
        if (more > 0 || (more == 0 && !other && x->m.n * x->m.d > best->m.n * best->m.d))
            best = x;
    }
    return best;
}

static size_t count_beside(const inventory *v, const item *a)
{
    size_t n = 0;
    for (size_t k = 0; k < v->n; k++)
        n += same_directory(a->m.path, v->item[k].m.path) &&
             is_possible(v, &v->item[k], MI_Z1, NULL);
    return n;
}

static int has_names(const inventory *v)
{
    for (size_t k = 0; k < v->n; k++) {
        const item *x = &v->item[k];
        if (is_possible(v, x, MI_Z1, NULL) &&
            (name_fits(x->name, MI_Z1) > 0 || name_fits(x->name, MI_Z2) > 0))
            return 1;
    }
    return 0;
}

/* Names make a pair: one where the datasets are beside each other, or one above the other, both where
 * they are in groups of their own. Without names anywhere it is two that are alone in a group. */
static int may_pair(const inventory *v, int named, const item *a, const item *b)
{
    if (!is_possible(v, a, MI_Z1, NULL) || !is_possible(v, b, MI_Z2, &a->m))
        return 0;
    if (!named)
        return same_directory(a->m.path, b->m.path) && count_beside(v, a) == 2;
    int fits = (name_fits(a->name, MI_Z1) > 0) + (name_fits(b->name, MI_Z2) > 0);
    return fits > are_siblings(a->m.path, b->m.path);
}

/* z1 and z2 together: the pair that fits best, or one alone. */
static void choose_pair(const inventory *v, const item *guess[MI_MEMBERS])
{
    int best = 0, named = has_names(v);
    for (size_t k = 0; k < v->n * v->n; k++) {
        const item *a = &v->item[k / v->n], *b = &v->item[k % v->n];
        if (!may_pair(v, named, a, b))
            continue;
        int points = score(a, MI_Z1, &b->m) + score(b, MI_Z2, &a->m);
        if (guess[MI_Z1] && points <= best)
            continue;
        guess[MI_Z1] = a;
        guess[MI_Z2] = b;
        best = points;
    }
    if (!guess[MI_Z1])
        guess[MI_Z1] = choose(v, MI_Z1, NULL);
}

static const mi_member *any_member(const mi_member *have, const item *guess[MI_MEMBERS])
{
    for (int m = 0; m < MI_MEMBERS; m++) {
        if (guess[m])
            return &guess[m]->m;
        if (have && have[m].present && !have[m].problem)
            return &have[m];
    }
    return NULL;
}

static void make_guess(const inventory *v, const mi_member *have, unsigned lacking,
                       const item *guess[MI_MEMBERS])
{
    const unsigned both = 1u << MI_Z1 | 1u << MI_Z2;
    if ((lacking & both) == both) {
        choose_pair(v, guess);
        lacking &= ~both;
        if (!guess[MI_Z1])
            return;
    }
    for (int m = 0; m < MI_MEMBERS; m++)
        if (lacking & 1u << m)
            guess[m] = choose(v, (mi_member_id)m, any_member(have, guess));
}

/* ---- the text ---- */

typedef struct {
    char *text;
    size_t used, bytes;
} line;

static void add(line *l, const char *format, ...) MI_PRINTF(2, 3);

static void add(line *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = mi_vformat(l->text + l->used, l->bytes - l->used, format, args);
    va_end(args);
    l->used = l->used + (size_t)n < l->bytes ? l->used + (size_t)n : l->bytes - 1;
}

static void add_inventory(line *l, const inventory *v)
{
    char shape[256];
    if (v->n == 0)
        add(l, v->have ? "no other dataset" : "no dataset");
    for (size_t k = 0; k < v->n && k < MAX_SHOWN; k++) {
        add(l, "%s%.60s %s", k ? ", " : "", v->item[k].name,
            mi_member_shape(&v->item[k].m, shape, sizeof shape));
    }
    if (v->total > MAX_SHOWN)
        add(l, " and %zu more", v->total - MAX_SHOWN);
}

/* Length of the directory that z1 and z2 share, or of the one's, with its slash: the group that becomes
 * the set. */
static size_t common_directory(const item *a, const item *b)
{
    size_t n = 0;
    if (!a)
        return 0;
    for (size_t k = 0; a->name[k] && (!b || a->name[k] == b->name[k]); k++)
        if (a->name[k] == '/')
            n = k + 1;
    return n;
}

/* What --map needs for a dataset when the set is the directory of `length` letters of `in`: a path
 * below it, or the name alone when the dataset lies in a directory above, from where it is
 * inherited. NULL: neither. */
static const char *map_path(const item *x, const char *in, size_t length)
{
    size_t own = directory_length(x->name);
    if (strncmp(x->name, in, length) == 0)
        return x->name + length;
    if (strncmp(x->name, in, own) == 0 && (own == 0 || in[own] == '/'))
        return x->name + own + (own > 0);
    return NULL;
}

/* path[m]: what --map m= needs; NULL: nothing. Returns the members that have one, as bits. */
static unsigned map_paths(const inventory *v, const char *path[MI_MEMBERS],
                          const item *const guess[MI_MEMBERS])
{
    size_t length = v->is_from_top || v->have ? 0 : common_directory(guess[MI_Z1], guess[MI_Z2]);
    const char *in = length ? guess[MI_Z1]->name : "";
    unsigned used = 0;
    for (int m = 0; m < MI_MEMBERS; m++) {
        path[m] = guess[m] ? map_path(guess[m], in, length) : NULL;
        if (path[m] && strchr(path[m], ','))
            path[m] = NULL;
        used |= path[m] ? 1u << m : 0;
    }
    return used;
}

static void add_map(line *l, const inventory *v, const item *const guess[MI_MEMBERS])
{
    const char *path[MI_MEMBERS];
    char map[2048], word[2048];
    size_t used = 0;
    if (!map_paths(v, path, guess))
        return;
    for (int m = 0; m < MI_MEMBERS; m++) /* what was mapped already stays so */
        path[m] = path[m] ? path[m] : v->have && v->have[m].present ? v->f->opts.map[m] : NULL;
    for (int m = 0; m < MI_MEMBERS && used < sizeof map; m++)
        if (path[m] && strcmp(path[m], mi_member_name((mi_member_id)m)) != 0)
            used += (size_t)snprintf(map + used, sizeof map - used, "%s%s=%s", used ? "," : "",
                                     mi_member_name((mi_member_id)m), path[m]);
    if (!used)
        return;
    mi_shell_word(word, sizeof word, "%s", map);
    add(l, "; try " MI_OPTION "map %s", word);
    /* Ids by their name, whole by their values, which without a word would be a real-valued target. */
    if (v->f->opts.asks_for_r && guess[MI_R] && guess[MI_R]->m.cls == MI_CLASS_FLOAT)
        add(l, " " MI_OPTION "r id");
}

/* A file in which each row is a dataset of its own, and the line that makes one set of them. */
static void add_rows(line *l, const inventory *v)
{
    const char *name = mi_input_name(&v->f->input[v->f->file_input]);
    int is_root = strcmp(v->group, "/") == 0;
    if (v->n < 2 || v->f->input[v->f->file_input].image)
        return;
    for (size_t k = 0; k < v->n; k++) {
        const mi_member *m = &v->item[k].m, *first = &v->item[0].m;
        if (m->problem || m->cls != MI_CLASS_FLOAT || m->rank != 1 || m->n != first->n ||
            m->n < 2 || strchr(v->item[k].name, '/'))
            return;
    }
    char rows[1024];
    mi_shell_word(rows, sizeof rows, "z1=%s:%s%s*", name, is_root ? "" : v->group,
                  is_root ? "" : "/");
    add(l, "; if each is a row, " MI_TOOL "import %s -o rows.h5 makes one set of them", rows);
}

/* ---- is the guess right? ---- */

/* Whether the map finds sets, all of them fit to be read. Nothing is said, and f is as it was. */
static int works(const inventory *v, const item *const guess[MI_MEMBERS])
{
    mi_features *f = v->f, kept = *f;
    const char *path[MI_MEMBERS];
    unsigned used = map_paths(v, path, guess);
    f->entry = NULL;
    f->n = f->room = 0;
    f->is_trial = f->turned = 1;
    f->flattened = ~0u;
    for (int m = 0; m < MI_MEMBERS; m++)
        if (path[m])
            f->opts.map[m] = path[m];
    int good = mi_walk(f, f->file_input, v->group) == MI_OK && f->n > 0;
    for (size_t k = 0; good && k < f->n; k++)
        good = mi_features_check(f, k, used, 0) == MI_OK;
    for (size_t k = 0; k < f->n; k++)
        mi_set_free(&f->entry[k].set);
    mi_free(f->entry);
    *f = kept;
    return good;
}

/* The most members that can be read together. */
static void keep_what_works(inventory *v, const item *guess[MI_MEMBERS])
{
    for (int m = MI_MEMBERS - 1; m >= 0; m--) {
        for (v->is_from_top = 0; guess[m] && v->is_from_top < 2; v->is_from_top++)
            if (works(v, guess))
                return;
        guess[m] = NULL;
    }
}

void mi_suggest(mi_features *f, hid_t file, const char *group, const mi_member *have,
                unsigned lacking, char *text, size_t bytes)
{
    line l = {.text = text, .bytes = bytes};
    const item *guess[MI_MEMBERS] = {0};
    inventory *v;
    text[0] = 0;
    if (f->is_trial || MI_NEW(v, 1) != MI_OK)
        return;
    v->f = f;
    v->file = file;
    v->group = group;
    v->have = have;
    H5Ovisit_by_name2(file, group, H5_INDEX_NAME, H5_ITER_INC, take_object, v, H5O_INFO_BASIC,
                      f->links.access);
    make_guess(v, have, lacking, guess);
    keep_what_works(v, guess);
    add_inventory(&l, v);
    add_map(&l, v, guess);
    if (!have && lacking && !guess[MI_Z1])
        add_rows(&l, v);
    inventory_free(v);
    mi_free(v);
}
