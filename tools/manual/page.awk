# The manual page of a tool, as scdoc reads it: awk -f page.awk TABLE [PROSE]. TABLE: lines of `TOOL --describe`. PROSE: what
# the page is about, in a line; what goes on with the description, up to the first heading; sections of its own.
BEGIN { FS = "\t" }

function plain(text) { gsub(/[\\*_`#~]/, "\\\\&", text); if (text ~ /^[-|;\[\]]/) text = "\\" text; return text }
function bold(text) { return "*" plain(text) "*" }
function slanted(text) { return "_" plain(text) "_" }

# --- the table ---

FNR == NR && $1 == "tool" { name = $2; arguments = $3; summary = $4 }
FNR == NR && $1 == "group" { sub(/:$/, "", $2); options = options "## " toupper($2) "\n\n" }
FNR == NR && $1 == "option" {
    line = bold("--" $2)
    if ($4 != "-") line = line "=" slanted($4)
    if ($3 != "-") line = line ", " bold("-" $3) ($4 == "-" ? "" : " " slanted($4))
    options = options line "\n\t" plain($6) "\n\n"
}
FNR == NR && $1 == "after" {
    if ($2 ~ /^Examples?:/) { sub(/^Examples?: */, "", $2); in_examples = 1 }
    if (in_examples) { if ($2 != "") { sub(/^  /, "", $2); examples = examples $2 "\n" } }
    else notes = notes noted($2) "\n"
}
# Lines that are set off stay as they are.
function noted(text) {
    if (text ~ /^  /) { before = is_literal ? "" : "\n```\n"; is_literal = 1; return before substr(text, 3) }
    before = is_literal ? "```\n\n" : ""; is_literal = 0
    return before plain(text)
}
FNR == NR { next }

# --- the prose ---

FNR == 1 { about = $0; next }
/^# / { section = $0 }
section == "" { intro = intro $0 "\n"; next }
section == "# EXAMPLES" { if ($0 != section) own_examples = own_examples $0 "\n"; next }
section == "# SEE ALSO" { if ($0 != section && $0 != "") also = also $0 ", "; next }
{ sections = sections $0 "\n" }

function squeezed(text) { gsub(/\n\n\n+/, "\n\n", text); sub(/^\n+/, "", text); sub(/\n+$/, "", text); return text }
function put(heading, text) { text = squeezed(text); if (text != "") printf "# %s\n\n%s\n\n", heading, text }

END {
    if (is_literal) notes = notes "```\n"
    if (about == "") { about = summary; sub(/[.:].*/, "", about); about = tolower(substr(about, 1, 1)) plain(substr(about, 2)) }
    printf "%s(1) \"libmi %s\" \"libmi\"\n\n", name, version
    put("NAME", name " - " about)
    put("SYNOPSIS", bold(name) " [_OPTION_...] " plain(arguments))
    put("DESCRIPTION", plain(summary) "\n\n" intro "\n" notes)
    put("OPTIONS", options bold("--help") ", " bold("-?") "\n\tthe options and what they mean\n\n" bold("--usage") \
        "\n\ta short usage message\n\n" bold("--version") ", " bold("-V") "\n\tthe version\n")
    if (sections != "") printf "%s\n\n", squeezed(sections)
    put("EXAMPLES", own_examples (examples == "" ? "" : "\n```\n" examples "```\n"))
    put("EXIT STATUS", "0 done, 1 a check said no, 2 usage, 65 bad data, 66 cannot open input, 70 internal error, " \
        "71 more memory than allowed, 73 cannot create output, 74 write failed. SIGINT and SIGTERM remove what is half written.")
    put("SEE ALSO", also "*mi-guide*(7), *mi-quantities*(7), *mi-formats*(5), *libmi*(3)")
}
