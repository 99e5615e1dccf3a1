# trend.gp - lines against the epoch. The left axis has series FIRST to SPLIT of a panel, the right one
# SPLIT + 1 to LAST. Columns of the data: x y low high, the last two nan where there is no interval.

do for [p = 1:PANELS] {
    set origin panel_x(p), panel_y(p)
    set size panel_width, panel_height
    set title above(p)
    set xlabel XLABEL[p]
    set ylabel beside(YLABEL)
    if (XSTEP[p] > 0) { set xtics XSTEP[p] }
    if (LAST[p] > SPLIT[p]) {
        set border 11
        set y2tics
        set y2label beside(Y2LABEL)
        plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(s > SPLIT[p] ? NaN : low($3)):4 with filledcurves fc rgb color(COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(s > SPLIT[p] ? low($3) : NaN):4 axes x1y2 with filledcurves fc rgb color(COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = FIRST[p]:SPLIT[p]] DATA index s-1 using 1:2 with linespoints lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE pi EVERY_OF[s], \
             for [s = SPLIT[p]+1:LAST[p]] DATA index s-1 using 1:2 axes x1y2 with linespoints lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE pi EVERY_OF[s]
    } else {
        plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(low($3)):4 with filledcurves fc rgb color(COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:2 with linespoints lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE pi EVERY_OF[s]
    }
}
