# Lines of `TOOL --describe` to a completion for bash: options, the words that an argument may be, file names. A list of words
# (z1,z2) goes on behind its last comma. bash parts a word at = and at : and puts a reply in the place of the last part.
BEGIN { FS = "\t" }
function spaced(words) { gsub(/\|/, " ", words); return words }
$1 == "tool" { name = $2; at = name; gsub(/-/, "_", at) }
$1 == "words" { first = spaced($2) }
$1 == "option" {
    options = options " --" $2
    pattern = $3 == "-" ? "--" $2 : "--" $2 " | -" $3
    if ($4 == "-") next
    if ($5 != "-") cases = cases sprintf("    %s) words='%s' ;;\n", pattern, spaced($5))
    else if ($4 !~ /^FILE/) cases = cases sprintf("    %s) return ;;\n", pattern)
}
END {
    printf "# Completion of %s for bash, made from its table of options.\n", name
    printf "_%s() {\n", at
    print "    local line=${COMP_LINE:0:COMP_POINT} words="
    print "    local cur=${line##* } before=${line% *}"
    print "    local prev=${before##* } IFS=$' \\t\\n'"
    print "    COMPREPLY=()"
    print "    if [[ $cur == --*=* ]]; then"
    print "        prev=${cur%%=*}"
    print "        cur=${cur#*=}"
    print "    fi"
    print "    case $prev in"
    printf "%s", cases
    print "    esac"
    print "    if [[ ! $words && $cur == -* ]]; then"
    printf "        words='%s --help --usage --version'\n", substr(options, 2)
    if (first) {
        print "    elif [[ ! $words && $before != *' '* ]]; then"
        printf "        words='%s'\n", first
    }
    print "    fi"
    print "    if [[ $words ]]; then"
    print "        local done=${cur%\"${cur##*,}\"} colon=${cur%\"${cur##*:}\"}"
    print "        COMPREPLY=($(compgen -P \"$done\" -W \"$words\" -- \"${cur##*,}\"))"
    print "        COMPREPLY=(\"${COMPREPLY[@]#\"$colon\"}\")"
    print "    else"
    print "        compopt -o filenames 2>/dev/null"
    print "        COMPREPLY=($(compgen -f -- \"$cur\"))"
    print "    fi"
    print "}"
    printf "complete -F _%s %s\n", at, name
}
