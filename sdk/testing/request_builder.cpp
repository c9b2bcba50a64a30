#include "sdk/testing/request_builder.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <variant>

#include "sdk/testing/admission.hpp"
#include "sdk/testing/exchange.hpp"

namespace gatehouse::testing {

namespace {

Answer host_problem(int status, std::string_view title, std::vector<Header> headers = {}) {
    headers.push_back({"content-type", "application/problem+json"});
    return {status, std::move(headers),
            R"({"type":"about:blank","title":")" + std::string(title) + R"(","status":)" + std::to_string(status) + "}",
            false};
}

// What the host answers before any handler runs; empty = go on.
std::optional<Answer> refuse(const RouteRow& route, const RequestBuilder::Parts& parts) {
    const bool is_service = !parts.service.empty();
    if ((route.flags & GH_ROUTE_INTERNAL) != 0 && !is_service) return host_problem(404, "Not Found");
    if ((route.flags & GH_ROUTE_AUTH_OPTIONAL) == 0 && parts.user_id == 0) {
        return host_problem(401, "Unauthorized", {{"www-authenticate", "Bearer"}});
    }
    const bool has_role =
        route.roles.empty() || std::any_of(route.roles.begin(), route.roles.end(), [&](const std::string& role) {
            return std::find(parts.roles.begin(), parts.roles.end(), role) != parts.roles.end();
        });
    if (!has_role) return host_problem(403, "Forbidden");
    std::size_t body_bytes = parts.body.size();
    if (parts.chunks) {
        for (const std::string& chunk : *parts.chunks) body_bytes += chunk.size();
    }
    if (route.max_body != 0 && body_bytes > route.max_body) return host_problem(413, "Content Too Large");
    return std::nullopt;
}

std::vector<gh_kv> views_of(const std::vector<Header>& list) {
    std::vector<gh_kv> views;
    for (const Header& entry : list) views.push_back({to_str(entry.name), to_str(entry.value)});
    return views;
}

void set_identity(ViewMemory& memory, const RequestBuilder::Parts& parts) {
    if (parts.user_id == 0 && parts.service.empty()) return;
    if (parts.user_id != 0) {
        memory.subject = std::to_string(parts.user_id);
        memory.name = parts.user_name;
        memory.session = parts.session;
        memory.roles = parts.roles;
    }
    memory.service = parts.service;
    for (const std::string& role : memory.roles) memory.role_views.push_back(to_str(role));
    memory.identity.size = sizeof(gh_identity);
    memory.identity.flags = parts.service.empty() ? 0 : GH_IDENTITY_SERVICE;
    memory.identity.subject = to_str(memory.subject);
    memory.identity.name = to_str(memory.name);
    memory.identity.session = to_str(memory.session);
    memory.identity.service = to_str(memory.service);
    memory.identity.roles = memory.role_views.data();
    memory.identity.n_roles = memory.role_views.size();
    memory.view.identity = &memory.identity;
}

std::unique_ptr<ViewMemory> make_view(const RequestBuilder::Parts& parts, std::vector<Header> params, bool streams_in,
                                      std::uint64_t now_ns) {
    auto memory = std::make_unique<ViewMemory>();
    memory->headers = parts.headers;
    memory->params = std::move(params);
    memory->method = parts.method;
    memory->target = parts.target;
    memory->path = parts.target.substr(0, parts.target.find('?'));
    if (const auto at = parts.target.find('?'); at != std::string::npos) memory->query = parts.target.substr(at + 1);
    memory->authority = "test";
    memory->remote_address = parts.remote_address;
    memory->request_id = parts.request_id;
    memory->trace_parent = parts.trace_parent;
    memory->body = parts.body;
    memory->header_views = views_of(memory->headers);
    memory->param_views = views_of(memory->params);
    gh_request_view& view = memory->view;
    view.size = sizeof(view);
    view.method = to_str(memory->method);
    view.target = to_str(memory->target);
    view.path = to_str(memory->path);
    view.query = to_str(memory->query);
    view.authority = to_str(memory->authority);
    view.remote_addr = to_str(memory->remote_address);
    view.request_id = to_str(memory->request_id);
    view.trace_parent = to_str(memory->trace_parent);
    view.headers = memory->header_views.data();
    view.n_headers = memory->header_views.size();
    view.params = memory->param_views.data();
    view.n_params = memory->param_views.size();
    if (parts.timeout.count() > 0) {
        view.deadline_ns = now_ns + static_cast<std::uint64_t>(std::chrono::nanoseconds(parts.timeout).count());
    }
    view.content_length = streams_in ? std::numeric_limits<std::uint64_t>::max() : memory->body.size();
    if (!streams_in) view.body = {memory->body.data(), memory->body.size()};
    set_identity(*memory, parts);
    return memory;
}

// Calls the handler.
gh_request* open(State& state, const RouteRow& route, std::unique_ptr<ViewMemory> memory,
                 const RequestBuilder::Parts& parts) {
    gh_request* request = nullptr;
    {
        const std::scoped_lock lock(state.mutex);
        request = &state.requests.emplace_back();
    }
    request->state = &state;
    request->label = memory->method + " " + memory->target;
    request->is_streaming_in = (route.flags & GH_ROUTE_STREAM_IN) != 0;
    request->is_stalled = parts.is_stalled;
    if (parts.chunks) {
        if (request->is_streaming_in) request->chunks.assign(parts.chunks->begin(), parts.chunks->end());
    } else if (!parts.body.empty()) {
        request->chunks.push_back(parts.body);
    }
    request->memory = std::move(memory);
    const gh_request_view* view = &request->memory->view;
    if ((route.flags & GH_ROUTE_BLOCKING) != 0) {
        route.handle(route.self, request, view);
    } else {
        state.run_on_loop([&] { route.handle(route.self, request, view); });
    }
    return request;
}

Answer wait_for(gh_request* request) {
    State& state = *request->state;
    if (!state.pump_until([&] { return request->is_ended.load(); })) {
        state.violate(request->label + ": never answered");
        request->is_ended = true;
        request->answer.aborted = true;
        request->answer.status = 504;
    }
    while (state.run_one()) {
    }
    const std::scoped_lock lock(request->mutex);
    return request->answer;
}

}  // namespace

bool PendingAnswer::is_ended() const { return request_->is_ended; }

Answer PendingAnswer::so_far() const {
    const std::scoped_lock lock(request_->mutex);
    return request_->answer;
}

void PendingAnswer::stop_reading() { request_->is_blocked = true; }

void PendingAnswer::read_on() {
    request_->is_blocked = false;
    let_write(*request_, GH_OK);
    while (request_->state->run_one()) {
    }
}

void PendingAnswer::cancel(gh_status why) {
    cancel_request(*request_, why);
    while (request_->state->run_one()) {
    }
}

Answer PendingAnswer::wait() { return wait_for(request_); }

RequestBuilder::RequestBuilder(TestHost& host, std::string method, std::string target)
    : host_(host), parts_(std::make_shared<Parts>()) {
    parts_->method = std::move(method);
    parts_->target = std::move(target);
}

RequestBuilder& RequestBuilder::as_user(std::int64_t id, std::string name, std::vector<std::string> roles) {
    parts_->user_id = id;
    parts_->user_name = std::move(name);
    parts_->roles = std::move(roles);
    return *this;
}

RequestBuilder& RequestBuilder::session(std::string id) {
    parts_->session = std::move(id);
    return *this;
}

RequestBuilder& RequestBuilder::as_service(std::string name) {
    parts_->service = std::move(name);
    return *this;
}

RequestBuilder& RequestBuilder::header(std::string name, std::string value) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    parts_->headers.push_back({std::move(name), std::move(value)});
    return *this;
}

