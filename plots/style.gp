# style.gp - how every chart looks: terminals and sizes, palette, marks, dashes, and the page that the
# panels of a chart stand on. Comes after the values of a chart and before the template of its kind.
#
# FORMAT (svg, png, pdf or dumb) and, when the picture goes to a file, OUTPUT are set by then.

FONT = 7.0                          # points; sans serif, readable in a column of 84 mm
LINE = 1.0                          # points; width of a drawn line
IS_TEXT = FORMAT eq 'dumb'

# All terminals draw plain text: nothing in a label is mark-up.
# svg and png count pixels: 96 to the inch in svg, 300 in png. The cairo terminals take a point for 1/96 inch.
if (FORMAT eq 'svg') {
    set terminal svg noenhanced size WIDTH/25.4*96, HEIGHT/25.4*96 font sprintf('sans-serif,%g', FONT*96/72) linewidth LINE background '#ffffff'
}
if (FORMAT eq 'png') {
    set terminal pngcairo noenhanced size WIDTH/25.4*300, HEIGHT/25.4*300 font sprintf('sans-serif,%g', FONT) fontscale 300/96.0 linewidth LINE*300/96 pointscale 3 dashlength 0.6
}
if (FORMAT eq 'pdf') {
    set terminal pdfcairo noenhanced size WIDTH/25.4, HEIGHT/25.4 font sprintf('sans-serif,%g', FONT) fontscale 72/96.0 linewidth LINE dashlength 0.6
}
if (FORMAT eq 'dumb') {
    set terminal dumb noenhanced size WIDTH, HEIGHT
}
if (exists('OUTPUT')) { set output OUTPUT }

# Okabe and Ito's palette, which the colour-blind can tell apart; its yellow is left out, since it is
# not seen on white. Marks and dashes differ too, for print without colour. 0 is dark grey.
array COLORS[7] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x999999]
array MARKS[10] = [7, 5, 9, 13, 11, 6, 4, 8, 12, 10]
array DASHES[5] = [1, 2, 4, 3, 5]
color(k) = k < 1 ? 0x404040 : COLORS[(k - 1) % 7 + 1]
mark(k) = IS_TEXT ? k : k < 1 ? -1 : MARKS[(k - 1) % 10 + 1]
dash(k) = k < 1 ? 1 : DASHES[(k - 1) % 5 + 1]

MARK_SIZE = IS_TEXT ? 1 : 0.5
# Bands would be a carpet of letters in a text.
low(value) = IS_TEXT ? NaN : value

# The page, as fractions of it: titles above, key below, the panels in a grid between.
LETTER = IS_TEXT ? 1.0/HEIGHT : FONT*1.38*25.4/72/HEIGHT
TOP = 1.0 - LETTER*(TITLES + (TITLES > 0 ? 0.3 : 0))
KEY_TOP = KEYS > 0 ? LETTER*(KEY_ROWS + (IS_TEXT ? 2 : 0.6)) : 0.0
BOTTOM = KEY_TOP + (BAR ? LETTER*2 : 0)
panel_width = 1.0/COLUMNS
panel_height = (TOP - BOTTOM)/ROWS
panel_x(p) = ((p - 1) % COLUMNS)*panel_width
panel_y(p) = TOP - (1 + (p - 1)/COLUMNS)*panel_height

# Order and correlations above a panel. A text cannot turn the titles of vertical axes: they go there too.
join(a, b) = a.(a eq '' || b eq '' ? '' : "\n").b
above(p) = join(join(PANEL[p], NOTE[p]), IS_TEXT ? YLABEL.(Y2LABEL eq '' || COLUMNS > 1 ? '' : ' | '.Y2LABEL) : '')
beside(label) = IS_TEXT ? '' : label

set encoding utf8
set border 3 lc rgb '#404040'
set tics nomirror out scale (IS_TEXT ? 0 : 0.6)
set xtics offset 0,0.3
set xlabel offset 0,0.6
set grid ytics lc rgb '#e0e0e0' dt 1
set autoscale xfix
set offsets graph 0.03, graph 0.03, graph 0.03, graph 0.03
do for [k = 1:TITLES] {
    set label k TITLE[k] at screen 0.5, screen 1 - LETTER*(k - 0.4) center
}
# The colour bar: viridis up to where it is still seen on white; dark to light in print without colour, too.
set palette defined (0 '#440154', 1 '#482878', 2 '#3E4A89', 3 '#31688E', 4 '#26828E', 5 '#1F9E89', 6 '#35B779', 7 '#6DCD59')
if (BAR) {
    set cbrange [BAR_LOW:BAR_HIGH]
    set colorbox horizontal user origin 0.35, KEY_TOP + LETTER*1.15 size 0.45, LETTER*0.6 noborder
    set cbtics BAR_STEP offset 0, 0.6 scale 0.4
    set label 80 BAR_TITLE at screen 0.33, screen KEY_TOP + LETTER*1.4 right
} else {
    unset colorbox
}
set key off
set multiplot
