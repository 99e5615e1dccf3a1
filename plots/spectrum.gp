# spectrum.gp - eigenvalues against their index. Lines are series MI_FIRST to MI_LAST of a panel, coloured along
# the bar where there is one. Columns of the data: x y low high, the last two nan where there is no interval.

set autoscale yfix
set format y MI_Y_SPAN > 0 ? "1e%T" : '%g'
# Less than two decades (MI_X_SPAN, MI_Y_SPAN: how far the values reach on a logarithmic axis) have tics between.
if (MI_Y_SPAN > 0 && MI_Y_SPAN < 100) {
    set format y '%g'
    do for [e = -20:20] { do for [m = 2:5:3] { set ytics add (sprintf('%g', m*10.0**e) m*10.0**e) } }
}
if (MI_X_SPAN > 0 && MI_X_SPAN < 100) {
    do for [e = 0:6] { do for [m = 2:5:3] { set xtics add (sprintf('%g', m*10.0**e) m*10.0**e) } }
}
# Marks at about equal distances on a logarithmic axis.
mi_marked(x) = x <= 1 || floor(5*log10(x)) > floor(5*log10(x - 1))
do for [p = 1:MI_PANELS] {
    set origin mi_panel_x(p), mi_panel_y(p)
    set size mi_panel_width, mi_panel_height
    set title mi_above(p)
    set xlabel MI_XLABEL[p]
    set ylabel mi_beside(MI_YLABEL)
    if (MI_XSTEP[p] > 0) { set xtics MI_XSTEP[p] }
    if (MI_BAR) {
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with lines lc palette cb MI_SHADE_OF[s]
    } else {
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with lines lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]), \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_marked($1) ? $2 : NaN) with points lc rgb mi_color(MI_COLOR_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
    }
}
