# SPDX-License-Identifier: MIT
"""Tests that fail on purpose, for test_runner.py."""

import sys
import unittest

import host
from targets import Later, needs


class Wrong(unittest.TestCase):
    def test_equal(self):
        self.assertEqual(1, 2)

    def test_raises_nothing(self):
        with self.assertRaises(ValueError):
            pass

    def test_raises_another(self):
        with self.assertRaises(ValueError):
            raise KeyError

    def test_says_another(self):
        with self.assertRaisesRegex(ValueError, "this"):
            raise ValueError("that")

    def test_thread(self):
        with Later(lambda: 1 // 0):
            pass

    def test_sub(self):
        for n in 1, 2:
            with self.subTest(n=n):
                self.assertEqual(n, 1)

    def test_host(self):
        host.root("tools").no_such_thing()

    def test_clean_up(self):
        def clean_up():
            raise RuntimeError

        self.addCleanup(clean_up)

    def test_exit(self):
        sys.exit(0)


class Right(unittest.TestCase):
    def test_a(self):
        self.assertTrue(True)

    @needs("processes")
    def test_b(self):
        pass
