#!/bin/sh
# What is installed, in a place of its own, moved elsewhere: headers compile alone and the example against the libraries, as C
# and as C++, by pkg-config; the tools run and draw without a hint where their parts are; uninstalling leaves nothing.
# installed.sh BUILD EXAMPLE CC CXX SAMPLES
set -eu
build=$1 example=$2 cc=$3 cxx=$4 samples=$5
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
DESTDIR=$at/first meson install -C "$build" --no-rebuild --quiet >"$at/log" 2>&1 || { cat "$at/log"; exit 1; }
mv "$at/first" "$at/moved"
root=$at/moved
pc=$(dirname "$(find "$root" -name libmi.pc)")
export PKG_CONFIG_PATH="$pc" PKG_CONFIG_SYSROOT_DIR="$root"
lib=$root$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=libdir libmi)
include=$root$(PKG_CONFIG_SYSROOT_DIR='' pkg-config --variable=includedir libmi)
bin=$(dirname "$(find "$root" -path "*/bin/mi-bounds")")

# Names: a file of the full version, the name that programs ask for, the name that linkers do.
for library in libmi libmi-images libmi-train; do
    [ -f "$lib/pkgconfig/$library.pc" ] || continue
    pkg-config --cflags --libs "$library" >/dev/null
    version=$(pkg-config --modversion "$library")
    readelf -d "$lib/$library.so.$version" | grep -q "SONAME.*\[$library.so.${version%%.*}\]"
    [ "$(readlink "$lib/$library.so.${version%%.*}")" = "$library.so.$version" ]
    [ -L "$lib/$library.so" ] && [ -f "$lib/$library.a" ]
    if nm -D --defined-only "$lib/$library.so" | awk '$2 ~ /[TDBRVWi]/ { print $3 }' | grep -v '^mi_'; then
        echo "$library exports more than mi_*"
        exit 1
    fi
done

# Each header alone.
(cd "$include" && find libmi -name '*.h') >"$at/headers"
[ "$(wc -l <"$at/headers")" -gt 20 ]
while read -r header; do
    echo "#include <$header>" >"$at/one.c"
    $cc -std=c11 -Wall -Wextra -Werror -fsyntax-only -I"$include" "$at/one.c"
    [ -z "$cxx" ] || $cxx -x c++ -std=c++17 -Wall -Wextra -Werror -fsyntax-only -I"$include" "$at/one.c"
done <"$at/headers"

# Programs.
flags=$(pkg-config --cflags --libs libmi)
$cc -std=c11 -Wall -Wextra -Werror "$example" $flags -lm -Wl,-rpath,"$lib" -o "$at/c"
"$at/c"
if [ -n "$cxx" ]; then
    $cxx -x c++ -std=c++17 -Wall -Wextra -Werror "$example" -x none $flags -lm -Wl,-rpath,"$lib" -o "$at/cxx"
    [ "$("$at/cxx")" = "$("$at/c")" ]
fi

# Tools: nothing of the build tree is in their environment.
clean() { env -i PATH="$bin:/usr/bin:/bin" "$@"; }
for tool in "$bin"/mi-*; do
    clean "${tool##*/}" --version | grep -q "^${tool##*/} "
    clean ldd "$tool" | grep libmi | grep -v " $root/" && exit 1
done
clean mi-bounds "$samples/simclr-cifar10-epochs.h5" >"$at/t.tsv"
clean mi-plot trend "$at/t.tsv" -o "$at/t.svg"
grep -q '</svg>' "$at/t.svg"

# Away again.
mv "$root" "$at/first"
DESTDIR=$at/first ninja -C "$build" uninstall >"$at/log" 2>&1 || { cat "$at/log"; exit 1; }
left=$(find "$at/first" ! -type d 2>/dev/null || true)
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
