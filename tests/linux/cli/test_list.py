#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`i2ctarget list`, the line about two targets at one address, and `-h`."""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import COMMAND, BusTest, wait_until


class ListTest(BusTest):
    def listed(self, *options):
        result = self.command("list", "--json", *options)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return [json.loads(line) for line in result.stdout.splitlines()]

    def peers(self, role, number=1):
        return [peer for peer in self.listed("--bus", str(number))[0]["peers"] if peer["role"] == role]

    def device(self, *arguments):
        process = subprocess.Popen([COMMAND, "device", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate, timeout=20)
        self.addCleanup(process.kill)
        self.assertIn(" ready", process.stdout.readline())
        return process


class Buses(ListTest):
    def test_none(self):
        result = self.command("list")
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, "", f"i2ctarget list: no bus runs (looked in {self.directory})\n"))
        result = self.command("list", "--bus", "4")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("no bus 4: start it", result.stderr)

    def test_all_in_order(self):
        buses = [self.start("--speed", "400000", number=number) for number in (10, 9, 0)]
        os.mkfifo(f"{self.directory}/bus-2x")  # somebody else's
        self.assertEqual([(bus["bus"], bus["scl_hz"], bus["pid"], bus["peers"]) for bus in self.listed()],
                         [(bus.number, 400000, bus.pid, []) for bus in reversed(buses)])
        self.assertEqual(self.command("list").stdout,
                         "".join(f"bus {bus.number}  400000 Hz  process {bus.pid}\n" for bus in reversed(buses)))

    def test_killed_server_is_no_bus(self):
        bus = self.start(number=1)
        self.start(number=2)
        bus.process.kill()
        bus.process.wait()
        self.assertTrue(os.path.exists(f"{self.directory}/bus-1"))
        self.assertEqual([bus["bus"] for bus in self.listed()], [2])

    def test_bus_of_a_run(self):
        """It has a directory of its own, in which its children see it as any other bus."""
        process = subprocess.Popen([COMMAND, "run", "--", "sh", "-c", f"echo $I2CTARGET_DIR; {COMMAND} list; read line"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate, "\n", timeout=20)
        directory = process.stdout.readline().strip()
        inside = process.stdout.readline()
        buses = [bus for bus in self.listed() if bus["directory"] == directory]
        self.assertEqual([bus["bus"] for bus in buses], [1])
        self.assertEqual(inside, f"bus 1  100000 Hz  process {buses[0]['pid']}\n")
        self.assertIn(f"{inside.rstrip()}  in {directory}\n", self.command("list").stdout)

    def test_many_runs(self):
        """More than the command may have descriptors."""
        for number in range(30):
            os.mkdir(f"{self.directory}/run-{number}-0")
        last = f"{self.directory}/run-9-0"  # in the order of the alphabet
        bus = self.start(env={**os.environ, "I2CTARGET_DIR": last})
        result = subprocess.run(["sh", "-c", f"ulimit -n 16; exec {COMMAND} list"], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (0, f"bus 1  100000 Hz  process {bus.pid}  in {last}\n", ""))

    def test_wrong_calls(self):
        for arguments, complaint in ((["x"], '"x" is too much: a bus is --bus N'), (["--bus", "x"], '"x" is no bus number: 0 to 65535'),
                                     (["--what"], "there is no option --what"), (["-x"], "there is no option -x")):
            result = self.command("list", *arguments)
            self.assertEqual((result.returncode, result.stderr),
                             (2, f"i2ctarget list: {complaint} (i2ctarget list --help)\n"))


class Peers(ListTest):
    def test_roles(self):
        self.start()
        self.opened(protocol.Target(addresses=[0x30, 0x31, 0x32, 0x50, 0x10], name="registers"))
        self.controller()
        self.opened(protocol.Monitor(1))
        self.opened(protocol.File(1))
        peers = self.listed()[0]["peers"]
        self.assertEqual([(peer["role"], peer["addresses"], peer["pid"]) for peer in peers],
                         [("target", [0x10, 0x30, 0x31, 0x32, 0x50], os.getpid())]
                         + [(role, [], os.getpid()) for role in ("open file", "controller", "monitor")])
        self.assertEqual(peers[0]["name"], "registers")
        with open("/proc/self/cmdline", encoding="utf-8") as file:
            self.assertEqual(peers[0]["command"], file.read().rstrip("\0").split("\0"))
        text = self.command("list").stdout.splitlines()
        self.assertRegex(text[1], rf"^  target +0x10,0x30\.\.0x32,0x50 +{os.getpid()}  \S*python3 ")
        self.assertRegex(text[3], rf"^  controller +{os.getpid()}  ")
        self.assertEqual(len(text), 5)

    def test_answer_on_the_wire(self):
        """docs/PROTOCOL.md"""
        self.start()
        self.opened(protocol.Target(addresses=[0x7f], name="last"))
        self.opened(protocol.Monitor(1, name="watcher"))
        result, answer = self.controller().call(protocol.OP_PEERS, 0)
        records = sorted(answer[i : i + 56] for i in range(0, len(answer), 56))
        self.assertEqual(result, 0)
        self.assertEqual(records, [protocol.struct.pack("<HHI4I32s", role, 0, os.getpid(), *words, name)
                                   for role, words, name in ((protocol.TARGET, (0, 0, 0, 1 << 31), b"last"),
                                                             (protocol.MONITOR, (0, 0, 0, 0), b"watcher"))])

    def test_program_with_the_node_open(self):
        self.start()
        process = subprocess.Popen([COMMAND, "exec", "--", "sh", "-c", "exec 5<>/dev/i2c-1; read line"],
                                   stdin=subprocess.PIPE)
        self.addCleanup(process.communicate, b"\n", timeout=20)
        wait_until(lambda: [peer["pid"] for peer in self.peers("open file")] == [process.pid], "it is listed")

    def test_ready_made_device(self):
        self.start()
        device = self.device("lm75", "--address", "4a")
        self.assertEqual(self.peers("target"), [{"role": "target", "addresses": [0x4a], "pid": device.pid,
                                                 "name": "i2ctarget device lm75",
                                                 "command": [COMMAND, "device", "lm75", "--address", "4a"]}])

    def test_names_may_be_anything(self):
        self.start()
        name = b'"\\\x01\xff\xc3\xa4\xe2\x82'
        self.opened(self.target_named(name))
        self.assertEqual(self.peers("target")[0]["name"], '"\\\x01\ufffd\u00e4\ufffd\ufffd')

    @staticmethod
    def target_named(name):
        peer = protocol.Peer(1)
        peer.send(protocol.HELLO, protocol.struct.pack("<IHH32s", protocol.MAGIC, protocol.VERSION, protocol.TARGET, name))
        peer.receive()
        return peer

    def test_target_before_it_listens(self):
        self.start()
        self.opened(self.target_named(b"early"))
        self.assertEqual([(peer["addresses"], peer["name"]) for peer in self.peers("target")], [([], "early")])


class Twice(ListTest):
    """Two targets at one address are told when it happens, once, and are listed."""

    def said_by(self, bus):
        return bus.stop()[2]

    def test_line(self):
        bus = self.start()
        self.opened(protocol.Target(addresses=[0x40, 0x41, 0x42], name="first"))
        self.opened(protocol.Target(addresses=[0x50], name="other"))
        self.opened(protocol.Target(addresses=[0x41, 0x42], name="second"))
        self.assertEqual(self.listed()[0]["shared_addresses"], [0x41, 0x42])
        self.assertIn("\n  more than one target at 0x41..0x42\n", self.command("list").stdout)
        self.assertEqual(self.said_by(bus),
                         f'i2ctarget bus: two targets listen to address 0x41 of bus 1: "first" (process {os.getpid()}) '
                         f'and, from now on, "second" (process {os.getpid()}), and to 1 more\n')

    def test_address_that_is_added_later(self):
        bus = self.start()
        self.opened(protocol.Target(addresses=[0x40], name="first"))
        second = self.opened(protocol.Target(addresses=[0x41], name="second"))
        for addresses in [0x41, 0x40], [0x40], []:
            words = [0, 0, 0, 0]
            for address in addresses:
                words[address >> 5] |= 1 << (address & 31)
            second.send(protocol.ADDRESSES, protocol.struct.pack("<4I", *words))
            self.assertEqual(second.receive()[0], protocol.ADDRESSES_SET)
        self.assertEqual(self.said_by(bus).count("\n"), 1)

    def test_one_after_the_other_is_no_mistake(self):
        bus = self.start()
        with protocol.Target(addresses=[0x40]):
            pass
        self.opened(protocol.Target(addresses=[0x40]))
        self.assertEqual(self.said_by(bus), "")


class ShortHelp(BusTest):
    def test_every_command(self):
        words = [line.split()[0] for line in self.command("-h").stdout.splitlines()
                 if line.startswith("  ") and line[2].isalpha() and not line.startswith("  i2ctarget")]
        self.assertIn("list", words)
        commands = [[word] for word in words] + [["device", "lm75"]]
        for command in commands:
            with self.subTest(command=command):
                short, long = self.command(*command, "-h"), self.command(*command, "--help")
                self.assertEqual((short.returncode, short.stdout, short.stderr), (0, long.stdout, ""))
                self.assertTrue(short.stdout.startswith(f"usage: i2ctarget {command[0]}"), short.stdout[:40])


if __name__ == "__main__":
    unittest.main()
