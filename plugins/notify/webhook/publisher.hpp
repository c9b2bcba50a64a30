// Queues what webhooks are to be told, in the transaction of the event, and takes back what they may not be told any
// more.
#pragma once

#include <gatehouse/binding.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/id.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "plugins/notify/webhook/delivery_repository.hpp"
#include "plugins/notify/webhook/public_data.hpp"
#include "plugins/notify/webhook/webhook_repository.hpp"

namespace notify {

using gatehouse::Event;

// Thread-safe.
class WebhookPublisher final {
public:
    // context outlives this.
    explicit WebhookPublisher(const gatehouse::Context& context) : context_(context) {}

    // Events that nobody else in this service hears.
    void declare(gatehouse::Context& context);

    void on_post_changed(Transaction& tx, const Event& event, const PostData& post);
    void on_post_deleted(Transaction& tx, const Event& event, const PostGone& post);
    void on_comment_created(Transaction& tx, const Event& event, const CommentData& comment);
    void on_comment_deleted(Transaction& tx, const Event& event, const CommentGone& comment);
    void on_unfollowed(Transaction& tx, const Event& event, const SubscriptionGone& subscription);
    void on_profile_updated(Transaction& tx, const Event& event, const ProfileData& profile);
    void on_profile_deleted(Transaction& tx, const Event& event, const UserGone& profile);

    // To every active webhook that wants that type. data: what leaves. topic: by which it is withdrawn.
    template <class Data>
    void offer(Transaction& tx, const Event& event, EventType type, std::string_view topic, const Data& data) {
        const auto webhooks = webhooks::interested(tx, type);
        if (webhooks.empty()) return;
        const std::string body = body_of(event.id, event.source, name_of(type), event.subject, event.time, data);
        for (const std::int64_t id : webhooks) queue(tx, id, event, type, topic, body);
    }
    // That a user is gone; nothing of what was said about them stays.
    void offer_farewell(Transaction& tx, const Event& event, EventType type, std::int64_t user_id);
    // To that webhook alone, whatever it wants. The delivery.
    WebhookDelivery ping(Transaction& tx, std::int64_t webhook_id);

private:
    template <class Data>
    static std::string body_of(std::string_view id, std::string_view source, std::string_view type,
                               std::string_view subject, Time time, const Data& data) {
        CloudEvent<Data> event;
        event.id = id;
        event.source = source;
        event.type = type;
        event.subject = subject;
        event.time = time;
        event.data = data;
        return gatehouse::to_json(event);
    }
    void queue(Transaction& tx, std::int64_t webhook_id, const Event& event, EventType type, std::string_view topic,
               const std::string& body);
    void end_post(Transaction& tx, const Event& event, const PostGone& post);

    const gatehouse::Context& context_;
    gatehouse::IdSource ids_;
};

}  // namespace notify
