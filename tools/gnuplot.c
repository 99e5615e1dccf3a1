#include "gnuplot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"

#define PACKAGE "(Debian and Ubuntu: apt install gnuplot-nox)"

enum { SAID_BYTES = 4096 };

/* ---- what it says ---- */

static void read_said(char *said, FILE *from)
{
    rewind(from);
    said[fread(said, 1, SAID_BYTES - 1, from)] = 0;
}

/* An error is told below a copy of the command and a caret: "line 0: message". */
static const char *message_in(char *said)
{
    static const char place[] = "line 0: ";
    const char *message = "failed without a message";
    for (char *line = strtok(said, "\n"); line; line = strtok(NULL, "\n")) {
        line += strspn(line, " \t");
        if (*line && !strstr(line, "warning: "))
            message = line;
    }
    return strncmp(message, place, strlen(place)) == 0 ? message + strlen(place) : message;
}

static mi_status run_with(child *c, const char *script, const char *data, FILE *out, char *said)
{
    int code;
    mi_status status;
    MI_TRY_GOTO(status, child_file_of(&c->input, script), done);
    MI_TRY_GOTO(status, child_file_of(&c->data, data), done);
    MI_TRY_GOTO(status, child_file_of(&c->said, ""), done);
    status = child_run(c, out, &code);
    read_said(said, c->said);
    if (status == MI_OK && code != 0)
        status = mi_fail(MI_ELIBRARY, "gnuplot: %s", message_in(said));
done:
    if (c->said)
        fclose(c->said);
    if (c->data)
        fclose(c->data);
    if (c->input)
        fclose(c->input);
    return status;
}

static mi_status run(const char *script, const char *data, FILE *out, char *said)
{
    /* -d: the user's own settings must not change a chart; nor stop it, as a GNUTERM does that this
     * gnuplot lacks, before the script is read. */
    char *const argv[] = {"gnuplot", "-d", NULL};
    child c = {.argv = argv, .help = " " PACKAGE};
    unsetenv("GNUTERM");
    return run_with(&c, script, data, out, said);
}

/* ---- what mi-plot asks for ---- */

/* `word` stands in a list of words. */
static int has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\n' || at[n] == 0))
            return 1;
    return 0;
}

/* Nothing was drawn: for want of the terminal, or for the reason that is known. */
static mi_status explain(mi_status status, const char *terminal)
{
    char why[SAID_BYTES], said[SAID_BYTES];
    snprintf(why, sizeof why, "%s", status == MI_OK ? "gnuplot drew nothing" : mi_detail());
    if (run("print GPVAL_TERMINALS\n", "", stdout, said) == MI_OK && !has_word(said, terminal))
        return mi_fail(MI_ELIBRARY, "this gnuplot has no terminal %s " PACKAGE, terminal);
    return mi_fail(status == MI_OK ? MI_ELIBRARY : status, "%s", why);
}

/* gnuplot leaves > as it is, and XML has no ]]> in text. */
static int put_picture(FILE *out, const char *picture, size_t bytes, int is_xml)
{
    static const char end[] = "]]>", escaped[] = "]]&gt;";
    const char *at;
    while (is_xml && (at = memmem(picture, bytes, end, sizeof end - 1))) {
        size_t before = (size_t)(at - picture);
        if (fwrite(picture, 1, before, out) != before || fputs(escaped, out) < 0)
            return 0;
        picture = at + sizeof end - 1;
        bytes -= before + sizeof end - 1;
    }
    return fwrite(picture, 1, bytes, out) == bytes;
}

mi_status gnuplot_draw(const char *script, const char *data, const char *terminal, FILE *out,
                       const char *out_name)
{
    char said[SAID_BYTES], *picture = NULL;
    size_t bytes;
    FILE *memory = open_memstream(&picture, &bytes);
    if (!memory)
        return mi_fail(MI_ENOMEM, "out of memory for a picture");
    mi_status status = run(script, data, memory, said);
    if (fclose(memory) != 0 && status == MI_OK)
        status = mi_fail(MI_ENOMEM, "out of memory for a picture");
    else if (status == MI_ELIBRARY || (status == MI_OK && bytes == 0))
        status = explain(status, terminal);
    size_t feed = status == MI_OK && *picture == '\f'; /* a new page, where it draws with letters */
    if (status == MI_OK &&
        !put_picture(out, picture + feed, bytes - feed, strcmp(terminal, "svg") == 0))
        status = mi_fail(MI_EWRITE, "cannot write '%s': %s", out_name, strerror(errno));
    free(picture);
    return status;
}
