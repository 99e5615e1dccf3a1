/* Which groups are feature sets, and what they inherit.
 *
 * The walk goes down from the root along the addressed group, then through everything below it. The
 * chain of frames from the root to the group under hand is what members and attributes are
 * inherited from.
 *
 * Links may lead to one group by several paths, each of which makes sets of its own: what is inherited
 * differs, and either path may be the one that is meant. k levels of two links each are 2^k paths, so
 * groups that hold no set are walked once, and others again only MAX_AGAIN times in all. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/features/private.h"

#include "libmi/base/watch_internal.h"
#include "libmi/base/words.h"
#include "libmi/table/names.h"

#define MAX_DEPTH  64
#define MAX_GROUPS 1000000
#define MAX_AGAIN  10000

typedef struct frame {
    const struct frame *up;
    hid_t group;
    char *path;
    H5O_info_t info; /* address in the file: tells a group that is its own ancestor */
    int is_top;      /* the walk starts here: members with absolute paths count as lying here */
    int depth;
    unsigned held; /* members that lie directly here, as bits */
} frame;

typedef struct {
    mi_features *f;
    size_t input;
    const char *name; /* of the input, for messages */
    hid_t file;
    size_t groups;
    mi_names walked;   /* groups by address: 1 where a set was found at or below it, 0 where none */
    size_t again;      /* groups with sets, walked again */
    size_t cut;        /* groups not gone into, being their own ancestors */
    char *passed_over; /* the first external link that was not followed, and where it leads */
    char leads_to[256];
} walk;

typedef struct {
    char *name;
    H5L_type_t type;
} child;

typedef struct {
    child *item;
    size_t n, room;
    mi_status status;
} children;

/* ---- natural order ---- */

/* Order of two runs of digits by value; the ends of both are left in *a and *b. */
static int compare_numbers(const char **a, const char **b)
{
    while (**a == '0')
        ++*a;
    while (**b == '0')
        ++*b;
    size_t na = strspn(*a, "0123456789"), nb = strspn(*b, "0123456789");
    int order = na != nb ? (na < nb ? -1 : 1) : strncmp(*a, *b, na);
    *a += na;
    *b += nb;
    return order;
}

static int natural_order(const void *one, const void *other)
{
    const char *a = ((const child *)one)->name, *b = ((const child *)other)->name;
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            int order = compare_numbers(&a, &b);
            if (order)
                return order;
        } else if (*a != *b) {
            break;
        } else {
            a++, b++;
        }
    }
    if (*a != *b)
        return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
    return strcmp(((const child *)one)->name, ((const child *)other)->name); /* 01 and 1 */
}

static herr_t add_child(hid_t group, const char *name, const H5L_info_t *info, void *arg)
{
    children *c = arg;
    (void)group;
    mi_watch_step();
    c->status = mi_grow(&c->item, c->n, &c->room, sizeof *c->item);
    if (c->status == MI_OK)
        c->status = mi_strdup(&c->item[c->n].name, name);
    if (c->status != MI_OK)
        return -1;
    c->item[c->n++].type = info->type;
    return 0;
}

static void children_free(children *c)
{
    for (size_t k = 0; k < c->n; k++)
        mi_free(c->item[k].name);
    mi_free(c->item);
}

static mi_status children_list(children *c, const walk *w, const frame *fr)
{
    *c = (children){0};
    if (H5Literate(fr->group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, add_child, c) < 0) {
        mi_status status = c->status != MI_OK ? c->status
                                              : mi_fail(MI_EDATA, "%s:%s: damaged: %s", w->name,
                                                        fr->path, mi_h5_reason());
        children_free(c);
        return status;
    }
    if (c->n)
        qsort(c->item, c->n, sizeof *c->item, natural_order);
    return MI_OK;
}

/* ---- frames ---- */

/* File, link, where it leads. */
#define REFUSED                                                                          \
    "%s: '%s' leads through an external link to '%s', which is not followed; " MI_OPTION \
    "allow-external follows it"

static mi_status refuse_external(walk *w, const char *path, const char *name)
{
    char *full;
    MI_TRY(mi_join_path(&full, path, name));
    mi_status status = mi_fail(MI_EDATA, REFUSED, w->name, full, w->f->links.refused);
    w->f->links.refused[0] = 0;
    mi_free(full);
    return status;
}

