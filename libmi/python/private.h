/* private.h - what `import libmi` calls, by ctypes.
 *
 * No struct crosses: a session is a handle, options are names and texts, arrays are pointers with their shapes,
 * results are arrays of doubles. So Python knows no layout that the compiler has not checked. Every function
 * that returns a status leaves its detail in door_detail; several threads may call with sessions of their own.
 */
#ifndef MI_PYTHON_PRIVATE_H
#define MI_PYTHON_PRIVATE_H

#include <stdint.h>

#include "libmi/base/status.h"

/* ---- the process ---- */

MI_API const char *door_detail(void);
MI_API void door_version(char *buffer, size_t bytes);
/* Who is told of warnings, and how messages spell options and tools (borrowed). */
MI_API void door_messages(mi_warning_fn *warning, const char *option, const char *tool);
MI_API double door_t_factor(double level, double degrees);
/* Before a fork: waits until no estimate is under way; after it, in the parent and in the child. */
MI_API void door_fork_begin(void);
MI_API void door_fork_end(void);
MI_API void door_forked(void);

/* Worker threads unless they are told: all CPUs (0), in the child of a fork one. */
int door_default_threads(void);

/* strtod in the C locale, which is how Python writes numbers. */
double door_number(const char *text, char **end);

/* Around what multiplies or writes: waits for a fork; between the two the floating-point environment is C's
 * default, afterwards it and the threads of the BLAS are as they were. */
void door_enter(void);
void door_leave(void);

/* ---- estimates ---- */

/* One set of arrays, its options, and what was computed of it. */
typedef struct door_session door_session;

/* n rows. NULL: out of memory. Free with door_close; NULL is allowed. */
MI_API door_session *door_open(size_t n);
MI_API void door_close(door_session *s);

/* Set an option by its name: kernel, r, alpha, batch ... Errors: MI_EUSAGE. */
MI_API mi_status door_option(door_session *s, const char *name, const char *value);

/* Lend an array: (n,d) elements of `bytes` bytes each, `stride` bytes from one row to the next and `step` from
 * one element to the next. "z1", "z2" or "r" (a real-valued target). Errors: MI_EUSAGE for steps that rows do
 * not have. */
MI_API mi_status door_reals(door_session *s, const char *member, const void *x, size_t d,
                            size_t bytes, int64_t stride, int64_t step);
/* Lend ids "r" or labels "y": (n) integers. */
MI_API mi_status door_symbols(door_session *s, const char *member, const int64_t *x);
MI_API mi_status door_weights(door_session *s, const double *w);

/* Terms of the bounds, their names, and how many stand before those of `decompose`. */
MI_API int door_terms(void);
MI_API int door_terms_plain(void);
MI_API const char *door_term_name(int term);

/* out (orders, 6 terms + 3): values, standard errors, half-widths, chance levels, their standard deviations, p;
 * degrees, batches, zeroed_mass. */
MI_API mi_status door_bounds(door_session *s, double *out);
/* Name of the route of S(Z1,Z2) at an order. */
MI_API const char *door_route(const door_session *s, size_t order);
MI_API const char *door_se_by(const door_session *s, size_t order);

/* out (orders, 4) of one expression: value, standard error, half-width, degrees. */
MI_API mi_status door_measure(door_session *s, const char *of, int is_entropy, double *out);

/* Of the session after an estimate. Counts: n, dropped, instances, d1, d2, classes; -1: there are none. */
MI_API size_t door_orders(const door_session *s);
MI_API double door_order(const door_session *s, size_t order);
MI_API void door_counts(const door_session *s, int64_t count[6]);
/* "kernel", "r_kind", "i_z1_r_by", "preset", "estimator"; "nan" for what there is not. Until the next call. */
MI_API const char *door_text(door_session *s, const char *name);

/* I_a(Z1;Z2) in nats, and its gradients (n,d) without gaps, of the arrays' own types; NULL: not wanted. */
MI_API mi_status door_gradient(door_session *s, double *i_nats, void *g1, void *g2);

/* ---- tables and verdicts ---- */

typedef struct door_table door_table;

/* Read a table (tab- or comma-separated text, JSON lines) of `bytes` bytes; messages call it `name`. */
MI_API mi_status door_table_read(door_table **out, const char *text, size_t bytes,
                                 const char *name);
MI_API void door_table_close(door_table *t);
MI_API void door_table_size(const door_table *t, size_t size[2]);
MI_API const char *door_table_name(const door_table *t, size_t column);
MI_API const char *door_table_cell(const door_table *t, size_t row, size_t column);

/* Check row `row` of a table of bounds at a level. The report is kept until the table is closed or checked again. */
MI_API mi_status door_validate(door_table *t, size_t row, double level);
MI_API const char *door_report(const door_table *t);
MI_API const char *door_conclusion(const door_table *t);
MI_API const char *door_verdict(const door_table *t);
MI_API size_t door_checks(const door_table *t);
/* text: name, statement, family, verdict, standing, note; number: value, lo, hi, tolerance. */
MI_API void door_check(const door_table *t, size_t k, const char *text[6], double number[4]);

/* ---- features out ---- */

/* Write the arrays at `address` (z1 z2 r y split w; NULL: none) as the set `group` of `path`, whole or not at
 * all; members that are there already are replaced, what else the file holds stays. Attribute k is name[k] with
 * the value text[k], which kind[k] says is whole ('i'), a number ('f') or text ('s'). history: a line, or NULL. */
MI_API mi_status door_save(const char *path, const char *group, const char *const address[5],
                           size_t attributes, const char *const *name, const char *kind,
                           const char *const *text, const char *history);

#endif
