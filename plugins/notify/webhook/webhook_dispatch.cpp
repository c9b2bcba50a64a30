#include "plugins/notify/webhook/webhook_dispatch.hpp"

#include <gatehouse/problem.hpp>

#include <algorithm>

#include "plugins/notify/webhook/signature.hpp"
#include "plugins/notify/webhook/webhook_service.hpp"

namespace notify {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kAtOnce = 16;
constexpr auto kClaimMargin = 2s;  // beyond the time that sending may take
constexpr auto kTurn = 100ms;
constexpr std::int64_t kGone = 410;
constexpr std::string_view kUnreadableKey = "its secret cannot be read: notify_key is missing or another one";

std::string fault_of(const CallResult& result) {
    return result.status == 0 ? result.error : "HTTP status " + std::to_string(result.status);
}

}  // namespace

WebhookDispatch::WebhookDispatch(gatehouse::Context& context, gatehouse::Database& database, Announcer& announcer,
                                 const Config& config)
    : context_(context),
      database_(database),
      announcer_(announcer),
      config_(config),
      ended_(context.counter("notify_webhook_attempts_total", "Attempts to tell webhooks and how they ended",
                             {"result"})) {
    if (!config.notify_key.empty()) sealer_.emplace(config.notify_key);
}

void WebhookDispatch::open() {
    sender_ = std::make_unique<HttpSender>(
        SenderOptions{config_.webhook_timeout, reach_of(config_), config_.webhook_ca_file});
}

void WebhookDispatch::close() { sender_.reset(); }

void WebhookDispatch::run(const gatehouse::JobRun& run) {
    while (!run.should_stop()) {
        begin_some();
        if (sender_->under_way() == 0) return;
        for (const CallResult& result : sender_->wait(kTurn)) settle(result);
    }
    for (const std::int64_t id : sender_->abandon()) {
        calls_.erase(id);
        database_.write([&](Transaction& tx) {
            deliveries::queue().put_off(tx, id, now(), QueueTable::Attempt::is_not_counted, "interrupted");
        });
    }
}

void WebhookDispatch::begin_some() {
    if (calls_.size() >= kAtOnce) return;
    const auto waiting = database_.read(
        [&](Transaction& tx) { return webhooks::with_due(tx, now(), static_cast<int>(WebhookService::kWebhooksMax)); });
    for (const std::int64_t id : waiting) {
        if (calls_.size() >= kAtOnce) return;
        if (is_busy(id)) continue;
        const auto webhook = database_.read([&](Transaction& tx) { return webhooks::find(tx, id); });
        if (!webhook) continue;
        const auto delivery = database_.write([&](Transaction& tx) {
            return deliveries::claim(tx, id, now(), now() + config_.webhook_timeout + kClaimMargin);
        });
        if (delivery) begin(*webhook, *delivery);
    }
}

bool WebhookDispatch::is_busy(std::int64_t webhook_id) const {
    return std::any_of(calls_.begin(), calls_.end(),
                       [&](const auto& entry) { return entry.second.webhook.id == webhook_id; });
}

void WebhookDispatch::begin(const Webhook& webhook, const WebhookDelivery& delivery) {
    if (!delivery.body) return;
    const auto key = sealer_ ? open_key(*sealer_, webhook.id, webhook.sealed_key) : std::nullopt;
    if (!key) {
        database_.write([&](Transaction& tx) { return disable(tx, webhook, kUnreadableKey); });
        return log_disabled(webhook, kUnreadableKey);
    }
    sender_->begin(compose(webhook, delivery));
    calls_.emplace(delivery.id, Call{webhook, delivery});
}

