"""Two ways to do the same: by keys alone, and by mouse or finger."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

SEEN = """() => { const at = document.activeElement; const near = [at, at.closest('label'), at.nextElementSibling];
  return near.some(each => each && (getComputedStyle(each).outlineStyle !== 'none' || getComputedStyle(each).boxShadow !== 'none')); }"""
HAS_FOCUS = "element => document.activeElement === element"
SAME_GROUP = "element => document.activeElement.type === 'radio' && document.activeElement.name === element.name"


class Hands(Protocol):
    """What a person does with a page."""

    def press(self, thing: Any) -> None:
        """A link, a button, a summary."""

    def write(self, thing: Any, words: str) -> None:
        """Words into a field."""

    def tick(self, thing: Any) -> None:
        """A box, or one of several."""

    def choose(self, thing: Any, words: str) -> None:
        """One of a list, by its words."""

    def send(self, thing: Any, file: Path) -> None:
        """A file."""


class Mouse:
    """By mouse, or finger."""

    def press(self, thing: Any) -> None:
        thing.click()

    def write(self, thing: Any, words: str) -> None:
        thing.fill(words)

    def tick(self, thing: Any) -> None:
        thing.check(force=True)

    def choose(self, thing: Any, words: str) -> None:
        thing.select_option(label=words)

    def send(self, thing: Any, file: Path) -> None:
        thing.set_input_files(str(file))


class Keys:
    """By keys alone: Tab to it, and the focus must be seen; then what a person would press."""

    def press(self, thing: Any) -> None:
        self.reach(thing)
        thing.page.keyboard.press("Enter")

    def write(self, thing: Any, words: str) -> None:
        self.reach(thing)
        keyboard = thing.page.keyboard
        if thing.get_attribute("type") == "date":
            thing.press_sequentially(f"{words[5:7]}{words[8:10]}{words[:4]}")
            return
        keyboard.press("Control+A")
        keyboard.type(words)

    def tick(self, thing: Any) -> None:
        keyboard = thing.page.keyboard
        if thing.get_attribute("type") != "radio":
            self.reach(thing)
            keyboard.press("Space")
            return
        self.reach(thing, SAME_GROUP)
        element = thing.element_handle()
        for _ in range(30):
            if thing.page.evaluate(HAS_FOCUS, element):
                break
            keyboard.press("ArrowDown")
        keyboard.press("Space")
        assert thing.is_checked()

    def choose(self, thing: Any, words: str) -> None:
        self.reach(thing)
        chosen = "element => element.selectedOptions[0].label.trim()"
        thing.page.keyboard.press("Home")
        for _ in range(80):
            if thing.evaluate(chosen) == words:
                return
            thing.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{words} is not in the list")

    def send(self, thing: Any, file: Path) -> None:
        self.reach(thing)
        with thing.page.expect_file_chooser() as asked:
            thing.page.keyboard.press("Space")
        asked.value.set_files(str(file))

    def reach(self, thing: Any, is_there: str = HAS_FOCUS, most: int = 250) -> None:
        """Presses Tab until it has the focus, and asks that the focus is seen."""
        thing.wait_for(state="attached")
        page, element = thing.page, thing.element_handle()
        for _ in range(most):
            if page.evaluate(is_there, element):
                assert page.evaluate(SEEN), f"{thing} has the focus, and nobody sees it"
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{thing} is not reached by Tab")
