# A part of what ./run faults goes through, by tools that write in different ways; strace injects faults of system calls, where it is.
load common

@test "allocations, reads, writes, renames that fail: one line, a code of the manual, the old file or the whole new one" {
    [ "$(uname -m)" = x86_64 ] || skip "counted where it was tried"
    "$MI_SOURCE/tests/fault/faults.sh" 1 mi-entropy mi-import mi-plot mi-images
}

@test "a disk that becomes full, a limit on the size of files, a folder that may only be read: the same" {
    "$MI_SOURCE/tests/fault/places.sh" 2 mi-entropy mi-import mi-export mi-plot mi-train
}

@test "SIGINT, SIGTERM, SIGKILL at random moments: the old file or the whole new one, and nothing beside it" {
    "$MI_SOURCE/tests/fault/signals.sh" 1
}

@test "no memory for the command line: a tool does not go on as if there were nothing on it" {
    for tool in mi-bounds mi-ls mi-plot mi-report mi-transform mi-validate; do
        run --separate-stderr env LD_PRELOAD="$MI_FAULTS_SO" MI_FAULT_ALLOCATION=1 $tool --threads good.h5
        same "$status $stderr" "71 $tool: out of memory for the command line"
    done
}
