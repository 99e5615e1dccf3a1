# sweep.gp - lines against what was swept over. The left axis has series MI_FIRST to MI_SPLIT of a panel, the
# right one MI_SPLIT + 1 to MI_LAST. Columns of the data: x y low high, the last two nan where there is no interval.
# Tics stand at the values MI_TIC. On a logarithmic axis 0 stands at MI_ZERO_AT, left of a break.

mi_has_zero = MI_ZERO_AT > 0
mi_place(x) = mi_has_zero && x == 0 ? MI_ZERO_AT : x
mi_first_above = NaN
do for [k = 1:MI_TICS] {
    if (MI_TIC[k] == 0 && mi_has_zero) { set xtics add (MI_TIC_TEXT[k] MI_ZERO_AT) }
    if (MI_TIC[k] > 0 && !(mi_first_above == mi_first_above)) { mi_first_above = MI_TIC[k] }
}
if (MI_TICS == 0 && mi_has_zero) {
    unset mxtics
    set xtics add ("0" MI_ZERO_AT)
}
# The break of the axis: a gap between two strokes, half-way (in logarithms) between 0 and what follows.
if (mi_has_zero && !MI_IS_TEXT) {
    mi_gap_at = MI_ZERO_AT*(mi_first_above == mi_first_above ? sqrt(mi_first_above/MI_ZERO_AT) : 1.3)
    set object 1 rectangle center mi_gap_at, graph 0 size char 0.5, char 0.9 fc rgb '#ffffff' fs solid noborder front
    do for [k = 0:1] {
        set label 90 + k '/' at mi_gap_at, graph 0 center offset k - 0.5, 0 front tc rgb '#404040'
    }
}
if (MI_INFINITE_AT > 0 && !MI_IS_TEXT) {
    mi_far_at = MI_LOG_X ? sqrt(MI_LARGEST*MI_INFINITE_AT) : (MI_LARGEST + MI_INFINITE_AT)/2
    set object 2 rectangle center mi_far_at, graph 0 size char 0.5, char 0.9 fc rgb '#ffffff' fs solid noborder front
    do for [k = 0:1] {
        set label 92 + k '/' at mi_far_at, graph 0 center offset k - 0.5, 0 front tc rgb '#404040'
    }
}
# Points of several series at one name stand side by side.
mi_aside(s, x) = MI_DASH_OF[s] ? mi_place(x) : mi_place(x) + MI_SHIFT_OF[s]
# A point beyond a break has no neighbour that a band could reach to: its interval is a bar.
mi_is_alone(x) = !MI_IS_TEXT && (mi_has_zero && x == 0 || MI_INFINITE_AT > 0 && x >= MI_INFINITE_AT)
mi_end(s, x, end) = mi_is_alone(x) ? end : mi_bar(s, end)
set errorbars 0.6
do for [p = 1:MI_PANELS] {
    eval mi_panel
    eval mi_right
    plot for [s = MI_FIRST[p]:MI_SPLIT[p]] MI_DATA index s-1 using (mi_place($1)):(mi_band(s, $3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
         for [s = MI_SPLIT[p]+1:MI_LAST[p]] MI_DATA index s-1 using (mi_place($1)):(mi_band(s, $3)):4 axes x1y2 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
         for [s = MI_FIRST[p]:MI_SPLIT[p]] MI_DATA index s-1 using (mi_aside(s, $1)):2:(mi_end(s, $1, $3)):(mi_end(s, $1, $4)) with yerrorbars lc rgb mi_color(MI_COLOR_OF[s]) pt 0 lw 0.7, \
         for [s = MI_SPLIT[p]+1:MI_LAST[p]] MI_DATA index s-1 using (mi_aside(s, $1)):2:(mi_end(s, $1, $3)):(mi_end(s, $1, $4)) axes x1y2 with yerrorbars lc rgb mi_color(MI_COLOR_OF[s]) pt 0 lw 0.7, \
         for [s = MI_FIRST[p]:MI_SPLIT[p]] MI_DATA index s-1 using (mi_place($1)):(mi_line(s, $2)) with lines lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]), \
         for [s = MI_SPLIT[p]+1:MI_LAST[p]] MI_DATA index s-1 using (mi_place($1)):(mi_line(s, $2)) axes x1y2 with lines lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]), \
         for [s = MI_FIRST[p]:MI_SPLIT[p]] MI_DATA index s-1 using (mi_aside(s, $1)):2 every MI_EVERY_OF[s] with points lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE, \
         for [s = MI_SPLIT[p]+1:MI_LAST[p]] MI_DATA index s-1 using (mi_aside(s, $1)):2 every MI_EVERY_OF[s] axes x1y2 with points lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
}
unset object
