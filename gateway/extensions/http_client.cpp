#include "gateway/extensions/http_client.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "gateway/extensions/abi_checks.hpp"
#include "gateway/extensions/client_local.hpp"
#include "gateway/extensions/client_remote.hpp"
#include "gateway/host/call.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/http/absolute_url.hpp"
#include "gateway/http/serializer.hpp"
#include "gateway/upstream/upstreams.hpp"

namespace gatehouse::extensions {

namespace {

// An operation's id: its loop in the lowest octet, a number that is never used again above it.
constexpr std::uint64_t kLoopBits = 8;
constexpr std::uint64_t kLoopMask = (1u << kLoopBits) - 1;
constexpr std::size_t kNumericOriginsMax = 256;  // per loop

using Octets = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d

std::optional<Octets> parse_address(const std::string& text) {
    Octets octets{};
    if (::inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return octets;
    in_addr address{};
    if (::inet_pton(AF_INET, text.c_str(), &address) != 1) return std::nullopt;
    octets[10] = octets[11] = 0xff;
    std::memcpy(octets.data() + 12, &address, sizeof(address));
    return octets;
}

bool is_in(const Octets& address, const config::Network& network) {
    for (int bit = 0; bit < network.prefix_bits; ++bit) {
        const auto at = static_cast<std::size_t>(bit / 8);
        const int mask = 0x80 >> (bit % 8);
        if (((address[at] ^ network.address[at]) & mask) != 0) return false;
    }
    return true;
}

config::Service service_of(const http::AbsoluteUrl& url) {
    config::Service service;
    service.name = url.origin;
    config::Endpoint endpoint;
    endpoint.kind = config::Endpoint::Kind::http;
    endpoint.host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
    endpoint.port = url.port;
    service.at = {endpoint};
    return service;
}

// Nothing of the identity, and of the trace only what the plugin has given.
std::string fields_for_origin(const gh_call_request& request) {
    std::string fields;
    for (std::size_t i = 0; i < request.n_headers; ++i) {
        http::append_field(fields, to_view(request.headers[i].key), to_view(request.headers[i].val));
    }
    const std::string_view trace = to_view(request.trace_parent), id = to_view(request.request_id);
    if (!trace.empty() && http::is_field_value(trace)) http::append_field(fields, "traceparent", trace);
    if (!id.empty() && http::is_field_value(id)) http::append_field(fields, "x-request-id", id);
    return fields;
}

}  // namespace

struct HttpClient::Allowed {
    std::map<std::string, std::shared_ptr<const upstream::Cluster>, std::less<>> origins;  // null: https
    std::vector<config::Network> networks;

