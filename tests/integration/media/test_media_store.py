"""Where images are kept: what a kill leaves, memory during an upload, and a bucket of S3."""

import pytest

from harness import site as sites
from harness.client import assert_problem, eventually
from harness.gatehouse import run_command
from harness.images import png
from harness.s3 import S3
from harness.wire import RawConnection


def files(site):
    folder = site.folder / "var" / "data" / "media"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def upload(user, data):
    return user.client.post("/api/media", data, headers={"Content-Type": "image/png"})


def begin_upload(site, user, data, length):
    connection = RawConnection(site.address, timeout=30)
    connection.send(f"POST /api/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user.access_token}\r\n"
                    f"Content-Type: image/png\r\nContent-Length: {length}\r\n\r\n".encode() + data)
    return connection


def open_files(site):
    """The nameless files that the gateway has open under the media directory."""
    folder = f"/proc/{site.gateway.pid}/fd"
    found = []
    from pathlib import Path
    for entry in Path(folder).iterdir():
        try:
            target = entry.readlink().as_posix()
        except OSError:
            continue
        if "/media/incoming/" in target:
            found.append(entry)
    return found


def resident_kib(site):
    with open(f"/proc/{site.gateway.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


@pytest.fixture()
def local(tmp_path):
    with sites.Site(tmp_path, sites.shipped_configuration()) as running:
        yield running


def test_a_kill_in_the_middle_of_an_upload_leaves_nothing(local):
    alice = sites.register(local, "alice")
    kept = upload(alice, png(31, 17)).expect(201).json()["url"]
    before = files(local)
    data = png(300, 300) + b"\0" * 1_000_000
    connection = begin_upload(local, alice, data, len(data) + 1)
    eventually(lambda: any(entry.stat().st_size >= 512 * 1024 for entry in open_files(local)), "half of the upload")
    local.gateway.kill()
    connection.close()
    # And what a process that died while it kept an image has left: half a file under a name of its own.
    (local.folder / "var/data/media/incoming/put-AbCdEf").write_bytes(b"half")
    local.gateway.start()
    assert files(local) == before
    with local.client() as client:
        client.get(kept).expect(200)
        upload_again = client.post("/api/media", png(5, 5), token=alice.access_token)
        upload_again.expect(201)


def test_a_client_that_goes_away_gives_its_file_back(local):
    alice = sites.register(local, "alice")
    data = b"\x89PNG\r\n\x1a\n" + b"\0" * 1_000_000
    connection = begin_upload(local, alice, data, 2_000_000)
    eventually(lambda: open_files(local), "the upload to have begun")
    connection.reset()
    eventually(lambda: not open_files(local), "the file to be closed")
    assert files(local) == []


def test_an_upload_is_not_kept_in_memory(local):
    alice = sites.register(local, "alice")
    upload(alice, png(50, 50)).expect(201)  # what the first one ever needs
    before = resident_kib(local)
    data = b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * 1024 * 1024 - 16)
    connections = [begin_upload(local, alice, data, len(data) + 1) for _ in range(8)]
    eventually(lambda: sum(entry.stat().st_size for entry in open_files(local)) > 75 * 1024 * 1024, "80 MB to arrive", 60)
    grown = resident_kib(local) - before
    for connection in connections:
        connection.close()
    assert grown < 20 * 1024, f"{grown} KiB for 80 MB"


@pytest.fixture()
def bucket():
    with S3() as server:
        yield server


def bucket_configuration(bucket):
    configuration = sites.shipped_configuration()
    configuration["services"]["media"]["config"]["s3"] = {
        "endpoint": bucket.endpoint, "bucket": bucket.bucket, "region": bucket.region, "prefix": "pictures/",
        "access_key": bucket.access_key, "secret_key": "env:S3_SECRET_KEY"}
    return configuration


@pytest.fixture()
def remote(tmp_path, bucket):
    environment = {"S3_SECRET_KEY": bucket.secret_key}
    with sites.Site(tmp_path, bucket_configuration(bucket), environment=environment) as running:
        yield running


