#include "plugins/notify/webhook/webhook_handlers.hpp"

#include <gatehouse/literals.hpp>

namespace notify {

using gatehouse::PathParam;
using gatehouse::Query;
using namespace gatehouse::literals;

namespace {

constexpr char kAdmin[] = "admin";

gatehouse::Tagged<WebhookView> tagged(const Webhook& webhook) {
    return {to_view(webhook), gatehouse::etag(webhook.version)};
}

}  // namespace

void WebhookHandlers::declare(gatehouse::Context& context) {
    using Self = WebhookHandlers;
    context.get("/api/notifications/webhooks", *this, &Self::list).requires_role(kAdmin).summary("All webhooks");
    context.post("/api/notifications/webhooks", *this, &Self::create)
        .requires_role(kAdmin)
        .max_body(16_KiB)
        .summary("Register a webhook; the answer has its secret")
        .refuses({409});
    constexpr std::string_view kId = "the webhook's id";
    context.get("/api/notifications/webhooks/{id:int}", *this, &Self::show)
        .requires_role(kAdmin)
        .summary("One webhook")
        .param("id", kId);
    context.patch("/api/notifications/webhooks/{id:int}", *this, &Self::change)
        .requires_role(kAdmin)
        .max_body(16_KiB)
        .checks_match()
        .summary("Change a webhook, or switch it on and off")
        .param("id", kId);
    context.del("/api/notifications/webhooks/{id:int}", *this, &Self::remove)
        .requires_role(kAdmin)
        .checks_match()
        .summary("Remove a webhook and what it was to be told")
        .param("id", kId);
    context.post("/api/notifications/webhooks/{id:int}/secret", *this, &Self::renew_secret)
        .requires_role(kAdmin)
        .summary("A new secret; the former one signs along for a day")
        .param("id", kId);
    context.post("/api/notifications/webhooks/{id:int}/ping", *this, &Self::ping)
        .requires_role(kAdmin)
        .summary("Send an event of type webhook.ping")
        .param("id", kId)
        .refuses({409});
    context.get("/api/notifications/webhooks/{id:int}/deliveries", *this, &Self::deliveries)
        .requires_role(kAdmin)
        .summary("What it was told and what not, newest first")
        .param("id", kId);
    context
        .post("/api/notifications/webhooks/{id:int}/deliveries/{delivery:int}/redeliver", *this, &Self::deliver_again)
        .requires_role(kAdmin)
        .summary("Send a delivery again")
        .param("id", kId)
        .param("delivery", "the delivery's id")
        .refuses({409});
}

gatehouse::Page<WebhookView> WebhookHandlers::list(Query<gatehouse::PageQuery> query) { return service_.list(query); }

gatehouse::Created<NewWebhook> WebhookHandlers::create(const User& user, const WebhookDraft& draft) {
    NewWebhook made = service_.create(user, draft);
    const std::int64_t id = made.id;
    return {std::move(made), "/api/notifications/webhooks/{}", id};
}

gatehouse::Tagged<WebhookView> WebhookHandlers::show(PathParam<std::int64_t> id) { return tagged(service_.find(id)); }

gatehouse::Tagged<WebhookView> WebhookHandlers::change(const gatehouse::Request& request, PathParam<std::int64_t> id,
                                                       const WebhookChange& change) {
    return tagged(service_.change(
        id, change, [&](const Webhook& webhook) { request.check_match(gatehouse::etag(webhook.version)); }));
}

gatehouse::NoContent WebhookHandlers::remove(const gatehouse::Request& request, PathParam<std::int64_t> id) {
    service_.remove(id, [&](const Webhook& webhook) { request.check_match(gatehouse::etag(webhook.version)); });
    return {};
}

NewSecret WebhookHandlers::renew_secret(PathParam<std::int64_t> id) { return service_.renew_secret(id); }

gatehouse::Accepted<DeliveryView> WebhookHandlers::ping(PathParam<std::int64_t> id) { return {service_.ping(id)}; }

gatehouse::Page<DeliveryView> WebhookHandlers::deliveries(PathParam<std::int64_t> id, Query<DeliveryQuery> query) {
    return service_.deliveries(id, query);
}

gatehouse::Accepted<DeliveryView> WebhookHandlers::deliver_again(PathParam<std::int64_t> id,
                                                                 PathParam<std::int64_t> delivery) {
    return {service_.deliver_again(id, delivery)};
}

}  // namespace notify
