#include "plugins/notify/webhook/publisher.hpp"

namespace notify {

namespace {

constexpr std::string_view kPublic = "public", kPing = "webhook.ping", kSelf = "notify", kNeverWithdrawn;

std::string post_topic(std::int64_t id) { return "post/" + std::to_string(id); }
std::string user_topic(std::int64_t id) { return "user/" + std::to_string(id); }

}  // namespace

void WebhookPublisher::declare(gatehouse::Context& context) {
    using Self = WebhookPublisher;
    context.on("post.created", *this, &Self::on_post_changed);
    context.on("post.updated", *this, &Self::on_post_changed);
    context.on("post.deleted", *this, &Self::on_post_deleted);
    context.on("comment.created", *this, &Self::on_comment_created);
    context.on("comment.deleted", *this, &Self::on_comment_deleted);
    context.on("subscription.deleted", *this, &Self::on_unfollowed);
    context.on("profile.updated", *this, &Self::on_profile_updated);
    context.on("profile.deleted", *this, &Self::on_profile_deleted);
}

// For the outside a post that not everybody may read any more is gone.
void WebhookPublisher::on_post_changed(Transaction& tx, const Event& event, const PostData& post) {
    if (post.visibility != kPublic) return end_post(tx, event, {post.id, post.author_id});
    public_posts::add(tx, post.id);
    const EventType type = event.type == "post.created" ? EventType::post_created : EventType::post_updated;
    offer(tx, event, type, post_topic(post.id), post);
}

void WebhookPublisher::on_post_deleted(Transaction& tx, const Event& event, const PostGone& post) {
    end_post(tx, event, post);
}

void WebhookPublisher::end_post(Transaction& tx, const Event& event, const PostGone& post) {
    if (!public_posts::remove(tx, post.id)) return;
    deliveries::withdraw(tx, post_topic(post.id), context_.wall_time());
    offer(tx, event, EventType::post_deleted, kNeverWithdrawn, post);
}

void WebhookPublisher::on_comment_created(Transaction& tx, const Event& event, const CommentData& comment) {
    if (!public_posts::contains(tx, comment.post_id)) return;
    offer(tx, event, EventType::comment_created, post_topic(comment.post_id), comment);
}

void WebhookPublisher::on_comment_deleted(Transaction& tx, const Event& event, const CommentGone& comment) {
    if (!public_posts::contains(tx, comment.post_id)) return;
    offer(tx, event, EventType::comment_deleted, post_topic(comment.post_id), comment);
}

void WebhookPublisher::on_unfollowed(Transaction& tx, const Event& event, const SubscriptionGone& subscription) {
    offer(tx, event, EventType::subscription_deleted, kNeverWithdrawn, subscription);
}

void WebhookPublisher::on_profile_updated(Transaction& tx, const Event& event, const ProfileData& profile) {
    offer(tx, event, EventType::profile_updated, user_topic(profile.id), profile);
}

void WebhookPublisher::on_profile_deleted(Transaction& tx, const Event& event, const UserGone& profile) {
    offer_farewell(tx, event, EventType::profile_deleted, profile.id);
}

void WebhookPublisher::offer_farewell(Transaction& tx, const Event& event, EventType type, std::int64_t user_id) {
    deliveries::withdraw(tx, user_topic(user_id), context_.wall_time());
    offer(tx, event, type, kNeverWithdrawn, UserGone{user_id});
}

WebhookDelivery WebhookPublisher::ping(Transaction& tx, std::int64_t webhook_id) {
    WebhookDelivery made;
    made.id = ids_.next();
    made.webhook_id = webhook_id;
    made.source = kSelf;
    made.event_id = gatehouse::uuid7();
    made.type = kPing;
    made.created_at = made.due_at = context_.wall_time();
    made.body = body_of(made.event_id, kSelf, kPing, "webhook/" + std::to_string(webhook_id), made.created_at,
                        PingData{webhook_id});
    deliveries::insert(tx, made);
    return made;
}

void WebhookPublisher::queue(Transaction& tx, std::int64_t webhook_id, const Event& event, EventType type,
                             std::string_view topic, const std::string& body) {
    WebhookDelivery made;
    made.id = ids_.next();
    made.webhook_id = webhook_id;
    made.source = event.source;
    made.event_id = event.id;
    made.type = name_of(type);
    made.topic = topic;
    made.body = body;
    made.created_at = context_.wall_time();
    deliveries::insert(tx, made);
}

}  // namespace notify
