# sensitivity.gp - correlations against the order of the entropy, a panel for each pair of columns. Lines are
# series MI_FIRST to MI_LAST of a panel. Columns of the data: x y low high, the last two nan where there is no interval.
# Tics stand at the values MI_TIC; infinity stands at MI_INFINITE_AT (0: nowhere), beyond a break after MI_LARGEST.

if (MI_INFINITE_AT > 0 && !MI_IS_TEXT) {
    mi_gap_at = MI_LOG_X ? sqrt(MI_LARGEST*MI_INFINITE_AT) : (MI_LARGEST + MI_INFINITE_AT)/2
    set object 1 rectangle center mi_gap_at, graph 0 size char 0.5, char 0.9 fc rgb '#ffffff' fs solid noborder front
    do for [k = 0:1] {
        set label 90 + k '/' at mi_gap_at, graph 0 center offset k - 0.5, 0 front tc rgb '#404040'
    }
}
# Lines of several groups stand side by side, so that their intervals are seen.
mi_step = MI_GROUPS < 6 ? 0.03 : 0.18/MI_GROUPS
mi_shift(s) = MI_IS_TEXT || MI_GROUPS < 2 ? 1 : exp(mi_step*(MI_COLOR_OF[s] - 0.5 - MI_GROUPS/2.0))
set errorbars 0.6
set xzeroaxis lc rgb '#404040' lw 0.5
do for [p = 1:MI_PANELS] {
    eval mi_panel
    plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using ($1*mi_shift(s)):2:(mi_low($3)):(mi_low($4)) with yerrorbars lc rgb mi_color(MI_COLOR_OF[s]) pt 0 lw 0.7, \
         for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using ($1*mi_shift(s)):2 with linespoints lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
}
unset object
unset xzeroaxis
