// A user's own notifications and settings.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/database.hpp>

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "plugins/notify/config.hpp"
#include "plugins/notify/notification.hpp"
#include "plugins/notify/template_book.hpp"

namespace notify {

using gatehouse::User;

class NotificationService final {
public:
    // All of them outlive this.
    NotificationService(const gatehouse::Context& context, gatehouse::Database& database,
                        const TemplateLibrary& templates, const Config& config);

    NotificationPage list(const User& user, const NotificationQuery& query);
    Unread mark_read(const User& user, const MarkRead& mark);
    // For a live stream, oldest first: above an id, and whatever is so fresh that it may have been committed since.
    std::vector<NotificationView> fresh(std::int64_t user_id, std::int64_t above);
    std::int64_t newest(std::int64_t user_id);

    Settings settings(const User& user);
    // allow: sees the settings as they are and throws if they may not be changed (If-Match).
    Settings change(const User& user, const Settings& settings, const std::function<void(const Settings&)>& allow);

    void purge();

private:
    [[nodiscard]] std::vector<NotificationView> to_views(gatehouse::Transaction& tx, std::int64_t user_id,
                                                         const std::vector<struct Notification>& found) const;

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    const TemplateLibrary& templates_;
    const Config& config_;
    gatehouse::Cursors cursors_;
};

}  // namespace notify
