# flow.gp - a graph: the circles NODE with their entropies, lines between them as wide as their information,
# dotted where it was not measured. In mm (in characters and lines of a text) from the lower left.
# The data: index 0 node, H low high; index 1 from, to, I low high, share of the largest I.

array SHARE[EDGES]
stats DATA index 1 using (SHARE[int($0) + 1] = $6, 0) nooutput
across = WIDTH
up = (TOP - BOTTOM)*HEIGHT
radius = IS_TEXT ? 0 : (across < 1.5*up ? across : 1.5*up)*0.07
WIDEST = radius*0.8
THINNEST = radius*0.03

# Where the circles Y, X, Z1, Z2, R stand: as shares of the page. Y is above what it informs.
array NODE_X[5] = [0.50, 0.10, 0.37, 0.63, 0.90]
array NODE_Y[5] = [0.86, 0.44, 0.44, 0.44, 0.44]
# Of each line: how far its middle is bent aside, and on which side (-1 left, 1 right, as seen from its
# start) and where (0 start, 1 end) its value stands.
array BEND[8] = [0.14, 0, 0, 0, -0.3, 0, 0, 0.14]
array SIDE[8] = [1, 1, 1, -1, 1, 1, -1, -1]
array ALONG[8] = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.45]
array EDGE_COLOR[8] = [0, 0, 0, 2, 3, 1, 1, 1]

ax(e) = NODE_X[EDGE_FROM[e]]*across
ay(e) = NODE_Y[EDGE_FROM[e]]*up
bx(e) = NODE_X[EDGE_TO[e]]*across
by(e) = NODE_Y[EDGE_TO[e]]*up
# The line from a to b, bent at its middle, and its direction; t runs from 0 to 1.
lx(e, t) = ax(e) + (bx(e) - ax(e))*t
ly(e, t) = ay(e) + (by(e) - ay(e))*t + 4*t*(1 - t)*BEND[e]*up
dx(e) = bx(e) - ax(e)
dy(e, t) = by(e) - ay(e) + 4*(1 - 2*t)*BEND[e]*up
long(e, t) = sqrt(dx(e)**2 + dy(e, t)**2)
wide(e) = SHARE[e] == SHARE[e] ? THINNEST + (WIDEST - THINNEST)*SHARE[e] : 0
# Outline of a line: t from 0 to 1 along one side, from 1 to 2 back along the other.
back(t) = t <= 1 ? t : 2 - t
side(t) = t <= 1 ? 0.5 : -0.5
ox(e, t) = lx(e, back(t)) - side(t)*wide(e)*dy(e, back(t))/long(e, back(t))
oy(e, t) = ly(e, back(t)) + side(t)*wide(e)*dx(e)/long(e, back(t))

set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set offsets 0, 0, 0, 0
set origin 0, BOTTOM
set size 1, TOP - BOTTOM
set samples 101
unset border
unset tics
unset grid

# Values beside the lines, on the normal, as far away as their text is wide.
text_wide = IS_TEXT ? 2.5 : 3.6
text_high = IS_TEXT ? 0.8 : 3.2
away(e, t) = wide(e)/2 + abs(dy(e, t)/long(e, t))*text_wide + abs(dx(e)/long(e, t))*text_high + (IS_TEXT ? 0 : 0.6)
vx(e) = lx(e, ALONG[e]) + SIDE[e]*away(e, ALONG[e])*dy(e, ALONG[e])/long(e, ALONG[e])
vy(e) = ly(e, ALONG[e]) - SIDE[e]*away(e, ALONG[e])*dx(e)/long(e, ALONG[e])
do for [e = 1:EDGES] {
    set label 10 + e join(EDGE_TEXT[e], EDGE_HALF[e] eq '' ? '' : '± '.EDGE_HALF[e]) at vx(e), vy(e) + (EDGE_HALF[e] eq '' || IS_TEXT ? 0 : 1.5) center front
}
do for [k = 1:NODES] {
    set label 30 + k join(NODE[k], NODE_TEXT[k]) at NODE_X[k]*across, NODE_Y[k]*up + (NODE_TEXT[k] eq '' ? 0 : IS_TEXT ? 1 : 1.5) center front
}
if (IS_TEXT) {
    plot [0:across] [0:up] for [e = 1:EDGES] '+' using (lx(e, $0/100)):(ly(e, $0/100)) with lines
} else {
    plot [0:across] [0:up] \
        for [e = 1:EDGES] '+' using (lx(e, $0/100)):(SHARE[e] == SHARE[e] ? NaN : ly(e, $0/100)) with lines lc rgb '#808080' dt 3, \
        for [e = 1:EDGES] '+' using (ox(e, $0/50)):(SHARE[e] == SHARE[e] ? oy(e, $0/50) : NaN) with filledcurves closed fc rgb color(EDGE_COLOR[e]) fs transparent solid 0.7 noborder, \
        for [k = 1:NODES] '+' using (NODE_X[k]*across):(NODE_Y[k]*up):(radius) every ::0::0 with circles fc rgb (NODE_TEXT[k] eq '' ? '#ffffff' : '#f0f0f0') fs solid border lc rgb '#404040'
}
