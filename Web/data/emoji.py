#!/usr/bin/env python3
"""Writes the emoji of Unicode with names and keywords in English and German as JSON, from Debian's unicode-data and unicode-cldr-core.

For each language: {"groups": [{"name": …, "emoji": [[characters, name, "keyword keyword", skin tones as text or 0], …]}, …]}.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree

LIST = pathlib.Path("/usr/share/unicode/emoji/emoji-test.txt")
ANNOTATIONS = pathlib.Path("/usr/share/unicode/cldr/common")
TONES = "\U0001F3FB\U0001F3FC\U0001F3FD\U0001F3FE\U0001F3FF"
SELECTOR = "\ufe0f"


def annotations(language):
    """Names and keywords by emoji without its variation selectors."""
    names, keywords = {}, {}
    for folder in ("annotations", "annotationsDerived"):
        file = ANNOTATIONS / folder / f"{language}.xml"
        if not file.exists():
            continue
        for one in xml.etree.ElementTree.parse(file).getroot().iter("annotation"):
            text = (one.text or "").strip()
            if one.get("type") == "tts":
                names[one.get("cp").replace(SELECTOR, "")] = text
            else:
                keywords[one.get("cp").replace(SELECTOR, "")] = [word.strip() for word in text.split("|")]
    return names, keywords


def emoji():
    """Groups in Unicode's order, each a list of (characters, English name, forms in five skin tones or none)."""
    groups, current, plain = [], None, {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("# group:"):
            current = (line.split(":", 1)[1].strip(), [])
            groups.append(current)
        if line.startswith("#") or "; fully-qualified" not in line:
            continue
        codes, rest = line.split(";", 1)
        characters = "".join(chr(int(code, 16)) for code in codes.split())
        name = rest.split("#", 1)[1].strip().split(" ", 2)[2]
        tones = [character for character in characters if character in TONES]
        if not tones:
            plain[characters.replace(SELECTOR, "")] = entry = [characters, name, []]
            current[1].append(entry)
        elif len(set(tones)) == 1:
            # One tone for all persons in it: a form of the emoji without.
            base = "".join(character for character in characters if character not in TONES).replace(SELECTOR, "")
            if base in plain:
                plain[base][2].append(characters)
    return [(name, entries) for name, entries in groups if name != "Component"]


def main():
    tables = {}
    for language in ("en", "de"):
        names, keywords = annotations(language)
        groups = []
        for group, entries in emoji():
            rows = []
            for characters, english, toned in entries:
                key = characters.replace(SELECTOR, "")
                name = names.get(key, english)
                words = [word for word in keywords.get(key, []) if word.lower() != name.lower()]
                rows.append([characters, name, " ".join(words), toned if len(toned) == 5 else 0])
            groups.append({"name": group, "emoji": rows})
        tables[language] = {"groups": groups}
    json.dump(tables, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
