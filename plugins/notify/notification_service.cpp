#include "plugins/notify/notification_service.hpp"

#include <algorithm>
#include <limits>

#include "plugins/notify/account_repository.hpp"
#include "plugins/notify/follower_repository.hpp"
#include "plugins/notify/notification_repository.hpp"

namespace notify {

namespace {

constexpr std::string_view kScope = "notify.newest";
constexpr int kPurgeBatch = 1'000, kFreshMax = 1'000;
constexpr std::chrono::seconds kLatestCommit{30};  // after the id was drawn
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

Choices choices_of(const std::vector<Kind>& muted) {
    const auto is_heard = [&](Kind kind) { return std::find(muted.begin(), muted.end(), kind) == muted.end(); };
    return {is_heard(Kind::new_follower), is_heard(Kind::order_status)};
}

std::vector<Kind> muted_of(const Choices& choices) {
    std::vector<Kind> muted;
    if (!choices.new_follower) muted.push_back(Kind::new_follower);
    if (!choices.order_status) muted.push_back(Kind::order_status);
    return muted;
}

Settings settings_of(const std::optional<Account>& account) {
    if (!account) return {};
    return {account->language, choices_of(account->muted_mail), choices_of(account->muted_in_app)};
}

}  // namespace

NotificationService::NotificationService(const gatehouse::Context& context, gatehouse::Database& database,
                                         const TemplateLibrary& templates, const Config& config)
    : context_(context), database_(database), templates_(templates), config_(config), cursors_(config.cursor_key) {}

NotificationPage NotificationService::list(const User& user, const NotificationQuery& query) {
    const auto after = cursors_.open<std::int64_t>(query.cursor, kScope);
    const std::int64_t below = after ? std::get<0>(*after) : kHighest;
    const auto which = query.unread ? notifications::Which::unread : notifications::Which::all;
    return database_.read([&](Transaction& tx) {
        auto views = to_views(tx, user.id, notifications::list(tx, user.id, which, below, query.limit + 1));
        auto page = gatehouse::make_page(std::move(views), query.limit,
                                         [&](const NotificationView& last) { return cursors_.seal(kScope, last.id); });
        return NotificationPage{std::move(page.items), std::move(page.next_cursor),
                                notifications::count_unread(tx, user.id)};
    });
}

Unread NotificationService::mark_read(const User& user, const MarkRead& mark) {
    return database_.write([&](Transaction& tx) {
        notifications::read_some(tx, user.id, mark.ids, context_.wall_time());
        if (mark.up_to || mark.all) {
            notifications::read_up_to(tx, user.id, mark.up_to.value_or(kHighest), context_.wall_time());
        }
        return Unread{notifications::count_unread(tx, user.id)};
    });
}

std::vector<NotificationView> NotificationService::fresh(std::int64_t user_id, std::int64_t above) {
    return database_.read([&](Transaction& tx) {
        const auto since = context_.wall_time() - kLatestCommit;
        return to_views(tx, user_id, notifications::list_new(tx, user_id, above, since, kFreshMax));
    });
}

std::int64_t NotificationService::newest(std::int64_t user_id) {
    return database_.read([&](Transaction& tx) { return notifications::newest(tx, user_id); });
}

Settings NotificationService::settings(const User& user) {
    return settings_of(database_.read([&](Transaction& tx) { return accounts::find(tx, user.id); }));
}

Settings NotificationService::change(const User& user, const Settings& settings,
                                     const std::function<void(const Settings&)>& allow) {
    return database_.write([&](Transaction& tx) {
        allow(settings_of(accounts::find(tx, user.id)));
        Account account;
        account.user_id = user.id;
        account.username = user.name;
        account.language = settings.language;
        account.muted_mail = muted_of(settings.mail);
        account.muted_in_app = muted_of(settings.in_app);
        accounts::choose(tx, account);
        return settings;
    });
}

void NotificationService::purge() {
    const auto some = [&](Transaction& tx) {
        return notifications::purge(tx, context_.wall_time() - config_.keep_notifications, kPurgeBatch);
    };
    while (database_.write(some) == kPurgeBatch) continue;
    const auto some_news = [&](Transaction& tx) { return followers::purge(tx, context_.wall_time(), kPurgeBatch); };
    while (database_.write(some_news) == kPurgeBatch) continue;
}

std::vector<NotificationView> NotificationService::to_views(Transaction& tx, std::int64_t user_id,
                                                            const std::vector<Notification>& found) const {
    const auto account = accounts::find(tx, user_id);
    const TemplateBook& book = templates_.book(account && account->language ? *account->language : config_.language);
    std::vector<NotificationView> views;
    for (const Notification& one : found) {
        views.push_back({one.id, one.kind, book.in_app(one.kind, one.fields), one.fields, one.created_at, one.is_read});
    }
    return views;
}

}  // namespace notify
