#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace soak {

// Latencies in buckets a twelfth of an octave wide: quantiles are right to six per cent.
class Histogram final {
public:
    void add(std::uint64_t nanoseconds);
    std::uint64_t count() const { return count_; }
    double quantile_microseconds(double quantile) const;

private:
    static constexpr std::size_t kPerOctave = 12;
    static constexpr std::size_t kBuckets = 64 * kPerOctave;
    std::array<std::uint64_t, kBuckets> buckets_{};
    std::uint64_t count_ = 0;
};

// What came of the load, by phase of the run.
class Statistics final {
public:
    static constexpr std::string_view kMarker = "GATEHOUSE-SOAK-";
    static constexpr std::size_t kMarkerDigits = 10;

    void begin_phase(std::string name);
    void count_answer(std::uint64_t nanoseconds);
    void count_stream() { ++phases_.back().streams; }
    void count_event() { ++phases_.back().events; }
    void count_upload() { ++phases_.back().uploads; }
    void count_reconnect() { ++phases_.back().reconnects; }
    // what: the target; why: what went wrong. The first hundred are kept.
    void fail(std::string_view what, std::string_view why);

    // Every marker in `body` must be the same, and each (service, generation) must always show the same one. Empty, or
    // what is wrong; a body without a marker is wrong.
    std::string check_markers(std::string_view service, std::string_view generation, std::string_view body);

    // One line of JSON.
    std::string report() const;

private:
    struct Phase {
        std::string name;
        std::uint64_t answers = 0, failures = 0, streams = 0, events = 0, uploads = 0, reconnects = 0;
        Histogram latency;
    };
    std::vector<Phase> phases_;
    std::vector<std::string> failures_;
    std::map<std::string, std::map<std::string, std::string>, std::less<>> markers_;  // service, generation
};

}  // namespace soak
