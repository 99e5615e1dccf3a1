load common

samples=$MI_SOURCE/datasets/samples

# The page is HTML that is XML too: a name that was taken for mark-up would end that.
well_formed() {
    [ "$(head -n 1 "$1")" = '<!DOCTYPE html>' ]
    [ "$(tail -n 1 "$1")" = '</html>' ]
    if command -v xmllint >/dev/null; then
        xmllint --noout "$1"
    fi
}

# The text of a page without its mark-up, a line an element; data, style and script left out.
words() {
    sed -e '/<style>/,/<\/style>/d' -e '/<script>/,/<\/script>/d' -e 's/href="data:[^"]*"//' -e 's/<[^>]*>//g' \
        -e 's/&#177;/+-/g; s/&#8804;/<=/g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#39;/'"'"'/g; s/&amp;/\&/g' "$1"
}

# says PAGE TEXT
says() {
    words "$1" | grep -qF -- "$2" || { echo "not said: $2"; return 1; }
}

@test "features of a training run: bounds, premises, accuracy, instances, what next, charts, tables, commands" {
    mi-report "$samples/simclr-cifar10-epochs.h5" -o r.html
    well_formed r.html
    says r.html "Information in simclr-cifar10-epochs.h5"
    says r.html "Of 13 rows, the lower bound of I(Y;Z1) holds in 1 of 13, fails in 12; the upper bound holds in 13 of 13"
    says r.html "The last set, /epoch_012 (order 2, 512 rows of 256 instances): I(Y;Z1) is 0.105 +- 0.022, the lower bound 0.616 +- 0.082, the upper bound 0.999 +- 0.082 nats. Lower bound does not hold here: lower is above I(Y;Z1) by 0.511 +- 0.066"
    says r.html "I(Y;R|Z1) = 0 (assumed by the lower bound) fails in 12 of 13, is undecided in 1; in the last set it is 0.690 +- 0.068."
    says r.html "Over 13 points, what goes most closely with accuracy is upper bound: Spearman 0.97 (95 % interval 0.87 to 0.99)"
    says r.html "no independent points: interval and p are too optimistic"
    says r.html "With the epoch held fixed, the strongest is I(Z1;Z2): partial Spearman 0.35 (95 % interval -0.30 to 0.78): its interval has 0 in it"
    says r.html "8 of 11 terms change by more than their error"
    says r.html "What to do next"
    for chart in trend scatter-lower scatter-I_Z1_Z2 plane flow learning spectrum; do
        grep -q "aria-labelledby=\"chart-$chart-title chart-$chart-desc\"" r.html
    done
    same "$(grep -c '<svg' r.html)" 7
}

@test "the commands of a page make its numbers and its charts" {
    cp "$samples/final-barlow.h5" 'a b.h5'
    mi-report 'a b.h5' -o r.html
    words r.html | sed -n "/^mi-bounds --se --decompose 'a b.h5' >bounds.tsv\$/,/^\$/p" >commands
    grep -q '^mi-plot' commands
    PATH=$MI_TOOLS:$PATH bash commands >said || same "$?" 1 # mi-validate: a bound fails
    for file in bounds.tsv curve.tsv ranks.tsv eigenvalues.tsv flow.svg learning.svg spectrum.svg; do
        [ -s "$file" ]
    done
    mi-report bounds.tsv curve.tsv ranks.tsv eigenvalues.tsv -o again.html
    diff <(words r.html | sed -n '/^Summary$/,/^Data$/p' | tail -n +6) <(words again.html | sed -n '/^Summary$/,/^Data$/p' | tail -n +6)
}

@test "runs that differ: points are independent, a p that counts how many were tried" {
    mi-report --quick "$samples"/final-*.h5 -o r.html
    well_formed r.html
    says r.html "Information in 10 feature sets"
    says r.html "what goes most closely with accuracy is lower bound: Spearman 0.89 (95 % interval 0.50 to 0.98), p = 0.001 (of 999 permutations). It is the strongest of 9 that were tried; counting these, p is at most 0.009. Chance alone is unlikely to give it."
    ! words r.html | grep -q 'Were there instances enough'
    ! grep -q 'mi-spectrum' r.html
}

@test "one set: no word on accuracy that one set cannot bear" {
    mi-report --quick "$samples/final-barlow.h5" -o r.html
    well_formed r.html
    says r.html "I(Y;R|Z1) = 0 (assumed by the lower bound) fails; it is 0.359 +- 0.067."
    says r.html "Not known: fewer than four rows have a number for it, or all have the same."
    says r.html "Set it beside another checkpoint"
}

