# SPDX-License-Identifier: MIT
"""Which mutants there are, and which of them are drawn.

A mutant is known by its file, function and operator and by the text before and after; where the same is there
twice, by its place among them.  Its id ends with a digest of these, so a change elsewhere gives it no other id.
The draw goes by a hash of the same and of the seed: what is drawn in a file stays, whatever happens to others.
"""

import dataclasses
import hashlib
import re

from functions import functions
from operators import edits
from tokens import Source

DIGITS = 6  # of an id's digest: enough for the mutants of one function by one operator


def digest(texts):
    return hashlib.sha256("\0".join(texts).encode()).digest()


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str  # file:function:operator
    ordinal: int  # of those that have the same name and texts
    was: str
    becomes: str
    file: str
    line: int
    begin: int
    end: int
    new: str
    place: tuple  # mutants of the same statement have the same

    @property
    def what(self):
        """No other mutant has the same."""
        return f"{self.name}:{self.ordinal}", self.was, self.becomes

    @property
    def id(self):
        return f"{self.name}:{digest(self.what).hex()[:DIGITS]}"

    @property
    def key(self):
        return self.id, self.was, self.becomes

    def apply(self, text):
        """The lines behind keep their numbers."""
        lost = text.count("\n", self.begin, self.end) - self.new.count("\n")
        return text[:self.begin] + self.new + "\n" * lost + text[self.end:]


def on_one_line(text):
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)).strip()


def mutants_of(file, text, lines=None):
    """All of a file; with `lines`, a set, those of functions that have one of them."""
    source, found, seen = Source(text), [], {}
    for function in functions(source):
        first, last = source.line(function.first), source.line(function.last)
        if lines is not None and not any(first <= line <= last for line in lines):
            continue
        for statement in function.statements:
            for edit in edits(source, statement):
                found.append(mutant(source, file, function, statement, edit, seen))
    return found


def mutant(source, file, function, statement, edit, seen):
    begin, end = source.tokens[statement.first].begin, source.tokens[statement.last].end
    first, last = source.tokens[edit.first].begin, source.tokens[edit.last].end
    was = on_one_line(source.text[begin:end])
    becomes = on_one_line(source.text[begin:first] + edit.new + source.text[last:end])
    name = f"{file}:{function.name}:{edit.operator}"
    seen[name, was, becomes] = ordinal = seen.get((name, was, becomes), 0) + 1
    return Mutant(name, ordinal, was, becomes, file, source.line(edit.first), first, last, edit.new,
                  (function.first, statement.first))


def lines_of(text):
    """How much of a text is functions."""
    source = Source(text)
    return sum(function.lines(source) for function in functions(source))


def quotas(sizes, sample):
    """Shares of the sample in proportion to the sizes; what is left over goes to the largest remainders."""
    total = sum(sizes.values())
    if total == 0:
        return {}
    exact = {name: size * sample / total for name, size in sizes.items()}
    shares = {name: int(share) for name, share in exact.items()}
    left = min(sample, total) - sum(shares.values())
    for name in sorted(exact, key=lambda name: (shares[name] - exact[name], name))[:max(left, 0)]:
        shares[name] += 1
    return shares


def order(mutants, seed):
    """As they are drawn: first one of each statement, in the order of their hashes, then the others."""
    by_hash = sorted(mutants, key=lambda m: digest((str(seed), *m.what)))
    first, rest, places = [], [], set()
    for m in by_hash:
        (rest if m.place in places else first).append(m)
        places.add(m.place)
    return first + rest