// Standard Webhooks: id, time and signatures in fields, the event as it is in the body.
OutgoingCall WebhookDispatch::compose(const Webhook& webhook, const WebhookDelivery& delivery) const {
    const std::string id = message_id_of(delivery);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
    std::string signatures;
    const auto sign = [&](std::string_view sealed) {
        const auto key = open_key(*sealer_, webhook.id, sealed);
        if (!key) return;
        signatures += (signatures.empty() ? "" : " ") + webhook_signature(*key, id, seconds, *delivery.body);
    };
    sign(webhook.sealed_key);
    if (webhook.former_key && now() < webhook.former_until) sign(*webhook.former_key);
    return {delivery.id,
            webhook.url,
            {"content-type: application/cloudevents+json; charset=utf-8", "user-agent: Gatehouse-Webhooks/1",
             "webhook-id: " + id, "webhook-timestamp: " + std::to_string(seconds), "webhook-signature: " + signatures,
             "expect:", "accept:"},
            *delivery.body};
}

void WebhookDispatch::settle(const CallResult& result) {
    const auto found = calls_.find(result.id);
    if (found == calls_.end()) return;
    const Call call = std::move(found->second);
    calls_.erase(found);
    const bool is_taken = result.status >= 200 && result.status < 300;
    ended_.add(1, {is_taken ? "sent" : "failed"});
    const After after = database_.write([&](Transaction& tx) {
        deliveries::note_status(tx, result.id, result.status == 0 ? std::nullopt : std::optional(result.status));
        if (!is_taken) return settle_failure(tx, call, result);
        deliveries::mark_sent(tx, result.id, now());
        webhooks::note_success(tx, call.webhook.id);
        return After::goes_on;
    });
    if (after == After::is_disabled) log_disabled(call.webhook, fault_of(result));
}

WebhookDispatch::After WebhookDispatch::settle_failure(Transaction& tx, const Call& call, const CallResult& result) {
    const std::string fault = fault_of(result);
    const WebhookDelivery& delivery = call.delivery;
    const auto pause = [&](std::int64_t failures) {
        return pause_after(failures, config_.first_pause, config_.longest_pause);
    };
    const bool is_over =
        delivery.attempts >= config_.attempts_max || now() - delivery.created_at >= config_.give_up_after;
    if (is_over) {
        deliveries::queue().mark_dead(tx, delivery.id, now(), fault);
    } else {
        deliveries::queue().put_off(tx, delivery.id, now() + pause(delivery.attempts), QueueTable::Attempt::counts,
                                    fault);
    }
    const std::int64_t failures = call.webhook.failures + 1;
    webhooks::note_failure(tx, call.webhook.id, now() + pause(failures));
    const bool is_to_be_disabled = result.status == kGone || failures >= config_.webhook_failures_max;
    return is_to_be_disabled ? disable(tx, call.webhook, fault) : After::goes_on;
}

WebhookDispatch::After WebhookDispatch::disable(Transaction& tx, const Webhook& webhook, std::string_view reason) {
    if (!webhooks::disable(tx, webhook.id, now(), reason)) return After::goes_on;
    const Occasion occasion{"notify", "webhook/" + std::to_string(webhook.id) + "/" + std::to_string(webhook.version)};
    announcer_.tell(tx, occasion, accounts::find_or_unknown(tx, webhook.created_by),
                    {Kind::webhook_disabled,
                     {{"webhook", origin_of_url(webhook.url)},
                      {"webhook_id", std::to_string(webhook.id)},
                      {"reason", std::string(reason)}},
                     {}});
    return After::is_disabled;
}

void WebhookDispatch::log_disabled(const Webhook& webhook, std::string_view reason) {
    context_.log().warn("a webhook is disabled",
                        {{"webhook", webhook.id}, {"origin", origin_of_url(webhook.url)}, {"reason", reason}});
}

RedrivenDeliveries WebhookDispatch::redrive(const RedriveDeliveries& what) {
    if (what.id.has_value() == what.all) throw gatehouse::Invalid("", "name one delivery by its id, or all of them");
    return {database_.write([&](Transaction& tx) { return deliveries::queue().redrive(tx, what.id, now()); })};
}

}  // namespace notify
