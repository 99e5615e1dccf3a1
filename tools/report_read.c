/* The tables of a report: those given, or those that the tools beside this one make of features. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "report.h"
#include "tables.h"

/* ---- text ---- */

mi_status report_text_open(report_text *t)
{
    t->stream = open_memstream(&t->text, &t->bytes);
    return t->stream ? MI_OK : mi_fail(MI_ENOMEM, "out of memory for a page");
}

const char *report_text_of(report_text *t)
{
    fflush(t->stream);
    return t->text;
}

void report_text_free(report_text *t)
{
    if (t->stream)
        fclose(t->stream);
    free(t->text);
    *t = (report_text){0};
}

/* ---- tables ---- */

/* What a table is; *curve (*n): where it is of learning curves, what they say. Free with mi_free. */
static report_kind kind_of(mi_enough **curve, size_t *n, const mi_table *t, double level)
{
    static const struct {
        report_kind kind;
        const char *column[3];
    } sign[] = {{REPORT_BOUNDS, {"lower", "upper", "I_Z1_Z2"}},
                {REPORT_EIGENVALUES, {"index", "eigenvalue", "eigenvalue"}},
                {REPORT_RANKS, {"variables", "rankme", "exp_S"}},
                {REPORT_CORRELATIONS, {"x", "y", "spearman"}},
                {REPORT_DIFFERENCES, {"file_a", "term", "difference"}}};
    size_t k = 0;
    while (k < sizeof sign / sizeof *sign &&
           (mi_table_has(t, sign[k].column[0]) < 0 || mi_table_has(t, sign[k].column[1]) < 0 ||
            mi_table_has(t, sign[k].column[2]) < 0))
        k++;
    if (k == sizeof sign / sizeof *sign)
        return REPORT_OTHER;
    int is_curve = sign[k].kind == REPORT_BOUNDS && mi_enough_of(curve, n, t, level, NAN) == MI_OK;
    return is_curve ? REPORT_CURVE : sign[k].kind;
}

const report_table *report_table_of(const report *r, report_kind kind)
{
    for (size_t k = 0; k < r->tables; k++)
        if (r->table[k].kind == kind)
            return &r->table[k];
    return NULL;
}

/* Put the rows behind those of a table of the same kind. The table is used up. */
static mi_status join(report_table *to, mi_table *t, const char *name)
{
    mi_table both[2] = {to->table, *t}, joined;
    size_t bytes = strlen(to->name) + strlen(name) + 2;
    mi_status status = mi_table_join(&joined, both, 2);
    mi_table_free(t);
    MI_TRY(status);
    mi_table_free(&to->table);
    to->table = joined;
    MI_TRY(mi_realloc(&to->name, bytes, 1));
    strcat(strcat(to->name, " "), name);
    return MI_OK;
}

/* The same, and what learning curves say is found of all of them. */
static mi_status join_kind(report *r, report_table *to, mi_table *t, const char *name,
                           mi_enough *curve)
{
    mi_free(curve);
    MI_TRY(join(to, t, name));
    if (to->kind != REPORT_CURVE)
        return MI_OK;
    mi_free(r->curve);
    r->curve = NULL;
    return mi_enough_of(&r->curve, &r->curves, &to->table, r->level, NAN);
}

/* Take a table over, whether or not this fails. */
static mi_status add(report *r, mi_table *t, const char *name)
{
    mi_enough *curve = NULL;
    size_t curves = 0;
    report_kind kind = kind_of(&curve, &curves, t, r->level);
    report_table *same = kind == REPORT_OTHER ? NULL : (report_table *)report_table_of(r, kind);
    if (same)
        return join_kind(r, same, t, name, curve);
    if (curve) {
        r->curve = curve;
        r->curves = curves;
    }
    mi_status status = mi_realloc(&r->table, r->tables + 1, sizeof *r->table);
    if (status == MI_OK) {
        r->table[r->tables] = (report_table){.kind = kind, .table = *t};
        return mi_strdup(&r->table[r->tables++].name, name);
    }
    mi_table_free(t);
    return status;
}

