#!/bin/sh
# `import libmi` from where it is installed, with the library that is installed: installed.sh BUILD PYTHON
set -eu
build=$1 python=$2
"$python" -c 'import numpy' 2>/dev/null || { echo 'NumPy is missing'; exit 77; }
at=$(mktemp -d)
trap 'rm -rf "$at"' EXIT
DESTDIR=$at meson install -C "$build" --no-rebuild --quiet >"$at/log" 2>&1 || { cat "$at/log"; exit 1; }
door=$(find "$at" -path '*/libmi/door.so')
unset PYTHONPATH
LD_LIBRARY_PATH=$(dirname "$(find "$at" -name libmi.so)") PYTHONPATH=$(dirname "$(dirname "$door")") "$python" -c '
import sys
import libmi
assert libmi.__file__.startswith(sys.argv[1]), libmi.__file__
assert any(sys.argv[1] in line and "/libmi.so" in line for line in open("/proc/self/maps")), "another library"
assert abs(libmi.entropy([1, 2, 3, 4], 1) - 1.3862943611) < 1e-9' "$at"
