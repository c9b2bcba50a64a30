// gh.http_client/1 answered by scripted peers. Everything asynchronous goes through the fake loop, so that a callback
// never runs inside the call that began it; every second read is pending.
#include <gatehouse/call.hpp>

#include <algorithm>
#include <optional>

#include "sdk/testing/state.hpp"

struct gh_client_response {
    gatehouse::testing::ClientExchange* exchange;
};

namespace gatehouse::testing {

namespace {

constexpr std::uint32_t kRetriesMax = 3;
constexpr std::size_t kWholeBodyBytesMax = 16u * 1024 * 1024;
constexpr std::uint64_t kDefaultTimeoutNs = 15'000'000'000;

void release(const gh_bytes& bytes) {
    if (bytes.release != nullptr) bytes.release(bytes.owner);
}

struct PieceOut {
    State* state;
    std::string bytes;
};

void release_piece(void* owner) {
    const std::unique_ptr<PieceOut> piece(static_cast<PieceOut*>(owner));
    const std::scoped_lock lock(piece->state->mutex);
    --piece->state->chunks_out;
}

gh_bytes hand_out(State& state, std::string bytes) {
    auto* const piece = new PieceOut{&state, std::move(bytes)};
    const std::scoped_lock lock(state.mutex);
    ++state.chunks_out;
    return {reinterpret_cast<const std::uint8_t*>(piece->bytes.data()), piece->bytes.size(), &release_piece, piece};
}

// "http://host:port/path" -> service and target.
bool split_url(PeerRequest& request, const std::string& url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string::npos) return false;
    const std::size_t path = url.find('/', scheme + 3);
    request.service = url.substr(0, path);
    request.target = path == std::string::npos ? "/" : url.substr(path);
    return true;
}

}  // namespace

bool is_reserved_field(std::string_view name) {
    std::string folded(name);
    std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) {
        if (c == '_') return '-';
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    constexpr std::string_view kHop[] = {"connection", "transfer-encoding", "content-length", "host", "upgrade", "te"};
    return folded.starts_with("x-user-") || folded.starts_with("x-session-") || folded.starts_with("x-gatehouse-") ||
           std::find(std::begin(kHop), std::end(kHop), folded) != std::end(kHop);
}

// One request of the plugin's, until its last callback was made and its response closed. Everything [loop] but where a
// peer is asked.
class ClientExchange final : public std::enable_shared_from_this<ClientExchange> {
public:
    struct Callbacks {
        gh_client_done on_head = nullptr;  // either this one
        gh_call_done on_whole = nullptr;   // or this one
        void* context = nullptr;
    };

    ClientExchange(State& state, std::uint64_t id, const gh_client_request& request, Callbacks callbacks)
        : state_(state), id_(id), callbacks_(callbacks), pull_(request.pull), pull_context_(request.pull_ctx) {}

    PeerRequest peer_request;

    void start() {
        if (pull_ != nullptr) return pull_more();
        ask();
    }

    void end(gh_status status, const std::string& message) {
        if (has_ended_) return;
        has_ended_ = true;
        if (is_reading_) return end_read(status);
        if (has_head_) return;
        gh_error error{sizeof(gh_error), status, to_str("peer"), to_str(message)};
        tell(status, nullptr, &error);
        forget();
    }

    gh_status read(gh_bytes* out, gh_read_done done, void* context) {
        if (is_reading_) return GH_E_STATE;
        if (has_ended_) return GH_E_CANCELED;
        if (++reads_ % 2 != 0) return take_piece(*out);
        is_reading_ = true;
        read_done_ = done;
        read_context_ = context;
        state_.queue(true, [self = shared_from_this()] { self->finish_read(); });
        return GH_PENDING;
    }

    void close() {
        if (is_closed_) return state_.violate("a response of the HTTP client was closed twice");
        is_closed_ = true;
        has_ended_ = true;
        {
            const std::scoped_lock lock(state_.mutex);
            --state_.responses_out;
        }
        forget();
    }

private:
    void pull_more() {
        for (;;) {
            if (has_ended_) return;
            gh_bytes piece{};
            auto self = std::make_unique<std::shared_ptr<ClientExchange>>(shared_from_this());
            const gh_status status = pull_(pull_context_, &piece, &ClientExchange::on_pulled, self.get());
            if (status == GH_PENDING) {
                static_cast<void>(self.release());
                return;
            }
            if (!take_request_piece(status, piece)) return;
        }
    }

    static void on_pulled(void* context, gh_status status, gh_bytes piece, const gh_error*) {
        const std::unique_ptr<std::shared_ptr<ClientExchange>> self(
            static_cast<std::shared_ptr<ClientExchange>*>(context));
        ClientExchange& exchange = **self;
        if (exchange.has_ended_) return release(piece);
        if (!exchange.take_request_piece(status, piece)) return;
        exchange.state_.queue(true, [again = *self] { again->pull_more(); });
    }

