/* Columns in words, for axes and keys. */
#include <math.h>
#include <string.h>

#include "libmi/plot/private.h"

typedef enum { PLAIN, INFORMATION, ACCURACY } quantity;

/* axis: the title of an axis where it says more than the key does. */
static const struct {
    const char *column, *key, *axis;
    quantity quantity;
} words[] = {
    {"lower", "lower bound", "lower bound of I(Y;Z1)", INFORMATION},
    {"upper", "upper bound", "upper bound of I(Y;Z1)", INFORMATION},
    {"accuracy", "accuracy", NULL, ACCURACY},
    {"H_Z1", "H(Z1)", NULL, INFORMATION},
    {"H_Z2", "H(Z2)", NULL, INFORMATION},
    {"H_R", "H(R)", NULL, INFORMATION},
    {"H_Y", "H(Y)", NULL, INFORMATION},
    {"I_Z1_R", "I(Z1;R)", NULL, INFORMATION},
    {"I_Z1_Z2", "I(Z1;Z2)", NULL, INFORMATION},
    {"I_Z1_Z2_null", "chance level", "chance level of I(Z1;Z2)", INFORMATION},
    {"I_R_Y", "I(R;Y)", NULL, INFORMATION},
    {"I_Y_Z1", "I(Y;Z1)", NULL, INFORMATION},
    {"I_Y_Z2", "I(Y;Z2)", NULL, INFORMATION},
    {"H_Z1_given_Y_Z2", "H(Z1|Y,Z2)", NULL, INFORMATION},
    {"I_Y_Z2_given_Z1", "I(Y;Z2|Z1)", NULL, INFORMATION},
    {"I_Y_Z1_given_R", "I(Y;Z1|R)", NULL, INFORMATION},
    {"I_Y_R_given_Z1", "I(Y;R|Z1)", NULL, INFORMATION},
    {"I_Z1_Z2_given_R", "I(Z1;Z2|R)", NULL, INFORMATION},
    {"I_Z1_R_given_Z2", "I(Z1;R|Z2)", NULL, INFORMATION},
    {"slack_lower", "I(Y;Z1) − lower", "slack of the lower bound", INFORMATION},
    {"slack_upper", "upper − I(Y;Z1)", "slack of the upper bound", INFORMATION},
    {"gap", "upper − lower", "gap between the bounds", INFORMATION},
    {"dpi_Z1_R", "I(Z1;Z2) − I(Z1;R)", NULL, INFORMATION},
    {"dpi_Y", "I(Y;Z1) − I(Y;Z2)", NULL, INFORMATION},
    {"dpi_R", "I(Y;Z2) − I(R;Y)", NULL, INFORMATION},
    {"S", "entropy", "matrix entropy S", INFORMATION},
    {"I", "I", "mutual information I", INFORMATION},
    {"I_min", "I / min H", NULL, PLAIN},
    {"I_mean", "I / mean H", NULL, PLAIN},
    {"I_geo", "I / geometric mean of H", NULL, PLAIN},
    {"I_joint", "I / joint entropy", NULL, PLAIN},
    {"lambda", "λ", NULL, PLAIN},
    {"fsq_levels", "FSQ levels", "levels L of FSQ", PLAIN},
    {"temperature", "temperature", "temperature τ", PLAIN},
    {"index", "index", NULL, PLAIN},
    {"eigenvalue", "eigenvalue", NULL, PLAIN},
    {"alpha", "α", "order α", PLAIN},
    {"pearson", "Pearson r", NULL, PLAIN},
    {"spearman", "Spearman ρ", NULL, PLAIN},
    {"kendall", "Kendall τ", NULL, PLAIN},
    {"batch", "instances in a batch", NULL, PLAIN},
    {"n", "rows", "rows n", PLAIN},
    {"rank_Z2", "rank of Z2", NULL, PLAIN},
    {"distinct_Z2", "distinct rows of Z2", NULL, PLAIN},
};

enum { WORDS = sizeof words / sizeof *words };

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

void mi_plot_words_of_key(char *out, const char *column)
{
    mi_plot_label(out, key_of(column), PLOT_LABEL);
}

/* ---- units ---- */

static const char *unit_of_information(const mi_table *t)
{
    static const char *const base[] = {"e", "2", "10"};
    static const char *const unit[] = {" [nats]", " [bits]", " [bans]"};
    long column = mi_table_has(t, "base");
    if (column < 0 || mi_plot_column_varies(t, (size_t)column))
        return "";
    for (int k = 0; k < 3; k++)
        if (strcmp(mi_table_cell(t, 0, (size_t)column), base[k]) == 0)
            return unit[k];
    return "";
}

/* Accuracies are drawn as stored: percent where one is above 1. */
static const char *unit_of_accuracy(const mi_table *t, size_t column)
{
    double value;
    for (size_t row = 0; row < t->rows; row++)
        if (mi_table_number(t, row, column, &value) == MI_OK && value > 1)
            return " [%]";
    return "";
}

static const char *unit_of(const mi_table *t, size_t column)
{
    switch (quantity_of(t->name[column])) {
    case INFORMATION:
        return unit_of_information(t);
    case ACCURACY:
        return unit_of_accuracy(t, column);
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
    int bounds = 1, information = 1;
    for (size_t k = 0; k < c->n; k++) {
        bounds &= is_bound(t->name[c->at[k]]);
        information &= quantity_of(t->name[c->at[k]]) == INFORMATION;
    }
    if (c->n == 1)
        snprintf(text, sizeof text, "%s", axis_of(t->name[c->at[0]]));
    else if (bounds || information)
        strcpy(text, bounds ? "bounds of I(Y;Z1)" : "information");
    else
        list_keys(text, t, c);
    snprintf(both, sizeof both, "%s%s", text, c->n == 1 || information ? unit_of(t, c->at[0]) : "");
    mi_plot_label(out, both, PLOT_LABEL);
}
