# What is asked of a command after a fault; sourced after common.sh.
faults=0 wrong=0

# Its messages go through a pipe: a limit on files is none on them.
run() { # [PREFIX...]
    { (cd work && exec timeout -s KILL 60 "$@" $command 2>&1 >../said) | cat >err; } 2>/dev/null
    return "${PIPESTATUS[0]}"
}

# As without a fault: what it prints.
begin_whole() {
    begin
    run
    cp said first/said
    rm -rf whole
    cp -a first whole
}

# judge WHAT CODE: after a fault.
judge() {
    local code=$2 bad="" extra tool other=0
    # OpenBLAS waits for ever for a thread that could not be started just after another could.
    [[ $code$1 != 137clone3* ]] || { faults=$((faults + 1)) && return; }
    tool=${command%% *}
    tool=${tool##*/}
    case $code in
    0)
        grep -qE "warning: no (size and date|chart|learning curve|effective ranks|spectrum)" err && other=1 &&
            cp -p "work/$output" whole/ # a page without it is a page
        cmp -s said whole/said || bad="exit 0, but the output is another"
        ;;
    1 | 2 | 65 | 66 | 70 | 71 | 73 | 74) grep -qE "^$tool: |^MemoryError|^[A-Za-z]*Error: " err || bad="exit $code without a line" ;;
    134 | 139) [[ $tool$1 == mi-train*ALLOC* || $tool$1 == mi-train*ENOMEM* ]] || bad="exit $code" ;; # oneDNN throws, in C++, or crashes
    127) grep -q "shared libraries" err || bad="exit $code" ;; # the loader's
    *) bad="exit $code" ;;
    esac
    [ "$code" != 0 ] || [ "$output" = - ] || cmp -s "work/$output" "whole/$output" || bad="exit 0, but the file is another"
    extra=$(left_behind)
    is_old_or_whole || bad="$bad; a file neither old nor new"
    [ -z "$extra" ] || bad="$bad; left behind: $extra"
    [ $other -eq 0 ] || cp -p "first/$output" whole/
    faults=$((faults + 1))
    [ -z "$bad" ] || {
        wrong=$((wrong + 1))
        echo "$command: $1: $bad: $(tr '\n' '~' <err | tail -c 200)"
    }
}

sum_up() {
    echo "$faults faults, $wrong after which something was wrong"
    [ $faults -gt 0 ] && [ $wrong -eq 0 ]
}
