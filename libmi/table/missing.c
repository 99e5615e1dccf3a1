/* A column that is not there: who writes it, and which names are nearest by the edit distance
 * (Levenshtein, 1966: insertions, deletions and substitutions of single characters). */
#include "libmi/table/missing.h"

#include <ctype.h>
#include <string.h>

#include "libmi/base/words.h"

enum {
    FEW = 8,     /* columns, all of which a message may name */
    NEAREST = 5, /* of many */
    LETTERS = 64 /* of a name; what is longer is compared by its beginning */
};

/* ---- who writes it ---- */

/* Where several computations write a column, the one whose charts ask for it. A * stands for any text. */
typedef struct {
    const char *column, *tool, *option;
} writer;

static const writer writers[] = {
    {"accuracy", "probe", "write"},
    {"accuracy_n", "probe", "write"},
    {"accuracy_*", "probe", NULL},
    {"probe_*", "probe", "write"},
    {"variable", "probe", NULL},
    {"I_V", "probe", NULL},
    {"cross_entropy", "probe", NULL},
    {"bounds_*", "bounds", "annotate"},
    {"eigenvalue", "spectrum", "eigenvalues"},
    {"index", "spectrum", "eigenvalues"},
    {"cumulative", "spectrum", "eigenvalues"},
    {"exp_S", "spectrum", NULL},
    {"participation_ratio", "spectrum", NULL},
    {"rankme", "spectrum", NULL},
    {"alpha_req*", "spectrum", NULL},
    {"lidar", "spectrum", NULL},
    {"x", "corr", NULL},
    {"pearson", "corr", NULL},
    {"spearman", "corr", NULL},
    {"kendall", "corr", NULL},
    {"term", "compare", NULL},
    {"difference*", "compare", NULL},
    {"unpaired_se", "compare", NULL},
    {"file_b", "align", NULL},
    {"cka", "align", NULL},
    {"cka_*", "align", NULL},
    {"cknna", "align", NULL},
    {"mutual_knn", "align", NULL},
    {"cycle_knn", "align", NULL},
    {"jaccard_knn", "align", NULL},
    {"svcca", "align", NULL},
    {"procrustes", "align", NULL},
    {"I_adjusted", "align", NULL},
    {"lower", "bounds", NULL},
    {"upper", "bounds", NULL},
    {"H_Z1", "bounds", NULL},
    {"H_Z2", "bounds", NULL},
    {"H_R", "bounds", NULL},
    {"H_Y", "bounds", NULL},
    {"I_Z1_R", "bounds", NULL},
    {"I_Z1_Z2", "bounds", NULL},
    {"I_Z1_Z2_null", "bounds", NULL},
    {"I_*_null", "bounds", "permutations"},
    {"I_R_Y", "bounds", NULL},
    {"I_Y_Z1", "bounds", NULL},
    {"I_Y_Z2", "bounds", NULL},
    {"slack_*", "bounds", "decompose"},
    {"gap", "bounds", "decompose"},
    {"dpi_*", "bounds", "decompose"},
    {"H_Z1_given_*", "bounds", "decompose"},
    {"I_Y_*_given_*", "bounds", "decompose"},
    {"I_Z1_*_given_*", "bounds", "decompose"},
    {"verdict", "validate", NULL},
    {"statement", "validate", NULL},
    {"variables", "entropy", NULL},
    {"S", "entropy", NULL},
    {"I", "mutual", NULL},
    {"I_null", "mutual", "permutations"},
    {"I_calibrated", "mutual", "permutations"},
    {"I_min", "mutual", "normalize"},
    {"I_mean", "mutual", "normalize"},
    {"I_geo", "mutual", "normalize"},
    {"I_joint", "mutual", "normalize"},
};

enum { WRITERS = sizeof writers / sizeof *writers };

/* Columns NAME_suffix that an option of some tools adds beside NAME. */
static const struct {
    const char *suffix, *option, *tools;
} beside[] = {
    {"_bca_lo", "ci", "corr"},
    {"_bca_hi", "ci", "corr"},
    {"_lo", "ci", "align bounds mutual entropy corr"},
    {"_hi", "ci", "align bounds mutual entropy corr"},
    {"_se", "se", "align bounds mutual entropy"},
    {"_sd", "permutations", "align bounds mutual"},
    {"_p", "permutations", "align bounds mutual corr"},
};

