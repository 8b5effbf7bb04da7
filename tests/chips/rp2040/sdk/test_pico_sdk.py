#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The recipe for pico-sdk in ports/rp2040/README.md, as it stands there: built with Debian 13's SDK, and executed in the emulator."""

import json
import os
import re
import subprocess
import sys
import unittest

ROOT = os.environ["SOURCE_DIR"]
PACKAGES = os.environ["DEBIAN13"]
HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["BUILD_DIR"] + "/pico-sdk"
sys.path.insert(1, f"{ROOT}/tests/chips/rp2040/emulator")

import emulator  # noqa: E402

RP2040_FAMILY = "0xe48bff56"  # UF2 specification, "Family ID"

# The emulator has no boot ROM: nothing of it may be called.
PROJECT = """\
cmake_minimum_required(VERSION 3.25)
include({sdk}/pico_sdk_init.cmake)
project(app C CXX ASM)
set(CMAKE_C_STANDARD 11)
pico_sdk_init()
add_executable(app {here}/app.c)
target_include_directories(app PRIVATE ${{CMAKE_CURRENT_LIST_DIR}})
target_compile_options(app PRIVATE -Wall -Werror)
{recipe}
foreach(part bit_ops mem_ops)
    cmake_language(CALL pico_set_${{part}}_implementation app compiler)
endforeach()
pico_set_float_implementation(app none)
pico_set_double_implementation(app none)
"""


def recipe(language):
    """The block of this language under pico-sdk."""
    with open(f"{ROOT}/ports/rp2040/README.md", encoding="utf-8") as file:
        text = file.read().split("- **pico-sdk:**")[1].split("\n## ")[0]
    return re.search(rf"^  ```{language}\n(.*?)^  ```", text, re.MULTILINE | re.DOTALL)[1]


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout[-5000:]}")


def write(name, text):
    os.makedirs(BUILD, exist_ok=True)
    with open(f"{BUILD}/{name}", "w", encoding="utf-8") as file:
        file.write(text)


def image():
    """Build it.  Returns the UF2 file."""
    sdk = f"{PACKAGES}/pico-sdk-source/usr/src/pico-sdk"
    write("recipe.h", "/* Of ports/rp2040/README.md. */\n" + recipe("c"))
    write("CMakeLists.txt", PROJECT.format(sdk=sdk, here=HERE, recipe=recipe("cmake").replace(
        "add_subdirectory(i2ctarget)", f"add_subdirectory({ROOT} i2ctarget)")))
    run("cmake", "-G", "Ninja", "-S", BUILD, "-B", f"{BUILD}/build", f"-DPICO_SDK_PATH={sdk}", "-DPICO_BOARD=pico", "-DPICO_NO_PICOTOOL=1",
        f"-DPICO_TINYUSB_PATH={PACKAGES}/tinyusb-source/usr/src/tinyusb", "-DCMAKE_BUILD_TYPE=Release")
    run("ninja", "-C", f"{BUILD}/build", "app")
    run(sys.executable, f"{ROOT}/firmware/uf2.py", RP2040_FAMILY, "0x10000000", f"{BUILD}/build/app.elf", f"{BUILD}/app.uf2")
    return f"{BUILD}/app.uf2"


class PicoSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.image = image()

    def situation(self, what, *words):
        return json.loads(emulator.node("image.js", what, self.image, *map(str, words)))

    def test_speeds(self):
        for scl_hz in 100000, 400000:
            with self.subTest(scl_hz):
                seen = self.situation("speed", scl_hz)
                self.assertEqual((seen["findings"], seen["violations"], seen["everHigh"], seen["everDriving"]), ([], [], 0, 1 << 5 | 1 << 4))
                self.assertEqual(seen["got"], [register * 17 ^ 0x5A for register in range(16)])
                self.assertEqual(seen["strangers"], [["address NACK", 0]] * 3)
                print(f"  pico-sdk, {scl_hz // 1000} kHz: longest interrupt {seen['worstHandler']} cycles")

    def test_the_port_s_alarm_beside_the_sdk_s(self):
        seen = self.situation("waits", 16)
        self.assertEqual((seen["findings"], seen["violations"]), ([], []))
        # Two looks 10 ms apart; a wait ends after 500 us and what the bus takes.
        self.assertTrue(15 <= (seen["after"] - seen["before"]) % 256 <= 20, seen)


if __name__ == "__main__":
    unittest.main()
