#include "gateway/extensions/client_call.hpp"

#include <cstdlib>
#include <cstring>

#include "gateway/extensions/abi_checks.hpp"
#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/lent_bytes.hpp"

namespace gatehouse::extensions {

namespace {

std::vector<gh_kv> views_of(const ClientFields& fields) {
    std::vector<gh_kv> views;
    views.reserve(fields.size());
    for (const auto& [name, value] : fields) views.push_back({to_str(name), to_str(value)});
    return views;
}

}  // namespace

gh_bytes copy_of(std::string_view text) {
    void* const memory = std::malloc(text.size());
    if (memory == nullptr) return {};
    std::memcpy(memory, text.data(), text.size());
    return {static_cast<const std::uint8_t*>(memory), text.size(), &std::free, memory};
}

void release(gh_bytes& bytes) {
    if (bytes.release != nullptr) bytes.release(bytes.owner);
    bytes = {};
}

ClientCall::ClientCall(IoLoop& loop, host::Generation& generation, const gh_client_request& request,
                       Callbacks callbacks, std::function<void()> forget)
    : loop_(loop),
      generation_(generation),
      request_(request),
      callbacks_(callbacks),
      forget_(std::move(forget)),
      deadline_timer_(&ClientCall::on_deadline, this) {
    generation_.table().operations().begin();
}

void ClientCall::begin(std::shared_ptr<ClientTransport> transport) {
    transport_ = std::move(transport);
    if (request_.deadline != TimePoint::max()) loop_.schedule(deadline_timer_, request_.deadline);
    transport_->start();
}

void ClientCall::on_deadline(void* self) { static_cast<ClientCall*>(self)->cancel(GH_E_TIMEOUT); }

void ClientCall::end_operation() {
    loop_.cancel(deadline_timer_);
    const auto keep = shared_from_this();
    generation_.table().operations().end();
    if (forget_) std::exchange(forget_, nullptr)();
}

void ClientCall::cancel(gh_status why) {
    const bool is_late = why == GH_E_TIMEOUT;
    fail(why, is_late ? "timeout" : "canceled", is_late ? "no answer in time" : "the request was given up");
}

void ClientCall::on_failure(gh_status status, std::string_view code, std::string_view message) {
    fail(status, code, message);
}

void ClientCall::fail(gh_status status, std::string_view code, std::string_view message) {
    if (is_over() || state_ == State::ended) return;
    const auto keep = shared_from_this();
    const bool is_sent = state_ == State::sent;
    state_ = State::failed;
    failure_ = status;
    release(piece_);
    loop_.cancel(deadline_timer_);
    if (const auto transport = std::exchange(transport_, nullptr)) transport->stop();
    if (!is_sent) {
        if (read_done_ != nullptr) finish_read(status, {});
        return;
    }
    const gh_error error{sizeof(gh_error), status, to_str(code), to_str(message)};
    {
        const host::Breadcrumb here(&generation_, host::Activity::callback);
        if (callbacks_.on_whole != nullptr) {
            callbacks_.on_whole(callbacks_.context, status, nullptr, &error);
        } else {
            callbacks_.on_head(callbacks_.context, status, nullptr, &error);
        }
    }
    end_operation();
}

void ClientCall::on_head(int code, ClientFields fields) {
    if (is_over()) return;
    code_ = code;
    if (callbacks_.on_whole != nullptr) {
        fields_ = std::move(fields);
        return;
    }
    const auto keep = shared_from_this();
    state_ = State::open;
    handle_ = std::make_unique<gh_client_response>(gh_client_response{this});
    const std::vector<gh_kv> views = views_of(fields);
    const gh_client_head head{sizeof(gh_client_head), code, views.data(), views.size(), handle_.get()};
    const host::Breadcrumb here(&generation_, host::Activity::callback);
    callbacks_.on_head(callbacks_.context, GH_OK, &head, nullptr);
}

void ClientCall::on_piece(std::string_view piece) {
    if (is_over() || piece.empty()) return;
    if (callbacks_.on_whole != nullptr) {
        if (body_.size() + piece.size() > kWholeBytesMax) {
            return fail(GH_E_LIMIT, "too_large", "the answer is larger than 16 MiB");
        }
        body_.append(piece);
        return;
    }
    gh_bytes copy = host::lend(generation_.table().operations(), piece);
    if (copy.ptr == nullptr) return fail(GH_E_INTERNAL, "no_memory", "out of memory");
    if (read_done_ != nullptr) return finish_read(GH_OK, copy);
    piece_ = copy;
}

void ClientCall::on_end() {
    if (is_over()) return;
    const auto keep = shared_from_this();
    loop_.cancel(deadline_timer_);
    const auto done_with = std::exchange(transport_, nullptr);
    if (callbacks_.on_whole != nullptr) return deliver_whole();
    state_ = State::ended;
    if (read_done_ != nullptr) finish_read(GH_END, {});
}

void ClientCall::deliver_whole() {
    state_ = State::ended;
    const std::vector<gh_kv> views = views_of(fields_);
    const gh_call_response response{sizeof(gh_call_response), code_, views.data(), views.size(), to_str(body_)};
    {
        const host::Breadcrumb here(&generation_, host::Activity::callback);
        callbacks_.on_whole(callbacks_.context, GH_OK, &response, nullptr);
    }
    end_operation();
}

gh_status ClientCall::read(gh_bytes* out, gh_read_done done, void* context) {
    if (read_done_ != nullptr || is_closed_) return GH_E_STATE;
    if (state_ == State::failed) return failure_;
    if (piece_.ptr != nullptr) {
        *out = std::exchange(piece_, gh_bytes{});
        if (transport_) transport_->resume();
        return GH_OK;
    }
    if (state_ == State::ended) return GH_END;
    generation_.table().operations().begin();
    read_done_ = done;
    read_context_ = context;
    return GH_PENDING;
}

// REQUIRES: a read is pending.
void ClientCall::finish_read(gh_status status, gh_bytes piece) {
    const auto keep = shared_from_this();
    const gh_read_done done = std::exchange(read_done_, nullptr);
    {
        const host::Breadcrumb here(&generation_, host::Activity::callback);
        done(read_context_, status, piece, nullptr);
    }
    generation_.table().operations().end();
}

void ClientCall::close() {
    if (is_closed_) return;
    is_closed_ = true;
    release(piece_);
    const auto keep = shared_from_this();
    if (const auto transport = std::exchange(transport_, nullptr)) transport->stop();
    if (read_done_ != nullptr) {
        loop_.post([keep] {
            if (keep->read_done_ != nullptr) keep->finish_read(GH_E_CANCELED, {});
        });
    }
    end_operation();
}

// One pull that is pending; lives until the plugin has called back.
struct ClientCall::Pull {
    std::shared_ptr<ClientCall> call;
    std::function<void(gh_status, gh_bytes)> taken;
};

void ClientCall::pull(std::function<void(gh_status, gh_bytes)> taken) {
    if (is_over()) return;
    auto pull = std::make_unique<Pull>(Pull{shared_from_this(), taken});
    gh_bytes piece{};
    generation_.table().operations().begin();
    gh_status status = GH_OK;
    {
        const host::Breadcrumb here(&generation_, host::Activity::callback);
        status = request_.pull(request_.pull_context, &piece, &ClientCall::on_pulled, pull.get());
    }
    if (status == GH_PENDING) {
        static_cast<void>(pull.release());
        return;
    }
    generation_.table().operations().end();
    loop_.post([self = shared_from_this(), taken = std::move(taken), status, piece]() mutable {
        if (self->is_over()) return release(piece);
        taken(status, piece);
    });
}

// The plugin's own call into the host: what follows must not run inside it.
void ClientCall::on_pulled(void* context, gh_status status, gh_bytes piece, const gh_error*) {
    auto* const pull = static_cast<Pull*>(context);
    pull->call->loop_.post([pull, status, piece]() mutable {
        const std::unique_ptr<Pull> owned(pull);
        pull->call->generation_.table().operations().end();
        if (pull->call->is_over()) return release(piece);
        pull->taken(status, piece);
    });
}

}  // namespace gatehouse::extensions
