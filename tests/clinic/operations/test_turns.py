"""Pages of one process take turns; nothing long holds the others up, and nobody who goes away keeps a turn."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from poise.clinic.operations.turns import Turns

LONG_S = 60.0


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Runs it in a loop of its own, in a thread of its own: a browser's test may have left one in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_two_are_worked_on_at_once_and_the_others_in_the_order_they_came() -> None:
    begun: list[int] = []
    at_once: list[int] = []

    async def page(turns: Turns, number: int, running: set[int]) -> None:
        async with turns.taken():
            begun.append(number)
            running.add(number)
            at_once.append(len(running))
            await asyncio.sleep(0.01)
            running.remove(number)

    async def all_of_them() -> None:
        turns, running = Turns(at_once=2, patience_s=LONG_S), set[int]()
        await asyncio.gather(*(page(turns, number, running) for number in range(7)))

    in_a_loop(all_of_them())
    assert begun == list(range(7))
    assert max(at_once) == 2


def test_who_has_waited_long_enough_goes_on_beside_something_long() -> None:
    async def beside_a_long_one() -> str:
        turns, over = Turns(at_once=1, patience_s=0.01), asyncio.Event()

        async def long() -> None:
            async with turns.taken():
                await over.wait()

        holds = asyncio.create_task(long())
        await asyncio.sleep(0)
        async with turns.taken():
            told = "shown"
        over.set()
        await holds
        return told

    assert in_a_loop(beside_a_long_one()) == "shown"


def test_a_turn_is_given_back_by_a_page_that_fails_and_by_readers_who_leave() -> None:
    async def after_all_three() -> str:
        turns = Turns(at_once=1, patience_s=LONG_S)

        async def fails() -> None:
            async with turns.taken():
                raise ValueError

        async def never_ends() -> None:
            async with turns.taken():
                await asyncio.Event().wait()

        await asyncio.gather(fails(), return_exceptions=True)
        readers = [asyncio.create_task(never_ends()) for _ in range(2)]  # one is shown its page, one waits
        await asyncio.sleep(0.01)
        for reader in reversed(readers):
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        async with asyncio.timeout(LONG_S), turns.taken():
            return "shown"

    assert in_a_loop(after_all_three()) == "shown"
