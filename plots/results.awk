# awk -F '\t' -v to=FOLDER -f results.awk README: see results.sh.
BEGIN {
    # Student's t at 0.975 of 1, 2, ... degrees of freedom.
    split("12.706 4.303 3.182 2.776 2.571 2.447 2.365 2.306 2.262", quantile, " ")
}
/^<!-- end -->$/ { skips = 0 }
!skips { print }
/^<!-- correlations [^ ]* -->$/ { split($0, word, " "); correlations(to "/" word[3]); skips = 1 }
/^<!-- means [^ ]* [^ ]* -->$/ { split($0, word, " "); means(to "/" word[3], word[4]); skips = 1 }

# ---- a table, row by row ----

function open_table(path,    k, n, name) {
    delete at
    if ((getline line < path) <= 0) {
        print path ": cannot be read" >"/dev/stderr"
        exit 1
    }
    n = split(line, name, "\t")
    for (k = 1; k <= n; k++)
        at[name[k]] = k
}
function next_row(path) { return (getline line < path) > 0 && split(line, cell, "\t") }
function of(name) { return cell[at[name]] }

# ---- correlations ----

function bracket(x, low, high) {
    return x == "nan" ? "none" : low == "nan" ? sprintf("%.2f", x) : sprintf("%.2f (%.2f to %.2f)", x, low, high)
}
function share(p) { return p == "nan" ? "none" : p < 0.00015 ? "0.0001" : sprintf("%.2g", p) }
function within(    by) {
    by = of("by") == "nan" ? "" : of("by")
    return of("given") == "nan" ? by : by (by ? ", " : "") "given `" of("given") "`"
}
function correlations(path,    what) {
    open_table(path)
    print "| x | y | | Pearson, 95 % | p | Spearman, 95 % | n |"
    print "|:--|:--|:--|:-:|--:|:-:|--:|"
    while (next_row(path))
        printf "| `%s` | `%s` | %s | %s | %s | %s | %d |\n", of("x"), of("y"), within(),
            bracket(of("pearson"), of("pearson_lo"), of("pearson_hi")), share(of("pearson_p")),
            bracket(of("spearman"), of("spearman_lo"), of("spearman_hi")), of("n")
    close(path)
}

# ---- means ----

function means(path, column,    n, k, value, level, list) {
    open_table(path)
    delete runs; delete sum; delete square
    n = 0
    split("accuracy I_Z1_Z2 I_Z1_R lower upper", list, " ")
    while (next_row(path)) {
        value = of(column)
        if (!(value in runs))
            level[++n] = value
        runs[value]++
        for (k = 1; k <= 5; k++) {
            sum[value, k] += of(list[k])
            square[value, k] += of(list[k]) ^ 2
        }
    }
    close(path)
    printf "| %s | seeds | accuracy | I(Z1;Z2) | I(Z1;R) | lower | upper |\n", column
    print "|:--|--:|:-:|:-:|:-:|:-:|:-:|"
    for (k = 1; k <= n; k++)
        printf "| %s | %d | %s | %s | %s | %s | %s |\n", level[k], runs[level[k]], mean(level[k], 1), mean(level[k], 2),
            mean(level[k], 3), mean(level[k], 4), mean(level[k], 5)
}
function mean(value, k,    m, variance) {
    m = sum[value, k] / runs[value]
    if (runs[value] < 2)
        return sprintf("%.3f", m)
    variance = (square[value, k] - runs[value] * m ^ 2) / (runs[value] - 1)
    return sprintf("%.3f ± %.3f", m, quantile[runs[value] - 1] * sqrt((variance > 0 ? variance : 0) / runs[value]))
}
