# SPDX-License-Identifier: MIT
"""Requests in an asyncio program."""

import asyncio


async def _readable(target):
    """Wait until the target's descriptor is readable, or the target is deinitialised."""
    loop = asyncio.get_running_loop()
    is_readable = loop.create_future()

    def wake():
        if not is_readable.done():
            is_readable.set_result(None)

    def end():
        """Whichever thread deinitialises it, and even if the loop is over."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(wake)

    descriptor = target.fileno()
    loop.add_reader(descriptor, wake)
    target._set_at_end(end)
    try:
        await is_readable
    finally:
        target._set_at_end(None)
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