/* A link into another file may lead to anything: no reason to stop where sets are found without it.
 */
static mi_status pass_over(walk *w, const char *path, const char *name)
{
    if (!w->passed_over) {
        MI_TRY(mi_join_path(&w->passed_over, path, name));
        strcpy(w->leads_to, w->f->links.refused);
    }
    w->f->links.refused[0] = 0;
    return MI_OK;
}

/* Look for a member directly in a group. A link that leads nowhere counts: it has the member's
 * name, and to inherit another in its place would be a silent mistake. */
static mi_status find_member(walk *w, frame *fr, mi_member_id m)
{
    const char *path = mi_member_path(w->f, m);
    H5O_info_t info;
    if (path[0] == '/' && !fr->is_top)
        return MI_OK;
    int found =
        H5Oget_info_by_name2(fr->group, path, &info, H5O_INFO_BASIC, w->f->links.access) >= 0;
    if (!found && w->f->links.refused[0])
        return refuse_external(w, fr->path, path);
    if (found ? info.type == H5O_TYPE_DATASET : H5Lexists(fr->group, path, w->f->links.access) > 0)
        fr->held |= 1u << m;
    return MI_OK;
}

static mi_status frame_fill(walk *w, frame *fr, const char *name)
{
    if (fr->depth > MAX_DEPTH)
        return mi_fail(MI_EDATA, "%s: groups lie more than %d deep", w->name, MAX_DEPTH);
    if (++w->groups > MAX_GROUPS)
        return mi_fail(MI_EDATA, "%s: more than %d groups", w->name, MAX_GROUPS);
    MI_TRY(mi_join_path(&fr->path, fr->up ? fr->up->path : "/", name));
    fr->group = H5Oopen(fr->up ? fr->up->group : w->file, name, w->f->links.access);
    if (fr->group < 0 || H5Oget_info2(fr->group, &fr->info, H5O_INFO_BASIC) < 0)
        return mi_fail(MI_EDATA, "%s:%s: damaged: %s", w->name, fr->path, mi_h5_reason());
    for (int m = 0; m < MI_MEMBERS; m++)
        MI_TRY(find_member(w, fr, (mi_member_id)m));
    return MI_OK;
}

static void frame_close(frame *fr)
{
    mi_h5_drop(fr->group);
    mi_free(fr->path);
}

static mi_status frame_open(walk *w, frame *fr, const frame *up, const char *name, int is_top)
{
    *fr = (frame){.up = up, .group = MI_H5_NONE, .is_top = is_top, .depth = up ? up->depth + 1 : 0};
    mi_status status = frame_fill(w, fr, name);
    if (status != MI_OK)
        frame_close(fr);
    return status;
}

static int is_own_ancestor(const frame *up, const H5O_info_t *info)
{
    for (; up; up = up->up)
        if (up->info.addr == info->addr && up->info.fileno == info->fileno)
            return 1;
    return 0;
}

/* ---- sets ---- */

static mi_status entry_add(walk *w, const frame *fr, size_t *index)
{
    mi_features *f = w->f;
    MI_TRY(mi_grow(&f->entry, f->n, &f->room, sizeof *f->entry));
    *index = f->n;
    mi_entry *e = &f->entry[f->n++];
    *e = (mi_entry){.input = w->input};
    MI_TRY(mi_strdup(&e->set.file, f->input[w->input].path));
    return mi_strdup(&e->set.group, fr->path);
}

static void entry_remove(mi_features *f, size_t index)
{
    mi_free(f->entry[index].set.file);
    mi_free(f->entry[index].set.group);
    memmove(&f->entry[index], &f->entry[index + 1], (--f->n - index) * sizeof *f->entry);
}

/* A dataset w of other than a number a row, such as a layer of a network, is no weights of rows. */
static void drop_no_weights(const walk *w, mi_member_id m, mi_member *member)
{
    if (m != MI_W || w->f->opts.map[m] || (member->d == 1 && member->rank <= 2))
        return;
    mi_free(member->path);
    mi_free(member->group);
    mi_free(member->problem);
    *member = (mi_member){0};
}

