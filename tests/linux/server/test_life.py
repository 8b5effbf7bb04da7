#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How long a bus lives that a command has started, and what becomes of the programs that `i2ctarget run` leaves behind."""

import contextlib
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import COMMAND, BusTest, wait_until

TOOLS = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C"}
REGISTERS = os.environ["BUILD_DIR"] + "/examples/registers"


def is_alive(pid):
    """A process that has ended, and that nobody has waited for, is not."""
    with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    return False


class LifeTest(BusTest):
    def popen(self, *arguments, **keywords):
        process = subprocess.Popen([COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**TOOLS, "I2CTARGET_DIR": self.directory}, **keywords)
        self.addCleanup(self.kill, process)
        return process

    @staticmethod
    def kill(process):
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=20)

    def device(self, *arguments):
        """A ready device."""
        device = self.popen("device", "lm75", *arguments)
        self.assertRegex(device.stdout.readline(), " ready$")
        return device

    def leave(self, process, number=signal.SIGTERM):
        """(exit status, what else it said)"""
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        return process.returncode, out + err

    def is_served(self):
        try:
            protocol.Controller().close()
            return True
        except OSError:
            return False

    def nothing_is_left(self):
        wait_until(lambda: os.listdir(self.directory) == [], "nothing is left")


class Unused(LifeTest):
    """A bus that `device` or `run --bus` has started."""

    def users(self):
        """One of each kind."""
        yield protocol.Controller
        yield protocol.Monitor
        yield lambda: protocol.Target(addresses=[0x21])
        yield protocol.File

    def test_it_lives_until_its_last_user_leaves(self):
        for use in self.users():
            device = self.device()
            user = self.opened(use())
            self.assertEqual(self.leave(device), (0, ""))  # it waits for nobody, and nobody holds its output open
            self.assert_works()
            user.close()
            self.nothing_is_left()

    def test_it_survives_the_sudden_death_of_its_starter(self):
        device = self.device()
        with protocol.Controller():
            device.kill()
            device.communicate(timeout=20)
            for _ in range(3):
                self.assert_works()
        self.nothing_is_left()

    def test_it_ends_with_its_starter_when_nobody_else_is_there(self):
        for _ in range(10):
            self.assertEqual(self.leave(self.device()), (0, ""))
            self.assertEqual(os.listdir(self.directory), [])
            self.assertEqual(self.start().stop()[0], 0)  # the number is free at once

    def test_another_device_has_it_next(self):
        first, second = self.device(), self.device("--address", "0x49")
        self.assertEqual(self.leave(first), (0, ""))
        with protocol.Controller() as controller:
            self.assertEqual(controller.present(), 1 << 0x49)
        self.assertEqual(self.leave(second), (0, ""))
        self.nothing_is_left()

    def test_two_runs_on_one_bus(self):
        """The first one has started it, and is the first to end."""
        script = "echo begun; read line; exec $0 exec -- true"
        runs = []
        for _ in range(2):
            runs.append(self.popen("run", "--bus", "1", "--", "sh", "-c", script, COMMAND, stdin=subprocess.PIPE))
            self.assertEqual(runs[-1].stdout.readline(), "begun\n")
        for run in runs:
            self.assertEqual((*run.communicate("go\n", timeout=20), run.returncode), ("", "", 0))
        self.nothing_is_left()

    def test_a_signal_ends_it_all_the_same(self):
        device = self.device()
        with open(f"{self.directory}/bus-1.lock") as lock:
            os.kill(int(lock.read()), signal.SIGTERM)
        out, err = device.communicate(timeout=20)
        self.assertEqual((device.returncode, out), (1, ""))
        self.assertRegex(err, r"^i2ctarget device lm75: (the bus|bus 1) has ended.*\n$")

    def test_who_is_looking_for_it_finds_it(self):
        """The directory is locked by one that looks, so the bus does not end under its eyes."""
        device = self.device()
        looking = os.open(self.directory, os.O_RDONLY)
        fcntl.flock(looking, fcntl.LOCK_EX)
        device.send_signal(signal.SIGTERM)
        for _ in range(20):  # nobody uses it, all the time; it has learned that its starter wants to end
            time.sleep(0.02)
            self.assertTrue(self.is_served())
        with protocol.Controller():
            os.close(looking)
            self.assertEqual(device.communicate(timeout=20), ("", ""))
            self.assert_works()
        self.nothing_is_left()

    def hang_up_on_the_next(self):
        """A server that ends when somebody has connected: the listener of the end, and a thread that plays it."""
        listener = self.opened(socket.socket(socket.AF_UNIX))
        listener.bind(f"{self.directory}/bus-1")
        listener.listen()

        def end():
            peer, _ = listener.accept()
            os.unlink(f"{self.directory}/bus-1")
            listener.close()
            peer.close()

        thread = threading.Thread(target=end, daemon=True)
        thread.start()
        self.addCleanup(thread.join, 20)

    def test_one_that_ends_in_the_middle_of_a_greeting(self):
        """It is gone, as it would have been a moment later; so a new one is started."""
        self.hang_up_on_the_next()
        done = self.command("exec", "--", "true")
        self.assertEqual(done.returncode, 125)
        self.assertIn("no bus 1", done.stderr)
        self.hang_up_on_the_next()
        self.assertEqual(self.leave(self.device()), (0, ""))

    def test_one_that_still_tidies_up(self):
        """It has the lock, but no socket any more: the next server waits for the number."""
        path = f"{self.directory}/bus-1.lock"
        lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        bus = self.popen("bus", "1")
        self.assertEqual(select.select([bus.stdout, bus.stderr], [], [], 0.1)[0], [])
        os.unlink(path)
        os.close(lock)
        self.assertEqual(bus.stdout.readline(), "bus 1 ready\n")
        self.assertEqual(self.leave(bus), (0, ""))

    def test_coming_and_going(self):
        """Each comes when another one is leaving.  All of them get a bus, whoever starts it; others find one, or none."""
        failures = []

        def come_and_go(address):
            for _ in range(12):
                device = subprocess.Popen([COMMAND, "device", "lm75", "--address", hex(address)], stdout=subprocess.PIPE,
                                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
                ready = device.stdout.readline()
                device.terminate()
                out, err = device.communicate(timeout=20)
                if (ready, out, err, device.returncode) != (f"lm75 at {address:#x} on bus 1 ready\n", "", "", 0):
                    failures.append((ready, out, err, device.returncode))

        def look():
            for _ in range(40):
                done = self.command("exec", "--", "true")
                if not (done.returncode == 0 and not done.stderr or done.returncode == 125 and "no bus 1" in done.stderr):
                    failures.append(done)

        threads = [threading.Thread(target=come_and_go, args=(0x48 + i,)) for i in range(3)] + [threading.Thread(target=look)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])
        self.nothing_is_left()


