// Translates requests into calls of NotificationService and back.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/handler.hpp>
#include <gatehouse/sse.hpp>
#include <gatehouse/task.hpp>

#include <chrono>

#include "plugins/notify/live_streams.hpp"
#include "plugins/notify/notification_service.hpp"

namespace notify {

class NotificationHandlers final {
public:
    NotificationHandlers(gatehouse::Context& context, NotificationService& service, LiveStreams& live,
                         std::chrono::milliseconds stream_lifetime)
        : service_(service), live_(live), lifetime_(stream_lifetime), streams_(context) {}

    void declare(gatehouse::Context& context);

    NotificationPage list(const User& user, gatehouse::Query<NotificationQuery> query);
    Unread mark_read(const User& user, const MarkRead& mark);
    gatehouse::Tagged<Settings> settings(const User& user);
    gatehouse::Tagged<Settings> change(const gatehouse::Request& request, const User& user, const Settings& settings);
    // What is new, as it comes; with Last-Event-ID, what came since that one first.
    gatehouse::task<> live(gatehouse::StreamingRequest request);

private:
    NotificationService& service_;
    LiveStreams& live_;
    const std::chrono::milliseconds lifetime_;
    gatehouse::EventStreams streams_;
};

}  // namespace notify