    // True: there may be more.
    bool take_request_piece(gh_status status, const gh_bytes& piece) {
        if (status == GH_OK) {
            peer_request.body.append(reinterpret_cast<const char*>(piece.ptr), piece.len);
            release(piece);
            return true;
        }
        if (status == GH_END) {
            ask();
        } else {
            state_.queue(true, [self = shared_from_this(), status] { self->end(status, "the body was given up"); });
        }
        return false;
    }

    void ask() {
        std::function<Answer(const PeerRequest&)> peer;
        bool is_silent = false;
        {
            const std::scoped_lock lock(state_.mutex);
            const auto found = state_.peers.find(peer_request.service);
            if (found != state_.peers.end()) peer = found->second;
            is_silent = state_.silent_peers.contains(peer_request.service);
        }
        if (is_silent) return;
        state_.queue(false, [self = shared_from_this(), peer = std::move(peer)] { self->ask_peer(peer); });
    }

    void ask_peer(const std::function<Answer(const PeerRequest&)>& peer) {
        gh_status status = GH_OK;
        std::string message;
        if (peer_request.service.starts_with("https:")) {
            status = GH_E_UNSUPPORTED;
            message = "https is not supported";
        } else if (!peer) {
            status = GH_E_UNAVAILABLE;
            message = "no service of that name is configured";
        } else {
            try {
                answer_ = peer(peer_request);
            } catch (const CallFailed& failure) {
                status = failure.status();
                message = failure.what();
            }
        }
        state_.queue(true, [self = shared_from_this(), status, message] {
            if (status == GH_OK) return self->deliver();
            self->end(status, message);
        });
    }

    void deliver() {
        if (has_ended_) return;
        std::vector<gh_kv> headers;
        for (const Header& field : answer_.headers) headers.push_back({to_str(field.name), to_str(field.value)});
        if (callbacks_.on_whole != nullptr) {
            if (answer_.body.size() > kWholeBodyBytesMax) return end(GH_E_LIMIT, "the answer is too large");
            has_ended_ = true;
            gh_call_response response{sizeof(gh_call_response), answer_.status, headers.data(), headers.size(),
                                      to_str(answer_.body)};
            callbacks_.on_whole(callbacks_.context, GH_OK, &response, nullptr);
            return forget();
        }
        has_head_ = true;
        handle_.exchange = this;
        {
            const std::scoped_lock lock(state_.mutex);
            ++state_.responses_out;
        }
        piece_bytes_ = std::max<std::size_t>(1, answer_.body.size() / 3);
        const gh_client_head head{sizeof(gh_client_head), answer_.status, headers.data(), headers.size(), &handle_};
        callbacks_.on_head(callbacks_.context, GH_OK, &head, nullptr);
    }

    gh_status take_piece(gh_bytes& out) {
        if (position_ >= answer_.body.size()) return answer_.aborted ? GH_E_UNAVAILABLE : GH_END;
        out = hand_out(state_, answer_.body.substr(position_, piece_bytes_));
        position_ += out.len;
        return GH_OK;
    }

    void finish_read() {
        if (!is_reading_) return;
        gh_bytes piece{};
        const gh_status status = has_ended_ ? GH_E_CANCELED : take_piece(piece);
        is_reading_ = false;
        read_done_(read_context_, status, piece, nullptr);
    }

    void end_read(gh_status status) {
        is_reading_ = false;
        read_done_(read_context_, status, gh_bytes{}, nullptr);
    }

    void tell(gh_status status, const gh_client_head* head, const gh_error* error) {
        if (callbacks_.on_whole != nullptr) return callbacks_.on_whole(callbacks_.context, status, nullptr, error);
        callbacks_.on_head(callbacks_.context, status, head, error);
    }

    void forget() {
        const auto keep = shared_from_this();
        const std::scoped_lock lock(state_.mutex);
        state_.exchanges.erase(id_);
    }

    State& state_;
    std::uint64_t id_;
    Callbacks callbacks_;
    gh_client_pull pull_;
    void* pull_context_;
    Answer answer_;
    std::size_t piece_bytes_ = 1, position_ = 0, reads_ = 0;
    gh_client_response handle_{};
    bool has_head_ = false, has_ended_ = false, is_closed_ = false, is_reading_ = false;
    gh_read_done read_done_ = nullptr;
    void* read_context_ = nullptr;
};

