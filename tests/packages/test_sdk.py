#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The library for the build systems of microcontrollers (sdk/, zephyr/): manifests, files, and what a compiler makes of them.

Arduino's builder and AVR core are Debian's.  For the others there are stand-ins; what they can not show, sdk/README.md says.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import kconfiglib
import yaml

SOURCE = os.environ["SOURCE_DIR"]
STANDINS = f"{SOURCE}/tests/packages/standins"
XTENSA = ["-mlongcalls", "-mtext-section-literals", "-Os", "-ffreestanding", "-ffunction-sections"]
RISCV = ["-march=rv32imc_zicsr", "-mabi=ilp32", "-Os", "-ffreestanding", "-ffunction-sections"]
# The chips of ESP-IDF that have a port.
ESP = {"esp32": ("xtensa-lx106-elf-gcc", XTENSA), "esp32s2": ("xtensa-lx106-elf-gcc", XTENSA), "esp32s3": ("xtensa-lx106-elf-gcc", XTENSA),
       "esp32c3": ("riscv64-unknown-elf-gcc", RISCV)}
ARM = ["-mcpu=cortex-m0plus", "-mthumb", "-Os", "-ffreestanding", "-ffunction-sections"]
WARNINGS = ["-Wall", "-Wextra", "-Werror"]
FREESTANDING = {"limits.h", "stdbool.h", "stddef.h", "stdint.h", "string.h"}
# Functions that a compiler calls by itself.
OF_THE_COMPILER = re.compile(r"mem(cpy|move|set|cmp)|__aeabi_\w+|__gnu_thumb1_case_\w+|__(u?div|u?mod|mul|ash[lr]|lshr)[sd]i3")


def run(*command, must=True, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False, **options)
    if must and done.returncode:
        raise AssertionError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def symbols(kind, *files, nm="arm-none-eabi-nm"):
    """kind: --defined-only or --undefined-only"""
    listed = run(nm, kind, "--extern-only", "--format=posix", *files).stdout
    return {line.split()[0] for line in listed.splitlines() if re.match(r"\S+ [A-Za-z]", line)}


VERSION = re.search(r'^#define I2CTARGET_VERSION "(.*)"$', read(f"{SOURCE}/include/i2ctarget/i2ctarget.h"), re.M)[1]


class Package(unittest.TestCase):
    """The folder that sdk/layout.py makes, somewhere else."""

    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.mkdtemp(prefix="i2ctarget-sdk-")
        cls.addClassCleanup(shutil.rmtree, cls.work)
        run("/usr/bin/python3", f"{SOURCE}/sdk/layout.py", f"{cls.work}/libraries")
        cls.library = f"{cls.work}/libraries/i2ctarget"
        cls.sources = sorted(glob.glob(f"{cls.library}/src/**/*.c", recursive=True))

    def compile(self, compiler, *words, name):
        """One file.  Returns its object."""
        output = f"{self.work}/{name}.o"
        run(compiler, *ARM, *WARNINGS, f"-I{self.library}/src", *words, "-c", "-o", output)
        return output

    def compile_all(self, *words):
        return [self.compile("arm-none-eabi-gcc", "-std=gnu11", *words, source, name=os.path.relpath(source, self.library).replace("/", "-"))
                for source in self.sources]


class Files(Package):
    def test_includes_are_complete(self):
        """(Whether those below idf/ are, a compiler tells: CMake.test_esp_idf.)"""
        headers = [*self.sources, *glob.glob(f"{self.library}/src/**/*.h", recursive=True)]
        self.assertGreater(len(headers), 40)
        for path in headers:
            for mark, name in re.findall(r'^#\s*include ([<"])(.*)[>"]', read(path), re.M):
                beside = os.path.join(os.path.dirname(path), name)
                found = os.path.exists(f"{self.library}/src/{name}") or (mark == '"' and os.path.exists(beside))
                self.assertTrue(found or name in FREESTANDING, f"{os.path.relpath(path, self.library)} includes {name}")

    def test_all_of_the_core_and_the_devices(self):
        names = {os.path.basename(path) for path in self.sources}
        for path in glob.glob(f"{SOURCE}/devices/*.c") + glob.glob(f"{SOURCE}/ports/rp2040/*.c"):
            self.assertIn(os.path.basename(path), names)

    def test_archive(self):
        with zipfile.ZipFile(f"{self.work}/libraries/i2ctarget-{VERSION}.zip") as archive:
            names = archive.namelist()
        self.assertIn("i2ctarget/library.properties", names)
        self.assertEqual({name.split("/")[0] for name in names}, {"i2ctarget"})

    def test_nothing_of_another_version(self):
        for folder, _, names in os.walk(self.library):
            for name in names:
                self.assertNotIn("@VERSION@", read(f"{folder}/{name}"))


