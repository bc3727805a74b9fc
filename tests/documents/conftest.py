"""The made assessment of these tests."""

from made_assessment import assessment, finding, reference

__all__ = ["assessment", "finding", "reference"]
