#pragma once

#include <gatehouse/ext/trace.h>

#include <atomic>
#include <cstdint>
#include <string_view>

#include "gateway/extensions/span.hpp"
#include "gateway/host/extension.hpp"

namespace gatehouse::extensions {

class SpanExporter;

// "gh.trace/1". A trace is sampled if its traceparent says so, or by its id: a share of all ids, the same in every
// process with the same configuration. Nobody listens (no collector, no debug log): nothing is sampled.
class Tracer final : public host::Extension {
public:
    static constexpr const char kId[] = GH_EXT_TRACE;
    static constexpr std::size_t kOpenMax = 10'000;

    // exporter: null = spans are only logged; outlives this.
    explicit Tracer(SpanExporter* exporter) : exporter_(exporter) {}

    void set_sample(double share);  // 0 to 1  [any]
    const char* id() const override { return kId; }
    const void* table() const override;

private:
    struct Functions;
    bool is_sampled(std::string_view trace_parent) const;

    SpanExporter* exporter_;
    std::atomic<std::uint64_t> sampled_below_{0};  // of an id's last 56 bits
    std::atomic<std::size_t> open_{0};
};

}  // namespace gatehouse::extensions
