# plane.gp - the information plane: points of each run joined in order, coloured along the bar. Runs are
# series MI_FIRST to MI_LAST of a panel. Columns of the data: x y x_low x_high y_low y_high, what colours, and the middle
# of the way to the next point, to which an arrow goes.

set style arrow 1 head filled size graph 0.015, 20 lc rgb '#808080' lw 0.7

set errorbars 0
do for [p = 1:MI_PANELS] {
    eval mi_panel
    # The first and the last point of a run say what they are, where there are few runs; a thin line leads from a name
    # that is not next to its point.
    do for [k = 1:MI_ENDS] {
        unset label 100 + k
        unset arrow 100 + k
        if (!MI_IS_TEXT && MI_END_PANEL[k] == p) {
            if (MI_END_DX[k] > 0) {
                set label 100 + k MI_END[k] at MI_END_X[k], MI_END_Y[k] left offset MI_END_DX[k], MI_END_DY[k] front font MI_SMALL
            } else {
                set label 100 + k MI_END[k] at MI_END_X[k], MI_END_Y[k] right offset MI_END_DX[k], MI_END_DY[k] front font MI_SMALL
            }
            if (MI_END_DX[k]**2 + 4*MI_END_DY[k]**2 > 3) {
                set arrow 100 + k from MI_END_X[k], MI_END_Y[k] rto character 0.9*MI_END_DX[k], character 0.9*MI_END_DY[k] nohead lc rgb '#404040' lw 0.5
            }
        }
    }
    if (MI_IS_TEXT && MI_FIRST[p] == MI_LAST[p]) {
        plot MI_DATA index MI_FIRST[p]-1 using 1:2:(sprintf('%g', $7)) with labels
    } else {
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($2)):3:4:5:6 with xyerrorbars lc rgb '#c0c0c0' pt 0 lw 0.5, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($2)) with lines lc rgb '#808080' dt mi_dash(MI_DASH_OF[s]) lw 0.7, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($2)):($8-$1):($9-$2) every MI_EVERY_OF[s] with vectors arrowstyle 1, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(MI_BAR ? NaN : $2) with points lc rgb mi_color(0) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE*1.2, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(MI_BAR ? $2 : NaN):7 with points lc palette pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE*1.2
    }
}
