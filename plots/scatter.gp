# scatter.gp - points of each set, error bars, the fitted line. Sets are series MI_FIRST to MI_LAST of a panel,
# the line is series MI_FIT (0: none), drawn below them.
# Columns of the data: x y x_low x_high y_low y_high, the ends nan where there is no interval.

set errorbars 0.6
do for [p = 1:MI_PANELS] {
    eval mi_panel
    plot MI_DATA index (MI_FIT[p] ? MI_FIT[p]-1 : 0) using (MI_FIT[p] ? $1 : NaN):2 with lines lt mi_pen(2, 0) lc rgb mi_color(0) dt mi_dash(2), \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($2)):3:4 with xerrorbars lc rgb mi_color(MI_COLOR_OF[s]) pt 0 lw 0.7, \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($2)):5:6 with yerrorbars lc rgb mi_color(MI_COLOR_OF[s]) pt 0 lw 0.7, \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with points lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
}
