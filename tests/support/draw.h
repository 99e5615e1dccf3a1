/* draw.h - seeded random inputs for the tests. */
#ifndef DRAW_H
#define DRAW_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libmi/mi.h"

/* Fails the test with the detail text when a call does. */
#define CHECK(expr)                                 \
    do {                                            \
        mi_status check_status_ = (expr);           \
        if (check_status_ != MI_OK)                 \
            fail_msg("%s: %s", #expr, mi_detail()); \
    } while (0)

/* |a - b| <= tolerance, or fail with both values. */
#define CHECK_NEAR(a, b, tolerance)                                                         \
    do {                                                                                    \
        double a_ = (a), b_ = (b), t_ = (tolerance);                                        \
        if (!(a_ - b_ <= t_ && b_ - a_ <= t_))                                              \
            fail_msg("%s = %.17g, %s = %.17g, apart by %.3g, allowed %.3g", #a, a_, #b, b_, \
                     a_ - b_, t_);                                                          \
    } while (0)

/* a <= b + tolerance, or fail with both values. */
#define CHECK_AT_MOST(a, b, tolerance)                                  \
    do {                                                                \
        double a_ = (a), b_ = (b);                                      \
        if (!(a_ <= b_ + (tolerance)))                                  \
            fail_msg("%s = %.17g is above %s = %.17g", #a, a_, #b, b_); \
    } while (0)

/* Start the draws anew from a seed. */
void draw_seed(unsigned long seed);
double draw_uniform(void);
double draw_normal(void);
size_t draw_below(size_t n);

/* (n,d) normal rows; `shared` (or NULL) times `weight` is added, its columns taken cyclically. */
void draw_matrix(mi_mat *m, size_t n, size_t d, mi_float type, const mi_mat *shared, double weight);

/* n labels of g classes, every class there when n >= g. */
void draw_groups(mi_groups *out, size_t n, size_t g);

/* n/views instances, `views` adjacent rows each. */
void draw_instances(mi_groups *out, size_t n, size_t views);

/* A sample with classes in z1 and z2, two views an instance, r = id. Free with mi_sample_free. */
void draw_sample(mi_sample *s, size_t n, size_t d1, size_t d2, mi_kernel kernel);

/* R becomes the Z2 of the other view, as --r positive has it. */
void draw_positive(mi_sample *s);

/* A sample with its four variables, made of it as it stands. */
typedef struct {
    mi_sample s;
    mi_var var[4];
} drawn_set;

void draw_vars(drawn_set *t);
void drawn_set_free(drawn_set *t);

#endif
