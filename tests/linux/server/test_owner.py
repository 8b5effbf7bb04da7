#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The owner of a bus: what a server makes and removes stays in its directory, whatever links are there, and only its owner is let in.

As root, the test plays sudo and its user, who can do anything in the user's own directory.  Other users play only that user; then the
links are their own."""

import contextlib
import os
import socket
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import COMMAND, Bus, BusTest, wait_until

USER, OTHER = 4242, 4343
IS_ROOT = os.geteuid() == 0
UNDER_SUDO = {"SUDO_UID": str(USER), "SUDO_GID": str(USER)}
LEVELS = "sys", "sys/class", "sys/class/i2c-dev", "sys/class/i2c-dev/i2c-1"
FILES = "bus-1", "i2c-1", "sys/class/i2c-dev/i2c-1/name", "sys/class/i2c-dev/i2c-1/dev"


class OwnerTest(BusTest):
    sudo = {}

    def setUp(self):
        super().setUp()
        self.outer, self.directory = self.directory, self.directory + "/buses"
        os.chmod(self.outer, 0o755)
        os.mkdir(self.directory, 0o700)
        os.environ["I2CTARGET_DIR"] = self.directory
        self.give(self.directory)
        self.victim = self.outer + "/victim"
        os.makedirs(self.victim + "/class/i2c-dev/i2c-1")
        for path in "file", "class/i2c-dev/i2c-1/name", "class/i2c-dev/i2c-1/dev":
            with open(f"{self.victim}/{path}", "w") as file:
                file.write("precious")
        self.before = self.look_at_victim()

    def give(self, path):
        if self.sudo:
            os.chown(path, USER, USER, follow_symlinks=False)

    def plant(self, path, to):
        """A symbolic link of the user's, at `path` below the directory."""
        parts = path.split("/")
        for depth in range(1, len(parts)):
            level = self.directory + "/" + "/".join(parts[:depth])
            if not os.path.isdir(level):
                os.mkdir(level, 0o700)
                self.give(level)
        os.symlink(to, f"{self.directory}/{path}")
        self.give(f"{self.directory}/{path}")

    def look_at_victim(self):
        """Everything that can be observed of the file."""
        found = {}
        for top, _, files in os.walk(self.victim):
            for path in [top] + [f"{top}/{name}" for name in files]:
                status = os.lstat(path)
                found[path] = status.st_mode, status.st_uid, status.st_gid, "" if path == top else self.read(path)
        return found

    @staticmethod
    def read(path):
        with open(path) as file:
            return file.read()

    def assert_victim_is_well(self):
        self.assertEqual(self.look_at_victim(), self.before)

    def environment(self):
        return {**os.environ, **self.sudo}

    def start_bus(self, *options):
        bus = Bus(*options, env=self.environment())
        self.addCleanup(self.end, bus)
        return bus

    def assert_refused(self, bus, *texts):
        status, _, err = bus.stop()
        self.assertEqual(status, 1)
        for text in texts:
            self.assertIn(text, err)
        self.assertEqual(err.count("\n"), 1, err)


class Links(OwnerTest):
    """In a directory of one's own."""

    def test_in_place_of_a_directory(self):
        for number, level in enumerate(LEVELS):
            with self.subTest(level=level):
                self.plant(level, self.victim + "/" + "/".join(level.split("/")[1:]))
                self.assert_refused(self.start_bus(), "sys/class/i2c-dev: something else lies there, remove it")
                self.assert_victim_is_well()
                self.assertTrue(os.path.islink(f"{self.directory}/{level}"))
                os.unlink(f"{self.directory}/{level}")
                self.assertEqual(os.listdir(self.directory), ["sys"] if number > 0 else [])

    def test_in_place_of_a_file(self):
        for path in FILES:
            with self.subTest(path=path):
                self.plant(path, self.victim + "/file")
                bus = self.start_bus()
                self.assertEqual(bus.ready, "bus 1 ready\n")
                self.assertFalse(os.path.islink(f"{self.directory}/{path}"))
                self.assertEqual(bus.stop(), (0, "", ""))
                self.assert_victim_is_well()
                self.assertEqual(os.listdir(self.directory), [])

    def test_in_place_of_the_lock(self):
        self.plant("bus-1.lock", self.victim + "/file")
        self.assert_refused(self.start_bus(), "bus-1.lock: something else lies there, remove it")
        self.assert_victim_is_well()

    def test_that_come_later(self):
        """The server must not remove other files that now have the names of its own."""
        for level in LEVELS:
            with self.subTest(level=level):
                bus = self.start_bus()
                self.assertEqual(bus.ready, "bus 1 ready\n")
                os.rename(f"{self.directory}/{level}", f"{self.directory}/moved")
                self.plant(level, self.victim + "/" + "/".join(level.split("/")[1:]))
                self.assertEqual(bus.stop(), (0, "", ""))
                self.assert_victim_is_well()
                subprocess.run(["rm", "-rf", f"{self.directory}/sys", f"{self.directory}/moved"], check=True)

    def test_path_that_leads_elsewhere(self):
        """The server stays in the directory that it has opened."""
        bus = self.start_bus()
        os.rename(self.directory, self.directory + "-moved")
        os.symlink(self.victim + "/class", self.directory)
        os.mkdir(self.victim + "/class/sys")
        before = self.look_at_victim()
        self.assertEqual(bus.stop(), (0, "", ""))
        self.assertEqual(self.look_at_victim(), before)
        self.assertEqual(os.listdir(self.directory + "-moved"), [])


