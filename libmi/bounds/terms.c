/* The paper as a table of rules: every quantity as an entropy, an information, or a sum of others.
 *
 * "Projection Head is Secretly an Information Bottleneck", ICLR 2025 (arXiv 2503.00507): `lower` is
 * its Theorem 3.1, `upper` its Theorem 3.2. {a, given}: H(a|given); {a, b, given}: I(a;b|given);
 * sum: terms before it, with signs. Then the names of the estimators of I(Z1;R). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/bounds/private.h"

enum { Z1 = MI_BIT_Z1, Z2 = MI_BIT_Z2, R = MI_BIT_R, Y = MI_BIT_Y };

static const mi_term_rule rule[MI_TERMS] = {
    [MI_H_Z1] = {.name = "H_Z1", .a = Z1},
    [MI_H_Z2] = {.name = "H_Z2", .a = Z2},
    [MI_H_R] = {.name = "H_R", .a = R},
    [MI_H_Y] = {.name = "H_Y", .a = Y},
    [MI_I_Z1_R] = {.name = "I_Z1_R", .a = Z1, .b = R},
    [MI_I_Z1_Z2] = {.name = "I_Z1_Z2", .a = Z1, .b = Z2},
    [MI_I_Z1_Z2_NULL] = {.name = "I_Z1_Z2_null"},
    [MI_I_R_Y] = {.name = "I_R_Y", .a = R, .b = Y},
    [MI_I_Y_Z1] = {.name = "I_Y_Z1", .a = Y, .b = Z1},
    [MI_I_Y_Z2] = {.name = "I_Y_Z2", .a = Y, .b = Z2},
    [MI_LOWER] = {.name = "lower", .sum = {{MI_I_Z1_R, 1}, {MI_I_Z1_Z2, -1}, {MI_I_R_Y, 1}}},
    [MI_UPPER] = {.name = "upper", .sum = {{MI_I_Y_Z2, 1}, {MI_I_Z1_Z2, -1}, {MI_H_Z1, 1}}},
    [MI_H_Z1_GIVEN_Y_Z2] = {.name = "H_Z1_given_Y_Z2", .a = Z1, .given = Y | Z2},
    [MI_I_Y_Z2_GIVEN_Z1] = {.name = "I_Y_Z2_given_Z1", .a = Y, .b = Z2, .given = Z1},
    [MI_I_Y_Z1_GIVEN_R] = {.name = "I_Y_Z1_given_R", .a = Y, .b = Z1, .given = R},
    [MI_I_Y_R_GIVEN_Z1] = {.name = "I_Y_R_given_Z1", .a = Y, .b = R, .given = Z1},
    [MI_I_Z1_Z2_GIVEN_R] = {.name = "I_Z1_Z2_given_R", .a = Z1, .b = Z2, .given = R},
    [MI_I_Z1_R_GIVEN_Z2] = {.name = "I_Z1_R_given_Z2", .a = Z1, .b = R, .given = Z2},
    [MI_SLACK_LOWER] = {.name = "slack_lower", .sum = {{MI_I_Y_Z1, 1}, {MI_LOWER, -1}}},
    [MI_SLACK_UPPER] = {.name = "slack_upper", .sum = {{MI_UPPER, 1}, {MI_I_Y_Z1, -1}}},
    [MI_GAP] = {.name = "gap", .sum = {{MI_UPPER, 1}, {MI_LOWER, -1}}},
    [MI_DPI_Z1_R] = {.name = "dpi_Z1_R", .sum = {{MI_I_Z1_Z2, 1}, {MI_I_Z1_R, -1}}},
    [MI_DPI_Y] = {.name = "dpi_Y", .sum = {{MI_I_Y_Z1, 1}, {MI_I_Y_Z2, -1}}},
    [MI_DPI_R] = {.name = "dpi_R", .sum = {{MI_I_Y_Z2, 1}, {MI_I_R_Y, -1}}},
    [MI_RANK_Z2] = {.name = "rank_Z2"},
    [MI_DISTINCT_Z2] = {.name = "distinct_Z2"},
};

/* What the paper's released code logs in place of the two theorems. */
static const mi_term_rule released_lower = {.sum = {{MI_I_Z1_R, 1}, {MI_I_Z1_Z2, -1}}};
static const mi_term_rule released_upper = {.sum = {{MI_H_Z1, 1}, {MI_I_Z1_Z2, -1}}};

