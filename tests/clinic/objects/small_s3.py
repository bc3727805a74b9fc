"""An S3-compatible server in a few lines: what a bucket does with whole puts, parts, ranges and lists."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "clinic"


class SmallS3(ThreadingHTTPServer):
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.numbers = count(1)
        self.largest_body = 0
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: SmallS3

    def log_message(self, *_: Any) -> None:
        pass

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return unquote(parts.path).removeprefix(f"/{BUCKET}").lstrip("/"), parse_qs(parts.query, keep_blank_values=True)

    def _body(self) -> bytes:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.largest_body = max(self.server.largest_body, len(body))
        return body

    def _say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        key, query = self._asked()
        if "uploadId" in query:
            self.server.uploads[query["uploadId"][0]][int(query["partNumber"][0])] = self._body()
        else:
            self.server.objects[key] = self._body()
        self._say(200, ETag='"made"')

    def do_POST(self) -> None:
        key, query = self._asked()
        body = self._body().decode()
        if "delete" in query:
            named = re.findall("<Key>(.*?)</Key>", body)
            for each in named:
                self.server.objects.pop(each, None)
            told = "".join(f"<Deleted><Key>{each}</Key></Deleted>" for each in named)
            self._xml(f"<DeleteResult>{told}</DeleteResult>")
        elif "uploads" in query:
            name = f"upload{next(self.server.numbers)}"
            self.server.uploads[name] = {}
            self._xml(f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>")
        else:
            parts = self.server.uploads.pop(query["uploadId"][0])
            self.server.objects[key] = b"".join(parts[number] for number in sorted(parts))
            self._xml('<CompleteMultipartUploadResult><ETag>"made"</ETag></CompleteMultipartUploadResult>')

    def do_DELETE(self) -> None:
        key, query = self._asked()
        if "uploadId" in query:
            self.server.uploads.pop(query["uploadId"][0], None)
        self.server.objects.pop(key, None)
        self._say(204)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        key, query = self._asked()
        if not key:
            prefix = query.get("prefix", [""])[0]
            listed = "".join(
                f"<Contents><Key>{escape(each)}</Key><Size>{len(body)}</Size><ETag>\"made\"</ETag>"
                "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
                for each, body in sorted(self.server.objects.items()) if each.startswith(prefix)
            )  # fmt: skip
            self._xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>")
        elif key not in self.server.objects:
            self._say(404, b"<Error><Code>NoSuchKey</Code></Error>", Content_Type="application/xml")
        else:
            self._give(self.server.objects[key])

    def _give(self, body: bytes) -> None:
        told = {"ETag": '"made"', "Last_Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
        if asked := self.headers.get("Range"):
            start, _, end = asked.removeprefix("bytes=").partition("-")
            last = min(int(end or len(body) - 1), len(body) - 1)
            told["Content_Range"] = f"bytes {start}-{last}/{len(body)}"
            self._say(206, body[int(start) : last + 1], **told)
        else:
            self._say(200, body, **told)

    def _xml(self, text: str) -> None:
        self._say(200, text.encode(), Content_Type="application/xml")


@contextmanager
def running() -> Iterator[SmallS3]:
    server = SmallS3()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
