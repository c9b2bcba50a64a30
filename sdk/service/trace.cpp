#include <gatehouse/trace.hpp>

#include <gatehouse/context.hpp>

#include "sdk/service/context_state.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse {

std::string_view Span::trace_parent() const {
    return handle_ == nullptr ? std::string_view(parent_) : detail::to_view(table_->parent(handle_));
}

Span& Span::set(std::string_view key, std::string_view value) {
    if (handle_ != nullptr) table_->set_text(handle_, detail::to_str(key), detail::to_str(value));
    return *this;
}

Span& Span::set(std::string_view key, std::int64_t value) {
    if (handle_ != nullptr) table_->set_number(handle_, detail::to_str(key), value);
    return *this;
}

void Span::fail(std::string_view why) {
    if (handle_ == nullptr) return;
    has_failed_ = true;
    failure_ = why;
}

void Span::end() {
    if (handle_ == nullptr) return;
    table_->end(std::exchange(handle_, nullptr), has_failed_ ? GH_E_INTERNAL : GH_OK, detail::to_str(failure_));
}

Span Context::span(std::string_view name, std::string_view parent, SpanKind kind) const {
    const gh_trace* const table = state_->trace;
    if (table == nullptr) return {nullptr, nullptr, parent};
    gh_span* const handle =
        table->begin(state_->host, detail::to_str(parent), detail::to_str(name), static_cast<std::int32_t>(kind));
    return {table, handle, parent};
}

Span Context::span(std::string_view name, const Request& request, SpanKind kind) const {
    return span(name, request.trace_parent(), kind);
}

}  // namespace gatehouse
