#include "sink.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static mi_attr first_attr[] = {
    {.name = "zeta", .type = MI_ATTR_TEXT, .text = "tab\there\nback\\slash"},
    {.name = "lambda", .type = MI_ATTR_REAL, .real = 0.10000000149011612, .text = "0.1"},
    {.name = "epoch", .type = MI_ATTR_INTEGER, .integer = 10, .real = 10},
};
static mi_attr second_attr[] = {
    {.name = "Alpha", .type = MI_ATTR_REAL, .real = 0.25},
    {.name = "epoch", .type = MI_ATTR_INTEGER, .integer = -3, .real = -3},
    {.name = "alpha", .type = MI_ATTR_REAL, .real = -INFINITY},
};
const mi_set sink_set[] = {
    {.file = "a.h5", .group = "/", .attr = first_attr, .n_attr = 3},
    {.file = "b\x1b[31m.h5", .group = "/e", .attr = second_attr, .n_attr = 3},
};

/* Features that nobody opens: the functions below stand in for theirs. */
const mi_features *const sink_features = (const mi_features *)(const void *)sink_set;

size_t mi_features_count(const mi_features *f)
{
    (void)f;
    return sizeof sink_set / sizeof *sink_set;
}

const mi_set *mi_features_set(const mi_features *f, size_t i)
{
    (void)f;
    return &sink_set[i];
}

void sink_open(sink *s, mi_table_format format, int digits)
{
    *s = (sink){0};
    s->stream = open_memstream(&s->text, &s->bytes);
    assert_int_equal(mi_table_writer_new(&s->w, s->stream, format, digits), MI_OK);
}

void sink_expect(sink *s, const char *wanted)
{
    mi_table_writer_free(s->w);
    fclose(s->stream);
    assert_string_equal(s->text, wanted);
    free(s->text);
}

void sink_two_sets(sink *s)
{
    mi_table_writer *w = s->w;
    assert_int_equal(mi_table_column(w, "file"), MI_OK);
    assert_int_equal(mi_table_column(w, "group"), MI_OK);
    assert_int_equal(mi_table_attr_columns(w, sink_features), MI_OK);
    assert_int_equal(mi_table_column(w, "alpha"), MI_OK);
    assert_int_equal(mi_table_column(w, "lower"), MI_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(mi_table_text(w, "file", sink_set[i].file), MI_OK);
        assert_int_equal(mi_table_text(w, "group", sink_set[i].group), MI_OK);
        assert_int_equal(mi_table_attrs(w, &sink_set[i]), MI_OK);
        assert_int_equal(mi_table_int(w, "alpha", 2), MI_OK);
        if (i == 0)
            assert_int_equal(mi_table_real(w, "lower", 2.0 / 3), MI_OK);
        assert_int_equal(mi_table_end_row(w), MI_OK);
    }
    assert_int_equal(mi_table_end(w), MI_OK);
}
