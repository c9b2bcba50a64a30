#include "plugins/notify/webhook/webhook_service.hpp"

#include <gatehouse/problem.hpp>

#include <limits>

#include "plugins/notify/webhook/signature.hpp"

namespace notify {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view kScope = "notify.webhooks", kDeliveryScope = "notify.deliveries";
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
constexpr auto kFormerKeyLives = 24h;
constexpr int kPurgeBatch = 1'000;

std::string context_of(std::int64_t webhook_id) { return "webhook/" + std::to_string(webhook_id); }

}  // namespace

Reach reach_of(const Config& config) { return config.webhook_allow_private ? Reach::everywhere : Reach::public_only; }

WebhookView to_view(const Webhook& webhook) {
    return {webhook.id,
            webhook.url,
            webhook.types,
            webhook.description,
            webhook.is_active,
            webhook.disabled_reason,
            webhook.backlog_full_since,
            webhook.created_by,
            webhook.created_at,
            webhook.updated_at};
}

DeliveryView to_view(const WebhookDelivery& delivery) {
    DeliveryView view;
    view.id = delivery.id;
    view.webhook_id = message_id_of(delivery);
    view.event_id = delivery.event_id;
    view.type = delivery.type;
    view.state = delivery.state;
    view.attempts = delivery.attempts;
    view.created_at = delivery.created_at;
    if (delivery.state == name_of(DeliveryState::queued)) view.due_at = delivery.due_at;
    view.ended_at = delivery.ended_at;
    view.last_status = delivery.last_status;
    view.last_error = delivery.last_error;
    return view;
}

std::string seal_key(const gatehouse::Sealer& sealer, std::int64_t webhook_id, std::string_view key) {
    return sealer.seal(key, context_of(webhook_id));
}

std::optional<std::string> open_key(const gatehouse::Sealer& sealer, std::int64_t webhook_id, std::string_view sealed) {
    return sealer.open(sealed, context_of(webhook_id));
}

WebhookService::WebhookService(const gatehouse::Context& context, gatehouse::Database& database,
                               WebhookPublisher& publisher, const Config& config)
    : context_(context), database_(database), publisher_(publisher), config_(config), cursors_(config.cursor_key) {
    if (!config.notify_key.empty()) sealer_.emplace(config.notify_key);
}

const gatehouse::Sealer& WebhookService::sealer() const {
    if (!sealer_) throw gatehouse::ServiceUnavailable(10min, "This server has no key to keep secrets with.");
    return *sealer_;
}

void WebhookService::check_url(const std::string& url) const {
    const std::string fault = fault_of_url(url, reach_of(config_));
    if (!fault.empty()) throw gatehouse::Invalid("/url", fault);
}

Webhook WebhookService::require(gatehouse::Transaction& tx, std::int64_t id) {
    auto found = webhooks::find(tx, id);
    if (!found) throw gatehouse::NotFound();
    return *std::move(found);
}

Webhook WebhookService::require_active(gatehouse::Transaction& tx, std::int64_t id) {
    Webhook found = require(tx, id);
    if (!found.is_active) throw gatehouse::Conflict("This webhook is not active.");
    return found;
}

gatehouse::Page<WebhookView> WebhookService::list(const gatehouse::PageQuery& query) {
    const auto after = cursors_.open<std::int64_t>(query.cursor, kScope);
    const auto found = database_.read(
        [&](Transaction& tx) { return webhooks::list(tx, after ? std::get<0>(*after) : kHighest, query.limit + 1); });
    std::vector<WebhookView> views;
    for (const Webhook& one : found) views.push_back(to_view(one));
    return gatehouse::make_page(std::move(views), query.limit,
                                [&](const WebhookView& last) { return cursors_.seal(kScope, last.id); });
}

Webhook WebhookService::find(std::int64_t id) {
    return database_.read([&](Transaction& tx) { return require(tx, id); });
}

