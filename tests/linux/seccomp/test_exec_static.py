#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`i2ctarget exec --static`, and the programs for which it is chosen: what i2c-contract does not see of them, and their processes."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shim"))
from shimtest import COMMAND, TARGETS, ShimTest, is_executed, wait_until

STATIC = f"{TARGETS}/raw-static"
PROGRAMS = [path for path in (f"{TARGETS}/raw", STATIC, f"{TARGETS}/raw32") if is_executed(path)]
RAM, SILENT = "0x20", "0x22"


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def kill(pid):
    """Whatever has gone wrong, it does not outlive the test."""
    if is_running(pid):
        os.kill(pid, signal.SIGKILL)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return [int(word) for word in file.read().split()]


class Supervised(ShimTest):
    OPTIONS = ["--static"]

    def begin(self, *command, **keywords):
        """Start a command; it is ended with the test."""
        process = subprocess.Popen([COMMAND, "exec", *self.OPTIONS, "--", *command], **keywords)
        self.addCleanup(self.finish, process)
        return process

    @staticmethod
    def status_of(process):
        wait_until(lambda: process.poll() is not None, "the command has ended")
        return process.returncode

    @staticmethod
    def finish(process):
        process.kill()
        process.wait()
        for stream in process.stdin, process.stdout, process.stderr:
            if stream:
                stream.close()

    def set_register(self, value):
        self.says(f"i2cset -y 1 {RAM} 0x30 {value}", "")


class Choice(Supervised):
    """Programs that bypass the C library are served without being asked for."""

    OPTIONS = []

    def test_each_kind(self):
        self.set_register("0x5a")
        for program in PROGRAMS:
            self.says(f"{program} get {RAM} 0x30", "0x5a\n")
            self.says(f"{program} get 0x24 0x30", "ENXIO\n", status=1)

    def test_corners(self):
        for program in PROGRAMS:
            with self.subTest(program):
                self.says(f"{program} corners {RAM}", "ok\n")

    def test_busybox(self):
        self.set_register("0x5b")
        self.says(f"/bin/busybox i2cget -y 1 {RAM} 0x30", "0x5b\n")

    def test_patterns_find_the_node(self):
        """Every bus that runs; those of the machine stay."""
        self.start(number=12)
        busybox = ["/bin/busybox", "sh", "-c", "echo /dev/i2c-* /dev/nul?"]
        names = self.exec("sh", "-c", "echo /dev/i2c-*").stdout  # as the shim has it
        self.assertEqual(self.exec(*busybox).stdout, names.replace("\n", " /dev/null\n"))
        result = subprocess.run([COMMAND, "exec", "--bus", "12", "--bus", "1", "--", *busybox], capture_output=True, text=True,
                                timeout=60)
        self.assertIn("/dev/i2c-1 /dev/i2c-12 ", result.stdout)

    def test_script_needs_the_option(self):
        self.set_register("0x5c")
        script = f"{STATIC} get {RAM} 0x30; i2cget -y 1 {RAM} 0x30"
        self.assertEqual(self.exec("sh", "-c", script).stdout, "ENOENT\n0x5c\n")
        self.OPTIONS = ["--static"]
        self.assertEqual(self.exec("sh", "-c", script).stdout, "0x5c\n0x5c\n")

    def test_files_are_forgotten_when_they_are_closed(self):
        self.says(f"{STATIC} many 300 {RAM}", "ok\n")


