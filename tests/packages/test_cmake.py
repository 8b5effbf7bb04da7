#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The library as a part of somebody else's CMake project: by add_subdirectory(), by FetchContent, twice in one project, and for a chip.

What is installed, and find_package(), is tests/static/test_install.sh's.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ["SOURCE_DIR"]

# A program that needs the devices, the core and the test bus, and names the devices alone.
PROGRAM = """\
#include <stdio.h>
#include <i2ctarget/devices/lm75.h>
#include <i2ctarget/testbus.h>

int main(void)
{
    int unused;
    static const uint8_t addresses[] = {0x48};
    struct i2ctarget_testbus *bus = i2ctarget_testbus_new(400000);
    struct i2ctarget_pin scl = i2ctarget_testbus_scl(bus, 0), sda = i2ctarget_testbus_sda(bus, 0);
    struct i2ctarget target;
    struct i2ctarget_lm75 thermometer;
    i2ctarget_lm75_init(&thermometer);
    i2ctarget_lm75_convert(&thermometer, 23500);
    if (i2ctarget_init(&target, &scl, &sda, addresses, 1, false) ||
        i2ctarget_attach(&target, 0x48, &thermometer.device))
        return 1;
    uint8_t pointer = 0, bytes[2] = {0, 0};
    struct i2ctarget_testbus_message messages[] = {
        {.address = 0x48, .length = 1, .buffer = &pointer},
        {.address = 0x48, .is_read = true, .length = 2, .buffer = bytes},
    };
    i2ctarget_testbus_start(bus, messages, 2);
    int done = i2ctarget_testbus_run(bus);
    printf("%d %02x%02x\\n", done, bytes[0], bytes[1]);
    i2ctarget_deinit(&target);
    i2ctarget_testbus_free(bus);
    return 0;
}
"""
CHIP_PROGRAM = """\
#include "i2ctarget/devices/lm75.h"
#include "i2ctarget/rp2040.h"

int main(void)
{
    static const uint8_t addresses[] = {0x48};
    static struct i2ctarget target;
    static struct i2ctarget_lm75 thermometer;
    i2ctarget_lm75_init(&thermometer);
    return i2ctarget_init(&target, I2CTARGET_RP2040_GPIO(5), I2CTARGET_RP2040_GPIO(4), addresses, 1, false) ||
           i2ctarget_attach(&target, 0x48, &thermometer.device);
}
"""


