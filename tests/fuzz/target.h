/* target.h - a fuzz target: one input, of which no bytes may crash, hang or fool what reads them.
 *
 * uses: nothing            used by: fuzz_*, replay
 */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Takes an input; libFuzzer makes them, replay reads them from files. Aborts where a promise is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file in memory with these bytes, and a path that opens it; NULL: there is none. */
const char *target_file(const uint8_t *data, size_t size);
void target_file_done(void);

/* A copy of the bytes that ends with a zero. Free it. */
char *target_text(const uint8_t *data, size_t size);

/* What must hold: aborts with the sentence. */
void target_want(int holds, const char *what);

/* Warnings of the library are not wanted here. */
void target_quiet(void);

#endif
