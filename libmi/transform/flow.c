/* A feature set under operations, lazily: rows kept and maps collected now, values read and mapped
 * when asked for. */
#include "libmi/transform/flow.h"

#include <string.h>

#include "libmi/data/groups_internal.h"

/* ---- open and close ---- */

static mi_status check_member(const mi_member *m, size_t n)
{
    if (m->problem)
        return mi_fail(MI_EDATA, "%s", m->problem);
    if (m->cls == MI_CLASS_OTHER)
        return mi_fail(MI_EDATA, "%s type, wanted numbers or text", m->type);
    if (m->n < 1 || m->d < 1)
        return mi_fail(MI_EDATA, "%zu rows of %zu columns, wanted 1 or more", m->n, m->d);
    if (m->n != n)
        return mi_fail(MI_EDATA, "%zu rows, wanted %zu as in the members before it", m->n, n);
    return MI_OK;
}

static mi_status open_member(mi_flow *flow, mi_member_id id)
{
    const mi_member *m = &flow->set->member[id];
    mi_flow_member *now = &flow->member[id];
    if (!m->present)
        return MI_OK;
    if (flow->n == 0)
        flow->n = m->n;
    mi_status status = check_member(m, flow->n);
    if (status != MI_OK)
        return mi_fail_in(status, "%s:%s: %s", flow->set->file, flow->set->group,
                          mi_member_name(id));
    now->d = m->d;
    now->axes = m->rank - 1;
    for (int k = 0; k < now->axes && k < 7; k++)
        now->axis[k] = m->shape[k + 1];
    if (now->axes > 7) { /* more than a mi_member remembers: flattened */
        now->axes = 1;
        now->axis[0] = m->d;
    }
    return MI_OK;
}

mi_status mi_flow_open(mi_flow *out, mi_features *f, size_t i)
{
    *out = (mi_flow){.f = f, .i = i, .set = mi_features_set(f, i)};
    for (int m = 0; m < MI_MEMBERS; m++)
        MI_TRY(open_member(out, (mi_member_id)m));
    return MI_OK;
}

static void map_free(mi_flow_map *m)
{
    if (!m->borrowed)
        mi_map_free(&m->map);
}

void mi_flow_drop_maps(mi_flow *flow, mi_member_id m)
{
    mi_flow_member *now = &flow->member[m];
    for (size_t k = 0; k < now->n_maps; k++)
        map_free(&now->map[k]);
    mi_free(now->map);
    now->map = NULL;
    now->n_maps = 0;
}

void mi_flow_free(mi_flow *flow)
{
    for (int m = 0; m < MI_MEMBERS; m++)
        mi_flow_drop_maps(flow, (mi_member_id)m);
    mi_free(flow->row);
    flow->row = NULL;
}

/* ---- operations ---- */

size_t mi_flow_row(const mi_flow *flow, size_t k)
{
    return flow->row ? flow->row[k] : k;
}

mi_status mi_flow_keep(mi_flow *flow, const unsigned char *keep)
{
    size_t kept = 0, *row;
    for (size_t k = 0; k < flow->n; k++)
        kept += keep[k] != 0;
    if (kept == flow->n)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(row, kept));
    for (size_t k = 0, to = 0; k < flow->n; k++)
        if (keep[k])
            row[to++] = mi_flow_row(flow, k);
    mi_free(flow->row);
    flow->row = row;
    flow->n = kept;
    return MI_OK;
}

/* Maps that change the width say what the trailing axes are now. */
static void set_axes(mi_flow_member *now, const mi_map *map)
{
    if (map->kind != MI_MAP_POOL && map->kind != MI_MAP_LINEAR)
        return;
    now->axes = 1;
    now->axis[0] = map->d_out;
    now->d = map->d_out;
}

mi_status mi_flow_push(mi_flow *flow, mi_member_id m, mi_flow_map map)
{
    mi_flow_member *now = &flow->member[m];
    mi_status status = mi_realloc(&now->map, now->n_maps + 1, sizeof *now->map);
    if (status != MI_OK) {
        map_free(&map);
        return status;
    }
    now->map[now->n_maps++] = map;
    set_axes(now, &map.map);
    return MI_OK;
}

mi_status mi_flow_groups(mi_groups *out, const mi_flow *flow, const mi_groups *all)
{
    return mi_groups_gather(out, all, flow->row, flow->n);
}

/* ---- values ---- */

typedef struct {
    const mi_flow_member *member;
    mi_block_fn *fn;
    void *arg;
    double *other; /* (room) where maps that change the width write */
    size_t room;
    double *work; /* (d) for maps */
} passage;

static mi_status make_room(passage *p, size_t n, size_t d)
{
    if (!p->work)
        MI_TRY(MI_NEW_RAW(p->work, d));
    if (p->room >= n * d)
        return MI_OK;
    mi_free(p->other);
    p->room = 0;
    MI_TRY(MI_NEW_RAW(p->other, n * d));
    p->room = n * d;
    return MI_OK;
}

static mi_status pass_block(void *arg, double *x, size_t n, size_t d)
{
    passage *p = arg;
    MI_TRY(make_room(p, n, d));
    double *now = x, *spare = p->other;
    for (size_t k = 0; k < p->member->n_maps; k++) {
        const mi_map *map = &p->member->map[k].map;
        int moves = map->d_out != map->d_in || map->kind == MI_MAP_LINEAR;
        mi_map_apply(map, now, n, moves ? spare : now, p->work);
        if (moves) {
            double *free_now = now;
            now = spare;
            spare = free_now;
        }
    }
    return p->fn(p->arg, now, n, p->member->d);
}

mi_status mi_flow_each(mi_flow *flow, mi_member_id m, mi_block_fn *fn, void *arg)
{
    passage p = {.member = &flow->member[m], .fn = fn, .arg = arg};
    mi_status status =
        mi_features_each_block(flow->f, flow->i, m, flow->row, flow->n, pass_block, &p);
    mi_free(p.other);
    mi_free(p.work);
    return status;
}