class Consumer(unittest.TestCase):
    """A project in a folder outside of the tree."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="i2ctarget-consumer-")
        self.addCleanup(shutil.rmtree, self.directory)
        self.build = self.directory + "/build"

    def write(self, path, text):
        path = f"{self.directory}/{path}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def run_in_build(self, *command, must=True):
        done = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False, cwd=self.directory)
        if must and done.returncode:
            raise AssertionError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        return done

    def configure(self, *options, must=True):
        return self.run_in_build("cmake", "-G", "Ninja", "-S", self.directory, "-B", self.build, *options, must=must)

    def ninja(self, *words):
        return self.run_in_build("ninja", "-C", self.build, *words).stdout

    def rules(self):
        with open(self.build + "/build.ninja", encoding="utf-8") as file:
            return file.read()


class Subdirectory(Consumer):
    def setUp(self):
        super().setUp()
        self.write("program.c", PROGRAM)

    def project(self, text):
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.16)\nproject(consumer C)\nenable_testing()\n" + text)

    def check_program(self, name="program"):
        self.assertEqual(self.run_in_build(f"{self.build}/{name}").stdout, "2 1780\n")  # 23.5 °C

    def check_is_the_library_alone(self):
        self.assertEqual(re.findall(r"^build (\S*(?:i2ctarget_cli|shim|cuse|example_|python_module|test_)\S*):", self.rules(), re.M), [])
        self.assertNotIn("-Werror", self.rules())
        self.assertIn("Total Tests: 0", self.run_in_build("ctest", "--test-dir", self.build, "-N").stdout)
        with open(self.build + "/CMakeCache.txt", encoding="utf-8") as cache:
            self.assertIn("CMAKE_BUILD_TYPE:STRING=\n", cache.read())
        self.run_in_build("cmake", "--install", self.build, "--prefix", self.directory + "/prefix")
        self.assertFalse(os.path.exists(self.directory + "/prefix"))

    def test_devices_link_alone(self):
        self.project(f"add_subdirectory({SOURCE} library)\nadd_executable(program program.c)\n"
                     "target_link_libraries(program PRIVATE i2ctarget::devices)\n")
        self.configure()
        self.check_is_the_library_alone()
        self.ninja()
        self.check_program()

    def test_twice(self):
        """Two parts that know nothing of each other, the library in each of them."""
        for part in "left", "right":
            self.write(f"{part}/CMakeLists.txt", f"project({part} C)\nadd_subdirectory({SOURCE} library)\n"
                       f"add_executable({part} ../program.c)\ntarget_link_libraries({part} PRIVATE i2ctarget::devices i2ctarget::i2ctarget)\n")
        self.project("add_subdirectory(left)\nadd_subdirectory(right)\n")
        self.configure("-DBUILD_SHARED_LIBS=ON")
        self.ninja()
        self.check_program("left/left")
        self.check_program("right/right")
        self.assertEqual(self.rules().count("\n# Link the shared library"), 1)

    def test_fetch_content(self):
        self.project(f"include(FetchContent)\nFetchContent_Declare(i2ctarget SOURCE_DIR {SOURCE})\n"
                     "FetchContent_MakeAvailable(i2ctarget)\nadd_executable(program program.c)\n"
                     "target_compile_options(program PRIVATE -Wall)\n"  # there is an unused variable
                     "target_link_libraries(program PRIVATE i2ctarget::devices)\n")
        self.configure("-DFETCHCONTENT_FULLY_DISCONNECTED=ON")
        self.ninja()
        self.check_program()

    def test_programs_on_request(self):
        self.project(f"set(I2CTARGET_PROGRAMS ON)\nadd_subdirectory({SOURCE} library)\n")
        self.configure()
        targets = self.ninja("-t", "targets", "all")
        for program in "library/i2ctarget:", "library/libi2ctarget-shim.so:":
            self.assertIn(f"\n{program}", targets)
        self.assertNotIn("test_", targets)


class Chip(Consumer):
    """With the cross compiler, as a project with the pico-sdk does it; the SDK itself is not there."""

    def project(self, *before):
        self.write("program.c", CHIP_PROGRAM)
        self.write("CMakeLists.txt", "\n".join([
            "cmake_minimum_required(VERSION 3.16)", *before, "project(firmware C)",
            "add_compile_options(-mcpu=cortex-m0plus -mthumb -O2 -ffunction-sections)", f"add_subdirectory({SOURCE} library)",
            "add_library(program STATIC program.c)", "target_link_libraries(program PRIVATE i2ctarget::devices)", ""]))

    def configure_for_chip(self, *options, must=True):
        return self.configure("-DCMAKE_SYSTEM_NAME=Generic", "-DCMAKE_C_COMPILER=arm-none-eabi-gcc",
                              "-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY", *options, must=must)

    def names(self):
        listed = self.run_in_build("arm-none-eabi-nm", "--defined-only", "--format=posix", self.build + "/libprogram.a").stdout
        return {line.split()[0] for line in listed.splitlines() if len(line.split()) > 2}

    def test_pico_platform(self):
        self.project("set(PICO_PLATFORM rp2040)")
        self.configure_for_chip()
        self.ninja()
        self.assertLessEqual({"main", "i2ctarget_lm75_init", "i2ctarget_init", "i2ctarget_rp2040_pio0_irq"}, self.names())

    def test_port_by_name(self):
        self.project()
        self.configure_for_chip("-DI2CTARGET_PORT=rp2040")
        self.ninja()
        self.assertIn("i2ctarget_rp2040_pio0_irq", self.names())

    def test_no_port(self):
        self.project("set(PICO_PLATFORM rp2350-arm-s)")
        done = self.configure_for_chip(must=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(re.sub(r"\s+", " ", done.stderr), "needs a port, and I2CTARGET_PORT is 'rp2350-arm-s'; there are: rp2040")


if __name__ == "__main__":
    unittest.main()
