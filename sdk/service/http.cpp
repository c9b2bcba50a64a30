#include <gatehouse/http.hpp>

#include <stdexcept>

#include "sdk/service/call_values.hpp"
#include "sdk/service/reply.hpp"
#include "sdk/service/text.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse {

namespace detail {

// A request's body on its way out: a coroutine per piece.
class BodyPull : public std::enable_shared_from_this<BodyPull> {
public:
    BodyPull(const gh_host* host, HttpRequest::BodySource source) : scope_(host), source_(std::move(source)) {}

    // Nobody asks for more, and what is under way need not end well.
    void stop() noexcept { scope_.cancel(GH_E_CANCELED); }

    static gh_status pull(void* context, gh_bytes* out, gh_read_done done, void* done_context) noexcept {
        return static_cast<BodyPull*>(context)->begin(out, done, done_context);
    }

private:
    gh_status begin(gh_bytes* out, gh_read_done done, void* done_context) noexcept {
        done_ = done;
        done_context_ = done_context;
        is_beginning_ = true;
        try {
            run(scope_, shared_from_this());
        } catch (...) {  // no memory
            status_ = GH_E_INTERNAL;
            has_result_ = true;
        }
        is_beginning_ = false;
        if (!std::exchange(has_result_, false)) return GH_PENDING;
        *out = std::exchange(piece_, gh_bytes{});
        return status_;
    }

    static Detached run(Scope&, std::shared_ptr<BodyPull> self) {
        gh_status status = GH_OK;
        gh_bytes piece{};
        try {
            task<std::optional<std::string>> next = self->source_();
            std::optional<std::string> bytes = co_await next;
            if (bytes) {
                piece = to_bytes(std::move(*bytes));
            } else {
                status = GH_END;
            }
        } catch (const Canceled&) {
            status = GH_E_CANCELED;
        } catch (...) {
            status = GH_E_INTERNAL;
        }
        self->end(status, piece);
    }

    void end(gh_status status, const gh_bytes& piece) noexcept {
        if (!is_beginning_) return done_(done_context_, status, piece, nullptr);
        status_ = status;  // no callback inside the call
        piece_ = piece;
        has_result_ = true;
    }

