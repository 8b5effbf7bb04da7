#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Record a session with --trace, and replay it: the same clients get the same, and others are told."""

import os
import re
import signal
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", folder) for folder in ("devices", "waveform")]
from device import COMMAND, DeviceTest, wait_until
from vcdfile import Vcd

# A thermometer that gets warmer, and an EEPROM that is asked until it has written.
SESSION = ("i2ctransfer -y 1 w5@0x50 0x10 1 2 3 4", "sh -c 'until i2ctransfer -y 1 w1@0x50 0x10 r4 2>/dev/null; do :; done'", "i2cget -y 1 0x48 0x00 w",
           "i2cset -y 1 0x50 0x20 0x55", "sh -c 'until i2cget -y 1 0x50 0x20 2>/dev/null; do :; done'", "i2cget -y 1 0x48 0x00 w")


class ReplayTest(DeviceTest):
    def run_all(self, commands):
        return [self.ask(command) for command in commands]

    def ask(self, command):
        """As DeviceTest.ask(), but a shell's quotes are kept."""
        words = ["sh", "-c", command]
        done = subprocess.run([COMMAND, "exec", "--", *words], capture_output=True, text=True, timeout=30,
                              env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C"})
        return done.returncode, (done.stdout + done.stderr).strip()

    def record(self):
        """(a trace of the session, what its clients got)"""
        trace = f"{self.directory}/session.vcd"
        bus = self.start("--trace", trace)
        memory, thermometer = self.device("eeprom", "--type", "24c02"), self.device("lm75", "--temperature", "20.5")
        got = self.run_all(SESSION[:3])
        thermometer.tell("temperature 31")
        self.until("i2cget -y 1 0x48 0x00", (0, "0x1f"))
        got += self.run_all(SESSION[3:])
        for device in memory, thermometer:
            self.assertEqual(device.end()[0], 0)
        self.assertEqual(bus.stop()[0], 0)
        return trace, got

    def trace_of(self, words, name="words.vcd", end=True):
        path = f"{self.directory}/{name}"
        vcd = Vcd().play(words)
        with open(path, "w", encoding="ascii") as file:
            file.write(vcd.end() if end else vcd.text)
        return path

    def complaint_of(self, path, *arguments):
        """It can not be a device: what it says, one line."""
        status, complaint = self.fails("replay", "--record", path, *arguments)
        self.assertEqual(status, 1)
        return complaint.removeprefix("i2ctarget device replay: ").replace(path, "FILE")


class Sessions(ReplayTest):
    def test_the_same_clients_get_the_same(self):
        trace, got = self.record()
        self.assertEqual([status for status, _ in got], [0] * len(SESSION), got)
        self.assertEqual(got[1][1], "0x01 0x02 0x03 0x04")
        self.assertEqual((got[2][1], got[5][1]), ("0x8014", "0x001f"))
        again = f"{self.directory}/again.vcd"
        bus = self.start("--trace", again)
        device = self.device("replay", "--record", trace)
        self.assertEqual(device.ready, "replay at 0x48, 0x50 on bus 1 ready")
        self.assertEqual(self.run_all(SESSION[:3]), got[:3])
        device.tell("place")
        self.assertRegex(device.line(), r"^transfer \d+ of \d+$")
        polls = self.thermometer_polls(trace)
        self.assertEqual(self.run_all(["i2cget -y 1 0x48 0x00"] * polls)[-1], (0, "0x1f"))
        self.assertEqual(self.run_all(SESSION[3:]), got[3:])
        self.assertEqual(device.line(), "end of the record")
        self.assertEqual(device.end(), (0, "", ""))
        bus.stop()
        self.assertEqual(self.messages(again), self.messages(trace))

    def messages(self, trace):
        """Addresses, bytes and acknowledge bits, without times."""
        done = self.command("trace", "--full", trace, env={**os.environ, "LC_ALL": "C"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return [re.sub(r"^\S+|  +[\d.]+ (us|ms).*", "", line) for line in done.stdout.splitlines()]

    def thermometer_polls(self, trace):
        return sum(re.fullmatch(r"  S 48 W \+ 00 \+  Sr 48 R \+ .. -  P", line) is not None for line in self.messages(trace))

    def test_something_else_is_told(self):
        trace, _ = self.record()
        self.start()
        device = self.device("replay", "--record", trace, "--address", "0x50")
        self.assertEqual(device.ready, "replay at 0x50 on bus 1 ready")
        self.assertNotEqual(self.ask("i2ctransfer -y 1 w5@0x50 0x10 1 2 7 4")[0], 0)
        self.assertRegex(device.line(), r"^mismatch 1, transfer 1 at \d+\.\d{6} s: expected 0x03 as byte 4 of the write to 0x50, got 0x07; "
                         "refused, waits for transfer 1$")
        self.assertEqual(self.ask(SESSION[0])[0], 0)
        status, out, err = device.end()
        self.assertEqual((status, out), (1, ""))
        self.assertRegex(err, r"^i2ctarget device replay: 1 mismatch\ni2ctarget device replay: \d+ of \d+ transfers did not come\n$")

    def test_by_register(self):
        trace, got = self.record()
        self.start()
        device = self.device("replay", "--record", trace, "--by-register")
        for _ in range(2):
            self.assertEqual(self.ask("i2cget -y 1 0x50 0x20"), (0, "0x55"))
            self.assertEqual(self.ask(SESSION[1]), got[1])
        self.assertEqual(self.ask(SESSION[0])[0], 0)
        self.assertEqual(self.ask(SESSION[2]), got[2])
        self.assertNotEqual(self.ask("i2cget -y 1 0x50 0x77")[0], 0)
        self.assertEqual(device.line(), "mismatch 1: expected a write that the record has, got a write to 0x50: 77; acknowledged, and forgotten")
        self.assertEqual(device.line(), "mismatch 2: expected a pointer that is read in the record, got a read of 0x50 after Sr; refused")
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x50 0x20 r3"), (0, "0x55 0xff 0xff"))
        self.assertRegex(device.line(), r"^mismatch 3: expected the end of the read of 0x50 after 1 byte \(transfer \d+ at \d+\.\d{6} s\), "
                         "got a read of more than 1 byte; refused$")
        device.tell("place")
        self.assertEqual(device.line(), "3 mismatches")
        self.assertEqual(device.end(), (1, "", "i2ctarget device replay: 3 mismatches\n"))


class Ends(ReplayTest):
    def client(self, words):
        client = subprocess.Popen([COMMAND, "exec", "--", "i2ctransfer", "-y", "1", *words.split()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}, text=True)
        self.addCleanup(client.communicate)
        self.addCleanup(client.kill)
        wait_until(lambda: "hit 1 of 1" in self.command("fault", "--list").stdout, "SCL is held")
        return client

    def test_what_came_in_front_of_the_signal_counts(self):
        """The device learns of the STOP and of the signal at once."""
        self.start("--timeout", "60000", "--fault", "0x48 hold-scl 1s at 1.ack once")
        device = self.device("replay", "--record", self.trace_of("S 91+ 14- P"))
        client = self.client("r1@0x48")
        device.process.send_signal(signal.SIGSTOP)
        self.assertEqual(client.communicate(timeout=20)[0], "0x14\n")
        device.process.send_signal(signal.SIGTERM)
        device.process.send_signal(signal.SIGCONT)
        self.assertEqual(device.end(), (0, "end of the record\n", ""))

    def test_what_comes_right_behind_the_signal_counts(self):
        """The bus tells the controller first.  So a client may end, and the signal come, before the device is told of the STOP."""
        script = ("for i in $(seq 40); do $0 device replay --record $1 >/dev/null & device=$!; $0 exec --wait 0x48 -- python3 -c \"$2\" $device; "
                  "wait $device || echo lost; done")
        client = ("import fcntl, os, sys; bus = os.open('/dev/i2c-1', os.O_RDWR); fcntl.ioctl(bus, 0x703, 0x48); print(os.read(bus, 1)[0]); "
                  "os.kill(int(sys.argv[1]), 15)")
        self.start()
        done = subprocess.run(["sh", "-c", script, COMMAND, self.trace_of("S 91+ 14- P"), client], capture_output=True, text=True, timeout=100)
        self.assertEqual((done.stdout.split(), done.stderr), (["20"] * 40, ""))

    def test_a_message_that_does_not_end_is_not_waited_for(self):
        self.start("--timeout", "60000", "--fault", "0x48 hold-scl 100s at 1.4")
        device = self.device("replay", "--record", self.trace_of("S 90+ 14+ P"))
        self.client("w1@0x48 0x14")
        self.assertEqual(device.end(), (1, "", "i2ctarget device replay: 1 of 1 transfers did not come\n"))


class Words(ReplayTest):
    """Records edge by edge, as a logic analyser has them."""

    def test_a_loop(self):
        trace = self.trace_of("S 91+ 14- P S 91+ 15- P")
        self.start()
        device = self.device("replay", "--record", trace, "--loop")
        self.assertEqual(self.run_all(["i2ctransfer -y 1 r1@0x48"] * 5), [(0, "0x14"), (0, "0x15")] * 2 + [(0, "0x14")])
        self.assertEqual(device.lines(2), ["end of the record"] * 2)
        self.assertEqual(device.end(), (0, "", ""))

    def test_behind_the_end(self):
        trace = self.trace_of("S 91+ 14- P")
        self.start()
        device = self.device("replay", "--record", trace)
        self.assertEqual(self.ask("i2ctransfer -y 1 r1@0x48"), (0, "0x14"))
        self.assertEqual(device.line(), "end of the record")
        self.assertNotEqual(self.ask("i2ctransfer -y 1 r1@0x48")[0], 0)
        self.assertEqual(device.line(), "mismatch 1, behind the end: expected nothing, got a read of 0x48 after S; refused")
        device.tell("place", "rewind", "place")
        self.assertEqual(device.lines(2), ["end of the record", "transfer 1 of 1"])
        self.assertEqual(self.ask("i2ctransfer -y 1 r1@0x48"), (0, "0x14"))
        self.assertEqual(device.line(), "end of the record")
        self.assertEqual(device.end()[0], 1)

    def test_lines_with_too_many_words(self):
        self.start()
        device = self.device("replay", "--record", self.trace_of("S 91+ 14- P"))
        for word in "place", "rewind":
            device.tell(f"{word} 3")
            self.assertEqual(device.complaint(), f"i2ctarget device replay: {word}")

    def test_names_of_signals(self):
        path = f"{self.directory}/named.vcd"
        with open(path, "w", encoding="ascii") as file:
            file.write(Vcd(scl="D0", sda="D1").play("S a1+ 42- P").end())
        self.assertIn("there is no signal SCL", self.complaint_of(path))
        self.start()
        self.device("replay", "--record", path, "--scl", "D0", "--sda", "D1")
        self.assertEqual(self.ask("i2ctransfer -y 1 r1@0x50"), (0, "0x42"))

    def test_all_addresses_that_are_acknowledged(self):
        """More than any other device has; not those that are nobody's, and not reserved ones."""
        trace = self.trace_of(" ".join(f"S {2 * a + 1:02x}+ {a:02x}- P" for a in range(0x08, 0x30)) + " S 81- P S 00+ 06+ P")
        self.start()
        device = self.device("replay", "--record", trace, "--loop")
        self.assertEqual(re.findall("0x(..)", device.ready), [f"{a:02x}" for a in range(0x08, 0x30)])
        self.assertEqual(self.ask("i2ctransfer -y 1 r1@0x08"), (0, "0x08"))

    def test_parts_of_transfers_are_left_out(self):
        whole = self.trace_of("S a1+ 11- P")
        with open(whole, encoding="ascii") as file:
            text = file.read()
        begins = re.search(r"(?s)(.*\$dumpvars\n)1c\n1d\n(.*)", text)
        path = f"{self.directory}/cut.vcd"
        tail = Vcd().play("S a1+ 33- P").end()
        times = re.findall(r"(?m)^#\d+\n.*", tail)
        with open(path, "w", encoding="ascii") as file:  # SCL is low at first, and SDA, too
            file.write(begins[1] + "0c\n0d\n0f\nr0 i\n$end\n#10\n1c\n#20\n0c\n#30\n1d\n#40\n1c\n"
                       + "".join(re.sub(r"^#(\d+)", lambda m: f"#{int(m[1]) + 100}", change) + "\n" for change in times))
        self.start()
        device = self.device("replay", "--record", path)
        self.assertEqual(device.complaint(), f"i2ctarget device replay: {path}: it begins inside a transfer, and that one is left out")
        self.assertEqual(self.ask("i2ctransfer -y 1 r1@0x50"), (0, "0x33"))

    def test_a_transfer_without_stop_is_left_out(self):
        path = self.trace_of("S a1+ 11- P S a1+ 12-")
        self.start()
        device = self.device("replay", "--record", path)
        self.assertEqual(device.complaint(), f"i2ctarget device replay: {path}: its last transfer has no STOP, and is left out")
        device.tell("place")
        self.assertEqual(device.line(), "transfer 1 of 1")

    def test_a_session_of_sigrok(self):
        """sigrok-cli writes a VCD, and that VCD is a record."""
        plain, session, back = self.trace_of("S a0+ 10+ Sr a1+ 42+ 43- P"), f"{self.directory}/a.sr", f"{self.directory}/back.vcd"
        for arguments in (["-I", "vcd", "-i", plain, "-o", session], ["-i", session, "-O", "vcd", "-o", back]):
            done = subprocess.run(["sigrok-cli", *arguments], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.complaint_of(session), "FILE: a sigrok session: sigrok-cli -i FILE -O vcd -o FILE.vcd makes a VCD of it")
        self.start()
        device = self.device("replay", "--record", back)
        self.assertEqual(self.ask("i2ctransfer -y 1 w1@0x50 0x10 r2"), (0, "0x42 0x43"))
        self.assertEqual(device.line(), "end of the record")
        self.assertEqual(device.end()[0], 0)


class BadRecords(ReplayTest):
    def test_files_that_are_no_record(self):
        text = f"{self.directory}/text"
        with open(text, "w", encoding="ascii") as file:
            file.write("nothing of that kind\n")
        self.assertEqual(self.complaint_of(f"{self.directory}/none.vcd"), "FILE: No such file or directory")
        self.assertEqual(self.complaint_of(text), 'FILE: line 1: "nothing" is no VCD: definitions begin with $')
        self.assertEqual(self.complaint_of("/dev/null"), "FILE: line 1: it ends in front of $enddefinitions: is it a VCD?")
        self.assertEqual(self.complaint_of(self.trace_of("")), "FILE: there is no START in it")
        self.assertEqual(self.complaint_of(self.trace_of("S P")), "FILE: there is no whole transfer in it")
        self.assertEqual(self.complaint_of(self.trace_of("S a0- P")), "FILE: nobody acknowledges an address in it")
        self.assertEqual(self.complaint_of(self.trace_of("S a0+ P S 90- P"), "--address", "0x48"), "FILE: nobody acknowledges 0x48 in it")

    def test_wrong_arguments(self):
        for arguments, complaint in ((["replay"], "--record is missing"),
                                     (["replay", "--record", "x", "--loop", "--by-register"], "--loop and --by-register do not go together")):
            self.assertEqual(self.refused(*arguments), f"i2ctarget device replay: {complaint} (i2ctarget device replay --help)")


if __name__ == "__main__":
    unittest.main()
