#include <gatehouse/streaming.hpp>

#include <utility>

#include "sdk/service/reply.hpp"

namespace gatehouse {

namespace {

// A std::function on its way through the C callback. It runs at most once; what it throws ends here, since nobody could
// answer for it: dropping the last owner of the StreamingRequest aborts the request.
template <class Function>
struct Pending {
    Function function;

    template <class... Argument>
    static void run(void* context, Argument&&... argument) noexcept {
        const std::unique_ptr<Pending> self(static_cast<Pending*>(context));
        try {
            self->function(std::forward<Argument>(argument)...);
        } catch (...) {
        }
    }
};

void on_done(void* context, gh_status status, const gh_error*) {
    Pending<StreamingRequest::OnDone>::run(context, status);
}

void on_chunk(void* context, gh_status status, gh_bytes bytes, const gh_error*) {
    Pending<StreamingRequest::OnChunk>::run(context, status, Chunk(bytes));
}

void on_canceled(void* context, gh_status status, const gh_error*) noexcept {
    try {
        const StreamingRequest::OnDone callback = std::move(*static_cast<StreamingRequest::OnDone*>(context));
        callback(status);
    } catch (...) {
    }
}

}  // namespace

Chunk& Chunk::operator=(Chunk&& other) noexcept {
    if (this == &other) return *this;
    release();
    bytes_ = std::exchange(other.bytes_, gh_bytes{});
    return *this;
}

void Chunk::release() {
    if (bytes_.release != nullptr) bytes_.release(bytes_.owner);
    bytes_ = {};
}

StreamingRequest::StreamingRequest(const gh_host* host, gh_request* handle, const gh_request_view* view)
    : host_(host), handle_(handle), request_(std::make_unique<Request>(host, view)) {}

StreamingRequest::StreamingRequest(StreamingRequest&& other) noexcept
    : host_(other.host_),
      handle_(std::exchange(other.handle_, nullptr)),
      request_(std::move(other.request_)),
      on_cancel_(std::move(other.on_cancel_)) {}

StreamingRequest& StreamingRequest::operator=(StreamingRequest&& other) noexcept {
    if (this == &other) return *this;
    abort();
    host_ = other.host_;
    handle_ = std::exchange(other.handle_, nullptr);
    request_ = std::move(other.request_);
    on_cancel_ = std::move(other.on_cancel_);
    return *this;
}

StreamingRequest::~StreamingRequest() { abort(); }

gh_status StreamingRequest::read(Chunk& out, OnChunk callback) {
    if (!is_open()) return GH_E_CLOSED;
    auto pending = std::make_unique<Pending<OnChunk>>(Pending<OnChunk>{std::move(callback)});
    gh_bytes bytes{};
    const gh_status status = host_->http->read(handle_, &bytes, &on_chunk, pending.get());
    if (status == GH_PENDING) static_cast<void>(pending.release());
    if (status == GH_OK) out = Chunk(bytes);
    return status;
}

gh_status StreamingRequest::start(Response head) {
    if (!is_open()) return GH_E_CLOSED;
    const detail::ReplyView reply(head);
    return host_->http->start(handle_, reply.get());
}

gh_status StreamingRequest::write(std::string chunk, OnDone callback) {
    if (!is_open()) return GH_E_CLOSED;
    auto pending = std::make_unique<Pending<OnDone>>(Pending<OnDone>{std::move(callback)});
    const gh_status status = host_->http->write(handle_, detail::to_bytes(std::move(chunk)), &on_done, pending.get());
    if (status == GH_PENDING) static_cast<void>(pending.release());
    return status;
}

gh_status StreamingRequest::finish() {
    if (!is_open()) return GH_E_CLOSED;
    return ended(host_->http->finish(handle_, nullptr, 0));
}

gh_status StreamingRequest::reply(Response response) {
    if (!is_open()) return GH_E_CLOSED;
    const detail::ReplyView reply(response);
    return ended(host_->http->reply(handle_, reply.get()));
}

gh_status StreamingRequest::reply(const Problem& problem) {
    if (!is_open()) return GH_E_CLOSED;
    return reply(detail::to_response(problem, request_->id()));
}

void StreamingRequest::abort() {
    if (!is_open()) return;
    host_->http->abort(handle_, nullptr);
    ended(GH_OK);
}

gh_status StreamingRequest::ended(gh_status status) {
    if (status < 0) return status;
    handle_ = nullptr;
    const auto dropped_last = std::move(on_cancel_);  // may destroy *this: nothing may follow
    return status;
}

gh_status StreamingRequest::on_cancel(OnDone callback) {
    if (!is_open()) return GH_E_CLOSED;
    auto owned = std::make_unique<OnDone>(std::move(callback));
    const gh_status status = host_->http->on_cancel(handle_, &on_canceled, owned.get());
    if (status >= 0) on_cancel_ = std::move(owned);
    return status;
}

}  // namespace gatehouse
