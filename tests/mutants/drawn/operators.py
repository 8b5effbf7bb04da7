# SPDX-License-Identifier: MIT
"""What can be done to a statement so that it is wrong.

Each operator is a function that gives Edits: some tokens, and what is to stand there instead.  Left alone is what
no test could see or what is no behaviour: asserts, sizeof, constant tables, labels, attributes.
"""

import dataclasses
import re

from functions import CONTROLS, TYPES, WORDS, is_declaration

RELATIONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
SIGNS = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "*", "&": "|", "|": "&", "^": "|", "<<": ">>", ">>": "<<",
         "+=": "-=", "-=": "+=", "*=": "+=", "/=": "*=", "%=": "/=", "|=": "&=", "&=": "|=", "^=": "|=", "<<=": ">>=", ">>=": "<<=",
         "++": "--", "--": "++"}
CAPITALS = re.compile(r"(?!U?INT|SIZE)[A-Z][A-Z0-9]*_[A-Z0-9_]+$")
ERROR = re.compile(r"E[A-Z][A-Z0-9]+$")
SYMMETRIC = {"strcmp", "strcasecmp"}  # as far as anybody looks: at whether it is 0
WATCHED = {"assert", "_Static_assert", "static_assert", "__builtin_unreachable", "__asm__", "asm"}


@dataclasses.dataclass(frozen=True)
class Edit:
    operator: str
    first: int  # tokens, both included
    last: int
    new: str


@dataclasses.dataclass(frozen=True)
class Place:
    """A statement, and which of its tokens may be changed one by one."""

    source: object
    statement: object
    tokens: tuple


def edits(source, statement):
    if is_left_alone(source, statement):
        return
    place = Place(source, statement, tuple(changeable(source, statement)))
    for operator in OPERATORS:
        yield from operator(place)


def is_left_alone(source, statement):
    words = {source.word(i) for i in range(statement.first, statement.last + 1)}
    if statement.kind in ("label", "goto") or words & WATCHED:
        return True
    return statement.kind == "declaration" and {"static", "const"} <= {
        source.word(i) for i in range(statement.first, min(statement.first + 3, statement.last))}


def changeable(source, statement):
    """Not what is declared, but what it begins with; not what sizeof looks at."""
    i, declares = statement.first, statement.kind == "declaration"
    if statement.kind == "for":
        declares = is_declaration(source, statement.first + 2)
        i += 2
    while i <= statement.last:
        word = source.word(i)
        if declares:
            declares = word not in ("=", ";")
        elif word in ("sizeof", "_Alignof", "offsetof", "__attribute__"):
            i = end_of_operand(source, i + 1)
            continue
        else:
            if statement.kind == "declaration" and word == "," and depth_is_top(source, statement, i):
                declares = True  # the next name
            yield i
        i += 1


def depth_is_top(source, statement, i):
    at = statement.first
    while at < i:
        at = source.after(at) if source.word(at) in "({[" else at + 1
    return at == i


def end_of_operand(source, i):
    while source.word(i) in ("*", "&"):
        i += 1
    if source.word(i) == "(":
        return source.after(i)
    while source.word(i + 1) in (".", "->", "["):
        i = source.after(i + 1) - 1 if source.word(i + 1) == "[" else i + 2
    return i + 1


def is_binary(source, i):
    """An operand is before it."""
    before = source.word(i - 1)
    return before in (")", "]") or (source.kind(i - 1) in ("word", "number", "char") and before not in TYPES | WORDS)


# ---- whole statements ---------------------------------------------------------------------------


def drop(place):
    """A statement is not there."""
    statement, source = place.statement, place.source
    if statement.kind in ("expression", "break", "continue") and source.word(statement.last) == ";":
        if source.word(statement.first) != "(" or source.word(statement.first + 1) != "void":  # (void)unused;
            yield Edit("drop", statement.first, statement.last - 1, "(void)0" if statement.kind == "expression" else "")


def condition(place):
    """The other branch, always one branch."""
    statement, source = place.statement, place.source
    if statement.kind not in ("if", "while"):
        return
    first, last = statement.first + 2, statement.last - 1
    if first > last or (first == last and source.kind(first) == "number"):
        return
    text = source.between(first, last)
    yield Edit("negate", first, last, f"!({text})")
    yield Edit("never", first, last, "0")
    if statement.kind == "if":
        yield Edit("always", first, last, "1")


def choice(place):
    """`a ? b : c` takes the other one."""
    source = place.source
    for i in place.tokens:
        if source.word(i) == "?":
            first = begin_of_choice(place, i)
            if first < i:
                yield Edit("negate", first, i - 1, f"!({source.between(first, i - 1)})")


