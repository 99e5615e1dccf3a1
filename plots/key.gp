# key.gp - the key of a chart below the panels, where it hides nothing. Comes last.
# It is a plot over the whole page, in characters across and lines up.

if (KEYS > 0) {
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
    edge = IS_TEXT ? 1 : 0
    key_y(k) = KEY_ROWS - KEY_ROW[k] + (IS_TEXT ? 1 : 0.8)
    do for [k = 1:KEYS] {
        set label KEY[k] at KEY_X[k] + 6, key_y(k) left
    }
    plot [0:CHARS - edge] [0:1/LETTER - edge] \
        for [k = 1:KEYS] '+' using (KEY_X[k] + 1 + 4*($0 > 0)):(KEY_DASH[k] ? key_y(k) : NaN) with lines lc rgb color(KEY_COLOR[k]) dt dash(KEY_DASH[k]), \
        for [k = 1:KEYS] '+' using (KEY_X[k] + 3):(KEY_MARK[k] ? key_y(k) : NaN) with points lc rgb color(KEY_COLOR[k]) pt mark(KEY_MARK[k]) ps MARK_SIZE
}
unset multiplot
unset output