class Manifests(Package):
    def test_arduino(self):
        """https://arduino.github.io/arduino-cli/latest/library-specification/"""
        lines = read(self.library + "/library.properties").splitlines()
        properties = dict(line.split("=", 1) for line in lines)
        self.assertEqual(set(properties), {"name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url",
                                           "architectures", "includes"})
        self.assertEqual((properties["name"], properties["version"], properties["architectures"]), ("i2ctarget", VERSION, "*"))
        self.assertIn(properties["category"], ("Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing",
                                               "Data Storage", "Data Processing", "Other"))
        self.assertTrue(os.path.exists(f"{self.library}/src/{properties['includes']}"))

    def test_platformio(self):
        """https://docs.platformio.org/en/latest/manifests/library-json/"""
        manifest = json.loads(read(self.library + "/library.json"))
        known = {"name", "version", "description", "keywords", "homepage", "repository", "authors", "license", "frameworks", "platforms", "headers",
                 "examples", "dependencies", "export", "scripts", "build"}
        self.assertLessEqual(set(manifest), known)
        self.assertRegex(manifest["name"], r"^[A-Za-z0-9][A-Za-z0-9-]{0,48}[A-Za-z0-9]$")
        self.assertEqual((manifest["version"], manifest["license"]), (VERSION, "MIT"))
        self.assertLessEqual(len(manifest["description"]), 255)
        for keyword in manifest["keywords"]:
            self.assertRegex(keyword, r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
        self.assertTrue(os.path.exists(f"{self.library}/src/{manifest['headers']}"))
        listed = {f"{example['base']}/{name}" for example in manifest["examples"] for name in example["files"]}
        self.assertEqual(listed, {os.path.relpath(path, self.library) for path in glob.glob(f"{self.library}/examples/*/*")})

    def test_esp_idf(self):
        """https://docs.espressif.com/projects/idf-component-manager/en/latest/reference/manifest_file.html"""
        manifest = yaml.safe_load(read(self.library + "/idf_component.yml"))
        self.assertLessEqual(set(manifest), {"version", "description", "license", "dependencies", "targets", "files", "examples", "tags", "url"})
        self.assertEqual((manifest["version"], manifest["license"]), (VERSION, "MIT"))
        self.assertEqual(manifest["dependencies"], {"idf": ">=5.0"})

    def test_zephyr(self):
        """The schema in Zephyr's scripts/zephyr_module.py."""
        module = yaml.safe_load(read(SOURCE + "/zephyr/module.yml"))
        self.assertLessEqual(set(module), {"name", "build", "tests", "samples", "boards", "blobs", "security"})
        self.assertEqual(module["name"], "i2ctarget")
        self.assertTrue(os.path.exists(f"{SOURCE}/{module['build']['cmake']}/CMakeLists.txt"))
        self.assertTrue(os.path.exists(f"{SOURCE}/{module['build']['kconfig']}"))


class Arduino(Package):
    def test_avr(self):
        """With Arduino's own builder and core.  The library gives no warning, where an int has 16 bits, too."""
        build = self.work + "/avr"
        os.mkdir(build)
        done = run("arduino-builder", "-compile", "-hardware", "/usr/share/arduino/hardware", "-hardware", "/usr/share/arduino-builder",
                   "-tools", "/usr/bin", "-libraries", f"{self.work}/libraries", "-fqbn", "arduino:avr:uno", "-build-path", build,
                   "-warnings", "all", "-prefs=runtime.tools.avr-gcc.path=/usr", "-prefs=compiler.path=/usr/bin/",
                   # Debian's core is newer than its compiler, whose float.h has no such name in C++.
                   "-prefs=compiler.cpp.extra_flags=-DDECIMAL_DIG=__DECIMAL_DIG__",
                   '-prefs=tools.ctags.pattern="/usr/bin/arduino-ctags" -u --language-force=c++ -f - --c++-kinds=svpf '
                   '--fields=KSTtzns --line-directives "{source_file}"', f"{self.library}/examples/Thermometer/Thermometer.ino")
        self.assertEqual([line for line in done.stderr.splitlines() if "warning" in line and "/libraries/i2ctarget/" in line], [])
        self.assertTrue(os.path.exists(build + "/Thermometer.ino.hex"))
        used = run("avr-nm", "--defined-only", build + "/Thermometer.ino.elf").stdout
        self.assertNotIn("i2ctarget_pmbus", used)  # what is not used is not linked
        print(re.search(r"Sketch uses \d+ bytes.*program storage space", done.stdout)[0])

    def sketch(self, name):
        path = f"{self.work}/{name}.cpp"
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#include <Arduino.h>\n#line 1 "{name}.ino"\n' + read(f"{self.library}/examples/{name}/{name}.ino"))
        return self.compile("arm-none-eabi-g++", "-std=gnu++17", "-fno-exceptions", f"-I{STANDINS}/arduino", "-DARDUINO_ARCH_RP2040", path,
                            name=name)

    def test_rp2040(self):
        """A sketch and the whole library need nothing but the SDK's functions and the compiler's."""
        objects = [self.sketch("Registers"), *self.compile_all("-DARDUINO_ARCH_RP2040")]
        missing = symbols("--undefined-only", *objects) - symbols("--defined-only", *objects)
        missing = {name for name in missing if not OF_THE_COMPILER.fullmatch(name) and not name.startswith("_ZN5Print") and name != "Serial"}
        self.assertEqual(missing, {"clock_get_hz", "hardware_alarm_claim", "irq_set_exclusive_handler", "pio_claim_sm_mask"})
        self.assertIn("i2ctarget_rp2040_pio0_irq", symbols("--defined-only", *objects))

    def test_other_chips(self):
        """On them the port is not there, and nothing misses it."""
        objects = self.compile_all()
        self.assertNotIn("i2ctarget_rp2040_port", symbols("--defined-only", *objects))
        missing = symbols("--undefined-only", *objects) - symbols("--defined-only", *objects)
        self.assertEqual({name for name in missing if not OF_THE_COMPILER.fullmatch(name)}, set())
        self.sketch("Thermometer")


class CMake(Package):
    """Build functions of an SDK played by a file of ours; the cross compiler is real."""

    def project(self, name, text, compiler="arm-none-eabi-gcc", flags=ARM):
        path = f"{self.work}/{name}"
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path, exist_ok=True)
        with open(f"{path}/CMakeLists.txt", "w", encoding="utf-8") as file:
            file.write(f"cmake_minimum_required(VERSION 3.20)\nproject({name} C)\nadd_compile_options({' '.join([*flags, *WARNINGS])})\n"
                       f"include({STANDINS}/{name}.cmake)\n" + text)
        run("cmake", "-G", "Ninja", "-S", path, "-B", f"{path}/build", "-DCMAKE_SYSTEM_NAME=Generic", f"-DCMAKE_C_COMPILER={compiler}",
            "-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY")
        run("ninja", "-C", f"{path}/build")
        return f"{path}/build"

    def component(self, chip, *compiler):
        return self.project("idf", f"set(IDF_TARGET {chip})\nadd_subdirectory({self.library} component)\n", *compiler) + "/component/libcomponent.a"

    def test_esp_idf_without_a_port(self):
        names = symbols("--defined-only", self.component("esp32c6"))
        self.assertLessEqual({"i2ctarget_init", "i2ctarget_lm75_init", "i2ctarget_line_driver_init"}, names)
        self.assertNotIn("i2ctarget_esp32_port", names)

    def test_esp_idf(self):
        """The port of each chip needs nothing but functions of ESP-IDF and the compiler's."""
        functions = r"v?x?(Port|Queue|Semaphore|Task)\w+|u[lx]Task\w+|gptimer_\w+|esp_intr_alloc|abort"
        for chip, compiler in ESP.items():
            with self.subTest(chip):
                nm = compiler[0].replace("-gcc", "-nm")
                library = self.component(chip, *compiler)
                names = symbols("--defined-only", library, nm=nm)
                self.assertLessEqual({"i2ctarget_init", "i2ctarget_lm75_init", "i2ctarget_esp32_port", "i2ctarget_esp_idf_start"}, names)
                missing = symbols("--undefined-only", library, nm=nm) - names
                self.assertEqual({name for name in missing if not OF_THE_COMPILER.fullmatch(name) and not re.fullmatch(functions, name)}, set())
                self.assertIn("gptimer_set_alarm_action", missing)

    def zephyr(self, *options):
        settings = "".join(f"set({option} y)\n" for option in options)
        return self.project("zephyr", f"{settings}add_subdirectory({SOURCE}/zephyr module)\n") + "/module/libi2ctarget.a"

    def test_zephyr(self):
        self.assertFalse(os.path.exists(self.zephyr()))
        names = symbols("--defined-only", self.zephyr("CONFIG_I2CTARGET"))
        self.assertIn("i2ctarget_init", names)
        self.assertNotIn("i2ctarget_lm75_init", names)
        library = self.zephyr("CONFIG_I2CTARGET", "CONFIG_I2CTARGET_DEVICES", "CONFIG_I2CTARGET_RP2040")
        self.assertLessEqual({"i2ctarget_lm75_init", "i2ctarget_rp2040_pio0_irq"}, symbols("--defined-only", library))
        missing = symbols("--undefined-only", library) - symbols("--defined-only", library)
        self.assertEqual({name for name in missing if not OF_THE_COMPILER.fullmatch(name)}, set())


