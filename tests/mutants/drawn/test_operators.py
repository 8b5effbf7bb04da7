#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What each operator makes of a statement, and what it leaves alone."""

import unittest

from drawing import mutants_of


def made(statement, operator):
    """The statement's mutants by one operator."""
    mutants = mutants_of("a.c", f"int f(int a)\n{{\n    {statement}\n}}\n")
    return [m.becomes for m in mutants if m.id.split(":")[2] == operator]


class Operators(unittest.TestCase):
    def check(self, statement, operator, *wanted):
        self.assertEqual(made(statement, operator), list(wanted), f"{operator}: {statement}")

    def test_drop(self):
        self.check("a = 1;", "drop", "(void)0;")
        self.check("*g(a) = 1;", "drop", "(void)0;")
        self.check("while (a) break;", "drop", ";")
        self.check("(void)a;", "drop")
        self.check("int b = g();", "drop")
        self.check("return a;", "drop")

    def test_conditions(self):
        self.check("if (a || g(a)) return 1;", "negate", "if (!(a || g(a)))")
        self.check("if (a) return 1;", "never", "if (0)")
        self.check("if (a) return 1;", "always", "if (1)")
        self.check("while (a) g();", "always")  # for ever
        self.check("while (a) g();", "never", "while (0)")
        self.check("while (1) g();", "negate")

    def test_choice(self):
        self.check("b = a < 1 ? 2 : c ? 3 : 4;", "negate", "b = !(a < 1) ? 2 : c ? 3 : 4;", "b = a < 1 ? 2 : !(c) ? 3 : 4;")
        self.check("g(b, (a) ? 1 : 2);", "negate", "g(b, !((a)) ? 1 : 2);")

    def test_return(self):
        self.check("return a + 1;", "return", "return 0;")
        self.check("return NULL;", "return")
        self.check("return 7;", "return")
        self.check("return;", "return")

    def test_relation(self):
        for before, after in ("<", "<="), ("<=", "<"), (">", ">="), (">=", ">"), ("==", "!="), ("!=", "=="):
            self.check(f"while (a {before} 1) g();", "relation", f"while (a {after} 1)")
        self.check("a = b << c->d;", "relation")

    def test_logic(self):
        self.check("b = a && c || !d;", "logic", "b = a || c || !d;", "b = a && c && !d;")
        self.check("b = !a & ~c;", "not", "b = a & ~c;", "b = !a & c;")

    def test_sign(self):
        self.check("b = a - -c;", "sign", "b = a + -c;", "b = a - c;")
        self.check("*p = a * *q;", "sign", "*p = a + *q;")
        self.check("b = a & *g(&c);", "sign", "b = a | *g(&c);")
        self.check("a <<= 2;", "sign", "a >>= 2;")
        self.check("for (int i = 0; i < a; i++) g();", "sign")
        self.check("struct s *p, *q;", "sign")
        self.check("for (struct s *p = a; p; p++) g();", "sign")

    def test_constants(self):
        self.check("a = 0x10u;", "constant", "a = 17u;", "a = 15u;")
        self.check("a = 0;", "constant", "a = 1;")
        self.check("a = true;", "constant", "a = false;")
        self.check("int b[4] = {1};", "constant", "int b[4] = {2};", "int b[4] = {0};")
        self.check("return -EIO;", "error", "return -EINVAL;")
        self.check("a = LENGTH_MAX;", "bound", "a = (LENGTH_MAX + 1);", "a = (LENGTH_MAX - 1);")
        self.check("a = INT64_MAX;", "bound")
        self.check("GLOBAL_ONE = a;", "bound")

    def test_calls(self):
        self.check("b = g(a) + h->i(c);", "call", "b = 0 + h->i(c);", "b = g(a) + 0;")
        self.check("g(a);", "call")
        self.check("h->g(a);", "call")
        self.check("if (g(h(a))) return 1;", "call", "if (0)", "if (g(0))")
        self.check("g(a, (b, c), a);", "swap", "g((b, c), a, a);", "g(a, a, (b, c));")
        self.check("g(a, a);", "swap")
        self.check("g(strcmp(a, b) == 0, c);", "swap", "g(c, strcmp(a, b) == 0);")

    def test_left_alone(self):
        for statement in ("assert(a < 1);", '_Static_assert(1 < 2, "");', "static const int t[] = {1, 2};", "case 3: default:", "goto a;",
                          '__asm__ volatile("" : : "r"(1));'):
            self.assertEqual([m.becomes for m in mutants_of("a.c", f"int f(int a) {{ {statement} }}")], [], statement)
        self.check("b = sizeof(x[1]) + sizeof *p[2] + 3;", "constant", "b = sizeof(x[1]) + sizeof *p[2] + 4;",
                   "b = sizeof(x[1]) + sizeof *p[2] + 2;")
        self.assertEqual(mutants_of("a.h", "static const int t[] = {1, 2};\nenum { A = 3 };\n#define B (1 < 2)\n"), [])


if __name__ == "__main__":
    unittest.main()
