// Sends what webhooks are to be told: one request at a time to each, to several at once. A delivery is claimed in the
// database before it is sent and marked after it: what was under way in a crash is sent again, under the same
// webhook-id, by which receivers tell copies apart.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/seal.hpp>
#include <gatehouse/storage/database.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "plugins/notify/announcer.hpp"
#include "plugins/notify/config.hpp"
#include "plugins/notify/webhook/delivery_repository.hpp"
#include "plugins/notify/webhook/http_sender.hpp"
#include "plugins/notify/webhook/webhook_repository.hpp"

namespace notify {

struct RedriveDeliveries {
    std::optional<std::int64_t> id;
    bool all = false;
};
constexpr auto describe(RedriveDeliveries*) {
    return gatehouse::fields(gatehouse::field("id", &RedriveDeliveries::id),
                             gatehouse::field("all", &RedriveDeliveries::all, gatehouse::optional_default));
}
struct RedrivenDeliveries {
    std::int64_t count = 0;
};
constexpr auto describe(RedrivenDeliveries*) {
    return gatehouse::fields(gatehouse::field("count", &RedrivenDeliveries::count));
}

class WebhookDispatch final {
public:
    // No I/O. All of them outlive this. Throws what Sealer throws.
    WebhookDispatch(gatehouse::Context& context, gatehouse::Database& database, Announcer& announcer,
                    const Config& config);

    void open();
    void close();

    void run(const gatehouse::JobRun& run);  // one at a time
    RedrivenDeliveries redrive(const RedriveDeliveries& what);

private:
    struct Call {
        Webhook webhook;
        WebhookDelivery delivery;
    };
    void begin_some();
    void begin(const Webhook& webhook, const WebhookDelivery& delivery);
    void settle(const CallResult& result);
    enum class After { goes_on, is_disabled };
    After settle_failure(Transaction& tx, const Call& call, const CallResult& result);
    After disable(Transaction& tx, const Webhook& webhook, std::string_view reason);
    void log_disabled(const Webhook& webhook, std::string_view reason);
    [[nodiscard]] OutgoingCall compose(const Webhook& webhook, const WebhookDelivery& delivery) const;
    [[nodiscard]] bool is_busy(std::int64_t webhook_id) const;
    [[nodiscard]] Time now() const { return context_.wall_time(); }

    gatehouse::Context& context_;
    gatehouse::Database& database_;
    Announcer& announcer_;
    const Config& config_;
    std::optional<gatehouse::Sealer> sealer_;
    std::unique_ptr<HttpSender> sender_;
    std::map<std::int64_t, Call> calls_;  // under way, by delivery
    gatehouse::Metric ended_;
};

}  // namespace notify
