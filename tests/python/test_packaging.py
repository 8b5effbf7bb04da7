#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What pip makes of a checkout, without a network: a wheel that needs nothing else, installed and used in an environment of its own."""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile

import targets
from targets import SOURCE

PYTHON = "/usr/bin/python3"
OFFLINE = {**os.environ, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "no_proxy": "*", "HTTPS_PROXY": "http://127.0.0.1:9"}
OFFLINE.pop("PYTHONPATH", None)
OFFLINE.pop("LD_PRELOAD", None)


def run(*command, **keywords):
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, env=OFFLINE, **keywords)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


class Packaging(targets.TargetTest):
    @classmethod
    def setUpClass(cls):
        """A wheel, from an archive, from a copy of the tree, since building leaves things in it; and an environment with Debian's pip."""
        cls.work = tempfile.mkdtemp(prefix="i2ctarget-packaging-")
        cls.addClassCleanup(shutil.rmtree, cls.work)
        cls.tree, cls.venv = f"{cls.work}/tree", f"{cls.work}/venv"
        shutil.copytree(SOURCE, cls.tree, ignore=shutil.ignore_patterns("build", ".git", "__pycache__", "node_modules", "tests", "fuzz"))
        run(PYTHON, "-m", "venv", "--system-site-packages", "--without-pip", cls.venv)
        run(PYTHON, "-m", "build", "--no-isolation", "--outdir", f"{cls.work}/dist", cls.tree)
        cls.wheels = [name for name in os.listdir(f"{cls.work}/dist") if name.endswith(".whl")]

    def pip(self, *arguments):
        return run(PYTHON, "-m", "pip", "--python", f"{self.venv}/bin/python3", *arguments)

    def python(self, program):
        # Started where no package lies beside it.
        return run(f"{self.venv}/bin/python3", "-c", program, cwd=self.work)

    def test_wheel(self):
        with open(f"{SOURCE}/include/i2ctarget/i2ctarget.h") as header:
            version = re.search(r'I2CTARGET_VERSION "(.*)"', header.read())[1]
        self.assertEqual(len(self.wheels), 1)
        self.assertRegex(self.wheels[0], rf"^i2ctarget-{re.escape(version)}-cp311-abi3-linux_\w+\.whl$")
        with zipfile.ZipFile(f"{self.work}/dist/{self.wheels[0]}") as wheel:
            names = set(wheel.namelist())
            wheel.extract("i2ctarget/_i2ctarget.abi3.so", self.work)
        with open(f"{SOURCE}/boards/boards.csv", "rb") as table, zipfile.ZipFile(f"{self.work}/dist/{self.wheels[0]}") as wheel:
            self.assertEqual(wheel.read("i2ctarget/boards.csv"), table.read())
        package = f"{SOURCE}/bindings/python"
        for folder, _, files in os.walk(f"{package}/i2ctarget"):
            for file in files:
                if "__pycache__" not in folder:
                    self.assertIn(os.path.relpath(f"{folder}/{file}", package), names)
        self.assertIn("i2ctarget.pth", names)
        self.assertFalse([name for name in names if re.match(r"(board|microcontroller)\b", name)], "they would overwrite Blinka's")
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", f"{self.work}/i2ctarget/_i2ctarget.abi3.so"))
        self.assertEqual({name.split(".")[0] for name in needed} - {"libm"}, {"libc"})

    def test_without_the_command(self):
        """Also where the package was built with it before."""
        build = "env", "I2CTARGET_COMMAND=no", PYTHON, "setup.py", "--quiet", "build"
        run(*build, cwd=self.tree)
        [package] = glob.glob(f"{self.tree}/build/python/lib*/i2ctarget")
        os.mkdir(f"{package}/command")
        run(*build, cwd=self.tree)
        self.assertIn("_i2ctarget.abi3.so", os.listdir(package))
        self.assertNotIn("command", os.listdir(package))

    def test_metadata(self):
        with zipfile.ZipFile(f"{self.work}/dist/{self.wheels[0]}") as wheel:
            folder = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")).rpartition("/")[0]
            metadata = wheel.read(f"{folder}/METADATA").decode().partition("\n\n")[0]
            self.assertIn(f"{folder}/LICENSE", wheel.namelist())
        self.assertIn("\nLicense: MIT\n", metadata)
        self.assertNotRegex(metadata, "(?m)^(Home-page|Project-URL|Download-URL): ")  # none is invented

    def check_command(self):
        """The package has the command, which finds what it preloads, and maps of registers, beside itself."""
        command = f"{self.venv}/bin/i2ctarget"
        self.assertRegex(run(command, "--version"), r"^i2ctarget [\d.]+ \(protocol \d+\)\n$")
        self.assertIn("tmp102 ", run(command, "regmap", "--list"))
        run(command, "run", "--", "sh", "-c", f"{command} exec -- test -c /dev/i2c-$I2CTARGET_BUS")

    def test_installed(self):
        self.pip("install", "--no-index", "--quiet", f"{self.work}/dist/{self.wheels[0]}")
        self.check_command()
        said = self.python(f"""
import os
os.environ["I2CTARGET_DIR"] = {self.directory!r}
import board, microcontroller
from i2ctarget import I2CTarget
import i2ctarget
with I2CTarget(board.SCL, board.SDA, (0x40,)) as device:
    print(device, device.request(), i2ctarget.__file__.startswith({self.venv!r}), board.__file__.startswith({self.venv!r}))
""")
        self.assertEqual(said, "<I2CTarget on bus 1 at 0x40> None True True\n")
        self.check_types()
        self.check_pytest()
        self.check_that_blinka_wins()
        self.check_help()
        self.pip("uninstall", "--yes", "--quiet", "i2ctarget")
        said = self.python("import importlib.util as u; print([u.find_spec(n) for n in ('i2ctarget', 'board', 'microcontroller')])")
        self.assertEqual(said, "[None, None, None]\n")

    def check_pytest(self):
        """pytest finds the plugin by itself."""
        test = f"{self.work}/test_bus.py"
        with open(test, "w") as file:
            file.write("def test_one(i2c_testbus, i2c_bus):\n    assert i2c_bus.run(['sh', '-c', 'test -c /dev/i2c-1']) and i2c_testbus.now_ns == 0\n")
        self.assertIn("1 passed", run(f"{self.venv}/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", test, cwd=self.work))

    def check_types(self):
        """mypy finds the types of what is installed, those of the modules in the other folder too, and the older names are there."""
        program = f"{self.work}/typed.py"
        with open(program, "w") as file:
            file.write("""
import board
from i2cperipheral import I2CPeripheral
from i2cslave import I2CSlaveRequest
from microcontroller import pin

def serve(request: I2CSlaveRequest) -> bytearray:
    return request.read()

if __name__ == "__main__":
    print(serve(I2CPeripheral(board.SCL, pin.SDA1, [0x40]).request(timeout=0)))
""")
        run(PYTHON, "-m", "mypy", "--strict", f"--cache-dir={self.work}/types", "--python-executable", f"{self.venv}/bin/python3", program, cwd=self.work)
        self.assertEqual(self.python("import i2cslave, i2cperipheral; print(i2cslave.I2CSlave is i2cperipheral.I2CPeripheral)"), "True\n")

    def check_that_blinka_wins(self):
        """Somebody else's modules of these names, in the same environment."""
        site = self.python("import sysconfig; print(sysconfig.get_path('platlib'))").strip()
        for name in "board.py", "microcontroller.py":
            with open(f"{site}/{name}", "w") as file:
                file.write("whose = 'Blinka'\n")
        self.assertEqual(self.python("import board, microcontroller; print(board.whose, microcontroller.whose)"), "Blinka Blinka\n")
        for name in "board.py", "microcontroller.py":
            os.unlink(f"{site}/{name}")

    def check_help(self):
        text = self.python("import i2ctarget; help(i2ctarget)")
        for words in ("class I2CTarget(", "class I2CTargetRequest(", "class End(", "timeout=-1", "look once", "Raises ValueError",
                      "i2ctarget run", "0x00 to 0x7f", "requests("):
            self.assertIn(words, text)
        self.assertEqual([line for line in text.splitlines() if len(line) > 150], [])


if __name__ == "__main__":
    unittest.main()
