"""Starts and stops a world behind its door."""

import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Self

from reconciler.emulator.door import Door
from reconciler.emulator.world import World


class Server:
    """A running emulator; close it, or use it as a context."""

    def __init__(self, world: World, door: Door) -> None:
        self._world = world
        self._door = door
        self.port: int = door.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        # Polled seldom: the loop only looks for the order to stop.
        self._thread = threading.Thread(target=door.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening; requests that are being answered finish their transaction."""
        self._door.shutdown()
        self._door.server_close()
        self._thread.join()
        self._world.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(  # noqa: PLR0913 -- the settings of a world, each named at the call
    data: Path,
    *,
    port: int = 0,
    accounts: Path | None = None,
    clock: str = "real",
    seed: int = 0,
    pace: str = "brisk",
) -> Server:
    """Listen on loopback in a thread of its own; port 0 takes a free one."""
    world = World(data, clock=clock, seed=seed, pace=pace)
    try:
        if accounts is not None:
            world.register_from(accounts)
        return Server(world, Door(world, port))
    except BaseException:
        world.close()
        raise


def run_until_interrupted(  # noqa: PLR0913, PLR0917 -- as above
    data: Path,
    port: int = 0,
    accounts: Path | None = None,
    clock: str = "real",
    seed: int = 0,
    pace: str = "brisk",
) -> int:
    """Serve in the foreground until SIGINT or SIGTERM; says where it listens, once."""
    stop = threading.Event()

    def leave(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with serve(data, port=port, accounts=accounts, clock=clock, seed=seed, pace=pace) as server:
            sys.stdout.write(f"listening on {server.url}\n")
            sys.stdout.flush()
            stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0
