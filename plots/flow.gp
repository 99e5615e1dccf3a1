# flow.gp - a graph: the circles MI_NODE with their entropies, lines between them as wide as their information,
# dotted where it was not measured. In mm (in characters and lines of a text) from the lower left.
# The data: index 0 node, H low high; index 1 from, to, I low high, share of the largest I.

array MI_SHARE[MI_EDGES]
stats MI_DATA index 1 using (MI_SHARE[int($0) + 1] = $6, 0) nooutput
mi_across = MI_WIDTH
mi_up = (MI_TOP - MI_BOTTOM)*MI_HEIGHT
mi_radius = MI_IS_TEXT ? 0 : (mi_across < 1.5*mi_up ? mi_across : 1.5*mi_up)*0.07
MI_WIDEST = mi_radius*0.8
MI_THINNEST = mi_radius*0.03

# Where the circles Y, X, Z1, Z2, R stand: as shares of the page. Y is above what it informs.
array MI_NODE_X[5] = [0.50, 0.10, 0.37, 0.63, 0.90]
array MI_NODE_Y[5] = [0.86, 0.44, 0.44, 0.44, 0.44]
# Of each line: how far its middle is bent aside, and on which side (-1 left, 1 right, as seen from its
# start) and where (0 start, 1 end) its value stands.
array MI_BEND[8] = [0.14, 0, 0, 0, -0.3, 0, 0, 0.14]
array MI_SIDE[8] = [1, 1, 1, -1, 1, 1, -1, -1]
array MI_ALONG[8] = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.45]

mi_ax(e) = MI_NODE_X[MI_EDGE_FROM[e]]*mi_across
mi_ay(e) = MI_NODE_Y[MI_EDGE_FROM[e]]*mi_up
mi_bx(e) = MI_NODE_X[MI_EDGE_TO[e]]*mi_across
mi_by(e) = MI_NODE_Y[MI_EDGE_TO[e]]*mi_up
# The line from a to b, bent at its middle, and its direction; t runs from 0 to 1.
mi_lx(e, t) = mi_ax(e) + (mi_bx(e) - mi_ax(e))*t
mi_ly(e, t) = mi_ay(e) + (mi_by(e) - mi_ay(e))*t + 4*t*(1 - t)*MI_BEND[e]*mi_up
mi_dx(e) = mi_bx(e) - mi_ax(e)
mi_dy(e, t) = mi_by(e) - mi_ay(e) + 4*(1 - 2*t)*MI_BEND[e]*mi_up
mi_long(e, t) = sqrt(mi_dx(e)**2 + mi_dy(e, t)**2)
mi_wide(e) = MI_SHARE[e] == MI_SHARE[e] ? MI_THINNEST + (MI_WIDEST - MI_THINNEST)*MI_SHARE[e] : 0
# The head of a line: its tip touches the circle that the line goes to, and the line ends where the head begins.
mi_head_wide(e) = mi_wide(e)/2 + mi_radius*0.2
mi_tip(e) = 1 - mi_radius/mi_long(e, 1)
mi_neck(e) = mi_tip(e) - 1.5*mi_head_wide(e)/mi_long(e, 1)
mi_corner(k) = k == 1 ? 0.5 : k == 2 ? -0.5 : 0
mi_hx(e, k) = int(k)%3 == 0 ? mi_lx(e, mi_tip(e)) : mi_lx(e, mi_neck(e)) - 2*mi_corner(k)*mi_head_wide(e)*mi_dy(e, mi_neck(e))/mi_long(e, mi_neck(e))
mi_hy(e, k) = int(k)%3 == 0 ? mi_ly(e, mi_tip(e)) : mi_ly(e, mi_neck(e)) + 2*mi_corner(k)*mi_head_wide(e)*mi_dx(e)/mi_long(e, mi_neck(e))
# Outline of a line in points 0 to 100: 0 to 50 along one side up to the neck, 51 to 100 back from it along the other.
mi_back(e, k) = (k <= 50 ? k/50.0 : (100 - k)/49.0)*mi_neck(e)
mi_side(k) = k <= 50 ? 0.5 : -0.5
mi_ox(e, k) = mi_lx(e, mi_back(e, k)) - mi_side(k)*mi_wide(e)*mi_dy(e, mi_back(e, k))/mi_long(e, mi_back(e, k))
mi_oy(e, k) = mi_ly(e, mi_back(e, k)) + mi_side(k)*mi_wide(e)*mi_dx(e)/mi_long(e, mi_back(e, k))

