#!/bin/sh
# What the templates and their values define for gnuplot starts with mi_ or MI_: gnuplot 6 got a function `join` of its
# own, and the next release may have any other name. The MI_ names that libmi/plot and mi-plot write are those of the table
# at the head of style.gp.
set -eu
others=$(sed -E "s/'[^']*'//g; s/^ *#.*//" "$1"/plots/*.gp |
    grep -oE '^[[:space:]]*(array )?[A-Za-z_][A-Za-z_0-9]*(\([a-z, ]*\)|\[[0-9A-Z_]*\])? *=[^=]|\{ [A-Za-z_]+ = ' |
    grep -vE '^[[:space:]{]*(array )?(mi_|MI_)' || true)
others="$others$(sed -nE '/fprintf\(p->values|fprintf\(memory|put_number|put_fitting|mi_plot_put_(text|name)/p' "$1"/libmi/plot/*.c "$1"/tools/mi-plot.c "$1"/tools/chart.c |
    grep -oE '(["; ]|\\n)(array )?[A-Z][A-Z_0-9]+(\[%zu\])? = ' | grep -v MI_ || true)"
if [ -n "$others" ]; then
    echo "defined without the prefix:" "$others"
    exit 1
fi

written=$(grep -ohE '"([^"\\]|\\.)*"' "$1"/libmi/plot/*.c "$1"/tools/mi-plot.c "$1"/tools/chart.c | sed 's/\\n/ /g' |
    grep -oE '\bMI_[A-Z][A-Z0-9_]*' | sort -u)
listed=$(sed -nE 's/^#   (MI_[A-Z0-9_]+) .*/\1/p' "$1"/plots/style.gp | sort -u)
bad=0
for name in $written; do
    echo "$listed" | grep -qx "$name" || { echo "$name: written, not in the table of plots/style.gp"; bad=1; }
done
for name in $listed; do
    echo "$written" | grep -qx "$name" || { echo "$name: in the table of plots/style.gp, not written"; bad=1; }
done
exit $bad
