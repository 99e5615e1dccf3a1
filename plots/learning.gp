# learning.gp - lines against how many instances they are of, a panel for each feature set. Lines are series
# FIRST to LAST of a panel. Columns of the data: x y low high, the last two nan where there is no interval.
# Tics stand at the values TIC.

if (exists('TICS') && TICS > 0) {
    set xtics ()
    do for [k = 1:TICS] { set xtics add (TIC_TEXT[k] TIC[k]) }
}
do for [p = 1:PANELS] {
    set origin panel_x(p), panel_y(p)
    set size panel_width, panel_height
    set title above(p)
    set xlabel XLABEL[p]
    set ylabel beside(YLABEL)
    plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(low($3)):4 with filledcurves fc rgb color(COLOR_OF[s]) fs transparent solid 0.2 noborder, \
         for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:2 with linespoints lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE
}
