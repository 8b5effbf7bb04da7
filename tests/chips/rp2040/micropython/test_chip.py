#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""MicroPython's firmware with the module, executed in the emulator: pins, waits, the clock, what a target takes of the chip and gives back.

The targets are asked by the controller on the board's wires; the checker watches them throughout.
"""

import csv
import errno
import os
import unittest

from session import Session

FIRMWARE = os.environ["FIRMWARE"]
SOURCE = os.environ["SOURCE_DIR"]

HEAD = """\
import board, gc, machine, micropython, rp2, time
from i2ctarget import End, I2CTarget
"""
OPEN = HEAD + "t = I2CTarget(board.SCL, board.SDA, (0x40,))\n"
BEGIN = OPEN + "print('open')\n"

# What is free: state machines, instruction memory, the two PIO interrupts and the alarms' handlers.
FREE = """
def free():
    machines = []
    for n in range(8):
        try:
            rp2.StateMachine(n)
            machines.append(n)
        except ValueError:
            pass
    return machines
def vectors():
    return [machine.mem32[machine.mem32[0xE000ED08] + 4 * (16 + n)] for n in (0, 1, 2, 3, 7, 9)]
def enabled():
    return hex(machine.mem32[0xE000E100] & 0x283)
@rp2.asm_pio()
def full():
    for n in range(32):
        nop()
"""


def with_message(answer):
    """A program that waits for one message, and answers it."""
    return BEGIN + f"with t.request(timeout=0) as r:\n {answer}\nt.deinit()\n"


class BoardTest(unittest.TestCase):
    scl_hz = 100000

    @classmethod
    def setUpClass(cls):
        cls.board = Session(FIRMWARE, scl_hz=cls.scl_hz)
        cls.addClassCleanup(cls.board.close)
        cls.board.boot()

    def tearDown(self):
        """Each test leaves the chip to the next one as after power on, and nothing was wrong on the wires."""
        self.board.soft_reset()
        state = self.board.state()
        self.assertEqual((state["findings"], state["violations"], state["driving"], state["everHigh"]), ([], [], 0, 0))

    def says(self, program, *lines, seconds=10):
        self.assertEqual(self.board.exec(program, seconds).splitlines(), list(lines))

    def begin(self, program):
        """Up to its target, which listens then."""
        self.board.start(program)
        self.board.wait("open\r\n")

    def raises(self, program, words):
        output, traceback = self.board.run_program(program)
        self.assertEqual(output, "")
        self.assertRegex(traceback, words)

    def write(self, *data, address=0x40, **options):
        return self.board.transfer({"address": address, "write": data}, **options)

    def read(self, count=1, address=0x40, **options):
        return self.board.transfer({"address": address, "read": count}, **options)

    def serves(self):
        """A new target does."""
        self.begin(with_message("print(r.read())"))
        self.assertEqual(self.write(0x12, 0x34)["moved"], [2])
        self.assertEqual(self.board.finish(), ("bytearray(b'\\x124')\r\n", ""))


class Names(BoardTest):
    def test_version(self):
        with open(f"{SOURCE}/include/i2ctarget/i2ctarget.h", encoding="utf-8") as file:
            version = file.read().split('I2CTARGET_VERSION "')[1].split('"')[0]
        self.says("import i2ctarget\nprint(i2ctarget.__version__)", version)

    def test_pins_of_the_board(self):
        """As the table has them; the chip's pins are machine.Pin."""
        with open(f"{SOURCE}/boards/pins.csv", newline="", encoding="utf-8") as file:
            pins = {entry["name"]: entry["pin"] for entry in csv.DictReader(file) if entry["board_id"] == "raspberry_pi_pico"}
        pins |= {"SCL": "GPIO5", "SDA": "GPIO4"}
        named = [f"{name} {pin}" for name, pin in sorted(pins.items()) if not pin.endswith(")")]
        self.says("import board, machine\nfor name in sorted(dir(board)):\n pin = getattr(board, name)\n"
                  " if isinstance(pin, machine.Pin): print(name, pin.names()[0] if hasattr(pin, 'names') else str(pin)[4:].split(',')[0])", *named)
        self.says("import microcontroller\nprint(microcontroller.pin.GPIO29, microcontroller.Pin)",
                  "Pin(GPIO29, mode=ALT, pull=PULL_DOWN, alt=31) <class 'Pin'>")

    def test_pins_in_all_ways(self):
        for scl, sda in ("board.GP5", "board.GP4"), ("machine.Pin(5)", "machine.Pin(4)"), ("5", "4"), ("'GP5'", "'GP4'"):
            with self.subTest(scl):
                self.says(HEAD + f"t = I2CTarget({scl}, {sda}, (0x40, 0x41))\nprint(t)\nt.deinit()\nprint(t)",
                          "<I2CTarget on SCL=GPIO5 SDA=GPIO4 at 0x40, 0x41>", "<I2CTarget, deinitialised>")

    def test_wrong_pins(self):
        for pins, words in (
            ("None, 4", "TypeError: scl must be a pin of board or microcontroller.pin, a machine.Pin or its number, not NoneType"),
            ("5, 4.0", "TypeError: sda must be a pin"),
            ("5, 5", "ValueError: GPIO5 can not be SCL and SDA at once"),
            ("30, 4", "ValueError: "),
            ("5, 'LED'", "ValueError: "),
        ):
            with self.subTest(pins):
                self.raises(HEAD + f"I2CTarget({pins}, (0x40,))", words)
        self.serves()

    def test_descriptor(self):
        self.raises(OPEN + "t.fileno()", r"OSError: \[Errno 95\] EOPNOTSUPP: there are no descriptors on a chip: poll\(\) takes the target itself")