const char *mi_term_name(mi_term t)
{
    return (unsigned)t < MI_TERMS ? rule[t].name : "?";
}

int mi_term_is_information(mi_term t)
{
    return (unsigned)t < MI_TERMS && rule[t].b && !rule[t].given;
}

const mi_term_rule *mi_term_rule_of(mi_term t, mi_preset preset)
{
    if (preset == MI_PRESET_RELEASED && t == MI_LOWER)
        return &released_lower;
    if (preset == MI_PRESET_RELEASED && t == MI_UPPER)
        return &released_upper;
    return &rule[t];
}

mi_quantity mi_term_quantity(const mi_term_rule *r)
{
    unsigned part[2] = {r->a, r->b};
    return r->b ? mi_quantity_correlation(part, 2, r->given) : mi_quantity_entropy(r->a, r->given);
}

int mi_term_is_wanted(const mi_bounds_opts *o, mi_term t)
{
    return o->decompose || t < MI_FIRST_DECOMPOSED;
}

/* ---- estimators of I(Z1;R) by name ---- */

static mi_status parse_numbers(const char *text, double *first, double *second)
{
    double *to[2] = {first, second};
    for (int k = 0; *text; k++) {
        char *end;
        if (k == 2 || !to[k])
            return mi_fail(MI_EUSAGE, "'%s' is one number too many", text);
        *to[k] = mi_number_read(text + 1, &end);
        if (*text != ':' || end == text + 1 || !(*to[k] > 0) || !isfinite(*to[k]))
            return mi_fail(MI_EUSAGE, "'%s' is not ':' and a number above 0", text);
        text = end;
    }
    return MI_OK;
}

mi_status mi_i_z1_r_parse(mi_i_z1_r *out, const char *text)
{
    static const char *const name[] = {"matrix", "infonce", "nce", "barlow"};
    MI_WANT(out && text, "an estimator of I(Z1;R) to parse without %s",
            out ? "a text" : "a result");
    size_t length = strcspn(text, ":");
    *out = (mi_i_z1_r)MI_I_Z1_R_DEFAULT;
    for (int k = 0; k < 4; k++) {
        if (strlen(name[k]) != length || strncmp(name[k], text, length) != 0)
            continue;
        out->kind = (mi_i_z1_r_kind)k;
        if (out->kind == MI_BY_BARLOW)
            return parse_numbers(text + length, &out->lambda, &out->scale);
        return parse_numbers(text + length, out->kind == MI_BY_MATRIX ? NULL : &out->temperature,
                             NULL);
    }
    return mi_fail(MI_EUSAGE,
                   "'%s' is no estimator of I(Z1;R), wanted matrix, infonce[:T], nce[:T] or "
                   "barlow[:lambda[:scale]]",
                   text);
}

const char *mi_i_z1_r_name(const mi_i_z1_r *e, char *buffer, size_t bytes)
{
    if (!e || !buffer || bytes == 0 || (unsigned)e->kind > MI_BY_BARLOW)
        return "?";
    switch (e->kind) {
    case MI_BY_MATRIX:
        snprintf(buffer, bytes, "matrix");
        break;
    case MI_BY_INFONCE:
    case MI_BY_NCE:
        mi_format(buffer, bytes, "%s:%.9g", e->kind == MI_BY_NCE ? "nce" : "infonce",
                  e->temperature);
        break;
    case MI_BY_BARLOW:
        mi_format(buffer, bytes, "barlow:%.9g:%.9g", e->lambda, e->scale);
        break;
    }
    return buffer;
}

int mi_term_is_apart(const mi_bounds_opts *o, mi_term t)
{
    return t == MI_RANK_Z2 || t == MI_DISTINCT_Z2 ||
           (t == MI_I_Z1_R && o->i_z1_r.kind != MI_BY_MATRIX);
}
