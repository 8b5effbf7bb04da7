#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`i2ctarget exec` itself: its options, its error messages, and the environment it makes."""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import unittest

from shimtest import COMMAND, ShimTest


class Exec(ShimTest):
    TARGETS = {}

    def fails(self, arguments, status, stderr):
        result = self.command("exec", *arguments)
        self.assertEqual((result.stdout, result.stderr, result.returncode), ("", stderr, status))

    def test_status_of_the_command(self):
        self.assertEqual(self.exec("true").returncode, 0)
        self.assertEqual(self.exec("sh", "-c", "exit 42").returncode, 42)
        self.assertEqual(self.exec("sh", "-c", "kill -9 $$").returncode, -signal.SIGKILL)

    def test_arguments_go_through(self):
        self.assertEqual(self.exec("printf", "%s|", "a b", "--bus", "", "--help").stdout, "a b|--bus||--help|")
        result = self.command("exec", "printf", "%s", "--bus")  # without "--"
        self.assertEqual(result.stdout, "--bus")

    def test_missing_bus(self):
        self.fails(["--bus", "5", "--", "true"], 125,
                   f"i2ctarget exec: no bus 5: start it with 'i2ctarget bus 5' (looked in {self.directory})\n")
        self.fails(["--bus", "1", "--bus", "5", "--", "true"], 125,
                   f"i2ctarget exec: no bus 5: start it with 'i2ctarget bus 5' (looked in {self.directory})\n")

    def test_wrong_calls(self):
        self.fails([], 2, "i2ctarget exec: a command to run is missing (i2ctarget exec --help)\n")
        self.fails(["--bus"], 2, "i2ctarget exec: --bus wants an argument (i2ctarget exec --help)\n")
        self.fails(["--bus", "x", "true"], 2,
                   'i2ctarget exec: "x" is no bus number: 0 to 65535 (i2ctarget exec --help)\n')
        self.fails(["--bus", "65536", "true"], 2,
                   'i2ctarget exec: "65536" is no bus number: 0 to 65535 (i2ctarget exec --help)\n')
        self.fails(["--what", "true"], 2, "i2ctarget exec: there is no option --what (i2ctarget exec --help)\n")
        many = [word for n in range(33) for word in ("--bus", str(n))]
        self.fails([*many, "true"], 2, "i2ctarget exec: 32 buses at most (i2ctarget exec --help)\n")

    def test_help(self):
        result = self.command("exec", "--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^usage: i2ctarget exec \[--bus N\]")

    def test_default_bus(self):
        self.start(number=9)
        names = "echo /dev/i2c-*"
        self.assertEqual(self.exec("sh", "-c", names).stdout, "/dev/i2c-1\n")
        os.environ["I2CTARGET_BUS"] = "9"
        self.addCleanup(os.environ.pop, "I2CTARGET_BUS")
        self.assertEqual(self.exec("sh", "-c", names).stdout, "/dev/i2c-9\n")
        self.assertEqual(self.exec("sh", "-c", names, bus=1).stdout, "/dev/i2c-1\n")

    def test_other_buses_of_the_user_are_not_listed(self):
        """Where the machine has no I2C, the list is the tree of all of them."""
        self.start(number=60000)
        for place in "/dev", "/sys/class/i2c-dev", "/sys/bus/i2c/devices":
            for bus, other in (1, 60000), (60000, 1):
                listed = self.exec("/usr/bin/python3", "-c", f"import os; print(*os.listdir('{place}'))", bus=bus)
                self.assertEqual(listed.stderr, "")
                names = listed.stdout.split()
                self.assertEqual(names.count(f"i2c-{bus}"), 1, names)
                if other == 60000:  # the machine may have a bus 1 of its own
                    self.assertNotIn("i2c-60000", names)

    def test_bus_0(self):
        """Is one like the others; an open file of it crosses exec(), too."""
        self.start(number=0)
        look = "import fcntl, os, sys; fd = int(sys.argv[1]) if len(sys.argv) > 1 else os.open('/dev/i2c-0', os.O_RDWR)\n" \
               "os.set_inheritable(fd, True); fcntl.ioctl(fd, 0x0705, bytearray(8)); print(os.minor(os.fstat(fd).st_rdev), flush=True)\n" \
               "if len(sys.argv) == 1: os.execv(sys.executable, [sys.executable, '-c', os.environ['LOOK'], str(fd)])"
        result = self.exec("/usr/bin/python3", "-c", look, bus=0, env={**os.environ, "LOOK": look})
        self.assertEqual((result.stdout, result.stderr, result.returncode), ("0\n0\n", "", 0))
        self.assertEqual(self.exec("sh", "-c", "echo /dev/i2c-*; cat /sys/class/i2c-dev/i2c-0/name", bus=0).stdout,
                         "/dev/i2c-0\ni2ctarget bus 0\n")

    def test_programs_that_can_not_run(self):
        path = os.environ["PATH"]
        self.addCleanup(os.environ.__setitem__, "PATH", path)
        os.environ["PATH"] = "/usr/bin:/bin"  # execvp() returns EACCES if it may not look into a directory
        self.fails(["no-such-program"], 127, "i2ctarget exec: no-such-program: No such file or directory\n")
        self.fails(["/no/such/program"], 127, "i2ctarget exec: /no/such/program: No such file or directory\n")
        self.fails(["/dev/null"], 126, "i2ctarget exec: /dev/null: Permission denied\n")
        self.fails(["/"], 126, "i2ctarget exec: /: Permission denied\n")

    def test_path_is_searched(self):
        os.mkdir(f"{self.directory}/bin")
        shutil.copy(shutil.which("true"), f"{self.directory}/bin/my-program")
        environment = {**os.environ, "PATH": f"/no/such:{self.directory}/bin"}
        self.assertEqual(self.exec("my-program", env=environment).returncode, 0)

    def test_system_programs_are_found(self):
        """i2c-tools are in /usr/sbin, which is not in the PATH of ordinary users of Debian."""
        user = {**os.environ, "PATH": "/usr/bin:/bin"}
        self.assertEqual(self.exec("sh", "-c", "command -v i2cdetect", env=user).stdout, "/usr/sbin/i2cdetect\n")
        self.assertEqual(self.exec("i2cdetect", "-V", env=user).returncode, 0)
        first = self.exec("sh", "-c", "echo $PATH", env=user).stdout
        self.assertEqual(first, "/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin\n")

    def test_script(self):
        script = f"{self.directory}/script"
        with open(script, "w") as file:
            file.write("#!/bin/sh\necho /dev/i2c-*\n")
        os.chmod(script, 0o755)
        result = self.exec(script)
        self.assertEqual((result.stdout, result.stderr), ("/dev/i2c-1\n", ""))

    def test_set_uid_program(self):
        """A program with other rights than its caller: another user's if we are root, otherwise root's."""
        if os.geteuid() == 0:
            path = f"{self.directory}/true"
            shutil.copy(shutil.which("true"), path)
            os.chown(path, 12345, 0)
            os.chmod(path, stat.S_ISUID | 0o755)
        else:
            path = shutil.which("su")
        result = self.exec(path)
        self.assertEqual(result.returncode, 126)
        self.assertIn(f"{path} runs with other rights", result.stderr)

    def test_environment(self):
        out = self.exec("sh", "-c", "echo $I2CTARGET_SHIM_BUS $I2CTARGET_DIR; echo $LD_PRELOAD").stdout.splitlines()
        self.assertEqual(out[0], f"1 {self.directory}")
        self.assertEqual(out[1], os.path.dirname(os.path.realpath(COMMAND)) + "/libi2ctarget-shim.so")

    def test_others_stay_preloaded(self):
        shim = os.path.dirname(os.path.realpath(COMMAND)) + "/libi2ctarget-shim.so"
        libm = subprocess.run(["sh", "-c", "ldconfig -p | sed -n 's/.*libm.so.6.*x86-64.* => //p' | head -1"],
                              capture_output=True, text=True).stdout.strip() or "libm.so.6"
        result = self.exec("sh", "-c", "echo $LD_PRELOAD", env={**os.environ, "LD_PRELOAD": libm})
        self.assertEqual(result.stdout, f"{shim}:{libm}\n")

    def test_exec_under_exec(self):
        self.start(number=2)
        out = self.exec(COMMAND, "exec", "--bus", "2", "--", "sh", "-c", "echo /dev/i2c-* $LD_PRELOAD").stdout.split()
        self.assertEqual(out, ["/dev/i2c-2", os.path.dirname(os.path.realpath(COMMAND)) + "/libi2ctarget-shim.so"])

    def test_programs_of_every_day(self):
        """Dynamically linked ones that people try first."""
        for command, said in (("ls /dev", None), ("ls -d /dev/i2c-1", "/dev/i2c-1\n"), ("find /dev -maxdepth 1 -name i2c-1", "/dev/i2c-1\n"),
                              ("stat -c %F /dev/i2c-1", "character special file\n"), ("sh -c 'test -c /dev/i2c-1 && echo yes'", "yes\n"),
                              ("bash -c 'echo /dev/i2c-1*'", "/dev/i2c-1\n"), ("env echo hello", "hello\n")):
            done = self.exec(*shlex.split(command))
            self.assertEqual((done.returncode, done.stderr), (0, ""), command)
            if said is None:
                self.assertEqual(set(done.stdout.split()) ^ set(os.listdir("/dev")), {"i2c-1"} - set(os.listdir("/dev")))
            else:
                self.assertEqual(done.stdout, said, command)

    def test_relative_directory(self):
        parent, name = os.path.split(self.directory)
        result = subprocess.run([COMMAND, "exec", "--", "sh", "-c", "cd / && exec 3<>/dev/i2c-1 && ls /dev/i2c-1"],
                                env={**os.environ, "I2CTARGET_DIR": name}, cwd=parent, capture_output=True, text=True)
        self.assertEqual((result.stdout, result.stderr), ("/dev/i2c-1\n", ""))

    def test_missing_shim(self):
        os.mkdir(f"{self.directory}/bin")
        shutil.copy(COMMAND, f"{self.directory}/bin/i2ctarget")
        result = subprocess.run([f"{self.directory}/bin/i2ctarget", "exec", "true"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 125)
        self.assertIn("libi2ctarget-shim.so is missing", result.stderr)

    def test_where_the_shim_is_looked_for(self):
        """Beside the command, or where both are installed."""
        for place in 0, 1:
            top = f"{self.directory}/{place}"
            os.makedirs(top + "/bin")
            command = shutil.copy(COMMAND, top + "/bin/i2ctarget")
            missing = subprocess.run([command, "exec", "true"], capture_output=True, text=True)
            said = re.fullmatch(r"i2ctarget exec: libi2ctarget-shim.so is missing: it belongs into (\S+) or (\S+)\n", missing.stderr)
            self.assertEqual((missing.returncode, said and said[1]), (125, top + "/bin"), missing.stderr)
            there = os.path.normpath(said[1 + place])
            os.makedirs(there, exist_ok=True)
            shim = shutil.copy(os.path.dirname(os.path.realpath(COMMAND)) + "/libi2ctarget-shim.so", there)
            found = subprocess.run([command, "exec", "sh", "-c", "echo $LD_PRELOAD"], capture_output=True, text=True)
            self.assertEqual((found.returncode, found.stdout, found.stderr), (0, shim + "\n", ""))

    def copied_command(self, folder):
        place = f"{self.directory}/{folder}"
        os.mkdir(place)
        for name in "i2ctarget", "libi2ctarget-shim.so":
            shutil.copy(os.path.dirname(os.path.realpath(COMMAND)) + "/" + name, place)
        return f"{place}/i2ctarget"

    def test_space_in_the_path_of_the_shim(self):
        """The loader splits names at spaces, so it gets the folder in another list, where others stay."""
        command = self.copied_command("with space")
        shown = "ls /dev/i2c-1; echo $LD_PRELOAD; echo $LD_LIBRARY_PATH"
        folder = os.path.dirname(command)
        for arguments in ["exec"], ["exec", command, "exec"]:
            result = subprocess.run([command, *arguments, "sh", "-c", shown], env={**os.environ, "LD_LIBRARY_PATH": f"{folder}2"}, capture_output=True, text=True)
            self.assertEqual(result.stdout, f"/dev/i2c-1\nlibi2ctarget-shim.so\n{folder}:{folder}2\n", result.stderr)

    def test_colon_in_the_path_of_the_shim(self):
        for folder in "with:colon", "with space; semicolon":
            command = self.copied_command(folder)
            result = subprocess.run([command, "exec", "true"], capture_output=True, text=True)
            self.assertEqual((result.returncode, result.stderr), (125,
                f"i2ctarget exec: libi2ctarget-shim.so can not be preloaded from {os.path.dirname(command)}, because of the colon or semicolon in "
                "that name: try --static, or install i2ctarget elsewhere\n"))


class BusEnds(ShimTest):
    def test_open_after_the_bus_ended(self):
        script = "kill $0; while test -S $I2CTARGET_DIR/i2c-1; do :; done; exec 3<>/dev/i2c-1"
        result = self.exec("bash", "-c", script, str(self.bus.pid))
        self.assertIn("No such device", result.stderr)

    def test_calls_after_the_bus_ended(self):
        program = "import os, signal, sys, fcntl, time\n" \
                  "fd = os.open('/dev/i2c-1', os.O_RDWR)\nfcntl.ioctl(fd, 0x703, 0x20)\nos.write(fd, b'x')\n" \
                  "os.kill(int(sys.argv[1]), signal.SIGKILL)\n" \
                  "for call in (lambda: os.write(fd, b'x'), lambda: os.read(fd, 1), lambda: fcntl.ioctl(fd, 0x703, 0x20)):\n" \
                  " try: call()\n except OSError as error: print(error.strerror)"
        result = self.exec("/usr/bin/python3", "-c", program, str(self.bus.pid))
        self.assertEqual((result.stdout, result.stderr), ("No such device\n" * 3, ""))

    def test_files_and_nodes_after_the_bus_ended(self):
        """An open file still looks like the device; the node and its entry are gone."""
        program = "import os, signal, sys, stat, time\n" \
                  "fd = os.open('/dev/i2c-1', os.O_RDWR)\nos.kill(int(sys.argv[1]), signal.SIGTERM)\n" \
                  "while os.path.exists('/dev/i2c-1'): time.sleep(0.01)\n" \
                  "s = os.fstat(fd)\nprint(oct(s.st_mode), os.major(s.st_rdev), os.minor(s.st_rdev), s.st_nlink, s.st_size, s.st_blocks, s.st_uid)\n" \
                  "print('i2c-1' in os.listdir('/dev'), os.access('/dev/i2c-1', os.F_OK))"
        result = self.exec("/usr/bin/python3", "-c", program, str(self.bus.pid))
        self.assertEqual((result.stdout, result.stderr), ("0o20600 89 1 1 0 0 0\nFalse False\n", ""))

    def test_program_outlives_a_bus(self):
        """A file ends with its bus.  A file opened on the next bus of that number works, in the same
        thread."""
        program = "import os, signal, sys, fcntl, subprocess\n" \
                  "def use():\n fd = os.open('/dev/i2c-1', os.O_RDWR)\n fcntl.ioctl(fd, 0x703, 0x20)\n return fd\n" \
                  "old = use()\nprint('ready', flush=True)\nsys.stdin.readline()\nnew = use()\n" \
                  "try: fcntl.ioctl(old, 0x703, 0x20)\nexcept OSError as error: print(error.strerror)"
        process = subprocess.Popen([COMMAND, "exec", "--", "/usr/bin/python3", "-c", program], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        self.bus.stop()
        self.start()
        self.assertEqual(process.communicate("\n", timeout=20), ("No such device\n", ""))


if __name__ == "__main__":
    unittest.main()
