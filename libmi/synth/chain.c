/* The discrete chain Y -> Z1 -> Z2 -> R.
 *
 * Y is uniform over the classes, and each transition goes to one of four outcomes, equally likely
 * (an outcome may be there more than once). Rows enumerate the classes and the 64 ways through the
 * three transitions, so the counts are the distribution, not a draw from it. */
#include <math.h>

#include "libmi/synth/private.h"

/* Three outcomes in four lead to the state of the same number: a chain that knows something. */
static mi_status make_outcomes(mi_synth *s, int step, size_t from)
{
    MI_TRY(MI_NEW(s->outcome[step], from * MI_CHAIN_OUTCOMES));
    for (size_t k = 0; k < from * MI_CHAIN_OUTCOMES; k++)
        s->outcome[step][k] = gsl_rng_uniform(s->rng) < 0.75
                                  ? k / MI_CHAIN_OUTCOMES % s->o->states
                                  : gsl_rng_uniform_int(s->rng, s->o->states);
    return MI_OK;
}

static mi_status prepare(mi_synth *s)
{
    MI_TRY(make_outcomes(s, 0, s->o->classes));
    MI_TRY(make_outcomes(s, 1, s->o->states));
    return make_outcomes(s, 2, s->o->states);
}

static void make_row(mi_synth *s, size_t row, size_t at)
{
    const size_t c = MI_CHAIN_OUTCOMES;
    size_t way = row % (c * c * c), y = row / (c * c * c) % s->o->classes;
    size_t z1 = s->outcome[0][y * c + way % c];
    size_t z2 = s->outcome[1][z1 * c + way / c % c];
    s->y[at] = (int64_t)y;
    s->s1[at] = (int64_t)z1;
    s->s2[at] = (int64_t)z2;
    s->r[at] = (int64_t)s->outcome[2][z2 * c + way / c / c];
    for (size_t k = 0; k < s->d1; k++) {
        s->x1[at * s->d1 + k] = k == z1;
        s->x2[at * s->d2 + k] = k == z2;
    }
}

/* ---- what is known ---- */

/* Joint distributions of two variables, (a,b). */
typedef struct {
    size_t y, z; /* values of Y, and of Z1, Z2 and R */
    double *y_z1, *y_z2, *y_r, *z1_z2, *z1_r;
} joints;

static void joints_free(joints *j)
{
    mi_free(j->y_z1);
    mi_free(j->y_z2);
    mi_free(j->y_r);
    mi_free(j->z1_z2);
    mi_free(j->z1_r);
}

/* to (n,states): p(a,c) = sum over b of p(a,b) p(c|b) */
static mi_status step(double **to, const double *p, size_t n, const mi_synth *s,
                      const size_t *outcome)
{
    size_t states = s->o->states;
    MI_TRY(mi_calloc(to, n, states * sizeof **to));
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < states; b++)
            for (size_t k = 0; k < MI_CHAIN_OUTCOMES; k++)
                (*to)[a * states + outcome[b * MI_CHAIN_OUTCOMES + k]] +=
                    p[a * states + b] / MI_CHAIN_OUTCOMES;
    return MI_OK;
}

/* p(z1,z1), from which the joints of Z1 go on. */
static mi_status diagonal(double **to, const double *y_z1, size_t classes, size_t states)
{
    MI_TRY(mi_calloc(to, states, states * sizeof **to));
    for (size_t y = 0; y < classes; y++)
        for (size_t z = 0; z < states; z++)
            (*to)[z * states + z] += y_z1[y * states + z];
    return MI_OK;
}

static mi_status fill_joints(joints *j, const mi_synth *s)
{
    double *z1_z1 = NULL;
    mi_status status;
    *j = (joints){.y = s->o->classes, .z = s->o->states};
    MI_TRY(mi_calloc(&j->y_z1, j->y, j->z * sizeof *j->y_z1));
    for (size_t k = 0; k < j->y * MI_CHAIN_OUTCOMES; k++)
        j->y_z1[k / MI_CHAIN_OUTCOMES * j->z + s->outcome[0][k]] +=
            1.0 / (double)(j->y * MI_CHAIN_OUTCOMES);
    MI_TRY_GOTO(status, diagonal(&z1_z1, j->y_z1, j->y, j->z), done);
    MI_TRY_GOTO(status, step(&j->y_z2, j->y_z1, j->y, s, s->outcome[1]), done);
    MI_TRY_GOTO(status, step(&j->y_r, j->y_z2, j->y, s, s->outcome[2]), done);
    MI_TRY_GOTO(status, step(&j->z1_z2, z1_z1, j->z, s, s->outcome[1]), done);
    status = step(&j->z1_r, j->z1_z2, j->z, s, s->outcome[2]);
done:
    mi_free(z1_z1);
    return status;
}

static double plogp(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

/* Entropies of a joint p (n,m) and of its two sides. */
typedef struct {
    double a, b, joint;
} entropies;

static entropies entropies_of(const double *p, size_t n, size_t m)
{
    entropies h = {0};
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < m; k++) {
            sum += p[i * m + k];
            h.joint += plogp(p[i * m + k]);
        }
        h.a += plogp(sum);
    }
    for (size_t k = 0; k < m; k++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += p[i * m + k];
        h.b += plogp(sum);
    }
    return h;
}

static double information(entropies h)
{
    return h.a + h.b - h.joint;
}

static mi_status tell_joints(const mi_synth *s, const joints *j)
{
    entropies y_z1 = entropies_of(j->y_z1, j->y, j->z), y_z2 = entropies_of(j->y_z2, j->y, j->z);
    entropies y_r = entropies_of(j->y_r, j->y, j->z), z1_z2 = entropies_of(j->z1_z2, j->z, j->z);
    entropies z1_r = entropies_of(j->z1_r, j->z, j->z);
    double through = information(z1_z2);
    const struct {
        const char *name;
        double value;
    } known[] = {
        {"exact_H_Z1", y_z1.b},
        {"exact_H_Z2", y_z2.b},
        {"exact_H_R", y_r.b},
        {"exact_H_Y", y_z1.a},
        {"exact_I_Z1_R", information(z1_r)},
        {"exact_I_Z1_Z2", through},
        {"exact_I_R_Y", information(y_r)},
        {"exact_I_Y_Z1", information(y_z1)},
        {"exact_I_Y_Z2", information(y_z2)},
        {"exact_lower", information(z1_r) - through + information(y_r)},
        {"exact_upper", information(y_z2) - through + y_z1.b},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        MI_TRY(mi_synth_tell(s, known[k].name, known[k].value));
    return MI_OK;
}

static mi_status tell(const mi_synth *s)
{
    joints j = {0};
    mi_status status = fill_joints(&j, s);
    if (status == MI_OK)
        status = tell_joints(s, &j);
    joints_free(&j);
    return status;
}

const mi_synth_maker mi_synth_chain = {"chain", prepare, make_row, tell};
