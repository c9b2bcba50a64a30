// Translates requests into calls of WebhookService and back. For administrators only.
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/handler.hpp>

#include "plugins/notify/webhook/webhook_service.hpp"

namespace notify {

class WebhookHandlers final {
public:
    explicit WebhookHandlers(WebhookService& service) : service_(service) {}

    void declare(gatehouse::Context& context);

    gatehouse::Page<WebhookView> list(gatehouse::Query<gatehouse::PageQuery> query);
    gatehouse::Created<NewWebhook> create(const User& user, const WebhookDraft& draft);
    gatehouse::Tagged<WebhookView> show(gatehouse::PathParam<std::int64_t> id);
    gatehouse::Tagged<WebhookView> change(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                                          const WebhookChange& change);
    gatehouse::NoContent remove(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id);
    NewSecret renew_secret(gatehouse::PathParam<std::int64_t> id);
    gatehouse::Accepted<DeliveryView> ping(gatehouse::PathParam<std::int64_t> id);
    gatehouse::Page<DeliveryView> deliveries(gatehouse::PathParam<std::int64_t> id,
                                             gatehouse::Query<DeliveryQuery> query);
    gatehouse::Accepted<DeliveryView> deliver_again(gatehouse::PathParam<std::int64_t> id,
                                                    gatehouse::PathParam<std::int64_t> delivery);

private:
    WebhookService& service_;
};

}  // namespace notify
