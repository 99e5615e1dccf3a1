# learning.gp - lines against how many instances they are of, a panel for each feature set. Lines are series
# MI_FIRST to MI_LAST of a panel. Columns of the data: x y low high, the last two nan where there is no interval.
# Tics stand at the values MI_TIC.

if (exists('MI_TICS') && MI_TICS > 0) {
    set xtics ()
    do for [k = 1:MI_TICS] { set xtics add (MI_TIC_TEXT[k] MI_TIC[k]) }
}
do for [p = 1:MI_PANELS] {
    set origin mi_panel_x(p), mi_panel_y(p)
    set size mi_panel_width, mi_panel_height
    set title mi_above(p)
    set xlabel MI_XLABEL[p]
    set ylabel mi_beside(MI_YLABEL)
    plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with linespoints lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
}
