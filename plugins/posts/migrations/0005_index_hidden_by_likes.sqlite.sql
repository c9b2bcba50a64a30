-- For what is popular among the posts that somebody's followers may see.
create index posts_hidden_top on posts (author_id, likes, id) where visibility <> 'public';
