#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How often the server asks a target for an answer.  A relay between the two counts it, so this does not depend on
time."""

import unittest

import programs
from relay import Relay


class RoundTrips(programs.ExampleTest):
    def setUp(self):
        super().setUp()
        self.start()
        self.relay = Relay(self.directory)
        self.addCleanup(self.relay.close)
        self.run_example("registers", env={**programs.TOOLS, "I2CTARGET_DIR": self.relay.directory})
        self.ask("true", wait=0x40)

    def cost(self, command, expected):
        before = self.relay.owed
        self.assertEqual(self.ask(command), (0, expected))
        return self.relay.owed - before

    def test_a_byte_data_read_costs_one(self):
        """The server tells what follows the first call; unless this machine is so busy that the target takes 2 ms to answer."""
        costs = [self.cost("i2cget -y 1 0x40 0x01", "0x00") for _ in range(20)]
        self.assertEqual(min(costs), 1)
        self.assertLessEqual(max(costs), 2)

    def test_a_quick_write_costs_one(self):
        self.assertEqual(self.cost("i2ctransfer -y 1 w0@0x40", ""), 1)

    def test_a_byte_data_write_costs_two(self):
        self.assertEqual(self.cost("i2cset -y 1 0x40 0x01 0x02", ""), 2)


if __name__ == "__main__":
    unittest.main()
