# style.gp - how every chart looks: terminals and sizes, palette, marks, dashes, and the page that the
# panels of a chart stand on. Comes after the values of a chart and before the template of its kind.
#
# What the values of a chart define, by who sets it: t mi-plot, v libmi/plot for every chart, k for one kind. Sizes in
# mm, of a text (MI_FORMAT dumb) in characters and lines; colours, dashes and marks are numbers for mi_color, mi_dash and
# mi_mark, 0 the grey, solid, unmarked one. Blocks are those of the data, from 1; index k - 1 of gnuplot.
#
#   name             set  unit or shape  meaning
#   MI_FORMAT        t    svg png pdf dumb
#   MI_DATA          t    text           the file of the data
#   MI_OUTPUT        t    text           the picture; there is none when it goes to standard output
#   MI_DIR           t    text           the directory of a script that stands by itself
#   MI_NAME          t    text           its path without the suffix
#   MI_WIDTH         v    mm             of the whole page
#   MI_HEIGHT        v    mm             of the whole page
#   MI_CHARS         v    characters     that the page is wide, for the key
#   MI_TITLES        v    0, 1, ..       lines of the title
#   MI_TITLE         v    (4)            those lines
#   MI_CAPTIONS      v    0, 1, ..       lines below the key
#   MI_CAPTION       v    (4)            those lines: rows, level of intervals, R
#   MI_PANELS        v    1, 2, ..       panels
#   MI_COLUMNS       v    1, 2, ..       of panels
#   MI_ROWS          v    1, 2, ..       of panels
#   MI_PANEL         v    (MI_PANELS)    what stands above each panel: its order, its set; '' nothing
#   MI_NOTE          v    (MI_PANELS)    a second line there: correlations; '' none
#   MI_XLABEL        v    (MI_PANELS)    title of the horizontal axis
#   MI_X             v    prefix         of what stands for each panel of its horizontal axis: the next four
#   MI_XLOW          v    (MI_PANELS)    its left end
#   MI_XHIGH         v    (MI_PANELS)    its right end
#   MI_XSTEP         v    (MI_PANELS)    from tic to tic of it, in its unit; 0: gnuplot's choice
#   MI_XFORMAT       v    (MI_PANELS)    its numbers, as gnuplot's format
#   MI_LOG_X         v    0 or 1         horizontal axes are logarithmic
#   MI_LOG_Y         v    0 or 1         left axes are
#   MI_YLABEL        v    text           title of the left axis
#   MI_Y             v    prefix         MI_YLOW, MI_YHIGH, MI_YSTEP, MI_YFORMAT: the same of the left axis
#   MI_Y2            v    prefix         MI_Y2LOW and so on, of the right axis
#   MI_Y2LABEL       v    text           title of the right axis; '' there is none
#   MI_FIRST         v    (MI_PANELS)    first block of a panel
#   MI_SPLIT         v    (MI_PANELS)    last block on its left axis
#   MI_LAST          v    (MI_PANELS)    last block, those after MI_SPLIT on the right axis
#   MI_FIT           v    (MI_PANELS)    block of the least-squares line; 0 none
#   MI_COLOR_OF      v    (blocks)       colour
#   MI_DASH_OF       v    (blocks)       dash
#   MI_MARK_OF       v    (blocks)       mark
#   MI_PEN           v    numbers        of a line's letter, by its dash, or its mark where it has none
#   MI_EVERY_OF      v    (blocks)       points from mark to mark
#   MI_SHIFT_OF      v    (blocks)       x that points are moved by, so that none hides another
#   MI_POINTS_OF     v    (blocks)       points in a block
#   MI_SHADE_OF      v    (blocks)       place on the colour bar, in the unit of MI_BAR_LOW; where there is a bar
#   MI_KEYS          v    0, 1, ..       entries of the key
#   MI_KEY_ROWS      v    0, 1, ..       rows that they fill
#   MI_KEY           v    (MI_KEYS)      text of an entry
#   MI_KEY_X         v    (MI_KEYS)      characters from the left
#   MI_KEY_ROW       v    (MI_KEYS)      row, from 0
#   MI_KEY_COLOR     v    (MI_KEYS)      colour
#   MI_KEY_DASH      v    (MI_KEYS)      dash
#   MI_KEY_MARK      v    (MI_KEYS)      mark
#   MI_BAR           v    0 or 1         there is a colour bar
#   MI_BAR_TITLE     v    text           its title
#   MI_BAR_LOW       v    number         its left end
#   MI_BAR_HIGH      v    number         its right end
#   MI_BAR_STEP      v    number         from tic to tic
#   MI_BAR_FORMAT    v    text           its numbers, as gnuplot's format
#   MI_ZERO_AT       v    x              where 0 stands, left of the break of a logarithmic axis; 0 nowhere
#   MI_TICS          v    0, 1, ..       tics that are set one by one
#   MI_TIC           v    (MI_TICS)      x of each
#   MI_TIC_TEXT      v    (MI_TICS)      its text; '' none
#   MI_TIC_ROW       v    (MI_TICS)      lines of a text that it stands below the first
#   MI_TICS_TURN     v    degrees        that their texts are turned by; 0 level
#   MI_NODES         k    5              flow: circles
#   MI_NODE          k    (MI_NODES)     name in a circle
#   MI_NODE_TEXT     k    (MI_NODES)     its entropy; '' not measured
#   MI_EDGES         k    0, 1, ..       flow: lines between circles
#   MI_EDGE_FROM     k    (MI_EDGES)     circle it starts at, from 1
#   MI_EDGE_TO       k    (MI_EDGES)     circle it ends at
#   MI_EDGE_TEXT     k    (MI_EDGES)     its information; '' not measured
#   MI_EDGE_HALF     k    (MI_EDGES)     half of its interval; '' none
#   MI_EDGE_COLOR    k    (MI_EDGES)     colour of its quantity
#   MI_ENDS          k    0, 1, ..       plane: first and last points that have a name
#   MI_END           k    (MI_ENDS)      its name: epoch 0
#   MI_END_X         k    (MI_ENDS)      x
#   MI_END_Y         k    (MI_ENDS)      y
#   MI_END_PANEL     k    (MI_ENDS)      panel it is in
#   MI_END_DX        k    (MI_ENDS)      characters from it to the name, on its left where below 0
#   MI_END_DY        k    (MI_ENDS)      lines above it
#   MI_GROUPS        k    0, 1, ..       sensitivity: lines that stand side by side
#   MI_INFINITE_AT   k    x              where the order infinity stands, right of a break; 0 nowhere
#   MI_LARGEST       k    x              the largest finite order
#   MI_LINES         k    1, 2, ..       matrix: its rows
#   MI_LINE_TEXT     k    (MI_LINES)     name of each, from above
#   MI_CELL_FORMAT   k    text           its values, as gnuplot's format
#   MI_CELL_SHOWN    k    0, 1, 2        values stand in the cells; 2: without the 0 before their point
#   MI_CELL_LOW      k    value          dark end of the colours
#   MI_CELL_HIGH     k    value          light end
#   MI_X_SPAN        k    ratio          spectrum: of the ends of the horizontal axis; 0 it is not logarithmic
#   MI_Y_SPAN        k    ratio          the same of the vertical axis
#
# Names in small letters, and the MI_ names not listed, are the templates' own.

