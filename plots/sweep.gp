# sweep.gp - lines against what was swept over. The left axis has series FIRST to SPLIT of a panel, the
# right one SPLIT + 1 to LAST. Columns of the data: x y low high, the last two nan where there is no interval.
# Tics stand at the values TIC. On a logarithmic axis 0 stands at ZERO_AT, left of a break.

has_zero = exists('ZERO_AT') && ZERO_AT > 0
place(x) = has_zero && x == 0 ? ZERO_AT : x
first_above = NaN
if (exists('TICS')) {
    set xtics ()
    do for [k = 1:TICS] {
        set xtics add (TIC_TEXT[k] place(TIC[k]))
        if (TIC[k] > 0 && !(first_above == first_above)) { first_above = TIC[k] }
    }
    if (TICS == 0) {
        set xtics auto
        if (has_zero) {
            unset mxtics
            set xtics add ("0" ZERO_AT)
        }
    }
}
# The break of the axis: a gap between two strokes, half-way (in logarithms) between 0 and what follows.
if (has_zero && !IS_TEXT) {
    gap_at = ZERO_AT*(first_above == first_above ? sqrt(first_above/ZERO_AT) : 1.3)
    set object 1 rectangle center gap_at, graph 0 size char 0.5, char 0.9 fc rgb '#ffffff' fs solid noborder front
    do for [k = 0:1] {
        set label 90 + k '/' at gap_at, graph 0 center offset k - 0.5, 0 front tc rgb '#404040'
    }
}
do for [p = 1:PANELS] {
    set origin panel_x(p), panel_y(p)
    set size panel_width, panel_height
    set title above(p)
    set xlabel XLABEL[p]
    set ylabel beside(YLABEL)
    if (XSTEP[p] > 0 && !(exists('TICS') && TICS > 0)) { set xtics XSTEP[p] }
    has_right = LAST[p] > SPLIT[p]
    set border has_right ? 11 : 3
    unset y2tics
    set y2label
    if (has_right) {
        set y2tics
        set y2label beside(Y2LABEL)
        plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using (place($1)):(s > SPLIT[p] ? NaN : low($3)):4 with filledcurves fc rgb color(COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using (place($1)):(s > SPLIT[p] ? low($3) : NaN):4 axes x1y2 with filledcurves fc rgb color(COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = FIRST[p]:SPLIT[p]] DATA index s-1 using (place($1)):2 with linespoints lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE pi EVERY_OF[s], \
             for [s = SPLIT[p]+1:LAST[p]] DATA index s-1 using (place($1)):2 axes x1y2 with linespoints lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE pi EVERY_OF[s]
    } else {
        plot for [s = FIRST[p]:LAST[p]] DATA index s-1 using (place($1)):(low($3)):4 with filledcurves fc rgb color(COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = FIRST[p]:LAST[p]] DATA index s-1 using (place($1)):2 with linespoints lc rgb color(COLOR_OF[s]) dt dash(DASH_OF[s]) pt mark(MARK_OF[s]) ps MARK_SIZE pi EVERY_OF[s]
    }
}
unset object
