#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""C texts into tokens, functions and statements."""

import unittest

from functions import functions
from tokens import Source

TEXT = r'''
#define TWICE(x) \
    ((x) + (x)) /* if (this) is no code; */
/* int commented(void) { return 1; } */
static const int table[] = {1, 2, 3};
struct pair { int a, b; };
_Static_assert(sizeof(int) == 4, "{");
int declared(int a);
// a "string' that is none
static __attribute__((format(printf, 1, 2))) int first(const char *text, ...)
{
    char brace = '{', quote = '\'';
    return text[0] == brace || text[1] == "}\"{"[quote];
}

void (*const pointer)(void) = 0;

bool second(struct pair *pair)
{
    struct pair *other = pair, copy = {.a = 1};
    size_t_like value;
    if (pair->a < 1)
        pair->a <<= 2;
    else if (other)
        return true;
    for (int i = 0; i < 3; i++) {
        while (copy.b--)
            continue;
    }
    switch (pair->b) {
    case 1:
        break;
    default:
        goto out;
    }
    do
        second(other);
    while (0);
    other->a = value * 2;
out:
    return false;
}
'''


class Tokens(unittest.TestCase):
    def words(self, text):
        return [token.text for token in Source(text).tokens]

    def test_no_comments_and_no_preprocessor(self):
        self.assertEqual(self.words("a /* b */ c // d\n#if e \\\n f\ng"), ["a", "c", "g"])

    def test_longest_marks(self):
        self.assertEqual(self.words("a<<=b>>c->d<=e---f...g&&h|=~i"),
                         ["a", "<<=", "b", ">>", "c", "->", "d", "<=", "e", "--", "-", "f", "...", "g", "&&", "h", "|=", "~", "i"])

    def test_literals_are_one_token(self):
        self.assertEqual(self.words(r'''"a\"/*b" '\'' '"' 0x1Fu 1e-3 u8"c"'''), ['"a\\"/*b"', "'\\''", "'\"'", "0x1Fu", "1e-3", 'u8"c"'])

    def test_brackets_find_each_other(self):
        source = Source("f(a[1], {b})")
        self.assertEqual(source.partner[1], len(source.tokens) - 1)
        self.assertEqual(source.after(1), len(source.tokens))
        self.assertEqual(source.after(0), 1)

    def test_lines(self):
        source = Source("a\n\nb /* \n */ c")
        self.assertEqual([source.line(i) for i in range(3)], [1, 3, 4])


class Functions(unittest.TestCase):
    def setUp(self):
        self.source = Source(TEXT)
        self.functions = functions(self.source)

    def statements(self, name):
        function = next(f for f in self.functions if f.name == name)
        return [(s.kind, self.source.between(s.first, s.last)) for s in function.statements]

    def test_only_bodies_count(self):
        self.assertEqual([function.name for function in self.functions], ["first", "second"])

    def test_statements(self):
        self.assertEqual(self.statements("second"), [
            ("declaration", "struct pair *other = pair, copy = {.a = 1};"), ("declaration", "size_t_like value;"),
            ("if", "if (pair->a < 1)"), ("expression", "pair->a <<= 2;"), ("if", "if (other)"), ("return", "return true;"),
            ("for", "for (int i = 0; i < 3; i++)"), ("while", "while (copy.b--)"), ("continue", "continue;"),
            ("switch", "switch (pair->b)"), ("label", "case 1:"), ("break", "break;"), ("label", "default:"), ("goto", "goto out;"),
            ("expression", "second(other);"), ("while", "while (0)"), ("expression", "other->a = value * 2;"), ("label", "out:"),
            ("return", "return false;")])

    def test_length(self):
        self.assertEqual(self.functions[0].lines(self.source), 4)


if __name__ == "__main__":
    unittest.main()