MI_FONT = 7.0                          # points; sans serif, readable in a column of 84 mm
MI_LINE = 1.0                          # points; width of a drawn line
MI_IS_TEXT = MI_FORMAT eq 'dumb'

# All terminals draw plain text: nothing in a label is mark-up.
# svg and png count pixels: 96 to the inch in svg, 300 in png. The cairo terminals take a point for 1/96 inch.
if (MI_FORMAT eq 'svg') {
    set terminal svg noenhanced size MI_WIDTH/25.4*96, MI_HEIGHT/25.4*96 font sprintf('sans-serif,%g', MI_FONT*96/72) linewidth MI_LINE background '#ffffff'
}
if (MI_FORMAT eq 'png') {
    set terminal pngcairo noenhanced size MI_WIDTH/25.4*300, MI_HEIGHT/25.4*300 font sprintf('sans-serif,%g', MI_FONT) fontscale 300/96.0 linewidth MI_LINE*300/96 pointscale 3 dashlength 0.6
}
if (MI_FORMAT eq 'pdf') {
    set terminal pdfcairo noenhanced size MI_WIDTH/25.4, MI_HEIGHT/25.4 font sprintf('sans-serif,%g', MI_FONT) fontscale 72/96.0 linewidth MI_LINE dashlength 0.6
}
if (MI_FORMAT eq 'dumb') {
    set terminal dumb noenhanced size MI_WIDTH, MI_HEIGHT
}
# Captions are smaller.
MI_SMALL = sprintf('sans-serif,%g', MI_FONT*0.85*(MI_FORMAT eq 'svg' ? 96/72.0 : 1))
if (exists('MI_OUTPUT')) { set output MI_OUTPUT }

