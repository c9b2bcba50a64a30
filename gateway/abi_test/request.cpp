#include "gateway/abi_test/request.hpp"

#include <algorithm>
#include <cstring>

#include "gateway/abi_test/chunk.hpp"

namespace gatehouse::abi_test {

namespace {

constexpr std::size_t kUnknownTail = 64;
constexpr std::uint32_t kUnknownFlags = 0xFFFF0000;
constexpr char kLate[] = "reads a request's view after the request was ended (or a chunk after its release)";
constexpr char kBeyond[] = "reads beyond the end of what a request lent it (texts are not zero-ended)";
constexpr std::string_view kFraming[] = {
    "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "date"};

bool is_lower_token(std::string_view name) {
    constexpr std::string_view kOther = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kOther.find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view value) {
    return std::none_of(value.begin(), value.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return (octet < 0x20 && octet != '\t') || octet == 0x7f;
    });
}

std::string fault_of_fields(const gh_kv* fields, std::size_t count) {
    if (fields == nullptr && count != 0) return "headers are NULL with a count";
    for (std::size_t i = 0; i < count; ++i) {
        const std::string_view name(fields[i].key.ptr, fields[i].key.len);
        if (!is_lower_token(name)) return "the header name '" + std::string(name) + "' is no lower-case token";
        if (!is_field_value({fields[i].val.ptr, fields[i].val.len}))
            return "bad octets in the header " + std::string(name);
        if (std::find(std::begin(kFraming), std::end(kFraming), name) != std::end(kFraming)) {
            return "the header " + std::string(name) + " is the host's business";
        }
    }
    return {};
}

// Captures of a pattern in order: the names.
std::vector<std::string> capture_names(const std::string& pattern) {
    std::vector<std::string> names;
    for (std::size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
        const std::string name = pattern.substr(at + 1, pattern.find('}', at) - at - 1);
        names.push_back(name.substr(0, name.find_first_of(":*")));
    }
    return names;
}

std::string path_of(const std::string& pattern, const std::vector<std::string>& captures) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string path;
    std::size_t next = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] != '{') {
            path += pattern[at];
            continue;
        }
        for (const char c : next < captures.size() ? captures[next] : std::string()) {
            const auto octet = static_cast<unsigned char>(c);
            if (std::isalnum(octet) != 0 || c == '-' || c == '_' || c == '.') {
                path += c;
            } else {
                path += {'%', kHex[octet >> 4], kHex[octet & 15]};
            }
        }
        ++next;
        at = std::min(pattern.find('}', at), pattern.size());
    }
    return path;
}

// Builds what a view points to: each text ends at a page that cannot be read when views are watched, in its own heap
// block otherwise, so that a sanitizer sees the same faults.
class Lender final {
public:
    Lender(Instance& instance, std::vector<void*>& guarded, std::vector<std::unique_ptr<char[]>>& plain)
        : instance_(instance), guarded_(guarded), plain_(plain) {}

    void* memory(std::size_t size) {
        if (instance_.manner().forbids_views || instance_.manner().tables != Manner::Tables::whole) {
            guarded_.push_back(instance_.world().memory().allocate(size, kBeyond));
            return guarded_.back();
        }
        plain_.push_back(std::make_unique<char[]>(size + 1));
        return plain_.back().get();
    }
    gh_str text(std::string_view value) {
        if (value.empty()) return {nullptr, 0};
        auto* at = static_cast<char*>(memory(value.size()));
        if (!guarded_.empty() && guarded_.back() == at) at += (8 - value.size() % 8) % 8;
        std::memcpy(at, value.data(), value.size());
        return {at, value.size()};
    }
    template <class Table>
    Table* table(const Table& value) {
        const auto tables = instance_.manner().tables;
        const bool is_grown = tables == Manner::Tables::zeros || tables == Manner::Tables::garbage;
        const std::size_t size = is_grown ? sizeof(Table) + kUnknownTail
                                          : (tables == Manner::Tables::cut ? kFirstSize<Table> : sizeof(Table));
        auto* const copy = static_cast<std::byte*>(memory(size));
        std::memset(copy, tables == Manner::Tables::garbage ? 0xA5 : 0, size);
        std::memcpy(copy, &value, std::min(sizeof(Table), size));
        const auto stated = static_cast<std::uint32_t>(size);
        std::memcpy(copy, &stated, sizeof(stated));
        return reinterpret_cast<Table*>(copy);
    }
    template <class T>
    const T* array(const std::vector<T>& values) {
        if (values.empty()) return nullptr;
        void* const copy = memory(values.size() * sizeof(T));
        std::memcpy(copy, values.data(), values.size() * sizeof(T));
        return static_cast<const T*>(copy);
    }

private:
    Instance& instance_;
    std::vector<void*>& guarded_;
    std::vector<std::unique_ptr<char[]>>& plain_;
};

}  // namespace

