// Spans of a service's own below the request's ("gh.trace/1"). One that is not sampled costs a look at its traceparent.
//
//     Span span = context_.span("charge card", request);
//     span.set("amount", amount).set("currency", "EUR");
//     … .traced_by(span) on requests to others; span.fail("declined") when it failed; ends when it goes out of scope.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/ext/trace.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace gatehouse {

enum class SpanKind : std::int32_t {
    internal = GH_SPAN_INTERNAL,
    client = GH_SPAN_CLIENT,
    producer = GH_SPAN_PRODUCER,
    consumer = GH_SPAN_CONSUMER
};

// Move-only; used by one thread at a time. Ends with its scope, at the latest before the service is destroyed.
class Span {
public:
    Span() = default;  // not sampled
    Span(const gh_trace* table, gh_span* handle, std::string_view parent)
        : table_(table), handle_(handle), parent_(handle == nullptr ? parent : std::string_view()) {}
    Span(Span&& other) noexcept
        : table_(other.table_),
          handle_(std::exchange(other.handle_, nullptr)),
          parent_(std::move(other.parent_)),
          has_failed_(other.has_failed_),
          failure_(std::move(other.failure_)) {}
    Span& operator=(Span&& other) noexcept {
        end();
        table_ = other.table_;
        handle_ = std::exchange(other.handle_, nullptr);
        parent_ = std::move(other.parent_);
        has_failed_ = other.has_failed_;
        failure_ = std::move(other.failure_);
        return *this;
    }
    ~Span() { end(); }

    [[nodiscard]] bool is_sampled() const { return handle_ != nullptr; }
    // What requests that belong to this span say; the parent's own when it is not sampled. Until the span ends.
    [[nodiscard]] std::string_view trace_parent() const;

    Span& set(std::string_view key, std::string_view value);
    Span& set(std::string_view key, std::int64_t value);
    // Marks it as failed; the last one counts.
    void fail(std::string_view why);
    void end();

private:
    const gh_trace* table_ = nullptr;
    gh_span* handle_ = nullptr;
    std::string parent_;  // kept only when not sampled
    bool has_failed_ = false;
    std::string failure_;
};

}  // namespace gatehouse
