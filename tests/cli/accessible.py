"""What keeps a page from being read by everyone: accessible.py PAGE.html, or accessible.py STYLE.css. One line each.

Of a page (well-formed, as mi-report writes it) what WCAG 2.2 at level AA asks and can be told from the text: language, title, one h1 and
headings without a gap, pictures and their names, heads of tables, names of controls, names of what scrolls. Of a style the
contrast of its inks on its papers, light and dark: 4.5.
"""

import re
import sys
import xml.etree.ElementTree as ET

XHTML = "{http://www.w3.org/1999/xhtml}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def tag(e):
    return e.tag.rpartition("}")[2] if isinstance(e.tag, str) else ""


def text(e):
    return " ".join("".join(e.itertext()).split())


def name(e, by_id):
    """The accessible name: of the elements that label it, its label, its title, its text."""
    ids = e.get("aria-labelledby", "").split()
    if ids:
        return " ".join(text(by_id[i]) for i in ids if i in by_id)
    return e.get("aria-label") or e.get("alt") or e.get("title") or text(e)


def of_headings(elements):
    level = 0
    for e in elements:
        if re.fullmatch("h[1-6]", tag(e)):
            here = int(tag(e)[1])
            if here > level + 1:
                yield f"heading '{text(e)}' is of level {here}, the one before of {level}"
            if not text(e):
                yield f"a heading of level {here} has no text"
            level = here
    ones = sum(tag(e) == "h1" for e in elements)
    if ones != 1:
        yield f"{ones} headings of level 1, wanted one"


def of_references(elements, by_id):
    seen = set()
    for e in elements:
        i = e.get("id")
        if i in seen:
            yield f"id '{i}' stands twice"
        seen |= {i} if i else set()
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            for i in e.get(attribute, "").split():
                if i not in by_id:
                    yield f"{attribute} of a {tag(e)} names '{i}', which there is not"
        if tag(e) == "a" and e.get("href", "").startswith("#") and e.get("href")[1:] not in by_id:
            yield f"link to '{e.get('href')}', which there is not"


def of_elements(elements, by_id):
    labelled = {e.get("for") for e in elements if tag(e) == "label"}
    for e in elements:
        kind, named = tag(e), name(e, by_id)
        if kind == "svg" and e.get("role") != "img":
            yield f"a picture has the role {e.get('role')}, wanted img"
        if kind in ("svg", "img") and not (e.get("aria-labelledby") or e.get("aria-label") or e.get("alt")) or (
            kind == "svg" and not named
        ):
            yield "a picture has no name"
        if kind in ("a", "button") and not named:
            yield f"a {kind} has no name"
        if kind in ("input", "select", "textarea") and not (named or e.get("id") in labelled):
            yield f"a field ({kind}) has no label"
        if kind == "th" and e.get("scope") not in ("col", "row"):
            yield f"head '{text(e)}' of a table has no scope"
        if kind == "table" and not any(tag(x) == "th" for x in e.iter()):
            yield "a table has no heads"
        if kind == "html" and not (e.get("lang") or e.get(XML_LANG)):
            yield "the page has no language"
        if e.get("role") == "region" and not (e.get("aria-label") or e.get("aria-labelledby")):
            yield f"a region ({kind}) has no name"
        if "scroll" in e.get("class", "").split() and e.get("tabindex") != "0":
            yield f"what scrolls ({kind}) is not reached by the keyboard"
        if int(e.get("tabindex", "0")) > 0:
            yield f"a {kind} has its own place in the order of the keyboard"


def of_page(path):
    root = ET.parse(path).getroot()
    elements = list(root.iter())
    by_id = {e.get("id"): e for e in elements if e.get("id")}
    title = root.find(f".//{XHTML}head/{XHTML}title")
    if title is None or not text(title):
        yield "the page has no title"
    if sum(tag(e) == "main" for e in elements) != 1:
        yield "the page has no main part, or several"
    yield from of_headings(elements)
    yield from of_references(elements, by_id)
    yield from of_elements(elements, by_id)


# ---- contrast ----


def luminance(colour):
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


TEXT = ("ink", "soft", "link", "good", "bad", "open")
CHART = ("chart-ink", "chart-blue", "chart-wine")  # words of charts too


def of_style(path):
    with open(path, encoding="utf-8") as f:
        blocks = re.findall(r":root\s*{(.*?)}", f.read(), re.S)
    schemes = [dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*;", block)) for block in blocks]
    if len(schemes) < 2:
        yield f"{len(schemes)} sets of colours, wanted light and dark"
    for which, colours in zip(("light", "dark"), schemes):
        pairs = [(ink, paper) for ink in TEXT for paper in ("paper", "panel")]
        for ink, paper in pairs + [(ink, "paper") for ink in CHART]:
            if ink not in colours or paper not in colours:
                yield f"{which}: no colour {ink} or {paper}"
                continue
            found = contrast(colours[ink], colours[paper])
            if found < 4.5:
                yield f"{which}: {ink} on {paper} has a contrast of {found:.2f}, wanted 4.5"


if __name__ == "__main__":
    wrong = list((of_style if sys.argv[1].endswith(".css") else of_page)(sys.argv[1]))
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(bool(wrong))
