# scatter.gp - points of each set, error bars, the fitted line. Sets are series FIRST to LAST of a panel,
# the line is series FIT (0: none), drawn below them.
# Columns of the data: x y low high, the last two (of x) nan where there is no interval.

do for [p = 1:PANELS] {
    set origin panel_x(p), panel_y(p)
    set size panel_width, panel_height
    set title above(p)
    set xlabel XLABEL[p]
    set ylabel beside(YLABEL)
    if (XSTEP[p] > 0) { set xtics XSTEP[p] }
    plot DATA index (FIT[p] ? FIT[p]-1 : 0) using (FIT[p] ? $1 : NaN):2 with lines lc rgb color(0) dt dash(2), \
         for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:2:3:4 with xerrorbars lc rgb color(COLOR_OF[s]) pt -1 lw 0.7, \
         for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:2 with points lc rgb color(COLOR_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE
}
