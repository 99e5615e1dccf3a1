#!/bin/sh
# results.sh README TO: what the tables in the folder TO say, between the marks in README, as it should read today.
#
#     <!-- correlations FIGURE/TABLE -->    rows of mi-corr
#     <!-- means FIGURE/TABLE COLUMN -->    accuracy and terms for each value of a column: mean and 95 % t interval of the runs
set -eu
exec awk -F '\t' -v to="$2" -f "$(dirname "$0")/results.awk" "$1"
