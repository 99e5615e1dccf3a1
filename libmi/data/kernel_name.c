/* Kernels by name: "gaussian:median", "gaussian:0.5m:m:2m", "polynomial:2:1". */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/kernel_internal.h"

static int is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

/* Words of rules, by mi_bandwidth_rule; a quantile is "q" and a number. */
static const char *const rule_word[] = {[MI_BANDWIDTH_MEDIAN] = "median",
                                        [MI_BANDWIDTH_QUANTILE] = "q",
                                        [MI_BANDWIDTH_SCOTT] = "scott",
                                        [MI_BANDWIDTH_SILVERMAN] = "silverman",
                                        [MI_BANDWIDTH_HALF_D] = "half-d"};
#define N_RULES (sizeof rule_word / sizeof *rule_word)

/* The number that is text[0..length), nan for none. */
static double parse_number(const char *text, size_t length)
{
    char number[64], *end;
    snprintf(number, sizeof number, "%.*s", (int)(length < 63 ? length : 63), text);
    double value = mi_number_read(number, &end);
    return end == number || *end ? NAN : value;
}

static mi_status fail_bandwidth(const char *text, size_t length)
{
    return mi_fail(MI_EUSAGE,
                   "'%.*s' is no bandwidth, wanted a number above 0, median, scott, silverman, "
                   "half-d, a quantile as q0.25, or a list as 1:2:4 or 0.5m:m:2m",
                   (int)length, text);
}

/* A number, or one of medians: "2m", "m". nan for neither. */
static double parse_multiple(const char *text, size_t length, int *of_median)
{
    *of_median = length > 0 && text[length - 1] == 'm';
    if (*of_median && length == 1)
        return 1;
    return parse_number(text, length - (size_t)*of_median);
}

/* "0.5:1:2", or "0.5m:m:2m", the medians' numbers or all without. A number alone is the bandwidth. */
static mi_status parse_list(mi_kernel *out, const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    int medians = 0, of_median;
    *out = (mi_kernel){.kind = out->kind, .bandwidth = 1};
    for (;;) {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        size_t size = (size_t)((colon ? colon : end) - at);
        double value = parse_multiple(at, size, &of_median);
        if (!(value > 0 && value < INFINITY))
            return fail_bandwidth(at, size);
        if (out->n_scales == MI_BANDWIDTHS)
            return mi_fail(MI_EUSAGE, "more than %d bandwidths in '%.*s'", MI_BANDWIDTHS,
                           (int)length, text);
        if (!mi_is_bandwidth(value))
            return mi_fail(MI_EUSAGE, "'%.*s' is no bandwidth, wanted %g to %g", (int)size, at,
                           MI_BANDWIDTH_LEAST, MI_BANDWIDTH_MOST);
        out->scale[out->n_scales++] = value;
        medians += of_median;
        if (!colon)
            break;
        at = colon + 1;
    }
    if (medians && medians < (int)out->n_scales)
        return mi_fail(MI_EUSAGE, "'%.*s' has medians and numbers, wanted either", (int)length,
                       text);
    out->rule = medians ? MI_BANDWIDTH_MEDIAN : MI_BANDWIDTH_NUMBER;
    out->bandwidth = medians ? 0 : 1;
    if (out->n_scales > 1 || (medians && out->scale[0] != 1))
        return MI_OK;
    out->bandwidth = medians ? 0 : out->scale[0];
    out->n_scales = 0;
    return MI_OK;
}

static mi_status parse_bandwidth(mi_kernel *out, const char *text, size_t length)
{
    for (size_t k = 1; k < N_RULES; k++) {
        if (k == MI_BANDWIDTH_QUANTILE || !is_word(text, length, rule_word[k]))
            continue;
        out->rule = (mi_bandwidth_rule)k;
        return MI_OK;
    }
    if (length > 1 && *text == 'q') {
        out->rule = MI_BANDWIDTH_QUANTILE;
        out->quantile = parse_number(text + 1, length - 1);
        if (out->quantile > 0 && out->quantile < 1)
            return MI_OK;
    }
    return parse_list(out, text, length);
}

