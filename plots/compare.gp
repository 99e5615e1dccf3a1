# compare.gp - differences with their intervals, at the names of terms or orders MI_TIC, and a line at no difference.
# Pairs are series MI_FIRST to MI_LAST of a panel. Columns of the data: x y low high, the last two nan where there is
# no interval.

set errorbars 0.6
set xzeroaxis lt 1 lc rgb '#404040' lw 0.7
do for [p = 1:MI_PANELS] {
    eval mi_panel
    plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using ($1 + MI_SHIFT_OF[s]):2:(mi_bar(s, $3)):(mi_bar(s, $4)) with yerrorbars lc rgb mi_color(MI_COLOR_OF[s]) pt 0 lw 0.7, \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using ($1 + MI_SHIFT_OF[s]):2 with points lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
}
unset xzeroaxis