# Okabe and Ito's palette, which the colour-blind can tell apart, with a wine red (Tol) in place of its yellow, which
# is not seen on white. Of 24 series any two with one colour differ in dash and mark, and all in
# their mark, for print without colour: where its shapes end, letters go on. 0 is dark grey.
array MI_COLORS[8] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x999999, 0x882255]
array MI_MARKS[24] = [7, 5, 9, 13, 11, 6, 4, 8, 12, 10, 15, 14, 2, 1, 3, 'A', 'B', 'E', 'H', 'K', 'M', 'R', 'S', 'Z']
set dashtype 6 (12, 3)
set dashtype 7 (8, 3, 1.5, 3, 1.5, 3, 1.5, 3)
set dashtype 8 (20, 4)
set dashtype 9 (6, 2, 2, 2, 2, 2)
array MI_DASHES[9] = [1, 2, 4, 3, 5, 6, 7, 8, 9]
mi_color(k) = k < 1 ? 0x404040 : MI_COLORS[(k - 1) % 8 + 1]
mi_mark(k) = k < 1 ? -1 : MI_IS_TEXT ? k : MI_MARKS[(k - 1) % 24 + 1]
mi_dash(k) = k < 1 ? 1 : MI_DASHES[(k - 1) % 9 + 1]
# The letter that a line of a text is made of, the same in the key: one for each dash that there is.
mi_pen(dash, mark) = dash > 0 ? MI_PEN[dash] : mark > 0 ? MI_PEN[mark] : 1

MI_MARK_SIZE = MI_IS_TEXT ? 1 : 0.5
# A series with a dash is a line in a band, one without is points with error bars: a value for the one or the other.
# Bands and bars would be a carpet of letters in a text.
mi_line(s, value) = MI_DASH_OF[s] ? value : NaN
mi_band(s, low) = MI_IS_TEXT || !MI_DASH_OF[s] ? NaN : low
mi_bar(s, low) = MI_IS_TEXT || MI_DASH_OF[s] ? NaN : low
# Error bars have the mark 0, a dot: around any other, -1 too, gnuplot 6 leaves a gap in the bar.
mi_low(value) = MI_IS_TEXT ? NaN : value

# The page, as fractions of it: titles above, key below, the panels in a grid between.
MI_LETTER = MI_IS_TEXT ? 1.0/MI_HEIGHT : MI_FONT*1.38*25.4/72/MI_HEIGHT
MI_TOP = 1.0 - MI_LETTER*(MI_TITLES + (MI_TITLES > 0 ? 0.3 : 0))
MI_KEY_LINES = MI_KEY_ROWS + MI_CAPTIONS
MI_KEY_TOP = MI_KEY_LINES > 0 ? MI_LETTER*(MI_KEY_LINES + (MI_IS_TEXT ? 2 : 0.6)) : 0.0
MI_BOTTOM = MI_KEY_TOP + (MI_BAR ? MI_LETTER*2 : 0)
mi_panel_width = 1.0/MI_COLUMNS
mi_panel_height = (MI_TOP - MI_BOTTOM)/MI_ROWS
mi_panel_x(p) = ((p - 1) % MI_COLUMNS)*mi_panel_width
mi_panel_y(p) = MI_TOP - (1 + (p - 1)/MI_COLUMNS)*mi_panel_height

# Order and correlations above a panel. A text cannot turn the titles of vertical axes: they go there too.
# Where one panel has a line there, all have it, or their frames would not be of one height.
mi_join(a, b) = a.(a eq '' || b eq '' ? '' : "\n").b
mi_has_title = 0
mi_has_note = 0
do for [p = 1:MI_PANELS] {
    if (MI_PANEL[p] ne '') { mi_has_title = 1 }
    if (MI_NOTE[p] ne '') { mi_has_note = 1 }
}
mi_or_blank(text, is_there) = is_there && text eq '' ? ' ' : text
mi_title(p) = mi_join(mi_or_blank(MI_PANEL[p], mi_has_title), mi_or_blank(MI_NOTE[p], mi_has_note))
mi_above(p) = mi_join(mi_title(p), MI_IS_TEXT ? MI_YLABEL.(MI_Y2LABEL eq '' || MI_COLUMNS > 1 ? '' : ' | '.MI_Y2LABEL) : '')
mi_beside(label) = MI_IS_TEXT ? '' : label

set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale (MI_IS_TEXT ? 0 : 0.6)
set xtics offset 0,0.3
set xlabel offset 0,0.6
set grid ytics lc rgb '#e0e0e0' dt 1
# The default format has a space before the number, so that labels would not be centred on their tics.
set format '%h'
set yrange [MI_YLOW:MI_YHIGH]
set format y MI_YFORMAT
# A logarithmic axis of less than two decades has tics between its powers of ten: 2 and 5 of them, or, where MI_YSTEP and
# MI_XSTEP are given, at even steps, which gnuplot would take for factors. Spectra have their own.
mi_is_short(low, high) = low > 0 && high/low < 100
mi_first_decade(low, high) = mi_is_short(low, high) ? floor(log10(low)) : 1
mi_last_decade(low, high) = mi_is_short(low, high) ? ceil(log10(high)) : 0
mi_between = 'do for [mi_e = mi_first_decade(mi_low_end, mi_high_end):mi_last_decade(mi_low_end, mi_high_end)] {'.\
    'do for [mi_m = 2:5:3] { set %stics add (sprintf("%%g", mi_m*10.0**mi_e) mi_m*10.0**mi_e) } }'
