#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What all devices share: the list, help, options, the bus, lines on standard input, the end."""

import os
import re
import signal
import subprocess
import time
import unittest

from device import COMMAND, DeviceTest, wait_until

NAMES = {"eeprom": 0x50, "edid": 0x50, "ee1004": 0x50, "jc42": 0x18, "spd5118": 0x50, "lm75": 0x48, "ads7828": 0x48, "pca9555": 0x20, "sbs-battery": 0x0B, "pmbus": 0x40, "registers": 0x40, "replay": None}


class Words(DeviceTest):
    def test_list(self):
        listed = self.command("device", "--list")
        self.assertEqual((listed.returncode, listed.stderr), (0, ""))
        rows = {name: None if address == "-" else int(address, 16)
                for name, address, _ in (line.split(maxsplit=2) for line in listed.stdout.splitlines())}
        self.assertEqual(rows, NAMES)
        self.assertIn(listed.stdout, self.command("device", "--help").stdout)

    def test_help_of_each(self):
        for name in NAMES:
            text = self.command("device", name, "--help")
            self.assertEqual((text.returncode, text.stderr), (0, ""))
            self.assertRegex(text.stdout, f"^usage: i2ctarget device {name} ")
            for option in "--address", "--bus", "--keep", "--help":
                self.assertIn(f"\n  {option} ", text.stdout)
            self.assertIn(f"(default 0x{NAMES[name]:02x})" if NAMES[name] else "only this one of its addresses", text.stdout)
            self.assertLessEqual(max(map(len, text.stdout.splitlines())), 100)

    def test_every_option_in_the_help_is_one(self):
        for name in NAMES:
            text = self.command("device", name, "--help").stdout
            for option in re.findall(r"(?m)^  (--[\w-]+)", text):
                done = self.command("device", name, option, "nonsense", "--help")
                self.assertNotIn("there is no option", done.stderr)

    def test_the_manual_page_knows_every_option_and_command(self):
        with open(os.environ["SOURCE_DIR"] + "/docs/i2ctarget.1") as page:
            manual = page.read().replace("\\-", "-")
        section = manual.split(".SS i2ctarget device\n")[1].split("\n.SS ")[0].split("\n.SH ")[0]
        for name in NAMES:
            self.assertRegex(section, rf"(?m)^\.B {name}$")
            text = self.command("device", name, "--help").stdout
            told = text.split("standard input")[1].split("Said on")[0]
            for word in re.findall(r"(?m)^  (--[\w-]+)", text) + re.findall(r"(?m)^  ([\w-]+)", told):
                if word != "--help":
                    self.assertRegex(section, rf"{word}\b", name)

    def test_mistakes(self):
        self.assertEqual(self.refused(), "i2ctarget device: the name of a device is missing (i2ctarget device --help)")
        self.assertEqual(self.refused("lm57"), 'i2ctarget device: there is no device "lm57"; there are: ' + " ".join(NAMES))
        for arguments, complaint in (
                (["--nonsense"], "there is no option --nonsense"), (["-x"], "there is no option -x"),
                (["--address"], "--address wants an argument"), (["again"], '"again" is no option'),
                (["--address", "0x80"], "--address 0x80: 0x08..0x77"), (["--address", "7"], "--address 7: 0x08..0x77"),
                (["--address", "77"], "--address 77 is ambiguous: write 0x77, or 0x4d for the decimal number"),
                (["--address", "010"], "--address 010 is ambiguous: write 0x010, or 0x0a for the decimal number"),
                (["--address", "0x"], "--address 0x: 0x08..0x77"), (["--address", ""], "--address : 0x08..0x77"),
                (["--address", "48h"], "--address 48h: 0x08..0x77"), (["--address", "-1"], "--address -1: 0x08..0x77"),
                (["--bus", "one"], '"one" is no bus number: 0 to 65535')):
            self.assertEqual(self.refused("lm75", *arguments),
                             f"i2ctarget device lm75: {complaint} (i2ctarget device lm75 --help)")

    def test_the_variable_must_hold_a_bus_number(self):
        done = self.command("device", "lm75", env={**os.environ, "I2CTARGET_BUS": "x"})
        self.assertEqual(done.returncode, 2)
        self.assertIn('I2CTARGET_BUS="x" is no bus number', done.stderr.replace("=x\"", '="x"'))


