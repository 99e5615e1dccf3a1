# awk -v directory=D -f figures.awk: an image that stands by itself becomes a figure with the SVG in it, its text the caption.
# gnuplot gives all its pictures the same ids: those of each picture begin with its number.
/^<p><img src="[^"]*\.svg" alt="[^"]*" \/><\/p>$/ {
    split($0, part, "\"")
    mark = "chart" ++charts "-"
    print "<figure>"
    while ((got = getline line < (directory "/" part[2])) > 0)
        if (line !~ /^<\?xml/) {
            gsub(/ id=["']/, "&" mark, line)
            gsub(/href=["']#/, "&" mark, line)
            gsub(/url\(["']?#/, "&" mark, line)
            print line
        }
    if (got < 0) {
        print directory "/" part[2] ": cannot be read" >"/dev/stderr"
        exit 1
    }
    print "<figcaption>" part[4] "</figcaption>\n</figure>"
    next
}
{ print }
