#!/bin/sh
# Every file that multiplies matrices or calls LAPACK asks first whether the BLAS computes right, or stands here with the
# file that has asked before it is reached.
set -eu
cd "$1/libmi"
# By spectrum/spectrum.c; by transform/maps_pca.c; by tiles/tile.c (two) and spectrum/product.c; by the latter; by align/align.c.
asked_before='base/eigenvalues.c transform/maps.c tiles/narrow.c tiles/wide.c spectrum/product_tile.c align/kernel.c align/shape.c align/side.c'
bad=0
for file in $(grep -lE 'cblas_[sd](gemm|syrk|symm)\(|LAPACKE_[a-z]+\(|mi_eigenvalues_[a-z_]+\(' */*.c); do
    case " $asked_before " in *" $file "*) continue ;; esac
    grep -q 'mi_blas_check' "$file" || { echo "$file: multiplies, but does not call mi_blas_check"; bad=1; }
done
exit $bad
