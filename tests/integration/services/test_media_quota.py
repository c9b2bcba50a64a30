"""How much one user may keep: an installation where that is little."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import site as sites
from harness.client import assert_problem, eventually
from harness.images import FORM_TYPE, form, noisy_png
from seed.tables import Tables

LIMIT = 40_000
TYPE = "urn:gatehouse:problem:storage_quota_exceeded"


@pytest.fixture(scope="module")
def small_site(tmp_path_factory, home, new_storage):
    configuration = sites.shipped_configuration()
    configuration["services"]["media"]["config"] |= {"max_bytes": 20_000, "max_bytes_per_user": LIMIT}
    with sites.Site(tmp_path_factory.mktemp("small"), configuration, new_storage(), home) as running:
        yield running
        assert_counted(running)


@pytest.fixture()
def ann(small_site):
    return sites.register(small_site, "ann")


def assert_counted(site):
    """The counters are what a recount says; nothing was left half done."""
    tables = Tables(site)
    eventually(lambda: tables.number("media", "select count(*) from objects where is_leaving") == 0, "files that nobody keeps to be gone")
    assert tables.wrong_usage() == []
    assert tables.number("media", f"select count(*) from usage where bytes > {LIMIT}") == 0
    assert tables.number("media", "select count(*) from reservations") == 0
    kept = {row[0] for row in tables.rows("media", "select distinct object_name from media")}
    files = {path.name for path in (site.folder / "var/data/media").rglob("*.png") if "_" not in path.name}
    assert files == kept == {row[0] for row in tables.rows("media", "select name from objects")}


def upload(user, data, content_type="image/png"):
    return user.client.post("/api/media", data, headers={"Content-Type": content_type})


def used_by(user):
    usage = user.client.get("/api/media/usage").expect(200).json()
    assert usage["max_bytes"] == LIMIT
    return usage["bytes"]


def fill_but_for(user, places, data):
    """Uploads it until there is room for so many more of it, and no more; answers how many octets one takes."""
    size = upload(user, data).expect(201).json()["bytes"]
    while used_by(user) + (places + 1) * size <= LIMIT:
        upload(user, data).expect(201)
    assert used_by(user) + places * size <= LIMIT
    return size


def test_a_full_user_is_told_so_and_deletes_something(small_site, ann):
    data = noisy_png(40, 40, 1)
    first = upload(ann, data).expect(201).json()
    fill_but_for(ann, 0, data)
    used = used_by(ann)
    for sent, content_type in ((noisy_png(40, 40, 2), "image/png"), (form(("file", "a.png", noisy_png(40, 40, 3))), FORM_TYPE)):
        refused = upload(ann, sent, content_type)
        assert_problem(refused, 403)
        problem = refused.json()
        assert problem["type"] == TYPE and str(used) in problem["detail"] and str(LIMIT) in problem["detail"]
    assert used_by(ann) == used
    assert_counted(small_site)
    upload(sites.register(small_site, "bob"), data).expect(201)
    ann.client.delete(first["url"]).expect(204)
    assert used_by(ann) == used - first["bytes"]
    upload(ann, noisy_png(40, 40, 1)).expect(201)
    assert_problem(upload(ann, data), 403)


def test_a_picture_of_oneself_counts_too(small_site, ann):
    def show(data):
        return ann.client.put("/api/users/me/avatar", data, headers={"Content-Type": "image/png"})

    shown = show(noisy_png(30, 30, 4)).expect(200).json()["avatar_url"]
    before = ann.client.get(shown).expect(200).body
    assert used_by(ann) > 0
    fill_but_for(ann, 0, noisy_png(30, 30, 5))
    refused = show(noisy_png(40, 40, 6))
    assert_problem(refused, 403)
    assert refused.json()["type"] == TYPE
    assert ann.client.get(shown).expect(200).body == before


@pytest.mark.parametrize("is_same", [True, False], ids=["of the same content", "of different contents"])
def test_many_uploads_at_once_keep_no_more_than_there_is_room_for(small_site, ann, is_same):
    size = fill_but_for(ann, 5, noisy_png(40, 40, 7))
    before = used_by(ann)

    def one(number):
        with small_site.client(ann.access_token) as client:
            data = noisy_png(40, 40, 7 if is_same else 100 + number)
            return client.post("/api/media", data, headers={"Content-Type": "image/png"}).status

    with ThreadPoolExecutor(30) as pool:
        statuses = list(pool.map(one, range(30)))
    kept = statuses.count(201)
    assert kept + statuses.count(403) == 30, statuses
    assert kept == 5 if is_same else kept in (4, 5)
    assert LIMIT - 2 * size < used_by(ann) <= LIMIT
    if is_same:
        assert used_by(ann) == before + 5 * size
    assert_counted(small_site)


@pytest.mark.usefixtures("shared_events")
def test_an_account_that_is_deleted_keeps_nothing(small_site, ann):
    fill_but_for(ann, 0, noisy_png(40, 40, 8))
    ann.client.delete("/api/users/me").expect(204)
    tables = Tables(small_site)
    eventually(lambda: tables.rows("media", f"select bytes from usage where user_id = {ann.id}") == [("0",)], "a counter of 0", seconds=30)
    assert_counted(small_site)
