"""The media service through the gateway."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.client import assert_problem, eventually
from harness.images import FORM_TYPE, chunk, form, png, size_of_png
from harness.wire import RawConnection

SECRET = b"52.5200N 13.4050E"


def upload(user, data, content_type="image/png"):
    return user.client.post("/api/media", data, headers={"Content-Type": content_type})


def files(site):
    """Everything that the service keeps on the disk."""
    folder = site.folder / "var" / "data" / "media"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def begin_upload(site, user, data, length):
    """A connection on which `data` was sent of an upload of `length` octets."""
    connection = RawConnection(site.address)
    connection.send(f"POST /api/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user.access_token}\r\n"
                    f"Content-Type: image/png\r\nContent-Length: {length}\r\n\r\n".encode() + data)
    return connection


def test_an_image_comes_back_as_it_was_described(alice, client):
    made = upload(alice, png(120, 80)).expect(201)
    body = made.json()
    assert set(body) == {"id", "url", "width", "height", "bytes", "content_type"}
    assert made.header("location") == body["url"] == f"/api/media/{body['id']}"
    shown = client.get(body["url"]).expect(200)
    assert shown.header("content-type") == body["content_type"] == "image/png"
    assert len(shown.body) == body["bytes"] == int(shown.header("content-length"))
    assert size_of_png(shown.body) == (120, 80) == (body["width"], body["height"])


def test_a_form_is_taken_as_browsers_send_it(alice, client):
    body = form(("note", None, b"hello"), ("file", "../../evil.php", png(20, 10)))
    made = upload(alice, body, FORM_TYPE).expect(201).json()
    shown = client.get(made["url"]).expect(200)
    assert shown.header("content-disposition") == f'inline; filename="{made["id"]}.png"'


def test_an_image_is_safe_to_show(alice, client):
    hidden = chunk(b"tEXt", b"Comment\0<script>alert(1)</script> " + SECRET)
    made = upload(alice, png(30, 30, more=hidden) + b"<script>alert(2)</script>").expect(201).json()
    shown = client.get(made["url"]).expect(200)
    assert SECRET not in shown.body and b"script" not in shown.body
    assert shown.header("x-content-type-options") == "nosniff"
    assert "sandbox" in shown.header("content-security-policy")


def test_thumbnails_are_smaller_and_bounded(alice, client):
    url = upload(alice, png(400, 200)).expect(201).json()["url"]
    assert size_of_png(client.get(f"{url}?w=64").expect(200).body) == (64, 32)
    assert size_of_png(client.get(f"{url}?w=64&square=true").expect(200).body) == (64, 64)
    for query in ("w=63", "w=100000", "w=-1", "w=x"):
        assert_problem(client.get(f"{url}?{query}"), 422, parameter="w")


def test_caches_are_told_all_that_they_need(alice, client):
    url = upload(alice, png(40, 40)).expect(201).json()["url"]
    shown = client.get(url).expect(200)
    assert "immutable" in shown.header("cache-control")
    unchanged = client.get(url, headers={"If-None-Match": shown.header("etag")}).expect(304)
    assert unchanged.body == b""
    head = client.request("HEAD", url).expect(200)
    assert head.body == b"" and head.header("content-length") == str(len(shown.body))
    assert head.header("etag") == shown.header("etag")


def test_parts_are_given(alice, client):
    url = upload(alice, png(40, 40)).expect(201).json()["url"]
    whole = client.get(url).body
    part = client.get(url, headers={"Range": "bytes=5-14"}).expect(206)
    assert part.body == whole[5:15] and part.header("content-range") == f"bytes 5-14/{len(whole)}"
    outside = client.get(url, headers={"Range": "bytes=9999999-"})
    assert_problem(outside, 416)
    assert outside.header("content-range") == f"bytes */{len(whole)}"


@pytest.mark.parametrize("name, data, content_type, status", [
    ("a page that says it is an image", b"<!doctype html><script>", "image/png", 415),
    ("a drawing with a script in it", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml", 415),
    ("nothing", b"", "image/png", 422),
    ("half an image", png(60, 60)[:200], "image/png", 422),
    ("a bomb", png(8, 8, claims=(16000, 16000)), "image/png", 422),
    ("a larger bomb", png(8, 8, claims=(2**31 - 1, 2**31 - 1)), "image/png", 422),
    ("a form without a file", form(("note", None, b"x")), FORM_TYPE, 422),
    ("a form that was cut off", form(("file", "a.png", png(9, 9)))[:-9], FORM_TYPE, 400),
    ("a form without a boundary", b"x", "multipart/form-data", 400),
    ("a file that is too large", png(4, 4) + b"\0" * (10 * 1024 * 1024), "image/png", 413),
    ("a body that is too large", b"\0" * (12 * 1024 * 1024), "image/png", 413),
])
def test_what_cannot_be_taken_leaves_nothing(site, alice, name, data, content_type, status):
    before = files(site)
    with site.client(alice.access_token) as client:
        try:
            assert_problem(client.post("/api/media", data, headers={"Content-Type": content_type}), status)
        except (BrokenPipeError, ConnectionResetError):
            assert status == 413  # it closed before all had been sent
    assert files(site) == before


def test_a_client_that_goes_away_leaves_nothing(site, alice):
    before = files(site)
    data = png(200, 200)
    for end in (RawConnection.close, RawConnection.reset):
        end(begin_upload(site, alice, data[:len(data) // 2], len(data)))
    upload(alice, png(11, 7)).expect(201)
    made = [path for path in files(site) if path not in before]
    assert len(made) == 1 and made[0].parent.parent.name == "objects"


def test_only_the_owner_deletes(alice, bob, client):
    url = upload(alice, png(21, 20)).expect(201).json()["url"]
    assert_problem(bob.client.delete(url), 403)
    assert_problem(client.delete(url), 401)
    alice.client.delete(url).expect(204)
    assert_problem(client.get(url), 404)
    assert_problem(alice.client.delete(url), 404)


def test_one_of_two_equal_uploads_may_go(site, alice, bob, client):
    before = files(site)
    data = png(23, 29, shade=99)
    first, second = (upload(user, data).expect(201).json()["url"] for user in (alice, bob))
    assert len(files(site)) == len(before) + 1
    alice.client.delete(first).expect(204)
    assert client.get(second).expect(200).body
    bob.client.delete(second).expect(204)
    eventually(lambda: files(site) == before, "the file to be gone")


def test_nobody_uploads_without_an_account(client):
    assert_problem(client.post("/api/media", png(4, 4), headers={"Content-Type": "image/png"}), 401)


@pytest.mark.parametrize("path", ["/api/media/1", "/api/media/x", "/api/media/00000000-0000-7000-8000-000000000000"])
def test_unknown_images(client, path):
    assert_problem(client.get(path), 404)


def test_many_upload_at_once(site, alice):
    def one(shade):
        with site.client(alice.access_token) as client:
            made = client.post("/api/media", png(64, 64, shade), headers={"Content-Type": "image/png"})
            return client.get(made.expect(201).json()["url"] + "?w=64").expect(200).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(24))) == {200}
