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
#   MI_PANELS        v    1, 2, ..       panels
#   MI_COLUMNS       v    1, 2, ..       of panels
#   MI_ROWS          v    1, 2, ..       of panels
#   MI_PANEL         v    (MI_PANELS)    what stands above each panel: its order, its set; '' nothing
#   MI_NOTE          v    (MI_PANELS)    a second line there: correlations; '' none
#   MI_XLABEL        v    (MI_PANELS)    title of the horizontal axis
#   MI_XSTEP         v    (MI_PANELS)    from tic to tic of it, in its unit; 0: gnuplot's choice
#   MI_YLABEL        v    text           title of the left axis
#   MI_Y2LABEL       v    text           title of the right axis; '' there is none
#   MI_FIRST         v    (MI_PANELS)    first block of a panel
#   MI_SPLIT         v    (MI_PANELS)    last block on its left axis
#   MI_LAST          v    (MI_PANELS)    last block, those after MI_SPLIT on the right axis
#   MI_FIT           v    (MI_PANELS)    block of the least-squares line; 0 none
#   MI_COLOR_OF      v    (blocks)       colour
#   MI_DASH_OF       v    (blocks)       dash
#   MI_MARK_OF       v    (blocks)       mark
#   MI_EVERY_OF      v    (blocks)       points from mark to mark
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
#   MI_ZERO_AT       v    x              where 0 stands, left of the break of a logarithmic axis; 0 nowhere
#   MI_TICS          v    0, 1, ..       tics that are set one by one
#   MI_TIC           v    (MI_TICS)      x of each
#   MI_TIC_TEXT      v    (MI_TICS)      its text; '' none
#   MI_NODES         k    5              flow: circles
#   MI_NODE          k    (MI_NODES)     name in a circle
#   MI_NODE_TEXT     k    (MI_NODES)     its entropy; '' not measured
#   MI_EDGES         k    0, 1, ..       flow: lines between circles
#   MI_EDGE_FROM     k    (MI_EDGES)     circle it starts at, from 1
#   MI_EDGE_TO       k    (MI_EDGES)     circle it ends at
#   MI_EDGE_TEXT     k    (MI_EDGES)     its information; '' not measured
#   MI_EDGE_HALF     k    (MI_EDGES)     half of its interval; '' none
#   MI_GROUPS        k    0, 1, ..       sensitivity: lines that stand side by side
#   MI_INFINITE_AT   k    x              where the order infinity stands, right of a break; 0 nowhere
#   MI_LARGEST       k    x              the largest finite order
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
if (exists('MI_OUTPUT')) { set output MI_OUTPUT }

# Okabe and Ito's palette, which the colour-blind can tell apart; its yellow is left out, since it is
# not seen on white. Marks and dashes differ too, for print without colour. 0 is dark grey.
array MI_COLORS[7] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x999999]
array MI_MARKS[10] = [7, 5, 9, 13, 11, 6, 4, 8, 12, 10]
array MI_DASHES[5] = [1, 2, 4, 3, 5]
mi_color(k) = k < 1 ? 0x404040 : MI_COLORS[(k - 1) % 7 + 1]
mi_mark(k) = MI_IS_TEXT ? k : k < 1 ? -1 : MI_MARKS[(k - 1) % 10 + 1]
mi_dash(k) = k < 1 ? 1 : MI_DASHES[(k - 1) % 5 + 1]

MI_MARK_SIZE = MI_IS_TEXT ? 1 : 0.5
# Error bars have the mark 0, a dot: around any other, -1 too, gnuplot 6 leaves a gap in the bar.
# Bands would be a carpet of letters in a text.
mi_low(value) = MI_IS_TEXT ? NaN : value

# The page, as fractions of it: titles above, key below, the panels in a grid between.
MI_LETTER = MI_IS_TEXT ? 1.0/MI_HEIGHT : MI_FONT*1.38*25.4/72/MI_HEIGHT
MI_TOP = 1.0 - MI_LETTER*(MI_TITLES + (MI_TITLES > 0 ? 0.3 : 0))
MI_KEY_TOP = MI_KEYS > 0 ? MI_LETTER*(MI_KEY_ROWS + (MI_IS_TEXT ? 2 : 0.6)) : 0.0
MI_BOTTOM = MI_KEY_TOP + (MI_BAR ? MI_LETTER*2 : 0)
mi_panel_width = 1.0/MI_COLUMNS
mi_panel_height = (MI_TOP - MI_BOTTOM)/MI_ROWS
mi_panel_x(p) = ((p - 1) % MI_COLUMNS)*mi_panel_width
mi_panel_y(p) = MI_TOP - (1 + (p - 1)/MI_COLUMNS)*mi_panel_height

# Order and correlations above a panel. A text cannot turn the titles of vertical axes: they go there too.
mi_join(a, b) = a.(a eq '' || b eq '' ? '' : "\n").b
mi_above(p) = mi_join(mi_join(MI_PANEL[p], MI_NOTE[p]), MI_IS_TEXT ? MI_YLABEL.(MI_Y2LABEL eq '' || MI_COLUMNS > 1 ? '' : ' | '.MI_Y2LABEL) : '')
mi_beside(label) = MI_IS_TEXT ? '' : label

set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale (MI_IS_TEXT ? 0 : 0.6)
set xtics offset 0,0.3
set xlabel offset 0,0.6
set grid ytics lc rgb '#e0e0e0' dt 1
set autoscale xfix
set offsets graph 0.03, graph 0.03, graph 0.03, graph 0.03
do for [k = 1:MI_TITLES] {
    set label k MI_TITLE[k] at screen 0.5, screen 1 - MI_LETTER*(k - 0.4) center
}
# The colour bar: viridis up to where it is still seen on white; dark to light in print without colour, too.
set palette defined (0 '#440154', 1 '#482878', 2 '#3E4A89', 3 '#31688E', 4 '#26828E', 5 '#1F9E89', 6 '#35B779', 7 '#6DCD59')
if (MI_BAR) {
    set cbrange [MI_BAR_LOW:MI_BAR_HIGH]
    set colorbox horizontal user origin 0.35, MI_KEY_TOP + MI_LETTER*1.15 size 0.45, MI_LETTER*0.6 noborder
    set cbtics MI_BAR_STEP offset 0, 0.6 scale 0.4
    set label 80 MI_BAR_TITLE at screen 0.33, screen MI_KEY_TOP + MI_LETTER*1.4 right
} else {
    unset colorbox
}
set key off
set multiplot
