#include "gateway/extensions/span.hpp"

#include <map>
#include <string_view>
#include <utility>

#include "gateway/observe/json_text.hpp"

namespace gatehouse::extensions {

namespace {

constexpr int kOtlpError = 2;

void append_member(std::string& out, std::string_view name, std::string_view value) {
    out.append("\"").append(name).append("\":");
    observe::append_json_string(out, value);
}

void append_nanoseconds(std::string& out, std::string_view name, std::uint64_t value) {
    append_member(out, name, std::to_string(value));
}

void append_attribute(std::string& out, std::string_view key, const std::variant<std::string, std::int64_t>& value) {
    out += '{';
    append_member(out, "key", key);
    out += ",\"value\":{";
    if (const auto* const text = std::get_if<std::string>(&value)) {
        append_member(out, "stringValue", *text);
    } else {
        append_member(out, "intValue", std::to_string(std::get<std::int64_t>(value)));
    }
    out += "}}";
}

void append_span(std::string& out, const Span& span) {
    out += '{';
    append_member(out, "traceId", span.trace_id);
    out += ',';
    append_member(out, "spanId", span.span_id);
    out += ',';
    append_member(out, "parentSpanId", span.parent_id);
    out += ',';
    append_member(out, "name", span.name);
    out += ",\"kind\":" + std::to_string(span.kind) + ",";
    append_nanoseconds(out, "startTimeUnixNano", span.begun_ns);
    out += ',';
    append_nanoseconds(out, "endTimeUnixNano", span.ended_ns);
    out += ",\"attributes\":[";
    for (std::size_t i = 0; i < span.attributes.size(); ++i) {
        if (i > 0) out += ',';
        append_attribute(out, span.attributes[i].first, span.attributes[i].second);
    }
    out += ']';
    if (span.status != GH_OK) {
        out += ",\"status\":{\"code\":" + std::to_string(kOtlpError) + ",";
        append_member(out, "message", span.message);
        out += '}';
    }
    out += '}';
}

}  // namespace

std::string otlp_json(const std::vector<Span>& spans) {
    std::map<std::string_view, std::vector<const Span*>> by_service;
    for (const Span& span : spans) by_service[span.service].push_back(&span);
    std::string out = "{\"resourceSpans\":[";
    bool is_first = true;
    for (const auto& [service, list] : by_service) {
        if (!std::exchange(is_first, false)) out += ',';
        out += "{\"resource\":{\"attributes\":[";
        append_attribute(out, "service.name", std::string(service));
        out += "]},\"scopeSpans\":[{\"scope\":{\"name\":\"gatehouse\"},\"spans\":[";
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i > 0) out += ',';
            append_span(out, *list[i]);
        }
        out += "]}]}";
    }
    return out + "]}";
}

}  // namespace gatehouse::extensions
