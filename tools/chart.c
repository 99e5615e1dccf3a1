#include "chart.h"

#include <stdlib.h>

#include "gnuplot.h"
#include "template.h"

mi_status chart_put_script(FILE *out, const mi_plot *plot, size_t kind, const char *template)
{
    char name[64];
    snprintf(name, sizeof name, "%s.gp", mi_plot_kind_name(kind));
    fprintf(out, "\n%s\n", plot->values);
    MI_TRY(template_copy(out, "style.gp"));
    putc('\n', out);
    MI_TRY(template ? template_copy_file(out, template) : template_copy(out, name));
    putc('\n', out);
    return template_copy(out, "key.gp");
}

mi_status chart_draw(FILE *out, const char *out_name, const mi_plot *plot, size_t kind,
                     const chart_form *form)
{
    char *script = NULL;
    size_t bytes;
    FILE *memory = open_memstream(&script, &bytes);
    if (!memory)
        return mi_fail(MI_ENOMEM, "out of memory for a script");
    fprintf(memory, "MI_FORMAT = '%s'\nMI_DATA = '%s'\n", form->name, GNUPLOT_DATA);
    mi_status status = chart_put_script(memory, plot, kind, form->template);
    fclose(memory);
    if (status == MI_OK)
        status = gnuplot_draw(script, plot->data, form->terminal, out, out_name);
    free(script);
    return status;
}
