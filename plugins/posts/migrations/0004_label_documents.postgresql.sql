-- Labels for spans of time, so that a search can begin with the newest posts: plugins/posts/search_windows.hpp.
update post_search set document = document || array_to_tsvector(array[
    '/a' || (post_id >> 40), '/b' || (post_id >> 42), '/c' || (post_id >> 44), '/d' || (post_id >> 46),
    '/e' || (post_id >> 48), '/f' || (post_id >> 50), '/g' || (post_id >> 52), '/h' || (post_id >> 54),
    '/i' || (post_id >> 56)]);
