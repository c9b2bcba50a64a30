#include "plugins/notify/event_service.hpp"

#include <algorithm>

#include "plugins/notify/follower_repository.hpp"
#include "plugins/notify/notification_repository.hpp"

namespace notify {

namespace {

Account learn(Transaction& tx, const AccountTold& told) {
    accounts::learn(tx, told.id, told.username.value_or(""), told.email.value_or(""));
    return accounts::find_or_unknown(tx, told.id);
}

Occasion occasion_of(const Event& event) { return {event.source, event.id}; }

std::string topic_of(std::int64_t user_id) { return "user/" + std::to_string(user_id); }

std::string in_minutes(gatehouse::Time time) {  // "2026-03-01 12:00 UTC"
    std::string text = gatehouse::to_rfc3339(time).substr(0, 16);
    std::replace(text.begin(), text.end(), 'T', ' ');
    return text + " UTC";
}

}  // namespace

void EventService::declare(gatehouse::Context& context) {
    context.on("user.registered", *this, &EventService::on_registered);
    context.on("user.renamed", *this, &EventService::on_renamed);
    context.on("user.email_changed", *this, &EventService::on_email_changed);
    context.on("user.email_verified", *this, &EventService::on_email_verified);
    context.on("user.password_changed", *this, &EventService::on_password_changed);
    context.on("user.status_changed", *this, &EventService::on_status_changed);
    context.on("user.deleted", *this, &EventService::on_deleted);
    context.on("user.email_verification_requested", *this, &EventService::on_verification_requested);
    context.on("user.password_reset_requested", *this, &EventService::on_reset_requested);
    context.on("subscription.created", *this, &EventService::on_followed);
    context.on("order.status_changed", *this, &EventService::on_order_moved);
}

void EventService::on_registered(Transaction& tx, const Event& event, const AccountTold& told) {
    learn(tx, told);
    publisher_.offer(tx, event, EventType::user_registered, topic_of(told.id), UserData{told.id, told.username});
}

void EventService::on_renamed(Transaction& tx, const Event& event, const AccountTold& told) {
    learn(tx, told);
    publisher_.offer(tx, event, EventType::user_renamed, topic_of(told.id), UserData{told.id, told.username});
}

// The old address is told: whoever has taken the account over has the new one.
void EventService::on_email_changed(Transaction& tx, const Event& event, const AccountTold& told) {
    const Account account = learn(tx, told);
    const News news{Kind::email_changed, {}, told.old_email.value_or("")};
    if (!news.recipient.empty()) announcer_.mail(tx, occasion_of(event), account, news);
    announcer_.notify(tx, occasion_of(event), account, news);
}

void EventService::on_email_verified(Transaction& tx, const Event&, const AccountTold& told) {
    accounts::learn(tx, told.id, told.username.value_or(""), told.email.value_or(""));
    accounts::confirm(tx, told.id, told.email.value_or(""));
}

void EventService::on_password_changed(Transaction& tx, const Event& event, const AccountTold& told) {
    announcer_.tell(tx, occasion_of(event), learn(tx, told), {Kind::password_changed, {}, {}});
}

void EventService::on_status_changed(Transaction& tx, const Event& event, const AccountTold& told) {
    const std::string status = told.status.value_or("");
    const Account account = learn(tx, told);
    if (status == "banned")
        announcer_.tell(tx, occasion_of(event), account, {Kind::ban, {{"reason", told.reason.value_or("")}}, {}});
    if (status == "active") announcer_.tell(tx, occasion_of(event), account, {Kind::unban, {}, {}});
}

void EventService::on_deleted(Transaction& tx, const Event& event, const AccountTold& told) {
    mails::remove_of(tx, told.id);
    notifications::remove_of(tx, told.id);
    followers::remove_of(tx, told.id);
    accounts::remove(tx, told.id);
    publisher_.offer_farewell(tx, event, EventType::user_deleted, told.id);
}

void EventService::on_verification_requested(Transaction& tx, const Event& event, const SecretRequested& request) {
    mail_secret(tx, event, request, Kind::confirm_email);
}

void EventService::on_reset_requested(Transaction& tx, const Event& event, const SecretRequested& request) {
    mail_secret(tx, event, request, Kind::reset_password);
}

// Webhooks hear of each time; the user of the first, or anybody could fill a stranger's mailbox.
void EventService::on_followed(Transaction& tx, const Event& event, const Followed& followed) {
    publisher_.offer(tx, event, EventType::subscription_created, {}, followed);
    if (!followers::note_told(tx, followed.user_id, followed.follower_id, context_.wall_time())) return;
    std::string name = followed.follower_name.value_or("");
    if (name.empty()) name = accounts::find_or_unknown(tx, followed.follower_id).username;
    if (name.empty()) name = "#" + std::to_string(followed.follower_id);
    announcer_.tell(
        tx, occasion_of(event), accounts::find_or_unknown(tx, followed.user_id),
        {Kind::new_follower, {{"follower", name}, {"follower_id", std::to_string(followed.follower_id)}}, {}});
}

void EventService::on_order_moved(Transaction& tx, const Event& event, const OrderMoved& order) {
    announcer_.tell(tx, occasion_of(event), accounts::find_or_unknown(tx, order.user_id),
                    {Kind::order_status, {{"order", order.id}, {"status", order.status}}, {}});
}

void EventService::mail_secret(Transaction& tx, const Event& event, const SecretRequested& request, Kind kind) {
    accounts::learn(tx, request.id, request.username, request.email);
    const Account account = accounts::find_or_unknown(tx, request.id);
    Mail made = announcer_.new_mail(occasion_of(event), account,
                                    {kind, {{"expires_at", in_minutes(request.expires_at)}}, request.email});
    made.sealed = request.sealed;
    made.expires_at = request.expires_at;
    mails::insert(tx, made);
}

}  // namespace notify
