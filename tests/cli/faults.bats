# A part of what ./run faults goes through, by tools that write in different ways; strace injects faults of system calls, where it is.

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