if IS_ROOT:

    class LinksUnderSudo(Links):
        sudo = UNDER_SUDO

    class UnderSudo(OwnerTest):
        sudo = UNDER_SUDO

        def user_of(self, process):
            with open(f"/proc/{process}/status") as status:
                fields = dict(line.rstrip("\n").split(":\t", 1) for line in status)
            return fields["Uid"], fields["Gid"], fields["Groups"].split()

        def test_the_server_is_the_users(self):
            bus = self.start_bus()
            self.assertEqual(self.user_of(bus.pid), ("\t".join([str(USER)] * 4), "\t".join([str(USER)] * 4), [str(USER)]))
            for name in "bus-1", "i2c-1", "bus-1.lock", "sys", LEVELS[-1], FILES[-1]:
                self.assertEqual(os.lstat(f"{self.directory}/{name}").st_uid, USER, name)
            self.assert_works()

        def test_directory_is_made_by_the_user(self):
            os.rmdir(self.directory)
            self.give(self.outer)
            for command in ("bus", "1"), ("run", "--bus", "1", "--", "sleep", "60"), ("device", "lm75"):
                with self.subTest(command=command):
                    process = subprocess.Popen([COMMAND, *command], env=self.environment(), stdout=subprocess.PIPE)
                    wait_until(lambda: os.path.exists(f"{self.directory}/bus-1"), "a bus")
                    self.assertEqual(os.lstat(self.directory).st_uid, USER)
                    process.terminate()
                    process.communicate(timeout=20)
                    wait_until(lambda: not os.listdir(self.directory), "its end")
                    os.rmdir(self.directory)

        def test_what_the_user_may_not_make_is_not_made(self):
            """Root could do it; the link leads to where the user may not write."""
            os.rmdir(self.directory)
            os.symlink(self.victim + "/new", self.directory)
            os.environ["I2CTARGET_DIR"] = self.directory + "/buses"
            os.mkdir(self.victim + "/new")
            for command in ("bus", "1"), ("run", "--", "true"), ("device", "lm75"):
                done = subprocess.run([COMMAND, *command], env=self.environment(), capture_output=True, text=True, timeout=20)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("Permission denied", done.stderr)
                self.assertEqual(os.listdir(self.victim + "/new"), [])

        def test_the_trace_is_the_users(self):
            self.plant("trace.vcd", self.victim + "/file")
            self.assert_refused(self.start_bus("--trace", self.directory + "/trace.vcd"), "cannot write the trace", "Permission denied")
            self.assert_victim_is_well()
            bus = self.start_bus("--trace", self.directory + "/mine.vcd")
            self.assertEqual(bus.stop()[0], 0)
            self.assertEqual(os.lstat(self.directory + "/mine.vcd").st_uid, USER)

        def test_the_memory_of_a_device_is_the_users(self):
            self.plant("memory", self.victim + "/file")
            command = [COMMAND, "device", "eeprom", "--file", self.directory + "/memory"]
            with subprocess.Popen(command, env=self.environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as device:
                # The user may read that file, and so may the device; but not write it.
                self.assertIn("ready", device.stdout.readline())
                device.terminate()
                self.assertIn("can not be written to", device.communicate(timeout=20)[1])
            self.assert_victim_is_well()
            os.chmod(self.victim + "/file", 0o600)
            done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 1)
            self.assertIn("Permission denied", done.stderr)

        def test_the_child_goes_with_its_parent(self):
            """The kernel must still know PR_SET_PDEATHSIG."""
            run = subprocess.Popen([COMMAND, "run", "--", "sh", "-c", "echo here; cat"], env=self.environment(), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
            self.assertEqual(run.stdout.readline(), b"here\n")
            lock = f"{self.directory}/run-{run.pid}-0/bus-1.lock"
            self.assertEqual(os.lstat(os.path.dirname(lock)).st_uid, USER)
            self.assertEqual(self.user_of(int(self.read(lock)))[0], "\t".join([str(USER)] * 4))
            run.kill()
            run.communicate(timeout=20)
            wait_until(lambda: not os.path.exists(os.path.dirname(lock)), "its end")

        def test_a_user_without_a_group(self):
            del self.sudo["SUDO_GID"]
            self.addCleanup(self.sudo.__setitem__, "SUDO_GID", str(USER))
            for group in None, "", "x", "1x", "99999999999":
                if group is not None:
                    self.sudo["SUDO_GID"] = group
                self.assert_refused(self.start_bus(), "SUDO_UID is set and SUDO_GID is not")
            self.sudo.pop("SUDO_GID")
            self.assertEqual(os.listdir(self.directory), [])

    class OtherUsers(OwnerTest):
        """The modes of the files let them in; the server does not."""

        def as_other(self, act):
            """Another user calls `act`.  Returns its result."""
            read, write = os.pipe()
            process = os.fork()
            if process == 0:
                with contextlib.suppress(BaseException):
                    os.setgroups([])
                    os.setgid(OTHER)
                    os.setuid(OTHER)
                    os.write(write, act().encode())
                os._exit(0)
            os.close(write)
            os.waitpid(process, 0)
            with open(read) as said:
                return said.read()

        def knock(self):
            """What the server sends before anything is asked."""
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.settimeout(10)
                stranger.connect(f"{self.directory}/bus-1")
                return stranger.recv(1000)[16:].decode()

        def knock_with_a_file(self):
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as file:
                file.settimeout(10)
                file.connect(f"{self.directory}/i2c-1")
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    file.send(struct.pack("<IHHQ", protocol.MAGIC, protocol.VERSION, 0, 1))
                    return "let in" if file.recv(100) else "turned away"
                return "turned away"

        def test_are_turned_away(self):
            self.start_bus()
            os.chmod(self.directory, 0o755)
            for name in "bus-1", "i2c-1":
                os.chmod(f"{self.directory}/{name}", 0o666)
            self.assertEqual(self.knock_with_a_file(), "let in")
            self.assertEqual(self.as_other(self.knock), "it belongs to another user")
            self.assertEqual(self.as_other(self.knock_with_a_file), "turned away")
            self.assert_works()

        def test_are_not_believed_to_be_a_bus(self):
            """Another user's server, in a directory that was ours when we looked."""
            for name, kind, command in (("bus-1", socket.SOCK_STREAM, ["monitor"]),
                                        ("i2c-1", socket.SOCK_SEQPACKET, ["exec", "--", "cat", "/dev/i2c-1"])):
                with self.subTest(name=name), socket.socket(socket.AF_UNIX, kind) as listener:
                    if name != "bus-1":
                        self.start_bus()
                        os.unlink(f"{self.directory}/{name}")
                    listener.bind(f"{self.directory}/{name}")
                    self.as_other(lambda: listener.listen() or "")
                    listener.settimeout(20)
                    done = self.command(*command)
                    self.assertEqual(done.returncode, 1)
                    self.assertRegex(done.stderr, "it belongs to another user|Permission denied")
                    with listener.accept()[0] as connection:  # it went at once
                        self.assertEqual(connection.recv(100), b"")
                os.unlink(f"{self.directory}/{name}")


class Directory(OwnerTest):
    def test_that_others_may_write_is_refused(self):
        for mode in 0o770, 0o702, 0o1777, 0o1770, 0o2770:
            with self.subTest(mode=oct(mode)):
                os.chmod(self.directory, mode)
                self.assert_refused(self.start_bus(), f"{self.directory} is not safe: it must be yours, and closed to others")
                self.assertEqual(os.listdir(self.directory), [])

    def test_that_others_may_only_read_is_taken(self):
        os.chmod(self.directory, 0o755)
        self.assertEqual(self.start_bus().stop(), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
