#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Debian's i2c-tools, unmodified: their real output, to the last space, and their exit status."""

import time
import unittest

from shimtest import ShimTest, protocol

HEADER = "     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f"


def detected(addresses, first=0x08, last=0x77):
    """What i2cdetect prints."""
    lines = [HEADER]
    for row in range(0, 128, 16):
        cells = [f"{a:02x} " if a in addresses else "-- " if first <= a <= last else "   " for a in range(row, row + 16)]
        lines.append(f"{row:02x}: {''.join(cells)}")
    return "\n".join(lines) + "\n"


def text_of(row):
    """i2cdump's right margin."""
    return "".join("." if byte in (0x00, 0xFF) else "?" if byte < 32 or byte >= 127 else chr(byte) for byte in row)


def dumped(data, first=0):
    """What i2cdump prints of whole rows."""
    lines = [HEADER + "    0123456789abcdef"]
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        lines.append(f"{first + at:02x}: {' '.join(f'{byte:02x}' for byte in row)}    {text_of(row)}")
    return "\n".join(lines) + "\n"


class Tools(ShimTest):
    def fill(self, data, first=0):
        """Writes to the device's memory without the shim."""
        with protocol.Controller() as controller:
            controller.send_transfer([(0x20, bytes([first]) + bytes(data))])
            self.assertEqual(controller.transfer_reply()[0], 1)

    def memory(self, first, count):
        with protocol.Controller() as controller:
            controller.send_transfer([(0x20, bytes([first])), (0x20, count)])
            result, reads = controller.transfer_reply()
            self.assertEqual(result, 2)
            return reads[0]


class Detect(Tools):
    def test_list(self):
        self.says("i2cdetect -l", f"i2c-1\ti2c       \t{'i2ctarget bus 1':32}\tI2C adapter\n")

    def test_lists_only_what_was_given(self):
        self.start(number=2)
        self.says("i2cdetect -l", f"i2c-1\ti2c       \t{'i2ctarget bus 1':32}\tI2C adapter\n")
        out = self.exec("i2cdetect", "-l", bus=2).stdout
        self.assertEqual(out, f"i2c-2\ti2c       \t{'i2ctarget bus 2':32}\tI2C adapter\n")

    def test_by_name(self):
        result = self.exec("i2cdetect", "-y", "i2ctarget bus 1", "0x20", "0x20")
        self.assertEqual((result.stdout, result.returncode), (detected({0x20}, 0x20, 0x20), 0))

    def test_functionality(self):
        names = ["I2C", "SMBus Quick Command", "SMBus Send Byte", "SMBus Receive Byte", "SMBus Write Byte",
                 "SMBus Read Byte", "SMBus Write Word", "SMBus Read Word", "SMBus Process Call", "SMBus Block Write",
                 "SMBus Block Read", "SMBus Block Process Call", "SMBus PEC", "I2C Block Write", "I2C Block Read"]
        self.says("i2cdetect -F 1", "Functionalities implemented by /dev/i2c-1:\n" + "".join(f"{n:32} yes\n" for n in names))

    def test_every_way_to_probe(self):
        present = {0x20, 0x21, 0x23}
        for option in "", "-q ", "-r ":
            self.says(f"i2cdetect -y {option}1", detected(present))
        self.says("i2cdetect -y -a 1", detected(present, 0, 0x7F))
        self.says("i2cdetect -y 1 0x21 0x30", detected(present & set(range(0x21, 0x31)), 0x21, 0x30))

    def test_nobody(self):
        self.end_target(self.targets["smbus_device"])
        self.says("i2cdetect -y 1", detected(set()))

    def test_other_bus(self):
        self.says("i2cdetect -y 3", "", 1, "Error: Could not open file `/dev/i2c-3' or `/dev/i2c/3': No such file or directory\n")


class Get(Tools):
    def test_byte_and_word(self):
        self.fill([0xA5, 0x17, 0x42], 0x10)
        self.says("i2cget -y 1 0x20 0x10", "0xa5\n")
        self.says("i2cget -y 1 0x20 0x11 b", "0x17\n")
        self.says("i2cget -y 1 0x20 0x10 w", "0x17a5\n")

    def test_write_byte_read_byte(self):
        self.fill([0x51, 0x52], 0x10)
        self.says("i2cget -y 1 0x20 0x10 c", "0x51\n")
        self.says("i2cget -y 1 0x20", "0x52\n")

    def test_i2c_block(self):
        self.fill(range(1, 33), 0x40)
        self.says("i2cget -y 1 0x20 0x40 i", " ".join(f"0x{n:02x}" for n in range(1, 33)) + "\n")
        self.says("i2cget -y 1 0x20 0x41 i 3", "0x02 0x03 0x04\n")

    def test_smbus_block(self):
        self.says("i2cset -y 1 0x21 0x80 5 6 7 s", "")
        self.says("i2cget -y 1 0x21 0x80 s", "0x05 0x06 0x07\n")
        self.says("i2cset -y 1 0x21 0x80 " + " ".join(map(str, range(32))) + " s", "")
        self.says("i2cget -y 1 0x21 0x80 s", " ".join(f"0x{n:02x}" for n in range(32)) + "\n")

    def test_pec(self):
        self.says("i2cset -y 1 0x21 0x05 0x77 bp", "")
        self.says("i2cget -y 1 0x21 0x05 bp", "0x77\n")
        self.says("i2cset -y 1 0x21 0x45 0x1235 wp", "")
        self.says("i2cget -y 1 0x21 0x45 wp", "0x1235\n")
        self.says("i2cset -y 1 0x21 0xd5 cp", "")
        self.says("i2cget -y 1 0x21 0x3e bp", "0x03\n")  # three good ones
        self.says("i2cget -y 1 0x21 0x3f bp", "0x00\n")
        self.says("i2cget -y 1 0x21 0xc3 bp", "", 2, "Error: Read failed\n")
        self.says("i2cget -y 1 0x21 0xc3 b", "0x00\n")

    def test_nobody_there(self):
        self.says("i2cget -y 1 0x42", "", 2, "Error: Read failed\n")
        self.says("i2cget -y 1 0x42 1", "", 2, "Error: Read failed\n")


