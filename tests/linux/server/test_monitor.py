#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`i2ctarget monitor`: its exact output."""

import errno
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import COMMAND, BusTest, has_signal, ignoring


class MonitorTest(BusTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start()

    def watch(self, *options, **keywords):
        """A running monitor that shows everything from now on."""
        keywords.setdefault("stdout", subprocess.PIPE)
        keywords.setdefault("env", dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC"))
        process = subprocess.Popen([COMMAND, "monitor", *options], stderr=subprocess.PIPE, text=True, **keywords)
        process.lines = ""
        self.addCleanup(self.end_monitor, process)
        self.assertEqual(process.stderr.readline(), "i2ctarget monitor: watching bus 1, 100000 Hz\n")
        return process

    def watch_played(self, *frames, options=(), welcome=struct.pack("<IHHHHII", 12, protocol.WELCOME, 0, protocol.VERSION, 0, 9, 100000)):
        """A monitor of bus 9, which is not a real one: it sends these frames, and nothing more.  Returns the process at its end."""

        def serve():
            peer, _ = listener.accept()
            with peer:
                peer.recv(48)
                peer.sendall(welcome + b"".join(frames))
                peer.shutdown(socket.SHUT_WR)
                peer.recv(1)

        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{self.directory}/bus-9")
            listener.listen()
            server = threading.Thread(target=serve)
            server.start()
            monitor = self.command("monitor", "--bus", "9", *options)
            server.join()
        os.unlink(f"{self.directory}/bus-9")
        return monitor

    @staticmethod
    def end_monitor(process):
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)

    def line(self, process):
        self.assertTrue(self.has_line(process, 10), "the monitor says nothing")
        line, process.lines = process.lines.split("\n", 1)
        return line + "\n"

    @staticmethod
    def has_line(process, seconds):
        """Not through the buffers of a file object: select() knows nothing of these."""
        while "\n" not in process.lines:
            if not select.select([process.stdout], [], [], seconds)[0]:
                return False
            process.lines += os.read(process.stdout.fileno(), 65536).decode()
        return True

    def plain_line(self, process):
        """A line with its times taken out."""
        line = self.line(process)
        line = re.sub(r"^\d\d:\d\d:\d\d\.\d{6}", "TIME", line)
        line = re.sub(r" +[0-9.]+ (µs|us|ms|s)\b", " DURATION", line)
        return line

    def serve_write(self, target, **commit):
        target.commit(target.next_call().serial, **commit)


class Text(MonitorTest):
    def test_lines_are_whole_and_come_at_once(self):
        monitor = self.watch()
        with protocol.Controller() as controller:
            begin = time.time()
            controller.send_transfer([(0x42, b"")])
            controller.reply()
        line = self.line(monitor)
        # SCL was not held, so even the duration is known: START, 9 bits, STOP.
        stamp = line[:15]
        self.assertRegex(stamp, r"^\d\d:\d\d:\d\d\.\d{6}$")
        hour, minute, second = stamp.split(":")
        passed = int(hour) * 3600 + int(minute) * 60 + float(second) - begin % 86400
        self.assertLess(abs((passed + 43200) % 86400 - 43200), 5)
        self.assertEqual(line[15:], "  S 42 W - [no such address]  P                103 µs\n")

    def test_byte_data_read(self):
        monitor, controller, target = self.watch(), self.controller(), self.target()
        controller.send_read_byte_data(0x40, 0x01)
        self.serve_write(target, count=1)
        self.serve_write(target, count=1, data=b"\xaa")
        controller.reply()
        self.assertEqual(self.plain_line(monitor), "TIME  S 40 W + 01 +  Sr 40 R + aa -  P DURATION  held DURATION\n")

    def test_columns(self):
        monitor, controller, target = self.watch(), self.controller(), self.target()
        controller.send_read_byte_data(0x40, 0x01)
        self.serve_write(target, count=1)
        self.serve_write(target, count=1, data=b"\xaa")
        controller.reply()
        controller.send_transfer([(0x40, b"\1\2")])
        time.sleep(0.02)
        self.serve_write(target, count=2)
        controller.reply()
        first, second = self.line(monitor), self.line(monitor)
        self.assertEqual(first.index("µs"), 66)
        self.assertRegex(second[57:], r"^    \d\d\.\d ms  held \d\d\.\d ms\n$")

    def test_reasons(self):
        monitor, controller = self.watch(), self.controller()
        target = self.target()
        controller.set(protocol.I2C_TIMEOUT, 20)

        def expect(line):
            self.assertEqual(self.plain_line(monitor), "TIME  " + line + " DURATION  held DURATION\n")

        controller.send_transfer([(0x40, b"\1\2\3")])
        self.serve_write(target, address=protocol.ADDRESS_NACK, reason=protocol.APPLICATION)
        expect("S 40 W - [application]  P")
        controller.send_transfer([(0x40, b"\1\2\3")])
        self.serve_write(target, count=1, then=protocol.THEN_REFUSE, reason=protocol.CLOSED)
        expect("S 40 W + 01 02 - [closed]  P")
        controller.send_transfer([(0x40, 3)])
        self.serve_write(target, count=1, data=b"\1", then=protocol.THEN_REFUSE, reason=protocol.CLOSED)
        expect("S 40 R + 01 ff ff - [closed]  P")
        controller.send_transfer([(0x40, b"\1\2\3")])
        target.next_call()
        expect("S 40 W - [controller's time-out after DURATION]  P")
        controller.send_transfer([(0x40, b"\1\2\3")])
        self.serve_write(target, count=1)
        expect("S 40 W + 01 02 - [controller's time-out after DURATION]  P")
        for _ in range(5):
            controller.reply()
        controller.send_transfer([(0x40, b"\1\2\3")])
        target.next_call()
        target.close()
        expect("S 40 W - [target lost]  P")
        smbus = self.target(flags=protocol.SMBUS)
        controller.set(protocol.I2C_TIMEOUT, 100)
        controller.send_transfer([(0x40, b"\1\2\3")])
        smbus.next_call()
        expect("S 40 W - [SMBus limit]  P")

    def test_stop_between_messages_and_messages_without_start(self):
        monitor, controller, target = self.watch(), self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1", protocol.I2C_M_STOP), (0x40, b"\2"), (0x40, b"\3", 0x4000)])
        self.serve_write(target, count=1)
        self.serve_write(target, count=2)
        self.assertEqual(controller.reply()[0], 3)
        self.assertEqual(self.plain_line(monitor),
                         "TIME  S 40 W + 01 +  P  S 40 W + 02 +  ... 03 +  P DURATION  held DURATION\n")

    def test_long_messages_are_shortened_with_a_count(self):
        monitor, full = self.watch(), self.watch("--full")
        controller, target = self.controller(), self.target()
        for length in 20, 21, 300:
            controller.send_transfer([(0x40, bytes(range(256)) * 2 if length > 256 else bytes(range(length)))])
            self.serve_write(target, count=1000)
            self.assertEqual(controller.reply()[0], 1)
        self.assertIn(" 0f 10 11 12 13 +  P ", self.line(monitor))
        self.assertIn(" 0e 0f …5 more +  P ", self.line(monitor))
        self.assertIn(" 0e 0f …496 more +  P ", self.line(monitor))
        self.assertIn(" 12 13 +  P ", self.line(full))
        self.assertIn(" 0f 10 11 12 13 14 +  P ", self.line(full))
        self.assertIn(" fe ff 00 01 ", self.line(full))

    def test_plain_ascii_where_the_locale_has_no_more(self):
        monitor, controller = self.watch(env=dict(os.environ, LC_ALL="C")), self.controller()
        controller.send_transfer([(0x42, b"")])
        self.assertRegex(self.line(monitor), " 103 us\n$")

    def test_colours_on_a_terminal_only(self):
        controller = self.controller()
        for no_color, colour in ("", True), ("1", False):
            ours, theirs = pty.openpty()
            monitor = self.watch(stdout=theirs, env=dict(os.environ, NO_COLOR=no_color, LC_ALL="C.UTF-8"))
            os.close(theirs)
            controller.send_transfer([(0x42, b"")])
            controller.reply()
            text = b""
            while b"\n" not in text:
                self.assertTrue(select.select([ours], [], [], 10)[0], "nothing came to the terminal")
                text += os.read(ours, 4096)
            self.assertEqual(b"\033[31m [no such address]\033[0m" in text, colour, text)
            self.assertEqual(b"\033" in text, colour)
            self.end_monitor(monitor)
            os.close(ours)

    def test_count_ends_it(self):
        monitor, controller = self.watch("--count", "2"), self.controller()
        for _ in range(3):
            controller.send_transfer([(0x42, b"")])
        out, err = monitor.communicate(timeout=10)
        self.assertEqual((monitor.returncode, out.count("\n"), err), (0, 2, ""))

    def test_missed_transfers_are_told(self):
        monitor, controller = self.watch(), self.controller()
        monitor.send_signal(signal.SIGSTOP)
        for _ in range(300):
            controller.send_transfer([(0x42, b"x" * 8192, 0x1000)])
            self.assertEqual(controller.reply()[0], 1)
        monitor.send_signal(signal.SIGCONT)
        lines = []
        while not lines or "missed" not in lines[-1]:
            lines.append(self.line(monitor))
            if len(lines) == 200:
                controller.send_transfer([(0x42, b"")])
            if not self.has_line(monitor, 0.3):
                controller.send_transfer([(0x42, b"")])
        shown = len(lines) - 1
        self.assertRegex(lines[-1], r"^\d+ transfers missed: more than could be written\n$")
        self.assertGreaterEqual(int(lines[-1].split()[0]), 300 - shown)

    def test_ends_with_0_when_asked_to(self):
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            monitor = self.watch()
            monitor.send_signal(number)
            self.assertEqual((monitor.communicate(timeout=10), monitor.returncode), (("", ""), 0))

    def test_a_signal_that_was_ignored_at_the_start_stays_ignored(self):
        monitor = self.watch("--count", "1", preexec_fn=ignoring(signal.SIGHUP))
        self.assertTrue(has_signal(monitor.pid, "SigIgn", signal.SIGHUP), "SIGHUP is not ignored")
        monitor.send_signal(signal.SIGHUP)
        with protocol.Controller() as controller:
            controller.send_transfer([(0x42, b"")])
            controller.reply()
        out, err = monitor.communicate(timeout=10)
        self.assertEqual((monitor.returncode, out.count("\n"), err), (0, 1, ""))

    def test_says_what_is_wrong_with_a_bus(self):
        transfer = struct.pack("<QQQQiIIII", 1, 0, 0, 0, 0, 0, 0, 0, 1000)

        def frame(kind, payload, spare=0):
            return struct.pack("<IHH", len(payload), kind, spare) + payload

        for frames, lines, why in (((), 0, "bus 9 has ended"), ((frame(protocol.TRANSFER, transfer),), 1, "bus 9 has ended"),
                                   ((frame(protocol.TRANSFER, transfer), frame(protocol.REPLY, transfer)), 1, "bus 9: Protocol error"),
                                   ((frame(protocol.TRANSFER, transfer[:-1]),), 0, "bus 9: Protocol error"),
                                   ((frame(protocol.TRANSFER, transfer, spare=1),), 0, "bus 9: Protocol error"),
                                   ((struct.pack("<IHH", 1 << 20, protocol.TRANSFER, 0),), 0, "bus 9: Protocol error")):
            monitor = self.watch_played(*frames)
            self.assertEqual((monitor.returncode, monitor.stdout.count("\n"), monitor.stderr),
                             (1, lines, f"i2ctarget monitor: watching bus 9, 100000 Hz\ni2ctarget monitor: {why}\n"))

    def test_says_why_a_bus_refuses(self):
        refused = struct.pack("<IHHII", 8 + 7, protocol.REFUSED, 0, errno.EBUSY, 0) + b"not now"
        monitor = self.watch_played(welcome=refused)
        self.assertEqual((monitor.returncode, monitor.stdout, monitor.stderr), (1, "", "i2ctarget monitor: bus 9 refused: not now\n"))

    def test_says_when_the_bus_goes(self):
        monitor = self.watch()
        self.bus.stop()
        self.assertEqual(monitor.communicate(timeout=10), ("", "i2ctarget monitor: bus 1 has ended\n"))
        self.assertEqual(monitor.returncode, 1)

    def test_cannot_write(self):
        with open("/dev/full", "w") as full:
            monitor = self.watch(stdout=full)
            with protocol.Controller() as controller:
                controller.send_transfer([(0x42, b"")])
                controller.reply()
            self.assertIn("cannot write: No space left on device\n", monitor.communicate(timeout=10)[1])
            self.assertEqual(monitor.returncode, 1)


    def test_what_was_on_the_wires_under_the_mangling_flags(self):
        monitor, controller, target = self.watch(), self.controller(), self.target()

        def expect(line):
            self.assertRegex(self.plain_line(monitor), "^TIME  " + re.escape(line) + " DURATION(  held DURATION)?\n$")

        controller.send_transfer([(0x40, b"\1\2\3", protocol.I2C_M_IGNORE_NAK)])
        self.serve_write(target, count=1, then=protocol.THEN_REFUSE, reason=protocol.APPLICATION)
        expect("S 40 W + 01 02 - 03 - [application]  P")
        controller.send_transfer([(0x40, 2, protocol.I2C_M_NO_RD_ACK)])
        self.serve_write(target, then=protocol.THEN_REFUSE, reason=protocol.CLOSED)
        expect("S 40 R + ff ff . [closed]  P")
        controller.send_transfer([(0x40, 1, protocol.I2C_M_REV_DIR_ADDR)])
        self.serve_write(target, count=1)
        expect("S 40 W + ff +  P")
        controller.send_transfer([(0x40, b"\xf0", protocol.I2C_M_REV_DIR_ADDR)])
        self.serve_write(target, count=1, data=b"\xe0", then=protocol.THEN_REFUSE)
        expect("S 40 R + :1110 [4 clocks to free SDA]  P  [arbitration lost]")
        controller.send_transfer([(0x40, b"\1", protocol.I2C_M_NOSTART)])
        expect("S 01 -  P")

    def test_clocks_that_freed_sda_stand_where_they_were(self):
        monitor, controller, target = self.watch(), self.controller(), self.target()
        controller.send_transfer([(0x40, 0), (0x40, b"")])
        self.serve_write(target, count=2, data=b"\x1f\0")
        self.serve_write(target, count=1)
        self.assertEqual(controller.reply()[0], 2)
        self.assertRegex(self.plain_line(monitor),
                         r"^TIME  S 40 R \+ \[3 clocks to free SDA\]  Sr 40 W \+  P DURATION  held DURATION\n$")


class Json(MonitorTest):
    def test_any_number_can_come_for_an_error(self):
        """A server may send any number, even the one that can not be negated."""
        results = -(1 << 31), -4096, -errno.EIO, -5000
        monitor = self.watch_played(*(struct.pack("<IHHQQQQiIIII", 52, protocol.TRANSFER, 0, 1, 0, 0, 0, result, 0, 0, 0, 1000)
                                      for result in results), options=("--json", "--count", "4"))
        self.assertEqual(monitor.returncode, 0, monitor.stderr)
        self.assertNotIn("runtime error", monitor.stderr)
        self.assertEqual([json.loads(line)["error"] for line in monitor.stdout.splitlines()],
                         ["unknown", "unknown", "EIO", "unknown"])

    def object(self, monitor):
        return json.loads(self.line(monitor))

    def test_keys_and_their_order(self):
        monitor, controller = self.watch("--json"), self.controller()
        controller.send_transfer([(0x42, b"")])
        controller.reply()
        line = self.line(monitor)
        self.assertRegex(line, r'^\{"number":1,"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z","virtual_ns":\d+,'
                         r'"duration_ns":\d+,"error":"ENXIO","recovery_clocks":0,"missed":0,"timeout_ms":1000,"messages":\['
                         r'\{"start":"S","address":66,"read":false,"ack":false,"data":"","acks":"","last_ack":null,'
                         r'"cut":null,"recovery_clocks":0,"reason":"no address","stretch_us":0,"stop":true\}\]\}\n$')

    def test_values(self):
        monitor, controller, target = self.watch("--json"), self.controller(), self.target()
        controller.send_read_byte_data(0x40, 0x01)
        self.serve_write(target, count=1)
        time.sleep(0.02)
        self.serve_write(target, count=1, data=b"\xaa")
        controller.reply()
        transfer = self.object(monitor)
        self.assertIsNone(transfer["error"])
        write, read = transfer["messages"]
        self.assertGreater(read.pop("stretch_us"), 15000)
        self.assertLess(write.pop("stretch_us"), 15000)
        self.assertGreater(transfer["duration_ns"], 15000000)
        self.assertEqual(write, dict(start="S", address=64, read=False, ack=True, data="01", acks="+", last_ack=True,
                                     cut=None, recovery_clocks=0, reason=None, stop=False))
        self.assertEqual(read, dict(start="Sr", address=64, read=True, ack=True, data="aa", acks="-", last_ack=False,
                                    cut=None, recovery_clocks=0, reason=None, stop=True))

    def test_reasons(self):
        monitor, controller, target = self.watch("--json"), self.controller(), self.target(flags=protocol.SMBUS)
        controller.send_transfer([(0x40, b"\1\2\3")])
        self.serve_write(target, address=protocol.ADDRESS_NACK, reason=protocol.APPLICATION)
        controller.send_transfer([(0x40, b"\1\2\3")])
        self.serve_write(target, count=1, then=protocol.THEN_REFUSE, reason=protocol.CLOSED)
        controller.send_transfer([(0x40, b"\1\2\3")])
        target.next_call()
        found = []
        for _ in range(3):
            transfer = self.object(monitor)
            found.append((transfer["error"], transfer["messages"][0]["reason"]))
        self.assertEqual(found, [("ENXIO", "application"), ("EIO", "closed"), ("ENXIO", "limit")])

    def test_a_byte_cut_short_and_no_ninth_clock(self):
        monitor, controller, target = self.watch("--json"), self.controller(), self.target()
        controller.send_transfer([(0x40, b"\xf0", protocol.I2C_M_REV_DIR_ADDR)])
        self.serve_write(target, count=1, data=b"\xe0", then=protocol.THEN_REFUSE)
        transfer = self.object(monitor)
        self.assertEqual((transfer["error"], transfer["recovery_clocks"]), ("EAGAIN", 4))
        message = transfer["messages"][0]
        self.assertEqual((message["read"], message["cut"], message["recovery_clocks"]),
                         (True, {"of": "data", "bits": "1110"}, 4))
        controller.send_transfer([(0x40, 2, protocol.I2C_M_NO_RD_ACK)])
        self.serve_write(target, then=protocol.THEN_REFUSE, reason=protocol.CLOSED)
        message = self.object(monitor)["messages"][0]
        self.assertEqual((message["acks"], message["last_ack"]), ("..", None))

    def test_long_data_is_whole(self):
        monitor, controller, target = self.watch("--json"), self.controller(), self.target()
        data = bytes(i % 256 for i in range(1000))
        controller.send_transfer([(0x40, data), (0x40, 1000)])
        self.serve_write(target, count=1000)
        self.serve_write(target, count=1000, data=data)
        controller.reply()
        self.assertEqual([message["data"] for message in self.object(monitor)["messages"]], [data.hex()] * 2)

    def test_times_agree_with_the_trace(self):
        self.bus.stop()
        trace = f"{self.directory}/trace.vcd"
        self.bus = self.start("--trace", trace)
        monitor, controller = self.watch("--json"), self.controller()
        starts = []
        for _ in range(3):
            time.sleep(0.05)
            controller.send_transfer([(0x42, b"")])
            controller.reply()
            starts.append(self.object(monitor)["virtual_ns"] // 100)
        with open(trace) as lines:
            falls, now, scl = [], 0, "1"
            for line in lines:
                if line.startswith("#"):
                    now = int(line[1:])
                elif line.strip() in ("0c", "1c"):
                    scl = line[0]
                elif line.strip() == "0d" and scl == "1":
                    falls.append(now)
        self.assertEqual(starts, falls)
        self.assertTrue(all(b - a < 20000 for a, b in zip(starts, starts[1:])), "idle gaps are cut to 1 ms")


if __name__ == "__main__":
    unittest.main()
