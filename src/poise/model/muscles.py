"""The names of muscles, as all of Poise uses them: what a channel's label means, and which muscles oppose each other.

A name has no side: ``vastus_medialis``; the side stands beside it. Where a label says only a group (``hamstrings``),
the group is the name: nobody knows which of its muscles lay under the electrode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from poise.model.recording import Side


@dataclass(frozen=True, kw_only=True)
class Muscle:
    """One muscle (or group): what reports call it, its short codes, and the words that name it in a label."""

    name: str
    label: str
    codes: tuple[str, ...]
    words: str


@dataclass(frozen=True, kw_only=True)
class Opponents:
    """Two groups that move one joint against each other."""

    joint: str
    one_way: str
    agonists: tuple[str, ...]
    other_way: str
    antagonists: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A channel: which muscle it lies on and on which side; `muscle` is the channel's own label where nobody knows."""

    channel: str
    muscle: str
    side: Side | None
    known: bool


def _muscle(name: str, codes: str, words: str, label: str = "") -> Muscle:
    return Muscle(name=name, label=label or name.replace("_", " "), codes=tuple(codes.split()), words=words)


MUSCLES: tuple[Muscle, ...] = (
    _muscle("rectus_femoris", "RF RECFEM", r"rect\w*[ ]?fem\w*|rec[ ]?fem\w*|recto femoral|rect"),
    _muscle("vastus_medialis", "VM VMO VASMED VMED", r"vast\w*[ ]?(med\w*|int\w*rnus)|vasto (medial|interno)"),
    _muscle("vastus_lateralis", "VL VLO VASLAT VLAT", r"vast\w*[ ]?(lat\w*|ext\w*)|vasto (lateral|externo)"),
    _muscle("quadriceps", "QUAD QUADS", r"quad\w*|cuadriceps"),
    _muscle("biceps_femoris", "BF BFLH BICFEM LH LHAM", r"bic\w*[ ]?fem\w*|lat\w*[ ]?ham\w*"),
    _muscle("semitendinosus", "ST SEMITE SEMIT MH MHAM", r"semi[ ]?t\w*|med\w*[ ]?ham\w*"),
    _muscle("semimembranosus", "SM SEMIME", r"semi[ ]?m\w*"),
    _muscle("hamstrings", "HAM HAMS HS", r"ham\w*|isquiotibial\w*"),
    _muscle("tibialis_anterior", "TA TIBANT", r"tib\w*[ ]?ant\w*"),
    _muscle("tibialis_posterior", "TP TIBPOST", r"tib\w*[ ]?post\w*"),
    _muscle("peroneus_longus", "PL PERLON FIBL", r"(peron|fibul|peroneo)\w*([ ]?(long|lat)\w*)?"),
    _muscle("gastrocnemius_medialis", "GM MG GAM GASMED", r"gas\w*[ ]?med\w*|med\w*[ ]?gas\w*|gemelo (med|int)\w*"),
    _muscle("gastrocnemius_lateralis", "GL LG GAL GASLAT", r"gas\w*[ ]?lat\w*|lat\w*[ ]?gas\w*|gemelo (lat|ext)\w*"),
    _muscle("gastrocnemius", "GAS GASTRO GC GN", r"gas\w*|calf|gemelos?"),
    _muscle("soleus", "SO SOL", r"sol\w*"),
    _muscle("gluteus_maximus", "GMAX GLMAX GLUMAX MAX", r"glu\w*[ ]?max\w*|glut\w*[ ]?mayor"),
    _muscle("gluteus_medius", "GMED GLMED GLUMED GLME", r"glu\w*[ ]?med\w*|glut\w*[ ]?medio"),
    _muscle("tensor_fasciae_latae", "TFL TENFAC", r"tensor\w*( \w+)*|tfl"),
    _muscle("adductor_longus", "AL ADD ADDLON", r"add\w*([ ]?l\w*)?|aductor\w*( \w+)?"),
    _muscle("sartorius", "SAR SRT", r"sart\w*"),
    _muscle("gracilis", "GRA", r"grac\w*"),
    _muscle("iliopsoas", "ILP ILIOPS", r"ilio?\w*[ ]?pso\w*|psoas"),
    _muscle("erector_spinae", "ES ERSP ESL", r"(erect|longiss|iliocost|paraspin|lumbar erect)\w*( \w+)*"),
    _muscle("multifidus", "MF MULT", r"mult\w*"),
    _muscle("rectus_abdominis", "RA RECABD", r"rect\w*[ ]?abd\w*|recto abdominal"),
    _muscle("external_oblique", "EO OE", r"(ext\w*[ ]?obl\w*|obl\w*[ ]?ext\w*)( \w+)?"),
    _muscle("internal_oblique", "IO OI", r"(int\w*[ ]?obl\w*|obl\w*[ ]?int\w*|trans\w*[ ]?abd\w*)( \w+)?"),
    _muscle("latissimus_dorsi", "LD LAT LATS", r"lat\w*[ ]?dors\w*|latissimus|dorsal ancho"),
    _muscle("upper_trapezius", "UT TRU UTRAP", r"(up\w*|desc\w*|sup\w*)[ ]?trap\w*|trap\w*[ ]?(up\w*|desc\w*|sup\w*)"),
    _muscle("middle_trapezius", "MT TRM MTRAP", r"(mid\w*|trans\w*)[ ]?trap\w*|trap\w*[ ]?(mid\w*|trans\w*|med\w*)"),
    _muscle("lower_trapezius", "LT TRL LTRAP", r"(low\w*|asc\w*|inf\w*)[ ]?trap\w*|trap\w*[ ]?(low\w*|asc\w*|inf\w*)"),
    _muscle("trapezius", "TRAP TRP", r"trap\w*"),
    _muscle("serratus_anterior", "SA SERR", r"serr\w*( \w+)?"),
    _muscle("anterior_deltoid", "AD DA DELTA", r"(ant\w*|front)[ ]?delt\w*|delt\w*[ ]?(ant\w*|front\w*)"),
    _muscle("middle_deltoid", "MD DM DELTM", r"(mid\w*|med\w*|lat\w*)[ ]?delt\w*|delt\w*[ ]?(mid\w*|med\w*|lat\w*)"),
    _muscle("posterior_deltoid", "PD DP DELTP", r"(post\w*|rear)[ ]?delt\w*|delt\w*[ ]?(post\w*|rear)"),
    _muscle("deltoid", "DEL DELT", r"delt\w*"),
    _muscle("pectoralis_major", "PM PEC PECT", r"pec\w*( \w+)?"),
    _muscle("infraspinatus", "IS INFRA", r"infrasp\w*"),
    _muscle("biceps_brachii", "BB BIC", r"bic\w*([ ]?brach\w*)?|biceps braquial"),
    _muscle("triceps_brachii", "TB TRI TRIC", r"tric\w*( \w+)*"),
    _muscle("brachioradialis", "BR BRD", r"brachiorad\w*"),
    _muscle("wrist_flexors", "FCR FCU FDS WF", r"(wrist )?flex\w*( (carpi|digit)\w*( \w+)*)?|fle\w* carpi\w*( \w+)*"),
    _muscle("wrist_extensors", "ECR ECU EDC ED WE", r"(wrist )?ext\w*( (carpi|digit)\w*( \w+)*)?"),
    _muscle("sternocleidomastoid", "SCM", r"sternocl\w*|esternocl\w*"),
    _muscle("neck_extensors", "CES SPL", r"(cerv\w*|neck)[ ]?(ext\w*|paras\w*|erect\w*)|splen\w*( \w+)?"),
    _muscle("masseter", "MAS", r"masset\w*"),
)  # fmt: skip
BY_NAME: Mapping[str, Muscle] = {each.name: each for each in MUSCLES}

