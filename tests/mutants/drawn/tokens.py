# SPDX-License-Identifier: MIT
"""The tokens of a C text.  Comments and preprocessor lines are none."""

import bisect
import dataclasses
import re

TOKEN = re.compile(
    r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<line>^[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*)      # a preprocessor line, with those it goes on in
  | (?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
  | (?P<char>[uUL]?'(?:\\.|[^'\\\n])+')
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>\.\.\.|<<=|>>=|->|\+\+|--|<<|>>|[<>=!+\-*/%&|^]=|&&|\|\||[^\s\w"'])
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE)
PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    begin: int
    end: int


class Source:
    """A text, its tokens, and which brackets belong together."""

    def __init__(self, text):
        self.text = text
        self.tokens = [Token(match.lastgroup, match[0], *match.span()) for match in TOKEN.finditer(text)
                       if match.lastgroup not in ("comment", "line")]
        self.partner = partners(self.tokens)
        self.line_ends = [match.start() for match in re.finditer("\n", text)]

    def word(self, i):
        """The text of a token; empty where there is none."""
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ""

    def kind(self, i):
        return self.tokens[i].kind if 0 <= i < len(self.tokens) else ""

    def after(self, i):
        """Behind the token, or behind all that it brackets."""
        return self.partner.get(i, i) + 1

    def between(self, first, last):
        """The text of some tokens, both ends included, as it is written."""
        return self.text[self.tokens[first].begin:self.tokens[last].end]

    def line(self, i):
        return bisect.bisect_left(self.line_ends, self.tokens[i].begin) + 1


def partners(tokens):
    """Both ways: an opening bracket's index to the closing one's, and back.  One that stands alone has no entry."""
    partner, open_ones = {}, []
    for i, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.text in PAIRS:
            open_ones.append(i)
        elif open_ones and token.text == PAIRS[tokens[open_ones[-1]].text]:
            begin = open_ones.pop()
            partner[begin], partner[i] = i, begin
    return partner
