#include "opt.h"

#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "describe.h"
#include "ranks.h"

#define KEY_BASE 0x1000
#define MAX_ROWS 80

/* The rows of all groups as argp wants them, one after the other. */
typedef struct {
    struct argp_option option[MAX_ROWS + 1]; /* ends with an empty one */
    const opt_row *row[MAX_ROWS];            /* NULL: a heading */
    char *to[MAX_ROWS];                      /* what each sets */
    int n;
    int first, n_args;
} parse_state;

static const char *program_name;
static const char *given[MAX_ROWS]; /* names of options, in the order of the table */
static char command_line[8192];

static _Noreturn void usage_error(const opt_row *r, const char *text, const char *format, ...)
{
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    exit(tool_fail(mi_fail(MI_EUSAGE, "--%s '%s': %s", r->name, text, why)));
}

static double parse_real(const opt_row *r, const char *text)
{
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value))
        usage_error(r, text, "not a number");
    if (value < r->low || value > r->high)
        usage_error(r, text, "out of range, wanted %g to %g", r->low, r->high);
    return value;
}

static long parse_whole(const opt_row *r, const char *text, double low, double high)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end || errno)
        usage_error(r, text, "not a whole number");
    if ((double)value >= low && (double)value <= high)
        return value;
    if (high >= 1e15)
        usage_error(r, text, "out of range, wanted %.0f or more", low);
    usage_error(r, text, "out of range, wanted %.0f to %.0f", low, high);
}

static size_t parse_bytes(const opt_row *r, const char *text)
{
    static const char unit[] = "KMGT";
    char *end;
    double value = strtod(text, &end);
    const char *u = *end && *end != ' ' ? strchr(unit, *end & ~0x20) : NULL;
    if (u) {
        value *= pow(1024, (double)(u - unit) + 1);
        end++;
        end += *end == 'i';
        end += *end == 'B';
    }
    if (end == text || *end || !(value >= 1) || value > 9e18)
        usage_error(r, text, "not a size, wanted bytes such as 500M or 8G");
    return (size_t)value;
}

static int parse_choice(const opt_row *r, const char *text)
{
    size_t length = strlen(text);
    const char *c = r->choice;
    for (int k = 0; c; k++) {
        const char *bar = strchr(c, '|');
        size_t n = bar ? (size_t)(bar - c) : strlen(c);
        if (n == length && strncmp(c, text, n) == 0)
            return k;
        c = bar ? bar + 1 : NULL;
    }
    usage_error(r, text, "wanted one of %s", r->choice);
}

static void take(const opt_row *r, const char *text, void *to)
{
    switch (r->type) {
    case OPT_FLAG:
        *(int *)to = 1;
        break;
    case OPT_TEXT:
        *(const char **)to = text;
        break;
    case OPT_INT:
        *(int *)to = (int)parse_whole(r, text, r->low, r->high);
        break;
    case OPT_COUNT:
        *(size_t *)to = (size_t)parse_whole(r, text, r->low, r->high);
        break;
    case OPT_SEED:
        *(unsigned long *)to = (unsigned long)parse_whole(r, text, 0, 4294967295);
        break;
    case OPT_REAL:
        *(double *)to = parse_real(r, text);
        break;
    case OPT_BYTES:
        *(size_t *)to = parse_bytes(r, text);
        break;
    case OPT_CHOICE:
        *(int *)to = parse_choice(r, text);
        break;
    case OPT_PARSE:
        if (r->parse(text, to) != MI_OK)
            usage_error(r, text, "%s", mi_detail());
        break;
    case OPT_NAMED:
        if (r->named(r->name, text, to) != MI_OK)
            usage_error(r, text, "%s", mi_detail());
        break;
    }
}

/* "-:GROUP" is standard input with a group, not a bundle of short options: it goes through argp in
 * disguise. */
#define DISGUISE '\001'

static mi_status disguise(int argc, char **argv)
{
    for (int k = 1; k < argc; k++) {
        char *hidden;
        size_t bytes = strlen(argv[k]) + 2;
        if (argv[k][0] != '-' || argv[k][1] != ':')
            continue;
        MI_TRY(mi_malloc(&hidden, bytes, 1));
        snprintf(hidden, bytes, "%c%s", DISGUISE, argv[k]);
        argv[k] = hidden; /* for the life of the process, as argv is */
    }
    return MI_OK;
}

static char *plain(char *arg)
{
    return arg && *arg == DISGUISE ? arg + 1 : arg;
}

static error_t on_key(int key, char *arg, struct argp_state *state)
{
    parse_state *p = state->input;
    if (key == ARGP_KEY_ARGS) {
        p->first = state->next;
        p->n_args = state->argc - state->next;
        return 0;
    }
    if (key == ARGP_KEY_END)
        return 0;
    for (int k = 0; k < p->n; k++) {
        const opt_row *r = p->row[k];
        if (r && key == p->option[k].key) {
            given[k] = r->name;
            take(r, plain(arg), p->to[k]);
            return 0;
        }
    }
    return ARGP_ERR_UNKNOWN;
}

/* ---- the tables as argp wants them ---- */

static void list(parse_state *p, const opt_row *row, char *to, struct argp_option option)
{
    if (p->n == MAX_ROWS)
        abort(); /* the table of a tool has outgrown it */
    p->row[p->n] = row;
    p->to[p->n] = to;
    p->option[p->n++] = option;
}

static void list_group(parse_state *p, const opt_group *g, int number, char *options)
{
    if (g->heading)
        list(p, NULL, NULL, (struct argp_option){.doc = g->heading, .group = number});
    for (const opt_row *r = g->row; r->name; r++)
        list(p, r, options + g->at + r->at,
             (struct argp_option){.name = r->name,
                                  .key = r->key ? r->key : KEY_BASE + p->n,
                                  .arg = r->arg,
                                  .doc = r->help,
                                  .group = number});
}

