#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The example `registers` on the second core of an ESP32 and of an ESP32-S3 (`make firmware … CORE=1`); the first core counts, and moves a pin
(free.c), as fast as it would without any bus.  usage: test_free_core.py CHIP"""

import functools
import os
import shutil
import sys
import tempfile
import unittest

ROOT = os.environ["SOURCE_DIR"]
sys.path[:0] = [ROOT + "/tests/firmware", ROOT + "/tests/emulator/board"]
import bridged  # noqa: E402
import emulated  # noqa: E402
import images  # noqa: E402

CHIP = sys.argv.pop(1)
BOARD, SCL, SDA = {"esp32": ("unexpectedmaker_tinypico", "GPIO22", "GPIO21"),
                   "esp32s3": ("adafruit_feather_esp32s3_nopsram", "GPIO4", "GPIO3")}[CHIP]
FREE = "GPIO18"
# Of the first core's loop, which depend on the pipeline alone.
INSTRUCTIONS_PER_US = {"esp32": 124.7, "esp32s3": 155.8}[CHIP]


@functools.cache
def image():
    """Its path."""
    folder = tempfile.mkdtemp(prefix="i2ctarget-free-core-")
    unittest.addModuleCleanup(shutil.rmtree, folder)
    program = folder + "/free"
    os.mkdir(program)
    shutil.copy(ROOT + "/examples/registers.c", program)
    with open(ROOT + "/tests/chips/esp32/emulator/two_cores/free.c", encoding="utf-8") as file:
        text = file.read()
    with open(program + "/free.c", "w", encoding="utf-8") as file:
        file.write(f"#define {CHIP.upper()}\n{text}")
    done = images.firmware(BOARD, f"--source={program}", "--quiet", directory=folder, chip=CHIP, pins={"CORE": "1"})
    if done.returncode:
        raise AssertionError(done.stderr)
    return f"{folder}/{CHIP}/{BOARD}/free.bin"


class FreeCore(unittest.TestCase):
    def probe(self, hz):
        return emulated.probe(CHIP, image(), SCL, SDA, hz, watches=True)

    def judge(self, seen):
        self.assertEqual((seen["findings"], seen["violations"], seen["faults"], seen["trouble"]), ([], [], 0, ""))
        self.assertEqual((seen["falselyAcknowledged"], seen["unclear"], seen["strangersStretchNs"]), (0, 0, 0))
        ours = sorted((SCL, SDA, FREE), key=lambda name: int(name[4:]))
        self.assertEqual((seen["listening"]["everDriving"], seen["everDriving"], seen["outputs"]), ([FREE], ours, ours))
        self.judge_first_core(seen)

    def judge_first_core(self, seen):
        other = seen["otherCore"]
        self.assertAlmostEqual(other["instructions"] * 1000 / other["ns"], INSTRUCTIONS_PER_US, delta=0.1)

    def judge_answers(self, seen):
        self.assertEqual((seen["before"], seen["set"], seen["after"]), (0, "done", 0xAA))
        self.assertEqual((seen["registers"], seen["found"], seen["missed"]), (16, [0x40, 0x41], 0))

    def test_standard_mode(self):
        seen = self.probe(100000)
        self.judge(seen)
        self.judge_answers(seen)

    def test_fast_mode(self):
        """On an ESP32, too: the core watches."""
        seen = self.probe(400000)
        self.judge(seen)
        self.judge_answers(seen)


class Commands(bridged.Bridge):
    """Debian's i2c-tools, over a virtual bus.  The first core never rests, so this is slow; the 112 probes are above."""

    def image(self):
        return image()

    def program(self, image):
        return [emulated.program(CHIP), image, SCL, SDA], None

    def last_words(self):
        return ["--watches"]

    test_three_answers = bridged.Tools.test_three_answers


if __name__ == "__main__":
    unittest.main()