static mi_status add_file(report *r, const char *path)
{
    report_text name = {0};
    mi_table t;
    MI_TRY(tables_read(&t, (char **)&path, 1));
    mi_status status = report_text_open(&name);
    if (status == MI_OK) {
        opt_quote(name.stream, path);
        status = add(r, &t, report_text_of(&name));
        report_text_free(&name);
    } else {
        mi_table_free(&t);
    }
    return status;
}

/* ---- features or tables ---- */

/* HDF5, and whatever else is no text: it has a NUL at its beginning. */
static int is_binary(FILE *f)
{
    char head[1024];
    size_t got = fread(head, 1, sizeof head, f);
    rewind(f);
    return memchr(head, 0, got) != NULL;
}

/* *features: what the address is of. What cannot be opened may still be FILE:GROUP. */
static mi_status look(int *features, const char *address)
{
    FILE *f = fopen(address, "r");
    *features = 1;
    if (!f && !strchr(address, ':'))
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", address, strerror(errno));
    if (f) {
        *features = is_binary(f);
        fclose(f);
    }
    return MI_OK;
}

static mi_status look_at_all(int *features, char **address, size_t n)
{
    int is;
    MI_TRY(look(features, address[0]));
    for (size_t k = 1; k < n; k++) {
        MI_TRY(look(&is, address[k]));
        if (is != *features)
            return mi_fail(MI_EUSAGE,
                           "'%s' holds features and '%s' is a table; wanted the one or the other",
                           address[is ? k : 0], address[is ? 0 : k]);
    }
    return MI_OK;
}

/* ---- features are measured ---- */

typedef struct {
    const char *tool, *options[2], *table;
    int of_last;      /* the last set alone */
    const char *what; /* it is left out when it fails; NULL: then there is no report */
} step;

static const step steps[] = {
    {"mi-bounds", {"--se", "--decompose"}, "bounds.tsv", 0, NULL},
    {"mi-bounds", {"--se", "--learning-curve"}, "curve.tsv", 1, "learning curve"},
    {"mi-spectrum", {NULL}, "ranks.tsv", 0, "effective ranks"},
    {"mi-spectrum", {"--eigenvalues"}, "eigenvalues.tsv", 1, "spectrum"},
};

/* The last line that was said, without its line end. */
static char *last_line(char *said)
{
    size_t bytes = strlen(said);
    while (bytes && said[bytes - 1] == '\n')
        said[--bytes] = 0;
    char *line = strrchr(said, '\n');
    return line ? line + 1 : said;
}

static mi_status status_of(int code)
{
    mi_status status = MI_EUSAGE;
    while (status < MI_STATUSES && tool_exit_code(status) != code)
        status++;
    return status < MI_STATUSES ? status : MI_ELIBRARY;
}

/* What the tool said goes where this one's talk goes; of a failure the last line is the reason. */
static mi_status listen(report *r, FILE *said, const char *tool, int code)
{
    report_text text = {0};
    int c;
    MI_TRY(report_text_open(&text));
    rewind(said);
    while ((c = getc(said)) != EOF)
        putc(c, text.stream);
    mi_status status = MI_OK;
    report_text_of(&text);
    if (code != 0 && *text.text)
        status = mi_fail(status_of(code), "%s", last_line(text.text));
    else if (code != 0)
        status = mi_fail(status_of(code), "%s ended with %d", tool, code);
    else
        fputs(text.text, r->talk.stream);
    report_text_free(&text);
    return status;
}

static void put_command(FILE *f, const step *s, char *const *argv)
{
    fputs(s->tool, f);
    for (size_t k = 1; argv[k]; k++) {
        putc(' ', f);
        opt_quote(f, argv[k]);
    }
    fprintf(f, " >%s\n", s->table);
}

static mi_status take_table(report *r, const step *s, child *c, FILE *out)
{
    mi_table t;
    int code;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "mi-report: runs %s for %s\n", s->tool, s->table);
    MI_TRY(child_run(c, out, &code));
    MI_TRY(listen(r, c->said, s->tool, code));
    rewind(out);
    MI_TRY(mi_table_read(&t, out, s->table));
    MI_TRY(add(r, &t, s->table));
    put_command(r->commands.stream, s, c->argv);
    return MI_OK;
}

