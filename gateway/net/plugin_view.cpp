#include "gateway/net/plugin_view.hpp"

#include <charconv>

#include "gateway/base/ascii.hpp"
#include "gateway/http/serializer.hpp"

namespace gatehouse::net {

const gh_request_view& PluginView::fill(const pipeline::Exchange& exchange, std::string_view path, const Body& body,
                                        TimePoint deadline) {
    const http::RequestHead& request = exchange.request;
    target_.assign(path);
    if (request.has_query) target_.append("?").append(request.query);
    headers_.clear();
    for (const http::Field& field : request.fields) headers_.push_back({to_gh(field.name), to_gh(field.value)});

    view_ = {};
    view_.size = sizeof(view_);
    view_.method = to_gh(request.method);
    view_.target = to_gh(target_);
    view_.path = to_gh(path);
    view_.query = to_gh(request.query);
    view_.authority = to_gh(request.authority);
    view_.remote_addr = to_gh(exchange.client.address);
    view_.request_id = to_gh(exchange.request_id);
    view_.trace_parent = to_gh(exchange.trace_parent);
    view_.headers = headers_.data();
    view_.n_headers = headers_.size();
    view_.params = captures_.data();
    view_.n_params = captures_.size();
    if (exchange.identity.present) {
        fill_identity(exchange.identity);
        view_.identity = &identity_;
    }
    view_.deadline_ns = deadline == TimePoint::max() ? 0 : to_nanoseconds(deadline);
    view_.body = body.is_streamed ? gh_str{nullptr, 0} : to_gh(body.text.data() == nullptr ? "" : body.text);
    view_.content_length = body.length;
    return view_;
}

void PluginView::fill_identity(const pipeline::Identity& identity) {
    roles_.clear();
    for (const std::string& role : identity.roles) roles_.push_back(to_gh(role));
    identity_ = {};
    identity_.size = sizeof(identity_);
    identity_.flags = identity.service.empty() ? 0 : GH_IDENTITY_SERVICE;
    identity_.subject = to_gh(identity.id);
    identity_.name = to_gh(identity.name);
    identity_.session = to_gh(identity.session);
    identity_.service = to_gh(identity.service);
    identity_.roles = roles_.data();
    identity_.n_roles = roles_.size();
}

bool append_response_fields(std::string& out, const gh_response& response,
                            std::optional<std::uint64_t>& content_length) {
    for (std::size_t i = 0; i < response.n_headers; ++i) {
        const std::string_view name = to_view(response.headers[i].key), value = to_view(response.headers[i].val);
        if (!http::is_token(name) || !http::is_field_value(value)) return false;
        if (ascii::iequals(name, "content-length")) {
            std::uint64_t length = 0;
            const auto parsed = std::from_chars(value.data(), value.data() + value.size(), length);
            if (content_length || parsed.ec != std::errc() || parsed.ptr != value.data() + value.size()) return false;
            content_length = length;
            continue;
        }
        if (ascii::iequals(name, "transfer-encoding") || ascii::iequals(name, "connection") ||
            ascii::iequals(name, "keep-alive") || ascii::iequals(name, "upgrade") || ascii::iequals(name, "trailer")) {
            return false;
        }
        if (ascii::iequals(name, "date") || ascii::iequals(name, "server") || ascii::iequals(name, "x-request-id")) {
            continue;  // the gateway says these itself
        }
        http::append_field(out, name, value);
    }
    return true;
}

}  // namespace gatehouse::net
