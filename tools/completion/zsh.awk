# Lines of `TOOL --describe` to a completion for zsh.
BEGIN { FS = "\t" }
# Inside '...[...]': brackets, colons and quotes have a meaning.
function quoted(text) { gsub(/[\[\]:\\]/, "\\\\&", text); gsub(/'/, "'\\''", text); return text }
function brief(text) { gsub(/ \(default[^)]*\)/, "", text); sub(/[:;] .*/, "", text); return quoted(text) }
function spaced(words) { gsub(/:/, "\\:", words); gsub(/\|/, " ", words); return words }
function takes() {
    if ($4 == "-") return ""
    if ($5 != "-") return ":" quoted($2) ":" ($4 ~ /,/ ? "_values -s , " quoted($2) " " : "(") spaced($5) ($4 ~ /,/ ? "" : ")")
    return ":" quoted($4) ":" ($4 ~ /^FILE/ ? "_files" : "")
}
$1 == "tool" { printf "#compdef %s\n# Completion of %s for zsh, made from its table of options.\n_arguments -s -S \\\n", $2, $2 }
$1 == "words" { first = $2 }
$1 == "option" {
    # In the equals form the argument is the next word or follows =.
    end = $4 == "-" ? "" : "="
    text = "[" brief($6) "]" takes()
    if ($3 == "-") printf "  '*--%s%s%s' \\\n", $2, end, text
    else printf "  '*'{-%s%s,--%s%s}'%s' \\\n", $3, $4 == "-" ? "" : "+", $2, end, text
}
END {
    print "  '(-)--help[options and what they mean]' '(-)--usage[a short usage message]' '(-)--version[the version]' \\"
    if (first) printf "  '1:kind:(%s)' \\\n", spaced(first)
    print "  '*:file:_files'"
}
