# sweep.gp - lines against what was swept over. The left axis has series MI_FIRST to MI_SPLIT of a panel, the
# right one MI_SPLIT + 1 to MI_LAST. Columns of the data: x y low high, the last two nan where there is no interval.
# Tics stand at the values MI_TIC. On a logarithmic axis 0 stands at MI_ZERO_AT, left of a break.

mi_has_zero = exists('MI_ZERO_AT') && MI_ZERO_AT > 0
mi_place(x) = mi_has_zero && x == 0 ? MI_ZERO_AT : x
mi_first_above = NaN
if (exists('MI_TICS')) {
    set xtics ()
    do for [k = 1:MI_TICS] {
        set xtics add (MI_TIC_TEXT[k] mi_place(MI_TIC[k]))
        if (MI_TIC[k] > 0 && !(mi_first_above == mi_first_above)) { mi_first_above = MI_TIC[k] }
    }
    if (MI_TICS == 0) {
        set xtics auto
        if (mi_has_zero) {
            unset mxtics
            set xtics add ("0" MI_ZERO_AT)
        }
    }
}
# The break of the axis: a gap between two strokes, half-way (in logarithms) between 0 and what follows.
if (mi_has_zero && !MI_IS_TEXT) {
    mi_gap_at = MI_ZERO_AT*(mi_first_above == mi_first_above ? sqrt(mi_first_above/MI_ZERO_AT) : 1.3)
    set object 1 rectangle center mi_gap_at, graph 0 size char 0.5, char 0.9 fc rgb '#ffffff' fs solid noborder front
    do for [k = 0:1] {
        set label 90 + k '/' at mi_gap_at, graph 0 center offset k - 0.5, 0 front tc rgb '#404040'
    }
}
do for [p = 1:MI_PANELS] {
    set origin mi_panel_x(p), mi_panel_y(p)
    set size mi_panel_width, mi_panel_height
    set title mi_above(p)
    set xlabel MI_XLABEL[p]
    set ylabel mi_beside(MI_YLABEL)
    if (MI_XSTEP[p] > 0 && !(exists('MI_TICS') && MI_TICS > 0)) { set xtics MI_XSTEP[p] }
    mi_has_right = MI_LAST[p] > MI_SPLIT[p]
    set border mi_has_right ? 11 : 3
    unset y2tics
    set y2label
    if (mi_has_right) {
        set y2tics
        set y2label mi_beside(MI_Y2LABEL)
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using (mi_place($1)):(s > MI_SPLIT[p] ? NaN : mi_low($3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using (mi_place($1)):(s > MI_SPLIT[p] ? mi_low($3) : NaN):4 axes x1y2 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = MI_FIRST[p]:MI_SPLIT[p]] MI_DATA index s-1 using (mi_place($1)):2 with linespoints lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE pi MI_EVERY_OF[s], \
             for [s = MI_SPLIT[p]+1:MI_LAST[p]] MI_DATA index s-1 using (mi_place($1)):2 axes x1y2 with linespoints lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE pi MI_EVERY_OF[s]
    } else {
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using (mi_place($1)):(mi_low($3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using (mi_place($1)):2 with linespoints lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE pi MI_EVERY_OF[s]
    }
}
unset object
