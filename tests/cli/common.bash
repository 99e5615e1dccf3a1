# What the command-line tests share. MI_TOOLS: where the tools are; MI_FIXTURES: the program that makes the inputs;
# MI_NEAR: the table comparer; MI_SOURCE: the source tree.
bats_require_minimum_version 1.5.0

setup() {
    work_folder
    "$MI_FIXTURES" .
}

work_folder() {
    PATH=$MI_TOOLS:$PATH
    mkdir "$BATS_TEST_TMPDIR/work" # bats keeps files of its own beside it
    cd "$BATS_TEST_TMPDIR/work"
}

# fails CODE MESSAGE COMMAND...: the command ends with CODE, prints just MESSAGE on standard error (after its own name) and
# nothing on standard output, and leaves no file behind.
fails() {
    local code=$1 message=$2 before after
    shift 2
    before=$(ls -A)
    run --separate-stderr "$@"
    after=$(ls -A)
    same "$status" "$code"
    same "$stderr" "$1: $message"
    same "$output" ""
    same "$after" "$before"
}

# same FOUND WANTED
same() {
    [ "$1" = "$2" ] || { printf 'found:  %s\nwanted: %s\n' "$1" "$2"; return 1; }
}

# column NAME [FILE]: the cells of a column, one a line
column() {
    awk -F '\t' -v name="$1" 'NR == 1 { for (k = 1; k <= NF; k++) if ($k == name) c = k; if (!c) exit 1; next }
        { print $c }' "${2:--}"
}

# above KILOBYTES [THREADS]: a --memory that leaves so much to what is computed, beside the program itself.
above() {
    echo $(((28 + ${2:-1}) * 1024 + $1))K
}

is_sanitized() {
    grep -q __asan_init "$MI_TOOLS/mi-ls"
}

# The address sanitizer keeps what was freed, and notes on all memory: a peak is not the tool's then.
peaks_count() {
    ! is_sanitized || skip "under the address sanitizer, which takes memory of its own"
}