    bool covers(const http::AbsoluteUrl& url) const {
        if (origins.contains(url.origin)) return true;
        const auto address = parse_address(url.host);
        return address && std::any_of(networks.begin(), networks.end(),
                                      [&](const config::Network& network) { return is_in(*address, network); });
    }
};

struct HttpClient::Here {
    explicit Here(IoLoop& loop) : upstreams(loop, directory) {}
    std::unordered_map<std::uint64_t, std::shared_ptr<ClientCall>> calls;
    std::atomic<std::size_t> count{0};  // of calls, those to come included
    upstream::Directory directory;
    upstream::Upstreams upstreams;  // of origins
    std::map<std::string, std::shared_ptr<const upstream::Cluster>, std::less<>> numeric;
    std::set<std::shared_ptr<const upstream::Cluster>> attached;
    RetryBudget budget;
};

struct HttpClient::Functions {
    static gh_status begin(const gh_host* host, gh_loop* loop, const gh_client_request* request,
                           ClientCall::Callbacks callbacks, gh_op* operation) {
        if (host == nullptr) return GH_E_INVALID;
        host::HostTable& table = host::HostTable::of(host);
        IoLoop* const chosen = loop != nullptr ? reinterpret_cast<IoLoop*>(loop) : IoLoop::current();
        return table.behind<HttpClient>().begin(table.generation(), chosen, request, callbacks, operation);
    }
    static gh_status send(const gh_host* host, gh_loop* loop, const gh_client_request* request, gh_client_done done,
                          void* context, gh_op* operation) {
        return done == nullptr ? GH_E_INVALID : begin(host, loop, request, {done, nullptr, context}, operation);
    }
    static gh_status fetch(const gh_host* host, gh_loop* loop, const gh_client_request* request, gh_call_done done,
                           void* context, gh_op* operation) {
        return done == nullptr ? GH_E_INVALID : begin(host, loop, request, {nullptr, done, context}, operation);
    }
    static gh_status read(gh_client_response* response, gh_bytes* out, gh_read_done done, void* context) {
        if (response == nullptr || out == nullptr || done == nullptr) return GH_E_INVALID;
        if (!response->call->loop().is_current()) return GH_E_STATE;
        return response->call->read(out, done, context);
    }
    static void close(gh_client_response* response) {
        if (response == nullptr) return;
        ClientCall& call = *response->call;
        if (call.loop().is_current()) return call.close();
        call.loop().post([held = call.shared_from_this()] { held->close(); });
    }
    static void cancel(const gh_host* host, gh_op operation) {
        if (host != nullptr) host::HostTable::of(host).behind<HttpClient>().cancel(operation);
    }
    static constexpr gh_http_client kTable{sizeof(gh_http_client), 0, &send, &read, &close, &fetch, &cancel};
};

HttpClient::HttpClient(std::vector<IoLoop*> loops, const upstream::RemoteCalls* remote)
    : loops_(std::move(loops)), remote_(remote), allowed_(std::make_shared<const Allowed>()) {
    for (IoLoop* const loop : loops_) here_.push_back(std::make_unique<Here>(*loop));
}

HttpClient::~HttpClient() { refresher_.reset(); }

const void* HttpClient::table() const { return &Functions::kTable; }

void HttpClient::allow(const config::HttpClient& allowed) {
    auto next = std::make_shared<Allowed>();
    next->networks = allowed.networks;
    std::vector<config::Endpoint> named;
    for (const std::string& origin : allowed.origins) {
        const auto url = http::parse_absolute_url(origin);
        if (!url) continue;
        const config::Service service = service_of(*url);
        next->origins[url->origin] = url->is_https ? nullptr : std::make_shared<const upstream::Cluster>(service);
        if (!url->is_https) named.push_back(service.at.front());
    }
    allowed_.with([&](auto& held) { held = std::move(next); });
    if (!named.empty() && !refresher_) {
        refresher_ = std::make_unique<upstream::NameRefresher>([this](const std::string& key, const auto& addresses) {
            for (std::size_t i = 0; i < loops_.size(); ++i) {
                loops_[i]->post([this, i, key, addresses] { here_[i]->upstreams.set_addresses(key, addresses); });
            }
        });
    }
    if (refresher_) refresher_->watch(named);
}

void HttpClient::close_idle(IoLoop& loop) { here_[loop.index()]->upstreams.close_idle(); }

gh_status HttpClient::begin(host::Generation& generation, IoLoop* loop, const gh_client_request* request,
                            ClientCall::Callbacks callbacks, gh_op* operation) {
    if (loop == nullptr) return GH_E_STATE;
    if (const gh_status status = ClientRequest::check(request); status != GH_OK) return status;
    if (is_canceled(generation)) return GH_E_CANCELED;
    Here& here = *here_[loop->index()];
    if (here.count.fetch_add(1) >= kCallsPerLoopMax) {
        here.count.fetch_sub(1);
        return GH_E_LIMIT;
    }
    const std::uint64_t id = (next_id_.fetch_add(1, std::memory_order_relaxed) << kLoopBits) | loop->index();
    if (operation != nullptr) operation->id = id;
    const auto forget = [&here, id] {
        here.calls.erase(id);
        here.count.fetch_sub(1);
    };
    const auto call = std::make_shared<ClientCall>(*loop, generation, *request, callbacks, forget);
    loop->post([this, id, call] { start(id, call); });
    return GH_PENDING;
}

void HttpClient::start(std::uint64_t id, const std::shared_ptr<ClientCall>& call) {
    Here& here = *here_[call->loop().index()];
    here.calls.emplace(id, call);
    if (is_canceled(call->generation())) return call->cancel(GH_E_CANCELED);
    const bool is_url = !call->request().origin.empty();
    if (auto transport = is_url ? to_origin(here, call) : to_service(here, call)) call->begin(std::move(transport));
}

// Where routes.yaml places a service decides, not whether a copy of it happens to be loaded here.
std::shared_ptr<ClientTransport> HttpClient::to_service(Here& here, const std::shared_ptr<ClientCall>& call) {
    host::HostTable& table = call->generation().table();
    host::Caller& caller = table.caller();
    const std::string& service = call->request().service;
    const bool is_remote = caller.is_remote(service);
    if (is_remote || caller.find(service) == nullptr) {
        const auto cluster = remote_ != nullptr ? remote_->find_cluster(service) : nullptr;
        if (cluster != nullptr) {
            std::string fields = remote_->make_fields(call->request().as_call(), table.service(), *cluster);
            return std::make_shared<ClientRemote>(call, cluster, std::move(fields), here.budget);
        }
    }
    auto find = [&caller, service] { return caller.find(service); };
    return std::make_shared<ClientLocal>(call, table.service(), std::move(find));
}

std::shared_ptr<ClientTransport> HttpClient::to_origin(Here& here, const std::shared_ptr<ClientCall>& call) {
    const std::string& origin = call->request().origin;
    const auto url = http::parse_absolute_url(origin);
    const auto allowed = allowed_.with([](const auto& held) { return held; });
    if (!url || !allowed->covers(*url)) {
        const std::string message = origin + " is not allowed: see gateway.http_client.allow";
        call->on_failure(GH_E_INVALID, "url_not_allowed", message);
        return nullptr;
    }
    if (url->is_https) {
        call->on_failure(GH_E_UNSUPPORTED, "https_unsupported",
                         "https is not spoken by this host: put a proxy that speaks it in between");
        return nullptr;
    }
    const auto named = allowed->origins.find(origin);
    auto cluster = named != allowed->origins.end() ? named->second : origin_cluster(here, origin);
    if (cluster == nullptr) {
        call->on_failure(GH_E_LIMIT, "too_many_origins", "too many different addresses were asked");
        return nullptr;
    }
    if (here.attached.insert(cluster).second) here.upstreams.attach(*cluster);
    return std::make_shared<ClientRemote>(call, std::move(cluster), fields_for_origin(call->request().as_call()),
                                          here.budget);
}

// Of a numeric address, so that nothing has to be looked up.
std::shared_ptr<const upstream::Cluster> HttpClient::origin_cluster(Here& here, const std::string& origin) {
    const auto found = here.numeric.find(origin);
    if (found != here.numeric.end()) return found->second;
    const auto url = http::parse_absolute_url(origin);
    if (!url || here.numeric.size() >= kNumericOriginsMax) return nullptr;
    return here.numeric.emplace(origin, std::make_shared<const upstream::Cluster>(service_of(*url))).first->second;
}

// The message reaches the loop after the one that began the call, so that a cancel from the same thread always finds
// it.
void HttpClient::cancel(gh_op operation) {
    const std::size_t loop = operation.id & kLoopMask;
    if (operation.id == 0 || loop >= loops_.size()) return;
    loops_[loop]->post([this, loop, id = operation.id] {
        const auto found = here_[loop]->calls.find(id);
        if (found == here_[loop]->calls.end()) return;
        const std::shared_ptr<ClientCall> call = found->second;
        call->cancel(GH_E_CANCELED);
    });
}

bool HttpClient::is_canceled(const host::Generation& generation) const {
    const std::shared_lock lock(canceled_mutex_);
    return canceled_.contains(&generation);
}

void HttpClient::cancel(host::Generation& generation) {
    {
        const std::unique_lock lock(canceled_mutex_);
        canceled_.insert(&generation);
    }
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        loops_[i]->post([this, i, &generation] {
            std::vector<std::shared_ptr<ClientCall>> calls;
            for (const auto& [id, call] : here_[i]->calls) {
                if (&call->generation() == &generation) calls.push_back(call);
            }
            for (const auto& call : calls) call->cancel(GH_E_CANCELED);
        });
    }
}

void HttpClient::detach(host::Generation& generation) {
    const std::unique_lock lock(canceled_mutex_);
    canceled_.erase(&generation);
}

}  // namespace gatehouse::extensions