static mi_status describe_member(walk *w, const frame *fr, mi_member_id m, mi_member *member)
{
    while (fr && !(fr->held & 1u << m))
        fr = fr->up;
    if (!fr)
        return MI_OK;
    member->present = 1;
    MI_TRY(mi_strdup(&member->group, fr->path));
    MI_TRY(mi_join_path(&member->path, fr->path, mi_member_path(w->f, m)));
    MI_TRY(mi_describe(w->f, w->file, w->f->input[w->input].path, member));
    drop_no_weights(w, m, member);
    return MI_OK;
}

static mi_status describe_set(walk *w, const frame *fr, mi_set *s)
{
    for (int m = 0; m < MI_MEMBERS; m++)
        MI_TRY(describe_member(w, fr, (mi_member_id)m, &s->member[m]));
    for (const frame *from = fr; from; from = from->up)
        MI_TRY(mi_attrs_add(s, from->group));
    MI_TRY(mi_attrs_epoch(s, strrchr(fr->path, '/') + 1, 0));
    if (!w->f->input[w->input].image) /* the 63 of /dev/fd/63 is no epoch */
        MI_TRY(mi_attrs_epoch(s, s->file, 1));
    return MI_OK;
}

/* ---- groups that several paths lead to ---- */

static void name_address(char name[64], const H5O_info_t *info)
{
    snprintf(name, 64, "%lu %llu", info->fileno, (unsigned long long)info->addr);
}

/* *go: the group is worth walking, for the first time or again. */
static mi_status look_up(walk *w, const frame *up, const char *name, const H5O_info_t *info,
                         int *go)
{
    char address[64], *path;
    name_address(address, info);
    long found = mi_names_at(&w->walked, address);
    *go = found != 0;
    if (found < 1 || ++w->again <= MAX_AGAIN)
        return MI_OK;
    MI_TRY(mi_join_path(&path, up->path, name));
    mi_status status = mi_fail(MI_EDATA,
                               "%s:%s: links lead to groups that were walked already, more than %d "
                               "times; name the group that is meant, as FILE:GROUP",
                               w->name, path, MAX_AGAIN);
    mi_free(path);
    return status;
}

/* What was found below a group, `cut` groups having been passed over before it. A group without sets
 * may have some by another path where one was passed over in it: nothing is noted then. */
static mi_status note(walk *w, const frame *fr, unsigned below, size_t cut)
{
    char address[64];
    size_t number;
    name_address(address, &fr->info);
    return below || w->cut == cut ? mi_names_put(&w->walked, address, below != 0, &number) : MI_OK;
}

static mi_status walk_group(walk *w, const frame *fr, unsigned *below);

static mi_status walk_frame(walk *w, const frame *fr, unsigned *below)
{
    unsigned here = 0;
    size_t cut = w->cut;
    MI_TRY(walk_group(w, fr, &here));
    *below |= here;
    return note(w, fr, here, cut);
}

/* *below gains the members that the child and the groups under it hold. */
static mi_status walk_child(walk *w, const frame *up, const child *c, unsigned *below)
{
    H5O_info_t info;
    frame fr;
    int go;
    mi_watch_step();
    if (H5Oget_info_by_name2(up->group, c->name, &info, H5O_INFO_BASIC, w->f->links.access) < 0) {
        if (w->f->links.refused[0])
            return pass_over(w, up->path, c->name);
        if (c->type == H5L_TYPE_HARD)
            return mi_fail(MI_EDATA, "%s:%s: '%s' is damaged: %s", w->name, up->path, c->name,
                           mi_h5_reason());
        return MI_OK; /* a link that leads nowhere */
    }
    if (info.type != H5O_TYPE_GROUP)
        return MI_OK;
    if (is_own_ancestor(up, &info)) {
        w->cut++;
        return MI_OK;
    }
    MI_TRY(look_up(w, up, c->name, &info, &go));
    if (!go)
        return MI_OK;
    MI_TRY(frame_open(w, &fr, up, c->name, 0));
    mi_status status = walk_frame(w, &fr, below);
    frame_close(&fr);
    return status;
}

static mi_status walk_children(walk *w, const frame *fr, unsigned *below)
{
    children c;
    mi_status status = MI_OK;
    MI_TRY(children_list(&c, w, fr));
    for (size_t k = 0; k < c.n && status == MI_OK; k++)
        status = walk_child(w, fr, &c.item[k], below);
    children_free(&c);
    return status;
}

