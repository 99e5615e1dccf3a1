/* describe.h - the option table of a tool as text, from which its manual page and the completions
 * of shells are made when libmi is built.
 *
 * uses: stdio, opt         used by: opt
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdio.h>

#include "opt.h"

/* Lines of cells, a tab between them:
 *
 *     tool     name, arguments, summary
 *     words    what the first argument may be, "trend|scatter", where it is one of several words
 *     group    a heading of options
 *     option   name, letter, argument, words it may be, help; "-" stands for what there is not
 *     after    a line of the text below the options
 */
void describe(FILE *out, const opt_program *program);

#endif
