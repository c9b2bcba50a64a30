#include "plugins/notify/seeding.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/binding.hpp>

#include "plugins/notify/account_repository.hpp"
#include "plugins/notify/mail_repository.hpp"
#include "sdk/seed/habits.hpp"
#include "sdk/seed/rows.hpp"
#include "sdk/seed/uuid.hpp"

namespace notify::seeding {

namespace {

using gatehouse::Database;
using gatehouse::Transaction;
using gatehouse::seed::Habits;
using gatehouse::seed::Part;
using gatehouse::seed::Range;
using gatehouse::seed::Reach;
using gatehouse::seed::Rows;
using gatehouse::seed::World;

constexpr std::string_view kSource = "subscriptions";

struct SeededAccount {
    std::int64_t user_id = 0;
    std::string username, email;
    std::optional<std::string_view> language;
    std::string muted_mail, muted_in_app;
};

std::optional<std::string_view> language_of(const Habits& habits) {
    if (!habits.language) return std::nullopt;
    return name_of(*habits.language == gatehouse::seed::Language::russian ? Language::ru : Language::en);
}

void seed_accounts(Database& database, const World& world, const Range& range) {
    std::vector<SeededAccount> accounts;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        auto person = world.people.person(number);
        const Habits habits = gatehouse::seed::habits_of(world.people, number);
        SeededAccount& account = accounts.emplace_back();
        account.user_id = person.id;
        account.username = std::move(person.username);
        account.email = std::move(person.email);
        account.language = language_of(habits);
        std::vector<Kind> muted_mail, muted_in_app;
        if (!habits.wants_follower_mails) muted_mail.push_back(Kind::new_follower);
        if (!habits.wants_order_mails) muted_mail.push_back(Kind::order_status);
        if (!habits.wants_follower_news) muted_in_app.push_back(Kind::new_follower);
        account.muted_mail = accounts::to_text(muted_mail);
        account.muted_in_app = accounts::to_text(muted_in_app);
    }
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from accounts where user_id = $1", accounts.front().user_id)) return;
        Rows rows(tx, "accounts (user_id, username, email, is_confirmed, language, muted_mail, muted_in_app)", 7);
        for (const SeededAccount& one : accounts) {
            rows.add(one.user_id, one.username, one.email, true, one.language, one.muted_mail, one.muted_in_app);
        }
        rows.flush();
    });
}

struct SeededNews {
    std::int64_t id = 0, user_id = 0;
    std::string event_id, fields;
    std::int64_t created_at = 0;
    std::optional<std::int64_t> read_at;
};

// What those in the range made others be told. Sorted by whom: the indexes by user are then swept once per batch.
std::vector<SeededNews> news_of(const World& world, const Range& range) {
    std::vector<SeededNews> news;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        if (world.people.followed_until(number) < gatehouse::seed::kNewsBegin) continue;
        const std::string fields = gatehouse::to_json(TextFields{
            {"follower", world.people.username(number)}, {"follower_id", std::to_string(world.people.id(number))}});
        for (const auto& one : world.people.followed_by(number)) {
            if (one.created_at < gatehouse::seed::kNewsBegin) continue;
            const Habits habits = gatehouse::seed::habits_of(world.people, one.user);
            if (!habits.wants_follower_news) continue;
            news.push_back({one.id, world.people.id(one.user),
                            gatehouse::seed::make_uuid(one.created_at, static_cast<std::uint64_t>(one.id)), fields,
                            one.created_at, habits.read_at(one.created_at, one.id)});
        }
    }
    std::ranges::sort(news, {}, [](const SeededNews& one) { return std::pair(one.user_id, one.id); });
    return news;
}

void seed_news(Database& database, gatehouse::Time now, const World& world, const Range& range) {
    const auto news = news_of(world, range);
    if (news.empty()) return;
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from notifications where id = $1", news.front().id)) return;
        Rows rows(tx, "notifications (id, user_id, source, event_id, kind, fields, created_at, read_at, kept_from)", 9);
        const std::string_view kind = name_of(Kind::new_follower);
        const std::int64_t kept_from = gatehouse::to_unix_ms(now);
        for (const SeededNews& one : news) {
            rows.add(one.id, one.user_id, kSource, one.event_id, kind, one.fields, one.created_at, one.read_at,
                     kept_from);
        }
        rows.flush();
    });
}

void seed_public_posts(Database& database, const World& world, const Range& range) {
    std::vector<std::int64_t> posts;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        const auto head = world.posts.head(number);
        if (head.reach == Reach::everybody) posts.push_back(head.id);
    }
    if (posts.empty()) return;
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from public_posts where id = $1", posts.front())) return;
        Rows rows(tx, "public_posts (id)", 1);
        for (const std::int64_t id : posts) rows.add(id);
        rows.flush();
    });
}

}  // namespace

bool is_empty(Transaction& tx) {
    for (const char* table : {"accounts", "notifications", "mails", "public_posts", "webhooks"}) {
        if (!tx.query(std::string("select 1 from ") + table + " limit 1").empty()) return false;
    }
    return true;
}

std::vector<Part> parts(const gatehouse::Context& context, Database& database) {
    const auto accounts = [&database](const World& world, const Range& range, const std::string&) {
        seed_accounts(database, world, range);
    };
    const auto news = [&context, &database](const World& world, const Range& range, const std::string&) {
        seed_news(database, context.wall_time(), world, range);
    };
    const auto posts = [&database](const World& world, const Range& range, const std::string&) {
        seed_public_posts(database, world, range);
    };
    return {{"accounts", Part::Of::people, 4'000, accounts},
            {"notifications", Part::Of::people, 2'000, news},
            {"public posts", Part::Of::posts, 20'000, posts},
            gatehouse::seed::statistics_of(database, {"accounts", "notifications", "public_posts"})};
}

}  // namespace notify::seeding
