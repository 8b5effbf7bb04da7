#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The names of mutants stay when something else changes, and so does what is drawn."""

import unittest

from drawing import lines_of, mutants_of, order, quotas

TEXT = """int f(int a)
{
    if (a < 1)
        g(a);
    if (a < 1)
        g(2);
    return h(a,
             3);
}
"""
MORE = "/* new */\nint before(void)\n{\n    return g(1);\n}\n\n" + TEXT.replace("g(2);", "g(2); /* why */")


def keys(text):
    return [m.key for m in mutants_of("a.c", text) if ":f:" in m.id]


class Names(unittest.TestCase):
    def test_stable(self):
        self.assertEqual(keys(TEXT), keys(MORE))

    def test_each_has_its_own(self):
        ids = [id for id, _, _ in keys(TEXT)]
        self.assertEqual(len(set(ids)), len(ids))
        self.assertEqual([was for id, was, _ in keys(TEXT) if id.startswith("a.c:f:never:")], ["if (a < 1)"] * 2)

    def test_only_what_the_edit_touches_changes(self):
        edited = TEXT.replace("g(2)", "g(4)")
        self.assertTrue(all("g(" in was for _, was, _ in set(keys(TEXT)) ^ set(keys(edited))))

    def test_lines_keep_their_numbers(self):
        for mutant in mutants_of("a.c", TEXT):
            self.assertEqual(mutant.apply(TEXT).count("\n"), TEXT.count("\n"), mutant)
            self.assertNotEqual(mutant.apply(TEXT), TEXT)

    def test_only_changed_functions(self):
        self.assertEqual({m.id.split(":")[1] for m in mutants_of("a.c", MORE, {4})}, {"before"})


class Draw(unittest.TestCase):
    def drawn(self, text, seed="1"):
        return [m.key for m in order(mutants_of("a.c", text), seed)]

    def test_same_seed_same_draw(self):
        self.assertEqual(self.drawn(TEXT), self.drawn(TEXT))
        self.assertNotEqual(self.drawn(TEXT), self.drawn(TEXT, "2"))
        self.assertEqual(sorted(self.drawn(TEXT)), sorted(keys(TEXT)))

    def test_others_do_not_change_it(self):
        more = [key for key in self.drawn(MORE) if ":f:" in key[0]]
        self.assertEqual(more, self.drawn(TEXT))

    def test_every_statement_once_before_any_twice(self):
        mutants = order(mutants_of("a.c", TEXT), "1")
        places = {m.place for m in mutants}
        self.assertEqual({m.place for m in mutants[:len(places)]}, places)

    def test_shares(self):
        self.assertEqual(lines_of(TEXT), 8)
        self.assertEqual(quotas({"a": 50, "b": 30, "c": 20}, 10), {"a": 5, "b": 3, "c": 2})
        self.assertEqual(quotas({"a": 1, "b": 1, "c": 1}, 2), {"a": 1, "b": 1, "c": 0})
        self.assertEqual(quotas({}, 10), {})
        self.assertEqual(sum(quotas({str(i): i for i in range(100)}, 300).values()), 300)


if __name__ == "__main__":
    unittest.main()
