/* The option table of a tool as lines that awk reads: tools/manual and tools/completion. */
#include "describe.h"

#include <string.h>

static const char *or_none(const char *text)
{
    return text ? text : "-";
}

/* The words that an argument may be: .choice, else those that its name in --help lists. */
static const char *words_of(const opt_row *r)
{
    return !r->choice && r->arg && strchr(r->arg, '|') ? r->arg : r->choice;
}

static void put_option(FILE *out, const opt_row *r)
{
    const char letter[] = {(char)r->key, 0};
    fprintf(out, "option\t%s\t%s\t%s\t%s\t%s\n", r->name, r->key ? letter : "-", or_none(r->arg),
            or_none(words_of(r)), r->help);
}

static void put_lines(FILE *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        fprintf(out, "after\t%.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void put_words(FILE *out, const opt_program *p)
{
    const char *words = p->words ? p->words : p->args;
    size_t length = strcspn(words, " ");
    if (memchr(words, '|', length) && !memchr(words, '[', length))
        fprintf(out, "words\t%.*s\n", (int)length, words);
}

void describe(FILE *out, const opt_program *program)
{
    fprintf(out, "tool\t%s\t%s\t%s\n", program->name, program->args, program->summary);
    put_words(out, program);
    for (const opt_group *g = program->group; g->row; g++) {
        if (g->heading)
            fprintf(out, "group\t%s\n", g->heading);
        for (const opt_row *r = g->row; r->name; r++)
            put_option(out, r);
    }
    if (program->after)
        put_lines(out, program->after);
}