/* ":P" or ":P:C". */
static mi_status parse_polynomial(mi_kernel *out, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    size_t digits = colon ? (size_t)(colon - text) : length;
    double degree = parse_number(text, digits);
    out->offset = colon ? parse_number(colon + 1, length - digits - 1) : out->offset;
    if (!(degree >= 1 && degree <= MI_DEGREE_MAX && degree == floor(degree)) ||
        !(out->offset >= 0 && out->offset < INFINITY))
        return mi_fail(
            MI_EUSAGE,
            "'%.*s' is no polynomial, wanted P or P:C, P a whole number from 1 to %d and "
            "C a number from 0",
            (int)length, text, MI_DEGREE_MAX);
    out->degree = (unsigned)degree;
    return MI_OK;
}

mi_status mi_kernel_parse(mi_kernel *out, const char *text, size_t length)
{
    MI_WANT(out && text, "a kernel to parse without %s", out ? "a text" : "an mi_kernel");
    const char *colon = memchr(text, ':', length);
    size_t word = colon ? (size_t)(colon - text) : length;
    *out = (mi_kernel){.kind = MI_KERNEL_LINEAR};
    if (is_word(text, length, "linear"))
        return MI_OK;
    if (is_word(text, length, "delta") || is_word(text, length, "precomputed")) {
        out->kind = *text == 'd' ? MI_KERNEL_DELTA : MI_KERNEL_PRECOMPUTED;
        return MI_OK;
    }
    if (is_word(text, word, "gaussian") || is_word(text, word, "laplacian")) {
        out->kind = *text == 'g' ? MI_KERNEL_GAUSSIAN : MI_KERNEL_LAPLACIAN;
        out->rule = MI_BANDWIDTH_MEDIAN;
        return colon ? parse_bandwidth(out, colon + 1, length - word - 1) : MI_OK;
    }
    if (is_word(text, word, "polynomial")) {
        *out = (mi_kernel){.kind = MI_KERNEL_POLYNOMIAL, .degree = 2, .offset = 1};
        return colon ? parse_polynomial(out, colon + 1, length - word - 1) : MI_OK;
    }
    return mi_fail(MI_EUSAGE,
                   "'%.*s' is no kernel, wanted linear, gaussian[:S], laplacian[:S], "
                   "polynomial[:P[:C]], precomputed or delta",
                   (int)length, text);
}

/* "0.5:1:2" once they are numbers, else "0.5m:m:2m". */
static void write_list(const mi_kernel *k, char *buffer, size_t bytes)
{
    size_t used = 0;
    for (unsigned at = 0; at < k->n_scales && used < bytes; at++) {
        int is_one = !k->bandwidth && k->scale[at] == 1;
        used += (size_t)mi_format(buffer + used, bytes - used, is_one ? ":m" : ":%.9g%s",
                                  k->bandwidth ? mi_kernel_bandwidth(k, at) : k->scale[at],
                                  k->bandwidth ? "" : "m");
    }
}

const char *mi_kernel_name(const mi_kernel *k, char *buffer, size_t bytes)
{
    static const char *const word[] = {"linear",     "gaussian",    "laplacian",
                                       "polynomial", "precomputed", "delta"};
    if (!k || !buffer || bytes == 0 || (unsigned)k->kind > MI_KERNEL_DELTA ||
        (unsigned)k->rule > MI_BANDWIDTH_HALF_D)
        return "?";
    if (k->kind == MI_KERNEL_POLYNOMIAL)
        mi_format(buffer, bytes, "polynomial:%u:%.9g", k->degree, k->offset);
    else if (!mi_kernel_is_of_distance(k->kind))
        snprintf(buffer, bytes, "%s", word[k->kind]);
    else if (k->n_scales && k->n_scales <= MI_BANDWIDTHS) {
        snprintf(buffer, bytes, "%s", word[k->kind]);
        write_list(k, buffer + strlen(buffer), bytes - strlen(buffer));
    } else if (k->bandwidth > 0)
        mi_format(buffer, bytes, "%s:%.9g", word[k->kind], k->bandwidth);
    else if (k->rule == MI_BANDWIDTH_QUANTILE)
        mi_format(buffer, bytes, "%s:q%.9g", word[k->kind], k->quantile);
    else
        snprintf(buffer, bytes, "%s:%s", word[k->kind], k->rule ? rule_word[k->rule] : "?");
    return buffer;
}
