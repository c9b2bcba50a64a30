#include "tests/soak/client/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace soak {

namespace {

constexpr std::size_t kFailuresKept = 100;

void append_json(std::string& out, std::string_view text) {
    out += '"';
    for (const char character : text) {
        if (character == '"' || character == '\\') out += '\\';
        out += character >= ' ' && character <= '~' ? character : '.';
    }
    out += '"';
}

void append_number(std::string& out, std::string_view name, double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.15g", value);
    append_json(out, name);
    out += ':';
    out += text;
    out += ',';
}

}  // namespace

void Histogram::add(std::uint64_t nanoseconds) {
    const double octaves = std::log2(static_cast<double>(nanoseconds + 1));
    ++buckets_[std::min(kBuckets - 1, static_cast<std::size_t>(octaves * kPerOctave))];
    ++count_;
}

double Histogram::quantile_microseconds(double quantile) const {
    if (count_ == 0) return 0;
    const auto wanted = static_cast<std::uint64_t>(std::ceil(static_cast<double>(count_) * quantile));
    std::uint64_t seen = 0;
    std::size_t bucket = 0;
    while (bucket + 1 < kBuckets && (seen += buckets_[bucket]) < wanted) ++bucket;
    return std::exp2(static_cast<double>(bucket + 1) / kPerOctave) / 1000;
}

void Statistics::begin_phase(std::string name) { phases_.push_back({.name = std::move(name), .latency = {}}); }

void Statistics::count_answer(std::uint64_t nanoseconds) {
    ++phases_.back().answers;
    phases_.back().latency.add(nanoseconds);
}

void Statistics::fail(std::string_view what, std::string_view why) {
    ++phases_.back().failures;
    if (failures_.size() < kFailuresKept) failures_.push_back(std::string(what) + ": " + std::string(why));
}

std::string Statistics::check_markers(std::string_view service, std::string_view generation, std::string_view body) {
    std::string_view first;
    for (std::size_t at = body.find(kMarker); at != std::string_view::npos; at = body.find(kMarker, at + 1)) {
        const std::string_view found = body.substr(at + kMarker.size(), kMarkerDigits);
        if (first.empty()) first = found;
        if (found != first) return "code of two generations in one answer: " + std::string(body.substr(0, 200));
    }
    if (first.empty()) return "no marker in: " + std::string(body.substr(0, 200));
    if (generation.empty()) return "no Gatehouse-Plugin-Generation";
    auto found = markers_.find(service);
    if (found == markers_.end())
        found = markers_.emplace(std::string(service), std::map<std::string, std::string>()).first;
    const auto [known, is_new] = found->second.emplace(std::string(generation), std::string(first));
    if (known->second == first) return {};
    return "generation " + std::string(generation) + " answered with code " + std::string(first) + " and " +
           known->second;
}

std::string Statistics::report() const {
    std::string out = "{\"phases\":[";
    for (const Phase& phase : phases_) {
        out += "{\"name\":";
        append_json(out, phase.name);
        out += ',';
        append_number(out, "answers", static_cast<double>(phase.answers));
        append_number(out, "failures", static_cast<double>(phase.failures));
        append_number(out, "streams", static_cast<double>(phase.streams));
        append_number(out, "events", static_cast<double>(phase.events));
        append_number(out, "uploads", static_cast<double>(phase.uploads));
        append_number(out, "reconnects", static_cast<double>(phase.reconnects));
        append_number(out, "p50_us", phase.latency.quantile_microseconds(0.50));
        append_number(out, "p99_us", phase.latency.quantile_microseconds(0.99));
        append_number(out, "p999_us", phase.latency.quantile_microseconds(0.999));
        out.back() = '}';
        out += ',';
    }
    if (out.back() == ',') out.pop_back();
    out += "],\"failures\":[";
    for (const std::string& failure : failures_) {
        append_json(out, failure);
        out += ',';
    }
    if (out.back() == ',') out.pop_back();
    out += "],\"markers\":{";
    for (const auto& [service, generations] : markers_) {
        append_json(out, service);
        out += ":{";
        for (const auto& [generation, marker] : generations) {
            append_json(out, generation);
            out += ':';
            append_json(out, marker);
            out += ',';
        }
        if (out.back() == ',') out.pop_back();
        out += "},";
    }
    if (out.back() == ',') out.pop_back();
    return out + "}}";
}

}  // namespace soak
