#include "validated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const change typical[] = {
    {"file", "a.h5"},
    {"group", "/"},
    {"n", "200"},
    {"instances", "100"},
    {"degrees", "99"},
    {"d2", "4"},
    {"alpha", "2"},
    {"kernel", "z1=linear,z2=linear"},
    {"r_kind", "id"},
    {"i_z1_r_by", "matrix"},
    {"preset", "theorem"},
    {"estimator", "v"},
    {"batch", "nan"},
    {"batches", "nan"},
    {"route", "dense"},
    {"base", "e"},
    {"fsq_levels", "nan"},
    {"H_Z1", "1.5"},
    {"H_Z2", "1.25"},
    {"H_R", "4.60517019"},
    {"H_Y", "0.7"},
    {"I_Z1_R", "0.9"},
    {"I_Z1_Z2", "1.2"},
    {"I_Z1_Z2_null", "0.1"},
    {"I_Y_Z1_null", "0.02"},
    {"I_Y_Z1_p", "0.001"},
    {"permutations", "999"},
    {"I_R_Y", "0.6"},
    {"I_Y_Z1", "0.5"},
    {"I_Y_Z2", "0.4"},
    {"lower", "0.3"},
    {"upper", "0.7"},
    {"H_Z1_given_Y_Z2", "0.15"},
    {"I_Y_Z2_given_Z1", "0.05"},
    {"I_Y_Z1_given_R", "0.1"},
    {"I_Y_R_given_Z1", "0.2"},
    {"I_Z1_Z2_given_R", "0.4"},
    {"I_Z1_R_given_Z2", "0.1"},
    {"slack_lower", "0.2"},
    {"slack_upper", "0.2"},
    {"gap", "0.4"},
    {"dpi_Z1_R", "0.3"},
    {"dpi_Y", "0.1"},
    {"dpi_R", "-0.2"},
    {"rank_Z2", "4"},
    {"distinct_Z2", "200"},
    {"slack_lower_se", "0.01"},
    {"slack_upper_se", "0.01"},
    {"gap_se", "0.01"},
    {"dpi_R_se", "0.1"},
    {"dpi_Y_se", "0.01"},
    {"I_Y_R_given_Z1_se", "0.01"},
    {"I_Z1_R_given_Z2_se", "0.1"},
    {"lower_se", "0.02"},
    {"upper_se", "0.02"},
    {"I_Y_Z1_se", "0.03"},
    {"I_Y_Z2_given_Z1_se", "0.02"},
};
#define N_CELLS (sizeof typical / sizeof *typical)

static const char *cell_of(const change *c, size_t k)
{
    for (; c->name; c++)
        if (strcmp(c->name, typical[k].name) == 0)
            return c->cell;
    return typical[k].cell;
}

void validate(validated *x, const change *changes, double level)
{
    char *text;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);
    for (int line = 0; line < 2; line++) {
        for (size_t k = 0; k < N_CELLS; k++)
            if (cell_of(changes, k))
                fprintf(f, "%s%s", k ? "\t" : "", line ? cell_of(changes, k) : typical[k].name);
        putc('\n', f);
    }
    fclose(f);
    f = fmemopen(text, bytes, "r");
    assert_int_equal(mi_table_read(&x->table, f, "t.tsv"), MI_OK);
    fclose(f);
    free(text);
    x->status = mi_validate(&x->v, &x->table, 0, level);
}
