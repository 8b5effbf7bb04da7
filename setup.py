# SPDX-License-Identifier: MIT
"""The Python package: bindings/python, with the library's own C files compiled into its extension module, so that it needs nothing else.

One binary for CPython 3.11 and later (the stable ABI).  The package has the command i2ctarget, too, which CMake builds.  I2CTARGET_COMMAND=no
leaves it out, for systems that have a package of the command.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

PACKAGE = "bindings/python/i2ctarget"
PATH_FILE = "i2ctarget.pth"  # read by site: puts our board and microcontroller where they give way to others
MODULES = ("board", "microcontroller", "i2cperipheral", "i2cslave")  # each gives way to another of its name, or is an older name of ours
FOLDERS = ("bindings/python/src", "bindings/common", "src/core", "src/line", "src/quirks", "ports/testbus", "linux/remote", "linux/link")
DEVICES = ("devices/eeprom.c", "devices/memory.c")
SOURCES = [path for folder in FOLDERS for path in sorted(glob.glob(f"{folder}/*.c"))] + [*DEVICES]

COMMAND = {"i2ctarget_cli": "i2ctarget", "i2ctarget_shim": "libi2ctarget-shim.so"}  # CMake's targets, and what they make
WITH_COMMAND = os.environ.get("I2CTARGET_COMMAND", "yes") != "no"


def version():
    with open("include/i2ctarget/i2ctarget.h", encoding="utf-8") as header:
        return re.search(r'#define I2CTARGET_VERSION "(.*)"', header.read())[1]


class Build(build_py):
    """What lies elsewhere in the tree: the boards and the chips' pin rules into the package, the path file beside it."""

    FILES = {
        "boards/boards.csv": "i2ctarget/boards.csv",
        "boards/pins.csv": "i2ctarget/pins.csv",
        "boards/chips.csv": "i2ctarget/chips.csv",
        "boards/table.py": "i2ctarget/_table.py",
        "boards/chips.py": "i2ctarget/_chips.py",
        f"bindings/python/{PATH_FILE}": PATH_FILE,
    }

    def run(self):
        super().run()
        for source, to in self.FILES.items():
            self.mkpath(os.path.dirname(os.path.join(self.build_lib, to)))
            self.copy_file(source, os.path.join(self.build_lib, to))

    def get_outputs(self, include_bytecode=1):
        return super().get_outputs(include_bytecode) + [os.path.join(self.build_lib, to) for to in self.FILES.values()]


class BuildBinaries(build_ext):
    """The extension module, and the command."""

    def run(self):
        super().run()
        shutil.rmtree(self.command_folder(), ignore_errors=True)  # of an earlier build, perhaps with the command
        if WITH_COMMAND:
            self.build_command("build/python/command")

    def build_command(self, folder):
        if not shutil.which("cmake"):
            sys.exit("The command i2ctarget is a part of the package, and CMake builds it.  Install CMake, or leave it out: I2CTARGET_COMMAND=no")
        subprocess.run(["cmake", "-S", ".", "-B", folder, "--compile-no-warning-as-error", "-DCMAKE_BUILD_TYPE=Release", "-DI2CTARGET_TESTS=OFF",
                        "-DI2CTARGET_INSTALL=OFF"], check=True)
        subprocess.run(["cmake", "--build", folder, "--parallel", "--target", *COMMAND], check=True)
        for source, file in self.command_files(folder):
            self.mkpath(os.path.dirname(file))
            self.copy_file(source, file)

    def command_folder(self):
        return os.path.join(self.build_lib, "i2ctarget", "command")

    def command_files(self, folder=""):
        """(source, file) of each file; the programs are made in `folder`."""
        to = self.command_folder()
        files = [(os.path.join(folder, name), os.path.join(to, name)) for name in COMMAND.values()]
        files += [(path, os.path.join(to, path)) for path in sorted(glob.glob("maps/*.toml"))]
        return files if WITH_COMMAND else []

    def get_outputs(self):
        return super().get_outputs() + [file for _, file in self.command_files()]


# Nothing is left in the tree but what is under build/, which is not part of it.
os.makedirs("build/python", exist_ok=True)

setup(
    version=version(),
    package_dir={"": "bindings/python"},
    packages=["i2ctarget", "i2ctarget.fallback", *(f"i2ctarget.fallback.{name}" for name in MODULES)],
    package_data={"*": ["py.typed", "*.pyi"]},
    ext_modules=[
        Extension(
            "i2ctarget._i2ctarget",
            SOURCES,
            include_dirs=["include", "src", "ports", "linux", "bindings"],
            define_macros=[("_GNU_SOURCE", None), ("I2CTARGET_API", "")],
            extra_compile_args=["-std=c11", "-fvisibility=hidden"],
            py_limited_api=True,
        )
    ],
    entry_points={
        "pytest11": ["i2ctarget = i2ctarget.pytest_plugin"],
        **({"console_scripts": ["i2ctarget = i2ctarget._command:main"]} if WITH_COMMAND else {}),
    },
    cmdclass={"build_py": Build, "build_ext": BuildBinaries},
    options={
        "build": {"build_base": "build/python"},
        "egg_info": {"egg_base": "build/python"},
        "bdist_wheel": {"py_limited_api": "cp311"},
    },
)
