// gh.trace/1: a trace is sampled when its traceparent says so; spans that have ended are kept for the test.
#include "sdk/testing/state.hpp"

struct gh_span {
    gatehouse::testing::TestHost::State* state;
    gatehouse::testing::EndedSpan span;
};

namespace gatehouse::testing {

namespace {

constexpr std::size_t kTraceParentLength = 55;
constexpr std::size_t kSpanAt = 36, kSpanLength = 16;

std::string next_id(State& state) {
    const std::scoped_lock lock(state.mutex);
    std::string digits = std::to_string(state.next_id++);
    return std::string(kSpanLength - digits.size(), '0') + digits;
}

gh_span* begin(const gh_host* host, gh_str trace_parent, gh_str name, std::int32_t) {
    State& state = state_of(host);
    const std::string parent = to_string(trace_parent);
    if (parent.size() != kTraceParentLength || parent.back() != '1') return nullptr;
    auto* const span = new gh_span{&state, {}};
    span->span.name = to_string(name);
    span->span.parent = parent;
    span->span.trace_parent = parent;
    span->span.trace_parent.replace(kSpanAt, kSpanLength, next_id(state));
    const std::scoped_lock lock(state.mutex);
    ++state.spans_open;
    return span;
}

gh_str parent(gh_span* span) { return span == nullptr ? gh_str{} : to_str(span->span.trace_parent); }

void set_text(gh_span* span, gh_str key, gh_str value) {
    if (span != nullptr) span->span.attributes.emplace_back(to_string(key), to_string(value));
}

void set_number(gh_span* span, gh_str key, std::int64_t value) {
    if (span != nullptr) span->span.attributes.emplace_back(to_string(key), std::to_string(value));
}

void end(gh_span* handle, gh_status status, gh_str message) {
    if (handle == nullptr) return;
    const std::unique_ptr<gh_span> span(handle);
    span->span.status = status;
    span->span.message = to_string(message);
    const std::scoped_lock lock(span->state->mutex);
    --span->state->spans_open;
    span->state->spans.push_back(std::move(span->span));
}

}  // namespace

void fill_trace_table(gh_trace& table) { table = {sizeof(gh_trace), 0, &begin, &parent, &set_text, &set_number, &end}; }

}  // namespace gatehouse::testing
