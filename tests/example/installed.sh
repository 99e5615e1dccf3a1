#!/bin/sh
# The example, compiled against the library as it is installed, as C and as C++: installed.sh BUILD EXAMPLE CC CXX
set -eu
build=$1 example=$2 cc=$3 cxx=${4:-}
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
DESTDIR=$at meson install -C "$build" --no-rebuild --quiet >"$at/log" 2>&1 || { cat "$at/log"; exit 1; }
pc=$(dirname "$(find "$at" -name libmi.pc)")
export PKG_CONFIG_PATH=$pc PKG_CONFIG_SYSROOT_DIR=$at
LD_LIBRARY_PATH=$(pkg-config --variable=libdir libmi)
LD_LIBRARY_PATH=$at${LD_LIBRARY_PATH#"$at"}
export LD_LIBRARY_PATH
flags=$(pkg-config --cflags --libs libmi)
$cc -std=c11 -Wall -Wextra -Werror "$example" $flags -lm -o "$at/c"
"$at/c"
said=$("$at/c")
[ -n "$cxx" ] || exit 0
$cxx -x c++ -std=c++17 -Wall -Wextra -Werror "$example" -x none $flags -lm -o "$at/cxx"
[ "$("$at/cxx")" = "$said" ]
