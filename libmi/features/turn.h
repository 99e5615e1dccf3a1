/* turn.h - columns in memory as rows. Private.
 *
 * uses: nothing
 */
#ifndef MI_TURN_H
#define MI_TURN_H

#include <stddef.h>

/* to (n,d): row r has at place[c] (NULL: at c) what from has at [c][r], whose columns begin `stride`
 * elements apart; elements of `width` bytes. O(n d). */
void mi_turn(void *to, const void *from, size_t n, size_t d, size_t stride, size_t width,
             const size_t *place);

#endif
