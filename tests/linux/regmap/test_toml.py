#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the reader of TOML accepts means what it means to Python's; what it refuses it refuses with the right line."""

import glob
import json
import os
import random
import subprocess
import tomllib
import unittest

PROGRAM = os.environ["TOML_TO_JSON"]
MAPS = sorted(glob.glob(os.environ["SOURCE_DIR"] + "/maps/*.toml"))

GOOD = r'''
a = 1
"b c" = -17
'd.e' = +0
f.g = 0xDEAD_beef
f . h = 0o17
f."i" = 0b1_0
j = "tab\t quote\" back\\ \u00e9 \U0001F600 é"
k = 'C:\no\escape'
l = [ 1, 2,
  # remark
  [ "x", { y = 1, z.w = 2 } ], ]
m = {}
n = []
o = true
p = false  # remark
9223372036854775807 = 9223372036854775807
min = -9223372036854775808

[q]
r = 1
[q.s.t]
u = 1
[q.s]
v = 2
[[w]]
x = 1
[w.y]
z = 1
[[w]]
x = 2
[[w.v]]
[[w.v]]
a = 1
[ aa . "bb" ]
'''

# (text, the line with the mistake, a part of what is said)
BAD = [
    ("a = 1\na = 2", 2, '"a" is in line 1 already'), ("a.b = 1\na = 2", 2, '"a" is in line 1'), ("a = 1\na.b = 2", 2, '"a" is in line 1'),
    ("[a]\n[a]", 2, '"a" is in line 1'), ("[a]\nb = 1\n[a.b]", 3, '"b" is in line 2'), ("a = {}\n[a]", 2, '"a" is in line 1'),
    ("a = {}\na.b = 1", 2, '"a" is in line 1'), ("a = {b.c = 1}\n[a.d]", 2, '"a" is in line 1'), ("a = []\n[[a]]", 2, '"a" is in line 1'),
    ("[[a]]\n[a]", 2, '"a" is in line 1'), ("[a]\nb.c = 1\n[a.b]", 3, '"b" is in line 2'), ("[a.b.c]\n[a]\nb.d = 1", 3, '"b" is in line 1'),
    ("[a]\n[[a]]", 2, '"a" is in line 1'), ("a = 01", 1, '"01" is no value'), ("a = 1__0", 1, "no value"), ("a = _1", 1, "no value"), ("a = 1_", 1, "no value"),
    ("a = 0x", 1, "no value"), ("a = +0x1", 1, "no value"), ("a = 0b2", 1, "no value"), ("a = 1a", 1, "no value"), ("a = yes", 1, '"yes" is no value'),
    ("a = 9223372036854775808", 1, "too large"), ("a = 1 2", 1, "the end of the line is missing"), ("a = 1 b = 2", 1, "the end of the line is missing"),
    ("a", 1, '"a" wants = and a value'), ("a =", 1, "a value is missing"), ("= 1", 1, "a name is missing"), ("a. = 1", 1, "a name is missing"),
    ("a = \"x", 1, "does not end"), ("a = \"x\ny\"", 1, "does not end in its line"), ("a = 'x\n", 1, "does not end in its line"), ('a = "\\x"', 1, "no escape \\x"),
    ('a = "\\u12xx"', 1, "hexadecimal"), ('a = "\\ud800"', 1, "no character"), ('a = "\\U00110000"', 1, "no character"), ('a = "\x01"', 1, "control"),
    ("# \x01", 1, "control"), ("\n\na = [1\n2]", 4, "the list wants , or ]"), ("a = [,]", 1, "a value is missing"), ("a = {b = 1,}", 1, "a name is missing"),
    ("a = {b = 1\n}", 1, "the table wants , or }"), ("a = {b = 1, b = 2}", 1, '"b" is in line 1'), ("[a", 1, "wants ] at its end"), ("[[a]", 1, "wants ]]"),
    ("[]", 1, "a name is missing"), ("[a] b = 1", 1, "the end of the line is missing"), ("[a]]", 1, "the end of the line is missing"), ("a = [1", 1, "the list wants"),
    ("a = " + "[" * 100, 1, "too many brackets"), (".".join("a" * 100) + " = 1", 1, "too many dots"), ("[" + ".".join("a" * 100) + "]", 1, "too many dots"), ("a = 1\r", 1, "end of the line"),
]

# toml.io, "Table": "Dotted keys can not be used to redefine a table already defined" elsewhere.  Python 3.11 does not look.
OURS_ALONE = ["[a.b.c]\n[a]\nb.d = 1"]

# What TOML has, and this reader has not.
REFUSED = [("a = 1.5", "no value"), ("a = 1e3", "no value"), ("a = inf", "no value"), ("a = 2020-01-01", "no value"),
           ('a = """x"""', "strings of several lines"), ("a = '''x'''", "strings of several lines"), ('a = "\\u0000"', "no character")]


def read(text):
    """(value, None) or (None, what is said)"""
    done = subprocess.run([PROGRAM], input=text.encode(), capture_output=True, timeout=30, check=False)
    if done.returncode == 0:
        return json.loads(done.stdout), None
    assert done.returncode == 1 and done.stderr == b"", done
    return None, done.stdout.decode(errors="replace").rstrip("\n")


class Toml(unittest.TestCase):
    maxDiff = None

    def test_means_what_it_means_to_python(self):
        for text in (GOOD, GOOD.replace("\n", "\r\n"), "", "# remark", "a=1", "\n\n[a]\n"):
            self.assertEqual(read(text), (tomllib.loads(text), None))

    def test_maps(self):
        self.assertGreater(len(MAPS), 0)
        for path in MAPS:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertEqual(read(text), (tomllib.loads(text), None), path)

    def test_mistakes(self):
        for text, line, part in BAD:
            with self.subTest(text[:40]):
                if text not in OURS_ALONE and "a.a.a" not in text and "too large" not in part:
                    self.assertRaises(tomllib.TOMLDecodeError, tomllib.loads, text)
                value, said = read(text)
                self.assertIsNone(value)
                self.assertTrue(said.startswith(f"{line}: ") and part in said, said)

    def test_what_is_not_read(self):
        for text, part in REFUSED:
            with self.subTest(text):
                tomllib.loads(text)
                self.assertIn(part, read(text)[1] or "accepted")

    def test_random_changes(self):
        """Whatever is accepted is TOML, and means the same."""
        accepted = 0
        seed = random.Random(1)
        alphabet = "ab01_-.=[]{}\"'\\#, \n\tx"
        for _ in range(600):
            text = list(GOOD)
            for _ in range(seed.randint(1, 3)):
                place = seed.randrange(len(text))
                text[place:place + seed.randint(0, 2)] = seed.choice(alphabet)
            text = "".join(text)
            value, said = read(text)
            if said is None:
                accepted += 1
                self.assertEqual(value, tomllib.loads(text))
        self.assertGreater(accepted, 50)


if __name__ == "__main__":
    unittest.main()