static void list_all(parse_state *p, const opt_program *program, void *options)
{
    int number = 0;
    for (const opt_group *g = program->group; g->row; g++) {
        number += g->heading != NULL;
        list_group(p, g, number, options);
    }
}

/* ---- whole names only ---- */

/* The row of a long name of `length` characters; NULL: there is none. */
static const opt_row *row_of_name(const parse_state *p, const char *name, size_t length)
{
    for (int k = 0; k < p->n; k++)
        if (p->row[k] && strlen(p->row[k]->name) == length &&
            strncmp(p->row[k]->name, name, length) == 0)
            return p->row[k];
    return NULL;
}

/* An option that is none, of which argp would make the one that begins so: --se, once there is --seed.
 * Others argp refuses itself. */
static void refuse_beginning(const parse_state *p, const char *name, size_t length)
{
    const char *joint = "there is";
    char text[512];
    size_t used = 0;
    for (int k = 0; k < p->n; k++)
        if (p->row[k] && strncmp(p->row[k]->name, name, length) == 0 && used + 64 < sizeof text) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s --%s", joint,
                                     p->row[k]->name);
            joint = ",";
        }
    if (!used)
        return;
    exit(tool_fail(mi_fail(MI_EUSAGE, "--%.*s: no such option; %s", (int)length, name, text)));
}

/* getopt repeats an option that is none as it stands, for which a terminal is no place. */
static void refuse_unprintable(const char *option)
{
    size_t bytes;
    for (const char *c = option; *c; c += bytes) {
        bytes = mi_utf8_printable(c);
        if (!bytes)
            exit(tool_fail(mi_fail(MI_EUSAGE, "'%s': no such option", option)));
    }
}

/* Whether the argument behind a bundle of short options belongs to its last one. */
static int takes_next(const parse_state *p, const char *bundle)
{
    for (; *bundle; bundle++)
        for (int k = 0; k < p->n; k++)
            if (p->row[k] && p->row[k]->key == *bundle && p->row[k]->arg)
                return !bundle[1];
    return 0;
}

/* getopt takes any beginning of a name for the name: a misspelt option would do another's work. */
static void refuse_beginnings(const parse_state *p, int argc, char **argv)
{
    for (int k = 1; k < argc && strcmp(argv[k], "--") != 0; k++) {
        const char *name = argv[k] + 2;
        size_t length = strncmp(argv[k], "--", 2) == 0 ? strcspn(name, "=") : 0;
        if (!length) {
            if (argv[k][0] == '-' && argv[k][1] && !mi_utf8_printable(argv[k] + 1))
                refuse_unprintable(argv[k]);
            k += argv[k][0] == '-' && takes_next(p, argv[k] + 1);
            continue;
        }
        const opt_row *row = row_of_name(p, name, length);
        if (!row) {
            refuse_unprintable(argv[k]);
            refuse_beginning(p, name, length);
        }
        k += row && row->arg && !name[length];
    }
}

static void print_version(FILE *stream, struct argp_state *state)
{
    (void)state;
    tool_print_version(stream, program_name);
}

void opt_quote(FILE *stream, const char *argument)
{
    char word[8192];
    mi_shell_word(word, sizeof word, "%s", argument);
    fputs(word, stream);
}

static void remember_command_line(const char *name, int argc, char **argv)
{
    size_t used = (size_t)snprintf(command_line, sizeof command_line, "%s", name);
    for (int k = 1; k < argc && used + 1 < sizeof command_line; k++) {
        command_line[used++] = ' ';
        used +=
            (size_t)mi_shell_word(command_line + used, sizeof command_line - used, "%s", argv[k]);
    }
}

/* For the build alone: no option, so that --help is for people. */
static void describe_if_asked(const opt_program *program, int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "--describe") != 0)
        return;
    describe(stdout, program);
    exit(fflush(stdout) == 0 ? 0 : TOOL_EXIT_WRITE);
}

void opt_parse(const opt_program *program, void *options, int argc, char **argv, int *first)
{
    parse_state state = {.first = argc};
    char doc[8192];
    struct argp argp = {
        .options = state.option, .parser = on_key, .args_doc = program->args, .doc = doc};

    describe_if_asked(program, argc, argv);
    program_name = program->name;
    tool_start(program->name);
    ranks_start(program->shares_work);
    remember_command_line(program->name, argc, argv);
    memset(given, 0, sizeof given);
    snprintf(doc, sizeof doc, "%s\v%s", program->summary, program->after ? program->after : "");
    list_all(&state, program, options);
    argp_err_exit_status = TOOL_EXIT_USAGE;
    argp_program_version_hook = print_version;
    argv[0] = (char *)program->name;
    if (disguise(argc, argv) != MI_OK)
        exit(tool_fail(MI_ENOMEM));
    refuse_beginnings(&state, argc, argv);
    if (argp_parse(&argp, argc, argv, 0, NULL, &state) != 0)
        exit(tool_fail(mi_fail(MI_ENOMEM, "out of memory for the command line")));
    for (int k = state.first; k < argc; k++)
        argv[k] = plain(argv[k]);
    *first = state.first;
    if (program->needs_args && state.n_args == 0 && isatty(STDIN_FILENO)) {
        argp_help(&argp, stderr, ARGP_HELP_STD_USAGE, argv[0]);
        exit(TOOL_EXIT_USAGE);
    }
    ranks_parsed();
}

int opt_given(const char *name)
{
    for (int k = 0; k < MAX_ROWS; k++)
        if (given[k] && strcmp(given[k], name) == 0)
            return 1;
    return 0;
}

const char *opt_command_line(void)
{
    return command_line;
}
