#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`make demo`'s script: what it shows, with each target; and that nothing of it is left, however it ends."""

import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
DEMO = f"{SOURCE}/scripts/demo.sh"


def processes_with(text):
    """The ids of the processes whose environment has it."""
    found = []
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(path, "rb") as file:
                if text.encode() in file.read():
                    found.append(int(path.split("/")[2]))
        except OSError:
            pass
    return found


class Demo(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="i2ctarget-demo-")
        self.addCleanup(shutil.rmtree, self.directory)
        # Its traces go to the build directory, so this is one of links.
        self.build = f"{self.directory}/a build"
        os.makedirs(f"{self.build}/examples")
        for name in ("i2ctarget", "libi2ctarget-shim.so", "python", "examples/registers"):
            os.symlink(f"{BUILD}/{name}", f"{self.build}/{name}")
        os.mkdir(f"{self.directory}/tmp")
        self.environment = {**os.environ, "TMPDIR": f"{self.directory}/tmp"}
        self.addCleanup(self.end_leftovers)

    def processes(self):
        """All that a demo of this test has started."""
        return processes_with(f"TMPDIR={self.directory}/tmp\0")

    def end_leftovers(self):
        for process in self.processes():
            os.kill(process, signal.SIGKILL)

    def start(self, *arguments, **environment):
        return subprocess.Popen([DEMO, self.build, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env={**self.environment, **environment}, restore_signals=True)

    def show(self, *arguments, **environment):
        demo = self.start(*arguments, **environment)
        out, err = demo.communicate(timeout=120)
        self.assertEqual((demo.returncode, err), (0, ""), out)
        self.assert_nothing_left()
        return out

    def assert_nothing_left(self):
        end = time.monotonic() + 10
        while self.processes() and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(self.processes(), [])
        self.assertEqual(os.listdir(f"{self.directory}/tmp"), [])

    def assert_shows(self, out, what, source):
        self.assertIn(f"A bus without hardware, and {what} on it\n", out)
        self.assertIn(f"{source}: 16 registers at 0x40, a command at 0x41\n", out)
        self.assertEqual(out.count("as expected"), 4)
        self.assertRegex(out, r"\n  \S+  S 40 W \+ 01 \+  Sr 40 R \+ aa -  P +[\d.]+ [µm]s  held [\d.]+ [µm]s\n")
        self.assertIn("and 110 calls of i2cdetect that nobody answered", out)
        self.assertIn(f'export PATH="{self.build}:$PATH"', out)
        self.assertTrue(os.path.getsize(f"{self.build}/demo.vcd"))

    def test_c(self):
        self.assert_shows(self.show("c"), "a target in C", "examples/registers.c")

    def test_python(self):
        out = self.show()
        self.assert_shows(out, "a target in Python", "examples/registers.py")
        self.assertNotIn("The target is the example in C", out)

    def test_without_python(self):
        """It is the one in C then, and says so."""
        out = self.show(PYTHON="/no/such/python3")
        self.assert_shows(out, "a target in C", "examples/registers.c")
        self.assertIn("The target is the example in C", out)

    def test_without_module(self):
        os.unlink(f"{self.build}/python")
        self.assertIn("The target is the example in C", self.show())

    def test_reader_that_goes(self):
        """make demo | head -3"""
        demo = self.start("c")
        for _ in range(3):
            demo.stdout.readline()
        demo.stdout.close()
        self.assertNotEqual(demo.wait(timeout=120), 0)
        demo.stderr.close()
        self.assert_nothing_left()

    def interrupted(self, number, after):
        """By a signal, when the line has been printed."""
        demo = self.start("c")
        while after not in demo.stdout.readline():
            pass
        demo.send_signal(number)
        demo.communicate(timeout=120)
        self.assert_nothing_left()
        return demo.returncode

    def test_interrupted(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
            for after in ("bus 1 --trace", "registers", "i2cset"):
                self.assertEqual(self.interrupted(number, after), status, after)


class Build(unittest.TestCase):
    """scripts/build.sh, on a project of one file."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="i2ctarget-build-")
        self.addCleanup(shutil.rmtree, self.directory)
        os.mkdir(f"{self.directory}/scripts")
        shutil.copy(f"{SOURCE}/scripts/build.sh", f"{self.directory}/scripts")
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(x C)\nadd_executable(x x.c y.c)\n")
        self.write("y.c", "int y;\n")

    def write(self, name, text):
        with open(f"{self.directory}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def run_build(self, **environment):
        done = subprocess.run([f"{self.directory}/scripts/build.sh", "build/gcc"], capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, **environment})
        self.assertEqual(done.stdout, "")
        return done.returncode, done.stderr

    def test_progress(self):
        self.write("x.c", "int main(void) { return 0; }\n")
        status, said = self.run_build()
        self.assertEqual(status, 0)
        self.assertRegex(said, r"\ABuilding into build/gcc\n(  \d+ %\n)*  100 %\n\Z")
        self.assertEqual(self.run_build(), (0, ""))

    @unittest.skipUnless(os.geteuid() == 0, "only root can be asked to be somebody else")
    def test_under_sudo(self):
        """What root builds for a user is the user's."""
        self.write("x.c", "int main(void) { return 0; }\n")
        nobody = pwd.getpwnam("nobody")
        subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", self.directory], check=True)
        self.assertEqual(self.run_build(SUDO_UID=str(nobody.pw_uid), SUDO_GID=str(nobody.pw_gid))[0], 0)
        owners = {os.lstat(os.path.join(folder, name)).st_uid for folder, _, names in os.walk(f"{self.directory}/build") for name in names}
        self.assertEqual(owners, {nobody.pw_uid})

    def test_what_the_compiler_says(self):
        self.write("x.c", "int main(void) { return wrong; }\n")
        status, said = self.run_build()
        self.assertEqual(status, 1)
        self.assertIn("‘wrong’ undeclared" if "‘" in said else "'wrong' undeclared", said)
        self.assertNotIn("progress", said)


class Python(unittest.TestCase):
    """scripts/python.sh: any CPython from 3.11 on that has Python.h."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="i2ctarget-python-")
        self.addCleanup(shutil.rmtree, self.directory)

    def find(self, version="3, 12", name="cpython", header=True):
        """An interpreter that says so of itself."""
        include = f"{self.directory}/include"
        shutil.rmtree(include, ignore_errors=True)
        os.mkdir(include)
        if header:
            with open(f"{include}/Python.h", "w", encoding="utf-8"):
                pass
        path = f"{self.directory}/python"
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"""#!/usr/bin/python3
import sys, sysconfig
sys.version_info, sys.implementation.name, sys.executable = ({version}), {name!r}, {path!r}
sysconfig.get_path = lambda name: {include!r}
exec(sys.argv[sys.argv.index("-c") + 1])
""")
        os.chmod(path, 0o755)
        done = subprocess.run([f"{SOURCE}/scripts/python.sh"], env={**os.environ, "PYTHON": path}, capture_output=True, text=True, check=False)
        return done.returncode, re.sub(self.directory, "DIR", done.stdout)

    def test_versions(self):
        for version in ("3, 11", "3, 12", "3, 99", "4, 0"):
            self.assertEqual(self.find(version), (0, "DIR/python\nDIR/include\n"))
        for version in ("3, 10", "2, 7"):
            self.assertEqual(self.find(version), (1, ""))

    def test_without_header(self):
        self.assertEqual(self.find(header=False), (1, ""))

    def test_another_implementation(self):
        self.assertEqual(self.find(name="pypy"), (1, ""))


if __name__ == "__main__":
    unittest.main()
