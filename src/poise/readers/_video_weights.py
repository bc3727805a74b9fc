"""Where the weights of the pose networks lie, and whether they are the ones that Poise was tried with."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from poise.errors import NotInstalled

FOLDER = Path(__file__).with_name("_weights")
SHA256 = {
    "pose_detector.tflite": "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
    "pose_landmark_lite.tflite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "pose_landmark_heavy.tflite": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}
"""`tools/pose/weights.py` holds the same; a test compares them."""
DETECTOR = "pose_detector.tflite"


def landmarker(model: str) -> str:
    """The file name of a landmark network: lite, full or heavy."""
    return f"pose_landmark_{model}.tflite"


@cache
def weights(name: str) -> Path:
    """The file of a network, its bytes checked.

    Raises
    ------
    NotInstalled
        It is not there, or not the one that it should be.
    """
    path = FOLDER / name
    if not path.is_file():
        raise NotInstalled(
            f"Video cannot be read: the weights of the pose network are missing ({name}).",
            found="This copy of Poise was built where the npm registry could not be reached, or without them.",
            do="Install a released wheel, or, in a clone and with a network: python tools/pose/weights.py"
            + (" --heavy" if "heavy" in name else ""),
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256.get(name):
        raise NotInstalled(
            f"Video cannot be read: the weights of the pose network are not the right ones ({name}).",
            found="The file was changed or cut off.",
            do="Install Poise again; in a clone: python tools/pose/weights.py",
        )
    return path
