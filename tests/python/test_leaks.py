#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every case of the suites that use the extension in their own process, many times over: none leaves anything behind (leaks.py).

test_leaks_waiting.py does the same with the suite that takes longest."""

import ctypes
import os
import unittest

import targets  # noqa: F401 (where the modules are)
import leaks
import test_devices
import test_errors
import test_lengths
import test_reentry
import test_semantics
import test_testbus


class TheCheck(unittest.TestCase):
    """Each kind of leak is seen."""

    def left_by(self, work):
        return leaks.left_by(work)

    def test_it_sees_what_is_left(self):
        kept = []
        increment = ctypes.pythonapi.Py_IncRef
        increment.argtypes = [ctypes.py_object]
        allocate = ctypes.CDLL(None).malloc
        self.assertEqual(self.left_by(lambda: None), {})
        self.assertIn("references to End", self.left_by(lambda: increment(leaks.REFERRED["End"])))
        self.assertIn("references to the int 64", self.left_by(lambda: increment(64)))
        self.assertIn("bytes of malloc()", self.left_by(lambda: allocate(1000)))
        self.assertIn("descriptors", self.left_by(lambda: kept.append(os.open("/dev/null", os.O_RDONLY))))
        for descriptor in kept:
            os.close(descriptor)
        self.assertIn("objects", self.left_by(lambda: increment([])))
        self.assertIn("blocks", self.left_by(lambda: increment(object())))


for module in test_devices, test_errors, test_lengths, test_reentry, test_semantics, test_testbus:
    for name, case in leaks.repeated(module, STEP=17, REQUESTS=30_000).items():
        assert name not in globals(), name
        globals()[name] = case
del case


if __name__ == "__main__":
    unittest.main()
