# SPDX-License-Identifier: MIT
"""What soak.sh runs: rounds of coming and going, and a look at the server's memory and descriptors."""

import os
import random
import shutil
import signal
import sys
import tempfile
import time

os.environ["I2CTARGET_DIR"] = tempfile.mkdtemp(prefix="i2ctarget-soak-")
import protocol
from buses import Bus, wait_until

KILLS = 300
GROWTH_KIB = 512


def greet():
    """A controller, a target, a transfer between them."""
    address = random.randrange(0x08, 0x78)
    with protocol.Controller() as controller, protocol.Target(addresses=[address]) as target:
        controller.send_transfer([(address, b"\1"), (address, 1)])
        target.commit(target.next_call().serial, count=1)
        target.commit(target.next_call().serial, count=1, data=b"\2")
        assert controller.transfer_reply() == (2, [b"\2"])


def leave_in_the_middle():
    """Either of them is gone while SCL is held."""
    address = random.randrange(0x08, 0x78)
    with protocol.Controller() as controller, protocol.Target(addresses=[address]) as target:
        controller.send_transfer([(address, b"\1" * random.randrange(100))])
        target.next_call()
        first, second = random.sample((controller, target), 2)
        first.close()
        if second is controller:
            assert controller.reply()[0] < 0
        else:
            target.commit(1, count=100)


def look():
    protocol.Monitor().close()


def open_and_close():
    with protocol.File() as file, protocol.Controller() as controller:
        assert controller.call(protocol.OP_FUNCS, 0, file=file.cookie)[0] == 0
        if random.random() < 0.3:
            file.write(b"\1\2\3")


def misbehave():
    peer = protocol.Peer()
    try:
        if random.random() < 0.5:
            peer.hello(random.randint(1, 3), "soak")
        peer.send_bytes(random.randbytes(random.randrange(1, 200)))
    except (protocol.Gone, protocol.Refused):
        pass
    peer.close()


def be_killed():
    """A process with one of everything, SIGKILLed while it uses them."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        target, controller, _, _ = protocol.Target(addresses=[0x30]), protocol.Controller(), protocol.Monitor(), protocol.File()
        registers = list(range(256))
        while True:
            controller.send_read_byte_data(0x30, 5)
            target.serve_registers(registers)
            target.serve_registers(registers)
            controller.reply()
    time.sleep(random.uniform(0, 0.02))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def main():
    rounds = int(sys.argv[1])
    assert bus.ready == "bus 1 ready\n", bus.ready
    descriptors = bus.descriptors()
    ways = [greet, leave_in_the_middle, look, open_and_close, misbehave]
    begin, done = time.monotonic(), {way.__name__: 0 for way in ways}
    memory = None
    for i in range(rounds):
        way = random.choice(ways)
        way()
        done[way.__name__] += 1
        if i % max(1, rounds // KILLS) == 0:
            be_killed()
        if i == rounds // 5:
            memory = bus.resident_kib()
    greet()
    wait_until(lambda: bus.descriptors() == descriptors, f"{descriptors} descriptors, as at first; now {bus.descriptors()}")
    growth = bus.resident_kib() - memory
    print(f"soak: {rounds} rounds {done} and {min(rounds, KILLS)} kills in {time.monotonic() - begin:.0f} s; "
          f"resident {memory} KiB, grown by {growth}")
    status, _, err = bus.stop()
    assert (status, err) == (0, ""), (status, err)
    assert os.listdir(os.environ["I2CTARGET_DIR"]) == []
    assert growth < GROWTH_KIB, "the server grows"


bus = Bus("--trace", "/dev/null")
try:
    main()
finally:
    bus.process.kill()
    bus.process.wait()
    shutil.rmtree(os.environ["I2CTARGET_DIR"])