    Scope scope_;
    HttpRequest::BodySource source_;
    gh_read_done done_ = nullptr;
    void* done_context_ = nullptr;
    bool is_beginning_ = false, has_result_ = false;
    gh_status status_ = GH_OK;
    gh_bytes piece_{};
};

// The C struct of one request; borrows from it.
class ClientView {
public:
    ClientView(const std::string& service, const HttpRequest& request, BodyPull* pull) {
        const CallRequest& call = request.call_;
        for (const Header& field : call.headers) headers_.push_back({to_str(field.name), to_str(field.value)});
        view_.size = sizeof(view_);
        view_.retries = request.retries_;
        if (service.find("://") != std::string::npos) {
            url_ = service + call.target;
            view_.url = to_str(url_);
        } else {
            view_.service = to_str(service);
            view_.target = to_str(call.target);
            view_.identity = identity_.fill(call.user);
        }
        view_.method = to_str(call.method);
        view_.headers = headers_.data();
        view_.n_headers = headers_.size();
        view_.body = to_str(call.body);
        view_.request_id = to_str(call.request_id);
        view_.trace_parent = to_str(call.trace_parent);
        if (pull != nullptr) {
            view_.pull = &BodyPull::pull;
            view_.pull_ctx = pull;
            view_.content_length = request.length_;
        }
        if (request.has_no_deadline_) {
            view_.deadline_ns = UINT64_MAX;
        } else if (call.deadline) {
            view_.deadline_ns = static_cast<std::uint64_t>(call.deadline->time_since_epoch().count());
        }
    }
    ClientView(const ClientView&) = delete;
    ClientView& operator=(const ClientView&) = delete;
    [[nodiscard]] const gh_client_request* get() const { return &view_; }

private:
    std::vector<gh_kv> headers_;
    IdentityView identity_;
    std::string url_;
    gh_client_request view_{};
};

class OpenStream {
public:
    OpenStream(const gh_host* its_host, const gh_http_client* its_table, gh_op its_operation,
               gh_client_response* its_handle, std::shared_ptr<BodyPull> its_pull)
        : host(its_host), table(its_table), operation(its_operation), handle(its_handle), pull(std::move(its_pull)) {}
    OpenStream(const OpenStream&) = delete;
    OpenStream& operator=(const OpenStream&) = delete;
    ~OpenStream() {
        if (pull) pull->stop();
        table->close(handle);
    }
    const gh_host* const host;
    const gh_http_client* const table;
    const gh_op operation;
    gh_client_response* const handle;
    const std::shared_ptr<BodyPull> pull;
    std::string service;
};

ClientWait::ClientWait(const gh_host* its_host, const gh_http_client* table, std::string service, HttpRequest request)
    : table_(table), service_(std::move(service)), request_(std::move(request)) {
    if (request_.source_) pull_ = std::make_shared<BodyPull>(its_host, std::move(request_.source_));
}

ClientWait::~ClientWait() = default;

gh_status ClientWait::begin() {
    if (table_ == nullptr) return GH_E_UNSUPPORTED;
    const ClientView view(service_, request_, pull_.get());
    return send(view.get());
}

void ClientWait::note_failure(const gh_error* error) {
    if (pull_) pull_->stop();
    if (error != nullptr) reason_ = to_view(error->message);
}

void ClientWait::throw_failure() const {
    check_canceled_only();
    if (error_) std::rethrow_exception(error_);
    if (table_ == nullptr) throw CallFailed(GH_E_UNSUPPORTED, "the host does not offer " GH_EXT_HTTP_CLIENT);
    if (status() == GH_E_INVALID && reason_.empty()) {
        throw std::logic_error(
            "a request that the HTTP client refuses: method, target, a reserved field, or retries above 3");
    }
    throw CallFailed(status(), explain_failure(status(), service_, reason_));
}

gh_status FetchWait::send(const gh_client_request* request) {
    return table_->fetch(host(), loop_here(), request, &on_answer, this, &operation_);
}

void FetchWait::on_answer(void* context, gh_status status, const gh_call_response* response, const gh_error* error) {
    auto& self = *static_cast<FetchWait*>(context);
    try {
        self.note_failure(error);
        if (status == GH_OK) fill_answer(self.answer_, *response);
    } catch (...) {
        self.error_ = std::current_exception();
        status = GH_E_INTERNAL;
    }
    self.finish(status);
}

CallResponse FetchWait::await_resume() {
    if (status() != GH_OK) throw_failure();
    return std::move(answer_);
}

gh_status OpenWait::send(const gh_client_request* request) {
    return table_->send(host(), loop_here(), request, &on_head, this, &operation_);
}

void OpenWait::on_head(void* context, gh_status status, const gh_client_head* head, const gh_error* error) {
    auto& self = *static_cast<OpenWait*>(context);
    try {
        if (status == GH_OK) {
            self.stream_.open_ =
                std::make_unique<OpenStream>(self.host(), self.table_, self.operation_, head->body, self.pull_);
            self.stream_.open_->service = self.service_;
            self.stream_.status_ = head->code;
            append_fields(self.stream_.headers_, head->headers, head->n_headers);
        } else {
            self.note_failure(error);
        }
    } catch (...) {
        if (head != nullptr && !self.stream_.open_) self.table_->close(head->body);
        self.error_ = std::current_exception();
        status = GH_E_INTERNAL;
    }
    self.finish(status);
}

HttpStream OpenWait::await_resume() {
    if (status() != GH_OK) throw_failure();
    return std::move(stream_);
}

gh_status PieceWait::begin() {
    if (stream_ == nullptr) return GH_E_CLOSED;
    gh_bytes bytes{};
    const gh_status status = stream_->table->read(stream_->handle, &bytes, &on_piece, this);
    if (status == GH_OK) chunk_ = Chunk(bytes);
    return status;
}

void PieceWait::stop() noexcept { stream_->table->cancel(stream_->host, stream_->operation); }

void PieceWait::on_piece(void* context, gh_status status, gh_bytes piece, const gh_error*) {
    auto& self = *static_cast<PieceWait*>(context);
    self.chunk_ = Chunk(piece);
    self.finish(status);
}

std::optional<Chunk> PieceWait::await_resume() {
    if (status() == GH_OK) return std::move(chunk_);
    if (status() == GH_END) return std::nullopt;
    check_canceled_only();
    if (stream_ == nullptr) throw std::logic_error("next() on a stream that is closed");
    throw CallFailed(status(), explain_failure(status(), stream_->service, {}));
}

}  // namespace detail

HttpStream::HttpStream() = default;
HttpStream::HttpStream(HttpStream&& other) noexcept = default;
HttpStream& HttpStream::operator=(HttpStream&& other) noexcept = default;
HttpStream::~HttpStream() = default;
void HttpStream::close() { open_.reset(); }

std::optional<std::string_view> HttpStream::header(std::string_view name) const {
    for (const Header& field : headers_) {
        if (detail::equals_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

detail::PieceWait HttpStream::next() { return detail::PieceWait(open_.get()); }

task<std::string> HttpStream::read_all(std::size_t bytes_max) {
    std::string all;
    for (;;) {
        const std::optional<Chunk> piece = co_await next();
        if (!piece) co_return all;
        if (all.size() + piece->bytes().size() > bytes_max) throw PayloadTooLarge();
        all += piece->bytes();
    }
}

}  // namespace gatehouse
