# learning.gp - lines against how many instances they are of, a panel for each feature set. Lines are series
# MI_FIRST to MI_LAST of a panel. Columns of the data: x y low high, the last two nan where there is no interval.

do for [p = 1:MI_PANELS] {
    eval mi_panel
    plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_band(s, $3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with linespoints lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
}
