/* The part of a report that has its tables: what was found, what was read, and all of it to take away. */
#include <string.h>

#include "report.h"

/* As the tools write it, in the address of a link. */
static mi_status put_data(FILE *page, const report_table *t)
{
    report_text text = {0};
    mi_table_writer *w = NULL;
    mi_status status;
    MI_TRY(report_text_open(&text));
    MI_TRY_GOTO(status, mi_table_writer_new(&w, text.stream, MI_TABLE_TSV, 17), done);
    for (size_t k = 0; k < t->table.columns; k++)
        MI_TRY_GOTO(status, mi_table_column(w, t->table.name[k]), done);
    for (size_t row = 0; row < t->table.rows; row++) {
        for (size_t k = 0; k < t->table.columns; k++)
            MI_TRY_GOTO(status,
                        mi_table_text(w, t->table.name[k], mi_table_cell(&t->table, row, k)), done);
        MI_TRY_GOTO(status, mi_table_end_row(w), done);
    }
    MI_TRY_GOTO(status, mi_table_end(w), done);
    fputs("<li><a download=\"", page);
    mi_html_put(page, t->name);
    fputs("\" href=\"data:text/tab-separated-values;charset=utf-8,", page);
    for (const char *c = report_text_of(&text); *c; c++)
        fprintf(page,
                strchr("%\"'<>&#\t\n\r ", *c) || (unsigned char)*c < 33 || *c & 0x80 ? "%%%02X"
                                                                                     : "%c",
                (unsigned char)*c);
    fputs("\">", page);
    mi_html_put(page, t->name);
    fprintf(page, "</a>, %zu rows of %zu columns</li>\n", t->table.rows, t->table.columns);
done:
    mi_table_writer_free(w);
    report_text_free(&text);
    return status;
}

static mi_status put_read(FILE *page, const report *r)
{
    static const char *const title[] = {NULL, "Learning curve, all sizes", "Effective ranks",
                                        NULL, "Correlations, as read",     "Differences",
                                        NULL};
    for (size_t k = 0; k < r->tables; k++) {
        const report_table *t = &r->table[k];
        if (t->kind == REPORT_BOUNDS || t->kind == REPORT_EIGENVALUES)
            continue;
        const char *heading = title[t->kind] ? title[t->kind] : t->name;
        fputs("<h3>", page);
        mi_html_put(page, heading);
        fputs("</h3>\n", page);
        MI_TRY(report_put_table(page, &t->table, REPORT_ALL_COLUMNS, r->level, heading));
    }
    return MI_OK;
}

mi_status report_put_tables(FILE *page, const report *r)
{
    if (r->verdict)
        report_put_verdicts(page, r);
    report_put_correlations(page, r);
    if (r->bounds_name) {
        fputs("<h3>Quantities and bounds</h3>\n", page);
        MI_TRY(report_put_table(page, &r->bounds, REPORT_WITHOUT_DECOMPOSED, r->level,
                                "Quantities and bounds"));
    }
    if (r->verdict) {
        fputs("<h3>What the bounds are made of</h3>\n", page);
        MI_TRY(report_put_table(page, &r->bounds, REPORT_DECOMPOSED, r->level,
                                "What the bounds are made of"));
    }
    report_put_curves(page, r);
    MI_TRY(put_read(page, r));
    fputs("<h3>Data</h3>\n<ul>\n", page);
    for (size_t k = 0; k < r->tables; k++)
        MI_TRY(put_data(page, &r->table[k]));
    fputs("</ul>\n", page);
    return MI_OK;
}
