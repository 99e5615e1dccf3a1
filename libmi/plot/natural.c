/* Natural order: digits in a text count as numbers, so that fsq:3 stands before fsq:17. Texts of
 * other words keep the order in which the table, or the user, has them. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/plot/private.h"

static int is_digit(char c)
{
    return isdigit((unsigned char)c) != 0;
}

/* Runs of digits as whole numbers of any length: without leading zeros the longer one is larger. */
static int compare_digits(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t n = strspn(*a, "0123456789"), m = strspn(*b, "0123456789");
    int order = n != m ? (n > m) - (n < m) : strncmp(*a, *b, n);
    *a += n;
    *b += m;
    return order;
}

/* Below, equal to or above 0 as `a` stands before, with or behind `b`, which are alike but for
 * digits. */
static int compare_numbers(const char *a, const char *b)
{
    while (*a && *b) {
        if (is_digit(*a)) {
            int order = compare_digits(&a, &b);
            if (order)
                return order;
        } else {
            a++;
            b++;
        }
    }
    return 0;
}

/* 1 when two texts are alike but for their digits. */
static int same_words(const char *a, const char *b)
{
    while (*a && *b) {
        if (is_digit(*a) && is_digit(*b)) {
            a += strspn(a, "0123456789");
            b += strspn(b, "0123456789");
        } else if (*a++ != *b++) {
            return 0;
        }
    }
    return !*a && !*b;
}

/* ---- levels ---- */

typedef struct {
    const mi_table *t;
    const size_t *column, *first;
    size_t n, levels;
} sorting;

/* The first level that has the words of a text in a column. */
static size_t first_with_words(const sorting *s, size_t column, const char *text)
{
    size_t level = 0;
    while (level < s->levels && !same_words(mi_table_cell(s->t, s->first[level], column), text))
        level++;
    return level;
}

static int compare_cells(const sorting *s, size_t column, const char *a, const char *b)
{
    double x, y;
    int has_x = mi_number_parse(a, &x), has_y = mi_number_parse(b, &y);
    if (has_x && has_y && !isnan(x) && !isnan(y))
        return (x > y) - (x < y);
    if ((has_x && isnan(x)) != (has_y && isnan(y))) /* what is not given comes last */
        return has_x && isnan(x) ? 1 : -1;
    if (same_words(a, b))
        return compare_numbers(a, b);
    size_t i = first_with_words(s, column, a), j = first_with_words(s, column, b);
    return (i > j) - (i < j);
}

static int compare_levels(const void *a, const void *b, void *with)
{
    const sorting *s = with;
    size_t left = s->first[*(const size_t *)a], right = s->first[*(const size_t *)b];
    int order = 0;
    for (size_t k = 0; k < s->n && order == 0; k++)
        order = compare_cells(s, s->column[k], mi_table_cell(s->t, left, s->column[k]),
                              mi_table_cell(s->t, right, s->column[k]));
    return order ? order : (left > right) - (left < right);
}

mi_status mi_plot_levels_sort(mi_table_levels *l, const mi_table *t, const size_t *column, size_t n)
{
    size_t *level, *first; /* (levels) in order: the old number, the first row */
    size_t *place;         /* (levels) new number of an old one */
    sorting s = {.t = t, .column = column, .first = l->first, .n = n, .levels = l->n};
    mi_status status = MI_NEW(level, l->n + 1);
    MI_TRY(status);
    MI_TRY_GOTO(status, MI_NEW(first, l->n + 1), level);
    MI_TRY_GOTO(status, MI_NEW(place, l->n + 1), first);
    for (size_t k = 0; k < l->n; k++)
        level[k] = k;
    qsort_r(level, l->n, sizeof *level, compare_levels, &s);
    for (size_t k = 0; k < l->n; k++) {
        first[k] = l->first[level[k]];
        place[level[k]] = k;
    }
    memcpy(l->first, first, l->n * sizeof *first);
    for (size_t row = 0; row < t->rows; row++)
        l->of[row] = place[l->of[row]];
    mi_free(place);
first:
    mi_free(first);
level:
    mi_free(level);
    return status;
}