mi_even = 'set %stics (); do for [mi_k = ceil(mi_low_end/mi_tic_step):floor(mi_high_end/mi_tic_step)] {'.\
    'set %stics add (sprintf(mi_tic_form, mi_k*mi_tic_step) mi_k*mi_tic_step) }'
if (MI_YSTEP > 0 && !MI_LOG_Y) { set ytics MI_YSTEP }
if (MI_LOG_Y && !exists('MI_Y_SPAN')) {
    mi_low_end = MI_YLOW; mi_high_end = MI_YHIGH; mi_tic_step = MI_YSTEP; mi_tic_form = MI_YFORMAT
    if (MI_YSTEP > 0) { eval sprintf(mi_even, 'y', 'y') } else { eval sprintf(mi_between, 'y') }
}
if (MI_TICS > 0) {
    set xtics ()
    if (MI_TICS_TURN) { set xtics rotate by MI_TICS_TURN right offset 0, 0 }
    mi_tic_rows = 0
    do for [k = 1:MI_TICS] { if (MI_TIC_ROW[k] > mi_tic_rows) { mi_tic_rows = MI_TIC_ROW[k] } }
    if (mi_tic_rows > 0) { set bmargin mi_tic_rows + (MI_XLABEL[1] eq '' ? 2 : 3) }
    do for [k = 1:MI_TICS] { set xtics add ("\n\n\n\n\n"[1:MI_TIC_ROW[k]].MI_TIC_TEXT[k] MI_TIC[k]) }
}
mi_xtics = "mi_low_end = MI_XLOW[p]; mi_high_end = MI_XHIGH[p]; mi_tic_step = MI_XSTEP[p]; mi_tic_form = MI_XFORMAT[p];".\
    "if (mi_tic_step > 0) { eval sprintf(mi_even, 'x', 'x') } else { eval sprintf(mi_between, 'x') }"
# What each panel begins with: eval mi_panel, p being its number.
mi_panel = "set origin mi_panel_x(p), mi_panel_y(p);".\
    "set size mi_panel_width, mi_panel_height;".\
    "set title mi_above(p);".\
    "set xlabel MI_XLABEL[p];".\
    "set ylabel mi_beside(MI_YLABEL);".\
    "set xrange [MI_XLOW[p]:MI_XHIGH[p]];".\
    "set format x MI_XFORMAT[p];".\
    "if (MI_XSTEP[p] > 0 && MI_TICS == 0 && !MI_LOG_X) { set xtics MI_XSTEP[p] };".\
    "if (MI_LOG_X && MI_TICS == 0 && !exists('MI_X_SPAN')) { eval mi_xtics }"
# The same for its right axis, where it has one.
mi_right = "set border MI_LAST[p] > MI_SPLIT[p] ? 11 : 3;".\
    "unset y2tics;".\
    "set y2label MI_LAST[p] > MI_SPLIT[p] ? mi_beside(MI_Y2LABEL) : '';".\
    "set y2range [MI_Y2LOW:MI_Y2HIGH];".\
    "set format y2 MI_Y2FORMAT;".\
    "if (MI_LAST[p] > MI_SPLIT[p]) { set y2tics MI_Y2STEP }"
do for [k = 1:MI_TITLES] {
    set label k MI_TITLE[k] at screen 0.5, screen 1 - MI_LETTER*(k - 0.4) center
}
# The colour bar: viridis up to where it is still seen on white; dark to light in print without colour, too.
set palette defined (0 '#440154', 1 '#482878', 2 '#3E4A89', 3 '#31688E', 4 '#26828E', 5 '#1F9E89', 6 '#35B779', 7 '#6DCD59')
if (MI_BAR) {
    set cbrange [MI_BAR_LOW:MI_BAR_HIGH]
    set colorbox horizontal user origin 0.35, MI_KEY_TOP + MI_LETTER*1.15 size 0.45, MI_LETTER*0.6 noborder
    set format cb MI_BAR_FORMAT
    set cbtics MI_BAR_STEP offset 0, 0.6 scale 0.4
    set label 80 MI_BAR_TITLE at screen 0.33, screen MI_KEY_TOP + MI_LETTER*1.4 right
} else {
    unset colorbox
}
set key off
set multiplot