class OnABus(DeviceTest):
    def test_where_it_is_told_to_be(self):
        self.start(number=1)
        self.start(number=7)
        self.assertEqual(self.device("lm75").ready, "lm75 at 0x48 on bus 1 ready")
        self.assertEqual(self.device("lm75", "--address", "0x4f", "--bus", "7").ready, "lm75 at 0x4f on bus 7 ready")
        self.assertEqual(self.device("lm75", "--address", "4d", env={**os.environ, "I2CTARGET_BUS": "7"}).ready,
                         "lm75 at 0x4d on bus 7 ready")
        status, text = self.ask("i2cdetect -y 1")
        self.assertEqual((status, re.findall(r"\b[0-9a-f]{2}\b(?!:)", text.split("\n", 1)[1])), (0, ["48"]))

    def test_several_on_one_bus(self):
        self.start()
        self.device("lm75", "--temperature", "20")
        self.device("lm75", "--address", "0x49", "--temperature", "21.5")
        self.device("eeprom", "--type", "24c04")
        self.device("pca9555", "--inputs", "0x1234")
        self.device("ads7828", "--address", "0x4a")
        status, text = self.ask("i2cdetect -y 1")
        found = re.findall(r"\b[0-9a-f]{2}\b(?!:)", text.split("\n", 1)[1])
        self.assertEqual((status, found), (0, ["20", "48", "49", "4a", "50", "51"]))
        self.assertEqual(self.transfer("w1@0x49 0x00 r2"), [21, 0x80])
        self.assertEqual(self.transfer("w1@0x20 0x00 r2"), [0x34, 0x12])

    def test_starts_the_bus_and_ends_it(self):
        device = self.device("lm75")
        self.assertEqual(self.ask("i2cget -y 1 0x48 0x00"), (0, "0x19"))
        self.assertEqual(device.end(), (0, "", ""))
        self.assertEqual(self.ask("true")[0], 125)

    def test_starts_a_bus_that_stays(self):
        device = self.device("lm75", "--keep")
        pid = int(re.fullmatch(r"i2ctarget device lm75: bus 1 stays: process (\d+)", device.complaint())[1])
        self.addCleanup(os.kill, pid, signal.SIGKILL)
        self.assertEqual(device.end()[0], 0)
        self.assertEqual(self.ask("true"), (0, ""))

    def test_the_bus_dies_with_it(self):
        self.device("lm75").end(signal.SIGKILL)
        wait_until(lambda: self.ask("true")[0] == 125, "the bus has ended")

    def test_ends_with_the_bus(self):
        bus = self.start()
        device = self.device("lm75")
        bus.stop()
        device.process.wait(timeout=10)
        self.assertEqual(device.end(), (1, "", "i2ctarget device lm75: bus 1 has ended\n"))

    def test_signals_end_it(self):
        self.start()
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            self.assertEqual(self.device("eeprom").end(number), (0, "", ""))

    def test_a_directory_that_is_not_safe(self):
        os.chmod(self.directory, 0o777)
        done = self.command("device", "lm75")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "^i2ctarget device lm75: .* is not safe")


class Lines(DeviceTest):
    def setUp(self):
        super().setUp()
        self.start()

    def test_nonsense_is_answered_and_changes_nothing(self):
        device = self.device("lm75", "--temperature", "30")
        for line, complaint in (("hot", 'there is no command "hot" (i2ctarget device lm75 --help)'),
                                ("temperature", "temperature CELSIUS, -55 to 125"),
                                ("temperature 20 21", "temperature CELSIUS, -55 to 125"),
                                ("temperature 20x", "temperature CELSIUS, -55 to 125"),
                                ("x" * 300, "a line on standard input is too long")):
            device.tell(line)
            self.assertEqual(device.complaint(), "i2ctarget device lm75: " + complaint)
        self.assertEqual(self.ask("i2cget -y 1 0x48 0x00"), (0, "0x1e"))

    def test_blanks_and_remarks_are_nothing(self):
        device = self.device("lm75")
        device.tell("", "   ", "# warmer", "  temperature \t 31  ")
        self.until("i2cget -y 1 0x48 0x00", (0, "0x1f"))
        self.assertEqual(device.end(), (0, "", ""))

    def test_many_lines_in_one_piece(self):
        device = self.device("lm75")
        device.tell(*(f"temperature {n}" for n in range(100)))
        self.until("i2cget -y 1 0x48 0x00", (0, "0x63"))

    def test_goes_on_after_the_end_of_the_lines(self):
        device = self.device("lm75")
        device.tell_no_more("temperature 33")
        self.until("i2cget -y 1 0x48 0x00", (0, "0x21"))
        self.assertEqual(device.end(), (0, "", ""))

    def test_rests_when_nothing_happens(self):
        """Neither the end of the lines nor a constant temperature keeps it busy."""
        device = self.device("lm75", "--temperature", "90")
        device.tell_no_more()
        self.assertEqual(device.line(), "os active")
        wait_until(lambda: self.work(device) == self.work(device, after=0.4), "it rests")

    @staticmethod
    def work(device, after=0):
        """How often it has waited so far, and how much time it has used."""
        time.sleep(after)
        with open(f"/proc/{device.process.pid}/status") as status, open(f"/proc/{device.process.pid}/stat") as stat:
            return re.search(r"(?m)^voluntary_ctxt_switches:\s*(\d+)", status.read())[1], stat.read().split()[13:15]

    def test_in_the_background_of_a_terminal_it_leaves_the_keyboard_alone(self):
        """A process that reads from its terminal in the background is stopped."""
        leader = subprocess.Popen(["/usr/bin/python3", "-c", BACKGROUND, COMMAND], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.kill_process, leader)
        out, err = leader.communicate(timeout=30)
        self.assertEqual(out.splitlines(), ["lm75 at 0x48 on bus 1 ready", "state S", "then os active"], err)

    @staticmethod
    def kill_process(process):
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


# Simulates a shell: a terminal, a job in its background, a person who types, and then the job in the foreground.
BACKGROUND = """
import fcntl, os, pty, signal, subprocess, sys, termios, time
keyboard, terminal = pty.openpty()
os.setsid()
fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen([sys.argv[1], "device", "lm75"], stdin=terminal, stdout=subprocess.PIPE, text=True,
                       preexec_fn=lambda: (os.setpgid(0, 0), signal.signal(signal.SIGTTOU, signal.SIG_DFL)))
print(job.stdout.readline(), end="")
os.write(keyboard, b"temperature 90\\n")
time.sleep(0.7)
state = open(f"/proc/{job.pid}/stat").read().split()[2]
print("state", state)
if state == "S":
    os.tcsetpgrp(terminal, job.pid)
    print("then", job.stdout.readline(), end="")
job.kill()
job.wait()
"""


if __name__ == "__main__":
    unittest.main()
