# awk -f weave.awk TRANSCRIPT NOTEBOOK.c: Markdown of a notebook, from what it printed and its source. README.md has the rules.
# charts: how the names of its charts begin.

function complain(text) {
    print FILENAME ":" FNR ": " text >"/dev/stderr"
    failed = 1
}

# ---- the transcript: output of each cell, values, charts ----
NR == FNR && /^@cell / { cell = $2; has_run[cell] = 1; next }
NR == FNR && /^@value / { value[$2] = substr($0, length($1 $2) + 3); next }
NR == FNR && /^@chart / {
    put(cell, "![" substr($0, length($1 $2) + 3) "](" charts "-" $2 ".svg)", "chart")
    next
}
NR == FNR {
    put(cell, $0, /^\|/ ? "table" : "text")
    next
}

# Lines of one kind stand together: text in a fence, rows of a table as they are.
function put(cell, line, kind) {
    if (kind != last[cell] || kind == "chart") {
        output[cell] = output[cell] ending(last[cell]) "\n" (kind == "text" ? "```text\n" : "")
        last[cell] = kind
    }
    output[cell] = output[cell] line "\n"
}
function ending(kind) { return kind == "text" ? "```\n" : "" }

# ---- the source ----
FNR == 1 { in_prose = 0; block = ""; shown = "" }
/^\/\*$/ { end_code(); in_prose = 1; next }
in_prose && /^\*\/$/ { in_prose = 0; print ""; next }
in_prose { print prose($0); next }
/^int main\(/ { is_main = 1 }
is_main || /^#include/ { next }
/^static void [a-z_0-9]+\(void\)$/ {
    name = $3
    sub(/\(void\)/, "", name)
    if (name in has_run)
        shown = shown " " name
}
{ block = block $0 "\n" }

function end_code(    names, n, k) {
    gsub(/^\n+|\n+$/, "", block)
    if (block != "")
        print "```c\n" block "\n```"
    n = split(shown, names, " ")
    for (k = 1; k <= n; k++) {
        printf "%s%s", output[names[k]], ending(last[names[k]])
        was_shown[names[k]] = 1
    }
    if (block != "")
        print ""
    block = shown = ""
}

# {name} becomes its value; a number with decimals that is typed, outside code and links, is refused.
function prose(line,    rest, name, text) {
    rest = line
    gsub(/`[^`]*`|\[[^]]*\]\([^)]*\)/, "", rest)
    if (line !~ /^    / && rest ~ /[0-9]\.[0-9]/)
        complain("a number is typed: '" line "'; print it as a {value}")
    text = ""
    while (match(line, /\{[a-z][a-z_0-9]*\}/)) {
        name = substr(line, RSTART + 1, RLENGTH - 2)
        if (!(name in value))
            complain("no value() of the name " name)
        is_used[name] = 1
        text = text substr(line, 1, RSTART - 1) value[name]
        line = substr(line, RSTART + RLENGTH)
    }
    return text line
}

END {
    end_code()
    for (name in value)
        if (!(name in is_used))
            complain("value " name " is not in the prose")
    for (name in has_run)
        if (!(name in was_shown))
            complain("cell " name " has run, its code is not found")
    exit failed
}
