"""PNG files without a library, multipart bodies, and looking at both."""

import struct
import zlib

BOUNDARY = "boundary-of-the-tests"
FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, shade=0, more=b"", claims=None):
    """RGB, a gradient; `more`: chunks before the pixels; `claims`: the size that the header tells instead."""
    rows = b"".join(b"\0" + b"".join(bytes(((x * 7 + shade) % 256, (y * 5) % 256, shade % 256)) for x in range(width))
                    for y in range(height))
    header = struct.pack(">IIBBBBB", *(claims or (width, height)), 8, 2, 0, 0, 0)
    return (SIGNATURE + chunk(b"IHDR", header) + more + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def size_of_png(data):
    assert data.startswith(SIGNATURE)
    return struct.unpack(">II", data[16:24])


def form(*parts):
    """parts: (name, filename or None, content)."""
    body = b""
    for name, filename, content in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
        body += f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()
