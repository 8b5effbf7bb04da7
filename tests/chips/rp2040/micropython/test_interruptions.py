#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What cuts in on a target in MicroPython on the chip: Ctrl-C, soft reset, a flash that is written."""

import unittest

from served import BEGIN, REGISTERS, SCL, SDA, Board

WORST_FLASH_S = 0.06  # a sector, or its 16 pages

# Each byte that comes is written to a file, many times, before the next one is asked for.
KEEPING = BEGIN + """
TIMES = 600
with I2CTarget(board.SCL, board.SDA, [0x40]) as device:
    while True:
        with device.request(timeout=0) as request:
            if request.is_read:
                with open("/kept", "rb") as file:
                    request.write(bytes(file.read(TIMES)[0] for n in range(8)))
            else:
                with open("/kept", "wb") as file:
                    while byte := request.read(1):
                        file.write(bytes(byte) * TIMES)
                        file.flush()
"""


class Flash(unittest.TestCase, Board):
    def setUp(self):
        self.begin()

    def tearDown(self):
        self.judge()

    def test_files_are_written_while_a_message_waits(self):
        """Erasing stops the processor's interrupts for 45 ms.  SCL is held as long, and nothing is lost."""
        data = bytes(n * 29 & 0xFF for n in range(8))
        self.serve(KEEPING)
        written = self.board.transfer({"address": 0x40, "write": data}, seconds=5)
        self.assertEqual((written["result"], written["moved"]), ("done", [len(data)]))
        read = self.board.transfer({"address": 0x40, "read": len(data)}, seconds=1)
        self.assertEqual((read["result"], bytes(read["read"][0])), ("done", data))
        self.assertGreater(self.judge()["longestStretchNs"], 45e6)

    def test_a_flash_that_is_written_holds_strangers_for_as_long_as_it_takes(self):
        self.board.start(BEGIN + "device = I2CTarget(board.SCL, board.SDA, [0x40])\nimport rp2\nflash = rp2.Flash()\n"
                         "while True:\n flash.ioctl(6, 200)\n print('erased')")
        self.board.attend()
        self.board.wait("erased")
        for _ in range(4):
            result = self.board.transfer({"address": 0x33, "write": b"\1"}, seconds=1)
            self.assertEqual(result["result"], "address NACK")
            self.assertLess(result["stretchNs"], WORST_FLASH_S * 1e9)


class Interrupted(unittest.TestCase, Board):
    def setUp(self):
        self.begin()

    def tearDown(self):
        self.judge()

    def works(self):
        """The wires are free, and the next target serves."""
        self.assertEqual(self.board.state()["driving"], 0)
        self.serve(REGISTERS)
        self.put(1, 0x55)
        self.assertEqual(self.get(1), 0x55)

    def test_ctrl_c_in_request(self):
        for timeout in -1, 0, 5:
            with self.subTest(timeout=timeout):
                self.serve(BEGIN + f"with I2CTarget(board.SCL, board.SDA, [0x40]) as device:\n while True: device.request(timeout={timeout})")
                self.board.run(0.02)
                self.board.interrupt()
                self.assertIn("KeyboardInterrupt", self.board.finish(1)[1])
                self.assertFalse(self.answers())
        self.works()

    def test_ctrl_c_while_a_byte_is_held(self):
        self.serve(BEGIN + "with I2CTarget(board.SCL, board.SDA, [0x40]) as device:\n"
                   " with device.request(timeout=0) as request:\n  request.read(1, ack=False)\n  print('held')\n  while True: pass")
        self.board.hand("Start")
        self.assertTrue(self.board.hand("Write", 0x80))
        for _ in range(8):
            self.board.hand("Clock", 1)
        self.board.wait("held")
        self.assertEqual(self.board.state()["driving"], 1 << SCL)
        self.board.interrupt()
        self.assertIn("KeyboardInterrupt", self.board.finish(1)[1])
        self.assertTrue(self.board.hand("Clock", 1))  # close() refuses the byte
        self.board.hand("Stop")
        self.works()

    def test_a_write_goes_on_after_ctrl_c(self):
        """What was clocked when Ctrl-C came is not sent again."""
        self.serve(BEGIN + "device = I2CTarget(board.SCL, board.SDA, [0x40])\nrequest = device.request(timeout=0)\n"
                   "try:\n request.write(b'\\x11\\x22\\x33')\nexcept KeyboardInterrupt:\n print('interrupted')\n"
                   "print(request.write(b'\\x44\\x55'), request.moved)\nrequest.deinit()\ndevice.deinit()")
        self.board.hand("Start")
        self.assertTrue(self.board.hand("Write", 0x81))
        got = [self.board.hand("ReadBits")]
        self.board.hand("Clock", 0)
        self.board.interrupt()
        self.board.wait("interrupted")
        for ninth in 0, 0, 0, 1:
            got.append(self.board.hand("ReadBits"))
            self.board.hand("Clock", ninth)
        self.board.hand("Stop")
        output, traceback = self.board.finish()
        self.assertEqual((traceback, got), ("", [0x11, 0x22, 0x33, 0x44, 0x55]), output)


