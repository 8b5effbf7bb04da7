#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""i2c-contract on programs whose system calls are supervised: dynamic ones, static ones, and static ones of 32 bits."""

import unittest

import test_on_shim
from shimtest import is_executed


class Dynamic(test_on_shim.Contract):
    FRONT = "seccomp"
    OPTIONS = ["--static"]


class Static(test_on_shim.Contract):
    """Nobody asked for supervision."""

    FRONT = "seccomp"
    PROGRAM = f"{test_on_shim.TARGET_PROGRAMS}/i2c-contract-static"


@unittest.skipUnless(is_executed(f"{test_on_shim.TARGET_PROGRAMS}/i2c-contract32"), "no compiler or no kernel for 32 bits")
class Narrow(test_on_shim.Contract):
    FRONT = "seccomp"
    PROGRAM = f"{test_on_shim.TARGET_PROGRAMS}/i2c-contract32"


if __name__ == "__main__":
    unittest.main()
