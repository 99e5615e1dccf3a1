/* Columns in words, for axes and keys. */
#include <math.h>
#include <string.h>

#include "libmi/plot/private.h"

typedef enum { PLAIN, INFORMATION, ACCURACY } quantity;

/* axis: the title of an axis where it says more than the key does. style: of its line, the same in
 * all charts, so that a quantity has one colour; the first eight are the palette, later ones
 * differ from them in dash and mark. 0: no quantity of libmi, it takes what is free. */
static const struct {
    const char *column, *key, *axis;
    quantity quantity;
    int style;
} words[] = {
    {"accuracy", "accuracy", NULL, ACCURACY, 8},
    {"lower", "lower bound", "lower bound of I(Y;Z1)", INFORMATION, 1},
    {"upper", "upper bound", "upper bound of I(Y;Z1)", INFORMATION, 2},
    {"H_Z1", "H(Z1)", NULL, INFORMATION, 10},
    {"H_Z2", "H(Z2)", NULL, INFORMATION, 11},
    {"H_R", "H(R)", NULL, INFORMATION, 12},
    {"H_Y", "H(Y)", NULL, INFORMATION, 13},
    {"I_Z1_R", "I(Z1;R)", NULL, INFORMATION, 5},
    {"I_Z1_Z2", "I(Z1;Z2)", NULL, INFORMATION, 4},
    {"I_Z1_Z2_null", "chance level", "chance level of I(Z1;Z2)", INFORMATION, 7},
    {"I_Z1_Z2_calibrated", "I(Z1;Z2) − chance", NULL, INFORMATION, 0},
    {"I_R_Y", "I(R;Y)", NULL, INFORMATION, 9},
    {"I_Y_Z1", "I(Y;Z1)", NULL, INFORMATION, 3},
    {"I_Y_Z2", "I(Y;Z2)", NULL, INFORMATION, 6},
    {"H_Z1_given_Y_Z2", "H(Z1|Y,Z2)", NULL, INFORMATION, 14},
    {"I_Y_Z2_given_Z1", "I(Y;Z2|Z1)", NULL, INFORMATION, 15},
    {"I_Y_Z1_given_R", "I(Y;Z1|R)", NULL, INFORMATION, 16},
    {"I_Y_R_given_Z1", "I(Y;R|Z1)", NULL, INFORMATION, 17},
    {"I_Z1_Z2_given_R", "I(Z1;Z2|R)", NULL, INFORMATION, 18},
    {"I_Z1_R_given_Z2", "I(Z1;R|Z2)", NULL, INFORMATION, 19},
    {"slack_lower", "I(Y;Z1) − lower", "slack of the lower bound", INFORMATION, 20},
    {"slack_upper", "upper − I(Y;Z1)", "slack of the upper bound", INFORMATION, 21},
    {"gap", "upper − lower", "gap between the bounds", INFORMATION, 22},
    {"dpi_Z1_R", "I(Z1;Z2) − I(Z1;R)", NULL, INFORMATION, 23},
    {"dpi_Y", "I(Y;Z1) − I(Y;Z2)", NULL, INFORMATION, 24},
    {"dpi_R", "I(Y;Z2) − I(R;Y)", NULL, INFORMATION, 23},
    {"S", "entropy", "matrix entropy S", INFORMATION, 10},
    {"I", "I", "mutual information I", INFORMATION, 4},
    {"I_min", "I / min H", NULL, PLAIN, 0},
    {"I_mean", "I / mean H", NULL, PLAIN, 0},
    {"I_geo", "I / geometric mean of H", NULL, PLAIN, 0},
    {"I_joint", "I / joint entropy", NULL, PLAIN, 0},
    {"alignment", "alignment", NULL, PLAIN, 0},
    {"uniformity", "uniformity", NULL, PLAIN, 0},
    {"positive_cosine", "cosine of positives", NULL, PLAIN, 0},
    {"cosine", "cosine of others", NULL, PLAIN, 0},
    {"self_clustering", "self-clustering", NULL, PLAIN, 0},
    {"unit_sd", "√d · sd of unit rows", NULL, PLAIN, 0},
    {"twonn", "TwoNN dimension", NULL, PLAIN, 0},
    {"mle", "ML dimension", NULL, PLAIN, 0},
    {"gride_2", "GRIDE dimension, 2", NULL, PLAIN, 0},
    {"gride_4", "GRIDE dimension, 4", NULL, PLAIN, 0},
    {"gride_8", "GRIDE dimension, 8", NULL, PLAIN, 0},
    {"gride_16", "GRIDE dimension, 16", NULL, PLAIN, 0},
    {"gride_32", "GRIDE dimension, 32", NULL, PLAIN, 0},
    {"effective_rank", "effective rank", "effective rank of the covariance", PLAIN, 0},
    {"participation_ratio", "participation ratio", NULL, PLAIN, 0},
    {"participation_ratio_corrected", "participation ratio, corrected", NULL, PLAIN, 0},
    {"stable_rank", "stable rank", NULL, PLAIN, 0},
    {"nesum", "NESum", NULL, PLAIN, 0},
    {"condition", "condition number", NULL, PLAIN, 0},
    {"rankme", "RankMe", NULL, PLAIN, 0},
    {"alpha_req", "α-ReQ", NULL, PLAIN, 0},
    {"lidar", "LiDAR", NULL, PLAIN, 0},
    {"difference", "difference", "difference a − b", INFORMATION, 1},
    {"I_calibrated", "I − chance", NULL, INFORMATION, 0},
    {"I_adjusted", "I, adjusted for chance", NULL, PLAIN, 0},
    {"cka", "CKA", NULL, PLAIN, 0},
    {"cka_debiased", "CKA, debiased", NULL, PLAIN, 0},
    {"cknna", "CKNNA", NULL, PLAIN, 0},
    {"mutual_knn", "mutual kNN", "mutual nearest neighbours", PLAIN, 0},
    {"cycle_knn", "cycle kNN", NULL, PLAIN, 0},
    {"jaccard_knn", "Jaccard kNN", "Jaccard index of nearest neighbours", PLAIN, 0},
    {"svcca", "SVCCA", NULL, PLAIN, 0},
    {"procrustes", "Procrustes", "Procrustes similarity", PLAIN, 0},
    {"lambda", "λ", NULL, PLAIN, 0},
    {"fsq_levels", "FSQ levels", "levels L of FSQ", PLAIN, 0},
    {"temperature", "temperature", "temperature τ", PLAIN, 0},
    {"index", "index", NULL, PLAIN, 0},
    {"eigenvalue", "eigenvalue", NULL, PLAIN, 0},
    {"alpha", "α", "order α", PLAIN, 0},
    {"pearson", "Pearson r", NULL, PLAIN, 0},
    {"spearman", "Spearman ρ", NULL, PLAIN, 0},
    {"kendall", "Kendall τ", NULL, PLAIN, 0},
    {"batch", "instances in a batch", NULL, PLAIN, 0},
    {"n", "rows", "rows n", PLAIN, 0},
    {"rank_Z2", "rank of Z2", NULL, PLAIN, 0},
    {"distinct_Z2", "distinct rows of Z2", NULL, PLAIN, 0},
};