class SoftReset(unittest.TestCase, Board):
    """The prompt's reset: the heap goes, the chip goes on.  A target that was in it must let the bus go."""

    def setUp(self):
        self.begin()

    def tearDown(self):
        self.judge()

    def reset(self):
        self.assertIn("soft reboot", self.board.soft_reset())

    def works(self):
        self.serve(REGISTERS)
        self.put(1, 0x55)
        self.assertEqual(self.get(1), 0x55)

    def test_with_a_target_at_rest(self):
        self.board.exec(BEGIN + "device = I2CTarget(board.SCL, board.SDA, [0x40])")
        self.reset()
        self.assertFalse(self.answers())
        self.works()

    def test_while_a_message_is_held(self):
        self.board.exec(BEGIN + "device = I2CTarget(board.SCL, board.SDA, [0x40])")
        self.board.hand("Start")
        for bit in 1, 0, 0, 0, 0, 0, 0, 0:
            self.board.hand("Clock", bit)
        self.board.run(0.001)
        self.assertEqual(self.board.state()["driving"], 1 << SCL)
        self.reset()
        self.assertEqual(self.board.state()["driving"], 0)
        self.board.hand("Clock", 1)
        self.board.hand("Stop")
        self.works()

    def test_in_the_middle_of_a_byte(self):
        """The target has just sent three bits of a 0x00, so it pulls SDA.  When it lets go, that is later than data may change."""
        self.violations = ["data valid too late"]
        self.board.start(BEGIN + "device = I2CTarget(board.SCL, board.SDA, [0x40])\nrequest = device.request(timeout=0)\n"
                         "request.write(b'\\0\\0')")
        self.board.attend()
        self.board.hand("Start")
        self.assertTrue(self.board.hand("Write", 0x81))
        for _ in range(3):
            self.assertFalse(self.board.hand("Clock", 1))
        self.board.interrupt()
        self.board.finish()
        self.assertEqual(self.board.state()["driving"], 1 << SDA)
        self.reset()
        self.assertEqual(self.board.state()["driving"], 0)
        for _ in range(5):
            self.assertTrue(self.board.hand("Clock", 1))
        self.board.hand("Clock", 1)
        self.board.hand("Stop")
        self.works()

    def test_again_and_again(self):
        """Nothing of what a target claims is lost."""
        for _ in range(6):
            self.board.exec(BEGIN + "device = I2CTarget(board.SCL, board.SDA, [0x40])\nimport microcontroller\n"
                            "other = I2CTarget(microcontroller.pin.GPIO7, microcontroller.pin.GPIO6, [0x41])")
            self.reset()
        self.works()


if __name__ == "__main__":
    unittest.main()
