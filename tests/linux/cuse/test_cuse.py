#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `--cuse` prints where there is no /dev/cuse.  With one, see tests/kernel/groups/cuse.sh."""

import os
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from buses import COMMAND, BusTest

DEVICE = os.environ["BUILD_DIR"] + "/i2ctarget-cuse"
NUMBER = "1048575"  # no adapter has that one


class Cuse(BusTest):
    def refused(self, status, said, *command):
        result = subprocess.run(command, capture_output=True, text=True, timeout=30)
        self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
        self.assertIn(said, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def test_wrong_calls(self):
        for word in "attach", "bus":
            for number in "x", "-1", "1048576", "":
                self.refused(2, f"--cuse={number}: 0 to 1048575", COMMAND, word, "1", f"--cuse={number}")
        self.refused(2, "--attach or --cuse, not both", COMMAND, "bus", "1", "--cuse", "--attach")
        self.refused(2, 'not "2" too', COMMAND, "attach", "1", "2", "--cuse")
        for arguments in [], ["1"], ["x", "1"], ["1", "1048576"], ["65536", "1"], ["1", "2", "3"]:
            self.refused(2, "usage: i2ctarget-cuse BUS NUMBER", DEVICE, *arguments)

    def test_no_bus(self):
        self.refused(1, "no bus 1: start it with 'i2ctarget bus 1'", DEVICE, "1", NUMBER)

    def test_companion_is_missing(self):
        alone = shutil.copy(COMMAND, self.directory)
        for word in "attach", "bus":
            self.refused(1, f"i2ctarget-cuse is missing: it belongs into {self.directory} or {self.directory}/../", alone, word, "1",
                         "--cuse")


if __name__ == "__main__":
    unittest.main()
