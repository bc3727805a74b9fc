"""How a file of the plain form is received: in parts, straight to the object store, never whole in memory."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from poise.clinic.objects import object_store
from poise.clinic.recordings.domain.limits import limits


class InParts(UploadedFile):  # type: ignore[type-arg]
    """A file that lies in the object store, part by part."""

    def __init__(self, name: str, size: int, parts: list[list[Any]]) -> None:
        super().__init__(None, name, None, size)
        self.parts = parts

    def forget(self) -> None:
        """Takes its bytes away again."""
        for key, _size, _sha256 in self.parts:
            object_store().delete(key)
        self.parts = []


class ToParts(FileUploadHandler):
    """Stores each part as soon as it has come; forgets them all where the sender breaks off or sends too much."""

    chunk_size = 1024 * 1024

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._held = bytearray()
        self._parts: list[list[Any]] = []
        self._size = 0
        self.is_too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)
        self._held, self._parts, self._size = bytearray(), [], 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Some bytes of it."""
        self._size += len(raw_data)
        if self._size > limits().form_bytes:
            self.is_too_large = True
            self.upload_interrupted()
            raise StopUpload(connection_reset=False)
        self._held += raw_data
        if len(self._held) >= limits().part_bytes // 2:
            self._store()

    def file_complete(self, file_size: int) -> InParts:
        """All of it."""
        self._store()
        return InParts(self.file_name or "", self._size, self._parts)

    def upload_interrupted(self) -> None:
        """The sender has gone."""
        InParts("", 0, self._parts).forget()
        self._parts = []

    def _store(self) -> None:
        if self._held:
            stored = object_store().put([bytes(self._held)])
            self._parts.append([stored.key, stored.size, stored.sha256])
            self._held.clear()
