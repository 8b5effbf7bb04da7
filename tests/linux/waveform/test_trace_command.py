#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""`i2ctarget trace`: what it reads in traces, of ours and of others; against sigrok and the monitor; and its pictures."""

import json
import os
import random
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from buses import COMMAND, BusTest
from vcdfile import Vcd

SOURCE = os.environ["SOURCE_DIR"]
SVG = "{http://www.w3.org/2000/svg}"


class TraceTest(BusTest):
    def write(self, text, name="trace.vcd"):
        path = f"{self.directory}/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def trace(self, *arguments):
        done = subprocess.run([COMMAND, "trace", *arguments], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})
        return done.returncode, done.stdout, done.stderr

    def lines(self, text, *arguments):
        """Its lines without times."""
        status, out, err = self.trace(*arguments, self.write(text))
        self.assertEqual((status, err), (0, ""), out)
        return [re.sub(r"^\S+  (.*?) +[\d.]+ (?:µs|ms|s)(?:  held .*)?$", r"\1", line) for line in out.splitlines()]

    def objects(self, path, *arguments):
        status, out, err = self.trace("--json", *arguments, path)
        self.assertEqual((status, err), (0, ""))
        return [json.loads(line) for line in out.splitlines()]


class Text(TraceTest):
    def test_transfers(self):
        text = Vcd().play("S 80+ 01+ Sr 81+ aa- P S 84- P S 80+ 01+ ff- P").end()
        self.assertEqual(self.lines(text), ["S 40 W + 01 +  Sr 40 R + aa -  P", "S 42 W -  P", "S 40 W + 01 ff -  P"])

    def test_whole_line(self):
        path = self.write(Vcd().play("S 80+ h120 01+ P").end())
        self.assertEqual(self.trace("--text", path),
                         (0, "00:00:00.000007  S 40 W + 01 +  P                             310 µs  held 120 µs\n", ""))

    def test_cut_bytes(self):
        text = Vcd().play("S 80+ :0110 Sr 81+ 00- P S :01 P S 80+ :01101101 P").end()
        self.assertEqual(self.lines(text), ["S 40 W + :0110  Sr 40 R + 00 -  P", "S :01  P", "S 40 W + :01101101  P"])

    def test_no_stop(self):
        self.assertEqual(self.lines(Vcd().play("S 80+ 01+ :01").end()), ["S 40 W + 01 + :01"])

    def test_begins_in_a_transfer(self):
        """What is in front of the first START is nothing."""
        vcd = Vcd()
        vcd.play("S 80+ :0110")
        head, changes = vcd.text.split("$end\n#", 1)
        later = vcd.play("P S 82+ P").end()[len(head) + len(changes):]
        head = head.replace("1c", "0c")
        self.assertEqual(self.lines(head + "$end\n#900\n" + later[later.index("#"):]), ["S 41 W +  P"])

    def test_long_message(self):
        text = Vcd().play("S 80+ " + "11+ " * 30 + "22- P").end()
        self.assertEqual(self.lines(text), ["S 40 W + " + "11 " * 16 + "…15 more -  P"])
        self.assertEqual(self.lines(text, "--full"), ["S 40 W + " + "11 " * 30 + "22 -  P"])

    def test_freeing_clocks_are_no_byte(self):
        self.assertEqual(self.lines(Vcd().play("S 80+ f f f P").end()), ["S 40 W + [3 clocks to free SDA]  P"])

    def test_which_transfers(self):
        text = Vcd().play("S 80+ P S 82+ P S 84+ P S 86+ P").end()
        self.assertEqual(self.lines(text, "--transfers", "2"), ["S 41 W +  P"])
        self.assertEqual(self.lines(text, "--transfers", "3-9"), ["S 42 W +  P", "S 43 W +  P"])
        path = self.write(text)
        self.assertEqual(self.trace("--transfers", "5", path), (1, "", f"i2ctarget trace: {path}: it has 4 transfers\n"))

    def test_idle_time_is_put_back(self):
        first, second = self.objects(self.write(Vcd().play("S 80+ P i5 S 80+ P").end()))
        self.assertAlmostEqual(second["virtual_ns"] - first["virtual_ns"], 5e9 + 110e3, delta=20e3)
        self.assertEqual(first["time"], "1970-01-01T00:00:00.000007500Z")

    def test_stretch_of_each_message(self):
        [transfer] = self.objects(self.write(Vcd().play("S 80+ h100 h20 01+ Sr 81+ h30 aa- P").end()))
        self.assertEqual([message["stretch_us"] for message in transfer["messages"]], [120, 30])


