#!/bin/sh
# versions.sh SOURCE: files that name the version of a release name the same; the changelog may be ahead of it, never behind.
set -eu
cd "$1"
version=$(sed -n "s/^ *version: '\([^']*\)',/\1/p" meson.build | head -n 1)
bad=0
says() {
    [ "$2" = "$version" ] || { echo "$1 says version '$2', meson.build '$version'" && bad=1; }
}
says CITATION.cff "$(sed -n 's/^version: //p' CITATION.cff)"
says debian/changelog "$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)"
grep -q '^## Unreleased' CHANGELOG.md || says CHANGELOG.md "$(sed -n 's/^## \[*\([0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)"
exit $bad