def begin_of_choice(place, i):
    """Walks back to what a condition can not hold, over what is in brackets."""
    source = place.source
    ends = {"=", "+=", "-=", "|=", "&=", ",", ";", "?", ":", "return", "(", "[", "{"}
    while i > place.statement.first and source.word(i - 1) not in ends:
        i = source.partner.get(i - 1, i - 1)
    return i


def returned(place):
    """Something else is returned."""
    statement, source = place.statement, place.source
    first, last = statement.first + 1, statement.last - 1
    if statement.kind != "return" or first > last:
        return
    if first == last and (source.kind(first) == "number" or source.word(first) in ("NULL", "true", "false")):
        return  # a constant
    yield Edit("return", first, last, "0")


# ---- tokens -------------------------------------------------------------------------------------


def relation(place):
    for i in place.tokens:
        if place.source.word(i) in RELATIONS:
            yield Edit("relation", i, i, RELATIONS[place.source.word(i)])


def logic(place):
    source = place.source
    for i in place.tokens:
        word = source.word(i)
        if word in ("&&", "||"):
            yield Edit("logic", i, i, "||" if word == "&&" else "&&")
        elif word in ("!", "~"):
            yield Edit("not", i, i, "")


def sign(place):
    source = place.source
    for i in place.tokens:
        word = source.word(i)
        if word not in SIGNS or source.kind(i) != "mark" or is_step(place, i):
            continue
        if word in "+-*&" and (i == place.statement.first or not is_binary(source, i)):
            if word == "-" and not ERROR.match(source.word(i + 1)):
                yield Edit("sign", i, i, "")
            continue
        yield Edit("sign", i, i, SIGNS[word])


def is_step(place, i):
    """The third part of a `for`: a loop that goes the wrong way tells nothing."""
    return place.statement.kind == "for" and place.source.word(i) in ("++", "--")


def constant(place):
    source = place.source
    for i in place.tokens:
        word, kind = source.word(i), source.kind(i)
        if kind == "number" and re.match(r"(0[xX][0-9a-fA-F]+|\d+)[uUlL]*$", word):
            digits = word.rstrip("uUlL")
            value, rest = int(digits, 16 if digits[:2] in ("0x", "0X") else 10), word[len(digits):]
            yield Edit("constant", i, i, f"{value + 1}{rest}")
            if value > 0:
                yield Edit("constant", i, i, f"{value - 1}{rest}")
        elif word in ("true", "false"):
            yield Edit("constant", i, i, "false" if word == "true" else "true")
        elif ERROR.match(word) and source.word(i + 1) != "(":
            yield Edit("error", i, i, "EINVAL" if word != "EINVAL" else "EIO")
        elif CAPITALS.match(word) and source.word(i + 1) != "(" and not is_target(source, i):
            yield Edit("bound", i, i, f"({word} + 1)")
            yield Edit("bound", i, i, f"({word} - 1)")


def is_target(source, i):
    """It is written to, or its address is taken."""
    return source.word(i + 1) in ("=", "++", "--", ".", "->") or (source.word(i - 1) == "&" and not is_binary(source, i - 1))


def call(place):
    """A call inside of an expression gives 0 at once; two neighbours among its arguments change places."""
    source = place.source
    for i in place.tokens:
        if source.kind(i) != "word" or source.word(i + 1) != "(" or source.word(i) in CONTROLS | WORDS | TYPES:
            continue
        end = source.partner.get(i + 1)
        if end is None or end > place.statement.last:
            continue
        if not is_whole_statement(place, i, end):
            yield Edit("call", begin_of_callee(source, i), end, "0")
        if source.word(i) in SYMMETRIC:
            continue
        arguments = split(source, i + 2, end)
        for (first, last), (next_first, next_last) in zip(arguments, arguments[1:]):
            here, there = source.between(first, last), source.between(next_first, next_last)
            if here != there:
                yield Edit("swap", first, next_last, f"{there}, {here}")


def is_whole_statement(place, i, end):
    statement = place.statement
    return statement.kind == "expression" and begin_of_callee(place.source, i) == statement.first and end == statement.last - 1


def begin_of_callee(source, i):
    while source.word(i - 1) in (".", "->") and source.kind(i - 2) == "word":
        i -= 2
    return i


def split(source, first, end):
    """The arguments between two brackets: pairs of first and last token."""
    parts, begin, i = [], first, first
    while i < end:
        if source.word(i) == ",":
            parts.append((begin, i - 1))
            begin = i + 1
        i = source.after(i) if source.word(i) in "({[" else i + 1
    return parts + [(begin, end - 1)] if begin < end else parts


OPERATORS = (drop, condition, choice, returned, relation, logic, sign, constant, call)
