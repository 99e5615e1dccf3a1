# Lines of `TOOL --describe` to a completion for fish.
BEGIN { FS = "\t" }
function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/'/, "\\'", text); return "'" text "'" }
# What stands before the first colon or semicolon, without the default.
function brief(text) { gsub(/ \(default[^)]*\)/, "", text); sub(/[:;] .*/, "", text); return quoted(text) }
function spaced(words) { gsub(/\|/, " ", words); return words }
$1 == "tool" { name = $2; printf "# Completion of %s for fish, made from its table of options.\n", name }
$1 == "words" { printf "complete -c %s -n __fish_is_first_arg -f -a %s\n", name, quoted(spaced($2)) }
$1 == "option" {
    line = sprintf("complete -c %s -l %s", name, $2)
    if ($3 != "-") line = line " -s " $3
    if ($4 != "-") line = line ($5 != "-" ? " -x -a " quoted(spaced($5)) : $4 ~ /^FILE/ ? " -r -F" : " -x")
    print line " -d " brief($6)
}
END {
    printf "complete -c %s -l help -s '?' -d 'options and what they mean'\n", name
    printf "complete -c %s -l usage -d 'a short usage message'\n", name
    printf "complete -c %s -l version -s V -d 'the version'\n", name
}
