/* writer.h - feature files of a tool: whole or not at all, or as an image into a pipe.
 *
 * uses: libmi, tool        used by: tools that write features
 */
#ifndef WRITER_H
#define WRITER_H

#include "tool.h"

typedef struct {
    const char *path; /* NULL or "-": standard output */
    int no_history;
    int adds; /* to a file that is there, which keeps what it has */
} tool_features;

extern const opt_row tool_writer_rows[];
/* Parse the type that features are stored as into an mi_store. */
#define TOOL_STORES "same|f16|f32|f64"
mi_status tool_parse_store(const char *text, void *to);

typedef struct {
    mi_writer *w;
    mi_replace whole; /* a file that gets its name when it is whole; {0}: an image */
    int descriptor;   /* where an image goes; -1: nowhere */
    int no_history;
} tool_writer;

/* Open what `f` asks for. Errors: MI_EUSAGE when it is a terminal; MI_ECREATE. */
mi_status tool_writer_open(tool_writer *o, const tool_features *f);
/* Add the history, finish, and rename or send. Errors: MI_EWRITE. */
mi_status tool_writer_close(tool_writer *o);
/* Remove what is half-written; after a failure. Does nothing on a closed writer. */
void tool_writer_discard(tool_writer *o);

#endif
