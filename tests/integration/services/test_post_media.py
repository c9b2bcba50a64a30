"""Posts with pictures: what posts asks media, through the gateway."""

import pytest

from harness.client import assert_problem
from harness.images import png


def upload(user, width=40):
    answer = user.client.post("/api/media", png(width, 20), headers={"Content-Type": "image/png"})
    return answer.expect(201).json()


def post_with(user, *ids):
    return user.client.post("/api/posts", {"text": "with pictures", "media": list(ids)})


def test_a_post_shows_the_pictures_that_its_author_has_uploaded(alice, client):
    first, second = upload(alice), upload(alice, 41)
    made = post_with(alice, second["id"], first["id"]).expect(201)
    shown = client.get(made.header("location")).expect(200).json()
    assert shown["media"] == [second["id"], first["id"]]
    for media in shown["media"]:
        client.get(f"/api/media/{media}").expect(200)


@pytest.mark.usefixtures("called_services")
def test_pictures_of_others_are_refused_by_their_place(alice, bob):
    own, foreign = upload(alice)["id"], upload(bob)["id"]
    assert_problem(post_with(alice, own, foreign), 422, "/media/1")
    place = post_with(alice, own).expect(201).header("location")
    assert_problem(alice.client.patch(place, {"media": [foreign]}), 422, "/media/0")
    assert alice.client.get(place).json()["media"] == [own]


@pytest.mark.usefixtures("called_services")
def test_pictures_that_were_deleted_or_never_were_are_refused(alice):
    gone = upload(alice)
    alice.client.delete(gone["url"]).expect(204)
    assert_problem(post_with(alice, gone["id"]), 422, "/media/0")
    assert_problem(post_with(alice, "018f3c1e-7b2a-7c3d-9e4f-0123456789ab"), 422, "/media/0")


def test_a_picture_that_is_deleted_later_leaves_its_post_readable(alice, client):
    media = upload(alice)
    place = post_with(alice, media["id"]).expect(201).header("location")
    alice.client.delete(media["url"]).expect(204)
    assert client.get(place).expect(200).json()["media"] == [media["id"]]
    client.get(media["url"]).expect(404)
    alice.client.patch(place, {"text": "without the picture", "media": []}).expect(200)


def test_nobody_outside_asks_for_what_services_ask(alice):
    answer = alice.client.post("/api/media/batch", {"ids": [upload(alice)["id"]]})
    assert answer.status in (404, 405)
    assert b"owner" not in answer.body
