#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

// Counters, gauges and histograms with labels, in Prometheus' text format 0.0.4.
//
//   series --> first cell --+--> [loop 0] [..][..][..]   each loop writes its own copy of a cell: a relaxed load and a
//                           +--> [loop 1] [..][..][..]   relaxed store, no read-modify-write, no shared cache line
//                           +--> [shared] [..][..][..]   every other thread: an atomic addition
//
// A scrape adds the copies up. Cells live in chunks that never move, so a handle stays valid as long as Metrics.
namespace gatehouse::observe {

class Metrics;

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

struct MetricSpec {
    MetricKind kind = MetricKind::counter;
    std::string name;  // counters end in _total; a unit, if given, is part of the name
    std::string help;
    std::string unit;  // "seconds", "bytes"; may be empty
    std::vector<std::string> labels;
    std::vector<double> buckets;    // ascending upper bounds without +Inf; histograms only
    std::size_t series_max = 1000;  // further label values are counted together under "other"
};

// Handles: two words, copy freely. A default-made one ignores what it is told.  All members [any].
class Counter final {
public:
    void add(double amount = 1.0) const;

private:
    friend class Metrics;
    Metrics* metrics_ = nullptr;
    std::uint32_t cell_ = 0;
};

class Gauge final {
public:
    void add(double amount) const;
    // Sets the value for the whole process: use either set or add on one series, not both.
    void set(double value) const;

private:
    friend class Metrics;
    Metrics* metrics_ = nullptr;
    std::uint32_t cell_ = 0;
};

class Histogram final {
public:
    void observe(double value) const;

private:
    friend class Metrics;
    Metrics* metrics_ = nullptr;
    const std::vector<double>* bounds_ = nullptr;
    std::uint32_t cell_ = 0;  // one per bucket, one for +Inf, one for the sum
};

class Metrics final {
public:
    using Family = std::uint32_t;
    using Labels = std::span<const std::string_view>;

    // loops: how many event loops will write.
    explicit Metrics(std::uint32_t loops);
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // Declares a metric. Declaring the same again (kind, labels, buckets) gives the same family; a bad name or a clash
    // is an Error.  [any]
    Result<Family> define(const MetricSpec& spec);

    // The series of those label values, made at first use. One lock; keep the handle.  [any]
    // REQUIRES: the family's kind, as many values as it has labels.
    Counter counter(Family family, Labels values = {});
    Gauge gauge(Family family, Labels values = {});
    Histogram histogram(Family family, Labels values = {});

    // Adds, sets or observes by kind, looking the series up each time: for rare events and for plugins.  [any]
    void record(Family family, double value, Labels values = {});

    // Sets a counter that is kept elsewhere to its present total.  [any]
    void record_total(Family family, double total, Labels values = {});

    // Called before each scrape, on the scraping thread, to refresh gauges.  [any]
    void on_scrape(std::function<void()> refresh);

    // The exposition.  [any]
    void write(std::string& out);

    // Sum over all threads, for tests and for the admin pages. Histograms: number of observations.
    double value(Family family, Labels values = {});

private:
    friend class Counter;
    friend class Gauge;
    friend class Histogram;
    using Cell = std::atomic<double>;
    struct Slot;
    struct Series;
    struct FamilyState;

    void add(std::uint32_t cell, double amount);
    void store_shared(std::uint32_t cell, double value);
    Cell& cell_at(std::size_t slot, std::uint32_t cell) const;
    double total(std::uint32_t cell) const;
    Series series(Family family, Labels values);
    std::uint32_t allocate(std::uint32_t count);
    void write_family(std::string& out, const FamilyState& family) const;

    std::uint32_t loops_;
    std::unique_ptr<Slot[]> slots_;  // one per loop, the last for all other threads
    std::uint32_t next_cell_ = 0;
    mutable std::shared_mutex mutex_;  // families and series, never cells
    std::vector<std::unique_ptr<FamilyState>> families_;
    std::mutex refresh_mutex_;
    std::vector<std::function<void()>> refreshers_;
};

}  // namespace gatehouse::observe
