# plane.gp - the information plane: points of each run joined in order, coloured along the bar. Runs are
# series FIRST to LAST of a panel. Columns of the data: x y x_low x_high y_low y_high and what colours.

set errorbars 0
do for [p = 1:PANELS] {
    set origin panel_x(p), panel_y(p)
    set size panel_width, panel_height
    set title above(p)
    set xlabel XLABEL[p]
    set ylabel beside(YLABEL)
    if (XSTEP[p] > 0) { set xtics XSTEP[p] }
    if (IS_TEXT && FIRST[p] == LAST[p]) {
        plot DATA index FIRST[p]-1 using 1:2:(sprintf('%g', $7)) with labels
    } else {
        plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(low($2)):3:4:5:6 with xyerrorbars lc rgb '#c0c0c0' pt -1 lw 0.5, \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(low($2)) with lines lc rgb '#808080' dt dash(DASH_OF[s]) lw 0.7, \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(BAR ? NaN : $2) with points lc rgb color(0) pt mark(MARK_OF[s]) ps MARK_SIZE*1.2, \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(BAR ? $2 : NaN):7 with points lc palette pt mark(MARK_OF[s]) ps MARK_SIZE*1.2
    }
}
