# spectrum.gp - eigenvalues against their index. Lines are series MI_FIRST to MI_LAST of a panel, coloured along
# the bar where there is one. Columns of the data: x y low high, the last two nan where there is no interval.

# Powers of ten on a logarithmic axis. One of less than two decades (MI_X_SPAN, MI_Y_SPAN: how far the values reach)
# has numbers, and tics between.
array MI_DIGITS[10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']
mi_digits(n) = n < 10 ? MI_DIGITS[n + 1] : MI_DIGITS[n/10 + 1].MI_DIGITS[n%10 + 1]
mi_power(e) = e >= 0 && e < 4 ? sprintf('%d', 10**e) : '10'.(e < 0 ? '⁻' : '').mi_digits(abs(e))
mi_number(m, e) = sprintf('%g', m*10.0**e)
if (MI_Y_SPAN >= 100) {
    set ytics ()
    mi_decades = ceil(log10(MI_Y_SPAN)/8)
    do for [e = -30*mi_decades:30:mi_decades] { if (abs(e) < 100) { set ytics add (mi_power(e) 10.0**e) } }
}
if (MI_Y_SPAN > 0 && MI_Y_SPAN < 100) {
    do for [e = -20:20] { do for [m = 2:5:3] { set ytics add (mi_number(m, e) m*10.0**e) } }
}
if (MI_X_SPAN >= 100) {
    set xtics ()
    do for [e = -3:12] { set xtics add (mi_power(e) 10.0**e) }
}
if (MI_X_SPAN > 0 && MI_X_SPAN < 100) {
    do for [e = 0:6] { do for [m = 2:5:3] { set xtics add (mi_number(m, e) m*10.0**e) } }
}
# Marks at about equal distances on a logarithmic axis.
mi_marked(x) = x <= 1 || floor(5*log10(x)) > floor(5*log10(x - 1))
do for [p = 1:MI_PANELS] {
    eval mi_panel
    if (MI_BAR) {
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with lines lc palette cb MI_SHADE_OF[s]
    } else {
        plot for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_low($3)):4 with filledcurves fc rgb mi_color(MI_COLOR_OF[s]) fs transparent solid 0.2 noborder, \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:2 with lines lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) dt mi_dash(MI_DASH_OF[s]), \
             for [s = MI_FIRST[p]:MI_LAST[p]] MI_DATA index s-1 using 1:(mi_marked($1) ? $2 : NaN) with points lt mi_pen(MI_DASH_OF[s], MI_MARK_OF[s]) lc rgb mi_color(MI_COLOR_OF[s]) pt mi_mark(MI_MARK_OF[s]) ps MI_MARK_SIZE
    }
}
