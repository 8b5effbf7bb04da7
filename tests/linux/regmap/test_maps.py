#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Maps, as their users meet them: `i2ctarget regmap`, and `i2ctarget device registers` asked by Debian's i2c-tools."""

import glob
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "devices"))
from device import COMMAND, DeviceTest

SOURCE = os.environ["SOURCE_DIR"]
INSTALLED = sorted(os.path.basename(path)[:-5] for path in glob.glob(f"{SOURCE}/maps/*.toml"))

SENSOR = """
summary = "a sensor"
address = 0x1d
[registers]
id = { address = 0x00, reset = 0xe5, access = "ro" }
ctrl = { address = 0x01, self_clearing = 0x80 }
status = { address = 0x02, access = "ro", read_clears = 0x01 }
x = { address = 0x10, width = 16, access = "ro", sequence = { list = [1, -1, 0x1234] } }
y = { address = 0x12, width = 16, endian = "little", access = "ro", reset = 0x0102 }
table = { address = 0x20, access = "ro", bytes = [0x11, 0x22, 0x33] }
[[reactions]]
on_write = "ctrl"
if = 0x08
if_mask = 0x08
set = "status"
to = 0x01
after = "50 ms"
"""


class Map(DeviceTest):
    def put(self, text, name="map.toml"):
        path = f"{self.directory}/{name}"
        with open(path, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
        return path

    def map(self, text, *arguments, name="map.toml"):
        self.start()
        return self.device("registers", "--map", self.put(text, name), *arguments)


class Devices(Map):
    def test_where_the_map_says(self):
        self.assertEqual(self.map(SENSOR).ready, "registers at 0x1d on bus 1 ready")
        self.assertEqual(self.device("registers", "--map", self.put(SENSOR), "--address", "0x1e").ready, "registers at 0x1e on bus 1 ready")
        self.assertEqual(self.device("registers", "--map", self.put(SENSOR.replace("address = 0x1d", ""))).ready, "registers at 0x40 on bus 1 ready")

    def test_it_answers(self):
        self.map(SENSOR)
        self.assertEqual(self.transfer("w1@0x1d 0x00 r4"), [0xE5, 0, 0, 0xFF])
        self.assertEqual(self.transfer("w1@0x1d 0x10 r4"), [0, 1, 2, 1])
        self.assertEqual(self.transfer("w1@0x1d 0x10 r2"), [0xFF, 0xFF])
        self.assertEqual(self.transfer("w1@0x1d 0x1f r5"), [0xFF, 0x11, 0x22, 0x33, 0xFF])

    def test_says_what_was_written(self):
        device = self.map(SENSOR)
        self.assertEqual(self.ask("i2ctransfer -y 1 w4@0x1d 0x00 0x12 0x81 0x55"), (0, ""))
        self.assertEqual(device.line(), "ctrl = 0x81")
        self.assertEqual(self.transfer("w1@0x1d 0x00 r3"), [0xE5, 1, 0])
        self.assertEqual(device.end(), (0, "", ""))

    def test_reacts_later(self):
        self.map(SENSOR)
        self.assertEqual(self.ask("i2cset -y 1 0x1d 0x01 0x08"), (0, ""))
        self.until("i2cget -y 1 0x1d 0x02", (0, "0x01"))
        self.assertEqual(self.ask("i2cget -y 1 0x1d 0x02"), (0, "0x00"))

    def test_lines(self):
        device = self.map(SENSOR)
        device.tell("set y = 0x0304", "set x -2", "set table[1] = 7", "get y", "get x", "get")
        self.assertEqual(device.lines(10), ["y = 0x0304", "x = 0xfffe", "id = 0xe5", "ctrl = 0x00", "status = 0x00", "x = 0xfffe", "y = 0x0304",
                                            "table[0] = 0x11", "table[1] = 0x07", "table[2] = 0x33"])
        self.assertEqual(self.transfer("w1@0x1d 0x10 r4"), [0xFF, 0xFE, 4, 3])
        self.assertEqual(self.transfer("w1@0x1d 0x10 r2"), [0xFF, 0xFE])

    def test_lines_with_mistakes(self):
        device = self.map(SENSOR)
        for line, complaint in (("set", "set NAME = VALUE"), ("set y", "set NAME = VALUE"), ("set y =", "set NAME = VALUE"),
                                ("set y = 1 2", "set NAME = VALUE"), ("set stats = 1", 'there is no register "stats"; did you mean "status"?'),
                                ("get nothing", 'there is no register "nothing"'), ("get y z", "get [NAME]"),
                                ("set ctrl = 0x100", "ctrl is 0x100; it has 8 bits: -128 to 0xff"), ("set ctrl = -129", "ctrl is -129; it has 8 bits: -128 to 0xff"),
                                ("set ctrl = on", "ctrl is on; it has 8 bits: -128 to 0xff")):
            device.tell(line)
            self.assertEqual(device.complaint(), f"i2ctarget device registers: {complaint}")
        self.assertEqual(self.transfer("w1@0x1d 0x01 r1"), [0])

    def test_bytes(self):
        device = self.map(bytes(range(100, 116)), name="eeprom.bin")
        self.assertEqual(device.ready, "registers at 0x40 on bus 1 ready")
        self.assertEqual(self.transfer("w1@0x40 0x0e r3"), [114, 115, 0xFF])
        self.assertEqual(self.ask("i2cset -y 1 0x40 0x0f 0x42"), (0, ""))
        self.assertEqual(device.line(), "0x0f = 0x42")
        big = self.device("registers", "--map", self.put(bytes(256) + b"\x77", "big"), "--address", "0x41")
        self.assertEqual(self.transfer("w2@0x41 0x01 0x00 r2"), [0x77, 0xFF])
        self.assertEqual(big.end()[2], "")

    def test_a_dump_of_another_device(self):
        """What i2cdump printed of one is another that i2cdump prints the same of."""
        self.map(SENSOR.replace('"ro"', '"rw"').replace(", sequence = { list = [1, -1, 0x1234] }", ", reset = 0x5678"))
        status, dump = self.ask("i2cdump -y 1 0x1d b")
        self.assertEqual(status, 0, dump)
        self.device("registers", "--map", self.put(dump + "\n", "dump.txt"), "--address", "0x30")
        self.assertEqual(self.ask("i2cdump -y 1 0x30 b"), (0, dump))
        self.device("registers", "--map", self.put(dump.replace("11 22 33", "11 XX 33"), "dump.txt"), "--address", "0x31")
        self.assertEqual(self.transfer("w1@0x31 0x20 r3"), [0x11, 0xFF, 0x33])


class Installed(Map):
    """What a driver of the kernel's does not look at (tests/kernel/groups/registers.sh has those that do)."""

    def part(self, name, address):
        self.start()
        return self.device("registers", "--map", name, "--address", f"{address:#x}")

    def test_all_begin(self):
        self.start()
        self.assertGreater(len(INSTALLED), 9)
        for name in INSTALLED:
            with self.subTest(name):
                device = self.device("registers", "--map", name, "--address", "0x44")
                self.assertEqual(device.end(), (0, "", ""))

    def test_mcp23017(self):
        device = self.part("mcp23017", 0x20)
        self.assertEqual(self.transfer("w1@0x20 0x00 r3"), [0xFF, 0xFF, 0])
        self.assertEqual(self.transfer("w1@0x20 0x15 r2"), [0, 0xFF])
        self.assertEqual(self.transfer("w2@0x20 0x13 0x5a w1@0x20 0x15 r1"), [0x5A])
        self.assertEqual(device.line(), "gpiob = 0x5a")
        self.assertEqual(self.transfer("w2@0x20 0x14 0xa5 w1@0x20 0x12 r2"), [0xA5, 0x5A])
        self.assertEqual(self.transfer("w2@0x20 0x0b 0x80 w1@0x20 0x05 r1"), [0x80])
        self.assertEqual(self.transfer("w1@0x20 0x09 r2"), [0xA5, 0xA5])
        self.assertEqual(self.transfer("w1@0x20 0x19 r2"), [0x5A, 0x5A])
        self.assertEqual(self.transfer("w2@0x20 0x15 0x00 w1@0x20 0x12 r2"), [0xA5, 0x5A])

    def test_mpu6050(self):
        self.part("mpu6050", 0x68)
        self.assertEqual(self.transfer("w1@0x68 0x75 r1"), [0x68])
        self.assertEqual(self.transfer("w2@0x68 0x6b 0x01 w1@0x68 0x3b r8"), [0, 0, 0, 0, 0x40, 0, 0xF0, 0xB0])
        self.assertEqual(self.transfer("w1@0x68 0x6b r1"), [0x01])
        self.assertEqual(self.transfer("w1@0x68 0x3a r2"), [0x01, 0])
        self.assertEqual(self.transfer("w1@0x68 0x3a r1"), [0x00])
        self.assertEqual(self.transfer("w2@0x68 0x6b 0x80 w1@0x68 0x6b r1"), [0x40])
        self.assertEqual(self.transfer("w2@0x68 0x74 0x11 w1@0x68 0x74 r3"), [0x11, 0x11, 0x11])

    def test_adxl345(self):
        device = self.part("adxl345", 0x53)
        device.tell("set data_y = -2")
        self.until("i2cget -y 1 0x53 0x34 w", (0, "0xfffe"))
        self.assertEqual(self.transfer("w1@0x53 0x32 r6"), [0, 0, 0xFE, 0xFF, 0, 1])
        self.assertEqual(self.transfer("w2@0x53 0x2d 0xc8 w1@0x53 0x2c r2"), [0x0A, 0x08])

    def test_htu21d(self):
        self.part("htu21d", 0x40)
        self.assertEqual(self.transfer("w1@0x40 0xf3"), [])
        self.assertEqual(self.transfer("r3@0x40"), [0x68, 0x3A, 0x7C])
        self.assertEqual(self.transfer("w2@0x40 0xe6 0xff w1@0x40 0xe7 r1"), [0x87])

    def test_ina219(self):
        self.part("ina219", 0x40)
        self.assertEqual(self.transfer("w3@0x40 0x05 0xff 0xff w1@0x40 0x05 r2"), [0xFF, 0xFE])
        self.assertEqual(self.transfer("w3@0x40 0x00 0x80 0x00 w1@0x40 0x05 r2"), [0, 0])
        self.assertEqual(self.transfer("w1@0x40 0x02 r2"), [0x5D, 0xC2])


class Mistakes(Map):
    def complaints(self, text, name="map.toml"):
        """What is said of a map, without what all lines begin with."""
        path = self.put(text, name)
        done = self.command("regmap", path)
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        begin = f"i2ctarget regmap: {path}:"
        lines = done.stderr.splitlines()
        self.assertTrue(all(line.startswith(begin) for line in lines), done.stderr)
        return [line.removeprefix(begin) for line in lines]

    def one(self, line, complaint, text):
        with self.subTest(complaint):
            self.assertEqual(self.complaints(text), [f"{line}: {complaint}"])

    def test_general(self):
        registers = '\n[registers]\na = { address = 0 }\n'
        for line, what in (('sumary = "x"', 'there is no "sumary" here; did you mean "summary"?'), ("nothing = 1", 'there is no "nothing" here'),
                           ("address = 0x78", '"address" is 0x78; it must be 0x8 to 0x77'), ("address = -1", '"address" is -0x1; it must be 0x8 to 0x77'),
                           ('address = "0x40"', '"address" is a string; it wants a whole number'), ("pointer = 9", '"pointer" is 9; it must be 0, 8 or 16'),
                           ('endian = "middle"', '"endian" is "middle"; it must be "big" or "little"'), ("unmapped = 256", '"unmapped" is 0x100; it must be 0 to 0xff'),
                           ('addresses = "words"', '"addresses" is "words"; it must be "bytes" or "registers"'),
                           ("wrap = [1, 2]", '"wrap" wants a list of pairs: [[FIRST, LAST]]'), ("wrap = [[2, 1]]", '"wrap" wants [FIRST, LAST], and FIRST is behind LAST'),
                           ('wrap = [["a", 1]]', '"wrap" wants whole numbers, not a string'),
                           ("increment_bit = 0x80\nincrement = false", '"increment_bit" wants "increment = true"'),
                           ("increment_bit = 0x80\npointer_mask = 0xff", '"increment_bit" is in "pointer_mask", so it would be a part of the address')):
            found = self.complaints(line + registers)
            self.assertIn(f"1: {what}", found)
            self.assertLessEqual(len(found), 2)
        for line, what, text in ((3, '[interrupt] wants "register", the one with its bits', "[interrupt]"),
                                 (4, 'there is no register "b"', '[interrupt]\nregister = "b"'),
                                 (5, 'there is no register "c"', '[interrupt]\nregister = "a"\nenabled_by = "c"'),
                                 (5, '"mask" is 0x100; it must be 0x1 to 0xff', '[interrupt]\nregister = "a"\nmask = 0x100'),
                                 (5, '"active" is "up"; it must be "low" or "high"', '[interrupt]\nregister = "a"\nactive = "up"'),
                                 (5, 'there is no "masc" here; did you mean "mask"?', '[interrupt]\nregister = "a"\nmasc = 1')):
            self.one(line, what, registers.lstrip() + text + "\n")
        self.assertEqual(self.complaints("address = 0x40\n"), [" it has no table [registers]"])
        self.assertEqual(self.complaints("[registers]\n"), ["1: there is no register in it"])
        self.assertEqual(self.complaints("[registers]\na = { address = }\n"), ["2: a value is missing"])

    def test_registers(self):
        for row, what in (("a = 5", 'register "a" is a whole number; it wants a table: { address = … }'), ("a = {}", '"a" has no "address"'),
                          ("a = { adress = 1, address = 0 }", 'there is no "adress" here; did you mean "address"?'),
                          ("a = { address = 0x100 }", '"address" is 0x100; it must be 0 to 0xff'), ("a = { address = 0, width = 12 }", '"width" is 12; it must be 8, 16, 24 or 32'),
                          ("a = { address = 0, reset = 0x100 }", '"reset" is 256; it must be -128 to 0xff'),
                          ('a = { address = 0, access = "r" }', '"access" is "r"; it must be "rw", "ro" or "wo"'),
                          ('a = { address = 0, access = "ro", writable = 1 }', '"a" is "ro", and says what can be written'),
                          ("a = { address = 0, writable = 3, write_1_clears = 2 }", '"a": a bit is in two of "writable", "write_1_clears", "write_0_clears" and "self_clearing"'),
                          ("a = { address = 0, page = 1 }", '"page" wants a table [pages], which tells how one is chosen'),
                          ('"a b" = { address = 0 }', '"a b" is no name: letters, digits, _ - and . make one, up to 64'),
                          ('a = { address = 0, same_as = "bb" }', 'there is no register "bb"'), ('a = { address = 0, bytes = [1, 256] }', '"bytes" is 0x100; it must be 0 to 0xff'),
                          ("a = { address = 0xff, bytes = [1, 2] }", "there is no address for a[1]"),
                          ("a = { address = 0xff, width = 16 }", 'the last byte of "a" has no address: the pointer ends at 0xff')):
            self.one(2, what, f"[registers]\n{row}\n")
        self.one(3, '"a": its address 0x05 has bits that "pointer_mask" has not', "pointer_mask = 0xf8\n[registers]\na = { address = 5 }\n")
        self.one(3, '"b" and "a" both have the address 0x01', "[registers]\na = { address = 0, width = 16 }\nb = { address = 1 }\n")
        self.one(4, '"b" and "a" both have the address 0x00',
                 'pages = { register = "a" }\n[registers]\na = { address = 0 }\nb = { address = 0, page = 2 }\n')
        self.one(3, '"b" has the value of "a": its width is the same, and it has no "reset" or "sequence" of its own',
                 '[registers]\na = { address = 0 }\nb = { address = 1, same_as = "a", reset = 1 }\n')

    def test_sequences(self):
        for sequence, what in (("{}", 'a sequence has one of "counter", "list", "ramp" and "noise"'), ("{ counter = 1, list = [1] }", 'a sequence has one of "counter", "list", "ramp" and "noise"'),
                               ("{ list = [] }", '"list" is empty'), ("{ list = [1, 256] }", '"list" is 256; it must be -128 to 0xff'), ("{ ramp = [1] }", '"ramp" wants two numbers: [FROM, TO]'),
                               ("{ noise = [2, 1] }", '"noise" wants [FROM, TO], and FROM is not the smaller one'), ("{ counter = 1, seed = 1 }", '"seed" belongs to "noise"'),
                               ("{ list = [1], count = 1 }", '"count" belongs to "counter"'), ("{ list = [1], step = 1 }", '"step" belongs to "counter" and "ramp"'),
                               ('{ counter = 1, every = "10ms" }', '"every" is "10ms"; it wants a time, for example "10 ms", "250 us" or "2 s", up to "4294 s"'),
                               ('{ counter = 1, every = "4295 s" }', '"every" is "4295 s"; it wants a time, for example "10 ms", "250 us" or "2 s", up to "4294 s"'),
                               ("{ ramp = [1, 5], step = 0 }", '"step" is 0; it must be 0x1 to 0xff'), ("{ conter = 1, counter = 1 }", 'there is no "conter" here; did you mean "counter"?')):
            self.one(2, what, f"[registers]\na = {{ address = 0, sequence = {sequence} }}\n")
        for sequence, what in (("{ ramp = [0, 0xffffffff] }", '"ramp" has more than 4294967295 values; a larger "step" makes fewer'),
                               ("{ ramp = [-1, 0xffffffff], step = 9 }", '"ramp" goes through more values than the register has'),
                               ("{ noise = [-1, 0xffffffff] }", '"noise" goes through more values than the register has')):
            self.one(2, what, f"[registers]\na = {{ address = 0, width = 32, sequence = {sequence} }}\n")

    def test_reactions(self):
        for reaction, what in (('set = "a"; to = 1', 'a reaction has either "on_write" or "on_read"'), ('on_write = "a"', 'a reaction has either "set" or "copy_to"'),
                               ('on_write = "ctrll"; set = "a"; to = 1', 'there is no register "ctrll"; did you mean "ctrl"?'), ('on_write = "a"; set = "a"', '"set" wants "to", the value'),
                               ('on_write = "a"; copy_to = "a"; to = 1', '"to" belongs to "set"; "copy_to" copies what was written'),
                               ('on_write = "a"; set = "a"; to = 1; if_mask = 1', '"if_mask" wants "if"'),
                               ('on_write = "id"; set = "a"; to = 1', '"id" can not be written, so nothing follows from a write'),
                               ('on_write = "a"; set = "a"; to = 1; if = -129', '"if" is -129; it must be -128 to 0xff'),
                               ('on_write = "a"; set = "a"; to = 1; if = 3; if_mask = 1', '"if" has bits that "if_mask" has not, so it never is so'),
                               ('on_write = "a"; reset = true; to = 1', '"reset" resets all registers, so it has no "set", "copy_to", "to" or "mask"'),
                               ('on_write = "a"; set = "a"; to = 256', '"to" is 256; it must be -128 to 0xff'), ('on_write = "a"; set = "a"; to = 1; affter = "1 s"', 'there is no "affter" here; did you mean "after"?')):
            found = self.complaints('[registers]\na = { address = 0 }\nctrl = { address = 1 }\nid = { address = 2, access = "ro" }\n[[reactions]]\n' + reaction.replace("; ", "\n"))
            self.assertEqual([line.partition(": ")[2] for line in found], [what])

    def test_every_mistake_is_told(self):
        self.assertEqual(self.complaints("x = 1\n[registers]\na = { address = 0, widht = 8 }\nb = { address = 1, width = 7 }\n"),
                         ['1: there is no "x" here', '3: there is no "widht" here; did you mean "width"?', '4: "width" is 7; it must be 8, 16, 24 or 32'])

    def test_too_many_registers(self):
        """The last one has a sequence, which is then that of no register."""
        half = "bytes = [" + "0," * 65536 + "]"
        found = self.complaints(f"pointer = 16\n[registers]\na = {{ address = 0, {half} }}\nb = {{ address = 0, {half} }}\n"
                                "c = { address = 0, sequence = { counter = 1 } }\n")
        self.assertEqual(found, ["4: there are too many registers: 65536 at most", "5: there are too many registers: 65536 at most", '5: there is no register "c"'])

    def test_a_dump_of_words(self):
        """Its bytes are in an order that the dump does not tell."""
        self.map(SENSOR)
        status, dump = self.ask("i2cdump -y 1 0x1d w")
        self.assertEqual(status, 0, dump)
        self.assertEqual(self.complaints(dump, "dump"), [" is a dump of words; it must be one of bytes (i2cdump … b)"])

    def test_other_files(self):
        self.assertEqual(self.complaints(b"", "empty.bin"), [" has 0 bytes; a map has 1 to 65536"])
        self.assertEqual(self.complaints(bytes(65537), "long.bin"), [" has 65537 bytes; a map has 1 to 65536"])
        self.assertEqual(self.complaints(bytes((1 << 20) + 1), "longer.bin"), [" is longer than 1048576 bytes"])
        heading = "     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f    0123456789abcdef\n"
        self.assertEqual(self.complaints(heading + "00: 11 G2\n", "dump"), ['2: "G2" is no byte: two hexadecimal digits, or XX'])
        self.assertEqual(self.complaints(heading + "10: 11\n00: 22\n", "dump"), ["3: the row 00: is not behind the one before"])
        self.assertEqual(self.complaints(heading, "dump"), [" there is no byte in this dump; it must be one of bytes (i2cdump … b)"])
        self.assertEqual(self.complaints("[registers]\n\xff".encode("latin1"), "x.toml"), ["2: a name is missing"])

    def test_the_device_does_not_begin(self):
        path = self.put("x = 1\n")
        self.assertEqual(self.refused("registers"), "i2ctarget device registers: --map is missing (i2ctarget device registers --help)")
        done = self.command("device", "registers", "--map", path, env={**os.environ, "I2CTARGET_DIR": f"{self.directory}/no/where"})
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, f'i2ctarget device registers: {path}:1: there is no "x" here\ni2ctarget device registers: {path}: it has no table [registers]\n')


