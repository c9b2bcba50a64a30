#include "plugins/notify/webhook/webhook_backlog.hpp"

#include <limits>
#include <string>

#include "plugins/notify/webhook/delivery_repository.hpp"
#include "plugins/notify/webhook/target.hpp"
#include "plugins/notify/webhook/webhook_service.hpp"

namespace notify {

namespace {

constexpr int kBatch = 1'000;
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

}  // namespace

WebhookBacklog::WebhookBacklog(gatehouse::Context& context, gatehouse::Database& database, const Config& config)
    : context_(context),
      database_(database),
      config_(config),
      dropped_(context.counter("notify_webhook_dropped_total", "Deliveries given up since too many were waiting")) {}

void WebhookBacklog::run(const gatehouse::JobRun& run) {
    const auto all = database_.read(
        [&](Transaction& tx) { return webhooks::list(tx, kHighest, static_cast<int>(WebhookService::kWebhooksMax)); });
    for (const Webhook& webhook : all) {
        if (run.should_stop()) return;
        bound(webhook);
    }
}

void WebhookBacklog::bound(const Webhook& webhook) {
    const auto beyond = [&](int kept) {
        return database_.read([&](Transaction& tx) { return deliveries::newest_beyond(tx, webhook.id, kept); });
    };
    if (const auto last = beyond(config_.webhook_backlog_max)) {
        while (drop_some(webhook, *last) == kBatch) continue;
        return;
    }
    // Not at once: at the bound it would end and begin again all the time.
    if (webhook.backlog_full_since && !beyond(config_.webhook_backlog_max / 2)) end(webhook);
}

std::int64_t WebhookBacklog::drop_some(const Webhook& webhook, std::int64_t last) {
    const Time now = context_.wall_time();
    const std::string error =
        "more than " + std::to_string(config_.webhook_backlog_max) + " deliveries were waiting for this webhook";
    bool is_new = false;
    const std::int64_t count = database_.write([&](Transaction& tx) {
        is_new = webhooks::begin_full_backlog(tx, webhook.id, now);
        return deliveries::drop_waiting(tx, webhook.id, last, now, error, kBatch);
    });
    dropped_.add(static_cast<double>(count));
    if (is_new) {
        context_.log().warn("a webhook is too slow: what has waited for the longest is given up",
                            {{"webhook", webhook.id},
                             {"origin", origin_of_url(webhook.url)},
                             {"waiting_max", config_.webhook_backlog_max},
                             {"help", "webhook_backlog_max; later the command webhooks.redrive"}});
    }
    return count;
}

void WebhookBacklog::end(const Webhook& webhook) {
    const bool is_ours = database_.write([&](Transaction& tx) { return webhooks::end_full_backlog(tx, webhook.id); });
    if (is_ours) context_.log().info("a webhook has caught up", {{"webhook", webhook.id}});
}

}  // namespace notify
