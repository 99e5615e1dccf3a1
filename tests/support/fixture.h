/* fixture.h - HDF5 files made for one test, in a directory that goes away after it.
 *
 * uses: hdf5, cmocka       used by: test_features*
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libmi/features/features.h"
#include "libmi/features/h5.h"

/* cmocka setup and teardown: a fresh working directory; HDF5 as many open objects after as before.
 */
int fixture_setup(void **state);
int fixture_teardown(void **state);

#define FIXTURE_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

hid_t make_file(const char *name);
hid_t make_group(hid_t at, const char *name);

/* A dataset (n,d), or (n) for d = 0, of type `stored`; written from `from` as type `memory` unless
 * NULL. */
void put(hid_t at, const char *name, hid_t stored, hid_t memory, const void *from, size_t n,
         size_t d);
void put_with(hid_t at, const char *name, hid_t stored, hid_t memory, const void *from, size_t n,
              size_t d, hid_t list);
/* (n,d) floats whose element i,k is 10 i + k, single precision; d = 0: one axis. */
void put_floats(hid_t at, const char *name, size_t n, size_t d);
/* n integers i / 2. */
void put_ids(hid_t at, const char *name, size_t n);
/* z1 (n,4) and z2 (n,2). */
void put_both(hid_t at, size_t n);
/* A chunked (n,4) dataset of the values of put_floats through the filters of `list`. */
void put_filtered(hid_t at, const char *name, hid_t type, size_t n, hid_t list);
/* A property list for datasets in chunks of (rows,columns). */
hid_t chunked(size_t rows, size_t columns);

void put_attr(hid_t at, const char *name, hid_t stored, hid_t memory, const void *from);
void put_attr_text(hid_t at, const char *name, const char *text);

void soft_link(hid_t at, const char *target, const char *name);

/* A file of its own with z1, z2, r, y at the root: 6 rows. */
void make_plain(const char *name);
void write_bytes(const char *name, const void *bytes, size_t n);
size_t file_bytes(const char *name);

/* Open one address; it must succeed. */
mi_features *open_one(const char *address);
mi_features *open_mapped(const char *address, const char *map);
/* Open it and expect this failure. */
void expect_refusal(const char *address, const char *map, mi_status status, const char *text);
/* The set number i is `group` of the file. */
void expect_group(const mi_features *f, size_t i, const char *group);

/* z1 of the first set reads as the (n,d) values of put_floats, in this element type, at once and
 * row by row. */
void expect_ramp(mi_features *f, mi_float type, size_t n, size_t d);

/* The last warning of libmi, and how many there were since the setup. */
extern char last_warning[1024];
extern int warnings;

#endif
