# plane.gp - the information plane: points of each run joined in order, coloured along the bar. Runs are
# series MI_FIRST to MI_LAST of a panel. Columns of the data: x y x_low x_high y_low y_high and what colours.

set errorbars 0
do for [p = 1:MI_PANELS] {
    set origin mi_panel_x(p), mi_panel_y(p)
    set size mi_panel_width, mi_panel_height
    set title mi_above(p)
    set xlabel MI_XLABEL[p]
    set ylabel mi_beside(MI_YLABEL)
    if (MI_XSTEP[p] > 0) { set xtics MI_XSTEP[p] }
    if (MI_IS_TEXT && MI_FIRST[p] == MI_LAST[p]) {
        plot MI_DATA index MI_FIRST[p]-1 using 1:2:(sprintf('%g', $7)) with labels
    } else {
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($2)):3:4:5:6 with xyerrorbars lc rgb '#c0c0c0' pt 0 lw 0.5, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($2)) with lines lc rgb '#808080' dt mi_dash(MI_DASH_OF[s]) lw 0.7, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(MI_BAR ? NaN : $2) with points lc rgb mi_color(0) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE*1.2, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(MI_BAR ? $2 : NaN):7 with points lc palette pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE*1.2
    }
}