static mi_status walk_group(walk *w, const frame *fr, unsigned *below)
{
    const unsigned both = 1u << MI_Z1 | 1u << MI_Z2;
    unsigned own = fr->held & both, under = 0;
    size_t index = 0;
    if (own)
        MI_TRY(entry_add(w, fr, &index));
    MI_TRY(walk_children(w, fr, &under));
    *below |= own | under;
    if (!own)
        return MI_OK;
    /* One of z1 and z2 above groups that hold the other: those groups are the sets. */
    if (under & both & ~own) {
        entry_remove(w->f, index);
        return MI_OK;
    }
    return describe_set(w, fr, &w->f->entry[index].set);
}

/* ---- the addressed group ---- */

static mi_status no_group(walk *w, const frame *up, const char *name, int found)
{
    char text[1024], *full;
    if (w->f->links.refused[0])
        return refuse_external(w, up->path, name);
    MI_TRY(mi_join_path(&full, up->path, name));
    mi_suggest(w->f, w->file, up->path, NULL, 0, text, sizeof text);
    mi_status status =
        mi_fail(MI_EDATA, "%s: %s '%s'; '%s' holds %s", w->name,
                found ? "no group but a dataset is" : "no group", full, up->path, text);
    mi_free(full);
    return status;
}

/* A member that was asked for by the name of its dataset and is in none of the sets found. */
static void mention_unfound(const walk *w, size_t before)
{
    const mi_features *f = w->f;
    for (int m = 0; m < MI_MEMBERS; m++) {
        int found = !f->opts.map[m] || f->is_trial;
        for (size_t k = before; !found && k < f->n; k++)
            found = f->entry[k].set.member[m].present;
        if (!found)
            mi_warn("%s: no set holds '%s', which " MI_OPTION "map names for %s", w->name,
                    f->opts.map[m], mi_member_name((mi_member_id)m));
    }
}

static mi_status walk_top(walk *w, const frame *top)
{
    char text[1536];
    unsigned below = 0;
    size_t before = w->f->n;
    MI_TRY(walk_group(w, top, &below));
    if (w->passed_over && w->f->n == before)
        return mi_fail(MI_EDATA, REFUSED, w->name, w->passed_over, w->leads_to);
    if (w->passed_over && !w->f->is_trial)
        mi_warn(REFUSED, w->name, w->passed_over, w->leads_to);
    if (w->f->n > before) {
        mention_unfound(w, before);
        return MI_OK;
    }
    mi_suggest(w->f, w->file, top->path, NULL, ~0u, text, sizeof text);
    return mi_fail(MI_EDATA, "%s:%s: no feature set, no group holds '%s' or '%s'; found %s",
                   w->name, top->path, mi_member_path(w->f, MI_Z1), mi_member_path(w->f, MI_Z2),
                   text);
}

/* Go down from `up` along `rest`, "a/b/c", and walk what lies at its end. */
static mi_status walk_down(walk *w, const frame *up, char *rest)
{
    H5O_info_t info;
    frame fr;
    rest += strspn(rest, "/");
    if (!*rest)
        return walk_top(w, up);
    char *name = rest;
    rest += strcspn(rest, "/");
    if (*rest)
        *rest++ = 0;
    int found =
        H5Oget_info_by_name2(up->group, name, &info, H5O_INFO_BASIC, w->f->links.access) >= 0;
    if (!found || info.type != H5O_TYPE_GROUP)
        return no_group(w, up, name, found);
    MI_TRY(frame_open(w, &fr, up, name, !rest[strspn(rest, "/")]));
    mi_status status = walk_down(w, &fr, rest);
    frame_close(&fr);
    return status;
}

mi_status mi_walk(mi_features *f, size_t index, const char *group)
{
    walk w = {.f = f, .input = index, .name = mi_input_name(&f->input[index])};
    frame root;
    char *rest;
    MI_TRY(mi_input_open(f, index, &w.file));
    MI_TRY(mi_strdup(&rest, group));
    mi_status status = frame_open(&w, &root, NULL, "/", !group[strspn(group, "/")]);
    if (status == MI_OK) {
        status = walk_down(&w, &root, rest);
        frame_close(&root);
    }
    mi_names_free(&w.walked);
    mi_free(w.passed_over);
    mi_free(rest);
    return status;
}