class Private(LifeTest):
    """What `run` makes for itself."""

    def begun(self, *command, **keywords):
        """A run that waits for a line; and what it has said."""
        run = self.popen("run", *command, "sh", "-c", 'echo "$I2CTARGET_DIR $I2CTARGET_BUS"; read line; exec "$0" exec -- true', COMMAND,
                         stdin=subprocess.PIPE, **keywords)
        return run, run.stdout.readline().split()

    def go_on(self, run):
        self.assertEqual((*run.communicate("go\n", timeout=20), run.returncode), ("", "", 0))

    def test_two_at_once_have_two(self):
        (first, there), (second, elsewhere) = self.begun(), self.begun()
        self.assertNotEqual(there, elsewhere)
        self.assertEqual((there[1], elsewhere[1]), ("1", "1"))
        for run in first, second:
            self.go_on(run)
        self.assertEqual(os.listdir(self.directory), [])

    def test_nobody_else_finds_it(self):
        run, _ = self.begun()
        self.assertEqual(self.command("exec", "--", "true").returncode, 125)
        self.start()  # the same number is free
        self.go_on(run)

    def test_one_in_another(self):
        outer = self.popen("run", "--", COMMAND, "run", "--", "sh", "-c", 'echo "$I2CTARGET_DIR"; "$0" exec -- true', COMMAND)
        out, err = outer.communicate(timeout=20)
        self.assertEqual((outer.returncode, err), (0, ""))
        self.assertRegex(out, rf"^{self.directory}/run-\d+-0/run-\d+-0\n$")
        self.assertEqual(os.listdir(self.directory), [])

    def test_its_number_names_it_inside(self):
        script = 'echo "$I2CTARGET_DIR"; "$0" run --bus 1 -- sh -c \'echo "$I2CTARGET_DIR"\''
        out, err = self.popen("run", "--", "sh", "-c", script, COMMAND).communicate(timeout=20)
        self.assertEqual((len(out.split()), len(set(out.split())), err), (2, 1, ""))

    def test_the_variable_gives_its_number(self):
        done = self.command("run", "--", "sh", "-c", 'echo $I2CTARGET_BUS; ls "$I2CTARGET_DIR"', env={**os.environ, "I2CTARGET_BUS": "5"})
        self.assertEqual(done.stdout, "5\nbus-5\nbus-5.lock\ni2c-5\nsys\n")

    def test_a_name_that_is_taken(self):
        """Left from a process of the same number that was killed."""
        script = 'mkdir -m 700 "$I2CTARGET_DIR/run-$$-0"; echo old >"$I2CTARGET_DIR/run-$$-0/file"; exec "$0" run -- sh -c \'echo "$I2CTARGET_DIR"\''
        done = subprocess.run(["sh", "-c", script, COMMAND], capture_output=True, text=True, timeout=20)
        self.assertRegex(done.stdout, rf"^{self.directory}/run-\d+-1\n$")
        self.assertEqual((done.stderr, len(os.listdir(self.directory))), ("", 1))

    def test_a_long_name(self):
        """What fits for a bus may not fit for a directory in it."""
        base = self.directory + "/" + "x" * (107 - len(self.directory + "//bus-65535.lock"))
        done = self.command("run", "--", "sh", "-c", 'echo "$I2CTARGET_DIR"; "$0" exec -- true', COMMAND, env={**os.environ, "I2CTARGET_DIR": base})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^/tmp/i2ctarget-run-\d+-0\n$")
        self.assertFalse(os.path.exists(done.stdout.strip()))

    def test_it_can_not_be_kept(self):
        done = self.command("run", "--keep", "--", "true")
        self.assertEqual((done.returncode, done.stderr), (
            2, "i2ctarget run: --keep goes with --bus N: nobody finds a private bus later (i2ctarget run --help)\n"))


