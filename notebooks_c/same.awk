# awk -f same.awk A B: two woven pages are the same, but for one in the last decimal of a number: processors round differently.
# Numbers without decimals are compared exactly.

function number(text) { return match(text, /[0-9]+\.[0-9]+/) }

# -0.000 is 0.000.
function plain(line,    done) {
    while (match(line, /-0\.0+/)) {
        done = done substr(line, 1, RSTART - 1)
        if (substr(line, RSTART + RLENGTH, 1) ~ /[1-9]/)
            done = done "-"
        line = substr(line, RSTART + 1)
    }
    return done line
}

# The lines with their decimals taken out are equal, and the decimals near.
function same(a, b,    x, y, unit) {
    while (number(a)) {
        x = substr(a, RSTART, RLENGTH)
        if (substr(a, 1, RSTART - 1) != substr(b, 1, RSTART - 1))
            return 0
        a = substr(a, RSTART + RLENGTH)
        b = substr(b, RSTART)
        if (number(b) != 1)
            return 0
        y = substr(b, 1, RLENGTH)
        b = substr(b, RLENGTH + 1)
        unit = 10 ^ -(length(x) - index(x, "."))
        if (length(x) - index(x, ".") != length(y) - index(y, ".") || x - y > 1.01 * unit || y - x > 1.01 * unit)
            return 0
    }
    return a == b
}

NR == FNR { line[FNR] = $0; lines = FNR; next }
{ others = FNR }
!same(plain(line[FNR]), plain($0)) {
    print FILENAME ":" FNR ": in the tree:   " line[FNR]
    print FILENAME ":" FNR ": printed today: " $0
    failed = 1
}
END {
    if (lines != others || lines == 0) {
        print "lines: " lines + 0 " in the tree, " others + 0 " today"
        failed = 1
    }
    exit failed
}
