#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a linker sees of us: names that begin with i2ctarget_, and of the shared library only what public headers declare.

A program may call its own functions whatever it likes, but for that.
"""

import glob
import os
import re
import subprocess
import tempfile
import unittest

SOURCE = os.environ["SOURCE_DIR"]
BUILD = os.environ["BUILD_DIR"]
LIBRARY = f"{BUILD}/libi2ctarget.so"
DEVICES = f"{BUILD}/devices/libi2ctarget-devices.a"
SHIM = f"{BUILD}/libi2ctarget-shim.so"
MODULE = f"{BUILD}/python/i2ctarget/_i2ctarget.abi3.so"
# The parts of the shared library, each an archive that programs of ours are linked with.
PARTS = ("src/libi2ctarget_core.a", "src/libi2ctarget_quirks.a", "src/libi2ctarget_line.a", "src/libi2ctarget_vcd.a", "ports/libi2ctarget_testbus.a",
         "linux/remote/libi2ctarget_remote.a", "linux/interrupt/libi2ctarget_interrupt.a", "linux/link/libi2ctarget_link.a", "boards/virtual/libi2ctarget_board.a")
FOLDERS = (f"{SOURCE}/include", f"{SOURCE}/boards/virtual")
HEADERS = {path: os.path.relpath(path, folder) for folder in FOLDERS
           for path in sorted(glob.glob(f"{folder}/i2ctarget/**/*.h", recursive=True))}
FLAGS = ("-Wall", "-Wextra", "-Werror", *(f"-I{folder}" for folder in FOLDERS))

# Names without our prefix, each with its reason.
EXCUSED = {
    "PyInit__i2ctarget": "CPython looks for it by this name",
}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def defined(library, *options, nm="nm"):
    """The global names that it defines."""
    listed = run(nm, "--defined-only", "--extern-only", "--format=posix", *options, library)
    return {line.split()[0] for line in listed.splitlines() if len(line.split()) > 2}


def foreign(names):
    return sorted(name for name in names if not name.startswith("i2ctarget_") and name not in EXCUSED)


def marked():
    """What public headers declare for users: {name: header}."""
    names = {}
    for header in HEADERS:
        with open(header, encoding="utf-8") as file:
            text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.DOTALL)
        for declaration in re.findall(r"^I2CTARGET_API ([^;{]*);", text, re.MULTILINE):
            function = re.search(r"(\w+)\s*\(", declaration)
            name = function[1] if function else re.search(r"(\w+)(?:\[\w*\])?$", declaration)[1]
            names[name] = HEADERS[header]
    return names


def types():
    """The structs that public headers define."""
    names = set()
    for header in HEADERS:
        with open(header, encoding="utf-8") as file:
            names.update(re.findall(r"^struct (\w+) \{", file.read(), re.MULTILINE))
    return sorted(names)


def chips():
    """The folders of ports/ that are a chip's: they are compiled for it, and have a public header with its pins.  Others are parts of them."""
    folders = [os.path.basename(os.path.dirname(path)) for path in sorted(glob.glob(f"{SOURCE}/ports/*/CMakeLists.txt"))]
    return [folder for folder in folders if os.path.exists(f"{SOURCE}/include/i2ctarget/{folder}.h")]


def builds():
    """What a port is compiled for: (folder, title, arguments of CMake).  The chips of one folder may have several processors."""
    for folder in chips():
        if folder == "esp32":
            for chip in "esp32", "esp32s2", "esp32s3", "esp32c3":
                yield folder, chip, [f"-DI2CTARGET_ESP32_CHIP={chip}", f"-DCMAKE_TOOLCHAIN_FILE={SOURCE}/firmware/{chip}/toolchain.cmake"]
        else:
            yield folder, folder, [f"-DCMAKE_TOOLCHAIN_FILE={SOURCE}/firmware/{folder}/toolchain.cmake"]


