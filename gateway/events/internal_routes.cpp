#include "gateway/events/internal_routes.hpp"

#include <algorithm>

#include "gateway/events/cloud_event.hpp"
#include "gateway/events/remote_request.hpp"
#include "gateway/host/host_table.hpp"

namespace gatehouse::events {

namespace {

constexpr Duration kDeliveryTimeout = 10s;

void answer(gh_request* request, int code, const std::string& body = {}) {
    // The answer may outlive this call: the host copies nothing.
    auto* const kept = new std::string(body);
    gh_response response{};
    response.size = sizeof(response);
    response.code = code;
    response.body = {reinterpret_cast<const std::uint8_t*>(kept->data()), kept->size(),
                     [](void* owner) { delete static_cast<std::string*>(owner); }, kept};
    host::http_table().reply(request, &response);
}

}  // namespace

void InternalRoutes::add_to(host::Generation& generation) {
    service_ = generation.service();
    host::PluginRoute route;
    route.flags = GH_ROUTE_BLOCKING | GH_ROUTE_INTERNAL;
    route.self = this;
    route.max_body = kCloudEventBytesMax;
    route.method = "GET";
    route.pattern = kSubscriptionsPath;
    route.handle = &on_subscriptions;
    generation.table().add_host_route(route);
    route.method = "POST";
    route.pattern = kEventsPath;
    route.handle = &on_event;
    generation.table().add_host_route(route);
}

bool InternalRoutes::is_welcome(const gh_request_view& view) const {
    return view.identity != nullptr &&
           std::string_view(view.identity->service.ptr, view.identity->service.len) == gateway_;
}

void InternalRoutes::on_subscriptions(void* self, gh_request* request, const gh_request_view* view) {
    const auto& routes = *static_cast<InternalRoutes*>(self);
    if (!routes.is_welcome(*view)) return answer(request, 403);
    std::string types;
    const Groups groups = routes.events_.groups();
    if (const auto own = groups.find(routes.service_); own != groups.end()) {
        for (const std::string& type : own->second.types) types.append(type).push_back('\n');
    }
    answer(request, 200, types);
}

void InternalRoutes::on_event(void* self, gh_request* request, const gh_request_view* view) {
    const auto& routes = *static_cast<InternalRoutes*>(self);
    if (!routes.is_welcome(*view)) return answer(request, 403);
    const auto event = decode({view->body.ptr, view->body.len});
    if (!event) return answer(request, 400);
    TimePoint deadline = Clock::now() + kDeliveryTimeout;
    if (view->deadline_ns != 0) deadline = std::min(deadline, from_nanoseconds(view->deadline_ns));
    const gh_status status = routes.events_.deliver(routes.service_, *event, Subscribers::Attempt::first, deadline);
    answer(request, status == GH_OK ? 204 : 503);
}

}  // namespace gatehouse::events
