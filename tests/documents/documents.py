# SPDX-License-Identifier: MIT
"""The fenced blocks of the documents, and what HTML comments in front of them say about each.

    <!-- file: registers.c -->      the block is this file; later commands of the document may use it
    <!-- inside: pico_sdk -->       a part of a C program: contexts/pico_sdk.c has the rest
    <!-- varies: REGEX -->          what this matches differs from run to run, in the output of a session; several comments, several of them
    <!-- near: PERCENT -->          numbers of three and more digits, sizes, may differ by so much
    <!-- not run: REASON -->        why no test runs the block

The word after the fence is the language.  `text` is for people: figures, files of other programs.
"""

import os
import re
import subprocess

SOURCE = os.environ["SOURCE_DIR"]
LANGUAGES = ("c", "cpp", "python", "console", "cmake", "ini", "text")
MARKS = ("file", "inside", "varies", "near", "not run")


class Block:
    """One fenced block: where it is, its language, its text, and its marks as {name: [value, …]}."""

    def __init__(self, document, line, language, text, marks):
        self.document, self.line, self.language, self.text, self.marks = document, line, language, text, marks

    def __str__(self):
        return f"{self.document}:{self.line}"

    def mark(self, name):
        return self.marks.get(name, [None])[0]

    @property
    def is_program(self):
        return self.language in ("c", "cpp") and re.search(r"\bint main\(", self.text) is not None


def documents():
    """All of the tree but what others have written."""
    found = []
    for folder, folders, files in os.walk(SOURCE):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "node_modules")) and (folder, name) != (SOURCE, "build"))
        found += [os.path.relpath(f"{folder}/{name}", SOURCE) for name in sorted(files) if name.endswith(".md")]
    return found


def blocks_of(document, text=None):
    """In their order.  A fence that nobody closes is an error."""
    if text is None:
        with open(f"{SOURCE}/{document}", encoding="utf-8") as file:
            text = file.read()
    found, marks, block = [], {}, None
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r"( *)```(\S*)\s*$", line)
        if block is not None and fence and not fence[2]:
            found.append(Block(document, *block[:2], "".join(one[len(block[3]):] + "\n" for one in block[2]), marks))
            block, marks = None, {}
        elif block is not None:
            block[2].append(line)
        elif fence:
            block = (number, fence[2], [], fence[1])
        elif mark := re.match(r" *<!-- ([a-z ]+): (.*) -->$", line):
            marks.setdefault(mark[1], []).append(mark[2])
        elif line.strip():
            marks = {}
    if block is not None:
        raise ValueError(f"{document}:{block[0]}: the block does not end")
    return found


def examples_of(header):
    """The code in the comments of a header: lines that begin four spaces to the right of the text, in which a statement ends."""
    with open(f"{SOURCE}/{header}", encoding="utf-8") as file:
        text = file.read()
    for match in re.finditer(r"(?:^ \*     .*\n(?: \*\n(?= \*     ))?)+", text, re.MULTILINE):
        code = "".join(line[7:] + "\n" for line in match[0].splitlines())
        if re.search(r"[;{]$", code, re.MULTILINE) or code.startswith("#"):
            yield Block(header, text.count("\n", 0, match.start()) + 1, "c", code, {})


def headers():
    listed = subprocess.run(["find", "include", "boards/virtual", "-name", "*.h"], cwd=SOURCE, capture_output=True, text=True, check=True)
    return sorted(listed.stdout.split())


def all_blocks():
    return [block for document in documents() for block in blocks_of(document)]