class Kconfig(Package):
    def component_options(self, target, unicore):
        """The settings of ESP-IDF's component, for a chip."""
        targets = "".join(f"config IDF_TARGET_{chip.upper()}\n\tbool\n\tdefault {'y' if chip == target else 'n'}\n" for chip in [*ESP, "esp32c6"])
        with open(self.work + "/Kconfig", "w", encoding="utf-8") as file:
            file.write(f'{targets}config FREERTOS_UNICORE\n\tbool\n\tdefault {unicore}\nsource "{self.library}/Kconfig"\n')
        configuration = kconfiglib.Kconfig(self.work + "/Kconfig", warn_to_stderr=False)
        self.assertEqual(configuration.warnings, [])
        return {name: configuration.syms[f"I2CTARGET_{name}"].str_value for name in ("CORE", "SCL", "SDA")}

    def test_component(self):
        self.assertEqual(self.component_options("esp32", "n"), {"CORE": "1", "SCL": "22", "SDA": "21"})
        self.assertEqual(self.component_options("esp32s3", "y"), {"CORE": "0", "SCL": "9", "SDA": "8"})
        self.assertEqual(self.component_options("esp32c3", "y"), {"CORE": "0", "SCL": "6", "SDA": "5"})
        self.assertEqual(set(self.component_options("esp32c6", "y").values()), {""})

    def test_component_knows_them(self):
        """What the component reads is what Kconfig offers, and the stand-in for menuconfig has the same."""
        defined = set(re.findall(r"^\s*config (\w+)", read(self.library + "/Kconfig"), re.M))
        sources = "".join(read(path) for path in glob.glob(f"{self.library}/idf/*/*.[ch]"))
        self.assertEqual(set(re.findall(r"CONFIG_(I2CTARGET_\w+)", sources)), defined)
        self.assertLessEqual(defined, set(re.findall(r"#define CONFIG_(\w+)", read(f"{STANDINS}/idf/sdkconfig.h"))))

    def options(self, soc, enabled):
        with open(self.work + "/Kconfig", "w", encoding="utf-8") as file:
            file.write(f'config SOC_RP2040\n\tbool\n\tdefault {soc}\n\nrsource "{os.path.relpath(SOURCE, self.work)}/zephyr/Kconfig"\n')
        os.environ["srctree"] = self.work
        configuration = kconfiglib.Kconfig("Kconfig", warn_to_stderr=False)
        configuration.syms["I2CTARGET"].set_value(enabled)
        self.assertEqual(configuration.warnings, [])
        return {name: configuration.syms[name].str_value for name in ("I2CTARGET", "I2CTARGET_DEVICES", "I2CTARGET_RP2040")}

    def test_options(self):
        self.assertEqual(set(self.options("y", "n").values()), {"n"})
        self.assertEqual(set(self.options("y", "y").values()), {"y"})
        self.assertEqual(self.options("n", "y"), {"I2CTARGET": "y", "I2CTARGET_DEVICES": "y", "I2CTARGET_RP2040": "n"})

    def test_cmake_knows_them(self):
        defined = set(re.findall(r"^config (\w+)", read(SOURCE + "/zephyr/Kconfig"), re.M))
        self.assertEqual(set(re.findall(r"CONFIG_(\w+)", read(SOURCE + "/zephyr/CMakeLists.txt"))), defined)


if __name__ == "__main__":
    unittest.main()
