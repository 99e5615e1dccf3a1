# What files hold never drives a terminal: names, attributes, labels and tables with escape sequences, through every tool.
load common

# shown COMMAND: what the terminal gets on both streams; TERM is put aside, as gnuplot and argp may ask it.
shown() {
    script -qec "stty -onlcr cols 120; $1" /dev/null </dev/null
}

# is_plain COMMAND: it says something, and nothing of it is a control character, nor a byte that is no character.
is_plain() {
    shown "$1" >text || true
    [ -s text ] || { echo "nothing of: $1"; return 1; }
    iconv -f UTF-8 -t UTF-16LE text >/dev/null || { echo "no UTF-8: $1"; cat -v text; return 1; }
    if LC_ALL=C grep -nqP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' text; then
        echo "control characters: $1"
        cat -v text
        return 1
    fi
}

@test "tables of every tool, in every form, of names and texts that would drive the terminal" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    file=$'h\e[31m.h5'
    cp hostile.h5 "$file"
    for form in "" --tsv --csv --json --long; do
        for tool in mi-ls mi-bounds "mi-bounds --se --decompose" mi-entropy mi-mutual mi-spectrum "mi-compare --decompose" \
            "mi-probe --probe linear"; do
            is_plain "$tool $form '$file'"
        done
    done
    is_plain "mi-export --format csv --of y 'hostile.h5:/a'\$'\\e[31m'"
    is_plain "mi-export --format tsv --of y 'hostile.h5:/a'\$'\\e[31m'"
    # what is hidden is shown, as what it is
    shown "mi-ls --tsv hostile.h5" | grep -qF '/a\x1b[31m'
    shown "mi-ls --tsv hostile.h5" | grep -qF '/b\u009b1m\x7f'
    shown "mi-ls --json hostile.h5" | grep -qF '/b\u009b1m\u007f'
}

@test "tables with such columns and cells, and what is said of them" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    mi-bounds --se --decompose hostile.h5 >t.tsv 2>/dev/null
    LC_ALL=C grep -q $'\e' t.tsv # a file has the text as it is
    for form in "" --tsv --csv --json --long; do
        is_plain "mi-validate $form t.tsv"
        is_plain "mi-corr $form t.tsv"
        is_plain "mi-corr $form --y accuracy --x lower --by \$'k\\e]0;x\\a' t.tsv"
    done
    is_plain "mi-validate --text t.tsv"
    is_plain "mi-export --table --format csv t.tsv"
    is_plain "mi-export --table --format tsv t.tsv"
    is_plain "mi-plot trend --by \$'k\\e]0;x\\a' t.tsv"
    is_plain "mi-plot sweep -x \$'k\\e]0;x\\a' t.tsv"
    is_plain "mi-plot scatter --title \$'\\e[31m\\x9b' t.tsv"
    is_plain "mi-bounds --columns \$'\\e[31m' hostile.h5"
    is_plain "mi-report t.tsv -o /nowhere/r.html"
    is_plain "mi-bounds hostile.h5:/none"
    is_plain "mi-bounds --map z1=\$'\\e[31m' hostile.h5"
}

@test "characters that turn the direction of text or end its lines are shown, in tables and messages, and stay in files" {
    script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip "no pseudo-terminal here"
    printf 'lower\tk\xe2\x80\xaelic\n1\t\xe2\x81\xa6a\xe2\x80\xa8b\xe2\x82\xac\n' >turned.tsv
    same "$(shown "mi-export --table --format tsv turned.tsv")" $'lower\tk\\u202elic\n1\t\\u2066a\\u2028b\xe2\x82\xac'
    same "$(shown $'mi-ls $\'a\\xe2\\x80\\xaeb\'')" "mi-ls: cannot open 'a\\xe2\\x80\\xaeb': No such file or directory"
    mi-export --table --format tsv turned.tsv | cmp - turned.tsv
}

@test "JSON lines with such characters read back as they were" {
    mi-bounds --columns group hostile.h5 2>/dev/null | tail -2 | head -1 >a
    same "$(cat a)" $'/b\xc2\x9b1m\x7f'
    mi-bounds --json --columns group hostile.h5 2>/dev/null | mi-export --table --format tsv | tail -2 | head -1 | cmp a -
    ! mi-bounds --json hostile.h5 2>/dev/null | LC_ALL=C grep -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]'
}