enum { WORDS = sizeof words / sizeof *words };

int mi_plot_is_accuracy(const char *column)
{
    static const char word[] = "accuracy";
    size_t bytes = strlen(column), behind = sizeof word - 1;
    return bytes >= behind && strcmp(column + bytes - behind, word) == 0 &&
           (bytes == behind || column[bytes - behind - 1] == '_');
}

static size_t find(const char *column)
{
    size_t k = 0;
    while (k < WORDS && strcmp(words[k].column, column) != 0)
        k++;
    return k;
}

static quantity quantity_of(const char *column)
{
    size_t k = find(column);
    if (mi_plot_is_accuracy(column))
        return ACCURACY;
    return k < WORDS ? words[k].quantity : PLAIN;
}

static const char *key_of(const char *column)
{
    size_t k = find(column);
    return k < WORDS ? words[k].key : column;
}

static const char *axis_of(const char *column)
{
    size_t k = find(column);
    return k < WORDS && words[k].axis ? words[k].axis : key_of(column);
}

const char *mi_plot_word(const char *column)
{
    return column ? key_of(column) : "?";
}

/* "probe_z1_linear_accuracy", as mi-probe records it, in words; 0 for any other column. */
static int name_probe(char *out, const char *column)
{
    char variable[8], kind[16];
    int used = 0;
    if (sscanf(column, "probe_z%7[0-9]_%15[a-z]_accuracy%n", variable, kind, &used) != 2 || !used ||
        column[used])
        return 0;
    snprintf(out, PLOT_LABEL, "accuracy (%s probe of Z%s)", kind, variable);
    return 1;
}

/* "I_min(z1:z2)", as mi-compare names what is derived of an expression, in words; 0 for any other
 * term. */
static int name_derived(char *out, const char *term)
{
    static const struct {
        const char *name, *words;
    } of[] = {{"I_calibrated(", "− chance"},
              {"I_min(", "/ min H"},
              {"I_mean(", "/ mean H"},
              {"I_geo(", "/ geo. mean H"},
              {"I_joint(", "/ joint H"}};
    for (size_t k = 0; k < sizeof of / sizeof *of; k++) {
        size_t bytes = strlen(of[k].name);
        if (strncmp(term, of[k].name, bytes) == 0) {
            snprintf(out, PLOT_LABEL, "I(%.200s %s", term + bytes, of[k].words);
            return 1;
        }
    }
    return 0;
}

void mi_plot_words_of_key(char *out, const char *column)
{
    if (!name_probe(out, column) && !name_derived(out, column))
        mi_plot_label(out, key_of(column), PLOT_LABEL);
}

/* ---- styles ---- */

enum { STYLES = 24, COLORS = 8 };

