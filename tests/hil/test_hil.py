#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The hardware-in-the-loop kit without hardware: it accepts right targets, and a wrong target makes the right check fail."""

import os
import subprocess
import tempfile
import unittest

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
HERE = SOURCE + "/tests/hil"
WRONG = '/usr/bin/python3 "$0/wrong.py" "$1" & "$3" exec --wait "$2" -- /usr/bin/python3 "$0/hil.py" --bus 1; status=$?; kill $!; exit $status'

# mistake → the checks that fail, and no others
REGISTERS = {
    "none": [],
    "extra_address": ["both addresses and no other"],
    "stuck_bit": ["what was written is read", "a probe changes nothing", "a long random run"],
    "no_reset": ["reset clears all registers", "a long random run"],
    "twice": ["one byte a read then ones"],
    "plain_read": ["a read without a number is ones"],
    "wraps": ["numbers beyond the last are refused"],
    "takes_more": ["a third byte is refused"],
    "probe_writes": ["a probe changes nothing"],
    "any_command": ["other commands do nothing", "messages joined by repeated start"],
}
# In Python a target can not refuse its address, nor see what ended a write.  So all of these fail two more checks.
BUSY, CUT = "it is busy after a write", "a write cut by repeated start is forgotten"
EEPROM = {
    "never_busy": [BUSY, CUT],
    "no_page": ["a write wraps inside its page", BUSY, CUT],
    "half_size": ["every byte keeps its value", BUSY, "a read goes round at the end", CUT],
    "forgets_pointer": [BUSY, "a read goes on where the last one ended", CUT],
}


class Hil(unittest.TestCase):
    def run_hil(self, *words, **variables):
        with tempfile.TemporaryDirectory(prefix="i2ctarget-hil-") as directory:
            environment = dict(os.environ, I2CTARGET_DIR=directory, I2CTARGET_BUS="1", PYTHONDONTWRITEBYTECODE="1",
                               PYTHONPATH=f"{BUILD}/python:{BUILD}/python/i2ctarget/fallback", **variables)
            environment.pop("I2CTARGET_BOARD", None)
            return subprocess.run(words, capture_output=True, text=True, timeout=60, env=environment, check=False)

    def run_wrong(self, mistake, address):
        done = self.run_hil(BUILD + "/i2ctarget", "run", "--", "sh", "-c", WRONG, HERE, mistake, hex(address), BUILD + "/i2ctarget")
        return done, [line.split("  ")[2].split(":")[0] for line in done.stdout.splitlines() if line.startswith("  FAILED")]

    def test_dry_run(self):
        done = self.run_hil(HERE + "/hil.py", "--dry-run", "--build", BUILD)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("11 of 11 checks passed\n", done.stdout)
        self.assertIn("7 of 7 checks passed\n", done.stdout)

    def test_wrong_registers(self):
        for mistake, checks in REGISTERS.items():
            with self.subTest(mistake):
                done, failed = self.run_wrong(mistake, 0x40)
                self.assertEqual((failed, done.returncode), (checks, 1 if checks else 0), done.stdout + done.stderr)

    def test_wrong_eeprom(self):
        for mistake, checks in EEPROM.items():
            with self.subTest(mistake):
                done, failed = self.run_wrong(mistake, 0x50)
                self.assertEqual((failed, done.returncode), (checks, 1), done.stdout + done.stderr)

    def test_nobody_answers(self):
        done = self.run_hil(BUILD + "/i2ctarget", "run", "--", BUILD + "/i2ctarget", "exec", "--", HERE + "/hil.py", "--bus", "1")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "hil: nobody answers on /dev/i2c-1, neither at 0x40 (registers) nor at 0x50 (eeprom): "
                                      "is the board powered, and are SCL, SDA and GND wired?\n")

    def test_no_such_adapter(self):
        done = self.run_hil(HERE + "/hil.py", "--bus", "65000")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", "hil: /dev/i2c-65000: No such file or directory\n"))

    def test_nothing_is_built(self):
        done = self.run_hil(HERE + "/hil.py", "--dry-run", "--build", "/nowhere")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))


if __name__ == "__main__":
    unittest.main()
