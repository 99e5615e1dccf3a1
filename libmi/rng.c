#include "rng.h"

#include <gsl/gsl_randist.h>

mi_status mi_rng_new(gsl_rng **out, unsigned long seed, unsigned long stream)
{
    *out = gsl_rng_alloc(gsl_rng_mt19937);
    if (!*out)
        return mi_fail(MI_ENOMEM, "out of memory for a random number generator");
    gsl_rng_set(*out, (seed + 1) * 2654435761u ^ stream * 40503u);
    return MI_OK;
}

void mi_rng_permutation(gsl_rng *rng, size_t *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row[i] = i;
    gsl_ran_shuffle(rng, row, n, sizeof *row);
}

double mi_rng_normal(gsl_rng *rng)
{
    return gsl_ran_gaussian_ziggurat(rng, 1);
}
