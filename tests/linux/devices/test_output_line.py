#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`i2ctarget device … --interrupt`: another program waits for the output line of a device."""

import os
import select
import signal
import socket
import unittest

from device import DeviceTest, wait_until

PATIENCE_S = 10


class Reader:
    """Of a FIFO, or of the other end of what a device has as fd:N."""

    def __init__(self, place):
        self.fd = os.open(place, os.O_RDONLY | os.O_NONBLOCK) if isinstance(place, str) else place

    def line(self):
        """The next line; "" at the end."""
        text = b""
        while not text.endswith(b"\n"):
            if not select.select([self.fd], [], [], PATIENCE_S)[0]:
                raise AssertionError(f"no line within {PATIENCE_S} s")
            byte = os.read(self.fd, 1)
            if not byte:
                break
            text += byte
        return text.decode()

    def lines(self, count):
        return "".join(self.line().strip() for _ in range(count))

    def is_quiet(self):
        return not select.select([self.fd], [], [], 0.2)[0]

    def close(self):
        os.close(self.fd)


class Lines(DeviceTest):
    def setUp(self):
        super().setUp()
        self.start()
        self.fifo = f"{self.directory}/int"

    def with_line(self, *arguments):
        """A device, and a reader of its line that has got the first level: 1."""
        device = self.device(*arguments, "--interrupt", self.fifo)
        reader = Reader(self.fifo)
        self.addCleanup(reader.close)
        self.assertEqual(reader.line(), "1\n")
        return device, reader

    def test_lm75_comparator_mode(self):
        """The limits are 80 and 75 degrees; OS is low while it is hot."""
        device, reader = self.with_line("lm75")
        for temperature, level in ((80.5, "0"), (74.5, "1")):
            device.tell(f"temperature {temperature}")
            self.assertEqual(reader.lines(1), level)
        self.transfer("w1@0x48 0x00 r2")
        self.assertTrue(reader.is_quiet())
        self.assertEqual(device.end(), (0, "os active\nos inactive\n", ""))
        self.assertEqual(reader.line(), "")
        self.assertFalse(os.path.exists(self.fifo))

    def test_lm75_interrupt_mode(self):
        """A read of a register releases it."""
        device, reader = self.with_line("lm75")
        self.transfer("w2@0x48 0x01 0x02")
        device.tell("temperature 85")
        self.assertEqual(reader.line(), "0\n")
        self.transfer("r1@0x48")
        self.assertEqual(reader.line(), "1\n")
        device.tell("temperature 70")
        self.assertEqual(reader.line(), "0\n")
        self.transfer("r1@0x48")
        self.assertEqual(reader.line(), "1\n")

    def test_lm75_polarity(self):
        """A controller turns it round: inactive is low."""
        device, reader = self.with_line("lm75")
        self.transfer("w2@0x48 0x01 0x04")
        self.assertEqual(reader.line(), "0\n")
        device.tell("temperature 85")
        self.assertEqual(reader.line(), "1\n")

    def test_pca9555(self):
        """A read of the port that has changed releases INT, and so does the pin when it comes back."""
        device, reader = self.with_line("pca9555")
        device.tell("pin 9 low")
        self.assertEqual(reader.line(), "0\n")
        self.transfer("w1@0x20 0x00 r1")
        self.assertTrue(reader.is_quiet())
        self.transfer("w1@0x20 0x01 r1")
        self.assertEqual(reader.line(), "1\n")
        device.tell("pin 9 high", "pin 9 low")
        self.assertEqual(reader.lines(2), "01")

    def test_pca9555_pulse_within_a_transfer(self):
        """Pin 0 is driven low as an output; as an input it is high, until its port is read in the same transfer."""
        _device, reader = self.with_line("pca9555")
        self.transfer("w2@0x20 0x02 0x00 w2@0x20 0x06 0xfe w1@0x20 0x00 r1")
        self.transfer("w2@0x20 0x06 0xff w1@0x20 0x00 r1")
        self.assertEqual(reader.lines(2), "01")
        self.assertTrue(reader.is_quiet())

    def test_jc42(self):
        """EVENT is enabled as a comparator; the upper limit is 30 degrees."""
        device, reader = self.with_line("jc42")
        self.transfer("w3@0x18 0x02 0x01 0xe0 w3@0x18 0x04 0x05 0x00")
        wait_until(lambda: self.transfer("w1@0x18 0x05 r2") == [0x01, 0x90], "it has converted: 25 degrees, no alarm")
        self.transfer("w3@0x18 0x01 0x00 0x08")
        self.assertTrue(reader.is_quiet())
        device.tell("temperature 31")
        self.assertEqual(reader.line(), "0\n")
        device.tell("temperature 29")
        self.assertEqual(reader.line(), "1\n")

    def test_registers(self):
        """A map has it: INT of the clock, while an alarm's flag is set and enabled."""
        device, reader = self.with_line("registers", "--map", "ds3231")
        device.tell("set status = 0x02")
        self.assertTrue(reader.is_quiet())
        self.transfer("w2@0x68 0x0e 0x06")
        self.assertEqual(reader.line(), "0\n")
        self.transfer("w2@0x68 0x0f 0x00")
        self.assertEqual(reader.line(), "1\n")

    def test_registers_with_time(self):
        """A reaction sets the flag later, while nothing else happens; the line is active high."""
        path = f"{self.directory}/map.toml"
        with open(path, "w", encoding="ascii") as file:
            file.write('[registers]\nctrl = { address = 0 }\nstatus = { address = 1, read_clears = 0x80 }\n'
                       '[[reactions]]\non_write = "ctrl"\nset = "status"\nto = 0x80\nafter = "300 ms"\n'
                       '[interrupt]\nregister = "status"\nactive = "high"\n')
        self.device("registers", "--map", path, "--interrupt", self.fifo)
        reader = Reader(self.fifo)
        self.addCleanup(reader.close)
        self.assertEqual(reader.line(), "0\n")
        self.transfer("w2@0x40 0x00 0x01")
        self.assertEqual(reader.line(), "1\n")
        self.transfer("w1@0x40 0x01 r1")
        self.assertEqual(reader.line(), "0\n")

    def test_registers_without_a_line(self):
        self.assertEqual(self.complains("registers", "--map", "tmp102", "--interrupt", self.fifo),
                         (1, "i2ctarget device registers: tmp102: it has no [interrupt], so there is no line"))

    def test_pmbus(self):
        """SMBALERT# is low until the fault is cleared; that the output was switched off is no fault."""
        device, reader = self.with_line("pmbus")
        self.transfer("w2@0x40 0x01 0x00 w2@0x40 0x01 0x80")
        self.assertTrue(reader.is_quiet())
        device.tell("temperature 120")
        self.assertEqual(reader.line(), "0\n")
        device.tell("temperature 40")
        self.assertTrue(reader.is_quiet())
        self.transfer("w1@0x40 0x03")
        self.assertEqual(reader.line(), "1\n")

    def change(self, device, temperatures):
        """Each is a crossing."""
        for temperature in temperatures.split():
            device.tell(f"temperature {temperature}")
            self.assertRegex(device.line(), "^os ")

    def test_lines_that_come_together(self):
        device, reader = self.with_line("lm75")
        device.tell("temperature 85", "temperature 20", "temperature 85")
        self.assertEqual(reader.lines(3), "010")

    def test_a_reader_that_comes_late_and_again(self):
        device = self.device("lm75", "--interrupt", self.fifo)
        self.change(device, "85 20 85")
        for level in "0", "0":
            reader = Reader(self.fifo)
            self.assertEqual(reader.lines(1), level)
            self.assertTrue(reader.is_quiet())
            reader.close()
        device.tell("temperature 20")
        self.assertEqual(device.line(), "os inactive")
        reader = Reader(self.fifo)
        self.assertEqual(reader.line(), "1\n")
        reader.close()

    def test_a_fifo_that_is_there(self):
        os.mkfifo(self.fifo)
        device, reader = self.with_line("lm75")
        device.tell("temperature 85")
        self.assertEqual(reader.line(), "0\n")
        self.assertEqual(device.end(), (0, "os active\n", ""))
        self.assertEqual(reader.line(), "")
        self.assertTrue(os.path.exists(self.fifo))

    def test_a_fifo_of_another_device(self):
        """Their levels would be mixed."""
        device, reader = self.with_line("lm75")
        self.assertEqual(self.complains("lm75", "--address", "0x49", "--interrupt", self.fifo),
                         (1, f"i2ctarget device lm75: --interrupt {self.fifo}: it is another device's"))
        device.tell("temperature 85")
        level = reader.line()
        self.assertEqual(reader.line() if level == "1\n" else level, "0\n")  # the first level may come again

    def test_a_reader_that_does_not_read(self):
        """The device serves the bus, and the last level is told."""
        device, reader = self.with_line("pca9555")
        for _ in range(40):
            device.tell(*["pin 0 low", "pin 0 high"] * 500)
            device.lines(1000)
        device.tell("pin 0 low")
        self.assertEqual(self.transfer("w1@0x20 0x01 r1"), [0xFF])
        wait_until(lambda: os.read(reader.fd, 65536).endswith(b"0\n") and reader.is_quiet(), "the last level is told")

    def test_a_pipe(self):
        ours, theirs = os.pipe()
        device = self.device("lm75", "--interrupt", f"fd:{theirs}", pass_fds=(theirs,))
        os.close(theirs)
        reader = Reader(ours)
        device.tell("temperature 85")
        self.assertEqual(reader.lines(2), "10")
        reader.close()
        self.assertEqual(device.line(), "os active")
        self.change(device, "20 85")
        self.assertEqual(device.end(), (0, "", ""))

    def test_a_socket(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            device = self.device("lm75", "--interrupt", f"fd:{theirs.fileno()}", pass_fds=(theirs.fileno(),))
            device.tell("temperature 85")
            self.assertEqual(Reader(ours.fileno()).lines(2), "10")
            device.end(signal.SIGKILL)
            theirs.close()
            self.assertEqual(Reader(ours.fileno()).line(), "")

    def test_what_is_no_place(self):
        program = "i2ctarget device lm75:"
        for place in "", "fd:", "fd:x", "gpio-sim:gpiochip0", "gpio-sim:0/1":
            status, complaint = self.complains("lm75", f"--interrupt={place}")
            self.assertEqual((status, complaint), (2, f"{program} --interrupt {place}: a FIFO, fd:N or gpio-sim:gpiochipN/LINE "
                                                      "(i2ctarget device lm75 --help)"))
        for place, why in ((self.directory, "it is no FIFO"), ("fd:999", "no open descriptor that can be written to"),
                           (f"{self.directory}/no/where", "No such file or directory"),
                           ("gpio-sim:gpiochip9999/0", "No such file or directory")):
            self.assertEqual(self.complains("lm75", "--interrupt", place), (1, f"{program} --interrupt {place}: {why}"))

    def test_a_number_that_is_not_inherited(self):
        """It would be that of a descriptor which the command opens for itself, such as its connection to the bus."""
        for number in range(3, 8):
            place = f"fd:{number}"
            self.assertEqual(self.complains("lm75", "--interrupt", place),
                             (1, f"i2ctarget device lm75: --interrupt {place}: no open descriptor that can be written to"))

    def complains(self, *arguments):
        done = self.command("device", *arguments)
        self.assertEqual((done.stdout, done.stderr.count("\n")), ("", 1), done.stderr)
        return done.returncode, done.stderr.rstrip("\n")

    def test_a_device_without_a_line(self):
        self.assertEqual(self.refused("eeprom", "--interrupt", self.fifo),
                         "i2ctarget device eeprom: there is no option --interrupt (i2ctarget device eeprom --help)")

    def test_the_help_names_the_line(self):
        for name, line in (("lm75", "OS"), ("jc42", "EVENT"), ("pca9555", "INT"), ("pmbus", "SMBALERT#")):
            self.assertIn(f"--interrupt PLACE     its line {line}, ", self.command("device", name, "--help").stdout)


if __name__ == "__main__":
    unittest.main()
