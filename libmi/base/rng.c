/* Seeded draws: GSL's Mersenne twister by seed and stream, and random signs by a counter-based
 * hash. */
#include "libmi/base/rng.h"

#include <gsl/gsl_randist.h>
#include <stdint.h>

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

/* SplitMix64's step and finaliser (Steele, Lea and Flood, OOPSLA 2014), a bijection of 64 bits. */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* One bit of the hash of (seed, stream, vector, row): no state, so any order of rows and any
 * rank. */
double mi_rng_sign(unsigned long seed, unsigned long stream, size_t vector, size_t row)
{
    uint64_t x = mix(mix(mix(mix(seed) ^ stream) ^ vector) ^ row);
    return x >> 63 ? 1 : -1;
}