class Processes(Supervised):
    def test_status(self):
        self.assertEqual(self.exec("sh", "-c", "exit 42").returncode, 42)
        self.assertEqual(self.exec("sh", "-c", "kill -9 $$").returncode, -signal.SIGKILL)
        self.assertEqual(self.exec("sh", "-c", "kill -TERM $$").returncode, -signal.SIGTERM)

    def test_programs_that_can_not_run(self):
        result = self.exec("/no/such/program")
        self.assertEqual((result.returncode, result.stderr),
                         (127, "i2ctarget exec: /no/such/program: No such file or directory\n"))
        result = self.exec("/dev/null")
        self.assertEqual((result.returncode, result.stderr), (126, "i2ctarget exec: /dev/null: Permission denied\n"))

    def test_redirection(self):
        """The shell gives the open file another number."""
        self.set_register("0x5d")
        result = self.exec("sh", "-c", f"exec 7<>/dev/i2c-1; {STATIC} get {RAM} 0x30; head -c 1 <&7 | wc -c")
        self.assertEqual((result.stdout, result.stderr.count("head")), ("0x5d\n0\n", 1))  # address 0 has no target

    def test_signals_are_passed_on(self):
        process = self.begin("sh", "-c", "trap 'exit 3' USR1; echo ready; while :; do sleep 0.05; done",
                             stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(self.status_of(process), 3)
        process = self.begin("sleep", "1000")
        process.terminate()
        self.assertEqual(self.status_of(process), -signal.SIGTERM)

    def test_killed_as_the_program_would_be(self):
        process = self.begin("sh", "-c", "echo $$; exec sleep 1000", stdout=subprocess.PIPE, text=True)
        program = int(process.stdout.readline())
        self.addCleanup(kill, program)
        process.kill()
        wait_until(lambda: not is_running(program), "the program has ended")

    def test_program_leaves_a_daemon(self):
        """Who waited does not wait for it, and it is served on."""
        self.set_register("0x5e")
        os.mkfifo(f"{self.directory}/fifo")
        daemon = f"(read line <{self.directory}/fifo; {STATIC} get {RAM} 0x30) >{self.directory}/out 2>&1 &"
        self.assertEqual(self.exec("sh", "-c", daemon).returncode, 0)
        with open(f"{self.directory}/fifo", "w", encoding="utf-8") as fifo:
            fifo.write("go\n")

        def said():
            with open(f"{self.directory}/out", encoding="utf-8") as out:
                return out.read()

        wait_until(said, "the daemon has read the register")
        self.assertEqual(said(), "0x5e\n")

    def test_supervisor_ends_with_the_last_process(self):
        process = self.begin("cat", stdin=subprocess.PIPE)
        supervisor = wait_until(lambda: children(process.pid), "there is a supervisor")[0]
        process.stdin.close()
        self.assertEqual(self.status_of(process), 0)
        wait_until(lambda: not is_running(supervisor), "the supervisor has ended")

    def test_pipes_are_not_held(self):
        """The program closes what it was given; nobody else has it."""
        ours, theirs = os.pipe()
        process = self.begin("sh", "-c", f"exec >&- {theirs}>&-; exec sleep 1000", stdout=subprocess.PIPE, pass_fds=[theirs])
        os.close(theirs)
        self.assertEqual(select.select([process.stdout], [], [], 10)[0], [process.stdout])
        self.assertEqual(process.stdout.read(), b"")
        self.assertEqual(select.select([ours], [], [], 10)[0], [ours])
        self.assertEqual(os.read(ours, 1), b"")
        os.close(ours)
        self.assertIsNone(process.poll())

    def test_supervisor_is_killed(self):
        """Its calls fail; a call that the kernel has begun goes on."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            process = self.begin(STATIC, "wait", RAM, stdin=subprocess.PIPE, stdout=theirs, stderr=subprocess.PIPE)
            self.assertEqual(ours.recv(64), b"open\n")
            supervisor = children(process.pid)[0]
            program = children(supervisor)[0]
            # Until then it is in read(), or on the way there, and read() would fail, too.
            wait_until(lambda: self.waits_in_the_kernel(program), "the program waits for a line")
            os.kill(supervisor, signal.SIGKILL)
            self.assertEqual(process.wait(20), 1)
            self.assertEqual(process.stderr.readline(), b"i2ctarget exec: the program's supervisor was killed\n")
            process.stdin.write(b"line\n")
            process.stdin.flush()
            theirs.close()
            said = b""
            while bytes_ := ours.recv(64):
                said += bytes_
            self.assertEqual(said, b"line: well\nbus: ENOSYS\n")
            wait_until(lambda: not is_running(program), "the program has ended")

    @staticmethod
    def waits_in_the_kernel(pid):
        with open(f"/proc/{pid}/wchan", encoding="utf-8") as file:
            return "pipe" in file.read()

    def test_twice(self):
        """A program that is supervised for these buses needs no second supervisor."""
        self.set_register("0x5f")
        self.says(f"{COMMAND} exec --static -- {STATIC} get {RAM} 0x30", "0x5f\n")
        self.says(f"{COMMAND} exec -- {STATIC} get {RAM} 0x30", "0x5f\n")
        self.says(f"{COMMAND} exec -- i2cget -y 1 {RAM} 0x30", "0x5f\n")

    def test_twice_for_different_buses(self):
        """It can have no second supervisor; without --static the program runs, and is told what it lacks."""
        why = ("it can not be supervised twice: this process runs under `i2ctarget exec --static` or another "
               "supervisor\n")
        self.set_register("0x5f")
        self.start(number=2)
        self.says(f"{COMMAND} exec --bus 2 --static -- /bin/true", "", status=125,
                  stderr=f"i2ctarget exec: /bin/true: {why}")
        foreign = f"{self.directory}/foreign"
        shutil.copy("/bin/true", foreign)
        with open(foreign, "r+b") as file:
            file.seek(18)
            file.write(b"\x08\x00")  # e_machine: MIPS
        script = f"{self.directory}/script"
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#! {STATIC} get\n")
        os.chmod(script, 0o755)
        for program, named, what in ((PROGRAMS[0], PROGRAMS[0], "bypasses the C library, as Go's programs do,"),
                                     (STATIC, STATIC, "is statically linked"), (script, STATIC, "is statically linked"),
                                     (foreign, foreign, "is for another kind of machine")):
            result = self.exec(COMMAND, "exec", "--bus", "2", "--", program, "get", RAM, "0x30")
            self.assertIn(f"i2ctarget exec: warning: {named} {what} and will not see a virtual bus: {why}", result.stderr)
            if program in PROGRAMS:
                self.assertEqual(result.stdout, "0x5f\n")


class Stalls(Supervised):
    TARGETS = {"smbus_device": 0x20, "silent": 0x22}

    def test_killed_caller(self):
        """Its transfer is withdrawn long before the minute that it may take is over."""
        process = self.begin("sh", "-c", f"{STATIC} stall {SILENT} & echo $!; wait; read line", stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
        program = int(process.stdout.readline())
        self.assertEqual(process.stdout.readline(), "stalls\n")
        wait_until(lambda: self.is_in_ioctl(program), "it reads")
        time.sleep(0.3)  # and the target holds SCL
        os.kill(program, signal.SIGKILL)
        self.assertEqual(self.exec(STATIC, "get", RAM, "0x30", timeout=10).returncode, 0)
        self.assertIsNone(process.poll())  # the supervisor is there

    @staticmethod
    def is_in_ioctl(pid):
        with open(f"/proc/{pid}/syscall", encoding="utf-8") as file:
            return file.read().split()[0] == "16"

    def test_bus_that_ends(self):
        process = self.begin(STATIC, "stall", SILENT, stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "stalls\n")
        self.end(self.bus)
        self.assertEqual(process.wait(20), 1)  # ENODEV


if __name__ == "__main__":
    unittest.main()
