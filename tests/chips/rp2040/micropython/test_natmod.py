#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""i2ctarget.mpy on a stock firmware, in the emulator: what it takes of a firmware that knows nothing of it, and gives back.

Environment: FIRMWARE, the stock firmware with i2ctarget.mpy, board.py and microcontroller/ on its flash (with_files.sh).
"""

import os
import re
import unittest

from session import Session

FIRMWARE = os.environ["FIRMWARE"]
SCL, SDA = 5, 4
MHZ = 1_000_000

HEAD = """\
import gc, machine, rp2, time
from i2ctarget import End, I2CTarget
from machine import Pin
"""
OPEN = "device = I2CTarget(Pin(5), Pin(4), [0x40])\n"

# Registers of the chip, as the program sees them: the vectors and the enabled interrupts of alarms and PIO blocks.
INTERRUPTS = """
def interrupts():
    table = machine.mem32[0xE000ED08] + 64
    return [machine.mem32[table + 4 * n] for n in (0, 1, 7, 9)], machine.mem32[0xE000E100] & 0x283
"""
# A program of each length finds room in a PIO block, or does not.
ROOM = """
@rp2.asm_pio()
def little():
    nop()
def has_room(block):
    try:
        rp2.PIO(block).add_program(little)
    except OSError:
        return False
    rp2.PIO(block).remove_program(little)
    return True
"""
# No old pointers on the stack.
COLLECT = """
def collect():
    def deep(n):
        return n and deep(n - 1) + len([n] * 8)
    for _ in range(3):
        deep(20)
        gc.collect()
"""
SERVE = """
register = bytearray(1)
while True:
    with device.request(timeout=0) as request:
        if request.is_read:
            request.write(register)
        else:
            register = request.read(1) or register