@test "a pipe: features, and tables, to standard output too" {
    mi-report --quick <"$samples/final-barlow.h5" >a.html
    well_formed a.html
    says a.html "Information in features from a pipe"
    says a.html "mi-bounds --se --decompose - >bounds.tsv"
    mi-bounds --se --decompose "$samples/final-barlow.h5" | mi-report - -o b.html
    says b.html "mi-validate table.tsv"
    says b.html "I(Y;Z1) is 0.154 +- 0.035"
    mi-bounds --se --learning-curve "$samples/final-barlow.h5" | mi-report -o c.html
    well_formed c.html
    says c.html "no change can be told from 0"
    says c.html "mi-bounds --se --decompose adds them"
}

@test "a table without standard errors says that nothing is known of how sure" {
    mi-bounds --decompose "$samples/final-barlow.h5" | mi-report -o r.html
    says r.html "nats, without standard errors, so how sure is not known."
    says r.html "Measure again with --se"
    says r.html ": more than chance by its value alone"
}

@test "a grid: correlations group by group; no interval is spoken of where there is none" {
    mi-bounds --alpha 2,3 --decompose "$samples"/final-*.h5 | mi-report -o r.html
    well_formed r.html
    says r.html "Information in 10 feature sets"
    says r.html "In 2 groups of settings (alpha), Spearman's correlation is:"
    says r.html "(by their values alone: there are rows without standard errors)"
    says r.html "mi-corr --by alpha --ci 0.95 --permutations 999 --rank spearman table.tsv"
}

@test "other tables: differences, correlations, ranks, and any" {
    mi-compare "$samples/final-proj-linear.h5" "$samples/final-proj-fsq17.h5" >d.tsv
    mi-spectrum "$samples/final-barlow.h5" >s.tsv
    printf 'a\tb\n1\tx\n2\ty\n' >any.tsv
    mi-report d.tsv s.tsv any.tsv --title 'Three & a <title>' -o r.html
    well_formed r.html
    says r.html 'Three & a <title>'
    says r.html "have an interval that leaves out 0"
    says r.html "Effective ranks"
    says r.html "any.tsv"
    grep -q 'download="any.tsv" href="data:text/tab-separated-values;charset=utf-8,a%09b%0A1%09x%0A2%09y%0A"' r.html
    mi-report any.tsv -o r.html
    says r.html "These tables are not of mi-bounds"
    printf 'a\tb\n' | mi-report -o r.html
    says r.html "No rows."
}

@test "tables of one kind are joined" {
    mi-bounds --se --decompose "$samples/final-barlow.h5" >a.tsv
    mi-bounds --se --decompose "$samples/final-lam-3.h5" >'b c.tsv'
    mi-report a.tsv 'b c.tsv' -o r.html
    says r.html "Of 2 rows"
    says r.html "mi-validate a.tsv 'b c.tsv'"
}

@test "names and cells are shown, never read: mark-up, commands, control characters, bytes that are no text" {
    name='<script>alert(1)<\/script> \&amp; "q" '"'x'"' ]]> -->'
    mi-bounds --se --decompose "$samples"/final-*.h5 | sed "s|\tmlp\t|\t$name\t|; s|/epoch_006|/\$(touch pwned)\x01\xff|" >t.tsv
    mi-report t.tsv --title "$name" -y accuracy -o r.html
    well_formed r.html
    [ ! -e pwned ]
    says r.html '<script>alert(1)</script> &amp; "q" '"'x'"' ]]> -->'
    same "$(grep -c '<script' r.html)" 1
    # files that a shell or an option parser would take for something else
    cp "$samples/final-barlow.h5" '$(touch pwned); <b>"x" y.h5'
    mi-report --quick './$(touch pwned); <b>"x" y.h5' -o r.html
    well_formed r.html
    [ ! -e pwned ]
    says r.html "mi-bounds --se --decompose './\$(touch pwned); <b>\"x\" y.h5' >bounds.tsv"
}

