#!/usr/bin/env bash
# faults.sh MOST [TOOL...]: the n-th allocation (or all from the n-th on), read, write, rename, fsync, close, ... of each command fails,
# or moves less than it is asked to, for at most MOST values of n of each kind, spread over all there are. Afterwards a command has
# ended by itself, with a code that the manual names and a line that says why; what was under its output's name is there unchanged,
# or is the whole new file; no other file has come; and where it ended with 0 all is as without the fault, or, of mi-report, it is
# said which chart is not there. Prints a line for each fault after which that is not so, then how many there were; exit 1 when
# there was such a line. MI_FAULTS_SO: support/faults.c; strace injects faults of system calls.
set -u
. "${BASH_SOURCE%/*}/common.sh"
. "$here/judge.sh"

calls='read:EIO read:EINTR pread64:EIO pread64:EINTR write:ENOSPC write:EIO write:EDQUOT write:EINTR pwrite64:ENOSPC pwrite64:EDQUOT
    pwrite64:EINTR openat:EMFILE openat:EACCES openat:EDQUOT fsync:EIO fsync:ENOSPC fsync:EDQUOT rename:EACCES rename:EIO
    renameat2:EIO ftruncate:ENOSPC ftruncate:EIO lseek:EIO fstat:EIO newfstatat:EIO unlink:EACCES readlink:EIO copy_file_range:EIO
    copy_file_range:EINTR fchmod:EPERM fchown:EPERM flock:EIO fcntl:EIO fcntl:ENOLCK flistxattr:EIO getrandom:EINTR getdents64:EIO
    getcwd:ENOENT mmap:ENOMEM clone3:EAGAIN pipe2:EMFILE wait4:EINTR'

# preloaded NAME VALUE: with this fault of the preloaded layer.
preloaded() {
    begin
    LD_PRELOAD=$MI_FAULTS_SO run env "$1=$2"
    judge "$1=$2" $?
}

# A layer of calls of the C library.
of_the_library() {
    local allocations closes moves n
    begin
    MI_FAULT_COUNT=$place/count LD_PRELOAD=$MI_FAULTS_SO run env
    read -r allocations closes moves <count
    for n in $(some "$allocations"); do preloaded MI_FAULT_ALLOCATION "$n"; done
    # Python itself needs memory to say that there is none.
    [[ $command == */python3* ]] || for n in $(some "$allocations"); do preloaded MI_FAULT_ALLOCATION "$n+"; done
    for n in $(some "$closes"); do preloaded MI_FAULT_CLOSE "$n"; done # closed, but what was written is lost
    for n in 0 $(some "$moves"); do preloaded MI_FAULT_SHORT "$n"; done
}

# Calls of the system, from where a tool begins, by its timer: what the loader reads before is not its concern.
of_the_system() {
    local kind call all before n
    begin
    run strace -qq -e signal=none -e trace="$(traced)" -o "$place/log"
    sed '/^setitimer/,$d' log >early
    for kind in $calls; do
        call=${kind%:*}
        all=$(grep -c "^$call(" log)
        before=$(grep -c "^$call(" early)
        for n in $(some $((all - before))); do
            begin
            run strace -qq -e signal=none -e trace="$call" -e inject="$call:error=${kind#*:}:when=$((before + n))" -o /dev/null
            judge "$kind $n" $?
        done
    done
}

# Those calls and setitimer, each where the processor has it.
traced() {
    printf '?%s,' $(printf '%s\n' $calls | sed 's/:.*//' | sort -u)
    echo setitimer
}

try() {
    begin_whole
    of_the_library
    ! command -v strace >/dev/null || of_the_system
}

each try
sum_up
