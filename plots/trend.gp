# trend.gp - lines against the epoch. The left axis has series MI_FIRST to MI_SPLIT of a panel, the right one
# MI_SPLIT + 1 to MI_LAST. Columns of the data: x y low high, the last two nan where there is no interval.

do for [p = 1:MI_PANELS] {
    set origin mi_panel_x(p), mi_panel_y(p)
    set size mi_panel_width, mi_panel_height
    set title mi_above(p)
    set xlabel MI_XLABEL[p]
    set ylabel mi_beside(MI_YLABEL)
    if (MI_XSTEP[p] > 0) { set xtics MI_XSTEP[p] }
    if (MI_LAST[p] > MI_SPLIT[p]) {
        set border 11
        set y2tics
        set y2label mi_beside(MI_Y2LABEL)
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(s > MI_SPLIT[p] ? NaN : mi_low($3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(s > MI_SPLIT[p] ? mi_low($3) : NaN):4 axes x1y2 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = MI_FIRST[p]:MI_SPLIT[p]] MI_DATA index s-1 using 1:2 with linespoints lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE pi MI_EVERY_OF[s], \
             for [s = MI_SPLIT[p]+1:MI_LAST[p]] MI_DATA index s-1 using 1:2 axes x1y2 with linespoints lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE pi MI_EVERY_OF[s]
    } else {
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with linespoints lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE pi MI_EVERY_OF[s]
    }
}
