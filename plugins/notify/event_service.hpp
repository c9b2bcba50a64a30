// What becomes of what others tell: one transaction per event, with the inbox's mark in it, and at most one mail and
// one notification per event and kind, by a unique key.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/id.hpp>

#include <optional>
#include <string>

#include "plugins/notify/account_repository.hpp"
#include "plugins/notify/config.hpp"
#include "plugins/notify/incoming_events.hpp"
#include "plugins/notify/live_streams.hpp"
#include "plugins/notify/mail_repository.hpp"

namespace notify {

using gatehouse::Event;

class EventService final {
public:
    // All of them outlive this.
    EventService(gatehouse::Context& context, const Config& config, LiveStreams& live)
        : context_(context), config_(config), live_(live) {}

    void declare(gatehouse::Context& context);

    void on_named(Transaction& tx, const Event& event, const AccountTold& told);
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
    struct News {
        Kind kind{};
        TextFields fields;
        std::string recipient;  // of the mail; empty: the account's
    };
    // By mail and in the application, as the user wants it.
    void tell(Transaction& tx, const Event& event, const Account& account, const News& news);
    void mail(Transaction& tx, const Event& event, const Account& account, const News& news);
    void notify(Transaction& tx, const Event& event, const Account& account, const News& news);
    void mail_secret(Transaction& tx, const Event& event, const SecretRequested& request, Kind kind);
    [[nodiscard]] Mail new_mail(const Event& event, const Account& account, const News& news);

    gatehouse::Context& context_;
    const Config& config_;
    LiveStreams& live_;
    gatehouse::IdSource ids_;
};

}  // namespace notify
