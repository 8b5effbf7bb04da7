#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each device's own options, lines and answers."""

import os
import signal
import subprocess
import time
import unittest

import images
from device import COMMAND, TOOLS, DeviceTest, wait_until


class ModelTest(DeviceTest):
    """On a bus that runs."""

    def setUp(self):
        super().setUp()
        self.start()


class MemoryTest(ModelTest):
    """Of a memory that a file keeps."""

    def setUp(self):
        super().setUp()
        self.file = f"{self.directory}/memory"

    def fill(self, content, mode=0o644):
        with open(self.file, "wb") as file:
            file.write(content)
        os.chmod(self.file, mode)

    def content(self):
        with open(self.file, "rb") as file:
            return file.read()


class Eeprom(MemoryTest):
    def write(self, address, *values):
        """A page write.  Acknowledge polling before it and after it: the EEPROM may be busy with an earlier one."""
        words = " ".join(map(hex, values))
        self.poll(address)
        self.assertEqual(self.ask(f"i2ctransfer -y 1 w{len(values)}@{address:#x} {words}"), (0, ""))
        self.poll(address)

    def poll(self, address):
        wait_until(lambda: self.ask(f"i2ctransfer -y 1 w0@{address:#x}")[0] == 0, "the EEPROM is not busy")

    def test_every_type(self):
        for kilobits in 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048:
            name = f"24c{kilobits:02}" if kilobits < 2048 else "24cm02"
            device = self.device("eeprom", "--type", name, "--file", self.file, "--write-time", "0")
            size = kilobits * 128
            last = max(size // (256 if size <= 2048 else 65536), 1) - 1
            self.assertEqual(device.ready, f"eeprom at 0x50{f'..{0x50 + last:#x}' if last else ''} on bus 1 ready")
            self.assertEqual(self.content(), b"\xff" * size)
            top = [0xFF] if size <= 2048 else [(size - 1) >> 8 & 0xFF, 0xFF]
            self.write(0x50 + last, *top, 0x5A)
            self.assertEqual(self.content(), b"\xff" * (size - 1) + b"\x5a")
            self.assertEqual(self.transfer(f"w{len(top)}@{0x50 + last:#x} {' '.join(map(hex, top))} r2"), [0x5A, 0xFF])
            self.assertEqual(device.end(), (0, "", ""))
            os.unlink(self.file)

    def test_other_sizes(self):
        self.device("eeprom", "--size", "4096", "--page", "4", "--address-bytes", "2", "--file", self.file)
        self.write(0x50, 0x0F, 0xFE, 1, 2, 3)
        self.assertEqual(self.content()[-4:], bytes([3, 0xFF, 1, 2]))

    def test_a_part_of_a_size_that_there_is_not(self):
        for arguments, complaint in (
                ("--size 100", "no EEPROM has 100 bytes in pages of 8 with 1 address byte"),
                ("--size 4096", "no EEPROM has 4096 bytes in pages of 8 with 1 address byte"),
                ("--page 3", "no EEPROM has 256 bytes in pages of 3 with 1 address byte"),
                ("--size 100 --address-bytes 2", "no EEPROM has 100 bytes in pages of 8 with 2 address bytes"),
                ("--type 24c32 --address-bytes 1", "no EEPROM has 4096 bytes in pages of 32 with 1 address byte"),
                ("--size 0", "--size 0: a power of two, 16 to 262144"), ("--size 15", "--size 15: a power of two, 16 to 262144"),
                ("--size 262145", "--size 262145: a power of two, 16 to 262144"), ("--page 257", "--page 257: a power of two, 1 to 256"),
                ("--page 0", "--page 0: a power of two, 1 to 256"), ("--address-bytes 0", "--address-bytes 0: 1 or 2"),
                ("--address-bytes 3", "--address-bytes 3: 1 or 2"), ("--type 24c03", "--type 24c03: there is no such type"),
                ("--type=", "--type : there is no such type"), ("--write-time -1", "--write-time -1: 0 to 10000 ms"),
                ("--write-time 1s", "--write-time 1s: 0 to 10000 ms"), ("--write-time 10001", "--write-time 10001: 0 to 10000 ms"),
                ("--write-protect=yes", "--write-protect yes: refuse, ignore or off"),
                ("--type 24c16 --address 0x51", "it occupies 8 addresses in a row, and 0x51 can not be the first")):
            self.assertEqual(self.refused("eeprom", *arguments.split()),
                             f"i2ctarget device eeprom: {complaint} (i2ctarget device eeprom --help)")

    def test_the_file_is_the_memory(self):
        content = bytes(range(256))
        with open(self.file, "wb") as file:
            file.write(content)
        device = self.device("eeprom", "--file", self.file)
        self.assertEqual(self.transfer("w1@0x50 0x80 r4"), [0x80, 0x81, 0x82, 0x83])
        self.write(0x50, 0x86, 1, 2, 3)
        self.assertEqual(self.content(), content[:0x80] + b"\x03" + content[0x81:0x86] + b"\x01\x02" + content[0x88:])
        device.end()
        self.device("eeprom", "--file", self.file)
        self.assertEqual(self.transfer("w1@0x50 0x86 r2"), [1, 2])

    def test_an_empty_file_is_an_erased_memory(self):
        open(self.file, "w").close()
        self.device("eeprom", "--file", self.file)
        self.assertEqual(self.content(), b"\xff" * 256)

    def test_nothing_that_was_polled_for_is_lost_when_killed(self):
        expected = bytearray(b"\xff" * 256)
        for turn in range(8):
            device = self.device("eeprom", "--file", self.file, "--write-time", "1")
            place = turn * 8
            values = [turn + 1] * 8
            self.write(0x50, place, *values)
            device.end(signal.SIGKILL)
            expected[place:place + 8] = bytes(values)
            self.assertEqual(self.content(), expected)

    def test_a_file_that_will_not_do(self):
        def will_not_do(path, why):
            self.assertEqual(self.fails("eeprom", "--file", path), (1, f"i2ctarget device eeprom: {path}: {why}"))

        will_not_do(f"{self.directory}/nowhere/memory", "No such file or directory")
        will_not_do(self.directory, "Is a directory")
        will_not_do("/dev/null", "is no regular file")
        self.assertFalse(os.path.exists(self.file))
        self.device("eeprom", "--file", self.file)
        will_not_do(self.file, "another device has it")

    def test_a_short_file_keeps_its_length(self):
        self.fill(b"short")
        device = self.device("eeprom", "--file", self.file)
        self.assertEqual(self.transfer("w1@0x50 0x03 r4"), [ord("r"), ord("t"), 0xFF, 0xFF])
        self.write(0x50, 0x00, ord("S"))
        self.assertEqual(self.content(), b"Short")
        self.write(0x50, 0x0A, 1, 2)  # beyond its end: what lies between is erased, too
        self.assertEqual(self.content(), b"Short" + b"\xff" * 5 + b"\x01\x02")
        self.write(0x50, 0x0B, 3)
        self.assertEqual(self.content(), b"Short" + b"\xff" * 5 + b"\x01\x03")
        self.assertEqual(device.end(), (0, "", ""))

    def test_a_file_that_is_too_long_is_left_alone(self):
        for size, arguments, complaint in (
                (300, ["--type", "24c02"],
                 "has 300 bytes, but the memory has 256; it fits into: 24c04, 24c08, 24c16, 24c32, 24c64, 24c128, 24c256, 24c512, "
                 "24c1024, 24cm02"),
                (65535, ["--size", "16", "--page", "8"], "has 65535 bytes, but the memory has 16; it fits into: 24c512, 24c1024, 24cm02"),
                (262145, ["--type", "24c512"], "has 262145 bytes, but the memory has 65536; no type is as large"),
                (262145, [], "has 262145 bytes, and no type as many")):
            self.fill(b"x" * size)
            self.assertEqual(self.fails("eeprom", "--file", self.file, *arguments),
                             (1, f"i2ctarget device eeprom: {self.file}: {complaint}".replace(": has", " has")))
            self.assertEqual(self.content(), b"x" * size)

    def test_the_file_tells_the_type(self):
        hat = images.hat()
        for content, said, last, place in (
                (images.edid(1), None, 0x50, [0]),
                (images.edid(2), None, 0x50, [0]),
                (b"x" * 257, "has 257 bytes: type 24c04", 0x51, [0]),
                (b"x" * 2048, "has 2048 bytes: type 24c16", 0x57, [0]),
                (b"x" * 2049, "has 2049 bytes: type 24c32", 0x50, [0, 0]),
                (images.hat(582 - len(hat)), "has 582 bytes, for a HAT: type 24c32", 0x50, [0, 0]),
                (b"x" * 65537, "has 65537 bytes: type 24c1024", 0x51, [0, 0]),
                (b"x" * 262144, "has 262144 bytes: type 24cm02", 0x53, [0, 0]),
                (hat, f"has {len(hat)} bytes, for a HAT: type 24c32", 0x50, [0, 0]),
                (images.hat(5000 - len(hat)), "has 5000 bytes, for a HAT: type 24c64", 0x50, [0, 0])):
            self.fill(content)
            device = self.device("eeprom", "--file", self.file)
            self.assertEqual(device.ready, f"eeprom at 0x50{f'..{last:#x}' if last > 0x50 else ''} on bus 1 ready")
            words = " ".join(map(hex, place))
            self.assertEqual(bytes(self.transfer(f"w{len(place)}@0x50 {words} r8")), content[:8])
            told = f"i2ctarget device eeprom: {self.file} {said}\n" if said else ""
            self.assertEqual(device.end(), (0, "", told))
            self.assertEqual(self.content(), content)

    def test_a_node_address_in_the_upper_half(self):
        device = self.device("eeprom", "--type", "24aa02e48", "--file", self.file)
        self.assertEqual(self.transfer("w1@0x50 0xfa r6"), [2, 0, 0, 0, 0, 1])
        self.write(0x50, 0x7F, 5)
        self.write(0x50, 0xFA, 9, 9, 9)
        self.assertEqual(self.content(), b"\xff" * 127 + b"\5" + b"\xff" * 122 + b"\2\0\0\0\0\1")
        self.assertEqual(device.end(), (0, "", ""))
        device = self.device("eeprom", "--type", "24AA02E48", "--file", self.file, "--eui", "00-04-a3-12-34-56")
        self.assertEqual(self.transfer("w1@0x50 0xfa r6"), [0x00, 0x04, 0xA3, 0x12, 0x34, 0x56])
        device.end()
        self.device("eeprom", "--type", "24aa025e64")
        self.assertEqual(self.transfer("w1@0x50 0xf8 r8"), [2, 0, 0, 0xFF, 0xFE, 0, 0, 1])

    def test_the_eui_of_the_file(self):
        self.fill(bytes(range(256)))
        self.device("eeprom", "--type", "24aa02e48", "--file", self.file)
        self.assertEqual(self.transfer("w1@0x50 0xfa r6"), [0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF])

    def test_an_identity_at_another_address(self):
        device = self.device("eeprom", "--type", "24mac402", "--file", self.file, "--eui", "02:00:5e:10:00:01")
        self.assertEqual(device.ready, "eeprom at 0x50, 0x58 on bus 1 ready")
        self.assertEqual(self.transfer("w1@0x58 0x9a r6"), [0x02, 0x00, 0x5E, 0x10, 0x00, 0x01])
        self.assertEqual(self.transfer("w1@0x58 0x80 r16"), list(range(16)))
        self.assertIn("Input/output error", self.ask("i2ctransfer -y 1 w2@0x58 0x80 0x01")[1])
        self.write(0x50, 0x9A, 7)
        self.assertEqual(self.content(), b"\xff" * 0x9A + b"\7" + b"\xff" * 0x65)
        device.end()
        self.device("eeprom", "--type", "24cs32", "--serial", "00112233445566778899AABBCCDDEEFF", "--address", "0x57")
        self.assertEqual(self.transfer("w2@0x5f 0x08 0x00 r16"), [0x11 * n for n in range(16)])

    def test_identities_that_there_are_not(self):
        for arguments, complaint in (
                ("--type 24aa02e48 --eui 02:00:00:00:00:00:00:01", "the type 24aa02e48 has no EUI of 8 bytes"),
                ("--eui 020000000001", "the type 24c02 has no EUI of 6 bytes"),
                ("--type 24c02 --serial 00112233445566778899aabbccddeeff", "the type 24c02 has no serial number"),
                ("--type 24cs02 --serial 0011", "--serial 0011: 16 bytes, two hexadecimal digits each"),
                ("--type 24mac402 --address 0x58", "the type 24mac402 answers with bit 3 of its address set, too"),
                *((f"--eui {text}", f"--eui {text}: 6 or 8 bytes, as 02:00:00:00:00:01")
                  for text in ("1", "0", "02", "02:00:00:00:00", "02:00:00:00:00:0g", "2:0:0:0:0:1", "02::00:00:00:00:01",
                               "02:00:00:00:00:01:", ":020000000001", "02:00:00:00:00:00:00:00:01"))):
            self.assertEqual(self.refused("eeprom", *arguments.split()),
                             f"i2ctarget device eeprom: {complaint} (i2ctarget device eeprom --help)")

    def test_a_read_only_file_is_served_as_it_is(self):
        self.fill(b"read me", 0o444)
        device = self.device("eeprom", "--file", self.file)
        self.assertEqual(device.complaint(), f"i2ctarget device eeprom: {self.file} can not be written to: write-protect refuse")
        self.assertEqual(bytes(self.transfer("w1@0x50 0x00 r7")), b"read me")
        self.assertIn("Input/output error", self.ask("i2ctransfer -y 1 w2@0x50 0x10 0x01")[1])
        device.tell("write-protect off")
        self.assertEqual(device.complaint(), f"i2ctarget device eeprom: {self.file} can not be written to")
        device.tell("write-protect ignore")
        wait_until(lambda: self.ask("i2ctransfer -y 1 w2@0x50 0x00 0x01") == (0, ""), "data is acknowledged")
        other = self.device("eeprom", "--file", self.file, "--address", "0x54", "--write-protect=ignore")
        self.assertEqual(bytes(self.transfer("w1@0x54 0x00 r7")), b"read me")
        self.assertEqual(other.end(), (0, "", ""))
        self.assertEqual(device.end(), (0, "", ""))
        self.assertEqual(self.content(), b"read me")

    def test_a_file_that_can_not_be_created(self):
        """Nobody creates a file there, not even root."""
        with self.assertRaises(OSError) as refusal:
            open("/sys/memory", "xb")
        self.assertEqual(self.fails("eeprom", "--file", "/sys/memory"),
                         (1, f"i2ctarget device eeprom: /sys/memory: {os.strerror(refusal.exception.errno)}"))

    def test_a_full_disk_is_told(self):
        """RLIMIT_FSIZE simulates a full disk."""
        device = self.device("eeprom", "--file", self.file, "--write-time", "0")
        subprocess.run(["prlimit", f"--pid={device.process.pid}", "--fsize=16"], check=True)
        self.assertEqual(self.ask("i2ctransfer -y 1 w2@0x50 0x20 0x01"), (0, ""))
        self.assertEqual(device.complaint(),
                         f"i2ctarget device eeprom: {self.file}: 1 bytes at 0x20 were not written: File too large")
        self.assertEqual(self.transfer("w1@0x50 0x20 r1"), [0x01])
        self.assertEqual(device.end()[0], 1)

    def test_write_time(self):
        self.device("eeprom", "--write-time", "60.5")
        done = subprocess.run([COMMAND, "exec", "--", "python3", "-c", POLL], capture_output=True, text=True, timeout=30,
                              env={**TOOLS, "I2CTARGET_DIR": self.directory})
        error, took_ms = done.stdout.split()
        self.assertEqual(error, "ENXIO")
        self.assertGreaterEqual(float(took_ms), 60)
        self.assertLess(float(took_ms), 500)

    def test_write_protect(self):
        device = self.device("eeprom", "--write-protect", "--file", self.file)
        self.assertIn("Input/output error", self.ask("i2ctransfer -y 1 w2@0x50 0x10 0x01")[1])
        device.tell("write-protect ignore")
        wait_until(lambda: self.ask("i2ctransfer -y 1 w2@0x50 0x10 0x01") == (0, ""), "data is acknowledged")
        self.assertEqual(self.content(), b"\xff" * 256)
        device.tell("write-protect off", "write-protect", "write-protect maybe")
        for _ in range(2):
            self.assertEqual(device.complaint(), "i2ctarget device eeprom: write-protect refuse, ignore or off")
        self.write(0x50, 0x10, 0x01)
        self.assertEqual(self.content()[0x10], 1)
        device.end()
        self.device("eeprom", "--write-protect=ignore")
        self.assertEqual(self.ask("i2ctransfer -y 1 w2@0x50 0x10 0x01"), (0, ""))
        self.assertEqual(self.transfer("w1@0x50 0x10 r1"), [0xFF])


class Ee1004(MemoryTest):
    def test_both_pages(self):
        content = images.ddr4()
        self.fill(content)
        device = self.device("ee1004", "--file", self.file, "--write-time", "0", "--address", "0x52")
        self.assertEqual(device.ready, "ee1004 at 0x52, 0x30, 0x31, 0x33, 0x34, 0x35, 0x36, 0x37 on bus 1 ready")
        self.assertEqual(bytes(self.transfer("w1@0x52 0x00 r256")), content[:256])
        self.assertEqual(self.ask("i2cset -y 1 0x37 0"), (0, ""))
        self.assertEqual(device.line(), "page 1")
        self.assertEqual(bytes(self.transfer("w1@0x52 0x00 r256")), content[256:])
        self.assertEqual(self.ask("i2ctransfer -y 1 w3@0x52 0xfe 1 2"), (0, ""))
        self.assertEqual(self.ask("i2cset -y 1 0x36 0"), (0, ""))
        # The device stores at its STOP, which may be later than the client's return, and before its next message.
        self.assertEqual(device.line(), "page 0")
        self.assertEqual(self.content(), content[:510] + b"\1\2")
        self.assertEqual(device.end(), (0, "", ""))

    def test_protection(self):
        device = self.device("ee1004", "--file", self.file, "--write-time", "0", "--protected", "0x8")
        self.assertNotEqual(self.ask("i2ctransfer -y 1 w2@0x31 0 0")[0], 0)
        device.tell("high-voltage on")
        wait_until(lambda: self.ask("i2ctransfer -y 1 w2@0x31 0 0") == (0, ""), "protection is acknowledged")
        self.assertEqual(device.line(), "protected 0x9")
        self.assertIn("Input/output error", self.ask("i2ctransfer -y 1 w2@0x50 0x00 1")[1])
        self.assertEqual(self.ask("i2ctransfer -y 1 w2@0x50 0x80 1"), (0, ""))
        self.assertNotEqual(self.ask("i2ctransfer -y 1 r1@0x31")[0], 0)
        self.assertEqual(self.ask("i2ctransfer -y 1 r1@0x34"), (0, "0xff"))
        self.assertEqual(self.ask("i2ctransfer -y 1 w2@0x33 0 0"), (0, ""))
        self.assertEqual(device.line(), "protected 0x0")
        for line in "high-voltage", "high-voltage 9", "high-voltage on on":
            device.tell(line)
            self.assertEqual(device.complaint(), "i2ctarget device ee1004: high-voltage on or off")

    def test_files(self):
        self.fill(bytes(513))
        self.assertEqual(self.fails("ee1004", "--file", self.file),
                         (1, f"i2ctarget device ee1004: {self.file} has 513 bytes, but the memory has 512"))
        self.fill(b"short", 0o444)
        device = self.device("ee1004", "--file", self.file)
        self.assertEqual(device.complaint(), f"i2ctarget device ee1004: {self.file} can not be written to: all blocks are protected")
        self.assertIn("Input/output error", self.ask("i2ctransfer -y 1 w2@0x50 0x00 1")[1])
        device.tell("high-voltage on")
        self.assertEqual(device.complaint(), f"i2ctarget device ee1004: {self.file} can not be written to")
        self.assertEqual(bytes(self.transfer("w1@0x50 0x03 r3")), b"rt\xff")
        self.assertEqual(device.end(), (0, "", ""))

    def test_mistakes(self):
        for arguments, complaint in (("--address 0x40", "the address of a memory module is 0x50 to 0x57"),
                                     ("--protected 16", "--protected 16: 0x0..0xf"), ("--protected -1", "--protected -1: 0x0..0xf"),
                                     ("--write-time 10001", "--write-time 10001: 0 to 10000 ms")):
            self.assertEqual(self.refused("ee1004", *arguments.split()),
                             f"i2ctarget device ee1004: {complaint} (i2ctarget device ee1004 --help)")

    def test_the_eeprom_knows_whose_file_it_is(self):
        self.fill(images.ddr4())
        self.assertEqual(self.fails("eeprom", "--file", self.file),
                         (1, f"i2ctarget device eeprom: {self.file} is for another device: i2ctarget device ee1004 --file {self.file}"))
        self.device("eeprom", "--file", self.file, "--type", "24c04").end()  # if you say so
        self.fill(images.ddr4()[:256])
        self.device("eeprom", "--file", self.file)


# One process, so that only the write time lies between the write and the calls that follow it.
POLL = """
import errno, fcntl, os, time
fd = os.open("/dev/i2c-1", os.O_RDWR)
fcntl.ioctl(fd, 0x0703, 0x50)
os.write(fd, b"\\0\\x12")
began = time.monotonic()
said = None
while True:
    try:
        os.write(fd, b"\\0")
        break
    except OSError as error:
        said = errno.errorcode[error.errno]
print(said, (time.monotonic() - began) * 1000)
"""


class Lm75(ModelTest):
    def test_temperature(self):
        device = self.device("lm75", "--temperature", "-10.5")
        self.assertEqual(self.transfer("w1@0x48 0x00 r2"), [0xF5, 0x80])
        device.tell("temperature 100.25")
        self.until("i2ctransfer -y 1 w1@0x48 0x00 r2", (0, "0x64 0x00"))

    def test_temperatures_that_there_are_not(self):
        for text in "-55.001", "125.1", "warm", "", "20.0001", "1e1", "+5", ".", "5.", ".5", "--5", "99999999999999999999":
            self.assertEqual(self.refused("lm75", f"--temperature={text}"),
                             f"i2ctarget device lm75: --temperature {text}: -55 to 125 (i2ctarget device lm75 --help)")
        for text in "-55", "125", "0", "-0", "24.999", "125.000":
            self.assertEqual(self.device("lm75", "--temperature", text).end(), (0, "", ""))

    def test_the_output(self):
        device = self.device("lm75")
        device.tell("temperature 80.5")
        self.assertEqual(device.line(), "os active")
        device.tell("temperature 75")
        self.assertEqual(self.ask("i2cset -y 1 0x48 0x02 0x004d w"), (0, ""))  # T_HYST is 77 degrees now
        self.assertEqual(device.line(), "os inactive")
        self.assertEqual(self.ask("i2cset -y 1 0x48 0x01 0x1a"), (0, ""))  # interrupt mode, six faults
        device.tell("temperature 90")
        self.assertEqual(device.line(), "os active")
        self.assertEqual(self.ask("i2cget -y 1 0x48 0x00"), (0, "0x5a"))
        self.assertEqual(device.line(), "os inactive")

    def test_the_fault_queue_takes_its_time(self):
        device = self.device("lm75")
        self.assertEqual(self.ask("i2cset -y 1 0x48 0x01 0x18"), (0, ""))
        time.sleep(0.7)  # for the conversions that the message has caused
        began = time.monotonic()
        device.tell("temperature 90")
        self.assertEqual(device.line(), "os active")
        self.assertGreater(time.monotonic() - began, 0.45)  # six conversions, 100 ms apart

    def test_awake_again_it_measures(self):
        device = self.device("lm75")
        self.assertEqual(self.ask("i2cset -y 1 0x48 0x01 0x01"), (0, ""))
        device.tell("temperature 50")
        time.sleep(0.8)  # it tries for a while
        self.assertEqual(self.ask("i2cget -y 1 0x48 0x00"), (0, "0x19"))
        self.assertEqual(self.ask("i2cset -y 1 0x48 0x01 0x00"), (0, ""))
        self.until("i2cget -y 1 0x48 0x00", (0, "0x32"))


class Spd5118(MemoryTest):
    def test_all_pages(self):
        content = images.ddr5()
        self.fill(content)
        device = self.device("spd5118", "--file", self.file, "--write-time", "0", "--address", "0x53")
        got = b""
        for page in range(8):
            self.assertEqual(self.ask(f"i2cset -y 1 0x53 11 {page}"), (0, ""))
            got += bytes(self.transfer("w1@0x53 0x80 r128"))
        self.assertEqual(got, content)
        self.assertEqual(self.ask("i2ctransfer -y 1 w3@0x53 0xfe 1 2"), (0, ""))
        self.assertEqual(self.transfer("w1@0x53 0xfe r2"), [1, 2])  # so the STOP of the write is handled
        self.assertEqual(self.content(), content[:1022] + b"\1\2")
        self.assertEqual(device.end(), (0, "", ""))

    def test_alarms(self):
        device = self.device("spd5118", "--temperature", "-10.25")
        self.assertEqual(self.transfer("w1@0x50 49 r2"), [0x5C, 0x1F])
        self.assertEqual(device.line(), "alarms 0xa")
        device.tell("temperature 90")
        self.assertEqual(device.line(), "alarms 0xf")
        device.tell("temperature 20")
        self.until("i2cget -y 1 0x50 49", (0, "0x40"))
        self.assertEqual(self.ask("i2cset -y 1 0x50 19 0x0f"), (0, ""))
        self.assertEqual(device.line(), "alarms 0x0")

    def test_protection(self):
        device = self.device("spd5118", "--write-time", "0", "--protected", "0x2")
        self.assertIn("Input/output error", self.ask("i2ctransfer -y 1 w2@0x50 0xc0 1")[1])
        self.assertEqual(self.ask("i2ctransfer -y 1 w2@0x50 12 0"), (0, ""))
        self.assertEqual(self.ask("i2cget -y 1 0x50 12"), (0, "0x02"))
        device.tell("offline on")
        wait_until(lambda: self.ask("i2ctransfer -y 1 w2@0x50 12 1") and self.ask("i2cget -y 1 0x50 12") == (0, "0x01"), "protected")
        self.assertEqual(device.line(), "protected 0x1")
        for line in "offline", "offline 9", "offline on on":
            device.tell(line)
            self.assertEqual(device.complaint(), "i2ctarget device spd5118: offline on or off")

    def test_files(self):
        self.fill(bytes(1025))
        self.assertEqual(self.fails("spd5118", "--file", self.file),
                         (1, f"i2ctarget device spd5118: {self.file} has 1025 bytes, but the memory has 1024"))
        self.fill(images.ddr5(), 0o444)
        self.assertEqual(self.fails("eeprom", "--file", self.file),
                         (1, f"i2ctarget device eeprom: {self.file} is for another device: i2ctarget device spd5118 --file {self.file}"))
        device = self.device("spd5118", "--file", self.file)
        self.assertEqual(device.complaint(), f"i2ctarget device spd5118: {self.file} can not be written to: all blocks are protected")
        self.assertIn("Input/output error", self.ask("i2ctransfer -y 1 w2@0x50 0x80 1")[1])
        device.tell("offline on")
        self.assertEqual(device.complaint(), f"i2ctarget device spd5118: {self.file} can not be written to")
        self.assertEqual(device.end(), (0, "", ""))

    def test_mistakes(self):
        for arguments, complaint in (("--address 0x40", "the address of a memory module is 0x50 to 0x57"),
                                     ("--protected 0x10000", "--protected 0x10000: 0x0..0xffff"),
                                     ("--temperature 126", "--temperature 126: -40 to 125"),
                                     ("--write-time 10001", "--write-time 10001: 0 to 10000 ms")):
            self.assertEqual(self.refused("spd5118", *arguments.split()),
                             f"i2ctarget device spd5118: {complaint} (i2ctarget device spd5118 --help)")
        device = self.device("spd5118")
        for line in "temperature", "temperature x", "temperature 1 2":
            device.tell(line)
            self.assertEqual(device.complaint(), "i2ctarget device spd5118: temperature CELSIUS, -40 to 125")


class Jc42(ModelTest):
    def test_temperature(self):
        device = self.device("jc42", "--temperature", "-10.125")
        self.assertEqual(self.transfer("w1@0x18 0x05 r2"), [0x3F, 0x5E])
        device.tell("temperature 100.25")
        self.until("i2ctransfer -y 1 w1@0x18 0x05 r2", (0, "0xc6 0x44"))

    def test_the_output(self):
        device = self.device("jc42", "--temperature", "30")
        for register, celsius in (2, 40), (3, 20), (4, 60):
            self.assertEqual(self.ask(f"i2ctransfer -y 1 w3@0x18 {register} {celsius >> 4} {celsius << 4 & 0xF0}"), (0, ""))
        self.assertEqual(self.ask("i2ctransfer -y 1 w3@0x18 1 0x00 0x08"), (0, ""))
        device.tell("temperature 41")
        self.assertEqual(device.line(), "event active")
        self.assertEqual(self.ask("i2ctransfer -y 1 w3@0x18 2 0x03 0x00"), (0, ""))  # 48 degrees: the next conversion finds it
        self.assertEqual(device.line(), "event inactive")
        self.assertEqual(device.end(), (0, "", ""))

    def test_temperatures_that_there_are_not(self):
        for text in "-40.001", "125.1", "warm", "":
            self.assertEqual(self.refused("jc42", f"--temperature={text}"),
                             f"i2ctarget device jc42: --temperature {text}: -40 to 125 (i2ctarget device jc42 --help)")
        device = self.device("jc42")
        for line in "temperature", "temperature x", "temperature 1 2":
            device.tell(line)
            self.assertEqual(device.complaint(), "i2ctarget device jc42: temperature CELSIUS, -40 to 125")


class Ads7828(ModelTest):
    def test_channels(self):
        device = self.device("ads7828", "--channel", "0=1.25", "--channel", "7=2.4", "--reference", "4.096")
        self.assertEqual(self.transfer("w1@0x48 0x8c r2"), [0x08, 0x00])
        self.assertEqual(self.transfer("w1@0x48 0xf4 r2"), [0x09, 0x60])
        device.tell("channel 3 0.000611")
        self.until("i2ctransfer -y 1 w1@0x48 0xdc r2", (0, "0x00 0x01"))

    def test_mistakes(self):
        for text in "8=1", "0", "=1", "0=", "0=6", "0=-1", "0=1.2345678", "00000000000=1", "a=1":
            self.assertEqual(self.refused("ads7828", f"--channel={text}"),
                             f"i2ctarget device ads7828: --channel {text}: 0..7=VOLTS, 0 to 5.5 (i2ctarget device ads7828 --help)")
        self.assertEqual(self.refused("ads7828", "--reference", "5.3"),
                         "i2ctarget device ads7828: --reference 5.3: 0 to 5.25 (i2ctarget device ads7828 --help)")
        device = self.device("ads7828")
        for line in "channel", "channel 1", "channel 8 1", "channel 1 1 1", "channel 1 V":
            device.tell(line)
            self.assertEqual(device.complaint(), "i2ctarget device ads7828: channel 0..7 VOLTS, 0 to 5.5")


class Pca9555(ModelTest):
    def test_outputs_are_told(self):
        device = self.device("pca9555")
        self.assertEqual(self.ask("i2cset -y 1 0x20 6 0x7ffe w"), (0, ""))
        self.assertEqual(device.lines(2), ["pin 0 output high", "pin 15 output high"])
        self.assertEqual(self.ask("i2ctransfer -y 1 w6@0x20 2 0x00 0xff 0x01 0x7f 0x00"), (0, ""))  # a pulse in one message
        self.assertEqual(device.lines(4), ["pin 0 output low", "pin 0 output high", "pin 15 output low", "pin 0 output low"])
        self.assertEqual(self.ask("i2cset -y 1 0x20 6 0xff"), (0, ""))
        self.assertEqual(device.line(), "pin 0 input")
        self.assertEqual(device.end(), (0, "", ""))

    def test_inputs_and_the_interrupt(self):
        device = self.device("pca9555", "--inputs", "0x8001")
        self.assertEqual(self.transfer("w1@0x20 0x00 r2"), [0x01, 0x80])
        device.tell("pin 1 high")
        self.assertEqual(device.line(), "interrupt active")
        self.assertEqual(self.transfer("w1@0x20 0x00 r2"), [0x03, 0x80])
        self.assertEqual(device.line(), "interrupt inactive")
        device.tell("inputs 0xffff")
        self.assertEqual(device.line(), "interrupt active")
        device.tell("inputs 32771")
        self.assertEqual(device.line(), "interrupt inactive")
        device.tell("pin 15 low")
        self.assertEqual(device.line(), "interrupt active")
        self.assertEqual(self.transfer("w1@0x20 0x00 r2"), [0x03, 0x00])

    def test_mistakes(self):
        for text in "0x10000", "-1", "high", "":
            self.assertEqual(self.refused("pca9555", f"--inputs={text}"),
                             f"i2ctarget device pca9555: --inputs {text}: 0x0000..0xffff (i2ctarget device pca9555 --help)")
        device = self.device("pca9555")
        for line in "pin", "pin 1", "pin 16 high", "pin 1 up", "pin 1 high low":
            device.tell(line)
            self.assertEqual(device.complaint(), "i2ctarget device pca9555: pin 0..15 high or low")
        for line in "inputs", "inputs x", "inputs 1 2":
            device.tell(line)
            self.assertEqual(device.complaint(), "i2ctarget device pca9555: inputs 0x0000..0xffff")


class SbsBattery(ModelTest):
    def words(self, *commands):
        values = []
        for command in commands:
            low, high = self.transfer(f"w1@0x0b {command:#x} r2")
            values.append(low | high << 8)
        return values

    def test_what_it_is_told(self):
        device = self.device("sbs-battery", "--voltage", "12.345", "--current", "1.5", "--temperature", "-10.5",
                             "--capacity", "4000", "--remaining", "3000")
        self.assertEqual(self.words(0x09, 0x0A, 0x08, 0x10, 0x0F, 0x0D), [12345, 1500, 2626, 4000, 3000, 75])
        device.tell("current -2")
        self.assertEqual(device.line(), "status 0x00c0")
        self.assertEqual(self.words(0x11), [90])
        device.tell("voltage 9", "temperature 30", "remaining 100")
        self.assertEqual(device.line(), "status 0x03c0")
        self.assertEqual(self.words(0x09, 0x08, 0x0F), [9000, 3031, 100])

    def test_packet_error_checking(self):
        self.device("sbs-battery")
        self.assertEqual(self.ask("i2cget -y 1 0x0b 0x09 wp"), (0, "0x2b5c"))
        self.assertEqual(self.ask("i2cset -y 1 0x0b 0x02 20 wp"), (0, ""))
        self.assertEqual(self.ask("i2cget -y 1 0x0b 0x02 wp"), (0, "0x0014"))
        status, text = self.ask("i2ctransfer -y 1 w4@0x0b 0x02 0x1e 0x00 0xff")
        self.assertNotEqual(status, 0, text)
        self.assertEqual(self.words(0x16, 0x02), [0x00C7, 20])

    def test_without_packet_error_checking(self):
        self.device("sbs-battery", "--no-pec")
        self.assertEqual(self.transfer("w1@0x0b 0x1a r3"), [0x21, 0x00, 0xFF])
        self.assertEqual(self.ask("i2cget -y 1 0x0b 0x09 w"), (0, "0x2b5c"))
        self.assertNotEqual(self.ask("i2cget -y 1 0x0b 0x09 wp")[0], 0)

    def test_strings(self):
        self.device("sbs-battery")
        self.assertEqual(self.ask("i2cget -y 1 0x0b 0x22 s"), (0, "0x4c 0x49 0x4f 0x4e"))
        self.assertEqual(bytes(self.transfer("w1@0x0b 0x20 r?")[1:]), b"i2ctarget")
        self.assertEqual(bytes(self.transfer("w1@0x0b 0x23 r?")[1:]), b"i2ctarget")

    def test_cells_in_series(self):
        self.device("sbs-battery", "--voltage", "14.801", "--cells", "4")
        self.assertEqual(self.words(0x3F, 0x3E, 0x3D, 0x3C), [3701, 3700, 3700, 3700])

    def test_mistakes(self):
        for option, texts, told in (("capacity", ["0", "65536", "1.5"], "1 to 65535"), ("voltage", ["21", "-1", "1.2345"], "0 to 20"),
                                    ("current", ["33", "x"], "-32 to 32"), ("temperature", ["-41", "25.25"], "-40 to 125"),
                                    ("remaining", ["-1", ""], "0 to 65535"), ("cells", ["0", "5"], "1 to 4")):
            for text in texts:
                self.assertEqual(self.refused("sbs-battery", f"--{option}={text}"),
                                 f"i2ctarget device sbs-battery: --{option} {text}: {told} (i2ctarget device sbs-battery --help)")
        device = self.device("sbs-battery")
        for name, told in (("voltage", "0 to 20"), ("current", "-32 to 32"), ("temperature", "-40 to 125"), ("remaining", "0 to 65535")):
            for line in name, f"{name} x", f"{name} 1 2":
                device.tell(line)
                self.assertEqual(device.complaint(), f"i2ctarget device sbs-battery: {name} {told}")


class Pmbus(ModelTest):
    def test_what_it_is_told(self):
        device = self.device("pmbus", "--vout", "5", "--vin", "11.5", "--iout", "1.5", "--temperature", "-20", "--offset", "0.1")
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x8b wp"), (0, f"{round(5.1 * 4096):#06x}"))
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x88 wp"), (0, "0xd2e0"))  # 736 * 2^-6
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x8c wp"), (0, "0xbb00"))  # 768 * 2^-9
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x8d wp"), (0, "0xdd80"))  # -640 * 2^-5
        device.tell("iout 26")
        self.assertEqual(device.line(), "status 0x4001")
        device.tell("vin 9", "temperature 96", "offset 0")
        self.assertEqual(device.line(), "output 5.000")
        self.assertEqual(device.line(), "status 0x600d")
        device.tell("vin 12", "temperature 20", "iout 1")
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x03 cp"), (0, ""))  # CLEAR_FAULTS
        self.assertEqual(device.line(), "status 0x0000")
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x01 0 bp"), (0, ""))  # OPERATION: off
        self.assertEqual(device.lines(2), ["output 0.000", "status 0x0840"])

    def test_identity(self):
        self.device("pmbus", "--no-pec")
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x9a s"), (0, " ".join(map(hex, b"virtual"))))
        self.assertEqual(self.ask("i2cget -y 1 0x40 0xad s"), (0, " ".join(map(hex, b"i2ctarget"))))
        self.assertEqual(self.ask("i2cget -y 1 0x40 0x19"), (0, "0x20"))

    def test_margins(self):
        device = self.device("pmbus", "--vout", "5")
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x01 0xa8 bp"), (0, ""))
        self.assertEqual(device.line(), "output 5.250")
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x01 0xb0 bp"), (0, ""))  # AVSBus: it has none
        self.assertEqual(device.line(), "status 0x0002")

    def test_mistakes(self):
        for option, texts, told in (("vout", ["0.4", "12.1"], "0.5 to 12"), ("vin", ["-1", "101"], "0 to 100"),
                                    ("iout", ["101", "1A"], "-100 to 100"), ("temperature", ["-41"], "-40 to 200"),
                                    ("offset", ["4"], "-12 to 3")):
            for text in texts:
                self.assertEqual(self.refused("pmbus", f"--{option}={text}"),
                                 f"i2ctarget device pmbus: --{option} {text}: {told} (i2ctarget device pmbus --help)")
        device = self.device("pmbus")
        for name, told in (("vin", "0 to 100"), ("iout", "-100 to 100"), ("temperature", "-40 to 200"), ("offset", "-12 to 3")):
            for line in name, f"{name} x", f"{name} 1 2":
                device.tell(line)
                self.assertEqual(device.complaint(), f"i2ctarget device pmbus: {name} {told}")


if __name__ == "__main__":
    unittest.main()
