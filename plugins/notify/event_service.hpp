// What becomes of what others tell: one transaction per event, with the inbox's mark in it.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>

#include "plugins/notify/announcer.hpp"
#include "plugins/notify/incoming_events.hpp"
#include "plugins/notify/webhook/publisher.hpp"

namespace notify {

using gatehouse::Event;

class EventService final {
public:
    // All of them outlive this.
    EventService(const gatehouse::Context& context, Announcer& announcer, WebhookPublisher& publisher)
        : context_(context), announcer_(announcer), publisher_(publisher) {}

    void declare(gatehouse::Context& context);

    void on_registered(Transaction& tx, const Event& event, const AccountTold& told);
    void on_renamed(Transaction& tx, const Event& event, const AccountTold& told);
    void on_email_changed(Transaction& tx, const Event& event, const AccountTold& told);
    void on_email_verified(Transaction& tx, const Event& event, const AccountTold& told);
    void on_password_changed(Transaction& tx, const Event& event, const AccountTold& told);
    void on_status_changed(Transaction& tx, const Event& event, const AccountTold& told);
    void on_deleted(Transaction& tx, const Event& event, const AccountTold& told);
    void on_verification_requested(Transaction& tx, const Event& event, const SecretRequested& request);
    void on_reset_requested(Transaction& tx, const Event& event, const SecretRequested& request);
    void on_followed(Transaction& tx, const Event& event, const Followed& followed);
    void on_order_moved(Transaction& tx, const Event& event, const OrderMoved& order);

private:
    void mail_secret(Transaction& tx, const Event& event, const SecretRequested& request, Kind kind);

    const gatehouse::Context& context_;
    Announcer& announcer_;
    WebhookPublisher& publisher_;
};

}  // namespace notify