NewWebhook WebhookService::create(const User& user, const WebhookDraft& draft) {
    check_url(draft.url);
    const std::string key = new_webhook_key();
    Webhook made;
    made.id = ids_.next();
    made.url = draft.url;
    made.description = draft.description;
    made.types = draft.types;
    made.sealed_key = seal_key(sealer(), made.id, key);
    made.created_by = user.id;
    made.created_at = made.updated_at = context_.wall_time();
    database_.write([&](Transaction& tx) {
        if (webhooks::count(tx) >= kWebhooksMax) throw gatehouse::Conflict("There are too many webhooks already.");
        webhooks::insert(tx, made);
    });
    NewWebhook answer;
    static_cast<WebhookView&>(answer) = to_view(made);
    answer.secret = to_secret(key);
    return answer;
}

Webhook WebhookService::change(std::int64_t id, const WebhookChange& change, const Allow& allow) {
    if (change.url.has_value()) check_url(change.url.value());
    return database_.write([&](Transaction& tx) {
        Webhook webhook = require(tx, id);
        allow(webhook);
        change.url.apply_to(webhook.url);
        change.types.apply_to(webhook.types);
        change.description.apply_to(webhook.description);
        change.active.apply_to(webhook.is_active);
        if (change.url.has_value() || change.active.has_value()) {
            webhook.failures = 0;
            webhook.not_before = {};
        }
        if (change.active.has_value()) {
            webhook.disabled_reason = webhook.is_active ? std::nullopt : std::optional<std::string>("by hand");
        }
        webhooks::update(tx, webhook, context_.wall_time());
        return require(tx, id);
    });
}

NewSecret WebhookService::renew_secret(std::int64_t id) {
    const std::string key = new_webhook_key();
    return database_.write([&](Transaction& tx) {
        Webhook webhook = require(tx, id);
        webhook.former_key = webhook.sealed_key;
        webhook.former_until = context_.wall_time() + kFormerKeyLives;
        webhook.sealed_key = seal_key(sealer(), id, key);
        webhooks::update(tx, webhook, context_.wall_time());
        return NewSecret{to_secret(key), webhook.former_until};
    });
}

void WebhookService::remove(std::int64_t id, const Allow& allow) {
    database_.write([&](Transaction& tx) {
        allow(require(tx, id));
        webhooks::remove(tx, id);
    });
}

gatehouse::Page<DeliveryView> WebhookService::deliveries(std::int64_t id, const DeliveryQuery& query) {
    const std::string scope = std::string(kDeliveryScope) + "." + std::to_string(id);
    const auto after = cursors_.open<std::int64_t>(query.cursor, scope);
    const auto found = database_.read([&](Transaction& tx) {
        require(tx, id);
        return deliveries::list(tx, id, query.state, after ? std::get<0>(*after) : kHighest, query.limit + 1);
    });
    std::vector<DeliveryView> views;
    for (const WebhookDelivery& one : found) views.push_back(to_view(one));
    return gatehouse::make_page(std::move(views), query.limit,
                                [&](const DeliveryView& last) { return cursors_.seal(scope, last.id); });
}

DeliveryView WebhookService::ping(std::int64_t id) {
    return to_view(database_.write([&](Transaction& tx) {
        require_active(tx, id);
        return publisher_.ping(tx, id);
    }));
}

DeliveryView WebhookService::deliver_again(std::int64_t id, std::int64_t delivery_id) {
    return to_view(database_.write([&](Transaction& tx) {
        require_active(tx, id);
        const auto delivery = deliveries::find(tx, id, delivery_id);
        if (!delivery) throw gatehouse::NotFound();
        if (!delivery->body) throw gatehouse::Conflict("What it was about has been withdrawn.");
        deliveries::queue_again(tx, delivery_id, context_.wall_time());
        return deliveries::find(tx, id, delivery_id).value();
    }));
}

void WebhookService::purge() {
    const auto some = [&](Transaction& tx) {
        return deliveries::queue().purge(tx, context_.wall_time() - config_.keep_deliveries, kPurgeBatch);
    };
    while (database_.write(some) == kPurgeBatch) continue;
}

}  // namespace notify
