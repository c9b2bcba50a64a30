// What administrators do with webhooks.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/seal.hpp>
#include <gatehouse/storage/database.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "plugins/notify/config.hpp"
#include "plugins/notify/webhook/publisher.hpp"
#include "plugins/notify/webhook/target.hpp"
#include "plugins/notify/webhook/webhook.hpp"

namespace notify {

using gatehouse::User;

[[nodiscard]] Reach reach_of(const Config& config);
[[nodiscard]] WebhookView to_view(const Webhook& webhook);
[[nodiscard]] DeliveryView to_view(const WebhookDelivery& delivery);

// Each key is sealed for its webhook; empty: it was sealed with another notify_key.
[[nodiscard]] std::string seal_key(const gatehouse::Sealer& sealer, std::int64_t webhook_id, std::string_view key);
[[nodiscard]] std::optional<std::string> open_key(const gatehouse::Sealer& sealer, std::int64_t webhook_id,
                                                  std::string_view sealed);

// Thread-safe. All of it throws NotFound for a webhook or delivery that is none.
class WebhookService final {
public:
    static constexpr std::int64_t kWebhooksMax = 100;
    // Sees the webhook as it is and throws if it may not be changed (If-Match).
    using Allow = std::function<void(const Webhook&)>;

    // All of them outlive this. Throws what Sealer throws.
    WebhookService(const gatehouse::Context& context, gatehouse::Database& database, WebhookPublisher& publisher,
                   const Config& config);

    gatehouse::Page<WebhookView> list(const gatehouse::PageQuery& query);
    Webhook find(std::int64_t id);
    // Throws Invalid for a bad URL, Conflict when there are too many, ServiceUnavailable without notify_key.
    NewWebhook create(const User& user, const WebhookDraft& draft);
    Webhook change(std::int64_t id, const WebhookChange& change, const Allow& allow);
    // What is sent for a day is signed with the former one as well.
    NewSecret renew_secret(std::int64_t id);
    void remove(std::int64_t id, const Allow& allow);

    gatehouse::Page<DeliveryView> deliveries(std::int64_t id, const DeliveryQuery& query);
    // Both throw Conflict unless it is active.
    DeliveryView ping(std::int64_t id);
    // Throws Conflict for what was withdrawn.
    DeliveryView deliver_again(std::int64_t id, std::int64_t delivery_id);

    void purge();

private:
    Webhook require(gatehouse::Transaction& tx, std::int64_t id);
    Webhook require_active(gatehouse::Transaction& tx, std::int64_t id);
    void check_url(const std::string& url) const;
    [[nodiscard]] const gatehouse::Sealer& sealer() const;

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    WebhookPublisher& publisher_;
    const Config& config_;
    gatehouse::IdSource ids_;
    gatehouse::Cursors cursors_;
    std::optional<gatehouse::Sealer> sealer_;
};

}  // namespace notify
