#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The bus server as a process: its beginning and end, its sockets, and peers of every kind at once."""

import errno
import os
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import protocol
from buses import COMMAND, Bus, BusTest, has_signal, ignoring, wait_until
from protocol import ADDRESSED, ENDED, RECEIVED, REQUESTED

REGISTERS = os.environ["BUILD_DIR"] + "/examples/registers"


class Life(BusTest):
    def test_says_ready_and_leaves_nothing_behind(self):
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            bus = self.start()
            self.assertEqual(sorted(os.listdir(self.directory)), ["bus-1", "bus-1.lock", "i2c-1", "sys"])
            self.assertEqual(bus.stop(number), (0, "", ""))
            self.assertEqual(os.listdir(self.directory), [])

    def test_a_signal_that_was_ignored_at_the_start_stays_ignored(self):
        for ignored in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            bus = self.start(preexec_fn=ignoring(ignored))
            self.assertTrue(has_signal(bus.pid, "SigIgn", ignored), ignored)
            os.kill(bus.pid, ignored)
            self.assert_works()
            self.assertEqual(bus.stop(signal.SIGINT if ignored == signal.SIGTERM else signal.SIGTERM), (0, "", ""))

    def test_a_signal_that_was_blocked_at_the_start_ends_it(self):
        for blocked in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            bus = self.start(preexec_fn=lambda number=blocked: signal.pthread_sigmask(signal.SIG_BLOCK, {number}))
            self.assertEqual(bus.stop(blocked), (0, "", ""))

    def test_sockets_are_the_users_alone(self):
        self.start()
        for name in "bus-1", "i2c-1":
            status = os.stat(f"{self.directory}/{name}")
            self.assertTrue(stat.S_ISSOCK(status.st_mode))
            self.assertEqual(stat.S_IMODE(status.st_mode), 0o600)

    def test_tree_for_i2cdetect(self):
        self.start()
        self.start(number=12)
        tree = f"{self.directory}/sys/class/i2c-dev"
        self.assertEqual(sorted(os.listdir(tree)), ["i2c-1", "i2c-12"])
        with open(f"{tree}/i2c-12/name") as name:
            self.assertEqual(name.read(), "i2ctarget bus 12\n")

    def test_one_bus_leaves_the_others_tree(self):
        one, two = self.start(), self.start(number=2)
        self.assertEqual(one.stop()[0], 0)
        self.assertEqual(os.listdir(f"{self.directory}/sys/class/i2c-dev"), ["i2c-2"])
        two.stop()
        self.assertEqual(os.listdir(self.directory), [])

    def test_second_server_is_refused(self):
        bus = self.start()
        second = self.command("bus", "1")
        self.assertEqual(second.returncode, 1)
        self.assertEqual(second.stdout, "")
        self.assertEqual(second.stderr, f"i2ctarget bus: bus 1 is already served, by process {bus.pid}\n")
        self.assert_works()

    def test_second_server_does_not_touch_the_first_ones_trace(self):
        trace = f"{self.directory}/trace.vcd"
        bus = self.start("--trace", trace)
        self.assert_works()
        size = os.path.getsize(trace)
        self.assertEqual(self.command("bus", "1", "--trace", trace).returncode, 1)
        self.assertEqual(os.path.getsize(trace), size)
        self.assertEqual(bus.stop()[0], 0)

    def test_takes_over_from_a_dead_server(self):
        self.start().stop(signal.SIGKILL)
        self.assertIn("bus-1", os.listdir(self.directory))
        bus = self.start()
        self.assert_works()
        self.assertEqual(bus.stop()[0], 0)
        self.assertEqual(os.listdir(self.directory), [])

    def test_many_at_once_and_one_wins(self):
        buses = [Bus() for _ in range(6)]
        for bus in buses:
            self.addCleanup(self.end, bus)
        self.assertEqual(sorted(bus.ready for bus in buses), [""] * 5 + ["bus 1 ready\n"])
        winner = next(bus for bus in buses if bus.ready)
        for bus in buses:
            if bus is not winner:
                status, _, err = bus.stop()
                self.assertEqual(status, 1)
                self.assertIn("already served", err)
        self.assert_works()

    def test_no_memory_for_a_target(self):
        """At a limit on the size of files the memory of claims can not be made.  The target's program learns it."""
        limited = [4095, 4095]
        bus = self.start("--verbose", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limited))
        done = subprocess.run([REGISTERS], capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no memory for one more target, here or in the bus server", done.stderr)
        with self.assertRaises(protocol.Refused) as refused:
            self.target()
        self.assertEqual((refused.exception.error, refused.exception.text), (errno.ENOMEM, "the server is out of memory"))
        self.assertEqual(self.controller().present(), 0)
        self.assertIn("refused: no memory for it", bus.stop()[2])

    def test_no_descriptor_in_the_target(self):
        """One is left, for the connection; that of the memory of claims can not be taken."""
        self.start()
        done = subprocess.run([REGISTERS], capture_output=True, text=True, timeout=30, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4)))
        self.assertEqual((done.returncode, done.stderr.rsplit(": ", 1)[-1]), (1, "Too many open files\n"))
        self.assert_works()

    def test_lock_vanished_and_another_server_came(self):
        """Who has removed it, a cleaner of /tmp for example, has not ended the bus."""
        first = self.start()
        os.unlink(f"{self.directory}/bus-1.lock")
        second = self.command("bus", "1")
        self.assertEqual((second.returncode, second.stdout, second.stderr), (1, "", "i2ctarget bus: bus 1 is already served\n"))
        self.assertNotIn("bus-1.lock", os.listdir(self.directory))
        self.assert_works()
        self.assertEqual(first.stop()[0], 0)
        self.start()
        self.assert_works()

    def test_directory_vanished_and_another_server_came(self):
        first = self.start()
        os.rename(self.directory, self.directory + "-moved")
        os.mkdir(self.directory, 0o700)
        self.addCleanup(subprocess.run, ["rm", "-rf", self.directory + "-moved"], check=True)
        self.start()
        self.assertEqual(first.stop()[0], 0)
        self.assert_works()

    def test_service_manager_is_told(self):
        for name in f"{self.directory}/notify", "\0" + os.path.basename(self.directory):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.bind(name)
                manager.settimeout(10)
                bus = self.start(env=dict(os.environ, NOTIFY_SOCKET=name.replace("\0", "@")))
                self.assertEqual(manager.recv(100), b"READY=1")
                bus.stop()

    def test_directory_that_others_can_write_is_refused(self):
        os.chmod(self.directory, 0o777)
        bus = self.command("bus")
        self.assertEqual(bus.returncode, 1)
        self.assertIn(self.directory, bus.stderr)
        self.assertEqual(bus.stderr.count("\n"), 1)

    def test_cannot_say_that_it_is_ready(self):
        with open("/dev/full", "w") as full:
            bus = subprocess.run([COMMAND, "bus"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=10)
        self.assertEqual(bus.returncode, 1)
        self.assertIn("No space left on device", bus.stderr)
        self.assertEqual(os.listdir(self.directory), [])

    @unittest.skipUnless(os.geteuid() == 0, "somebody else's part can only be played by root")
    def test_somebody_elses_program_is_kept_out(self):
        self.start()
        os.chmod(self.directory, 0o755)
        script = ("import socket,sys; s=socket.socket(socket.AF_UNIX)\n"
                  "try: s.connect(sys.argv[1])\n"
                  "except PermissionError: sys.exit(42)")
        other = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-c", script,
                                f"{self.directory}/bus-1"], timeout=20)
        self.assertEqual(other.returncode, 42)
        monitor = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", COMMAND, "monitor"],
                                 capture_output=True, text=True, timeout=20)
        self.assertEqual(monitor.returncode, 1)
        self.assertEqual(monitor.stderr.count("\n"), 1, monitor.stderr)


