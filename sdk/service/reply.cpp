#include "sdk/service/reply.hpp"

#include "sdk/service/views.hpp"

namespace gatehouse::detail {

ReplyView::ReplyView(Response& response) {
    headers_.reserve(response.headers().size());
    for (const Header& field : response.headers()) headers_.push_back({to_str(field.name), to_str(field.value)});
    reply_.size = sizeof(reply_);
    reply_.code = response.status();
    reply_.headers = headers_.data();
    reply_.n_headers = headers_.size();
    reply_.body =
        response.body_owner() ? to_bytes(response.body_owner(), response.owned_body()) : to_bytes(response.take_body());
}

Response to_response(const Problem& problem, std::string_view request_id) {
    Response response(problem.status());
    for (const Header& field : problem.headers()) response.header(field.name, field.value);
    response.header("cache-control", "no-store");
    response.body(problem.to_json(request_id), "application/problem+json");
    return response;
}

gh_bytes to_bytes(std::shared_ptr<const void> owner, std::string_view bytes) {
    if (bytes.empty()) return {};
    using Owner = std::shared_ptr<const void>;
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
            [](void* block) { delete static_cast<Owner*>(block); }, new Owner(std::move(owner))};
}

gh_bytes to_bytes(std::string text) {
    if (text.empty()) return {};
    auto* owner = new std::string(std::move(text));
    return {reinterpret_cast<const std::uint8_t*>(owner->data()), owner->size(),
            [](void* block) { delete static_cast<std::string*>(block); }, owner};
}

}  // namespace gatehouse::detail