class Leftovers(LifeTest):
    def run_script(self, script, *arguments, options=()):
        """(exit status, stdout, stderr); $0 is i2ctarget."""
        done = subprocess.run([COMMAND, "run", *options, "--", "sh", "-c", script, COMMAND, *arguments], capture_output=True, text=True,
                              timeout=60, env={**TOOLS, "I2CTARGET_DIR": self.directory})
        return done.returncode, done.stdout, done.stderr

    def test_targets_end_without_a_word(self):
        """tests/python/test_examples.py has one in Python."""
        for program in REGISTERS, f"{COMMAND} device pca9555 --address 0x40":
            for end, status in ("", 0), ("; exit 7", 7), ("; kill -9 $$", 128 + 9):
                done = self.run_script(f'{program} >&2 & "$0" exec --wait 0x40 -- i2ctransfer -y 1 w1@0x40 0{end}')
                self.assertEqual((done[0], done[1], done[2].replace("pca9555 at 0x40 on bus 1 ready\n", "")), (status, "", ""), program)
        self.assertEqual(os.listdir(self.directory), [])

    def test_also_on_a_bus_that_stays(self):
        self.start()
        self.assertEqual(self.run_script(f'{REGISTERS} & "$0" exec --wait 0x40 -- true', options=("--bus", "1")), (0, "", ""))
        with protocol.Controller() as controller:
            self.assertEqual(controller.present(), 0)

    def test_they_may_clean_up(self):
        program = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(print('cleaned up')))\nprint('here', flush=True)\nsignal.pause()"
        status, out, err = self.run_script(f'python3 -c "$1" >{self.directory}/said & until grep -qs here {self.directory}/said; do :; done', program)
        self.assertEqual((status, out, err), (0, "", ""))
        with open(f"{self.directory}/said") as said:
            self.assertEqual(said.read(), "here\ncleaned up\n")

    def gone(self, script):
        """The processes whose numbers the script prints have ended."""
        status, out, err = self.run_script(script)
        self.assertEqual((status, err), (0, ""))
        self.assertNotEqual(out, "")
        self.assertEqual([pid for pid in out.split() if is_alive(pid)], [])

    def test_children_of_children(self):
        self.gone('(sleep 1000 & echo $!; sleep 1000 & echo $!; wait) & echo $!; "$0" exec -- true')

    def test_one_that_is_stopped(self):
        self.gone("sleep 1000 & echo $!; kill -STOP $!")

    def test_one_that_does_not_want_to(self):
        self.gone("trap '' TERM; sleep 1000 & echo $!")

    def test_many(self):
        self.gone("for i in $(seq 100); do sleep 1000 & echo $!; done")

    def test_a_daemon_stays(self):
        number = f"{self.directory}/number"
        done = self.run_script(f"setsid sh -c 'echo $$ >{number}; exec sleep 1000' >/dev/null 2>&1 & until [ -s {number} ]; do :; done")
        self.assertEqual(done, (0, "", ""))
        with open(number) as file:
            pid = int(file.read())
        self.addCleanup(os.kill, pid, signal.SIGKILL)
        self.assertTrue(is_alive(pid))

    def test_kept_with_their_bus(self):
        status, out, err = self.run_script(f'{REGISTERS} >/dev/null 2>&1 & echo $!; "$0" exec --wait 0x40 -- true', options=("--bus", "1", "--keep"))
        with open(f"{self.directory}/bus-1.lock") as lock:
            pids = int(out), int(lock.read())
        for pid in pids:
            self.addCleanup(os.kill, pid, signal.SIGKILL)
        self.assertEqual((status, err.count("\n")), (0, 1))
        self.assertEqual([is_alive(pid) for pid in pids], [True, True])
        self.assert_works()


if __name__ == "__main__":
    unittest.main()
