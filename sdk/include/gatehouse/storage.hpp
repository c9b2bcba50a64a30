// One interface over SQLite and PostgreSQL: transactions, typed rows, migrations. The page to read is
// sdk/storage/README.md.
//
//     Database database({.url = "sqlite:var/data/posts.db", .service = "posts"}, posts::migrations());
//     database.open();
//     const auto id = database.write([&](Transaction& tx) {
//         return tx.query("insert into posts (author, title) values ($1, $2) returning id", author,
//         title).one<std::int64_t>();
//     });
//     const auto post = database.read([&](Transaction& tx) { return tx.query(kFindPost, id).maybe<Post>(to_post); });
#pragma once

#include "gatehouse/storage/database.hpp"
#include "gatehouse/storage/errors.hpp"
#include "gatehouse/storage/migration.hpp"
#include "gatehouse/storage/parameter.hpp"
#include "gatehouse/storage/rows.hpp"
#include "gatehouse/storage/transaction.hpp"