class Speed(BusTest):
    def test_is_told_and_makes_the_bits_longer(self):
        for hz, other in (100000, 1000), (400000, 2), (1000000, 7):
            with self.subTest(hz=hz):
                bus = self.start("--speed", str(hz), number=other)
                with protocol.Controller(bus=other) as controller, protocol.Monitor(bus=other) as monitor:
                    self.assertEqual((controller.bus, controller.scl_hz), (other, hz))
                    controller.send_transfer([(0x50, b"")])
                    self.assertEqual(controller.reply()[0], -errno.ENXIO)
                    # START, nine clocks, STOP.
                    self.assertAlmostEqual(monitor.transfer()["duration_ns"] * hz / 1e9, 10, delta=1)
                self.assertEqual(bus.stop()[0], 0)


class Transfers(BusTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start()

    def test_byte_data_read_costs_two_round_trips(self):
        controller, target = self.controller(), self.target()
        for _ in range(3):
            target.records.clear()
            target.events_count = target.owing_count = 0
            controller.send_read_byte_data(0x40, 0x01)
            call = target.next_call()
            target.commit(call.serial)
            target.commit(call.serial, count=1, waiting=1)
            read = target.next_call()
            self.assertTrue(read.is_read and read.is_restart)
            target.commit(read.serial)
            target.commit(read.serial, count=1, data=b"\xaa", waiting=1)
            self.assertEqual(controller.reply(), (0, b"\xaa"))
            self.assertEqual(target.events()[-1], (ENDED, read.serial, protocol.CONTROLLER_NACK, 1))
            self.assertEqual((target.events_count, target.owing_count), (3, 2))
            self.assertEqual(target.records, [
                (ADDRESSED, call.serial, 0x40, 0, 0),
                (RECEIVED, call.serial, b"\x01"),
                (ENDED, call.serial, protocol.RESTART, 1),
                (ADDRESSED, read.serial, 0x40, 1, 1),
                (REQUESTED, read.serial, 1),
                (ENDED, read.serial, protocol.CONTROLLER_NACK, 1)])

    def test_without_waiting_events_keep_until_the_next_call(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1\2\3")])
        call = target.next_call()
        target.commit(call.serial, count=100)
        self.assertEqual(controller.reply()[0], 1)
        controller.send_transfer([(0x40, b"")])
        target.next_call()
        self.assertEqual(target.events_count, 2)
        self.assertEqual(target.records[1:3], [(RECEIVED, 1, b"\1\2\3"), (ENDED, 1, protocol.STOP, 3)])

    def test_waiting_after_the_end_is_answered(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1\2\3")])
        call = target.next_call()
        target.commit(call.serial, count=100)
        self.assertEqual(controller.reply()[0], 1)
        target.commit(call.serial, position=3, count=10, waiting=1)
        self.assertEqual(target.events(), [(RECEIVED, 1, b"\1\2\3"), (ENDED, 1, protocol.STOP, 3)])
        self.assertEqual(target.held, 0)

    def test_byte_by_byte(self):
        """Like read(1, ack=False), then a look at the byte, then ack()."""
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\x11\x22\x33")])
        call = target.next_call()
        for count, byte in enumerate(b"\x11\x22\x33"):
            target.commit(call.serial, count=count, waiting=1)
            self.assertEqual(target.events(), [(RECEIVED, 1, bytes([byte]))])
            self.assertGreater(target.held, 0)
        target.commit(call.serial, position=2, then=protocol.THEN_REFUSE, reason=protocol.APPLICATION, waiting=1)
        self.assertEqual(controller.reply()[0], -errno.EIO)
        self.assertEqual(target.events(), [(ENDED, 1, protocol.STOP, 2)])

    def test_data_that_comes_late_and_in_pieces(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, 6)])
        call = target.next_call()
        target.commit(call.serial, count=2, data=b"ab", waiting=1)
        self.assertEqual(target.events(), [(REQUESTED, 1, 3)])
        target.commit(call.serial, position=2, count=3, data=b"cde", waiting=1)
        self.assertEqual(target.events(), [(REQUESTED, 1, 3)])
        target.commit(call.serial, position=5, then=protocol.THEN_REFUSE, waiting=1)
        self.assertEqual(controller.transfer_reply(), (1, [b"abcde\xff"]))
        self.assertEqual(target.events(), [(ENDED, 1, protocol.CONTROLLER_NACK, 5)])

    def test_commit_that_overlaps_what_is_done(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, 4)])
        call = target.next_call()
        target.commit(call.serial, count=2, data=b"ab", waiting=1)
        target.events()
        target.commit(call.serial, position=0, count=4, data=b"abcd")
        self.assertEqual(controller.transfer_reply(), (1, [b"abcd"]))

    def test_a_commit_behind_the_refusal_of_its_address_is_ignored(self):
        """The message is over for this target, and its bytes are nobody's: that is no mistake of the peer's."""
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1")])
        call = target.next_call()
        target.commit(call.serial, address=protocol.ADDRESS_NACK)
        target.commit(call.serial, address=protocol.ADDRESS_NACK, position=1, count=1)
        self.assertEqual(controller.reply()[0], -errno.ENXIO)
        controller.send_transfer([(0x40, 1)])
        target.commit(target.next_call().serial, count=1, data=b"r")
        self.assertEqual(controller.transfer_reply(), (1, [b"r"]))

    def test_commit_for_a_message_that_is_over_is_ignored(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1")])
        call = target.next_call()
        target.commit(call.serial, address=protocol.ADDRESS_NACK)
        self.assertEqual(controller.reply()[0], -errno.ENXIO)
        controller.send_transfer([(0x40, 1)])
        read = target.next_call()
        target.commit(call.serial, count=1000)
        target.commit(call.serial, position=77, count=5, data=b"wrong")
        target.commit(read.serial, count=1, data=b"r")
        self.assertEqual(controller.transfer_reply(), (1, [b"r"]))

    def test_two_targets_of_one_address_are_both_asked(self):
        controller, one, two = self.controller(), self.target(), self.target()
        controller.send_transfer([(0x40, 2)])
        calls = one.next_call(), two.next_call()
        one.commit(calls[0].serial, count=2, data=b"\x55\x0f", waiting=1)
        two.commit(calls[1].serial, count=2, data=b"\x51\xff", waiting=1)
        self.assertEqual(controller.transfer_reply(), (1, [b"\x51\xff"]))
        self.assertEqual(one.events()[-1], (ENDED, 1, protocol.ARBITRATION_LOST, 0))
        self.assertEqual(two.events()[-1], (ENDED, 1, protocol.CONTROLLER_NACK, 2))

    def test_newcomer_is_silent_until_the_next_start(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1\2"), (0x40, b"\3")])
        call = target.next_call()
        newcomer = self.target()
        target.commit(call.serial, count=2)
        for one in target, newcomer:
            one.commit(one.next_call().serial, count=1, waiting=1)
        self.assertEqual(controller.reply()[0], 2)
        self.assertEqual(newcomer.records, [(ADDRESSED, 1, 0x40, 0, 1)])
        self.assertEqual(newcomer.events(), [(RECEIVED, 1, b"\3"), (ENDED, 1, protocol.STOP, 1)])

    def test_largest_transfer(self):
        controller, target = self.controller(timeout=60), self.target(timeout=60)
        data = bytes(i % 251 for i in range(8192))
        controller.send_transfer([(0x40, data)] * 20 + [(0x40, 8192)] * 22)
        for i in range(42):
            call = target.next_call()
            if call.is_read:
                target.commit(call.serial, count=8192, data=data)
            else:
                target.commit(call.serial, count=8192)
        self.assertEqual(controller.transfer_reply(), (42, [data] * 22))
        received = b"".join(record[2] for record in target.records if record[0] == RECEIVED)
        self.assertEqual(received, data * 20)

    def test_requests_may_be_sent_ahead(self):
        controller, target = self.controller(), self.target()
        for byte in range(20):
            controller.send_transfer([(0x40, bytes([byte]))])
        for byte in range(20):
            target.commit(target.next_call().serial, count=1)
        self.assertEqual([controller.reply()[0] for _ in range(20)], [1] * 20)
        self.assertEqual([record[2][0] for record in target.records if record[0] == RECEIVED], list(range(19)))

    def test_end_travels_with_the_next_call_if_that_is_there(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1")])
        call = target.next_call()
        controller.send_transfer([(0x40, b"\2")])
        time.sleep(0.05)
        target.commit(call.serial, count=1, waiting=1)
        self.assertEqual(target.events(), [(RECEIVED, 1, b"\1"), (ENDED, 1, protocol.STOP, 1),
                                           (ADDRESSED, 2, 0x40, 0, 0)])
        self.assertGreater(target.held, 0)
        target.commit(2, count=1, waiting=1)
        self.assertEqual(target.events(), [(RECEIVED, 2, b"\2"), (ENDED, 2, protocol.STOP, 1)])

    def test_who_is_present(self):
        controller = self.controller()

        self.assertEqual(controller.present(), 0)
        target = self.target(addresses=[0x00, 0x40])
        self.target(addresses=[0x40, 0x7F])
        self.assertEqual(controller.present(), 1 << 0x7F | 1 << 0x40 | 1)
        target.close()
        wait_until(lambda: controller.present() == 1 << 0x7F | 1 << 0x40, "the target has left")

    def test_nonsense_behind_a_request_ends_the_connection_at_once(self):
        controller = self.controller(timeout=2)
        controller.send_transfer([(0x42, b"")])
        controller.send(77)
        self.assertTrue(controller.is_gone())

    def test_order_of_arrival(self):
        target = self.target()
        controllers = [self.controller() for _ in range(5)]
        for byte, controller in enumerate(controllers):
            controller.send_transfer([(0x40, bytes([byte]))])
            time.sleep(0.01)
        for _ in controllers:
            target.commit(target.next_call().serial, count=1)
        for controller in controllers:
            self.assertEqual(controller.reply()[0], 1)
        controllers[0].send_transfer([(0x40, b"")])
        target.next_call()
        self.assertEqual([record[2][0] for record in target.records if record[0] == RECEIVED], list(range(5)))

    def test_many_targets_and_controllers_at_once(self):
        failures = []

        def serve(target, registers):
            try:
                while True:
                    target.serve_registers(registers)
            except protocol.Gone:
                pass

        def ask(controller, addresses, offset):
            for i in range(40):
                address = addresses[(i + offset) % len(addresses)]
                result, byte = controller.read_byte_data(address, i)
                if (result, byte) != (0, (address + i) & 0xFF):
                    failures.append((address, i, result, byte))

        addresses = list(range(0x10, 0x18))
        threads = []
        for address in addresses:
            target = self.target(addresses=[address])
            threads.append(threading.Thread(target=serve, args=(target, [(address + i) & 0xFF for i in range(256)])))
            threads[-1].start()
        askers = [threading.Thread(target=ask, args=(self.controller(timeout=60), addresses, i)) for i in range(6)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        self.assertEqual(failures, [])
        self.bus.stop()
        for thread in threads:
            thread.join()


class Files(BusTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start()

    def file(self, **keywords):
        return self.opened(protocol.File(**keywords))

    def test_state_belongs_to_the_open_file(self):
        one, two = self.file(), self.file()
        controller = self.controller()
        self.assertEqual(controller.call(protocol.OP_SET, protocol.I2C_SLAVE, struct.pack("<Q", 0x21), one.cookie)[0], 0)
        self.assertEqual(controller.call(protocol.OP_SET, protocol.I2C_SLAVE, struct.pack("<Q", 0x22), two.cookie)[0], 0)
        other = self.controller()
        monitor = self.monitor()
        for file, address in (one, 0x21), (two, 0x22), (one, 0x21):
            self.assertEqual(other.call(protocol.OP_READ, 1, file=file.cookie)[0], -errno.ENXIO)
            self.assertEqual(monitor.transfer()["messages"][0]["address"], address)
        self.assertEqual(other.call(protocol.OP_READ, 1, file=0)[0], -errno.ENXIO)
        self.assertEqual(monitor.transfer()["messages"][0]["address"], 0)

    def test_closed_files_are_forgotten(self):
        file, controller = self.file(), self.controller()
        self.assertEqual(controller.call(protocol.OP_FUNCS, 0, file=file.cookie)[0], 0)
        file.close()
        wait_until(lambda: controller.call(protocol.OP_FUNCS, 0, file=file.cookie)[0] == -errno.EBADF, "EBADF")

    def test_duplicates_keep_it_open(self):
        file, controller = self.file(), self.controller()
        duplicate = file.socket.dup()
        file.close()
        time.sleep(0.05)
        self.assertEqual(controller.call(protocol.OP_FUNCS, 0, file=file.cookie)[0], 0)
        duplicate.close()
        wait_until(lambda: controller.call(protocol.OP_FUNCS, 0, file=file.cookie)[0] == -errno.EBADF, "EBADF")

    def test_wrong_hellos(self):
        first = self.file()
        self.assertEqual(first.error, 0)
        self.assertEqual(self.file(cookie=first.cookie).error, -errno.EEXIST)
        self.assertEqual(self.file(cookie=0).error, -errno.EINVAL)
        self.assertEqual(self.file(version=9).error, -errno.EPROTO)
        controller = self.controller()
        self.assertEqual(controller.call(protocol.OP_FUNCS, 0, file=first.cookie)[0], 0)

    def test_writes_behind_the_shims_back(self):
        file, controller, target = self.file(), self.controller(), self.target()
        controller.call(protocol.OP_SET, protocol.I2C_SLAVE, struct.pack("<Q", 0x40), file.cookie)
        for packet in b"one", b"two":
            file.write(packet)
        file.close()  # what was written is still done
        for _ in range(2):
            target.commit(target.next_call().serial, count=10)
        controller.send_transfer([(0x40, b"")])
        target.next_call()
        self.assertEqual([r[2] for r in target.records if r[0] == RECEIVED], [b"one", b"two"])
        self.assertEqual([r[3] for r in target.records if r[0] == ENDED], [3, 3])

    def test_a_request_waits_for_a_write_that_is_held(self):
        file, controller, target = self.file(), self.controller(), self.target()
        controller.call(protocol.OP_SET, protocol.I2C_SLAVE, struct.pack("<Q", 0x40), file.cookie)
        file.write(b"one")
        call = target.next_call()
        controller.request(protocol.OP_FUNCS, 0, file=file.cookie)
        for _ in range(2):
            self.monitor()  # a round of the server is over
        self.assertFalse(controller.has_more())
        target.commit(call.serial, count=3)
        self.assertEqual(controller.reply()[0], 0)

    def test_empty_write_is_an_address_alone(self):
        file, controller, target = self.file(), self.controller(), self.target()
        controller.call(protocol.OP_SET, protocol.I2C_SLAVE, struct.pack("<Q", 0x40), file.cookie)
        file.write(b"")
        target.commit(target.next_call().serial, waiting=1)
        self.assertEqual(target.events(), [(ENDED, 1, protocol.STOP, 0)])

    def test_thousand_open_files(self):
        files = [self.file() for _ in range(1000)]
        controller = self.controller()
        for file in files:
            self.assertEqual(controller.call(protocol.OP_FUNCS, 0, file=file.cookie)[0], 0)


class Faults(BusTest):
    """The three requests about faults; what each kind does is in tests/linux/contract/test_faults.py."""

    def setUp(self):
        super().setUp()
        self.start()
        self.peer = self.controller()

    def listed(self):
        result, rows = self.peer.call(protocol.OP_FAULTS, 0)
        self.assertEqual((result, len(rows) % 124), (0, 0))
        return [(*struct.unpack("<III", rows[at:at + 12]), rows[at + 12:at + 124].rstrip(b"\0").decode()) for at in range(0, len(rows), 124)]

    def test_they_are_added_listed_and_cleared(self):
        self.assertEqual(self.listed(), [])
        self.assertEqual(self.peer.call(protocol.OP_ADD_FAULT, 0, b"0x40  nack-after 0 once"), (1, b""))
        self.assertEqual(self.peer.call(protocol.OP_ADD_FAULT, 0, b"any clock 50000"), (2, b""))
        target = self.target()
        self.peer.send_transfer([(0x40, b"\1")])
        target.commit(target.next_call().serial, count=1)
        self.assertEqual(self.peer.transfer_reply()[0], -errno.EIO)
        self.assertEqual(self.listed(), [(1, 1, 1, "0x40 nack-after 0 once"), (2, 1, 1, "any clock 50000")])
        self.assertEqual(self.peer.call(protocol.OP_CLEAR_FAULT, 1), (0, b""))
        self.assertEqual(self.peer.call(protocol.OP_CLEAR_FAULT, 1), (-errno.ENOENT, b""))
        self.assertEqual([row[0] for row in self.listed()], [2])
        self.assertEqual(self.peer.call(protocol.OP_CLEAR_FAULT, 0), (0, b""))
        self.assertEqual(self.listed(), [])
        self.assert_works()

    def test_a_wrong_one_is_an_answer_not_an_offence(self):
        for text, why in ((b"", b"a fault is an address (or any), a kind, and what it needs"), (b"0x40 nak", b'"nak" is no kind of fault'),
                          (b"0x40 nack\xff", b'"nack\xff" is no kind of fault'), (b" " * 2000, b"the text is too long")):
            result, said = self.peer.call(protocol.OP_ADD_FAULT, 0, text)
            self.assertEqual((result, said), (-errno.EINVAL, why))
        for _ in range(32):
            self.assertGreater(self.peer.call(protocol.OP_ADD_FAULT, 0, b"any nack probability 0.000001")[0], 0)
        self.assertEqual(self.peer.call(protocol.OP_ADD_FAULT, 0, b"any nack"), (-errno.EINVAL, b"the bus has as many faults as it can take"))

    def test_a_monitor_is_told_the_reason(self):
        monitor, target = self.monitor(), self.target()
        self.peer.call(protocol.OP_ADD_FAULT, 0, b"0x40 nack once")
        self.peer.send_transfer([(0x40, b"\1")])
        self.assertEqual(self.peer.transfer_reply()[0], -errno.ENXIO)
        self.assertEqual(monitor.transfer()["messages"][0]["reason"], protocol.FAULT)
        self.assertFalse(target.has_more(), "a target that is to refuse hears nothing")

    def test_a_target_drops_off_in_its_byte(self):
        target = self.target()
        self.peer.call(protocol.OP_ADD_FAULT, 0, b"0x40 drop at 2.4 once")
        self.peer.send_transfer([(0x40, b"\1\2")])
        target.commit(target.next_call().serial, count=2)
        self.assertEqual(self.peer.transfer_reply()[0], -errno.EIO)
        self.assertIn(protocol.BUS_ERROR, target.wait_for(protocol.ENDED))
        self.assert_works()


class Together(BusTest):
    """Several frames that one read brings: each is served, even if nothing more comes."""

    @staticmethod
    def frame(kind, payload=b""):
        return struct.pack("<IHH", len(payload), kind, 0) + payload

    def test_requests(self):
        self.start()
        controller = self.controller()
        asks = [struct.pack("<QIIQ", 0, protocol.OP_SET, protocol.I2C_TIMEOUT, 5), struct.pack("<QII", 0, protocol.OP_FUNCS, 0),
                struct.pack("<QII", 0, protocol.OP_PRESENT, 0), struct.pack("<QIIHHHH", 0, protocol.OP_RDWR, 1, 0x33, 0, 0, 0),
                struct.pack("<QII", 0, protocol.OP_FUNCS, 0)]
        controller.send_bytes(b"".join(self.frame(protocol.REQUEST, ask) for ask in asks))
        self.assertEqual([controller.reply()[0] for _ in asks], [0, 0, 0, -errno.ENXIO, 0])

    def test_the_hello_and_what_follows_it(self):
        self.start()
        with protocol.Peer() as peer:
            hello = struct.pack("<IHH32s", protocol.MAGIC, protocol.VERSION, protocol.CONTROLLER, b"hasty")
            ask = struct.pack("<QII", 0, protocol.OP_PRESENT, 0)
            peer.send_bytes(self.frame(protocol.HELLO, hello) + 2 * self.frame(protocol.REQUEST, ask))
            self.assertEqual([peer.receive()[0] for _ in range(3)], [protocol.WELCOME, protocol.REPLY, protocol.REPLY])

    def test_a_commit_and_other_addresses(self):
        """The target waits for news, and there are none: then none are told before the answer."""
        self.start()
        target, controller = self.target(), self.controller()
        controller.send_transfer([(0x40, b"\x01")])
        call = target.next_call()
        target.commit(call.serial, waiting=1)
        self.assertEqual(target.events()[-1][0], protocol.RECEIVED)
        commit = struct.pack("<IBBBBII", call.serial, protocol.ADDRESS_ACK, protocol.THEN_HOLD, 0, 1, 0, 0)
        target.send_bytes(self.frame(protocol.COMMIT, commit) + self.frame(protocol.ADDRESSES, struct.pack("<4I", 0, 0, 3, 0)))
        self.assertEqual(target.receive(), (protocol.ADDRESSES_SET, b""))
        target.commit(call.serial, count=1)
        self.assertEqual(controller.transfer_reply(), (1, []))

    def test_more_of_them_than_a_buffer_holds(self):
        self.start()
        controller = self.controller()
        ask = self.frame(protocol.REQUEST, struct.pack("<QII", 0, protocol.OP_PRESENT, 0))
        controller.send_bytes(1000 * ask)
        self.assertEqual([controller.reply()[0] for _ in range(1000)], 1000 * [0])

    def test_commitments(self):
        self.start()
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1\2")])
        call = target.next_call()
        commits = [struct.pack("<IBBBBII", call.serial, protocol.ADDRESS_ACK, 0, 0, waiting, 0, count)
                   for waiting, count in ((0, 0), (0, 1), (1, 2))]
        target.send_bytes(b"".join(self.frame(protocol.COMMIT, commit) for commit in commits))
        self.assertEqual(controller.reply()[0], 1)


class Patience(BusTest):
    def setUp(self):
        super().setUp()
        self.bus = self.start()

    def assert_time_out(self, seconds, error, call):
        begin = time.monotonic()
        self.assertEqual(call()[0], error)
        passed = time.monotonic() - begin
        self.assertGreaterEqual(passed, seconds)
        self.assertLess(passed, seconds + 2)

    def test_of_the_bus(self):
        """--timeout is the initial value of I2C_TIMEOUT."""
        self.start("--timeout", "30", number=2)
        with protocol.Controller(bus=2) as controller, protocol.Target(bus=2) as target, protocol.Monitor(bus=2) as monitor:
            for timeout_ms in 30, 20:
                controller.send_transfer([(0x40, b"\1")])
                target.next_call()
                self.assertEqual(controller.reply()[0], -errno.ETIMEDOUT)
                transfer = monitor.transfer()
                self.assertEqual(transfer["timeout_ms"], timeout_ms)
                self.assertGreaterEqual(transfer["messages"][0]["stretch_us"], 1000 * (timeout_ms - 1))
                self.assertLess(transfer["messages"][0]["stretch_us"], 1000000)
                self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 2), 0)

    def test_default_is_one_second(self):
        controller, target = self.controller(), self.target()
        monitor = self.monitor()
        controller.send_transfer([(0x40, b"\1")])
        call = target.next_call()
        self.assert_time_out(0.9, -errno.ETIMEDOUT, controller.reply)
        self.assertEqual(target.events(), [(ENDED, call.serial, protocol.BUS_ERROR, 0)])
        transfer = monitor.transfer()
        self.assertEqual(transfer["result"], -errno.ETIMEDOUT)
        self.assertEqual(transfer["messages"][0]["reason"], protocol.TIMEOUT)
        self.assertGreater(transfer["messages"][0]["stretch_us"], 900000)
        target.commit(call.serial, count=1)  # too late, and harmless
        self.assert_works()

    def test_is_set_for_everybody(self):
        one, two, target = self.controller(), self.controller(), self.target()
        self.assertEqual(one.set(protocol.I2C_TIMEOUT, 10), 0)
        two.send_transfer([(0x40, 2)])
        call = target.next_call()
        target.commit(call.serial, count=1, data=b"x", waiting=1)
        self.assertEqual(target.events(), [(REQUESTED, call.serial, 2)])
        self.assert_time_out(0.05, -errno.ETIMEDOUT, two.reply)
        self.assertEqual(target.events(), [(ENDED, call.serial, protocol.BUS_ERROR, 1)])
        self.assert_works()

    def test_counts_from_start_not_from_queueing(self):
        one, two, target = self.controller(), self.controller(), self.target()
        one.set(protocol.I2C_TIMEOUT, 30)
        one.send_transfer([(0x40, b"\1")])
        target.next_call()
        two.send_transfer([(0x40, b"\2")])
        self.assertEqual(one.reply()[0], -errno.ETIMEDOUT)
        call = target.next_call()
        time.sleep(0.2)  # later than 300 ms from when it was sent
        target.commit(call.serial, count=1)
        self.assertEqual(two.reply()[0], 1)

    def test_two_holders_are_both_cut(self):
        controller = self.controller()
        targets = self.target(), self.target()
        controller.set(protocol.I2C_TIMEOUT, 5)
        controller.send_transfer([(0x40, b"\1")])
        for target in targets:
            target.next_call()
        self.assertEqual(controller.reply()[0], -errno.ETIMEDOUT)
        for target in targets:
            self.assertEqual(target.events()[-1][2], protocol.BUS_ERROR)

    def test_smbus_limit_frees_the_bus(self):
        controller, target = self.controller(), self.target(flags=protocol.SMBUS)
        monitor = self.monitor()
        controller.send_transfer([(0x40, b"\1\2")])
        call = target.next_call()
        begin = time.monotonic()
        self.assertEqual(controller.reply()[0], -errno.ENXIO)
        passed = time.monotonic() - begin
        self.assertLess(passed, 0.5)
        self.assertEqual(target.events(), [(ENDED, call.serial, protocol.END_TIMEOUT, 0)])
        message = monitor.transfer()["messages"][0]
        self.assertEqual(message["reason"], protocol.LIMIT)
        self.assertTrue(20000 < message["stretch_us"] < 35000, message)
        self.assert_works()

    def test_smbus_limit_sums_up(self):
        controller, target = self.controller(), self.target(flags=protocol.SMBUS)
        controller.send_transfer([(0x40, b"\1" * 10)])
        call = target.next_call()
        count, records = 0, []
        while not records or records[-1][0] != ENDED:
            time.sleep(0.006)
            target.commit(call.serial, count=1, position=max(0, count - 1), waiting=1)
            records = target.events()
            count += 1
        self.assertEqual(records[-1][2], protocol.END_TIMEOUT)
        self.assertLessEqual(count, 5)
        self.assertEqual(controller.reply()[0], -errno.EIO)
        self.assert_works()

    def cpu_ticks(self):
        with open(f"/proc/{self.bus.pid}/stat") as status:
            fields = status.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])  # utime, stime

    def test_waiting_costs_no_time(self):
        """A held bus, with a queue, an open file that was closed after its write, and a controller that
        was killed."""
        target = self.target()
        files = [self.opened(protocol.File()) for _ in range(2)]
        controllers = [self.controller() for _ in range(3)]
        for file in files:
            controllers[0].call(protocol.OP_SET, protocol.I2C_SLAVE, struct.pack("<Q", 0x40), file.cookie)
            file.write(b"\1")
        for controller in controllers:
            controller.send_transfer([(0x40, b"\1")])
        target.next_call()
        files[0].close()
        files[1].close()
        controllers[2].close()
        time.sleep(0.1)
        before = self.cpu_ticks()
        time.sleep(0.6)
        self.assertLess(self.cpu_ticks() - before, 0.2 * os.sysconf("SC_CLK_TCK"))

    def test_slow_answers_are_waited_for(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1")])
        call = target.next_call()
        time.sleep(0.1)
        target.commit(call.serial)
        time.sleep(0.1)
        target.commit(call.serial, count=1, waiting=1)
        self.assertEqual(controller.reply()[0], 1)
        target.events()
        self.assertEqual(target.stretches, 2)
        self.assertGreater(target.longest_stretch_us, 90000)


class Deaths(BusTest):
    """For the server, SIGKILL of a peer is the end of its connection.  Tests of whole programs really kill."""

    def setUp(self):
        super().setUp()
        self.bus = self.start()

    def test_target_dies_while_it_holds(self):
        for messages, error, reason in (
                ([(0x40, b"\1\2")], -errno.ENXIO, protocol.LOST), ([(0x40, 3)], -errno.ENXIO, protocol.LOST)):
            controller, target = self.controller(), self.target()
            monitor = self.monitor()
            controller.send_transfer(messages)
            target.next_call()
            target.close()
            self.assertEqual(controller.reply()[0], error)
            self.assertEqual(monitor.transfer()["messages"][0]["reason"], reason)
            self.assert_works()
            monitor.close()

    def test_target_dies_in_the_middle_of_a_write(self):
        controller, target = self.controller(), self.target()
        monitor = self.monitor()
        controller.send_transfer([(0x40, b"\1\2\3")])
        target.commit(target.next_call().serial, count=1, waiting=1)
        target.events()
        target.close()
        self.assertEqual(controller.reply()[0], -errno.EIO)
        message = monitor.transfer()["messages"][0]
        self.assertEqual((message["data"], message["reason"]), (b"\1\2", protocol.LOST))
        self.assert_works()

    def test_target_dies_in_the_middle_of_a_read(self):
        controller, target = self.controller(), self.target()
        monitor = self.monitor()
        controller.send_transfer([(0x40, 4)])
        target.commit(target.next_call().serial, count=2, data=b"ab", waiting=1)
        target.events()
        target.close()
        self.assertEqual(controller.transfer_reply(), (1, [b"ab\xff\xff"]))
        self.assertEqual(monitor.transfer()["messages"][0]["reason"], protocol.LOST)
        self.assert_works()

    def test_one_of_two_holders_dies(self):
        controller, one, two = self.controller(), self.target(), self.target()
        controller.send_transfer([(0x40, b"\1")])
        call = one.next_call()
        two.next_call()
        two.close()
        one.commit(call.serial, count=1)
        self.assertEqual(controller.reply()[0], 1)

    def test_controller_dies_in_its_transfer(self):
        controller, target = self.controller(), self.target()
        monitor = self.monitor()
        controller.send_transfer([(0x40, b"\1\2")])
        call = target.next_call()
        controller.close()
        time.sleep(0.05)
        target.commit(call.serial, count=2, waiting=1)
        self.assertEqual(target.events(), [(RECEIVED, 1, b"\1\2"), (ENDED, 1, protocol.STOP, 2)])
        self.assertEqual(monitor.transfer()["result"], 0)
        self.assert_works()

    def test_controller_dies_and_its_long_time_out_with_it(self):
        controller, target = self.controller(), self.target()
        self.assertEqual(controller.set(protocol.I2C_TIMEOUT, 100000), 0)
        controller.send_transfer([(0x40, b"\1\2")])
        target.next_call()
        controller.close()
        self.assertEqual(target.events()[-1][2], protocol.BUS_ERROR)  # they are not waited for so long
        self.assert_works()

    def test_controller_dies_in_the_queue(self):
        first, second, target = self.controller(), self.controller(), self.target()
        monitor = self.monitor()
        first.send_transfer([(0x40, b"\1")])
        call = target.next_call()
        second.send_transfer([(0x40, b"\2")])
        time.sleep(0.05)
        second.close()
        time.sleep(0.05)
        target.commit(call.serial, count=1)
        self.assertEqual(first.reply()[0], 1)
        first.send_transfer([(0x41, b"")])
        self.assertEqual(first.reply()[0], -errno.ENXIO)
        self.assertEqual([monitor.transfer()["messages"][0]["address"] for _ in range(2)], [0x40, 0x41])

    def test_everybody_dies_at_once(self):
        for _ in range(20):
            peers = [protocol.Target(addresses=[0x40]), protocol.Controller(), protocol.Controller(),
                     protocol.Monitor(), protocol.File()]
            peers[1].send_transfer([(0x40, b"\1")])
            peers[2].send_transfer([(0x40, b"\1")])
            peers[0].next_call()
            for peer in peers:
                peer.close()
        self.assert_works()

    def test_server_ends_in_the_middle_of_a_transfer(self):
        controller, target = self.controller(), self.target()
        controller.send_transfer([(0x40, b"\1")])
        target.next_call()
        self.assertEqual(self.bus.stop()[0], 0)
        self.assertTrue(controller.is_gone())
        self.assertTrue(target.is_gone())


def limit_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))


class Descriptors(BusTest):
    def test_none_left(self):
        bus = self.start(preexec_fn=limit_descriptors)
        with protocol.Controller() as controller, protocol.Target() as target:
            crowd = []
            for _ in range(60):
                peer = socket.socket(socket.AF_UNIX)
                peer.settimeout(10)
                peer.connect(f"{self.directory}/bus-1")
                crowd.append(peer)
            for peer in crowd[-20:]:
                self.assertEqual(peer.recv(1), b"")  # refused, not left waiting
            controller.send_transfer([(0x40, b"\1")])
            target.commit(target.next_call().serial, count=1)
            self.assertEqual(controller.reply()[0], 1)
            for peer in crowd:
                peer.close()
            wait_until(lambda: bus.descriptors() < 15, "descriptors closed")
        self.assert_works()
        self.assertEqual(bus.stop()[0], 0)

    def test_come_and_go(self):
        bus = self.start()
        before = bus.descriptors()
        for _ in range(100):
            self.assert_works()
            protocol.File().close()
            protocol.Monitor().close()
        wait_until(lambda: bus.descriptors() == before, "descriptors closed")


if __name__ == "__main__":
    unittest.main()
