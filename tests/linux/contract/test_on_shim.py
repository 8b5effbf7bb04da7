#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""i2c-contract on the shim: the whole contract holds; and what the program itself promises."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shim"))
from shimtest import TARGETS as TARGET_PROGRAMS, ShimTest

HERE = os.path.dirname(os.path.abspath(__file__))


def options_of(front):
    """The options that fronts.txt has for it."""
    with open(f"{HERE}/fronts.txt", encoding="utf-8") as file:
        return next(words[1:] for words in map(str.split, file) if words[:1] == [front])


class Contract(ShimTest):
    TARGETS = {"smbus_device": 0x20, "silent": 0x22}
    FRONT = "shim"
    PROGRAM = f"{TARGET_PROGRAMS}/i2c-contract"

    def contract(self, *options, device="/dev/i2c-1"):
        result = self.exec(self.PROGRAM, *options, device, timeout=100)
        verdicts = {name: verdict.strip()
                    for verdict, name in re.findall(r"^([\w ]{11})  \w+ +(\w+)", result.stdout, re.M)}
        return result, verdicts

    def test_all(self):
        result, verdicts = self.contract(*options_of(self.FRONT))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        wrong = {name: verdict for name, verdict in verdicts.items() if verdict not in ("ok", "not asked")}
        self.assertEqual(wrong, {})
        self.assertLessEqual({name for name in verdicts if verdicts[name] == "not asked"},
                             {"missing_minor", "bound_address", "refused_without_i2c", "ignores_busy",
                              "no_messages_without_i2c"})

    def test_limits_are_held_against_the_device(self):
        result, verdicts = self.contract("--standard", "--only", "quick_read,byte", "--without", "quick_read")
        self.assertEqual((result.returncode, verdicts), (1, {"quick_read": "FAILED", "byte": "ok"}))
        result, verdicts = self.contract("--memory", "0x24", "--only", "quick_read", "--without", "quick_read")
        self.assertEqual((result.returncode, verdicts), (1, {"quick_read": "not offered"}))  # and nothing was ok

    def test_errno_of_the_adapter(self):
        result, verdicts = self.contract("--standard", "--only", "address_nack,data_nack", "--address-nack", "ENODEV",
                                         "--data-nack", "EREMOTEIO")
        self.assertEqual((result.returncode, verdicts), (1, {"address_nack": "FAILED", "data_nack": "FAILED"}))
        self.assertIn("quick write: ENXIO, wanted ENODEV", result.stdout)

    def test_without_a_target(self):
        result, verdicts = self.contract()
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(verdicts["byte"], "not asked")

    def test_wrong_calls(self):
        for options in ["--memory", "0x80"], ["--only", "nothing"], ["--timeout", "ENOTHING"], ["--wrong"], ["/dev/null"]:
            result, _ = self.contract(*options)
            self.assertEqual(result.returncode, 2, options)
            self.assertIn("--help", result.stderr)
        result, _ = self.contract(device="/dev/null")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("I2C_FUNCS: ", result.stderr)


if __name__ == "__main__":
    unittest.main()