RequestBuilder& RequestBuilder::json(std::string text) { return body(std::move(text), "application/json"); }
RequestBuilder& RequestBuilder::form(std::string text) {
    return body(std::move(text), "application/x-www-form-urlencoded");
}

RequestBuilder& RequestBuilder::body(std::string bytes, std::string content_type) {
    parts_->body = std::move(bytes);
    if (!content_type.empty()) header("content-type", std::move(content_type));
    return *this;
}

RequestBuilder& RequestBuilder::chunks(std::vector<std::string> chunks) {
    parts_->chunks = std::move(chunks);
    return *this;
}

RequestBuilder& RequestBuilder::remote_address(std::string address) {
    parts_->remote_address = std::move(address);
    return *this;
}

RequestBuilder& RequestBuilder::timeout(std::chrono::milliseconds timeout) {
    parts_->timeout = timeout;
    return *this;
}

RequestBuilder& RequestBuilder::stalled() {
    parts_->is_stalled = true;
    return *this;
}

RequestBuilder& RequestBuilder::trace_parent(std::string text) {
    parts_->trace_parent = std::move(text);
    return *this;
}

namespace {

// What became of the request: an answer of the host's own, or the handler was called.
std::variant<Answer, gh_request*> admit(State& state, RequestBuilder::Parts parts) {
    {
        const std::scoped_lock lock(state.mutex);
        parts.request_id = "request-" + std::to_string(state.next_id++);
    }
    std::string allow;
    const std::string path = parts.target.substr(0, parts.target.find('?'));
    auto match = find_route(state.routes, parts.method, path, allow);
    if (!match) {
        return allow.empty() ? host_problem(404, "Not Found")
                             : host_problem(405, "Method Not Allowed", {{"allow", allow}});
    }
    if (auto answer = refuse(*match->route, parts)) return *answer;
    const bool streams_in = (match->route->flags & GH_ROUTE_STREAM_IN) != 0;
    if (parts.chunks && !streams_in) {
        for (const std::string& chunk : *parts.chunks) parts.body += chunk;
    }
    return open(state, *match->route, make_view(parts, std::move(match->params), streams_in, state.now_ns), parts);
}

}  // namespace

Answer RequestBuilder::send() {
    auto admitted = admit(*host_.state_, *parts_);
    if (auto* const answer = std::get_if<Answer>(&admitted)) return std::move(*answer);
    return wait_for(std::get<gh_request*>(admitted));
}

PendingAnswer RequestBuilder::begin() {
    State& state = *host_.state_;
    auto admitted = admit(state, *parts_);
    if (const auto* const answer = std::get_if<Answer>(&admitted)) {
        throw std::logic_error("the host itself answers this request with " + std::to_string(answer->status));
    }
    while (state.run_one()) {
    }
    return PendingAnswer(std::get<gh_request*>(admitted));
}

}  // namespace gatehouse::testing