class Work(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def put(self, name, text):
        path = f"{self.directory}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


class Names(Work):
    def test_shared_library(self):
        """It shows what headers declare, all of it and nothing else."""
        elsewhere = defined(DEVICES)
        ports = {f"i2ctarget/{chip}.h" for chip in chips()}
        promised = {name for name, header in marked().items() if name not in elsewhere and header not in ports}
        self.assertEqual(defined(LIBRARY, "--dynamic"), promised)
        self.assertGreater(len(promised), 20)

    def test_archives(self):
        """Each global has our prefix, also those that are not for users: an archive hides nothing."""
        for archive in [DEVICES, *(f"{BUILD}/{part}" for part in PARTS)]:
            names = defined(archive)
            self.assertTrue(names, archive)
            self.assertEqual(foreign(names), [], archive)

    def test_python_module(self):
        self.assertEqual(defined(MODULE, "--dynamic"), {"PyInit__i2ctarget"})

    def test_shim(self):
        """It stands before the C library, so it has that one's names, and no other: the C library has them all."""
        libc = set()
        for library in re.findall(r"=> (/\S+)", run("ldd", SHIM)):
            libc |= {name.split("@")[0] for name in defined(library, "--dynamic")}
        # Old names of functions that glibc no longer shows to the linker.
        self.assertEqual(sorted(name for name in defined(SHIM, "--dynamic") if name not in libc), [])

    def test_a_foreign_name_is_found(self):
        """This very test, tested."""
        source = self.put("one.c", "int link_open(void); int link_open(void) { return 0; }\nint i2ctarget_x;\nstatic int own; int *i2ctarget_y = &own;\n")
        run("gcc", "-c", source, "-o", f"{self.directory}/one.o")
        self.assertEqual(foreign(defined(f"{self.directory}/one.o")), ["link_open"])


class Chips(Work):
    def test_libraries(self):
        """The core, the devices and a port, compiled for each chip that has a port."""
        self.assertLessEqual({"rp2040", "samd5x", "esp32"}, set(chips()))
        for folder, title, arguments in builds():
            with self.subTest(title):
                self.assertEqual(foreign(self.names_of(folder, title, arguments)), [])

    def names_of(self, folder, title, arguments):
        self.put("CMakeLists.txt", f"""cmake_minimum_required(VERSION 3.25)
project(firmware LANGUAGES C)
set(CMAKE_C_STANDARD 11)
add_compile_options(-ffreestanding)
add_subdirectory({SOURCE}/ports/{folder} port)
file(GLOB devices {SOURCE}/devices/*.c {SOURCE}/src/smbus/*.c)
add_library(firmware STATIC ${{devices}})
target_link_libraries(firmware PRIVATE i2ctarget_{folder})
""")
        run("cmake", "-G", "Ninja", "-S", self.directory, "-B", f"{self.directory}/{title}", *arguments)
        run("ninja", "-C", f"{self.directory}/{title}")
        with open(f"{self.directory}/{title}/CMakeCache.txt", encoding="utf-8") as file:
            nm = re.search(r"CMAKE_NM:FILEPATH=(\S+)", file.read())[1]
        names = defined(f"{self.directory}/{title}/libfirmware.a", nm=nm)
        self.assertIn(f"i2ctarget_{folder}_port", names)
        self.assertIn("i2ctarget_init", names)
        self.assertTrue(any(name.startswith("i2ctarget_lm75") for name in names))
        return names


PROGRAM = """
#include <string.h>
#include "i2ctarget/devices/lm75.h"
#include "i2ctarget/testbus.h"

int main(void)
{
    static const uint8_t addresses[] = {0x40, 0x48};
    uint8_t asked[] = {0}, got[2], byte = 0;
    struct i2ctarget target;
    struct i2ctarget_request request;
    struct i2ctarget_lm75 thermometer;
    struct i2ctarget_testbus *bus = i2ctarget_testbus_new(100000);
    struct i2ctarget_pin scl = i2ctarget_testbus_scl(bus, 0), sda = i2ctarget_testbus_sda(bus, 0);
    i2ctarget_lm75_init(&thermometer);
    i2ctarget_lm75_convert(&thermometer, 25000);
    if (i2ctarget_init(&target, &scl, &sda, addresses, 2, false) || i2ctarget_attach(&target, 0x48, &thermometer.device))
        return 1;
    struct i2ctarget_testbus_message messages[] = {
        {.address = 0x48, .length = 1, .buffer = asked},
        {.address = 0x48, .is_read = true, .length = 2, .buffer = got},
        {.address = 0x40, .length = 1, .buffer = asked},
    };
    if (i2ctarget_testbus_start(bus, messages, 3) || i2ctarget_next_request(&target, &request, 0) != 1)
        return 2;
    if (i2ctarget_read(&request, &byte, 1, true) != 1 || i2ctarget_close(&request))
        return 3;
    if (i2ctarget_testbus_run(bus) != 3 || memcmp(got, "\\x19", 2) != 0)
        return 4;
    i2ctarget_deinit(&target);
    i2ctarget_testbus_free(bus);
    return 0;
}
"""


class Programs(Work):
    def insides(self):
        """The names that our own functions would have without the prefix, but for those of users."""
        names = set()
        for part in PARTS:
            names |= defined(f"{BUILD}/{part}")
        names |= defined(DEVICES)
        for_users = marked()
        return sorted(name[len("i2ctarget_"):] for name in names if name not in for_users)

    def test_own_functions_of_these_names(self):
        """A program that has them all is not called by us, however it is linked."""
        names = self.insides()
        for expected in ("link_open", "wires_init", "vcd_open", "target_line_step"):
            self.assertIn(expected, names)
        own = "#include <stdlib.h>\n" + "".join(f"void {name}(void);\nvoid {name}(void)\n{{\n    abort();\n}}\n" for name in names)
        sources = [self.put("program.c", PROGRAM), self.put("own.c", own)]
        program = f"{self.directory}/program"
        for libraries in [[DEVICES, LIBRARY, f"-Wl,-rpath,{BUILD}"],
                          ["-Wl,--start-group", DEVICES, *(f"{BUILD}/{part}" for part in PARTS), "-Wl,--end-group", "-pthread"]]:
            with self.subTest(libraries[0]):
                run("gcc", "-std=c11", *FLAGS, *sources, *libraries, "-o", program)
                run(program)

    def test_types_in_cxx(self):
        """Each public type is one in C++ without `struct`."""
        names = types()
        self.assertIn("i2ctarget_request", names)
        text = "".join(f'#include "{header}"\n' for header in HEADERS.values())
        text += "int main()\n{\n" + "".join(f"    {name} v{i};\n    (void)sizeof v{i};\n" for i, name in enumerate(names)) + "}\n"
        source = self.put("types.cpp", text)
        for compiler in ("g++", "clang++"):
            run(compiler, "-std=c++17", *FLAGS, "-Wno-unused-variable", "-fsyntax-only", source)


if __name__ == "__main__":
    unittest.main()
