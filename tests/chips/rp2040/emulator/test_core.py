#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What mend.js and pico.js add to rp2040js' core: vectors, events, the mailbox, the time."""

import json
import unittest

import emulator


class Core(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.seen = json.loads(emulator.node("core.js"))

    def test_a_handler_knows_where_it_is(self):
        """PC reads as four bytes further on (Armv6-M ARM §A5.1.2), and even."""
        self.assertEqual(self.seen["vector"], {"isPendSv": True, "mov": 4, "add": 2 + 4})

    def test_an_event_ends_one_wfe(self):
        self.assertEqual(self.seen["sev"], {"before": {"pc": 6, "isAsleep": False}, "after": {"pc": 8, "isAsleep": True}})

    def test_a_disabled_interrupt_wakes_if_asked_to(self):
        asleep = {"pc": 2, "isAsleep": True}
        self.assertEqual(self.seen["sevonpend"], [{"before": asleep, "isAsleep": True, "scr": 0},
                                                  {"before": asleep, "isAsleep": False, "scr": 1 << 4}])

    def test_core_1_says_once_that_it_is_there(self):
        self.assertEqual(self.seen["mailbox"], [0, 0, 1, 0, 0])

    def test_time_passes_by_the_clock(self):
        """At 125 MHz, and for each cycle of each instruction."""
        self.assertEqual(self.seen["time"]["us"], 1000)
        self.assertEqual(self.seen["time"]["spent"], self.seen["time"]["cycles"])
        self.assertTrue(125000 <= self.seen["time"]["cycles"] <= 125004, self.seen["time"])


if __name__ == "__main__":
    unittest.main()