static int is_taken(const int *style, size_t n, int wanted, int only_color)
{
    for (size_t k = 0; k < n; k++)
        if (style[k] == wanted || (only_color && style[k] && (style[k] - wanted) % COLORS == 0))
            return 1;
    return 0;
}

/* The first style whose colour no other quantity has, else the first that none has. */
static int free_style(const int *style, size_t n)
{
    for (int color = 1; color >= 0; color--)
        for (int k = 1; k <= STYLES; k++)
            if (!is_taken(style, n, k, color))
                return k;
    return STYLES;
}

void mi_plot_words_styles(int *style, const mi_table *t, const mi_plot_columns *c, size_t axes)
{
    size_t n = 0, all = 0;
    for (size_t axis = 0; axis < axes; axis++)
        all += c[axis].n;
    memset(style, 0, all * sizeof *style);
    for (size_t axis = 0; axis < axes; axis++)
        for (size_t k = 0; k < c[axis].n; k++, n++) {
            size_t word = find(t->name[c[axis].at[k]]);
            int own = word < WORDS ? words[word].style : 0;
            style[n] = own && !is_taken(style, all, own, 0) ? own : 0;
        }
    for (size_t k = 0; k < all; k++)
        if (style[k] == 0)
            style[k] = free_style(style, all);
}

/* ---- settings ---- */

/* Columns whose texts mean nothing without a name. */
static const struct {
    const char *column, *word;
} setting_words[] = {{"r_kind", "R"},
                     {"i_z1_r_by", "I(Z1;R)"},
                     {"base", "base"},
                     {"estimator", "estimator"},
                     {"preset", "preset"},
                     {"lambda", "λ"},
                     {"alpha", "α"},
                     {"temperature", "τ"},
                     {"attr_temperature", "τ"},
                     {"attr_seed", "seed"}};

int mi_plot_words_of_setting(char *out, const char *column)
{
    for (size_t k = 0; k < sizeof setting_words / sizeof *setting_words; k++)
        if (strcmp(setting_words[k].column, column) == 0) {
            mi_plot_label(out, setting_words[k].word, PLOT_LABEL);
            return 1;
        }
    mi_plot_label(out, column, PLOT_LABEL);
    return 0;
}

/* ---- units ---- */

static const char *unit_of_information(const mi_table *t)
{
    static const char *const base[] = {"e", "2", "10"};
    static const char *const unit[] = {" [nats]", " [bits]", " [bans]"};
    long column = mi_table_has(t, "base");
    if (column < 0 || mi_table_varies(t, (size_t)column))
        return "";
    for (int k = 0; k < 3; k++)
        if (strcmp(mi_table_cell(t, 0, (size_t)column), base[k]) == 0)
            return unit[k];
    return "";
}

/* Accuracies are drawn as stored: percent where one is above 1. */
int mi_plot_is_percent(const mi_table *t, size_t column)
{
    double value;
    for (size_t row = 0; row < t->rows; row++)
        if (mi_table_number(t, row, column, &value) == MI_OK && value > 1)
            return 1;
    return 0;
}

static const char *unit_of(const mi_table *t, size_t column)
{
    switch (quantity_of(t->name[column])) {
    case INFORMATION:
        return unit_of_information(t);
    case ACCURACY:
        return mi_plot_is_percent(t, column) ? " [%]" : "";
    case PLAIN:
        break;
    }
    return "";
}

/* ---- axes ---- */

static int is_bound(const char *column)
{
    return strcmp(column, "lower") == 0 || strcmp(column, "upper") == 0;
}

static void list_keys(char *out, const mi_table *t, const mi_plot_columns *c)
{
    size_t used = 0;
    *out = 0;
    for (size_t k = 0; k < c->n && used < PLOT_LABEL; k++)
        used += (size_t)snprintf(out + used, PLOT_LABEL - used, "%s%s", k ? ", " : "",
                                 key_of(t->name[c->at[k]]));
}

void mi_plot_words_of_axis(char *out, const mi_table *t, const mi_plot_columns *c)
{
    char text[PLOT_LABEL], both[2 * PLOT_LABEL];
    size_t bounds = 0, bounded = 0, information = 0;
    for (size_t k = 0; k < c->n; k++) {
        const char *column = t->name[c->at[k]];
        bounds += is_bound(column);
        bounded += strcmp(column, "I_Y_Z1") == 0;
        information += quantity_of(column) == INFORMATION;
    }
    if (c->n == 1) {
        if (!name_probe(text, t->name[c->at[0]]))
            snprintf(text, sizeof text, "%s", axis_of(t->name[c->at[0]]));
    } else if (bounds + bounded == c->n && bounds)
        strcpy(text, bounded ? "I(Y;Z1) and its bounds" : "bounds of I(Y;Z1)");
    else if (information == c->n)
        strcpy(text, "information");
    else
        list_keys(text, t, c);
    snprintf(both, sizeof both, "%s%s", text,
             c->n == 1 || information == c->n ? unit_of(t, c->at[0]) : "");
    mi_plot_label(out, both, PLOT_LABEL);
}