KNEE_EXTENSORS = ("rectus_femoris", "vastus_medialis", "vastus_lateralis", "quadriceps")
KNEE_FLEXORS = ("biceps_femoris", "semitendinosus", "semimembranosus", "hamstrings")
ANKLE_PLANTARFLEXORS = ("gastrocnemius_medialis", "gastrocnemius_lateralis", "gastrocnemius", "soleus")
OPPONENTS: tuple[Opponents, ...] = (
    Opponents(
        joint="knee", one_way="extension", agonists=KNEE_EXTENSORS, other_way="flexion", antagonists=KNEE_FLEXORS
    ),
    Opponents(
        joint="ankle", one_way="dorsiflexion", agonists=("tibialis_anterior",), other_way="plantarflexion",
        antagonists=ANKLE_PLANTARFLEXORS,
    ),
    Opponents(
        joint="hip", one_way="abduction", agonists=("gluteus_medius", "tensor_fasciae_latae"), other_way="adduction",
        antagonists=("adductor_longus", "gracilis"),
    ),
    Opponents(
        joint="trunk", one_way="extension", agonists=("erector_spinae", "multifidus"), other_way="flexion",
        antagonists=("rectus_abdominis", "external_oblique", "internal_oblique"),
    ),
    Opponents(
        joint="elbow", one_way="flexion", agonists=("biceps_brachii", "brachioradialis"), other_way="extension",
        antagonists=("triceps_brachii",),
    ),
    Opponents(
        joint="wrist", one_way="flexion", agonists=("wrist_flexors",), other_way="extension",
        antagonists=("wrist_extensors",),
    ),
    Opponents(
        joint="neck", one_way="flexion", agonists=("sternocleidomastoid",), other_way="extension",
        antagonists=("neck_extensors",),
    ),
)  # fmt: skip

SANTUZ = {"ME": "gluteus_medius", "MA": "gluteus_maximus", "FL": "tensor_fasciae_latae"}
"""Codes of one laboratory that mean something else, or nothing, elsewhere; believed where all three are there."""
_SIDES: tuple[tuple[str, Side], ...] = (
    (r"left|lft|lt|l|izq\w*|links|gauche|sx", "left"), (r"right|rgt|rt|r|der\w*|rechts|droite?|dx", "right"),
)  # fmt: skip
_NOISE = re.compile(r"\b(s?emg|imu|sensor|ch(annel)?|avanti|trigno|delsys|noraxon|voltage|muscle|raw|m)\d*\b|\d+|#")
_BARE_BICEPS = re.compile(r"[^b]*biceps[^b]*", re.IGNORECASE)