class Files(TraceTest):
    """Traces as others write them."""

    def test_timescales(self):
        for timescale, ticks_per_us in (("1 ns", 1000), ("10ns", 100), ("1 us", 1), ("1000 ps", None), ("100 ps", 10000), ("1 ps", 1e6), ("1 fs", 1e9)):
            if ticks_per_us is None:
                continue
            with self.subTest(timescale):
                [transfer] = self.objects(self.write(Vcd(timescale=timescale, ticks_per_us=ticks_per_us).play("S 80+ 5a- P").end()))
                self.assertEqual(transfer["messages"][0]["data"], "5a")
                self.assertAlmostEqual(transfer["duration_ns"], 190000, delta=5000)

    def test_names(self):
        text = Vcd("scl", "Sda").play("S 80+ P").end()
        self.assertEqual(self.lines(text), ["S 40 W +  P"])
        text = Vcd("D0", "D1").play("S 80+ P").end()
        self.assertEqual(self.lines(text, "--scl", "D0", "--sda", "d1"), ["S 40 W +  P"])
        path = self.write(text)
        self.assertEqual(self.trace(path), (1, "", f"i2ctarget trace: {path}: there is no signal SCL; there are: D0 D1 freeing_sda "
                                                   "(--scl NAME, --sda NAME)\n"))
        self.assertIn("there is no signal x;", self.trace("--scl", "D0", "--sda", "x", path)[2])

    def test_released_is_high(self):
        text = Vcd().play("S 80+ 5a- P").end()
        for high in "zZxX":
            self.assertEqual(self.lines(re.sub(r"^1([cd])$", rf"{high}\1", text, flags=re.MULTILINE)), ["S 40 W + 5a -  P"])

    def test_both_wires_at_one_moment(self):
        """SDA has moved while SCL was low, as wires that are sampled slowly show it."""
        text = Vcd().play("S 80+ 5a+ a5- P").end()
        for edges, what in ((r"([01]d)\n#\d+\n(1c)", "SCL rises"), (r"(0c)\n#\d+\n([01]d)", "SCL falls")):
            with self.subTest(what):
                slow = re.sub(rf"(?m)^{edges}$", r"\2\n\1", text)
                self.assertNotEqual(slow, text)
                self.assertEqual(self.lines(slow), ["S 40 W + 5a a5 -  P"])

    def test_comments_and_other_signals(self):
        text = Vcd().play("S 80+ P").end().replace("#0\n", "$comment a 1c $end\n#0\nb01 b\nr2.5 x\n1q\n")
        self.assertEqual(self.lines(text), ["S 40 W +  P"])

    def test_file_that_ends_anywhere(self):
        """The disk was full, or the bus was killed: what is there is shown."""
        first, whole = Vcd().play("S 80+ P").text, Vcd().play("S 80+ P i5 S 84+ P").text
        self.assertTrue(whole.startswith(first))
        for end in range(len(first), len(whole), 3):
            lines = self.lines(whole[:end])
            self.assertEqual(lines[0], "S 40 W +  P", whole[:end][-20:])
        for rest in "", "#", "#9", "#999999\n0", "r", "r0.5", "r0.5 ", "b01", "$e":
            self.assertEqual(self.lines(first + rest), ["S 40 W +  P"], rest)

    def test_bad_files(self):
        right = Vcd().play("S 80+ P").end()
        header, changes = right.split("$enddefinitions $end\n")
        for text, problem in (
                ("", "it ends in front of $enddefinitions: is it a VCD?"),
                ("GIF89a\n", "\"GIF89a\" is no VCD: definitions begin with $"),
                (header, "it ends in front of $enddefinitions: is it a VCD?"),
                ("$comment for ever\n", "$comment has no $end"),
                ("$timescale 7 ns $end\n" + right, "a timescale is 1, 10 or 100, of s, ms, us, ns, ps or fs"),
                ("$timescale 1 min $end\n" + right, "a timescale is 1, 10 or 100, of s, ms, us, ns, ps or fs"),
                ("$var wire 8 c SCL $end\n$enddefinitions $end\n", "there is no signal of one bit in it"),
                (right + "#1\n", "time goes back from "),
                (right + "#x\n", "\"#x\" is no time"),
                (right + "#99999999999999999999999\n", "is no time"),
                (right + "hello\n", "\"hello\" is no change of a signal"),
                (right + "1\n", "\"1\" is a level of no signal"),
                (header + "$enddefinitions $end\n#0\n1c\n1d\n#5\n", "there is no START in it")):
            with self.subTest(problem):
                status, _, err = self.trace(self.write(text))
                self.assertEqual((status, err.count("\n")), (1, 1), err)
                self.assertRegex(err, r"^i2ctarget trace: \S+/trace.vcd: ")
                self.assertIn(problem, err)
        self.assertIn(f"line {right.count(chr(10)) + 1}: ", self.trace(self.write(right + "hello\n"))[2])

    def test_long_words(self):
        """255 characters count, the level of a change among them; more are cut off."""
        def with_ids(length):
            text = Vcd().play("S 80+ P").end()
            for signal in "cd":
                text = text.replace(f"wire 1 {signal} ", f"wire 1 {signal:a>{length}} ")
            return re.sub(r"(?m)^([01])([cd])$", lambda found: f"{found[1]}{found[2]:a>{length}}", text)
        self.assertEqual(self.lines(with_ids(254)), self.lines(with_ids(1)))
        status, _, err = self.trace(self.write(with_ids(255)))
        self.assertEqual(status, 1)
        self.assertIn("there is no START in it", err)

    def test_what_came_before_the_fault_is_shown(self):
        path = self.write(Vcd().play("S 80+ P S 82+ P").end() + "hello\n")
        status, out, _ = self.trace(path)
        self.assertEqual((status, out.count("\n")), (1, 2))

    def test_garbage(self):
        """Broken at random, a file is read or refused."""
        random.seed(22)
        right = Vcd().play("S 80+ h120 01+ Sr 81+ aa- P i5 S 80+ :0110 P f").end()
        for _ in range(150):
            broken = list(right)
            for _ in range(random.randrange(1, 12)):
                at = random.randrange(len(broken))
                broken[at:at + random.randrange(3)] = random.choice(("0", "1", "#", "$", " ", "\n", "c", "b1", "r9e99 i", "$end", "\x01"))
            path = self.write("".join(broken))
            for arguments in ((), ("--svg", f"{self.directory}/garbage.svg")):
                status, _, err = self.trace(*arguments, path)
                self.assertIn((status, err.count("\n")), ((0, 0), (1, 1)), err)

    def test_files_that_can_not_be_read(self):
        for path, problem in ((f"{self.directory}/none", "No such file or directory"), (self.directory, "Is a directory")):
            self.assertEqual(self.trace(path), (1, "", f"i2ctarget trace: {path}: {problem}\n"))

    def test_output_that_can_not_be_written(self):
        """More than a buffer of stdio, and less."""
        for transfers, who in ((1, "i2ctarget"), (200, "i2ctarget trace")):
            path = self.write(Vcd().play("S 80+ P " * transfers).end())
            with open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run([COMMAND, "trace", path], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
            self.assertEqual((done.returncode, done.stderr), (1, f"{who}: cannot write: No space left on device\n"))

    def test_wrong_calls(self):
        for arguments, problem in (((), "a VCD file is missing"), (("a", "b"), "\"b\" is too much"),
                                   (("--json", "--svg", "x", "a"), "--text, --json and --svg do not go together"),
                                   (("--transfers", "0", "a"), "--transfers 0: a number from 1 on, or two: 3-5"),
                                   (("--transfers", "5-3", "a"), "--transfers 5-3: a number from 1 on, or two: 3-5"),
                                   (("--nonsense", "a"), "nonsense")):
            status, out, err = self.trace(*arguments)
            self.assertEqual((status, out), (2, ""))
            self.assertIn(problem, err)
        self.assertEqual(self.trace("--help")[0], 0)


class Judges(TraceTest):
    def test_monitor(self):
        """What the monitor said when it happened."""
        path = f"{self.directory}/bus.vcd"
        bus = self.start("--trace", path)
        monitor = subprocess.Popen([COMMAND, "monitor", "--json", "--count", "3"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(monitor.communicate)
        monitor.stderr.readline()
        controller, target = self.controller(), self.target()
        for byte in 0x00, 0x5A:
            controller.send_read_byte_data(0x40, byte)
            target.commit(target.next_call().serial, count=1)
            target.commit(target.next_call().serial, count=1, data=bytes([byte ^ 0x0F]))
            self.assertEqual(controller.reply()[0], 0)
        controller.send_read_byte_data(0x3F, 1)
        self.assertNotEqual(controller.reply()[0], 0)
        said = [json.loads(line) for line in monitor.communicate(timeout=20)[0].splitlines()]
        bus.stop()
        found = self.objects(path)
        self.assertEqual(len(found), 3)
        for one, other in zip(said, found, strict=True):
            self.assertAlmostEqual(one["duration_ns"], other["duration_ns"], delta=1000)
            for mine, its in zip(one["messages"], other["messages"], strict=True):
                mine["reason"] = None  # the wires do not tell it
                self.assertAlmostEqual(mine.pop("stretch_us"), its.pop("stretch_us"), delta=12)
                self.assertEqual(mine, its)

    def test_sigrok(self):
        """Random transfers, read by an independent decoder."""
        random.seed(11)
        vcd, expected = Vcd(), []
        for _ in range(60):
            words = []
            for n in range(random.choice((1, 1, 2, 3))):
                words += ["Sr" if n else "S"] + [f"{random.randrange(256):02x}{random.choice('++-')}" for _ in range(random.randrange(1, 6))]
            vcd.play(" ".join([*words, "P"]))
        path = self.write(vcd.end())
        sigrok = subprocess.run(["sigrok-cli", "-i", path, "-I", "vcd", "-P", "i2c:scl=SCL:sda=SDA", "-A",
                                 "i2c=start:repeat-start:stop:ack:nack:address-read:address-write:data-read:data-write"],
                                capture_output=True, text=True, timeout=60, check=True).stdout
        for transfer in self.objects(path, "--full"):
            for message in transfer["messages"]:
                direction = "read" if message["read"] else "write"
                expected += ["Start repeat" if message["start"] == "Sr" else "Start", f"Address {direction}: {message['address']:02X}",
                             "ACK" if message["ack"] else "NACK"]
                for n, ack in enumerate(message["acks"]):
                    expected += [f"Data {direction}: {message['data'][2 * n:2 * n + 2].upper()}", "ACK" if ack == "+" else "NACK"]
            expected.append("Stop")
        found = [line.split(": ", 1)[1] for line in sigrok.splitlines()]
        self.assertEqual([line for line in found if line not in ("Read", "Write")], expected)
        self.assertGreater(len(expected), 400)


class Pictures(TraceTest):
    def draw(self, text, *arguments, name="trace.vcd"):
        path = f"{self.directory}/out.svg"
        self.assertEqual(self.trace("--svg", path, *arguments, self.write(text, name)), (0, "", ""))
        return ElementTree.parse(path).getroot()

    @staticmethod
    def words(picture):
        return [text.text for text in picture.iter(f"{SVG}text")]

    def test_words(self):
        words = self.words(self.draw(Vcd().play("S 80+ h120 01+ Sr 81+ aa- P").end()))
        self.assertEqual([word for word in words if len(word) > 1 and word not in ("SCL", "SDA")],
                         ["transfer 1, at 8 µs", "held 120 µs", "0x40 write", "0x01", "Sr", "0x40 read", "0xaa"])
        self.assertEqual([word for word in words if word in "SPAN"], ["S", "A", "A", "A", "N", "P"])
        self.assertEqual("".join(word for word in words if word in "01"), "100000000" "000000010" "100000010" "101010101")

    def test_cut_byte(self):
        self.assertIn("4 bits", self.words(self.draw(Vcd().play("S 80+ :0110 P").end())))

    def test_all_is_inside(self):
        """Of a transfer that needs many lines, with long gaps."""
        picture = self.draw(Vcd().play("S 80+ " + "h500 5a+ " * 60 + "P").end())
        _, _, width, height = map(float, picture.get("viewBox").split())
        self.assertLessEqual(width, 1400)
        for element in picture.iter():
            for name, limit in ("x", width), ("x1", width), ("y", height), ("y1", height), ("y2", height):
                if element.get(name):
                    self.assertTrue(0 <= float(element.get(name)) <= limit, element.attrib)
            path = element.get("d", "")
            for x in re.findall(r"[MH]([\d.-]+)", path):
                self.assertTrue(0 <= float(x) <= width, x)
            for y in re.findall(r"V([\d.-]+)", path):
                self.assertTrue(0 <= float(y) <= height, y)
        self.assertEqual(self.words(picture).count("0x5a"), 60)

    def test_wires_are_drawn_as_they_were(self):
        """SCL of an address and nothing else: ten times high, nine clocks and STOP; it begins and ends high."""
        picture = self.draw(Vcd().play("S 80+ P").end())
        [scl] = [path.get("d") for path in picture.iter(f"{SVG}path") if path.get("class") == "w"]
        levels = [int(y) for y in re.findall(r"[V ](\d+)", scl)]
        highs = sum(one > other for one, other in zip(levels, levels[1:]))
        self.assertEqual((highs, levels[0] == levels[-1] == min(levels)), (10, True))

    def test_each_line_ends_where_the_next_begins(self):
        """Only behind the last edge of the trace does a wire go on."""
        picture = self.draw(Vcd().play("S 80+ " + "5a+ " * 60 + "P").end())
        paths = [path.get("d") for path in picture.iter(f"{SVG}path") if path.get("class") == "w"]
        self.assertGreater(len(paths), 2)
        self.assertEqual([bool(re.search(r"H[\d.]+$", path)) for path in paths], [False] * (len(paths) - 1) + [True])

    def test_how_many(self):
        text = Vcd().play("S 80+ P " * 12).end()
        self.assertEqual(sum("transfer" in word for word in self.words(self.draw(text))), 8)
        words = self.words(self.draw(text, "--transfers", "11-40"))
        self.assertEqual([word[:12] for word in words if "transfer" in word], ["transfer 11,", "transfer 12,"])

    def test_title(self):
        picture = self.draw(Vcd().play("S 80+ P").end(), name="a<b>&c.vcd")
        self.assertEqual(picture.find(f"{SVG}title").text, f"{self.directory}/a<b>&c.vcd")

    def test_output_that_can_not_be_written(self):
        path = self.write(Vcd().play("S 80+ P").end())
        for out, problem in ((f"{self.directory}/no/out.svg", "No such file or directory"), ("/dev/full", "No space left on device")):
            self.assertEqual(self.trace("--svg", out, path), (1, "", f"i2ctarget trace: {out}: {problem}\n"))

    def test_full_disk(self):
        """No part of a picture stays: of one that was there, of a new one, and behind a link."""
        path = self.write(Vcd().play("S 80+ P").end())
        drawing = f"ulimit -f 1; exec {COMMAND} trace --svg"
        for name in "new.svg", "old.svg", "link.svg":
            with self.subTest(name):
                out, file = f"{self.directory}/{name}", f"{self.directory}/{name}.target" if name == "link.svg" else f"{self.directory}/{name}"
                if name != "new.svg":
                    self.write("an older picture", os.path.basename(file))
                if file != out:
                    os.symlink(file, out)
                done = subprocess.run(["sh", "-c", f"{drawing} {out} {path}"], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", f"i2ctarget trace: {out}: File too large\n"))
                self.assertEqual((os.path.lexists(file), os.path.islink(out)), (False, file != out))

    def test_standard_output(self):
        path = self.write(Vcd().play("S 80+ P").end())
        self.assertEqual(self.trace("--svg", f"{self.directory}/out.svg", path), (0, "", ""))
        done = subprocess.run([COMMAND, "trace", "--svg", "-", path], cwd=self.directory, capture_output=True, text=True, timeout=60, check=False)
        with open(f"{self.directory}/out.svg", encoding="utf-8") as file:
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, file.read(), ""))
        self.assertFalse(os.path.exists(f"{self.directory}/-"))
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([COMMAND, "trace", "--svg", "-", path], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (1, "i2ctarget trace: cannot write: No space left on device\n"))

    def test_no_picture_of_a_bad_file(self):
        out = f"{self.directory}/none.svg"
        self.assertEqual(self.trace("--svg", out, self.write("x"))[0], 1)
        self.assertFalse(os.path.exists(out))

    def test_picture_in_readme(self):
        """It is what the command draws."""
        out = f"{self.directory}/demo.svg"
        done = subprocess.run([COMMAND, "trace", "--svg", out, "demo.vcd"], cwd=f"{SOURCE}/docs", check=False)
        self.assertEqual(done.returncode, 0)
        with open(out, encoding="utf-8") as mine, open(f"{SOURCE}/docs/demo.svg", encoding="utf-8") as its:
            self.assertEqual(mine.read(), its.read())


if __name__ == "__main__":
    unittest.main()
