/* Opening files of feature sets: options, member mapping, walking every input, closing. */
#include "libmi/features/private.h"

#include <string.h>

#include "libmi/base/want.h"

const char *mi_member_path(const mi_features *f, mi_member_id m)
{
    return f->opts.map[m] ? f->opts.map[m] : mi_member_name(m);
}

void mi_features_opts_default(mi_features_opts *o)
{
    if (o)
        *o = (mi_features_opts){0};
}

static mi_status parse_mapping(mi_features_opts *o, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    size_t name = equals ? (size_t)(equals - text) : length;
    mi_member_id m = mi_member_find(text, name);
    if (m == MI_MEMBERS)
        return mi_fail(MI_EUSAGE, "'%.*s' is no member, wanted z1, z2, r, y, split or w", (int)name,
                       text);
    if (!equals || name + 1 == length)
        return mi_fail(MI_EUSAGE, "'%.*s' names no dataset, wanted %s=PATH", (int)length, text,
                       mi_member_name(m));
    char *path;
    MI_TRY(mi_malloc(&path, length - name, 1));
    memcpy(path, equals + 1, length - name - 1);
    path[length - name - 1] = 0;
    mi_free(o->copy[m]);
    o->map[m] = o->copy[m] = path;
    return MI_OK;
}

void mi_features_opts_free(mi_features_opts *o)
{
    for (int m = 0; o && m < MI_MEMBERS; m++)
        mi_free(o->copy[m]);
    mi_features_opts_default(o);
}

mi_status mi_features_parse_map(mi_features_opts *o, const char *text)
{
    MI_WANT(o && text, "a map to parse without %s", o ? "a text" : "options");
    do {
        size_t length = strcspn(text, ",");
        MI_TRY(parse_mapping(o, text, length));
        text += length;
    } while (*text++ == ',');
    return MI_OK;
}

static void keep_last(mi_features *f, size_t before)
{
    if (f->n == before)
        return;
    for (size_t k = before; k + 1 < f->n; k++)
        mi_set_free(&f->entry[k].set);
    f->entry[before] = f->entry[f->n - 1];
    f->n = before + 1;
}

static mi_status add_address(mi_features *f, const char *address)
{
    char *path = NULL, *group = NULL;
    size_t input, before = f->n;
    mi_status status;
    MI_TRY_GOTO(status, mi_address_split(address, &path, &group), done);
    MI_TRY_GOTO(status, mi_input_add(f, path, &input), done);
    MI_TRY_GOTO(status, mi_walk(f, input, group), done);
    if (f->opts.last_only)
        keep_last(f, before);
done:
    mi_free(path);
    mi_free(group);
    return status;
}

static mi_status open_all(mi_features *f, const char *const *address, size_t n)
{
    static const char *const standard_input[] = {"-"};
    MI_TRY(mi_h5_register_lzf());
    MI_TRY(mi_h5_links_open(&f->links, f->opts.allow_external));
    if (n == 0) {
        address = standard_input;
        n = 1;
    }
    for (size_t k = 0; k < n; k++)
        MI_TRY(add_address(f, address[k]));
    return MI_OK;
}

mi_status mi_features_open(mi_features **out, const char *const *address, size_t n,
                           const mi_features_opts *o)
{
    mi_features *f;
    MI_WANT(out, "features to open without a pointer to take them");
    *out = NULL;
    MI_WANT(address || n == 0, "no addresses to open, wanted %zu", n);
    for (size_t k = 0; k < n; k++)
        MI_WANT(address[k], "address %zu to open is NULL", k);
    MI_TRY(MI_NEW(f, 1));
    if (o)
        f->opts = *o;
    f->file = MI_H5_NONE;
    f->links.access = MI_H5_NONE;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = open_all(f, address, n);
    mi_input_close(f);
    mi_h5_quiet_end(&quiet);
    if (status != MI_OK)
        mi_features_close(f);
    else
        *out = f;
    return status;
}

void mi_set_free(mi_set *s)
{
    for (int m = 0; m < MI_MEMBERS; m++) {
        mi_free(s->member[m].path);
        mi_free(s->member[m].group);
        mi_free(s->member[m].problem);
    }
    mi_attrs_free(s);
    mi_free(s->file);
    mi_free(s->group);
}

void mi_features_let_go(mi_features *f)
{
    if (!f)
        return;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_input_close(f);
    mi_h5_quiet_end(&quiet);
}

void mi_features_close(mi_features *f)
{
    if (!f)
        return;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_input_close(f);
    mi_h5_links_close(&f->links);
    mi_h5_quiet_end(&quiet);
    for (size_t k = 0; k < f->n; k++)
        mi_set_free(&f->entry[k].set);
    for (size_t k = 0; k < f->n_inputs; k++) {
        mi_free(f->input[k].path);
        mi_free(f->input[k].image);
    }
    mi_free(f->entry);
    mi_free(f->input);
    mi_free(f);
}

void mi_features_no_exit_handler(void)
{
    H5dont_atexit();
}

mi_status mi_set_check(const mi_features *f, size_t i)
{
    MI_WANT(f, "a feature set of no open features");
    MI_WANT(i < f->n, "feature set %zu of %zu", i, f->n);
    return MI_OK;
}

mi_status mi_member_check(const mi_features *f, size_t i, mi_member_id m)
{
    MI_TRY(mi_set_check(f, i));
    MI_WANT((unsigned)m < MI_MEMBERS, "member %d of a feature set, wanted one of mi_member_id",
            (int)m);
    return MI_OK;
}

mi_status mi_rows_wanted_check(const mi_features *f, size_t i, mi_member_id m, const size_t *row,
                               size_t n)
{
    size_t there = f->entry[i].set.member[m].n;
    MI_WANT(n <= there || row || !there, "%zu rows of a member that has %zu", n, there);
    for (size_t k = 0; row && k < n; k++)
        MI_WANT(row[k] < there && (k == 0 || row[k - 1] <= row[k]),
                "row %zu of a member that has %zu, wanted rows that are there, in their order",
                row[k], there);
    return MI_OK;
}

size_t mi_features_count(const mi_features *f)
{
    return f ? f->n : 0;
}

const mi_set *mi_features_set(const mi_features *f, size_t i)
{
    return f && i < f->n ? &f->entry[i].set : NULL;
}
