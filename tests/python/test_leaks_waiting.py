#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every case of test_waiting.py, many times over: none leaves anything behind (leaks.py)."""

import unittest

import targets  # noqa: F401 (where the modules are)
import leaks
import test_waiting

globals().update(leaks.repeated(test_waiting))


if __name__ == "__main__":
    unittest.main()