/* 1 when the first n bytes of `name` are the pattern. */
static int matches(const char *pattern, const char *name, size_t n)
{
    if (*pattern == '*')
        return matches(pattern + 1, name, n) || (n && matches(pattern, name + 1, n - 1));
    return n ? *pattern == *name && matches(pattern + 1, name + 1, n - 1) : !*pattern;
}

static const writer *find_writer(const char *name, size_t n)
{
    for (size_t k = 0; k < WRITERS; k++)
        if (matches(writers[k].column, name, n))
            return &writers[k];
    return NULL;
}

/* The writer of a column, or of the one that it stands beside; *option: what adds it there, or NULL. */
static const writer *find_writer_of(const char *name, const char **option)
{
    size_t bytes = strlen(name);
    for (size_t k = 0; k < sizeof beside / sizeof *beside; k++) {
        size_t behind = strlen(beside[k].suffix);
        if (bytes <= behind || strcmp(name + bytes - behind, beside[k].suffix) != 0)
            continue;
        const writer *it = find_writer(name, bytes - behind);
        if (!it || !strstr(beside[k].tools, it->tool))
            continue;
        int is_same = it->option && strcmp(it->option, beside[k].option) == 0;
        *option = is_same ? NULL : beside[k].option;
        return it;
    }
    *option = NULL;
    return find_writer(name, bytes);
}

static void add_option(char *list, size_t bytes, const char *option)
{
    size_t used = strlen(list);
    if (option)
        mi_format(list + used, bytes - used, " " MI_OPTION "%s", option);
}

/* " (mi-bounds --decompose --se writes it)", or nothing. */
static void name_writer(char *out, size_t bytes, const char *name)
{
    char options[64] = "";
    const char *option;
    const writer *it = find_writer_of(name, &option);
    *out = 0;
    if (!it)
        return;
    add_option(options, sizeof options, it->option);
    add_option(options, sizeof options, option);
    mi_format(out, bytes, " (" MI_TOOL "%s%s %s)", it->tool, options,
              strcmp(name, "accuracy") == 0 ? "records one" : "writes it");
}

/* ---- names that are near ---- */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t low = a < b ? a : b;
    return low < c ? low : c;
}

/* Row i of the table of distances is of the first i letters of `a`; here `row` is the last one.
 * Case does not count: LOWER is 0 from lower, uper 1 from upper. */
static size_t distance(const char *a, const char *b)
{
    size_t row[LETTERS + 1], n = strnlen(a, LETTERS), m = strnlen(b, LETTERS);
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            int differs = tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]);
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (size_t)differs);
            diagonal = above;
        }
    }
    return row[m];
}

static void add_name(char *there, size_t bytes, const char *name)
{
    size_t used = strlen(there);
    snprintf(there + used, bytes - used, " %s", name);
}

/* The nearest first; of equals the one that stands first in the table. */
static void list_nearest(char *there, size_t bytes, const mi_table *t, const char *name)
{
    size_t last = 0, last_at = 0;
    for (int k = 0; k < NEAREST; k++) {
        size_t best = (size_t)-1, best_at = 0;
        for (size_t c = 0; c < t->columns; c++) {
            size_t d = distance(name, t->name[c]);
            int is_listed = k && (d < last || (d == last && c <= last_at));
            if (!is_listed && d < best) {
                best = d;
                best_at = c;
            }
        }
        add_name(there, bytes, t->name[best_at]);
        last = best;
        last_at = best_at;
    }
}

mi_status mi_table_missing(const mi_table *t, const char *name)
{
    char there[512] = "", who[128];
    name_writer(who, sizeof who, name);
    if (t->columns > FEW) {
        list_nearest(there, sizeof there, t, name);
        return mi_fail(MI_EDATA, "%s: no column '%s'%s, the nearest of %zu:%s", t->source, name,
                       who, t->columns, there);
    }
    for (size_t c = 0; c < t->columns; c++)
        add_name(there, sizeof there, t->name[c]);
    return mi_fail(MI_EDATA, "%s: no column '%s'%s, there are:%s", t->source, name, who, there);
}