def test_a_bucket_keeps_images_and_thumbnails(remote, bucket):
    alice = sites.register(remote, "alice")
    with remote.client() as client:
        url = upload(alice, png(200, 100)).expect(201).json()["url"]
        assert len(bucket.objects) == 1
        whole = client.get(url).expect(200)
        assert [whole.body] == list(bucket.objects.values()) and set(bucket.types.values()) == {"image/png"}
        assert all(key.startswith("pictures/") for key in bucket.objects)
        assert client.get(url, headers={"Range": "bytes=3-5"}).expect(206).body == whole.body[3:6]
        client.get(f"{url}?w=64").expect(200)
        assert len(bucket.objects) == 2
        alice.client.delete(url).expect(204)
        assert bucket.objects == {}
        assert_problem(client.get(url), 404)
    assert bucket.refusals == []
    assert files(remote) == []
    assert bucket.secret_key not in remote.gateway.log()


def test_a_bucket_keeps_nothing_of_a_deleted_account(remote, bucket):
    alice, bob = sites.register(remote, "alice"), sites.register(remote, "bob")
    for width in (31, 32, 33):
        upload(alice, png(width, 20)).expect(201)
    his = upload(bob, png(33, 20)).expect(201).json()["url"]
    alice.client.put("/api/users/me/avatar", png(90, 80), headers={"Content-Type": "image/png"}).expect(200)
    alice.client.get(f"/api/users/{alice.id}/avatar?size=64").expect(200)
    assert len(bucket.objects) == 5
    bucket.failures = 2  # it stumbles as well
    alice.client.delete("/api/users/me").expect(204)
    eventually(lambda: len(bucket.objects) == 1, "all but one object to be gone", seconds=30)
    assert [bob.client.get(his).expect(200).body] == list(bucket.objects.values())


def test_a_bucket_keeps_made_up_images_too(tmp_path, bucket):
    site = sites.Site(tmp_path, bucket_configuration(bucket), environment={"S3_SECRET_KEY": bucket.secret_key})
    site.write_routes()
    plan = ("seed", "--users", 30, "--posts", 100, "--password", sites.PASSWORD, "--config", site.routes_file)
    assert run_command(*plan, folder=site.folder, environment=site.environment).returncode == 0
    assert bucket.refusals == [] and files(site) == []
    made = dict(bucket.objects)
    assert set(bucket.types.values()) == {"image/png", "image/jpeg"}
    with site, site.client() as client:
        posts = client.get("/api/posts?limit=100").expect(200).json()["items"]
        shown = [image_id for post in posts for image_id in post["media"]]
        assert len(shown) > 10
        for image_id in shown:
            assert client.get(f"/api/media/{image_id}").expect(200).body in made.values()
        client.get(f"/api/media/{shown[0]}?w=128").expect(200)
        assert len(bucket.objects) == len(made) + 1


def test_a_bucket_that_stumbles_is_asked_again(remote, bucket):
    alice = sites.register(remote, "alice")
    bucket.failures = 2
    url = upload(alice, png(20, 10)).expect(201).json()["url"]
    bucket.failures = 2
    alice.client.get(url).expect(200)


def test_a_bucket_that_is_down_is_told_apart_from_a_missing_image(remote, bucket):
    alice = sites.register(remote, "alice")
    url = upload(alice, png(20, 10)).expect(201).json()["url"]
    bucket.failures = 1_000
    assert_problem(alice.client.get(url), 503)
    assert_problem(upload(alice, png(21, 10)), 503)
    alice.client.delete(url).expect(204)  # the object goes later
    bucket.failures = 0
    assert_problem(alice.client.get(url), 404)
    assert files(remote) == []


def test_a_wrong_key_is_refused_by_the_bucket(remote, bucket):
    alice = sites.register(remote, "alice")
    bucket.secret_key = "another"
    answer = upload(alice, png(20, 10))
    assert_problem(answer, 500)
    assert bucket.refusals == ["another signature"] and bucket.objects == {}
