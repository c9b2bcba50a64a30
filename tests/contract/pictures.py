"""Small pictures, and what is none."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
BOUNDARY = "boundary-of-the-contract"


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, shade=0, claims=None):
    """claims: the size that the header tells instead."""
    rows = b"".join(b"\0" + bytes((shade, x * 7 % 256, y * 5 % 256)) * 1 + bytes((shade, 1, 2)) * (width - 1) for y in range(height) for x in (y,))
    header = struct.pack(">IIBBBBB", *(claims or (width, height)), 8, 2, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def good(random):
    return png(random.choice([1, 2, 17, 100]), random.choice([1, 3, 50]), random.randrange(256))


def form(content, name="file", filename="a.png"):
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: image/png\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


_WHOLE = png(20, 20)
BAD = [b"", b"\0", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", SIGNATURE, _WHOLE[:40], b"GIF89a", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP",
       png(2, 2, claims=(60000, 60000)), png(2, 2, claims=(0, 0)), b"%PDF-1.4", b"\x7fELF" * 100]
BAD_FORMS = [lambda content: (content, "multipart/form-data"),
             lambda content: (content, "multipart/form-data; boundary=other"),
             lambda content: (form(content)[0][:-20], f"multipart/form-data; boundary={BOUNDARY}"),
             lambda content: (form(content)[0].replace(b"filename=", b"nothing="), f"multipart/form-data; boundary={BOUNDARY}"),
             lambda content: (f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"),
             lambda content: (b"", f"multipart/form-data; boundary={BOUNDARY}")]
