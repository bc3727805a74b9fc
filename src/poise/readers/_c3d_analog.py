"""The analogue channels of a C3D file: scaled to real units, and told apart: muscles, force plates, the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from poise.readers._c3d_layout import Trial

Array = NDArray[np.float64]

VOLTS = {"v": 1.0, "volt": 1.0, "volts": 1.0, "mv": 1e-3, "millivolts": 1e-3, "uv": 1e-6, "µv": 1e-6, "μv": 1e-6}
SAYS_EMG = re.compile(r"(?<![a-z])s?emg(?![a-df-z])", re.IGNORECASE)
MUSCLES = re.compile(
    r"(?<![a-z])[lr]?(rect(us)?|rec ?fem\w*|rf|vast\w*|vl|vm|vmo|ham(s|str\w*)?|(lat|med)ham\w*|bic\w*|bf|semi\w*|st|"
    r"sm|gas(t\w*)?|gl|gm|mg|lg|sol(eus)?|tib\w*|ta|tp|peron\w*|glut\w*|gmax|gmed\w*|add\w*|tfl|erector\w*|es|mult\w*|"
    r"delt\w*|trap\w*|tric\w*|pect\w*|lat(issimus)?|abd\w*|obl\w*)(?![a-z])",
    re.IGNORECASE,
)
DEVICE = re.compile(r"^(voltage|electric potential|emg|analog)\.(?=.)", re.IGNORECASE)
UNUSED = re.compile(r"spare|unused|not used|empty|sync|trigger|clock", re.IGNORECASE)
WRAPPING_OFFSET = -32768
MOST_GAIN = 1e100


@dataclass(frozen=True, kw_only=True)
class Channels:
    """What the file says of its analogue channels, one entry a channel."""

    trial: Trial

    @cached_property
    def given_labels(self) -> list[str]:
        """Names as the file gives them, empty where it gives none."""
        return self._padded(self.trial.parameters.all_texts("ANALOG", "LABELS", self.trial.layout.channels))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names without the device's word in front (``Voltage.L Rect``); unnamed ones are numbered, no two the same."""
        return unique([DEVICE.sub("", label) or f"channel {i}" for i, label in enumerate(self.given_labels, 1)])

    @cached_property
    def units(self) -> list[str]:
        """Units as the file gives them, empty where it gives none."""
        return self._padded(self.trial.parameters.all_texts("ANALOG", "UNITS", self.trial.layout.channels))

    @cached_property
    def descriptions(self) -> list[str]:
        """What the file says besides the label."""
        return self._padded(self.trial.parameters.all_texts("ANALOG", "DESCRIPTIONS", self.trial.layout.channels))

    @cached_property
    def gains(self) -> Array:
        """What one count is worth, in the channel's unit; a gain that is missing, 0 or not finite counts as 1."""
        general = self.trial.parameters.number("ANALOG", "GEN_SCALE") or 1.0
        scales = self._numbers("SCALE", 1.0)
        return np.where(np.isfinite(scales) & (scales != 0.0), scales, 1.0) * general

    @cached_property
    def is_unsigned(self) -> bool:
        """Whether the counts run from 0 to 65535."""
        return self.trial.parameters.text("ANALOG", "FORMAT").upper().startswith("UNSIGNED")

    @cached_property
    def offsets(self) -> Array:
        """The count that means zero."""
        offsets = self._numbers("OFFSET", 0.0, unsigned=self.is_unsigned)
        return np.where(np.isfinite(offsets), offsets, 0.0)

    @cached_property
    def block(self) -> NDArray[np.int16] | NDArray[np.float32]:
        """Shape (frames, samples a frame, channels): the counts, a view on the file."""
        plan = self.trial.layout
        block = self.trial.words[:, 4 * plan.points :].reshape(plan.frames, plan.samples_per_frame, plan.channels)
        return block.view(f"{block.dtype.str[0]}u2") if plan.is_integer and self.is_unsigned else block

    def values(self, channels: Sequence[int], frames: slice = slice(None)) -> Array:
        """Real values, shape (samples, channels asked for): (count − offset) × gain; what is not finite is NaN."""
        count = len(range(*frames.indices(self.trial.layout.frames))) * self.trial.layout.samples_per_frame
        real = np.empty((count, len(channels)))
        self.fill(real, channels, frames)
        return real

    def fill(self, real: Array, channels: Sequence[int], frames: slice = slice(None)) -> None:
        """`values`, written into an array that is there already."""
        block = self.block[frames, :, as_slice(channels)]
        index = np.asarray(channels, dtype=np.intp)
        offsets, gains = self.offsets[index], self.gains[index]
        shaped = real.reshape(block.shape)
        shaped[...] = block
        if offsets.any():
            shaped -= offsets
        if self._may_wrap:
            _unwrap(shaped, block, offsets)
        if (gains != 1.0).any():
            shaped *= gains
        if self._may_be_infinite[index].any() or not self._is_tame:
            shaped[~np.isfinite(shaped)] = np.nan

    @cached_property
    def _may_be_infinite(self) -> NDArray[np.bool_]:
        plan = self.trial.layout
        columns = self.trial.may_be_infinite[4 * plan.points :]
        return np.asarray(columns.reshape(plan.samples_per_frame, plan.channels).any(axis=0))

    @cached_property
    def _is_tame(self) -> bool:
        """Whether gains and offsets are of a size that cannot make a finite count infinite."""
        return bool(max(np.abs(self.gains).max(), np.abs(self.offsets).max()) < MOST_GAIN)

    @property
    def _may_wrap(self) -> bool:
        return self.trial.layout.is_integer and not self.is_unsigned and WRAPPING_OFFSET in self.offsets

    def kinds(self) -> tuple[list[int], list[int]]:
        """The channels that carry muscle activity, and the others."""
        told = zip(self.given_labels, self.descriptions, self.units, strict=True)
        emg = [i for i, (label, description, unit) in enumerate(told) if _is_emg(label, description, unit)]
        muscles = set(emg)
        return emg, [i for i in range(self.trial.layout.channels) if i not in muscles]

    def _padded(self, texts: list[str]) -> list[str]:
        return texts + [""] * (self.trial.layout.channels - len(texts))

    def _numbers(self, name: str, missing: float, *, unsigned: bool = False) -> Array:
        wanted = self.trial.layout.channels
        given = self.trial.parameters.all_numbers("ANALOG", name, wanted, unsigned=unsigned)
        return np.concatenate([given, np.full(wanted - len(given), missing)])


