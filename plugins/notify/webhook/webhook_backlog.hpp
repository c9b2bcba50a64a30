// Bounds what waits for each webhook: of more than webhook_backlog_max deliveries the oldest become dead letters. A job
// looks, and not whoever queues: an event is heard as fast as before, and the bound is that of all processes together.
// Between two looks there may be more.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/storage/database.hpp>

#include <cstdint>

#include "plugins/notify/config.hpp"
#include "plugins/notify/webhook/webhook_repository.hpp"

namespace notify {

class WebhookBacklog final {
public:
    // All of them outlive this.
    WebhookBacklog(gatehouse::Context& context, gatehouse::Database& database, const Config& config);

    void run(const gatehouse::JobRun& run);  // any number at a time

private:
    void bound(const Webhook& webhook);
    // At most a batch, those up to an id. How many went.
    std::int64_t drop_some(const Webhook& webhook, std::int64_t last);
    void end(const Webhook& webhook);

    gatehouse::Context& context_;
    gatehouse::Database& database_;
    const Config& config_;
    gatehouse::Metric dropped_;
};

}  // namespace notify