@test "a page needs no network and no other file" {
    mi-report --quick "$samples/final-barlow.h5" -o r.html
    ! grep -oE '(src|href|url|@import)[=( ]["'"'"']?(https?:|//|file:)[^"'"'"' >]*' r.html
    grep -q "default-src 'none'" r.html
    same "$(grep -o ' id="[^"]*"' r.html | sort | uniq -d)" ""
}

@test "the same page again where the time is given" {
    mi-bounds --se --decompose "$samples/final-barlow.h5" >t.tsv
    SOURCE_DATE_EPOCH=0 mi-report t.tsv -o a.html
    cp a.html b.html
    SOURCE_DATE_EPOCH=0 mi-report t.tsv -o a.html
    cmp a.html b.html
    says a.html "1970-01-01 00:00 UTC"
}

@test "without gnuplot the charts are left out, and the page says so" {
    mkdir bin
    mi-bounds --se --decompose "$samples/final-barlow.h5" >t.tsv
    run --separate-stderr env PATH=bin "$MI_TOOLS/mi-report" t.tsv -o r.html
    same "$status" 0
    same "$stderr" "mi-report: warning: no charts: cannot run gnuplot: No such file or directory (Debian and Ubuntu: apt install gnuplot-nox)"
    well_formed r.html
    says r.html "no charts: cannot run gnuplot: No such file or directory"
    ! grep -q '<svg\|mi-plot flow' r.html
}

@test "what is warned of is said once, on the page too; what cannot be measured is left out and said" {
    mi-synth gaussian --n 64 --d1 16 --d2 8 -o g.h5
    run --separate-stderr mi-report g.h5 -o r.html
    same "$status" 0
    same "$(grep -c "views of one instance are no more alike" <<<"$stderr")" 1
    same "$(words r.html | grep -c "g.h5:/: in z2 views of one instance are no more alike")" 1
    mi-synth classes --views 2 --n 6 --d1 8 --d2 4 -o few.h5
    run --separate-stderr mi-report few.h5 -o r.html
    same "$status" 0
    well_formed r.html
    grep -q "mi-report: warning: no learning curve: " <<<"$stderr"
    says r.html "no learning curve: "
}

@test "an accuracy by another name" {
    mi-bounds --se "$samples"/final-*.h5 | sed '1s/accuracy/probe_z1_linear_accuracy/' >t.tsv
    mi-report t.tsv -y probe_z1_linear_accuracy -o r.html
    says r.html "What goes with probe_z1_linear_accuracy"
    says r.html "mi-corr -y probe_z1_linear_accuracy --ci 0.95"
    mi-report t.tsv -o r.html
    says r.html "Record an accuracy"
}

@test "input that is not there, not both, not right: the tool's own words, its exit code, no page" {
    fails 66 "cannot open 'no.h5': No such file or directory" mi-report no.h5 -o r.html
    printf 'a\tb\n1\t2\n' >t.tsv
    mi-synth classes --n 8 -o few.h5
    fails 2 "'few.h5' holds features and 't.tsv' is a table; wanted the one or the other" mi-report t.tsv few.h5 -o r.html
    printf 'a\tb\n1\n' >bad.tsv
    fails 65 "bad.tsv: line 2: 1 cells, wanted 2 as in the header" mi-report bad.tsv -o r.html
    head -c 5000 "$samples/final-barlow.h5" >cut.h5
    run --separate-stderr mi-report cut.h5 -o r.html
    same "$status" "$(run mi-bounds cut.h5; echo "$status")"
    grep -q '^mi-report: mi-bounds: ' <<<"$stderr"
    [ ! -e r.html ]
    run --separate-stderr mi-report "$samples/final-barlow.h5:/nowhere" -o r.html
    same "$status" 65
    grep -q '^mi-report: mi-bounds: .*nowhere' <<<"$stderr"
    fails 65 "standard input: empty input, wanted a table with a header line" mi-report - </dev/null
}

@test "output that cannot be: exit code, one line, nothing half-written" {
    mi-bounds --se --decompose "$samples/final-barlow.h5" >t.tsv
    fails 73 "cannot create 'no/dir/a.html': No such file or directory" mi-report t.tsv -o no/dir/a.html
    run --separate-stderr -74 bash -c 'mi-report t.tsv >/dev/full'
    same "$stderr" "mi-report: cannot write 'standard output': No space left on device"
    # No place for the tables it has made: 8 kB of the 11 of the first; of a later one.
    for blocks in 8 16; do
        run --separate-stderr -74 bash -c "ulimit -f $blocks; mi-report '$samples/simclr-cifar10-epochs.h5' | cat >page; exit \${PIPESTATUS[0]}"
        same "$stderr" "mi-report: cannot write a temporary file: File too large"
    done
    echo old >old.html
    cp "$samples/final-barlow.h5" f.h5
    fails 73 "cannot create 'f.h5': it is an HDF5 file, which would be lost; name another" mi-report t.tsv -o f.h5
    run --separate-stderr env MI_PLOTS=/nowhere mi-report t.tsv -o old.html
    same "$status" 66
    same "${stderr_lines[-1]}" "mi-report: cannot open template '/nowhere/page.css': No such file or directory"
    same "$(cat old.html)" old
}

@test "another level: in the words, and in the commands" {
    mi-bounds --se --decompose "$samples"/final-*.h5 | mi-report --level 0.9 -o r.html
    says r.html "(intervals of 90 %, each row by itself)"
    says r.html "Spearman 0.89 (90 % interval "
    says r.html "mi-validate --level 0.9 table.tsv"
    says r.html "mi-corr --ci 0.9 "
}

@test "options out of range" {
    fails 2 "--level '1': out of range, wanted 0.5 to 0.9999" mi-report --level 1 small.h5
}

@test "pages are checked to be well-formed" {
    command -v xmllint >/dev/null || skip "xmllint is missing (Debian: libxml2-utils): pages are looked at by head and foot alone"
    printf '<p>&\n' >bad.html
    ! xmllint --noout bad.html 2>/dev/null
}

# seen PAGE WIDTH: what a browser finds wrong in a page in a frame of that width (a window has 500 at least): what is wider
# than the page, and what axe-core (MI_AXE: its axe.min.js) complains of. What it writes to its console goes to the file console.
seen() {
    {
        sed '/Content-Security-Policy/d; /^<\/body>/,$d' "$1"
        echo '<script>//<![CDATA['
        cat "${MI_AXE:-/dev/null}"
        cat <<'END'
var wrong = [], root = document.documentElement;
if (innerWidth !== WIDTH) { wrong.push('a window of ' + innerWidth); }
if (root.scrollWidth > root.clientWidth) { wrong.push('overflow to ' + root.scrollWidth); }
document.querySelector('table.sorts thead button').click();
if (!document.querySelector('th[aria-sort]')) { wrong.push('does not sort'); }
function done() { parent.document.title = 'seen: ' + wrong.join('; '); }
if (typeof axe === 'undefined') { done(); } else {
    axe.run(document).then(function (found) {
        found.violations.forEach(function (v) { wrong.push(v.id + ' ' + v.nodes[0].html); });
        done();
    });
}
END
        printf '//]]></script></body></html>\n'
    } | sed "s/WIDTH/$2/; s/&/\&amp;/g; s/\"/\&quot;/g" |
        sed "1s/^/<!DOCTYPE html><title>not seen<\/title><iframe width='$2' height='900' frameborder='0' srcdoc=\"/" >seen.html
    printf '"></iframe>\n' >>seen.html
    chromium --headless=new --no-sandbox --disable-gpu --user-data-dir="$PWD/chromium" --window-size=1600,1000 \
        --virtual-time-budget=20000 --enable-logging=stderr --v=0 --dump-dom "file://$PWD/seen.html" 2>log |
        sed -n 's/.*<title>\(seen: .*\)<\/title>.*/\1/p' | head -n 1
    grep CONSOLE log >console || true
}

@test "in a browser: no overflow on a phone or a screen, tables sort, the console stays empty" {
    command -v chromium >/dev/null || skip "chromium is missing"
    mi-report "$samples/simclr-cifar10-epochs.h5" -o r.html
    for width in 360 1440; do
        same "$(seen r.html $width)" "seen: "
        same "$(cat console)" ""
    done
}

@test "files named by an epoch are one training where their settings agree, and none where they do not" {
    cp "$samples/final-barlow.h5" epoch_1.h5
    cp "$samples/final-proj-linear.h5" epoch_2.h5
    mi-report --quick epoch_1.h5 epoch_2.h5 -o r.html
    run ! grep -q 'chart-trend' r.html
    mi-bounds --se --decompose "$samples/simclr-cifar10-epochs.h5" | awk -F '\t' -v OFS='\t' 'NR > 1 { $1 = "run/epoch_" NR ".h5"; $2 = "/" } 1' >one.tsv
    mi-report one.tsv -o r.html
    grep -q 'chart-trend' r.html
    awk -F '\t' -v OFS='\t' 'NR > 1 { $1 = "run" NR "/epoch_" NR ".h5" } 1' one.tsv >other.tsv
    mi-report other.tsv -o r.html
    run ! grep -q 'chart-trend' r.html
}

@test "correlations of 1 have no interval, and the chart of a learning curve does not say that it has converged" {
    printf 'lower\tupper\tI_Z1_Z2\taccuracy\n1\t2\t4\t0.1\n2\t3\t3\t0.2\n3\t5\t1\t0.4\n4\t9\t0.5\t0.9\n' >t.tsv
    mi-report t.tsv -o r.html
    says r.html "Spearman 1.00 (all points in one order: no interval says how sure that is)"
    run --separate-stderr mi-corr --ci 0.95 -x lower t.tsv
    same "$stderr" "mi-corr: warning: 2 correlations are 1 or -1, where Fisher's z is infinite and all draws are the same: no interval; p says what chance gives"
    same "$(column spearman_lo <<<"$output") $(column spearman_bca_hi <<<"$output")" "nan nan"
    mi-report "$samples/final-barlow.h5" -o r.html
    says r.html "A line that is level on the right changes little from half of them to all, which does not show that it has converged."
    run ! grep -q "has converged" <(sed 's/does not show that it has converged//; s/does not show that the values have converged//' r.html)
}

@test "a feature file of a table that cannot be looked at is said, one that is not there is not" {
    printf 'file\tlower\n%s\t1\n%s\t2\n' $'a\e[31mb.h5' gone.h5 >t.tsv
    ln -s $'a\e[31mb.h5' $'a\e[31mb.h5'
    run --separate-stderr mi-report t.tsv -o r.html
    same "$status $(grep -v '^mi-report: warning: no chart' <<<"$stderr")" "0 mi-report: warning: no size and date of 'a\x1b[31mb.h5': Too many levels of symbolic links"
    grep -q "<li><code>gone.h5</code></li>" r.html
}

accessible() {
    python3 "$MI_SOURCE/tests/cli/accessible.py" "$1"
}

@test "what everyone can read: headings, names of pictures and controls, heads of tables, contrast light and dark" {
    command -v python3 >/dev/null || skip "python3 is missing"
    mi-report "$samples/simclr-cifar10-epochs.h5" -o a.html
    mi-bounds --alpha 1,2 --decompose "$samples"/final-*.h5 | mi-report -o b.html
    mi-compare "$samples/final-proj-linear.h5" "$samples/final-proj-fsq17.h5" >d.tsv
    mi-report d.tsv -o c.html
    for page in a b c; do
        same "$(accessible $page.html)" ""
    done
    same "$(accessible "$MI_SOURCE/plots/page.css")" ""
}

@test "what keeps someone from reading is found" {
    command -v python3 >/dev/null || skip "python3 is missing"
    mi-report "$samples/final-barlow.h5" -o r.html
    # finds WHAT SED: the page changed so has just that fault, perhaps many times
    finds() {
        sed "$2" r.html >bad.html
        same "$(accessible bad.html | sort -u | head -n 1)" "$1"
    }
    finds "the page has no language" 's/ lang="en"//'
    finds "the page has no title" 's/<title>.*<\/title>/<title><\/title>/'
    finds "0 headings of level 1, wanted one" 's/h1>/p>/g'
    finds "heading 'What the bounds say' is of level 4, the one before of 2" 's/<h3>What the bounds say<\/h3>/<h4>What the bounds say<\/h4>/'
    finds "a picture has the role None, wanted img" 's/ role="img"//'
    finds "aria-labelledby of a svg names 'no-chart-flow-title', which there is not" 's/aria-labelledby="chart-/aria-labelledby="no-chart-/'
    finds "head 'column' of a table has no scope" 's/<th scope="col"/<th/'
    finds "a region (div) has no name" 's/ aria-label="[^"]*"//g'
    finds "what scrolls (div) is not reached by the keyboard" 's/ tabindex="0"//'
    finds "id 'summary' stands twice" 's/id="figures"/id="summary"/; s/href="#figures"/href="#summary"/'
    sed 's/--soft: #545c66/--soft: #949ca6/' "$MI_SOURCE/plots/page.css" >pale.css
    same "$(accessible pale.css | cut -c 1-41)" "light: soft on paper has a contrast of 2.
light: soft on panel has a contrast of 2."
}
