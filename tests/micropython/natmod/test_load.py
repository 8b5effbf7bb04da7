#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""MicroPython loads the file i2ctarget.mpy for the processors of other chips.

QEMU has these processors, but not the chips.  So all that needs no bus works, and a target is refused with words.
Environment: LOAD (the directory that load.sh has filled).
"""

import os
import select
import subprocess
import unittest

LOAD = os.environ["LOAD"]
PATIENCE_S = 30
QEMU = {
    "armv7emsp": ("qemu-system-arm", "-machine", "mps2-an386", "-semihosting"),
    "rv32imc": ("qemu-system-riscv32", "-machine", "virt", "-bios", "none"),
}
# Memory that MicroPython does not use.
PLACES = {"armv7emsp": 0x200000, "rv32imc": 0x84000000}
CHIPS = {"armv7emsp": "a SAM D5x/E5x", "rv32imc": "an ESP32-C3"}

# These boards have neither a flash nor a clock, and their serial line is slow: QEMU puts the files into memory.
BOARD = """
import uctypes, vfs
class Disk:
    SIZE, COUNT = 512, 256
    def __init__(self):
        self.data = bytearray(self.SIZE * self.COUNT)
    def readblocks(self, block, buffer, offset=0):
        at = block * self.SIZE + offset
        buffer[:] = self.data[at:at + len(buffer)]
    def writeblocks(self, block, buffer, offset=0):
        at = block * self.SIZE + offset
        self.data[at:at + len(buffer)] = buffer
    def ioctl(self, operation, argument):
        return {4: self.COUNT, 5: self.SIZE, 6: 0}.get(operation)
disk = Disk()
vfs.VfsLfs2.mkfs(disk)
vfs.mount(disk, "/")
with open("time.py", "w") as file:
    file.write("def sleep_ms(milliseconds): pass")
"""


def file_of(architecture):
    return f"{LOAD}/{architecture}/i2ctarget.mpy"


class Board:
    """MicroPython in QEMU, by its raw REPL."""

    def __init__(self, architecture, files):
        """With these files in it, {name: path}."""
        self.places, at, loaders = {}, PLACES[architecture], []
        for name, path in files.items():
            self.places[name] = at, os.path.getsize(path)
            loaders += ["-device", f"loader,file={path},addr={at:#x},force-raw=on"]
            at += 0x20000
        self.qemu = subprocess.Popen([*QEMU[architecture], "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel",
                                      f"{LOAD}/{architecture}/firmware.elf", *loaders], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def begin(self):
        self.say(b"\x01", b"raw REPL; CTRL-B to exit\r\n>")
        self.exec(BOARD)
        for name, place in self.places.items():
            self.exec(f"with open({name!r}, 'wb') as file: file.write(uctypes.bytearray_at{place})")

    def end(self):
        self.qemu.kill()
        self.qemu.communicate()

    def say(self, text, end):
        """What it says then, up to and without this end."""
        self.qemu.stdin.write(text)
        self.qemu.stdin.flush()
        said = b""
        while not said.endswith(end):
            if not select.select([self.qemu.stdout], [], [], PATIENCE_S)[0]:
                raise AssertionError(f"it is silent; before: {said!r}")
            more = os.read(self.qemu.stdout.fileno(), 65536)
            if not more:
                raise AssertionError(f"it has ended; before: {said!r}")
            said += more
        return said[:-len(end)].decode()

    def run(self, program):
        """To its end: (output, traceback)."""
        output, traceback = self.say(program.encode() + b"\x04", b"\x04>").split("\x04")
        return output.removeprefix("OK").replace("\r\n", "\n"), traceback

    def exec(self, program):
        output, traceback = self.run(program)
        if traceback:
            raise AssertionError(traceback)
        return output


class Loads:
    ARCHITECTURE = None

    @classmethod
    def setUpClass(cls):
        other = next(name for name in CHIPS if name != cls.ARCHITECTURE)
        cls.board = Board(cls.ARCHITECTURE, {"i2ctarget.mpy": file_of(cls.ARCHITECTURE), "other.mpy": file_of(other)})
        cls.addClassCleanup(cls.board.end)
        cls.board.begin()
        cls.board.exec("import gc, i2ctarget\nfrom i2ctarget import *\ngc.collect()")

    def assert_raises(self, program, words):
        self.assertEqual(self.board.run(program)[1].strip().splitlines()[-1], words)

    def test_the_module_is_there(self):
        names = self.board.exec("print(*sorted(name for name in dir(i2ctarget) if name[0] != '_'))")
        self.assertEqual(names.split(), ["EEPROM", "End", "I2CTarget", "I2CTargetRequest", "Memory", "requests"])
        self.assertEqual(self.board.exec("print(End.STOP, End.OPEN)"), "1 0\n")

    def test_a_target_is_refused_with_words(self):
        refused = f"OSError: [Errno 19] ENODEV: a loaded module has no way to the interrupts of {CHIPS[self.ARCHITECTURE]}"
        self.assert_raises("I2CTarget(5, 4, (0x40,))", refused)
        # What is left of it is collected, and nothing of the board is.
        self.assert_raises("gc.collect()\nI2CTarget(5, 4, (0x40,), smbus=True)", refused)
        self.assertEqual(self.board.exec("gc.collect()\nprint('alive')"), "alive\n")

    def test_arguments_are_judged(self):
        self.assert_raises("I2CTarget(5, 4, (0x80,))", "ValueError: address: a 7-bit address is 0x00 to 0x7f")
        self.assert_raises("I2CTarget(5, 4, ())", "ValueError: no addresses: give at least one, such as (0x40,)")
        self.assert_raises("I2CTarget(5, sda=4)", "TypeError: 'addresses' argument required")
        self.assert_raises("Memory(b'read-only')", "TypeError: the buffer must be one that can be written, in one piece, such as a bytearray")

    def test_a_memory_has_its_bytes(self):
        self.assertEqual(self.board.exec("""
buffer = bytearray(4)
memory = Memory(buffer, read_only=range(2))
memory.update(1, b'\\x05\\x06')
gc.collect()
print(memory, EEPROM(bytearray(256)), *buffer)
"""), "<Memory> <EEPROM> 0 5 6 0\n")
        self.assert_raises("memory.update(3, b'12')", "ValueError: update() beyond the end of the memory")

    def test_a_file_for_another_processor_is_refused(self):
        self.assert_raises("import other", "ValueError: incompatible .mpy arch")


class Armv7emsp(Loads, unittest.TestCase):
    ARCHITECTURE = "armv7emsp"


class Rv32imc(Loads, unittest.TestCase):
    ARCHITECTURE = "rv32imc"


class Xtensawin(unittest.TestCase):
    """MicroPython on ESP32, ESP32-S2 and ESP32-S3 loads code that uses register windows."""

    def test_it_compiles(self):
        objects = [name for name in os.listdir(f"{LOAD}/xtensawin") if name.endswith(".o")]
        self.assertTrue([name for name in objects if name.startswith("cpu_pins-")], objects)

    def test_debian_has_no_assembler_for_windows(self):
        assembled = subprocess.run(["xtensa-lx106-elf-as", "-o", "/dev/null", "-"], input="entry a1, 32\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, check=False)
        self.assertIn("unknown opcode or format name 'entry'", assembled.stdout)


if __name__ == "__main__":
    unittest.main()
