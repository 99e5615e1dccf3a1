#!/usr/bin/env bash
# places.sh MOST [TOOL...]: each command where its output has no place: a disk that becomes full, for at most MOST sizes; a limit on the size of a file
# (RLIMIT_FSIZE), for as many; a folder that may only be read. What is asked afterwards is what faults.sh asks, of a full disk and of
# a folder that may only be read also that nothing was written. Disks are made by mount (tmpfs), for which it takes root; else they are passed over.
set -u
. "${BASH_SOURCE%/*}/common.sh"
. "$here/judge.sh"

PAGE=4096

pages() { # FOLDER
    find "$1" -type f -printf '%s\n' | awk -v page=$PAGE '{ n += int(($1 + page - 1) / page) } END { print n + 0 }'
}

disk() { # BYTES
    umount -q work
    mount -t tmpfs -o "size=$1" tmpfs work 2>/dev/null
}

full_disks() {
    local room n
    room=$(($(pages given) + 2))
    for n in $(some $(($(pages first) + $(pages first) / 4 + 8))); do
        disk $(((room + n) * PAGE)) || return 0
        begin 2>/dev/null || continue # not even what it is given has place
        run
        judge "a disk with $n pages left" $?
    done
    umount -q work
}

limited_files() {
    local size n
    size=$(stat -c %s "first/$output" 2>/dev/null || stat -c %s first/said)
    for n in $(some $((size + 1))); do
        begin
        run prlimit --fsize=$((n - 1))
        judge "files of at most $((n - 1)) bytes" $?
    done
}

read_only() {
    disk 64M || return 0
    begin
    mount -o remount,ro work
    run
    judge "a folder that may only be read" $?
    umount -q work
}

try() {
    begin_whole
    full_disks
    limited_files
    read_only
}

each try
sum_up