"""


class OnStock(unittest.TestCase):
    scl_hz = 100000

    def setUp(self):
        self.board = Session(FIRMWARE, SCL, SDA, self.scl_hz)
        self.addCleanup(self.board.close)
        self.board.boot()

    def tearDown(self):
        state = self.board.state()
        self.assertEqual((state["findings"], state["violations"], state["everHigh"]), ([], [], 0))
        self.assertEqual(state["everDriving"] & ~(1 << SCL | 1 << SDA), 0)

    def said(self, program):
        return self.board.exec(HEAD + program, 2).strip().split("\n")

    def answers(self, address=0x40):
        return self.board.transfer({"address": address, "write": b""})["result"] == "done"

    def serve(self, program=OPEN):
        self.board.start(HEAD + program + "print('begun')\n" + SERVE)
        self.board.wait("begun")

    def stop(self):
        self.board.interrupt()
        self.assertIn("KeyboardInterrupt", self.board.finish(1)[1])

    def works(self):
        for byte in 0x00, 0xFF, 0xA5:
            self.assertEqual(self.board.transfer({"address": 0x40, "write": [byte]})["result"], "done")
            self.assertEqual(self.board.transfer({"address": 0x40, "read": 1})["read"], [[byte]])


class Claims(OnStock):
    def test_interrupts_are_given_back(self):
        said = self.said(INTERRUPTS + "print(interrupts())\n" + OPEN + "print(interrupts())\n"
                         "other = I2CTarget(Pin(7), Pin(6), [0x41])\nprint(interrupts())\n"
                         "device.deinit()\nprint(interrupts())\nother.deinit()\nprint(interrupts())")
        vectors, enabled = zip(*map(eval, said))
        self.assertEqual(enabled, (0, 1 << 0 | 1 << 7, 1 << 0 | 1 << 7 | 1 << 9, 1 << 0 | 1 << 9, 0))
        before = vectors[0]
        self.assertEqual([now == was for now, was in zip(vectors[1], before)], [False, True, False, True])
        self.assertEqual([now == was for now, was in zip(vectors[2], before)], [False, True, False, False])
        self.assertEqual([now == was for now, was in zip(vectors[3], before)], [False, True, True, False])
        self.assertEqual(vectors[4], before)

    def test_a_block_with_another_program_is_left_alone(self):
        """The target takes the second block; if that is in use, too, there is none, and it says so."""
        said = self.said(INTERRUPTS + ROOM + "rp2.PIO(0).add_program(little)\n" + OPEN + "print(interrupts()[1], has_room(0), has_room(1))\n"
                         "try:\n I2CTarget(Pin(7), Pin(6), [0x41])\nexcept OSError as error:\n print(error.errno, error.args[1])\n"
                         "device.deinit()\nprint(has_room(1))")
        self.assertEqual(said[0], f"{1 << 0 | 1 << 9} True False")
        self.assertRegex(said[1], "^19 no PIO block is free.*deinit")
        self.assertEqual(said[2], "True")

    def test_a_block_whose_interrupt_is_in_use_is_left_alone(self):
        said = self.said(INTERRUPTS + "rp2.PIO(0).irq(lambda pio: None)\n" + OPEN + "print(interrupts()[1])")
        self.assertEqual(int(said[0]), 1 << 0 | 1 << 7 | 1 << 9)

    def test_an_alarm_in_use_is_left_alone(self):
        said = self.said(INTERRUPTS + "machine.mem32[0xE000E100] = 1\n" + OPEN + "print(interrupts()[1])\ndevice.deinit()\n"
                         "machine.mem32[0xE000E100] = 2\ntry:\n " + OPEN + "except OSError as error:\n print(error.errno, error.args[1])")
        self.assertEqual(int(said[0]), 1 << 0 | 1 << 1 | 1 << 7)
        self.assertRegex(said[1], "^19 no alarm")

    def test_a_target_that_can_not_be_leaves_nothing(self):
        said = self.said(INTERRUPTS + ROOM + "before = interrupts()\n" + OPEN + "for bad in (5, 7), (9, 4):\n"
                         " try:\n  I2CTarget(*bad, [0x41])\n except ValueError as error:\n  print(error)\n"
                         "print(has_room(1))\ndevice.deinit()\nprint(has_room(0), interrupts() == before)")
        self.assertRegex(said[0], "serve another")
        self.assertEqual(said[2:], ["True", "True True"])

    def test_a_wait_ends_by_the_alarm(self):
        said = self.said(OPEN + "for seconds in 0.0005, 0.004, 0.05:\n began = time.ticks_us()\n try:\n  device.request(timeout=seconds)\n"
                         " except OSError as error:\n  print(error.errno, time.ticks_diff(time.ticks_us(), began))")
        for line, us in zip(said, (500, 4000, 50000), strict=True):
            error, took = map(int, line.split())
            self.assertEqual(error, 110)
            self.assertTrue(us <= took < us + 1500, line)


class Garbage(OnStock):
    """Finalisers, which a loaded module has not."""

    def test_a_forgotten_target_leaves_the_bus(self):
        said = self.said(INTERRUPTS + ROOM + COLLECT + "before = interrupts()\ndef forget():\n" + " I2CTarget(Pin(5), Pin(4), [0x40])\n"
                         "forget()\ncollect()\nprint(interrupts() == before, has_room(0))")
        self.assertEqual(said, ["True True"])
        self.assertFalse(self.answers())

    def test_what_is_forgotten_is_free_when_it_is_wanted(self):
        self.said("def forget():\n I2CTarget(Pin(5), Pin(4), [0x40])\n I2CTarget(Pin(7), Pin(6), [0x41])\nforget()\n" + OPEN + "device.deinit()")

    def test_a_request_keeps_its_target(self):
        self.board.start(HEAD + COLLECT + OPEN + "print('begun')\nrequest = device.request(timeout=0)\ndevice = None\ncollect()\n"
                         "print(request.read(), request.end == End.STOP)")
        self.board.wait("begun")
        self.assertEqual(self.board.transfer({"address": 0x40, "write": [1, 2, 3]})["moved"], [3])
        self.assertEqual(self.board.finish(1)[0].strip(), "bytearray(b'\\x01\\x02\\x03') True")

    def test_code_and_variables_survive(self):
        """The collector sees that handlers, types and names are in use, even if nobody imports the module any more."""
        self.serve("import sys\n" + COLLECT + OPEN + "del sys.modules['i2ctarget'], I2CTarget, End\ncollect()\n"
                   "rubbish = []\ntry:\n while True: rubbish.append(bytearray(b'\\xa5' * 500))\nexcept MemoryError: rubbish = None\n"
                   "gc.collect()\n")
        self.works()
        self.stop()

    def test_soft_reset(self):
        """The finaliser runs before the heap, and with it the handlers, may be used for something else."""
        self.said(OPEN)
        self.assertTrue(self.board.hand("Start") is None)
        for bit in 1, 0, 0, 0, 0, 0, 0, 0:
            self.board.hand("Clock", bit)
        self.board.run(0.001)
        self.assertEqual(self.board.state()["driving"], 1 << SCL)
        self.assertIn("soft reboot", self.board.soft_reset())
        self.assertEqual(self.board.state()["driving"], 0)
        self.board.hand("Clock", 1)
        self.board.hand("Stop")
        self.said("rubbish = []\ntry:\n while True: rubbish.append(bytearray(b'\\xa5' * 500))\nexcept MemoryError: pass")
        self.assertFalse(self.answers())
        self.board.soft_reset()
        self.serve()
        self.works()


class Clock(OnStock):
    def test_it_is_that_of_the_program(self):
        for mhz in 48, 200, 125:
            self.serve(f"machine.freq({mhz * MHZ})\n" + OPEN)
            self.works()
            self.stop()
            self.said("device.deinit()")

    def test_it_may_change(self):
        """The next call follows it.  The checker watches hold and set-up times."""
        self.serve(OPEN)
        self.works()
        self.stop()
        for mhz in 200, 48:
            self.serve(f"machine.freq({mhz * MHZ})\n")
            self.assertTrue(self.answers())
            self.works()
            self.stop()

    def test_it_must_be_possible(self):
        said = self.said("machine.freq(18000000)\ntry:\n " + OPEN + "except OSError as error:\n print(error.errno, error.args[1])\nmachine.freq(125000000)")
        self.assertRegex(said[0], r"^19 .*machine\.freq")


class Calls(OnStock):
    def test_pins(self):
        said = self.said("import board\nfor scl, sda in (Pin(5), Pin(4)), (board.SCL, board.SDA), (5, 'GPIO4'):\n"
                         " with I2CTarget(scl, sda, [0x40]) as device: print(device)\n"
                         "for pins in (5, 5), (None, 4), ('LED5', 4):\n try:\n  I2CTarget(*pins, [0x40])\n"
                         " except (TypeError, ValueError) as error: print(type(error), error)")
        self.assertEqual(said[:3], ["<I2CTarget on SCL=GPIO5 SDA=GPIO4 at 0x40>"] * 3)
        self.assertRegex(said[3], "ValueError.*at once")
        self.assertRegex(said[4], r"TypeError.*machine\.Pin")
        self.assertRegex(said[5], "ValueError")

    def test_pins_of_two_digits(self):
        said = self.said("with I2CTarget(Pin(17), Pin(16), range(0x40, 0x43)) as device: print(device)")
        self.assertEqual(said, ["<I2CTarget on SCL=GPIO17 SDA=GPIO16 at 0x40, 0x41, 0x42>"])

    def test_names_may_have_other_meanings(self):
        """What the module needs of Python it has looked up before."""
        said = self.said("Kept, bad = ValueError, []\nValueError = TypeError = OSError = int = bytearray = None\n" + OPEN +
                         "try:\n I2CTarget(7, 6, [0x80])\nexcept Kept as error:\n print(error)\n"
                         "try:\n device.request(timeout=0.001)\nexcept Exception as error:\n print(error.errno)")
        self.assertRegex(said[0], "address")
        self.assertEqual(said[1], "110")

    def test_subclasses(self):
        """poll() gives the module the object of the subclass, not the one inside."""
        self.board.start(HEAD + "import select\nclass A(I2CTarget): pass\nclass B(A): pass\ndevice = B(5, 4, [0x40])\npoll = select.poll()\n"
                         "poll.register(device, select.POLLIN)\nprint(device.request(), poll.poll(0))\nprint('begun')\n"
                         "print([(which is device, what) for which, what in poll.poll(500)])\n"
                         "device.request().deinit()\ndevice.deinit()\nprint([what for which, what in poll.poll(0)])")
        self.assertEqual(self.board.wait("begun").split("\r\n")[0], "None []")
        self.assertEqual(self.board.transfer({"address": 0x40, "write": b""})["result"], "done")
        self.assertEqual(self.board.finish(1)[0].strip().split("\r\n"), ["[(True, 1)]", "[32]"])

    def test_the_vm_has_its_turn_while_a_call_waits(self):
        """USB and timers: without them the prompt would hang, and Ctrl-C with it."""
        said = self.said(OPEN + "ticks = []\ntimer = machine.Timer(period=5, callback=lambda t: ticks.append(1))\n"
                         "try:\n device.request(timeout=0.1)\nexcept OSError: pass\ntimer.deinit()\nprint(len(ticks))")
        self.assertTrue(15 <= int(said[0]) <= 21, said)

    def test_asyncio(self):
        self.board.start(HEAD + OPEN + "import asyncio\nfrom i2ctarget import requests\nasync def serve():\n seen = []\n print('begun')\n"
                         " async for request in requests(device):\n  seen.append(bytes(request.read()))\n  if len(seen) == 2: return seen\n"
                         "print(asyncio.run(serve()))")
        self.board.wait("begun")
        for byte in 7, 8:
            self.assertEqual(self.board.transfer({"address": 0x40, "write": [byte]})["result"], "done")
        self.assertEqual(self.board.finish(1)[0].strip(), "[b'\\x07', b'\\x08']")


class Figures(OnStock):
    """What docs/MICROPYTHON.md says, measured."""

    def document(self, expression):
        with open(f"{os.environ['SOURCE_DIR']}/docs/MICROPYTHON.md", encoding="utf-8") as file:
            return [float(figure.replace(",", "")) for figure in re.search(expression, file.read()).groups()]

    def test_memory(self):
        program = "import gc\ngc.collect()\nbefore = gc.mem_alloc()\nimport i2ctarget\ngc.collect()\nprint(gc.mem_alloc() - before)"
        taken = int(self.board.exec(program))
        print(f"heap: {taken} bytes")
        said = self.document(r"takes ([\d.]+) KB of the heap")
        self.assertAlmostEqual(taken / 1000, said[0], delta=0.5)

    def test_stretch(self):
        for scl_hz, column in (100000, 0), (400000, 1):
            with self.subTest(scl_hz=scl_hz):
                longest = self.longest_stretch(scl_hz)
                print(f"{scl_hz // 1000} kHz: longest stretch {longest / 1000:.0f} us")
                said = self.document(r"longest stretch of `examples/registers.py` \| (\d+) µs \| (\d+) µs")
                self.assertLess(abs(longest / 1000 - said[column]), said[column] / 4)

    @staticmethod
    def longest_stretch(scl_hz):
        with open(f"{os.environ['SOURCE_DIR']}/examples/registers.py", encoding="utf-8") as file:
            registers = file.read()
        with Session(FIRMWARE, SCL, SDA, scl_hz) as board:
            board.boot()
            board.start(registers)
            while board.transfer({"address": 0x40, "write": b""})["result"] != "done":
                board.run(0.02)
            for register in range(8):
                board.transfer({"address": 0x40, "write": [register, register * 29 & 0xFF]})
                board.transfer({"address": 0x40, "write": [register]}, {"address": 0x40, "read": 1})
            state = board.state()
            assert (state["findings"], state["violations"]) == ([], []), state
            return state["longestStretchNs"]


class At400kHz(OnStock):
    scl_hz = 400000

    def test_it_serves(self):
        self.serve()
        self.works()
        self.stop()


if __name__ == "__main__":
    unittest.main()