class Waiting(BoardTest):
    def test_the_timeout(self):
        for seconds in 0.001, 0.0305, 1:
            # A collection of garbage within it would take 2 ms.
            took = int(self.board.exec(OPEN + f"import gc\ngc.collect()\nbegan = time.ticks_us()\ntry: t.request(timeout={seconds})\n"
                                       "except OSError: print(time.ticks_us() - began)\nt.deinit()"))
            self.assertTrue(seconds * 1e6 <= took <= seconds * 1e6 + 2500, (seconds, took))
        self.says(OPEN + "print(t.request())", "None")

    def test_scheduled_functions_run(self):
        self.begin(BEGIN + "count = 0\ndef tick(timer):\n global count\n count += 1\n"
                         "timer = machine.Timer(period=5, callback=tick)\n"
                         "try: t.request(timeout=0.2)\nexcept OSError: print(count)\ntimer.deinit()\n")
        output, traceback = self.board.finish()
        self.assertTrue(30 <= int(output) <= 41 and not traceback, (output, traceback))

    def test_no_wake_up_is_lost(self):
        """Messages at many moments of the wait: the processor is awake at once, not when the wait's next turn comes."""
        count = 60
        self.begin(BEGIN + f"for n in range({count}):\n with t.request(timeout=0) as r:\n  r.write(bytes([n]))\n")
        longest_ns = 0
        for n in range(count):
            self.board.run(0.0102 + n * 0.00017)
            done = self.read()
            self.assertEqual(done["read"], [[n]])
            longest_ns = max(longest_ns, done["stretchNs"])
        self.assertEqual(self.board.finish(), ("", ""))
        print(f"longest stretch of {count} requests to a waiting board: {longest_ns / 1e6:.2f} ms")
        self.assertLess(longest_ns, 3e6)

    def test_poll(self):
        self.begin(BEGIN + "import select\np = select.poll()\np.register(t, select.POLLIN)\nprint(p.poll(20))\n"
                         "print(p.poll(1000)[0][1])\nwith t.request() as r: print(r.read())\n")
        self.board.run(0.03)
        self.write(7)
        self.assertEqual(self.board.finish()[0], "[]\r\n1\r\nbytearray(b'\\x07')\r\n")

    def test_asyncio(self):
        self.begin(BEGIN + "import asyncio\nfrom i2ctarget import requests\n"
                         "async def other():\n for n in range(5):\n  await asyncio.sleep_ms(2)\n print('other')\n"
                         "async def serve():\n async for r in requests(t):\n  print(r.read())\n  if r.moved == 2: break\n"
                         "async def main(): await asyncio.gather(serve(), other())\nasyncio.run(main())\n")
        self.write(1)
        self.board.run(0.02)
        self.write(2, 3)
        self.assertEqual(self.board.finish(), ("bytearray(b'\\x01')\r\nother\r\nbytearray(b'\\x02\\x03')\r\n", ""))


