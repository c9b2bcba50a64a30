"""Readers of the live feed."""

import asyncio
import time

from wire import Connection

async def read_events(town, actor):
    """Checks what comes, until it is stopped; comes back after an outage."""
    while not town.stopping:
        await town.is_up.wait()
        connection = Connection(town.host, town.port)
        try:
            status, _, reader = await connection.open_stream("/api/newsfeed/live", actor.token)
            if status != 200:
                town.faults.add(f"live feed: {status}")
                return
            await read_chunks(town, actor, reader)
        except (OSError, EOFError) as error:
            if not town.may_lose and not town.stopping:
                town.faults.add(f"live feed: {type(error).__name__} {error}")
        finally:
            connection.close()
        await asyncio.sleep(0.05)


async def read_chunks(town, actor, reader):
    """When an event was looked up is not known; not longer ago than posts may be behind, which is long enough."""
    event = b""
    while not town.stopping:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        if size == 0:
            raise EOFError("the stream has ended")
        event += await reader.readexactly(size)
        await reader.readexactly(2)
        *whole, event = event.split(b"\n\n")
        now = time.monotonic()
        for one in whole:
            town.events += one.count(b"event: post")
            town.checker.check_texts(actor.number, "live feed", one, now - town.world.lag, now)
