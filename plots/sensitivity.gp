# sensitivity.gp - correlations against the order of the entropy, a panel for each pair of columns. Lines are
# series FIRST to LAST of a panel. Columns of the data: x y low high, the last two nan where there is no interval.
# Tics stand at the values TIC; infinity stands at INFINITE_AT (0: nowhere), beyond a break after LARGEST.

if (exists('TICS') && TICS > 0) {
    set xtics ()
    do for [k = 1:TICS] { set xtics add (TIC_TEXT[k] TIC[k]) }
}
if (INFINITE_AT > 0 && !IS_TEXT) {
    gap_at = sqrt(LARGEST*INFINITE_AT)
    set object 1 rectangle center gap_at, graph 0 size char 0.5, char 0.9 fc rgb '#ffffff' fs solid noborder front
    do for [k = 0:1] {
        set label 90 + k '/' at gap_at, graph 0 center offset k - 0.5, 0 front tc rgb '#404040'
    }
}
# Lines of several groups stand side by side, so that their intervals are seen.
step = GROUPS < 6 ? 0.03 : 0.18/GROUPS
shift(s) = IS_TEXT || GROUPS < 2 ? 1 : exp(step*(COLOR_OF[s] - 0.5 - GROUPS/2.0))
set errorbars 0.6
set xzeroaxis lc rgb '#404040' lw 0.5
do for [p = 1:PANELS] {
    set origin panel_x(p), panel_y(p)
    set size panel_width, panel_height
    set title above(p)
    set xlabel XLABEL[p]
    set ylabel beside(YLABEL)
    plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using ($1*shift(s)):2:(low($3)):4 with yerrorbars lc rgb color(COLOR_OF[s]) pt -1 lw 0.7, \
         for [s = FIRST[p]:LAST[p]] DATA index s-1 using ($1*shift(s)):2 with linespoints lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE
}
unset object
unset xzeroaxis