Request::Request(Instance& instance, const Route& route, const Input& input, Thread& loop)
    : instance_(instance), route_(route), loop_(loop), label_(route.name()), is_cut_(input.is_cut) {
    if (route.streams_in()) {
        const std::size_t length = input.is_cut ? input.body.size() / 2 : input.body.size();
        for (std::size_t at = 0; at < length; at += input.chunk_bytes) {
            chunks_.push_back(input.body.substr(at, std::min(input.chunk_bytes, length - at)));
        }
    }
    lend(input);
}

Request::~Request() = default;

void Request::lend(const Input& input) {
    Lender lender(instance_, lent_, plain_);
    const bool is_garbage = instance_.manner().tables == Manner::Tables::garbage;
    gh_request_view view{};
    view.flags = is_garbage ? kUnknownFlags : 0;
    const std::string path = path_of(route_.pattern, input.captures);
    view.method = lender.text(route_.method);
    view.target = lender.text(input.query.empty() ? path : path + '?' + input.query);
    view.path = lender.text(path);
    view.query = lender.text(input.query);
    view.authority = lender.text("abi-test.example");
    view.remote_addr = lender.text("192.0.2.7");
    view.request_id = lender.text("01890a5d-ac96-774b-bcce-b302099a8057");
    view.trace_parent = lender.text("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    std::vector<gh_kv> headers, params;
    for (const auto& [name, value] : input.headers) headers.push_back({lender.text(name), lender.text(value)});
    const auto names = capture_names(route_.pattern);
    for (std::size_t i = 0; i < names.size(); ++i) {
        params.push_back({lender.text(names[i]), lender.text(i < input.captures.size() ? input.captures[i] : "")});
    }
    view.headers = lender.array(headers);
    view.n_headers = headers.size();
    view.params = lender.array(params);
    view.n_params = params.size();
    if (input.identity != nullptr) {
        const Identity& who = *input.identity;
        std::vector<gh_str> roles;
        for (const std::string& role : who.roles) roles.push_back(lender.text(role));
        gh_identity identity{};
        identity.flags = who.flags | (is_garbage ? kUnknownFlags : 0);
        identity.subject = lender.text(who.subject);
        identity.name = lender.text(who.name);
        identity.session = lender.text(who.session);
        identity.service = lender.text(who.service);
        identity.roles = lender.array(roles);
        identity.n_roles = roles.size();
        view.identity = lender.table(identity);
    }
    view.deadline_ns = input.has_deadline ? instance_.world().now_ns() + 3'600'000'000'000 : 0;
    view.content_length = input.body.size();
    if (!route_.streams_in()) {
        view.body = lender.text(input.body);
        if (view.body.ptr == nullptr) view.body.ptr = "";  // whole and empty, unlike one that streams in
    } else if (input.chunk_bytes % 2 != 0) {
        view.content_length = UINT64_MAX;
    }
    view_ = lender.table(view);
}

void Request::end() {
    view_ = nullptr;
    if (instance_.manner().forbids_views) {
        for (void* const piece : lent_) instance_.world().memory().forbid(piece, kLate);
        lent_.clear();
    }
    plain_.clear();
    is_ended_ = true;
    instance_.world().notify();
}

std::string Request::fault_of(const gh_response* response) const {
    if (response->code < 200 || response->code > 599) return "the status code is " + std::to_string(response->code);
    if (std::string fault = fault_of_fields(response->headers, response->n_headers); !fault.empty()) return fault;
    if (response->body.len > 0 && (response->code == 204 || response->code == 304)) {
        return "a body with status " + std::to_string(response->code);
    }
    return {};
}

gh_status Request::refuse_late(const char* function) {
    instance_.violate(rule::kAnswers, label_ + ": " + function + "() on a request that was answered before");
    return GH_E_STATE;
}

bool Request::is_on_loop(const char* function) {
    if (loop_.is_current()) return true;
    instance_.violate(rule::kThreads, label_ + ": " + function + "() outside the request's loop");
    return false;
}

gh_status Request::reply(const gh_response* response) {
    if (response == nullptr || response->size < kFirstSize<gh_response>) {
        instance_.violate(rule::kResponses, label_ + ": reply() with a gh_response smaller than in ABI 1.0");
        return GH_E_INVALID;
    }
    instance_.take_body(response->body, label_);
    const std::scoped_lock lock(mutex_);
    if (is_ended_ || is_started_) return refuse_late("reply");
    if (instance_.count_call()) return GH_E_LIMIT;
    if (const std::string fault = fault_of(response); !fault.empty()) {
        instance_.violate(rule::kResponses, label_ + ": " + fault);
        return GH_E_INVALID;
    }
    code_ = response->code;
    end();
    return GH_OK;
}

gh_status Request::start(const gh_response* response) {
    if (response == nullptr || response->size < kFirstSize<gh_response>) {
        instance_.violate(rule::kResponses, label_ + ": start() with a gh_response smaller than in ABI 1.0");
        return GH_E_INVALID;
    }
    instance_.take_body(response->body, label_);
    if (!is_on_loop("start")) return GH_E_STATE;
    if (is_ended_ || is_started_) return refuse_late("start");
    if (instance_.count_call()) return GH_E_LIMIT;
    if (const std::string fault = fault_of(response); !fault.empty()) {
        instance_.violate(rule::kResponses, label_ + ": " + fault);
        return GH_E_INVALID;
    }
    code_ = response->code;
    is_started_ = true;
    return GH_OK;
}

// Every second write has to wait, so that back-pressure is met.
gh_status Request::write(gh_bytes chunk, gh_done done, void* context) {
    instance_.take_body(chunk, label_);
    if (!is_on_loop("write")) return GH_E_STATE;
    if (is_ended_ || !is_started_) return refuse_late("write");
    if (is_write_pending_ || done == nullptr) {
        instance_.violate(rule::kAnswers, label_ + ": write() while another one is pending, or without a callback");
        return GH_E_STATE;
    }
    if (instance_.count_call()) return GH_E_LIMIT;
    if (is_gone_) return GH_E_CLOSED;
    if (++writes_ % 2 == 1) return GH_OK;
    is_write_pending_ = true;
    const gh_status status = instance_.count_await() ? GH_E_CANCELED : GH_OK;
    instance_.begin_operation();
    loop_.post([this, done, context, status] {
        is_write_pending_ = false;
        instance_.call_done(label_ + ": the callback of write()", done, context, is_ended_ ? GH_E_CLOSED : status);
        instance_.end_operation();
    });
    return GH_PENDING;
}

gh_status Request::finish(const gh_kv* trailers, std::size_t count) {
    if (!is_on_loop("finish")) return GH_E_STATE;
    if (is_ended_ || !is_started_) return refuse_late("finish");
    if (is_write_pending_) {
        instance_.violate(rule::kAnswers, label_ + ": finish() while a write is pending");
        return GH_E_STATE;
    }
    if (instance_.count_call()) return GH_E_LIMIT;
    if (const std::string fault = fault_of_fields(trailers, count); !fault.empty()) {
        instance_.violate(rule::kResponses, label_ + ": " + fault);
        return GH_E_INVALID;
    }
    end();
    return GH_OK;
}

void Request::abort() {
    const std::scoped_lock lock(mutex_);
    if (is_ended_) {
        refuse_late("abort");
        return;
    }
    end();
}

gh_status Request::next_chunk(gh_bytes* out) {
    if (chunks_.empty()) return GH_END;
    *out = lend_chunk(instance_, std::move(chunks_.front()));
    chunks_.pop_front();
    return GH_OK;
}

// Every second read has to wait; behind the cut it waits until somebody gives up.
gh_status Request::read(gh_bytes* out, gh_read_done done, void* context) {
    if (!is_on_loop("read")) return GH_E_STATE;
    if (is_ended_) return refuse_late("read");
    if (!route_.streams_in() || is_read_pending_ || out == nullptr || done == nullptr) {
        instance_.violate(rule::kAnswers,
                          label_ + ": read() while another one is pending, or where nothing streams in");
        return GH_E_STATE;
    }
    if (instance_.count_call()) return GH_E_LIMIT;
    if (is_gone_) return GH_E_CLOSED;
    const bool never_comes = is_cut_ && chunks_.empty();
    if (++reads_ % 2 == 1 && !never_comes) return next_chunk(out);
    is_read_pending_ = true;
    instance_.begin_operation();
    if (never_comes) {
        waiting_read_ = done;
        waiting_context_ = context;
        return GH_PENDING;
    }
    const bool is_to_be_canceled = instance_.count_await();
    loop_.post([this, done, context, is_to_be_canceled] {
        is_read_pending_ = false;
        gh_bytes chunk{};
        gh_status status = is_ended_ ? GH_E_CLOSED : GH_E_CANCELED;
        if (!is_ended_ && !is_to_be_canceled) status = next_chunk(&chunk);
        instance_.enter(label_ + ": the callback of read()", [&] { done(context, status, chunk, nullptr); });
        instance_.end_operation();
    });
    return GH_PENDING;
}

gh_status Request::on_cancel(gh_done done, void* context) {
    if (!is_on_loop("on_cancel")) return GH_E_STATE;
    if (is_ended_) return refuse_late("on_cancel");
    if (done == nullptr) return GH_E_INVALID;
    if (instance_.count_call()) return GH_E_LIMIT;
    on_cancel_ = done;
    cancel_context_ = context;
    if (is_gone_) leave();
    return GH_OK;
}

void Request::leave() {
    is_gone_ = true;
    loop_.post([this] {
        if (waiting_read_ != nullptr) {
            const gh_read_done done = std::exchange(waiting_read_, nullptr);
            is_read_pending_ = false;
            const gh_status status = is_ended_ ? GH_E_CLOSED : GH_E_CANCELED;
            instance_.enter(label_ + ": the callback of read()",
                            [&] { done(waiting_context_, status, gh_bytes{}, nullptr); });
            instance_.end_operation();
        }
        const gh_done done = std::exchange(on_cancel_, nullptr);
        if (done == nullptr || is_ended_) return;
        instance_.call_done(label_ + ": the callback of on_cancel()", done, cancel_context_, GH_E_CANCELED);
    });
}

namespace {

gh_status reply(gh_request* request, const gh_response* response) { return Request::of(request).reply(response); }
gh_status start(gh_request* request, const gh_response* response) { return Request::of(request).start(response); }
gh_status write(gh_request* request, gh_bytes chunk, gh_done done, void* context) {
    return Request::of(request).write(chunk, done, context);
}
gh_status finish(gh_request* request, const gh_kv* trailers, std::size_t count) {
    return Request::of(request).finish(trailers, count);
}
void abort_request(gh_request* request, const gh_error*) { Request::of(request).abort(); }
gh_status read(gh_request* request, gh_bytes* out, gh_read_done done, void* context) {
    return Request::of(request).read(out, done, context);
}
gh_status on_cancel(gh_request* request, gh_done done, void* context) {
    return Request::of(request).on_cancel(done, context);
}
gh_loop* loop(gh_request* request) { return reinterpret_cast<gh_loop*>(&Request::of(request).loop()); }

constexpr gh_http kHttp{sizeof(gh_http), 0, &reply, &start, &write, &finish, &abort_request, &read, &on_cancel, &loop};

}  // namespace

const gh_http& http_functions() { return kHttp; }

}  // namespace gatehouse::abi_test
