# awk -v directory=D -f figures.awk: an image that stands by itself becomes a figure with the SVG in it, its text the caption.
/^<p><img src="[^"]*\.svg" alt="[^"]*" \/><\/p>$/ {
    split($0, part, "\"")
    print "<figure>"
    while ((got = getline line < (directory "/" part[2])) > 0)
        if (line !~ /^<\?xml/)
            print line
    if (got < 0) {
        print directory "/" part[2] ": cannot be read" >"/dev/stderr"
        exit 1
    }
    print "<figcaption>" part[4] "</figcaption>\n</figure>"
    next
}
{ print }
