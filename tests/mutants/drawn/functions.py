# SPDX-License-Identifier: MIT
"""Functions of a C text and their statements.

It knows as much of C as this tree uses.  What it does not understand it takes for an expression; then
the mutants of it do not compile, and others are drawn.
"""

import dataclasses

TYPES = {"auto", "bool", "char", "const", "double", "enum", "extern", "float", "int", "int64_t", "long", "register", "short",
         "signed", "size_t", "ssize_t", "static", "struct", "typedef", "uint16_t", "uint32_t", "uint64_t", "uint8_t", "union",
         "unsigned", "void", "volatile", "_Alignas", "_Atomic", "_Thread_local"}
CONTROLS = {"if", "while", "for", "switch"}
JUMPS = {"return", "break", "continue", "goto"}
WORDS = CONTROLS | JUMPS | {"do", "else", "case", "default", "sizeof", "_Alignof", "_Static_assert"}


@dataclasses.dataclass
class Statement:
    """Tokens `first` to `last`.  Of `if (…) …` and the like only the head; the rest is statements of its own."""

    kind: str  # a word of CONTROLS or JUMPS, or: expression, declaration, label, do
    first: int
    last: int


@dataclasses.dataclass
class Function:
    name: str
    first: int  # the brace
    last: int
    statements: list

    def lines(self, source):
        return source.line(self.last) - source.line(self.first) + 1


def functions(source):
    """All functions that have a body."""
    found, i, begin = [], 0, 0
    while i < len(source.tokens):
        text = source.word(i)
        if text == "{":
            name = name_of(source, begin, i)
            if name and i in source.partner:
                found.append(Function(name, i, source.partner[i], Statements(source).of_block(i)))
            begin = source.after(i)
        elif text == ";":
            begin = i + 1
        i = source.after(i) if text in "({[" else i + 1
    return found


def name_of(source, begin, brace):
    """Of the function whose head is the tokens from `begin` to the brace; None: that is no function."""
    i = begin
    while i < brace:
        if source.word(i) in ("=", "typedef"):
            return None
        if source.word(i) == "(" and source.kind(i - 1) == "word":
            name = source.word(i - 1)
            if not name.startswith("__attribute"):
                return name
        i = source.after(i) if source.word(i) in "([" else i + 1
    return None


class Statements:
    """Reads statements, outer ones first."""

    def __init__(self, source):
        self.source = source
        self.found = []

    def of_block(self, brace):
        self.block(brace)
        return self.found

    def add(self, kind, first, last):
        self.found.append(Statement(kind, first, last))

    def block(self, brace):
        end = self.source.partner[brace]
        i = brace + 1
        while i < end:
            i = self.statement(i, end)
        return end + 1

    def statement(self, i, end):
        """Reads one; returns what is behind it."""
        word = self.source.word(i)
        if word == "{" and i in self.source.partner:
            return self.block(i)
        if word == ";":
            return i + 1
        if word == "else":
            return self.statement(i + 1, end)
        if word == "do":
            return self.statement(i + 1, end)
        if word in CONTROLS:
            return self.control(word, i, end)
        if word in ("case", "default") or self.is_label(i):
            return self.label(i, end)
        return self.plain(i, end)

    def control(self, word, i, end):
        closing = self.source.partner.get(i + 1, i)
        self.add(word, i, closing)
        return self.statement(closing + 1, end) if closing + 1 < end else end

    def is_label(self, i):
        return self.source.kind(i) == "word" and self.source.word(i + 1) == ":"

    def label(self, i, end):
        first = i
        while i < end and self.source.word(i) != ":":
            i = self.source.after(i) if self.source.word(i) in "({[" else i + 1
        self.add("label", first, i)
        return i + 1

    def plain(self, i, end):
        first = i
        while i < end and self.source.word(i) != ";":
            i = self.source.after(i) if self.source.word(i) in "({[" else i + 1
        last = min(i, end - 1)
        word = self.source.word(first)
        self.add(word if word in JUMPS else "declaration" if is_declaration(self.source, first) else "expression", first, last)
        return last + 1


def is_declaration(source, i):
    """`type name`, `type *name`: nobody multiplies for nothing."""
    if source.word(i) in TYPES or source.word(i) == "_Static_assert":
        return True
    if source.kind(i) != "word" or source.word(i) in WORDS:
        return False
    i += 1
    stars = 0
    while source.word(i) == "*":
        i, stars = i + 1, stars + 1
    return source.kind(i) == "word" and (stars == 0 or source.word(i + 1) in ("=", ";", ",", "["))
