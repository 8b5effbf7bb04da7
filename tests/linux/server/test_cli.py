#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The command line: words, options, mistakes, and `i2ctarget run`."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import COMMAND, BusTest, ignoring, wait_until

NOBODY = 65534


class ClosedDescriptors(BusTest):
    """The caller may have closed some of the three standard descriptors.  No other file may get their
    numbers."""

    CUSE = os.environ["BUILD_DIR"] + "/i2ctarget-cuse"

    def without_any(self, *command):
        """Run in the background, with none of the three."""
        process = subprocess.Popen(["sh", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "sh", *command])
        self.addCleanup(process.communicate, timeout=20)
        self.addCleanup(process.kill)
        return process

    def assert_on_null(self, process):
        """The loader may have these numbers for a moment, for the libraries that it opens."""
        def is_link_to(link, path):
            """The loader may close the file while it is looked at."""
            try:
                return os.readlink(f"/proc/{process.pid}/{link}") == path
            except FileNotFoundError:
                return False

        program = os.path.realpath(process.args[4])
        wait_until(lambda: is_link_to("exe", program), "it has begun")
        wait_until(lambda: all(is_link_to(f"fd/{fd}", "/dev/null") for fd in range(3)), "all three are on null")

    @staticmethod
    def is_served():
        """The socket has its name a moment before it listens."""
        try:
            protocol.Controller().close()
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True

    def test_a_bus(self):
        bus = self.without_any(COMMAND, "bus", "1")
        wait_until(self.is_served, "it serves")
        self.assert_works()
        self.assert_on_null(bus)
        self.assert_works()
        bus.terminate()
        self.assertEqual(bus.wait(20), 0)

    def test_programs_that_wait_for_a_bus(self):
        os.kill(self.start().pid, signal.SIGSTOP)
        commands = [[COMMAND, "monitor"], [COMMAND, "exec", "--", "true"], [COMMAND, "device", "lm75"]]
        if os.path.exists(self.CUSE):
            commands.append([self.CUSE, "1", "177"])
        for command in commands:
            with self.subTest(command=command):
                self.assert_on_null(self.without_any(*command))

    def test_some_of_them(self):
        for closed, others in ("0<&-", (1, 2)), ("1>&-", (0, 2)), ("2>&-", (0, 1)):
            version = subprocess.run(["sh", "-c", f'exec "$0" --version {closed}', COMMAND], capture_output=True, text=True,
                                     timeout=20)
            self.assertEqual((version.returncode, version.stderr), (0, ""))
            self.assertEqual(version.stdout != "", 1 in others)

    def test_a_program_that_is_run_finds_them_closed(self):
        self.start()
        script = "for fd in 0 1 2; do test -e /proc/$$/fd/$fd && exit 1; done; exit 42"
        self.assertEqual(self.without_any(COMMAND, "exec", "--", "sh", "-c", script).wait(20), 42)


