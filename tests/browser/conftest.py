"""The made assessment that the pages show."""

from made_assessment import assessment, finding, reference

__all__ = ["assessment", "finding", "reference"]
