/* probe_options.h - the command line of mi-probe.
 *
 * uses: tool, libmi        used by: mi-probe
 */
#ifndef PROBE_OPTIONS_H
#define PROBE_OPTIONS_H

#include "tool.h"

typedef enum { PROBE_SPLIT_AUTO, PROBE_SPLIT_MEMBER, PROBE_SPLIT_SEEDED } probe_split;

typedef struct {
    tool_input input;
    tool_table table;
    unsigned variables, probes; /* bits */
    int of_given;               /* the variables were asked for: they must be there */
    int split;                  /* probe_split */
    mi_split_opts split_opts;
    mi_probe_opts probe;
    int threads;
    size_t memory_bytes; /* 0: no limit was given */
    int write, no_history;
} probe_options;

/* Defaults, then the command line, as opt_parse does; argv[*first ..] are the inputs. */
void probe_options_parse(int argc, char **argv, probe_options *o, int *first);

#endif