namespace {

std::shared_ptr<ClientExchange> find_exchange(State& state, std::uint64_t id) {
    const std::scoped_lock lock(state.mutex);
    const auto found = state.exchanges.find(id);
    return found == state.exchanges.end() ? nullptr : found->second;
}

bool is_good(State& state, const gh_client_request* request) {
    if (!is_known_struct(request)) {
        state.violate("http_client: bad size of gh_client_request");
        return false;
    }
    if ((request->service.len == 0) == (request->url.len == 0) || request->retries > kRetriesMax) return false;
    if (request->method.len == 0 || (request->url.len == 0) == (request->target.len == 0)) return false;
    if (request->url.len != 0 && request->identity != nullptr) return false;
    if (request->pull != nullptr && request->body.len != 0) return false;
    for (std::size_t i = 0; i < request->n_headers; ++i) {
        if (is_reserved_field(to_string(request->headers[i].key))) return false;
    }
    return true;
}

bool fill(PeerRequest& peer, const gh_client_request& request) {
    if (request.url.len != 0) {
        if (!split_url(peer, to_string(request.url))) return false;
    } else {
        peer.service = to_string(request.service);
        peer.target = to_string(request.target);
    }
    peer.method = to_string(request.method);
    peer.body = to_string(request.body);
    peer.request_id = to_string(request.request_id);
    peer.trace_parent = to_string(request.trace_parent);
    for (std::size_t i = 0; i < request.n_headers; ++i) {
        peer.headers.push_back({to_string(request.headers[i].key), to_string(request.headers[i].val)});
    }
    set_identity(peer, request.identity);
    return true;
}

struct Deadline {
    State* state;
    std::uint64_t id;
};

void on_deadline(void* context, gh_status status, const gh_error*) {
    const std::unique_ptr<Deadline> deadline(static_cast<Deadline*>(context));
    if (status != GH_OK) return;
    if (const auto exchange = find_exchange(*deadline->state, deadline->id))
        exchange->end(GH_E_TIMEOUT, "no answer in time");
}

gh_status begin(const gh_host* host, gh_loop* loop, const gh_client_request* request,
                ClientExchange::Callbacks callbacks, gh_op* op) {
    State& state = state_of(host);
    if (loop == nullptr && !state.is_on_loop()) return GH_E_STATE;
    if (!is_good(state, request)) return GH_E_INVALID;
    std::shared_ptr<ClientExchange> exchange;
    std::uint64_t id = 0;
    {
        const std::scoped_lock lock(state.mutex);
        id = state.next_id++;
        exchange = std::make_shared<ClientExchange>(state, id, *request, callbacks);
        if (!fill(exchange->peer_request, *request)) return GH_E_INVALID;
        state.exchanges[id] = exchange;
        if (request->deadline_ns != UINT64_MAX) {
            const std::uint64_t due =
                request->deadline_ns != 0 ? request->deadline_ns : state.now_ns + kDefaultTimeoutNs;
            state.timers.push_back({state.next_id++, due, &on_deadline, new Deadline{&state, id}});
        }
    }
    if (op != nullptr) op->id = id;
    state.queue(true, [exchange] { exchange->start(); });
    return GH_PENDING;
}

gh_status send(const gh_host* host, gh_loop* loop, const gh_client_request* request, gh_client_done done, void* context,
               gh_op* op) {
    if (done == nullptr) return GH_E_INVALID;
    return begin(host, loop, request, {done, nullptr, context}, op);
}

gh_status fetch(const gh_host* host, gh_loop* loop, const gh_client_request* request, gh_call_done done, void* context,
                gh_op* op) {
    if (done == nullptr) return GH_E_INVALID;
    return begin(host, loop, request, {nullptr, done, context}, op);
}

gh_status read(gh_client_response* response, gh_bytes* out, gh_read_done done, void* context) {
    if (response == nullptr || out == nullptr || done == nullptr) return GH_E_INVALID;
    return response->exchange->read(out, done, context);
}

void close(gh_client_response* response) {
    if (response != nullptr) response->exchange->close();
}

void cancel(const gh_host* host, gh_op op) {
    State& state = state_of(host);
    if (const auto exchange = find_exchange(state, op.id)) {
        state.queue(true, [exchange] { exchange->end(GH_E_CANCELED, "canceled"); });
    }
}

}  // namespace

void fill_http_client_table(gh_http_client& table) {
    table = {sizeof(gh_http_client), 0, &send, &read, &close, &fetch, &cancel};
}

void cancel_exchanges(State& state) {
    std::vector<std::shared_ptr<ClientExchange>> all;
    {
        const std::scoped_lock lock(state.mutex);
        for (const auto& [id, exchange] : state.exchanges) all.push_back(exchange);
    }
    for (const auto& exchange : all) {
        state.queue(true, [exchange] { exchange->end(GH_E_CANCELED, "canceled"); });
    }
}

}  // namespace gatehouse::testing
