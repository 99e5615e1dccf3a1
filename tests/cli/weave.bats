# What the weaver of the notebooks makes of a source and of what it printed, and what it refuses.

setup() {
    cd "$BATS_TEST_TMPDIR"
    printf '%s\n' '/*' '# Title' '' 'Half is {half}.' '*/' '#include "x.h"' 'static void cell(void)' '{' '}' \
        'int main(void)' '{' '}' >n.c
    printf '%s\n' '@cell cell' '@value half 0.5' 'printed' '|a|b|' '@chart name In words' >transcript
}

weave() {
    awk -v charts=charts/01 -f "$MI_SOURCE/notebooks_c/weave.awk" transcript n.c
}

same() {
    awk -f "$MI_SOURCE/notebooks_c/same.awk" a b
}

@test "prose with its values, code, output behind it: text, tables, charts" {
    run weave
    [ "$status" -eq 0 ]
    [ "$output" = '# Title

Half is 0.5.

```c
static void cell(void)
{
}
```

```text
printed
```

|a|b|

![In words](charts/01-name.svg)' ]
}

@test "a number that is typed in prose is refused, in code and links it is not" {
    sed -i 's|^Half.*|Half is {half}, `0.5`, [paper](x/2503.00507).|' n.c
    run weave
    [ "$status" -eq 0 ]
    sed -i 's|^Half|    a 0.25 {half}\nHalf|' n.c
    run weave
    [ "$status" -eq 0 ]
    sed -i 's|^Half|Half, 0.5,|' n.c
    run weave
    [ "$status" -eq 1 ]
    [[ $output == *"n.c:5: a number is typed: 'Half, 0.5, is"* ]]
}

@test "a value that is missing, and one that nobody reads" {
    sed -i '/^@value/d' transcript
    run weave
    [ "$status" -eq 1 ]
    [[ $output == *"n.c:4: no value() of the name half"* ]]
    printf '%s\n' '@value half 0.5' '@value other 1' >>transcript
    run weave
    [ "$status" -eq 1 ]
    [[ $output == *"value other is not in the prose"* ]]
}

@test "a cell whose code is not found" {
    sed -i 's/void cell(/void another(/' n.c
    run weave
    [ "$status" -eq 1 ]
    [[ $output == *"cell cell has run, its code is not found"* ]]
}

@test "pages are the same up to one in the last decimal of a number, and not beyond" {
    echo 'r = 0.893 of 10' >a
    for line in 'r = 0.893 of 10' 'r = 0.894 of 10' 'r = 0.892 of 10'; do
        echo "$line" >b
        run same
        [ "$status" -eq 0 ]
    done
    for line in 'r = 0.895 of 10' 'r = 0.893 of 11' 'R = 0.893 of 10' 'r = -0.893 of 10' 'r = 0.8930 of 10' 'r = 0.893 of 10 '; do
        echo "$line" >b
        run same
        [ "$status" -eq 1 ]
        [[ $output == *"b:1: printed today: $line"* ]]
    done
    echo '-0.000 and -0.001' >a
    echo '0.000 and -0.001' >b
    run same
    [ "$status" -eq 0 ]
    printf 'one\ntwo\n' >a
    echo one >b
    run same
    [ "$status" -eq 1 ]
    [[ $output == *"lines: 2 in the tree, 1 today"* ]]
}

@test "a notebook that fails leaves no page, a picture that is missing is named" {
    printf '%s\n' '#!/bin/sh' 'echo "n.c:9: not so: 1 > 2" >&2' 'exit 1' >program
    chmod +x program
    run "$MI_SOURCE/notebooks_c/weave" n.c ./program out
    [ "$status" -eq 1 ]
    [[ $output == *"n.c:9: not so: 1 > 2"* ]]
    [ ! -e out/n.md ]
    run awk -v directory=out -f "$MI_SOURCE/notebooks_c/figures.awk" <<<'<p><img src="charts/01-x.svg" alt="x" /></p>'
    [ "$status" -eq 1 ]
    [[ $output == *"out/charts/01-x.svg: cannot be read"* ]]
}