class Words(BusTest):
    def test_version(self):
        version = self.command("--version")
        self.assertEqual((version.returncode, version.stdout), (0, f"i2ctarget 0.1.0 (protocol {protocol.VERSION})\n"))

    def test_the_protocols_document_is_of_this_version(self):
        with open(os.environ["SOURCE_DIR"] + "/docs/PROTOCOL.md", encoding="utf-8") as document:
            text = document.read()
        self.assertEqual(set(re.findall(r"(?i)\bversion:? (\d+)", text)), {str(protocol.VERSION)})

    def test_help(self):
        for arguments in ["--help"], ["-h"], ["help"]:
            text = self.command(*arguments)
            self.assertEqual((text.returncode, text.stderr), (0, ""))
            for word in "bus", "run", "exec", "monitor":
                self.assertRegex(text.stdout, rf"(?m)^  {word} +\w")
        for word, options in (("bus", ("--speed", "--trace", "--verbose")), ("monitor", ("--bus", "--json", "--full", "--count")),
                              ("run", ("--bus", "--keep", "--speed", "--trace")), ("exec", ("--bus",))):
            text = self.command(word, "--help")
            self.assertEqual((text.returncode, text.stderr), (0, ""))
            self.assertRegex(text.stdout, f"^usage: i2ctarget {word} ")
            for option in options + ("--help",):
                self.assertIn(f"\n  {option}", text.stdout)
            self.assertLessEqual(max(map(len, text.stdout.splitlines())), 120)

    def test_manual_page_knows_every_option_and_key(self):
        with open(os.environ["SOURCE_DIR"] + "/docs/i2ctarget.1") as page:
            manual = page.read().replace("\\-", "-")
        for word in "bus", "run", "exec", "monitor":
            section = manual.split(f".SS i2ctarget {word}\n")[1].split(".S")[0]
            for option in re.findall(r"(?m)^  (--\w+)", self.command(word, "--help").stdout):
                if option != "--help":
                    self.assertRegex(section, rf"{option}\b", word)
        self.start()
        monitor = subprocess.Popen([COMMAND, "monitor", "--json", "--count", "1"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        monitor.stderr.readline()
        with protocol.Controller() as controller:
            controller.send_transfer([(0x42, b"")])
            controller.reply()
        transfer = json.loads(monitor.communicate(timeout=10)[0])
        for key in list(transfer) + list(transfer["messages"][0]):
            self.assertIn(f"\n.B {key}\n", manual)

    def test_manual_page_is_well_formed(self):
        page = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", os.environ["SOURCE_DIR"] + "/docs/i2ctarget.1"],
                              capture_output=True, text=True, timeout=30)
        self.assertEqual((page.returncode, page.stderr), (0, ""))

    def assert_misuse(self, arguments, line, **keywords):
        call = self.command(*arguments, **keywords)
        self.assertEqual((call.returncode, call.stdout, call.stderr), (2, "", line + "\n"))

    def test_mistakes(self):
        self.assert_misuse([], "i2ctarget: a command is missing (i2ctarget --help)")
        self.assert_misuse(["frobnicate"], 'i2ctarget: there is no command "frobnicate" (i2ctarget --help)')
        self.assert_misuse(["buss"], 'i2ctarget: there is no command "buss"; did you mean "bus"?')
        self.assert_misuse(["moniter"], 'i2ctarget: there is no command "moniter"; did you mean "monitor"?')
        self.assert_misuse(["x" * 10000], f'i2ctarget: there is no command "{"x" * 10000}" (i2ctarget --help)')
        for word in "bus", "run", "monitor":
            self.assert_misuse([word, "--frob"], f"i2ctarget {word}: there is no option --frob (i2ctarget {word} --help)")
            self.assert_misuse([word, "-q"], f"i2ctarget {word}: there is no option -q (i2ctarget {word} --help)")
        for word in "run", "monitor":
            self.assert_misuse([word, "--bus"], f"i2ctarget {word}: --bus wants an argument (i2ctarget {word} --help)")
        for speed in "0", "1000001", "fast", "-1", "100k", "", "99999999999999999999":
            self.assert_misuse(["bus", "--speed", speed],
                               f"i2ctarget bus: --speed {speed}: 1 to 1000000 Hz (i2ctarget bus --help)")
            self.assert_misuse(["run", "--speed", speed, "true"],
                               f"i2ctarget run: --speed {speed}: 1 to 1000000 Hz (i2ctarget run --help)")
        for timeout in "9", "3600001", "-1", "1s", "", "4294967306":
            for word, rest in ("bus", []), ("run", ["--", "true"]):
                self.assert_misuse([word, "--timeout", timeout, *rest], f"i2ctarget {word}: --timeout {timeout}: 10 to 3600000 ms "
                                                                        f"(i2ctarget {word} --help)")
        for number in "-1", "65536", "one", "1.0", "", "0x1":
            self.assert_misuse(["bus", "--", number],
                               f'i2ctarget bus: "{number}" is no bus number: 0 to 65535 (i2ctarget bus --help)')
            self.assert_misuse(["monitor", "--bus", number],
                               f'i2ctarget monitor: "{number}" is no bus number: 0 to 65535 (i2ctarget monitor --help)')
        self.assert_misuse(["bus", "1", "2"], 'i2ctarget bus: one bus at a time, not "2" too (i2ctarget bus --help)')
        self.assert_misuse(["monitor", "1"], 'i2ctarget monitor: "1" is too much: a bus is --bus N (i2ctarget monitor --help)')
        self.assert_misuse(["monitor", "--count", "0"],
                           "i2ctarget monitor: --count 0: a number from 1 on (i2ctarget monitor --help)")
        self.assert_misuse(["run"], "i2ctarget run: a command to run is missing (i2ctarget run --help)")
        for word, rest in (("bus", []), ("run", ["true"]), ("exec", ["true"]), ("monitor", []), ("attach", []), ("device", ["lm75"])):
            named = " ".join([word, *rest]) if word == "device" else word
            self.assert_misuse([word, *rest], f'i2ctarget {named}: I2CTARGET_BUS="x" is no bus number: 0 to 65535 (i2ctarget {named} --help)',
                               env=dict(os.environ, I2CTARGET_BUS="x"))

    def test_default_bus(self):
        bus = self.start(number=7)
        monitor = self.command("monitor", env=dict(os.environ, I2CTARGET_BUS="8"))
        self.assertEqual((monitor.returncode, monitor.stdout), (1, ""))
        self.assertIn("bus 8", monitor.stderr)
        self.assertEqual(monitor.stderr.count("\n"), 1)
        bus.stop()

    def test_output_that_can_not_be_written(self):
        with open("/dev/full", "w") as full:
            for arguments in ["--help"], ["--version"], ["bus", "--help"]:
                call = subprocess.run([COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=10)
                self.assertEqual((call.returncode, call.stderr), (1, "i2ctarget: cannot write: No space left on device\n"))
        with open("/dev/full", "w") as full:  # larger than the buffer, so part of it may really be written
            boards = subprocess.run([COMMAND, "boards"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=10)
        self.assertEqual((boards.returncode, boards.stderr.count("\n")), (1, 1))
        self.assertIn("cannot write", boards.stderr)

    def test_what_failed_first_is_what_is_said(self):
        with open("/dev/full", "w") as full:
            bus = subprocess.run([COMMAND, "bus"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=10)
        self.assertEqual((bus.returncode, bus.stderr),
                         (1, "i2ctarget bus: cannot say that bus 1 is ready: No space left on device\n"))


class Run(BusTest):
    def is_served(self, number=1):
        try:
            protocol.Controller(bus=number).close()
            return True
        except OSError:
            return False

    def run_popen(self, *arguments, **keywords):
        process = subprocess.Popen([COMMAND, "run", *arguments], text=True, **keywords)
        self.addCleanup(self.end_run, process)
        return process

    @staticmethod
    def end_run(process):
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)

    def lock_pid(self, number=1):
        with open(f"{self.directory}/bus-{number}.lock") as lock:
            return int(lock.read())

    def test_exit_status_is_the_commands(self):
        for status in 0, 1, 7, 255:
            run = self.command("run", "--", "sh", "-c", f"exit {status}")
            self.assertEqual((run.returncode, run.stdout, run.stderr), (status, "", ""))
        self.assertEqual(self.command("run", "--", "sh", "-c", "kill -9 $$").returncode, 128 + 9)
        self.assertEqual(self.command("run", "--", "sh", "-c", "kill -TERM $$").returncode, 128 + 15)
        self.assertEqual(os.listdir(self.directory), [])

    def test_command_that_can_not_be_run(self):
        # execvp() returns EACCES if it may not look into a directory.
        missing = self.command("run", "--", "no-such-program", env=dict(os.environ, PATH="/usr/bin:/bin"))
        self.assertEqual((missing.returncode, missing.stderr),
                         (127, "i2ctarget run: no-such-program: No such file or directory\n"))
        refused = self.command("run", "--", "/etc/passwd")
        self.assertEqual((refused.returncode, refused.stderr), (126, "i2ctarget run: /etc/passwd: Permission denied\n"))
        self.assertEqual(os.listdir(self.directory), [])

    def test_command_finds_the_bus(self):
        show = self.command("run", "--bus", "5", "--", "sh", "-c", 'echo $I2CTARGET_BUS; ls "$I2CTARGET_DIR"')
        self.assertEqual(show.stdout, "5\nbus-5\nbus-5.lock\ni2c-5\nsys\n")
        self.assertEqual(os.listdir(self.directory), [])

    def test_bus_0(self):
        run = self.command("run", "--bus", "0", "--", COMMAND, "exec", "--bus", "0", "--", "sh", "-c", "echo $I2CTARGET_BUS /dev/i2c-*")
        self.assertEqual((run.stdout, run.stderr, run.returncode), ("0 /dev/i2c-0\n", "", 0))
        bus = self.start(number=0)
        monitor = subprocess.Popen([COMMAND, "monitor", "--bus", "0"], stderr=subprocess.PIPE, text=True)
        self.addCleanup(monitor.communicate, timeout=10)
        self.addCleanup(monitor.kill)
        self.assertEqual(monitor.stderr.readline(), "i2ctarget monitor: watching bus 0, 100000 Hz\n")
        bus.stop()
        self.assertEqual(monitor.stderr.readline(), "i2ctarget monitor: bus 0 has ended\n")

    def test_options_of_the_command_are_left_alone(self):
        self.assertEqual(self.command("run", "echo", "--bus", "x").stdout, "--bus x\n")

    def test_stdin_is_the_commands(self):
        self.assertEqual(self.command("run", "cat", input="hello").stdout, "hello")

    def test_bus_that_runs_is_used_and_stays(self):
        bus = self.start()
        run = self.command("run", "--bus", "1", "sh", "-c", f"cat {self.directory}/bus-1.lock")
        self.assertEqual((run.stdout, run.stderr), (f"{bus.pid}\n", ""))
        self.assertTrue(self.is_served(), "the bus that ran before has ended")

    def test_bus_that_runs_can_not_be_changed(self):
        self.start("--speed", "400000")
        trace = self.command("run", "--bus", "1", "--trace", f"{self.directory}/t.vcd", "true")
        self.assertEqual((trace.returncode, trace.stderr),
                         (125, "i2ctarget run: bus 1 runs already, and a trace can only begin with it\n"))
        speed = self.command("run", "--bus", "1", "--speed", "100000", "true")
        self.assertEqual((speed.returncode, speed.stderr), (125, "i2ctarget run: bus 1 runs already, at 400000 Hz\n"))
        timeout = self.command("run", "--bus", "1", "--timeout", "20", "true")
        self.assertEqual((timeout.returncode, timeout.stderr),
                         (125, "i2ctarget run: bus 1 runs already, and has its time-out: set I2C_TIMEOUT\n"))
        fault = self.command("run", "--bus", "1", "--fault", "0x50 nack", "true")
        self.assertEqual((fault.returncode, fault.stderr),
                         (125, "i2ctarget run: bus 1 runs already: `i2ctarget fault` lets something go wrong on it\n"))
        self.assertEqual(self.command("run", "--bus", "1", "--speed", "400000", "true").returncode, 0)

    def test_bus_that_is_started_has_the_time_out(self):
        run = subprocess.Popen([COMMAND, "run", "--bus", "1", "--timeout", "20", "--", "sh", "-c", "echo begun; read line"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
        self.addCleanup(run.communicate, timeout=20)
        self.assertEqual(run.stdout.readline(), "begun\n")
        with protocol.Controller() as controller, protocol.Target() as target, protocol.Monitor() as monitor:
            controller.send_transfer([(0x40, b"\1")])
            target.next_call()
            self.assertEqual(monitor.transfer()["timeout_ms"], 20)

    def test_keep(self):
        run = self.command("run", "--bus", "1", "--keep", "true")  # this returns only if the bus has closed both stdout and stderr
        self.assertEqual(run.returncode, 0)
        pid = self.lock_pid()
        self.assertEqual(run.stderr, f"i2ctarget run: bus 1 stays: process {pid}\n")
        try:
            self.assert_works()
            self.assertEqual(self.command("run", "--bus", "1", "true").returncode, 0)
            self.assert_works()
        finally:
            os.kill(pid, signal.SIGTERM)
        wait_until(lambda: os.listdir(self.directory) == [], "the bus ends")

    def test_a_bus_that_stays_keeps_nothing_of_its_callers(self):
        """Nobody waits for it, by whatever it was given.  Only a file or a terminal may still get its warnings."""
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        with open(self.directory + "/warnings", "w", encoding="ascii") as warnings:
            run = subprocess.run([COMMAND, "run", "--bus", "1", "--keep", "true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=warnings,
                                 pass_fds=[writer], timeout=30)
        os.close(writer)
        pid = self.lock_pid()
        self.addCleanup(wait_until, lambda: os.listdir(self.directory) == ["warnings"], "the bus ends")
        self.addCleanup(os.kill, pid, signal.SIGTERM)
        self.assertEqual((run.returncode, run.stdout), (0, b""))
        self.assertEqual(os.read(reader, 1), b"")
        self.assertEqual([os.readlink(f"/proc/{pid}/fd/{fd}") for fd in range(3)], ["/dev/null", "/dev/null", self.directory + "/warnings"])
        self.assertEqual(os.getsid(pid), pid)
        with open(f"/proc/{pid}/comm", encoding="ascii") as name:
            self.assertEqual(name.read(), "i2ctarget bus\n")

    def test_a_command_starts_with_the_callers_signals(self):
        blocked, ignored = {signal.SIGUSR1, signal.SIGTERM}, {signal.SIGUSR2, signal.SIGHUP}

        def prepare():
            signal.pthread_sigmask(signal.SIG_BLOCK, blocked)
            ignoring(*ignored)()

        run = self.command("run", "--", "/bin/cat", "/proc/self/status", preexec_fn=prepare)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        masks = dict(line.split(":", 1) for line in run.stdout.splitlines())
        for mask, numbers in ("SigBlk", blocked), ("SigIgn", ignored):
            got = {number for number in blocked | ignored | {signal.SIGCHLD, signal.SIGINT} if int(masks[mask], 16) >> number - 1 & 1}
            self.assertEqual(got, numbers, mask)

    def test_no_descriptors_left(self):
        def limit(count):
            return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))

        for count, said in (4, "bus 1: Too many open files"), (5, "cannot start bus 1: Too many open files"):
            run = self.command("run", "--bus", "1", "touch", f"{self.directory}/made", preexec_fn=limit(count))
            self.assertEqual((run.returncode, run.stderr), (125, f"i2ctarget run: {said}\n"))
        self.assertEqual(os.listdir(self.directory), [])

    def test_directory_that_can_not_be_read(self):
        user = NOBODY if os.geteuid() == 0 else None  # root reads everything
        if user:
            os.chown(self.directory, user, user)
        os.chmod(self.directory, 0o300)
        with open(COMMAND, "rb") as command:  # only root may have access to its directory
            run = subprocess.run([COMMAND, "run", "--bus", "1", "true"], executable=f"/proc/self/fd/{command.fileno()}",
                                 pass_fds=[command.fileno()], user=user, capture_output=True, text=True, timeout=30)
        os.chmod(self.directory, 0o700)
        self.assertEqual((run.returncode, run.stderr), (125, f"i2ctarget run: {self.directory}: Permission denied\n"))

    def test_directory_that_can_not_be_made(self):
        for directory, why in (self.directory + "/no/where", "No such file or directory"), ("/dev/null/x", "Not a directory"):
            run = self.command("run", "true", env=dict(os.environ, I2CTARGET_DIR=directory))
            self.assertEqual((run.returncode, run.stderr), (125, f"i2ctarget run: {directory}: {why}\n"))
        run = self.command("run", "true", env=dict(os.environ, I2CTARGET_DIR="/dev/null"))
        self.assertEqual((run.returncode, run.stderr),
                         (125, "i2ctarget run: /dev/null is not safe: it must be yours, and closed to others\n"))

    def test_bus_that_can_not_start(self):
        os.chmod(self.directory, 0o777)
        run = self.command("run", "touch", f"{self.directory}/made")
        self.assertEqual(run.returncode, 125)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertEqual(os.listdir(self.directory), [])
        os.chmod(self.directory, 0o700)
        run = self.command("run", "--trace", "/no/where", "touch", f"{self.directory}/made")
        self.assertEqual((run.returncode, run.stderr),
                         (125, "i2ctarget bus: cannot write the trace: /no/where: No such file or directory\n"))
        self.assertEqual(os.listdir(self.directory), [])

    def test_signals_are_passed_on(self):
        script = 'trap "echo got $1; exit 3" $1; echo ready; while :; do sleep 0.01; done'
        for name in "TERM", "INT", "HUP":
            run = self.run_popen("sh", "-c", script.replace("$1", name), stdout=subprocess.PIPE)
            self.assertEqual(run.stdout.readline(), "ready\n")
            run.send_signal(getattr(signal, "SIG" + name))
            self.assertEqual(run.communicate(timeout=10)[0], f"got {name}\n")
            self.assertEqual(run.returncode, 3)
        self.assertEqual(os.listdir(self.directory), [])

    def test_its_bus_ends_although_SIGTERM_is_ignored(self):
        run = self.command("run", "--", "true", preexec_fn=ignoring(signal.SIGTERM, signal.SIGINT, signal.SIGHUP))
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(os.listdir(self.directory), [])

    def test_killed_run_takes_its_bus_along(self):
        run = self.run_popen("sh", "-c", "echo $$; exec sleep 60", stdout=subprocess.PIPE)
        command = int(run.stdout.readline())
        try:
            run.kill()
            wait_until(lambda: os.listdir(self.directory) == [], "the bus ends")
        finally:
            os.kill(command, signal.SIGKILL)

    def test_bus_that_dies_is_told(self):
        run = self.run_popen("--bus", "1", "sh", "-c", "sleep 0.5", stderr=subprocess.PIPE)
        wait_until(self.is_served, "the bus runs")
        os.kill(self.lock_pid(), signal.SIGKILL)
        self.assertEqual(run.communicate(timeout=10)[1], "i2ctarget run: the bus has ended: killed by signal 9\n")
        self.assertEqual(run.returncode, 1)

    def test_bus_that_is_stopped_is_told(self):
        run = self.run_popen("--bus", "1", "sh", "-c", "echo; read line", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run.stdout.readline()
        os.kill(self.lock_pid(), signal.SIGTERM)
        self.assertEqual(run.stderr.readline(), "i2ctarget run: the bus has ended, with status 0\n")
        self.assertEqual((run.communicate(input="", timeout=10), run.returncode), (("", ""), 1))

    def test_trace_is_whole_when_it_ends(self):
        trace = f"{self.directory}/t.vcd"
        script = ("import sys; sys.path.insert(0, sys.argv[1]); import protocol\n"
                  "with protocol.Controller() as c: c.send_transfer([(0x42, b'')]); c.reply()")
        run = self.command("run", "--trace", trace, "--speed", "400000", "/usr/bin/python3", "-c", script,
                           os.path.dirname(protocol.__file__))
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        with open(trace) as lines:
            self.assertGreater(len(lines.readlines()), 30)

    def test_many_at_once_share_one_bus(self):
        """All of them look for a bus at the same moment.  They must all find the same one,
        whichever of them started it."""
        script = (f'cat {self.directory}/bus-1.lock; n=0; while [ ! -e {self.directory}/go ] && [ $n -lt 1000 ]; '
                  'do sleep 0.02; n=$((n + 1)); done')
        runs = [self.run_popen("--bus", "1", "sh", "-c", script, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(8)]
        pids = {run.stdout.readline() for run in runs}
        self.assertEqual(len(pids), 1)
        with open(f"{self.directory}/go", "w"):
            pass
        for run in runs:
            self.assertEqual(run.communicate(timeout=10), ("", ""))
            self.assertEqual(run.returncode, 0)
        os.unlink(f"{self.directory}/go")
        wait_until(lambda: os.listdir(self.directory) == [], "the bus ends")



class Faults(BusTest):
    def says(self, *words):
        result = self.command("fault", *words)
        return result.returncode, result.stdout + result.stderr

    def test_a_fault_is_named_listed_and_cleared(self):
        self.start(number=2)
        self.assertEqual(self.says("--bus", "2", "50h", "nack")[0], 2)
        self.assertEqual(self.says("--bus", "2", "0x50", "nack-after", "3"), (0, "fault 1 on bus 2: 0x50 nack-after 3\n"))
        self.assertEqual(self.says("--bus", "2", "any hold-sda 5ms at 1.7"), (0, "fault 2 on bus 2: any hold-sda 5ms at 1.7\n"))
        self.assertEqual(self.says("--bus", "2", "--list"), (0, "1   0x50 nack-after 3                        hit 0 of 0\n"
                                                                 "2   any hold-sda 5ms at 1.7                  hit 0 of 0\n"))
        rows = [json.loads(line) for line in self.says("--bus", "2", "--list", "--json")[1].splitlines()]
        self.assertEqual(rows[0], {"number": 1, "fault": "0x50 nack-after 3", "hits": 0, "chances": 0})
        self.assertEqual(self.says("--bus", "2", "--clear=1"), (0, ""))
        self.assertEqual(self.says("--bus", "2", "--clear=1"), (1, "i2ctarget fault: bus 2 has no fault 1\n"))
        self.assertEqual(self.says("--bus", "2", "--clear"), (0, ""))
        self.assertEqual(self.says("--bus", "2", "--list"), (0, ""))

    def test_what_is_wrong_is_named(self):
        for words, complaint in (([], "a fault is an address (or any), a kind, and what it needs"),
                                 (["0x50", "nak"], '"nak" is no kind of fault; did you mean "nack"?'),
                                 (["0x50", "bother"], '"bother" is no kind of fault'),
                                 (["50", "nack"], '"50" is no address: 0x00 to 0x7f, or any'),
                                 (["--list", "0x50", "nack"], "a fault, --list or --clear: one at a time"),
                                 (["--clear", "3"], "--clear 3: one fault is --clear=NUMBER"),
                                 (["--list", "--clear"], "a fault, --list or --clear: one at a time"),
                                 (["--json"], "--json goes with --list"),
                                 (["--clear=0"], "--clear=0: the number of a fault, from --list"),
                                 (["--clear=x"], "--clear=x: the number of a fault, from --list"),
                                 (["0x50"] + ["nack"] * 200, "these are too many words for a fault"),
                                 (["--never"], "there is no option --never")):
            with self.subTest(words=words[:3]):
                self.assertEqual(self.says(*words), (2, f"i2ctarget fault: {complaint} (i2ctarget fault --help)\n"))
        status, said = self.says("0x50", "nack")
        self.assertEqual(status, 1)
        self.assertIn("bus 1", said)

    def test_a_bus_has_them_from_the_start(self):
        self.start("--fault", "0x50 nack once", "--fault", "any clock 1000")
        self.assertEqual(self.says("--list")[1].count("\n"), 2)
        for command in "bus", "run":
            wrong = self.command(command, "--fault", "0x50 nack twice")
            self.assertEqual(wrong.returncode, 2)
            self.assertIn('--fault "0x50 nack twice": "twice" is none of', wrong.stderr)
            many = self.command(command, *["--fault", "0x50 nack"] * 33)
            self.assertEqual((many.returncode, many.stderr),
                             (2, f"i2ctarget {command}: --fault: a bus takes 32 faults at most (i2ctarget {command} --help)\n"))
        run = self.command("run", "--fault", "0x50 nack times 2", "--", COMMAND, "fault", "--list")
        self.assertEqual((run.returncode, run.stdout), (0, "1   0x50 nack times 2                        hit 0 of 0\n"))


if __name__ == "__main__":
    unittest.main()
