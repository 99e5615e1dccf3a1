# scatter.gp - points of each set, error bars, the fitted line. Sets are series MI_FIRST to MI_LAST of a panel,
# the line is series MI_FIT (0: none), drawn below them.
# Columns of the data: x y low high, the last two (of x) nan where there is no interval.

do for [p = 1:MI_PANELS] {
    set origin mi_panel_x(p), mi_panel_y(p)
    set size mi_panel_width, mi_panel_height
    set title mi_above(p)
    set xlabel MI_XLABEL[p]
    set ylabel mi_beside(MI_YLABEL)
    if (MI_XSTEP[p] > 0) { set xtics MI_XSTEP[p] }
    plot MI_DATA index (MI_FIT[p] ? MI_FIT[p]-1 : 0) using (MI_FIT[p] ? $1 : NaN):2 with lines lc rgb mi_color(0) dt mi_dash(2), \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2:3:4 with xerrorbars lc rgb mi_color(MI_COLOR_OF[s]) pt 0 lw 0.7, \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with points lc rgb mi_color(MI_COLOR_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
}
