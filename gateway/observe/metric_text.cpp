#include "gateway/observe/metric_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace gatehouse::observe::metric_text {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_letter_or_digit(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

bool is_name(std::string_view name) {
    return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_letter_or_digit);
}

void append_number(std::string& out, double value) {
    if (std::isnan(value)) {
        out.append("NaN");
    } else if (std::isinf(value)) {
        out.append(value > 0 ? "+Inf" : "-Inf");
    } else {
        std::array<char, 32> digits;
        out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
    }
}

void append_escaped(std::string& out, std::string_view text, std::string_view specials) {
    for (const char c : text) {
        if (c == '\n') {
            out.append("\\n");
            continue;
        }
        if (specials.find(c) != std::string_view::npos) out.push_back('\\');
        out.push_back(c);
    }
}

std::string_view kind_text(MetricKind kind) {
    switch (kind) {
        case MetricKind::counter: return "counter";
        case MetricKind::gauge: return "gauge";
        case MetricKind::histogram: return "histogram";
    }
    return "untyped";
}

std::string refused_label(const MetricSpec& spec) {
    for (const std::string& label : spec.labels) {
        if (!is_name(label) || label.starts_with("__")) return "bad label name: " + label;
        if (label == "le" && spec.kind == MetricKind::histogram) return "label le belongs to the buckets";
        if (std::count(spec.labels.begin(), spec.labels.end(), label) > 1) return "label named twice: " + label;
    }
    return {};
}

}  // namespace

std::string refusal(const MetricSpec& spec) {
    const std::string_view name = spec.name;
    if (!is_name(name)) return "bad metric name: " + spec.name;
    if (spec.help.empty()) return "metric without help text: " + spec.name;
    if ((spec.kind == MetricKind::counter) != name.ends_with("_total")) {
        return "counters, and only they, end in _total: " + spec.name;
    }
    for (const std::string_view suffix : {"_count", "_sum", "_bucket"}) {
        if (name.ends_with(suffix)) return "suffix reserved for histograms: " + spec.name;
    }
    const std::string_view stem = spec.kind == MetricKind::counter ? name.substr(0, name.size() - 6) : name;
    if (!spec.unit.empty() && !stem.ends_with("_" + spec.unit)) return "name does not end in its unit: " + spec.name;
    const bool ascending = std::is_sorted(spec.buckets.begin(), spec.buckets.end(), std::less_equal<>());
    if (spec.kind == MetricKind::histogram ? spec.buckets.empty() || !ascending : !spec.buckets.empty()) {
        return "histograms, and only they, have ascending buckets: " + spec.name;
    }
    return refused_label(spec);
}

std::string labels(std::span<const std::string> names, std::span<const std::string_view> values) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text.push_back(',');
        text.append(names[i]).append("=\"");
        append_escaped(text, values[i], "\\\"");
        text.push_back('"');
    }
    return text;
}

void head(std::string& out, const MetricSpec& spec) {
    out.append("# HELP ").append(spec.name).push_back(' ');
    append_escaped(out, spec.help, "\\");
    out.append("\n# TYPE ").append(spec.name).push_back(' ');
    out.append(kind_text(spec.kind)).push_back('\n');
    if (!spec.unit.empty()) {
        out.append("# UNIT ").append(spec.name).push_back(' ');
        out.append(spec.unit).push_back('\n');
    }
}

void sample(std::string& out, std::string_view name, std::string_view suffix, std::string_view labels, double value) {
    out.append(name).append(suffix);
    if (!labels.empty()) out.append("{").append(labels).append("}");
    out.push_back(' ');
    append_number(out, value);
    out.push_back('\n');
}

void bucket(std::string& out, std::string_view name, std::string_view labels, const double* bound, double count) {
    out.append(name).append("_bucket{").append(labels);
    if (!labels.empty()) out.push_back(',');
    out.append("le=\"");
    if (bound == nullptr) {
        out.append("+Inf");
    } else {
        append_number(out, *bound);
    }
    out.append("\"} ");
    append_number(out, count);
    out.push_back('\n');
}

}  // namespace gatehouse::observe::metric_text
