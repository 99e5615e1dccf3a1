# key.gp - the key of a chart below the panels, where it hides nothing, and the caption below it. Comes last.
# It is a plot over the whole page, in characters across and lines up.

if (MI_KEY_LINES > 0) {
    unset title
    unset border
    unset tics
    unset grid
    unset xlabel
    unset ylabel
    unset y2label
    unset logscale
    unset label
    set offsets 0, 0, 0, 0
    set lmargin 0
    set rmargin 0
    set tmargin 0
    set bmargin 0
    set origin 0, 0
    set size 1, 1
    set samples 2
    mi_edge = MI_IS_TEXT ? 1 : 0
    unset object
    unset arrow
    set xrange [*:*]
    set yrange [*:*]
    mi_key_y(k) = MI_KEY_LINES - MI_KEY_ROW[k] + (MI_IS_TEXT ? 1 : 0.8)
    do for [k = 1:MI_KEYS] {
        set label MI_KEY[k] at MI_KEY_X[k] + 6, mi_key_y(k) left
    }
    do for [k = 1:MI_CAPTIONS] {
        set label MI_CAPTION[k] at MI_CHARS/2.0, MI_CAPTIONS - k + (MI_IS_TEXT ? 1 : 0.6) center font MI_SMALL tc rgb '#606060'
    }
    if (MI_KEYS > 0) {
        plot [0:MI_CHARS - mi_edge] [0:1/MI_LETTER - mi_edge] \
            for [k = 1:MI_KEYS] '+' using (MI_KEY_X[k] + 1 + 4*($0 > 0)):(MI_KEY_DASH[k] ? mi_key_y(k) : NaN) with lines lt mi_pen(MI_KEY_DASH[k], MI_KEY_MARK[k]) lc rgb mi_color(MI_KEY_COLOR[k]) dt mi_dash(MI_KEY_DASH[k]), \
            for [k = 1:MI_KEYS] '+' using (MI_KEY_X[k] + 3):(MI_KEY_MARK[k] ? mi_key_y(k) : NaN) with points lt mi_pen(MI_KEY_DASH[k], MI_KEY_MARK[k]) lc rgb mi_color(MI_KEY_COLOR[k]) pt mi_mark(MI_KEY_MARK[k]) ps MI_MARK_SIZE
    } else {
        plot [0:MI_CHARS - mi_edge] [0:1/MI_LETTER - mi_edge] NaN
    }
}
unset multiplot
unset output