class GivingBack(BoardTest):
    def expect_free(self, after):
        """All is as before there was a target."""
        self.says(HEAD + FREE + "before = vectors(), enabled()\nt = I2CTarget(board.SCL, board.SDA, (0x40,))\n"
                  "print(vectors() != before[0], enabled())\n" + after +
                  "print((vectors(), enabled()) == before)\nrp2.PIO(0).add_program(full)\nrp2.PIO(1).add_program(full)\nprint(free())",
                  "True 0x81", "True", "[0, 1, 2, 3, 4, 5, 6, 7]")

    def test_deinit(self):
        self.expect_free("t.deinit()\n")

    def test_with(self):
        self.expect_free("with t: pass\n")

    def test_garbage_collection(self):
        self.expect_free("t = None\ndef deep(n): return n and deep(n - 1) + len([n] * 8)\n"
                         "for n in range(3):\n deep(20)\n gc.collect()\n")

    def test_while_it_is_open(self):
        self.says(OPEN + FREE + "print(free())\n", "[4, 5, 6, 7]")
        self.raises("rp2.PIO(0).add_program(full)", "OSError: .*12|ENOMEM")

    def test_soft_reset(self):
        self.board.exec(OPEN)
        self.board.soft_reset()
        self.says(HEAD + FREE + "print(enabled(), free())\nrp2.PIO(0).add_program(full)", "0x0 [0, 1, 2, 3, 4, 5, 6, 7]")
        self.board.soft_reset()
        self.serves()

    def test_a_third_target(self):
        self.raises(OPEN + "u = I2CTarget(7, 6, (0x41,))\nv = I2CTarget(9, 8, (0x42,))\n",
                    rf"OSError: \[Errno {errno.ENODEV}\] ENODEV: no PIO block is free: a target needs all of one")
        self.says("u.deinit()\nv = I2CTarget(9, 8, (0x42,))\nprint(v)\nt.deinit()\nv.deinit()", "<I2CTarget on SCL=GPIO9 SDA=GPIO8 at 0x42>")

    def test_two_targets(self):
        self.begin(HEAD + "u = I2CTarget(7, 6, (0x40,))\nt = I2CTarget(board.SCL, board.SDA, (0x40,))\nprint('open')\n"
                   "with t.request(timeout=0) as r: print(r.read(), u.request())\n")
        self.assertEqual(self.write(5)["moved"], [1])
        self.assertEqual(self.board.finish(), ("bytearray(b'\\x05') None\r\n", ""))

    def test_targets_that_nobody_knows_any_more(self):
        self.says(HEAD + "def make():\n I2CTarget(5, 4, (0x40,))\n I2CTarget(7, 6, (0x41,))\n"
                  "def deep(n): return n and deep(n - 1) + len([n] * 8)\nmake()\ndeep(20)\nv = I2CTarget(9, 8, (0x42,))\nprint(v)",
                  "<I2CTarget on SCL=GPIO9 SDA=GPIO8 at 0x42>")

    def test_blocks_of_others(self):
        """rp2.StateMachine has a machine of a block: that block is not taken.  If there is no other, the words say so."""
        self.begin(HEAD + "rp2.StateMachine(2)\n" + with_message("print(r.read())"))
        self.assertEqual(self.write(8)["moved"], [1])
        self.assertEqual(self.board.finish(), ("bytearray(b'\\x08')\r\n", ""))
        self.raises(HEAD + "rp2.StateMachine(7)\n" + OPEN, rf"OSError: \[Errno {errno.ENODEV}\] ENODEV: no PIO block is free: .*rp2.StateMachine")

    def test_interrupt_of_others(self):
        self.raises(HEAD + "rp2.PIO(0).irq(lambda pio: None)\nrp2.PIO(1).irq(lambda pio: None)\n" + OPEN, "no PIO block is free")
        self.board.soft_reset()
        self.raises(OPEN + "rp2.PIO(0).irq(lambda pio: None)", "irq claimed by external resource")
        self.board.start("with t.request(timeout=0.05) as r: print(r.read())")
        self.write(6)
        self.assertEqual(self.board.finish(), ("bytearray(b'\\x06')\r\n", ""))


class Clock(BoardTest):
    def test_freq_is_followed(self):
        self.begin(BEGIN + "for hz in (48000000, 200000000, 125000000):\n machine.freq(hz)\n"
                         " with t.request(timeout=0) as r: r.write(bytes([hz // 1000000]))\nprint(machine.freq())\n")
        self.assertEqual([self.read()["read"] for _ in range(3)], [[[48]], [[200]], [[125]]])
        self.assertEqual(self.board.finish(), ("125000000\r\n", ""))

    def test_freq_out_of_range(self):
        self.raises(OPEN + "machine.freq(266000000)", "ValueError: an I2CTarget is in use, and it works at 24 to 250 MHz")
        self.says("print(machine.freq())\nt.deinit()\nmachine.freq(266000000)\nprint(machine.freq())", "125000000", "266000000")
        self.raises(OPEN, rf"OSError: \[Errno {errno.ENODEV}\] ENODEV: the processor is too slow or too fast")
        self.says("machine.freq(125000000)")
        self.serves()


if __name__ == "__main__":
    unittest.main()
