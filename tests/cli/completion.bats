# MI_COMPLETION: the folder of what was made for the shells.
load common

tools() {
    for name in "$MI_COMPLETION"/*.fish; do basename "$name" .fish; done
}

# completes LINE: what bash would offer at its end, in a line
completes() {
    bash -c 'tool=${2%% *} COMP_LINE=$2 COMP_POINT=${#2}
        source "$1/$tool" && "_${tool//-/_}" 2>/dev/null
        echo "${COMPREPLY[*]}"' - "$MI_COMPLETION" "$1"
}

# The rows of options that take words: tool, option, words.
rows_of_words() {
    for tool in $(tools); do
        "$tool" --describe | awk -F '\t' -v tool="$tool" '$1 == "option" && $5 != "-" { print tool, $2, $5 }'
    done
}

@test "every tool has a completion for each shell, which the shell can read" {
    local found=0
    for tool in $(tools); do
        found=$((found + 1))
        bash -n "$MI_COMPLETION/$tool"
        if command -v zsh >/dev/null; then zsh -n "$MI_COMPLETION/_$tool"; fi
        if command -v fish >/dev/null; then fish -n "$MI_COMPLETION/$tool.fish"; fi
    done
    same "$found" "$(find "$MI_TOOLS" -maxdepth 1 -name 'mi-*' -type f -executable | wc -l)"
}

@test "bash: options" {
    same "$(completes 'mi-bounds --ker')" "--kernel"
    same "$(completes 'mi-bounds --se')" "--seed --se"
    same "$(completes 'mi-ls run.h5 --ver')" "--version"
    same "$(completes 'mi-ls --nothing')" ""
}

@test "bash: the words of an option, as a word of its own or behind =" {
    same "$(completes 'mi-import --layout ')" "auto stacked interleaved"
    same "$(completes 'mi-import --layout=st')" "stacked"
    same "$(completes 'mi-bounds -k ')" "linear gaussian:median gaussian:scott gaussian:silverman gaussian:half-d gaussian:0.5m:m:2m laplacian:median polynomial:2:1 precomputed delta"
    same "$(completes 'mi-plot trend --log x')" "x xy"
    same "$(completes 'mi-plot --log=n')" "none"
    same "$(completes 'mi-bounds --batch 25')" ""
}

@test "bash: behind a colon only what follows it, behind a comma the list goes on" {
    same "$(completes 'mi-bounds --kernel gaussian:m')" "median"
    same "$(completes 'mi-bounds --kernel=gaussian:')" "median scott silverman half-d 0.5m:m:2m"
    same "$(completes 'mi-bounds --require z1,')" "z1,z1 z1,z2 z1,r z1,y z1,split z1,w"
}

@test "bash: kinds of charts, then files" {
    touch zoo.tsv
    same "$(completes 'mi-plot s')" "scatter sweep spectrum sensitivity"
    same "$(completes 'mi-plot trend zoo')" "zoo.tsv"
    same "$(completes 'mi-synth ')" "chain gaussian classes lowrank heavy"
    same "$(completes 'mi-ls -o zoo')" "zoo.tsv"
}

@test "fish: words, kinds, options" {
    command -v fish >/dev/null || skip "no fish"
    same "$(fish -c "source $MI_COMPLETION/mi-import.fish; complete -C 'mi-import --layout s'" | cut -f 1)" "stacked"
    same "$(fish -c "source $MI_COMPLETION/mi-plot.fish; complete -C 'mi-plot sw'" | cut -f 1)" "sweep"
    same "$(fish -c "source $MI_COMPLETION/mi-bounds.fish; complete -C 'mi-bounds --estim'" | cut -f 1)" "--estimator"
}

@test "zsh: the words of --kernel" {
    command -v zsh >/dev/null || skip "no zsh"
    cat >ask.zsh <<'END'
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D -d $PWD/dump; PS1=; bindkey '^X' complete-word; setopt no_beep; print REA''DY"
zpty -r -m z heard '*READY*'
zpty -w -n z $'mi-import --layout inter\t'
zpty -r -m z heard '*interleaved*' && print found
zpty -d z
END
    same "$(timeout 60 zsh -f ask.zsh "$MI_COMPLETION" | tail -1)" "found"
}

@test "every word that is offered is taken, and no word that a message lists is left out" {
    local n=0
    while read -r tool option words; do
        for word in ${words//|/ }; do
            "$tool" "--$option=$word" --version >/dev/null || { echo "$tool --$option=$word"; return 1; }
            n=$((n + 1))
        done
        run --separate-stderr "$tool" "--$option=no-such-word" --version
        [ "$status" -eq 2 ] || { echo "$tool --$option=no-such-word: exit $status"; return 1; }
        case $stderr in
        *"wanted one of"*) same "${stderr##*wanted one of }" "$words" ;;
        esac
    done < <(rows_of_words)
    [ $n -gt 100 ]
}

@test "the kinds that are offered are kinds" {
    for kind in $(completes 'mi-plot '); do run mi-plot "$kind" nothing.tsv; same "$status" 66; done
    for kind in $(completes 'mi-images '); do run mi-images "$kind" nothing -o x.h5; same "$status" 66; done
    for kind in $(completes 'mi-synth '); do mi-synth "$kind" -o "$kind.h5"; done
}