set lmargin 0
set rmargin 0
set tmargin 0
set bmargin 0
set offsets 0, 0, 0, 0
set origin 0, MI_BOTTOM
set size 1, MI_TOP - MI_BOTTOM
set samples 101
unset border
unset tics
unset grid

# Values beside the lines, on the normal, as far away as their text is wide.
mi_text_wide = MI_IS_TEXT ? 2.5 : 3.6
mi_text_high = MI_IS_TEXT ? 0.8 : 3.2
mi_away(e, t) = mi_wide(e)/2 + abs(mi_dy(e, t)/mi_long(e, t))*mi_text_wide + abs(mi_dx(e)/mi_long(e, t))*mi_text_high + (MI_IS_TEXT ? 0 : 0.6)
mi_vx(e) = mi_lx(e, MI_ALONG[e]) + MI_SIDE[e]*mi_away(e, MI_ALONG[e])*mi_dy(e, MI_ALONG[e])/mi_long(e, MI_ALONG[e])
mi_vy(e) = mi_ly(e, MI_ALONG[e]) - MI_SIDE[e]*mi_away(e, MI_ALONG[e])*mi_dx(e)/mi_long(e, MI_ALONG[e])
do for [e = 1:MI_EDGES] {
    set label 10 + e mi_join(MI_EDGE_TEXT[e], MI_EDGE_HALF[e] eq '' ? '' : '± '.MI_EDGE_HALF[e]) at mi_vx(e), mi_vy(e) + (MI_EDGE_HALF[e] eq '' || MI_IS_TEXT ? 0 : 1.5) center front
}
do for [k = 1:MI_NODES] {
    set label 30 + k mi_join(MI_NODE[k], MI_NODE_TEXT[k]) at MI_NODE_X[k]*mi_across, MI_NODE_Y[k]*mi_up + (MI_NODE_TEXT[k] eq '' ? 0 : MI_IS_TEXT ? 1 : 1.5) center front
}
if (MI_IS_TEXT) {
    plot [0:mi_across] [0:mi_up] for [e = 1:MI_EDGES] '+' using (mi_lx(e, $0/100)):(mi_ly(e, $0/100)) with lines
} else {
    plot [0:mi_across] [0:mi_up] \
        for [e = 1:MI_EDGES] '+' using (mi_lx(e, mi_neck(e)*$0/100)):(MI_SHARE[e] == MI_SHARE[e] ? NaN : mi_ly(e, mi_neck(e)*$0/100)) with lines lc rgb '#808080' dt 3, \
        for [e = 1:MI_EDGES] '+' using (mi_ox(e, $0)):(MI_SHARE[e] == MI_SHARE[e] ? mi_oy(e, $0) : NaN) with filledcurves closed fc rgb mi_color(MI_EDGE_COLOR[e]) fs transparent solid 0.7 noborder, \
        for [e = 1:MI_EDGES] '+' using (mi_hx(e, $0)):(mi_hy(e, $0)) every ::0::3 with filledcurves closed fc rgb (MI_SHARE[e] == MI_SHARE[e] ? mi_color(MI_EDGE_COLOR[e]) : 0x808080) fs solid noborder, \
        for [k = 1:MI_NODES] '+' using (MI_NODE_X[k]*mi_across):(MI_NODE_Y[k]*mi_up):(mi_radius) every ::0::0 with circles fc rgb (MI_NODE_TEXT[k] eq '' ? '#ffffff' : '#f0f0f0') fs solid border lc rgb '#404040'
}