@lru_cache(maxsize=4096)  # the trials of a laboratory share their channels
def _is_emg(label: str, description: str, unit: str) -> bool:
    if not (label or description) or UNUSED.search(label):
        return False
    if SAYS_EMG.search(label) or SAYS_EMG.search(description):
        return True
    words = re.sub(r"[_.\-:]+", " ", label)
    return unit.lower() in VOLTS and bool(MUSCLES.search(words))


def as_slice(index: Sequence[int]) -> slice | list[int]:
    """Neighbours as a slice, which numpy takes without copying; anything else as a list."""
    if len(index) and list(index) == list(range(index[0], index[0] + len(index))):
        return slice(index[0], index[0] + len(index))
    return list(index)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """The names, a second and third of the same name numbered: ``V_TT``, ``V_TT#2``."""
    seen: dict[str, int] = {}
    told: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(told)


def _unwrap(real: Array, block: NDArray[np.int16] | NDArray[np.float32], offsets: Array) -> None:
    """Channels whose zero is −32768 in a file that calls itself signed: take the reading that does not jump.

    Such files were written by programs that store unsigned counts and say SIGNED. Both readings agree below half scale;
    above it they differ by 65536 counts, so that the wrong one jumps wherever the signal crosses.
    """
    for column in np.flatnonzero(offsets == WRAPPING_OFFSET):
        signed = real[..., column]
        other = np.where(block[..., column] >= 0, signed - 65536.0, signed)
        if np.abs(np.diff(other.ravel())).sum() < np.abs(np.diff(signed.ravel())).sum():
            real[..., column] = other