/* Run a tool beside this one on addresses; `input` is what it reads from standard input. */
static mi_status take_step(report *r, const step *s, char *const *address, size_t n, FILE *input)
{
    char directory[4096], path[4200], **argv;
    child c = {.input = input, .help = ""};
    size_t used = 0;
    MI_TRY(MI_NEW(argv, n + 4));
    FILE *out = tmpfile();
    tool_directory(directory, sizeof directory);
    snprintf(path, sizeof path, "%s/%s", directory, s->tool);
    argv[used++] = path;
    for (size_t k = 0; k < 2 && s->options[k]; k++)
        argv[used++] = (char *)s->options[k];
    for (size_t k = 0; k < n; k++)
        argv[used++] = address[k];
    c.argv = argv;
    mi_status status =
        out ? child_file_of(&c.said, "")
            : mi_fail(MI_EWRITE, "cannot make a temporary file: %s", strerror(errno));
    if (status == MI_OK)
        status = take_table(r, s, &c, out);
    if (c.said)
        fclose(c.said);
    if (out)
        fclose(out);
    mi_free(argv);
    return status;
}

/* FILE:GROUP of the last row of the bounds. */
static mi_status last_set(report_text *out, const report *r)
{
    const mi_table *t = &report_table_of(r, REPORT_BOUNDS)->table;
    MI_TRY(report_text_open(out));
    fprintf(out->stream, "%s:%s", mi_table_cell(t, t->rows - 1, (size_t)mi_table_has(t, "file")),
            mi_table_cell(t, t->rows - 1, (size_t)mi_table_has(t, "group")));
    report_text_of(out);
    return MI_OK;
}

static mi_status measure(report *r, char *const *address, size_t n, FILE *input)
{
    report_text last = {0};
    mi_status status = take_step(r, &steps[0], address, n, input);
    if (status == MI_OK && !r->is_quick)
        status = last_set(&last, r);
    for (size_t k = 1; status == MI_OK && !r->is_quick && k < sizeof steps / sizeof *steps; k++) {
        const step *s = &steps[k];
        status =
            s->of_last ? take_step(r, s, &last.text, 1, input) : take_step(r, s, address, n, input);
        if (status != MI_OK && status != MI_ENOMEM && status != MI_EWRITE) {
            tool_warn("no %s: %s", s->what, mi_detail());
            status = MI_OK;
        }
    }
    report_text_free(&last);
    return status;
}

/* ---- standard input ---- */

static mi_status spool(FILE **out)
{
    char buffer[1 << 16];
    size_t got;
    *out = tmpfile();
    int failed = !*out;
    while (!failed && (got = fread(buffer, 1, sizeof buffer, stdin)) > 0)
        failed = fwrite(buffer, 1, got, *out) != got;
    if (!failed && fflush(*out) == 0) {
        rewind(*out);
        return ferror(stdin) ? mi_fail(MI_EOPEN, "cannot read standard input: %s", strerror(errno))
                             : MI_OK;
    }
    return mi_fail(MI_EWRITE, "cannot write a temporary file: %s", strerror(errno));
}

static mi_status read_pipe(report *r)
{
    static char *const address[] = {"-"};
    FILE *input;
    mi_table t;
    r->is_piped = 1;
    mi_status status = spool(&input);
    if (status == MI_OK && is_binary(input)) {
        status = measure(r, address, 1, input);
    } else if (status == MI_OK) {
        status = mi_table_read(&t, input, "standard input");
        if (status == MI_OK)
            status = add(r, &t, "table.tsv");
    }
    if (input)
        fclose(input);
    return status;
}

mi_status report_read(report *r, char **address, size_t n)
{
    int features;
    if (n == 0 || (n == 1 && strcmp(address[0], "-") == 0))
        return read_pipe(r);
    MI_TRY(look_at_all(&features, address, n));
    if (features)
        return measure(r, address, n, NULL);
    for (size_t k = 0; k < n; k++)
        MI_TRY(add_file(r, address[k]));
    return MI_OK;
}