class Set(Tools):
    def test_byte_word_block(self):
        self.says("i2cset -y 1 0x20 0x10 0xaa", "")
        self.says("i2cset -y 1 0x20 0x11 0x1234 w", "")
        self.says("i2cset -y 1 0x20 0x13 7 8 9 i", "")
        self.assertEqual(self.memory(0x10, 6), b"\xaa\x34\x12\x07\x08\x09")
        self.says("i2cset -y 1 0x20 0x11", "")
        self.says("i2cget -y 1 0x20", "0x34\n")

    def test_mask_and_read_back(self):
        self.fill([0xAA], 0x10)
        self.says("i2cset -y -m 0x0f -r 1 0x20 0x10 0x55", "Value 0xa5 written, readback matched\n")
        self.assertEqual(self.memory(0x10, 1), b"\xa5")

    def test_refused(self):
        self.says("i2cset -y 1 0x42 0 1", "", 1, "Error: Write failed\n")
        self.says("i2cset -y 1 0x23 0 1", "", 1, "Error: Write failed\n")


class Dump(Tools):
    def setUp(self):
        super().setUp()
        self.data = bytes((n * 11 + 3) & 0xFF for n in range(256))
        self.fill(self.data)

    def test_bytes(self):
        self.says("i2cdump -y 1 0x20 b", dumped(self.data))
        self.says("i2cdump -y 1 0x20 c", dumped(self.data))
        self.says("i2cdump -y 1 0x20 i", dumped(self.data))
        self.says("i2cdump -y -r 0x10-0x2f 1 0x20 b", dumped(self.data[0x10:0x30], 0x10))
        self.says("i2cdump -y -r 0x10-0x2f 1 0x20 i", dumped(self.data[0x10:0x30], 0x10))

    def test_words(self):
        lines = ["     0,8  1,9  2,a  3,b  4,c  5,d  6,e  7,f"]
        for row in range(0, 256, 8):
            cells = [f"{self.data[n] | self.data[(n + 1) & 0xFF] << 8:04x} " for n in range(row, row + 8)]
            lines.append(f"{row:02x}: {''.join(cells)}")
        self.says("i2cdump -y 1 0x20 w", "\n".join(lines) + "\n")

    def test_smbus_block(self):
        self.says("i2cset -y 1 0x21 0x80 0x41 0x42 0x43 s", "")
        row = "00: 41 42 43" + " " * 43 + "ABC\n"
        self.says("i2cdump -y 1 0x21 s 0x80", f"{HEADER}    0123456789abcdef\n{row}", 0,
                  "SMBus block mode is deprecated, please use i2cget instead\n")

    def test_pec(self):
        self.says("i2cset -y 1 0x21 5 0x77 bp", "")
        self.says("i2cdump -y -r 0-0xf 1 0x21 bp", dumped(bytes([0] * 5 + [0x77] + [0] * 10)))


class Transfer(Tools):
    def test_write_and_read(self):
        self.says("i2ctransfer -y 1 w3@0x20 0x30 1 2 w1@0x20 0x30 r2", "0x01 0x02\n")
        self.says("i2ctransfer -y 1 w17@0x20 0x42 0xff-", "")
        self.assertEqual(self.memory(0x42, 16), bytes(range(0xFF, 0xEF, -1)))

    def test_received_length(self):
        self.says("i2cset -y 1 0x21 0x80 5 6 7 s", "")
        self.says("i2ctransfer -y 1 w1@0x21 0x80 r?", "0x03 0x05 0x06 0x07\n")
        self.says("i2ctransfer -y 1 w1@0x21 0xc2 r?", "", 1, "Error: Sending messages failed: Protocol error\n")

    def test_8192_bytes(self):
        data = bytes((n * 7 + 1) & 0xFF for n in range(256))
        self.fill(data)
        self.says("i2ctransfer -y 1 w1@0x20 0 r8192", " ".join(f"0x{byte:02x}" for byte in data * 32) + "\n")
        self.says("i2ctransfer -y 1 w8192@0x20 0x00 0x5a=", "")
        self.assertEqual(self.memory(0, 256), b"\x5a" * 256)
        self.says("i2ctransfer -y 1 r8193@0x20", "", 1, "Error: Sending messages failed: Invalid argument\n")

    def test_42_messages(self):
        messages = " ".join(f"w2@0x20 {n} {n + 100} w1@0x20 {n} r1" for n in range(14))
        self.says(f"i2ctransfer -y 1 {messages}", "".join(f"0x{n + 100:02x}\n" for n in range(14)))

    def test_failures(self):
        self.says("i2ctransfer -y 1 w1@0x42 0", "", 1, "Error: Sending messages failed: No such device or address\n")
        self.says("i2ctransfer -y 1 w2@0x23 0 0", "", 1, "Error: Sending messages failed: Input/output error\n")


class Patience(Tools):
    TARGETS = {"smbus_device": 0x20, "silent": 0x22}

    def test_target_that_never_answers(self):
        begin = time.monotonic()
        self.says("i2ctransfer -y 1 w1@0x22 0", "", 1, "Error: Sending messages failed: Connection timed out\n")
        took = time.monotonic() - begin
        self.assertTrue(1 <= took < 10, took)
        self.fill([0x99], 0x10)
        self.says("i2cget -y 1 0x20 0x10", "0x99\n")


if __name__ == "__main__":
    unittest.main()
