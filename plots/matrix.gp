# matrix.gp - a number of each pair of sets as a coloured cell, with its value in it. A panel is one block, MI_FIRST;
# columns of the data: x y value, y counted from above. Rows are named MI_LINE_TEXT, columns MI_TIC_TEXT. What has no value is
# grey, what the table has not is left white.

set border 0
unset grid
set xtics scale 0
set ytics scale 0
set cbrange [MI_CELL_LOW:MI_CELL_HIGH]
set style fill solid noborder
# White letters up to the middle of the scale, where it is dark, black ones beyond.
mi_is_dark(v) = v < MI_CELL_LOW + 0.5*(MI_CELL_HIGH - MI_CELL_LOW)
mi_bare(s) = MI_CELL_SHOWN < 2 ? s : s[1:2] eq '0.' ? s[2:] : s[1:3] eq '-0.' ? '-'.s[3:] : s
mi_cell(v) = mi_bare(sprintf(MI_CELL_FORMAT, v))
mi_inside(v) = v < MI_CELL_LOW ? MI_CELL_LOW : v > MI_CELL_HIGH ? MI_CELL_HIGH : v
# A point whose column 3 is looked at as a number is not drawn where that is nan: it is looked at as a text first. And what is
# not written is an empty text, since of a single label that is not there gnuplot 5.4 makes a crash.
mi_letters(v, dark) = MI_CELL_SHOWN && mi_is_dark(v) == dark ? mi_cell(v) : ''
do for [p = 1:MI_PANELS] {
    eval mi_panel
    set xrange [0.5:MI_TICS + 0.5]
    set yrange [MI_LINES + 0.5:0.5]
    set ytics ()
    do for [k = 1:MI_LINES] { set ytics add (MI_LINE_TEXT[k] k) }
    if (MI_IS_TEXT) {
        plot MI_DATA index MI_FIRST[p]-1 using 1:2:(strcol(3) eq 'nan' ? '-' : mi_cell($3)) with labels
    } else {
        plot MI_DATA index MI_FIRST[p]-1 using 1:2:(0.48):(0.48):(mi_inside($3)) with boxxyerror fc palette, \
             MI_DATA index MI_FIRST[p]-1 using 1:(strcol(3) eq 'nan' ? $2 : NaN):(0.48):(0.48) with boxxyerror fc rgb '#d0d0d0', \
             MI_DATA index MI_FIRST[p]-1 using 1:2:(strcol(3) eq 'nan' ? '' : mi_letters($3, 1)) with labels font MI_SMALL tc rgb '#ffffff', \
             MI_DATA index MI_FIRST[p]-1 using 1:2:(strcol(3) eq 'nan' ? '' : mi_letters($3, 0)) with labels font MI_SMALL tc rgb '#000000'
    }
    unset label 80
}
