# SPDX-License-Identifier: MIT
"""Requests in an asyncio program."""

import asyncio


async def _readable(target):
    """Wait until the target's descriptor is readable."""
    loop = asyncio.get_running_loop()
    is_readable = loop.create_future()
    descriptor = target.fileno()
    loop.add_reader(descriptor, lambda: is_readable.done() or is_readable.set_result(None))
    try:
        await is_readable
    finally:
        loop.remove_reader(descriptor)


async def requests(target):
    """All requests of a target, without end, for asyncio:

        async for request in requests(target):
            ...

    A request is closed when the loop asks for the next one, or ends.  Other tasks run while there is no request.

    read() and write() block: no other task runs until the controller has clocked the bytes.  If a controller may pause inside a message,
    use `await asyncio.to_thread(request.read, 2)`.

    Raises ValueError: the target is deinitialised.  OSError (EIO): the bus has ended.
    """
    while True:
        request = target.request(timeout=-1)
        if request is None:
            await _readable(target)
            continue
        with request:
            yield request
        await asyncio.sleep(0)