class Command(Map):
    def say(self, *arguments):
        done = self.command("regmap", *arguments)
        return done.returncode, done.stdout, done.stderr.rstrip("\n")

    def test_what_is_in_a_map(self):
        self.assertEqual(self.say(self.put(SENSOR)), (0, "map: 8 registers, 1 sequences, 1 reactions\n", ""))
        self.assertEqual(self.say("tmp102"), (0, "tmp102: 4 registers, 0 sequences, 0 reactions\n", ""))

    def test_list(self):
        status, listed, complaint = self.say("--list")
        self.assertEqual((status, complaint), (0, ""))
        self.assertEqual([line.split()[0] for line in listed.splitlines()], INSTALLED)
        self.assertIn("tmp102     0x48  thermometer TMP102\n", listed)

    def test_mistakes(self):
        for arguments, complaint in (([], "the file is missing (i2ctarget regmap --help)"), (["a", "b"], '"b" is too much (i2ctarget regmap --help)'),
                                     (["--nonsense"], "there is no option --nonsense (i2ctarget regmap --help)"),
                                     (["tmp102", "-o", "x.h"], "--output x.h: a name that ends in .c (i2ctarget regmap --help)"),
                                     (["tmp102", "-o", "/nowhere/" + 64 * "n" + ".c"],
                                      f"--output /nowhere/{64 * 'n'}.c: a name of up to 65 characters (i2ctarget regmap --help)")):
            self.assertEqual(self.say(*arguments), (2, "", f"i2ctarget regmap: {complaint}"))
        self.assertEqual(self.say("tmp103"), (1, "", 'i2ctarget regmap: there is no map "tmp103"; did you mean "tmp102"?  (A file: ./tmp103)'))
        self.assertEqual(self.say("./nowhere"), (1, "", "i2ctarget regmap: ./nowhere: No such file or directory"))
        self.assertEqual(self.say(self.directory + "/"), (1, "", f"i2ctarget regmap: {self.directory}/: Is a directory"))
        status, _, complaint = self.say("tmp102", "-o", "/nowhere/x.c")
        self.assertEqual((status, complaint), (1, "i2ctarget regmap: /nowhere/x.c: No such file or directory"))
        done = subprocess.run(["sh", "-c", f"ulimit -f 1; exec {COMMAND} regmap tmp102 -o {self.directory}/cut.c"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (1, f"i2ctarget regmap: {self.directory}/cut.c: File too large\n"))
        self.assertFalse(os.path.exists(f"{self.directory}/cut.c"))
        os.symlink("/dev/full", f"{self.directory}/full.c")
        self.assertEqual(self.say("tmp102", "-o", f"{self.directory}/full.c"), (1, "", f"i2ctarget regmap: {self.directory}/full.c: No space left on device"))


if __name__ == "__main__":
    unittest.main()
