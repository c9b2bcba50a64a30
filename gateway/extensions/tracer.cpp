#include "gateway/extensions/tracer.hpp"

#include <charconv>
#include <chrono>
#include <memory>
#include <random>
#include <span>

#include "gateway/extensions/abi_checks.hpp"
#include "gateway/extensions/span_exporter.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/plugin_host.hpp"

struct gh_span {
    std::atomic<std::size_t>* open;
    gatehouse::host::Telemetry* telemetry;
    gatehouse::extensions::SpanExporter* exporter;
    gatehouse::extensions::Span span;
    std::string parent;  // the traceparent that continues it
};

namespace gatehouse::extensions {

namespace {

// "00-<32 hex>-<16 hex>-<2 hex>"
constexpr std::size_t kLength = 55, kTraceAt = 3, kTraceLength = 32, kSpanAt = 36, kSpanLength = 16, kFlagsAt = 53;
constexpr std::size_t kNameMax = 128, kKeyMax = 64, kTextMax = 256, kAttributesMax = 32;
constexpr std::uint64_t kIdBits = 56;

std::uint64_t unix_now_ns() {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count());
}

// Cut between characters.
std::string cut(gh_str text, std::size_t bytes_max) {
    std::string_view view = to_view(text);
    if (view.size() > bytes_max) {
        while (bytes_max > 0 && (static_cast<unsigned char>(view[bytes_max]) & 0xc0) == 0x80) --bytes_max;
        view = view.substr(0, bytes_max);
    }
    return std::string(view);
}

// Distinct, not secret.
std::string new_span_id() {
    thread_local std::uint64_t state = (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
    std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z = (z ^ (z >> 31)) | 1;
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text(kSpanLength, '0');
    for (std::size_t digit = 0; digit < kSpanLength; ++digit) text[digit] = kHex[z >> (60 - 4 * digit) & 15];
    return text;
}

void log_span(host::Telemetry& telemetry, const Span& span) {
    if (telemetry.log_level() > GH_LOG_DEBUG) return;
    const std::string microseconds = std::to_string((span.ended_ns - span.begun_ns) / 1000);
    const host::Telemetry::Field fields[] = {{"span", span.name},           {"trace_id", span.trace_id},
                                             {"span_id", span.span_id},     {"parent_id", span.parent_id},
                                             {"duration_us", microseconds}, {"failure", span.message}};
    telemetry.log(GH_LOG_DEBUG, span.service, "span", std::span(fields, span.status == GH_OK ? 5 : 6));
}

}  // namespace

struct Tracer::Functions {
    static gh_span* begin(const gh_host* host, gh_str trace_parent, gh_str name, std::int32_t kind) {
        if (host == nullptr) return nullptr;
        host::HostTable& table = host::HostTable::of(host);
        Tracer& self = table.behind<Tracer>();
        const std::string_view parent = to_view(trace_parent);
        if (!self.is_sampled(parent)) return nullptr;
        if (self.exporter_ == nullptr && table.telemetry().log_level() > GH_LOG_DEBUG) return nullptr;
        if (self.open_.fetch_add(1) >= kOpenMax) {
            self.open_.fetch_sub(1);
            return nullptr;
        }
        auto span = std::make_unique<gh_span>(gh_span{&self.open_, &table.telemetry(), self.exporter_, {}, {}});
        span->span.service = table.service();
        span->span.name = cut(name, kNameMax);
        span->span.trace_id = parent.substr(kTraceAt, kTraceLength);
        span->span.parent_id = parent.substr(kSpanAt, kSpanLength);
        span->span.span_id = new_span_id();
        span->span.kind = kind >= GH_SPAN_INTERNAL && kind <= GH_SPAN_CONSUMER ? kind : GH_SPAN_INTERNAL;
        span->span.begun_ns = unix_now_ns();
        span->parent = parent;
        span->parent.replace(kSpanAt, kSpanLength, span->span.span_id);
        span->parent.replace(kFlagsAt, 2, "01");
        return span.release();
    }
    static gh_str parent(gh_span* span) { return span == nullptr ? gh_str{} : to_str(span->parent); }
    static void set_text(gh_span* span, gh_str key, gh_str value) {
        if (span == nullptr || span->span.attributes.size() >= kAttributesMax) return;
        span->span.attributes.emplace_back(cut(key, kKeyMax), cut(value, kTextMax));
    }
    static void set_number(gh_span* span, gh_str key, std::int64_t value) {
        if (span == nullptr || span->span.attributes.size() >= kAttributesMax) return;
        span->span.attributes.emplace_back(cut(key, kKeyMax), value);
    }
    static void end(gh_span* handle, gh_status status, gh_str message) {
        if (handle == nullptr) return;
        const std::unique_ptr<gh_span> span(handle);
        span->span.ended_ns = unix_now_ns();
        span->span.status = status;
        span->span.message = cut(message, kTextMax);
        log_span(*span->telemetry, span->span);
        span->open->fetch_sub(1);
        if (span->exporter != nullptr) span->exporter->add(std::move(span->span));
    }
    static constexpr gh_trace kTable{sizeof(gh_trace), 0, &begin, &parent, &set_text, &set_number, &end};
};

const void* Tracer::table() const { return &Functions::kTable; }

void Tracer::set_sample(double share) {
    const auto all = static_cast<double>(std::uint64_t{1} << kIdBits);
    sampled_below_.store(static_cast<std::uint64_t>(share * all), std::memory_order_relaxed);
}

bool Tracer::is_sampled(std::string_view parent) const {
    if (parent.size() < kLength || parent[kTraceAt + kTraceLength] != '-' || parent[kFlagsAt - 1] != '-') return false;
    const char flags = parent[kFlagsAt + 1];
    const bool says_so =
        flags >= '0' && flags <= '9' ? (flags - '0') % 2 == 1 : flags == 'b' || flags == 'd' || flags == 'f';
    if (says_so) return true;
    const std::uint64_t below = sampled_below_.load(std::memory_order_relaxed);
    if (below == 0) return false;
    std::uint64_t id = 0;
    const char* const last = parent.data() + kTraceAt + kTraceLength;
    const auto [end, error] = std::from_chars(last - kIdBits / 4, last, id, 16);
    return error == std::errc() && end == last && id < below;
}

}  // namespace gatehouse::extensions