def named(labels: Sequence[str]) -> tuple[Placed, ...]:
    """What each channel of a recording lies on, in order; several labels together can say what one cannot.

    ``GM`` is the medial gastrocnemius, as in most sets; where a set holds ``GMAX`` beside it and no other calf, and no
    ``GL`` or ``LG``, it is the gluteus medius.
    """
    plain = {label.strip().upper() for label in labels}
    local = dict(SANTUZ) if plain >= set(SANTUZ) else {}
    if {"GMAX", "GM"} <= plain and not plain & {"GL", "LG", "MG"}:
        local["GM"] = "gluteus_medius"
    placed = tuple(_placed(label, local) for label in labels)
    legs = any(each.muscle in (*KNEE_EXTENSORS, *ANKLE_PLANTARFLEXORS, "tibialis_anterior") for each in placed)
    arms = any(each.muscle in ("triceps_brachii", "brachioradialis", "deltoid") for each in placed)
    return tuple(_of_the_thigh(each) for each in placed) if legs and not arms else placed


def muscle_of(label: str) -> tuple[str, Side | None] | None:
    """The muscle and the side that one label names; None where it names none.

    >>> muscle_of("L Tib Ant"), muscle_of("RVL"), muscle_of("Recto Femoral"), muscle_of("channel 3")
    (('tibialis_anterior', 'left'), ('vastus_lateralis', 'right'), ('rectus_femoris', None), None)
    """
    return _muscle_of(label, ())


def title(muscle: str) -> str:
    """What a report calls a muscle: its label, or the channel's own name."""
    return BY_NAME[muscle].label if muscle in BY_NAME else muscle


def slug(muscle: str) -> str:
    """The muscle as a part of a measure's name: a channel's own label without blanks and signs."""
    return re.sub(r"\W+", "_", muscle.strip().lower()).strip("_") or "channel"


def opponents_among(muscles: Iterable[str]) -> tuple[Opponents, ...]:
    """The joints that have both groups among these muscles, with those muscles alone."""
    held = list(dict.fromkeys(muscles))
    found = []
    for pair in OPPONENTS:
        one, other = ([m for m in held if m in group] for group in (pair.agonists, pair.antagonists))
        if one and other:
            found.append(replace(pair, agonists=tuple(one), antagonists=tuple(other)))
    return tuple(found)


def _of_the_thigh(placed: Placed) -> Placed:
    """A channel called no more than biceps, among muscles of the leg."""
    bare = placed.muscle == "biceps_brachii" and _BARE_BICEPS.fullmatch(placed.channel)
    return replace(placed, muscle="biceps_femoris") if bare else placed


def _placed(label: str, local: Mapping[str, str]) -> Placed:
    found = _muscle_of(label, tuple(local.items()))
    if found is None:
        side, _ = _side_of(_words(label))
        return Placed(channel=label, muscle=label.strip() or "channel", side=side, known=False)
    return Placed(channel=label, muscle=found[0], side=found[1], known=True)


@lru_cache(maxsize=2048)
def _muscle_of(label: str, local: tuple[tuple[str, str], ...]) -> tuple[str, Side | None] | None:
    words = _words(label)
    side, rest = _side_of(words)
    own = dict(local)
    for text, said in ((words, None), (rest, side)):
        code = text.replace(" ", "").upper()
        if code in own or code in _CODES:
            return own.get(code, _CODES.get(code, "")), said
    letters: tuple[tuple[str, Side], ...] = (("l", "left"), ("r", "right"))
    for letter, of_side in letters:
        code = words.replace(" ", "")[1:].upper()
        if words.startswith(letter) and (code in own or code in _CODES):
            return own.get(code, _CODES.get(code, "")), of_side
    for muscle in MUSCLES:
        if re.fullmatch(muscle.words, rest):
            return muscle.name, side
    return None


def _words(label: str) -> str:
    """Lower case, words apart (LeftVastusMedialis, L_TibAnt), without what says only that it is EMG."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label.strip())
    apart = re.sub(r"[\W_]+", " ", apart).lower()
    return re.sub(r"\s+", " ", _NOISE.sub(" ", apart)).strip()


def _side_of(words: str) -> tuple[Side | None, str]:
    """The side that a word at either end says, and the words without it."""
    for pattern, side in _SIDES:
        for place in (rf"^(?:{pattern}) (?P<rest>.+)$", rf"^(?P<rest>.+) (?:{pattern})$"):
            if match := re.match(place, words):
                return side, match["rest"]
    return None, words


_CODES: Mapping[str, str] = {code: muscle.name for muscle in reversed(MUSCLES) for code in muscle.codes}
