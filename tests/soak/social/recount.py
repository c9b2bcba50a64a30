"""Counts everything again in the databases of the services."""

SERVICES = ("auth", "users", "posts", "subscriptions", "media")

# (what, service, a statement that answers nothing when all is well)
COUNTERS = [
    ("likes", "posts", "select p.id, p.likes as a, count(l.user_id) as b from posts p left join likes l on l.post_id = p.id "
                       "group by p.id, p.likes having p.likes <> count(l.user_id)"),
    ("comments", "posts", "select p.id, p.comments as a, count(c.id) as b from posts p left join comments c on c.post_id = p.id "
                          "and c.deleted_at is null group by p.id, p.comments having p.comments <> count(c.id)"),
    ("reposts", "posts", "select p.id, p.reposts as a, count(r.id) as b from posts p left join posts r on r.repost_of = p.id "
                         "and r.visibility = 'public' group by p.id, p.reposts having p.reposts <> count(r.id)"),
    ("likes of a tag", "posts", "select p.id, t.tag as tag, t.likes as a, p.likes as b from post_tags t join posts p on "
                                "p.id = t.post_id where t.likes <> p.likes or t.visibility <> p.visibility or "
                                "t.author_id <> p.author_id"),
    ("somebody likes twice", "posts", "select post_id, user_id, count(*) as a from likes group by post_id, user_id "
                                      "having count(*) > 1"),
    ("rows of posts that are gone", "posts",
     "select post_id, 'like' as a from likes where post_id not in (select id from posts) union all "
     "select post_id, 'comment' as a from comments where post_id not in (select id from posts) union all "
     "select post_id, 'tag' as a from post_tags where post_id not in (select id from posts)"),
    ("dead letters", "*", "select * from gh_dead_letters"),
]
FOLLOWS = "select follower_id, {} as user_id from follows"


def counters(databases):
    """Faults of the counters that one database can tell by itself."""
    faults = []
    for what, service, sql in COUNTERS:
        for each in SERVICES if service == "*" else (service,):
            rows = databases.rows(each, sql)
            if rows:
                faults.append(f"{each}: {what}: {len(rows)} wrong: {rows[:5]}")
    return faults


def different(what, left, right):
    if left == right:
        return []
    return [f"{what}: {len(left)} and {len(right)}; only here {sorted(left - right)[:5]}, only there {sorted(right - left)[:5]}"]


def copies(databases):
    """Faults of what services keep of each other's."""
    follows = set(databases.rows("subscriptions", FOLLOWS.format("user_id")))
    faults = different("follows in subscriptions and posts", follows, set(databases.rows("posts", FOLLOWS.format("author_id"))))
    counts = {}
    for follower, followed in follows:
        counts.setdefault(follower, [0, 0])[0] += 1
        counts.setdefault(followed, [0, 0])[1] += 1
    shown = {user: (a, b) for user, a, b in
             databases.rows("users", "select user_id, subscriptions, subscribers from follow_counts")}
    faults += different("followings counted here and shown by users", {(user, *pair) for user, pair in counts.items()},
                        {(user, *pair) for user, pair in shown.items() if pair != (0, 0)})
    faults += different("posts that can be in a feed, in posts and in subscriptions",
                        set(databases.rows("posts", "select id, author_id, visibility from posts where visibility <> 'private'")),
                        set(databases.rows("subscriptions", "select post_id, author_id, visibility from feed_posts")))
    return faults


def left_by(databases, ids):
    """How many rows people have left who are gone."""
    people = ", ".join(map(str, ids)) or "0"
    tables = [("posts", "posts where author_id"), ("posts", "likes where user_id"),
              ("posts", "comments where deleted_at is null and author_id"), ("posts", "follows where follower_id"),
              ("posts", "follows where author_id"), ("subscriptions", "follows where follower_id"),
              ("subscriptions", "follows where user_id")]
    return sum(databases.rows(service, f"select count(*) as n from {table} in ({people})")[0][0] for service, table in tables)


def waiting(databases):
    """How many events have not come through yet."""
    return sum(databases.rows(service, "select count(*) as n from gh_outbox where sent_at is null")[0][0] +
               databases.rows(service, "select count(*) as n from gh_inbox_failed")[0][0] for service in SERVICES)


def ledger(databases, town, was_killed):
    """Faults of what the actors know to have done."""
    rows = {row[0]: row[1:] for row in databases.rows("posts", "select id, text, visibility, views, repost_of from posts")}
    likes = set(databases.rows("posts", "select user_id, post_id from likes"))
    comments = {row[0]: row[1] for row in databases.rows("posts", "select id, text from comments where deleted_at is null")}
    faults = []
    for post in town.world.by_id.values():
        row = rows.get(post.id)
        if post.is_deleted and row is not None and not post.is_plain:
            faults.append(f"post {post.id} was deleted, but is there")
        elif row is None and not post.is_deleted and not post.is_plain:
            faults.append(f"post {post.id} has vanished")
        elif row is not None and not post.is_deleted:
            if row[:2] != (post.state.text, post.state.visibility):
                faults.append(f"post {post.id} is {row}, not {post.state.text!r} {post.state.visibility}")
            if row[2] != len(post.viewers) and (not was_killed or row[2] > post.looks):
                faults.append(f"post {post.id} has {row[2]} views, seen by {len(post.viewers)} in {post.looks} looks")
    faults += [f"post {id} was written by nobody: {rows[id]}" for id in rows.keys() - town.world.by_id.keys()
               if rows[id][0] or not was_killed]
    for actor in town.actors:
        for post, is_liked in actor.likes.items():
            if is_liked is not None and post.id in rows and is_liked != ((actor.id, post.id) in likes):
                faults.append(f"user {actor.number} and post {post.id}: should like is {is_liked}")
        for comment in actor.comments:
            if not comment.is_certain or comment.post.id not in rows:
                continue
            if comments.get(comment.id) != (None if comment.is_deleted else comment.state.text):
                faults.append(f"comment {comment.id} is {comments.get(comment.id)!r}, not {comment.state.text!r}")
    wanted = {(follower.id, other.id) for follower in town.actors for other in town.actors
              if follower is not other and not follower.is_gone and not other.is_gone and follower.following(other)[1]}
    return faults + different("followings that users know of and those kept", wanted,
                              set(databases.rows("subscriptions", FOLLOWS.format("user_id"))))


def search_index(databases, is_sqlite):
    """Faults of the words that posts are found by: every one with a text has them, and they are those of its text."""
    key = "rowid" if is_sqlite else "post_id"
    bodies = dict(databases.rows("posts", f"select {key} as id, body from post_search"))
    texts = dict(databases.rows("posts", "select id, text from posts where text <> ''"))
    faults = different("posts with a text and posts in the search index", set(texts), set(bodies))
    stale = [id for id, text in texts.items() if id in bodies and text.split()[1] not in bodies[id]]
    return faults + ([f"search index: {len(stale)} with another text: {stale[:5]}"] if stale else [])


def feed_of(databases, reader):
    """What the reader's feed has to be: ids, newest first."""
    rows = databases.rows("posts", f"""
        select p.id from posts p join follows f on f.follower_id = {reader} and f.author_id = p.author_id
        left join posts o on o.id = p.repost_of
        left join follows g on g.follower_id = {reader} and g.author_id = o.author_id
        where p.visibility <> 'private' and (p.text <> '' or (o.id is not null and
          (o.visibility = 'public' or o.author_id = {reader} or (o.visibility = 'followers' and g.author_id is not null))))
        order by p.id desc""")
    return [row[0] for row in rows]
