#!/bin/sh
# cblas_sgemm must not come from gslcblas, which has the same symbols and is 40 times slower.
set -eu
from=$("$1" --version | sed -n 's/^cblas_sgemm from //p')
echo "cblas_sgemm from $from"
case $from in
*gslcblas* | '' | unknown) exit 1 ;;
esac
