# spectrum.gp - eigenvalues against their index. Lines are series FIRST to LAST of a panel, coloured along
# the bar where there is one. Columns of the data: x y low high, the last two nan where there is no interval.

set autoscale yfix
set format y Y_SPAN > 0 ? "1e%T" : '%g'
# Less than two decades (X_SPAN, Y_SPAN: how far the values reach on a logarithmic axis) have tics between.
if (Y_SPAN > 0 && Y_SPAN < 100) {
    set format y '%g'
    do for [e = -20:20] { do for [m = 2:5:3] { set ytics add (sprintf('%g', m*10.0**e) m*10.0**e) } }
}
if (X_SPAN > 0 && X_SPAN < 100) {
    do for [e = 0:6] { do for [m = 2:5:3] { set xtics add (sprintf('%g', m*10.0**e) m*10.0**e) } }
}
# Marks at about equal distances on a logarithmic axis.
marked(x) = x <= 1 || floor(5*log10(x)) > floor(5*log10(x - 1))
do for [p = 1:PANELS] {
    set origin panel_x(p), panel_y(p)
    set size panel_width, panel_height
    set title above(p)
    set xlabel XLABEL[p]
    set ylabel beside(YLABEL)
    if (XSTEP[p] > 0) { set xtics XSTEP[p] }
    if (BAR) {
        plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:2 with lines lc palette cb SHADE_OF[s]
    } else {
        plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(low($3)):4 with filledcurves fc rgb color(COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:2 with lines lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]), \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using 1:(marked($1) ? $2 : NaN) with points lc rgb color(COLOR_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE
    }
}
