#include "gateway/observe/metrics.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <unordered_map>

#include "gateway/base/io_loop.hpp"
#include "gateway/observe/metric_text.hpp"

namespace gatehouse::observe {

namespace {

constexpr std::uint32_t kChunkCells = 1024;
constexpr std::size_t kChunks = 512;
constexpr std::size_t kBucketsMax = 60;
// Written to when every cell is taken: such series count together and show nothing.
constexpr std::uint32_t kSinkCells = 64;

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// Label values as one key; 0xff never occurs in UTF-8.
void join(std::string& key, Metrics::Labels values) {
    key.clear();
    for (const std::string_view value : values) key.append(value).push_back('\xff');
}

bool same(const MetricSpec& left, const MetricSpec& right) {
    return left.kind == right.kind && left.labels == right.labels && left.buckets == right.buckets;
}

std::uint32_t cells_of(const MetricSpec& spec) {
    return spec.kind == MetricKind::histogram ? static_cast<std::uint32_t>(spec.buckets.size()) + 2 : 1;
}

}  // namespace

struct Metrics::Slot {
    using Chunk = std::array<Cell, kChunkCells>;
    alignas(64) std::array<std::atomic<Chunk*>, kChunks> chunks{};
    ~Slot() {
        for (auto& chunk : chunks) delete chunk.load(std::memory_order_relaxed);
    }
};

struct Metrics::Series {
    std::uint32_t cell;
    const FamilyState* family;
};

struct Metrics::FamilyState {
    struct Entry {
        std::string labels;  // as exposed: method="GET",code="2xx"
        std::uint32_t cell;
    };
    MetricSpec spec;
    std::vector<Entry> entries;
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> by_values;  // to a cell
};

Metrics::Metrics(std::uint32_t loops) : loops_(loops), slots_(std::make_unique<Slot[]>(loops + 1)) {
    allocate(kSinkCells);
}

Metrics::~Metrics() = default;

Result<Metrics::Family> Metrics::define(const MetricSpec& spec) {
    if (std::string why = metric_text::refusal(spec); !why.empty()) return Error{std::move(why)};
    if (spec.buckets.size() > kBucketsMax) return Error{"too many buckets: " + spec.name};
    std::unique_lock lock(mutex_);
    for (std::size_t i = 0; i < families_.size(); ++i) {
        if (families_[i]->spec.name != spec.name) continue;
        if (!same(families_[i]->spec, spec)) return Error{"metric exists with another kind or labels: " + spec.name};
        return static_cast<Family>(i);
    }
    families_.push_back(std::make_unique<FamilyState>());
    families_.back()->spec = spec;
    const auto family = static_cast<Family>(families_.size() - 1);
    lock.unlock();
    if (spec.labels.empty()) series(family, {});  // exposed from the start, as 0
    return family;
}

// REQUIRES: the lock, or no other thread yet.
std::uint32_t Metrics::allocate(std::uint32_t count) {
    std::uint32_t first = next_cell_;
    if (first / kChunkCells != (first + count - 1) / kChunkCells) first = (first / kChunkCells + 1) * kChunkCells;
    const std::size_t chunk = first / kChunkCells;
    if (chunk >= kChunks) return 0;
    for (std::uint32_t slot = 0; slot <= loops_; ++slot) {
        auto& pointer = slots_[slot].chunks[chunk];
        if (pointer.load(std::memory_order_relaxed) == nullptr) {
            pointer.store(new Slot::Chunk{}, std::memory_order_release);
        }
    }
    next_cell_ = first + count;
    return first;
}

Metrics::Series Metrics::series(Family id, Labels values) {
    thread_local std::string key;
    join(key, values);
    {
        std::shared_lock lock(mutex_);
        const FamilyState& family = *families_[id];
        assert(values.size() == family.spec.labels.size());
        if (const auto found = family.by_values.find(std::string_view(key)); found != family.by_values.end()) {
            return {found->second, &family};
        }
    }
    std::unique_lock lock(mutex_);
    FamilyState& family = *families_[id];
    if (const auto found = family.by_values.find(std::string_view(key)); found != family.by_values.end()) {
        return {found->second, &family};
    }
    std::vector<std::string_view> exposed(values.begin(), values.end());
    if (family.entries.size() >= family.spec.series_max) {
        exposed.assign(values.size(), "other");
        join(key, exposed);
        if (const auto found = family.by_values.find(std::string_view(key)); found != family.by_values.end()) {
            return {found->second, &family};
        }
    }
    const std::uint32_t cell = allocate(cells_of(family.spec));
    family.by_values.emplace(key, cell);
    family.entries.push_back({metric_text::labels(family.spec.labels, exposed), cell});
    return {cell, &family};
}

Counter Metrics::counter(Family family, Labels values) {
    Counter handle;
    handle.metrics_ = this;
    handle.cell_ = series(family, values).cell;
    return handle;
}

Gauge Metrics::gauge(Family family, Labels values) {
    Gauge handle;
    handle.metrics_ = this;
    handle.cell_ = series(family, values).cell;
    return handle;
}

Histogram Metrics::histogram(Family family, Labels values) {
    const Series found = series(family, values);
    Histogram handle;
    handle.metrics_ = this;
    handle.cell_ = found.cell;
    handle.bounds_ = &found.family->spec.buckets;
    return handle;
}

void Metrics::record(Family family, double value, Labels values) {
    const Series found = series(family, values);
    switch (found.family->spec.kind) {
        case MetricKind::counter:
            if (value >= 0) add(found.cell, value);
            return;
        case MetricKind::gauge: store_shared(found.cell, value); return;
        case MetricKind::histogram: histogram(family, values).observe(value); return;
    }
}

void Metrics::record_total(Family family, double total, Labels values) {
    store_shared(series(family, values).cell, total);
}

Metrics::Cell& Metrics::cell_at(std::size_t slot, std::uint32_t cell) const {
    return (*slots_[slot].chunks[cell / kChunkCells].load(std::memory_order_acquire))[cell % kChunkCells];
}

void Metrics::add(std::uint32_t cell, double amount) {
    const IoLoop* loop = IoLoop::current();
    if (loop != nullptr && loop->index() < loops_) {
        Cell& own = cell_at(loop->index(), cell);
        own.store(own.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    } else {
        cell_at(loops_, cell).fetch_add(amount, std::memory_order_relaxed);
    }
}

void Metrics::store_shared(std::uint32_t cell, double value) {
    cell_at(loops_, cell).store(value, std::memory_order_relaxed);
}

double Metrics::total(std::uint32_t cell) const {
    double sum = 0;
    for (std::uint32_t slot = 0; slot <= loops_; ++slot) sum += cell_at(slot, cell).load(std::memory_order_relaxed);
    return sum;
}

double Metrics::value(Family family, Labels values) {
    const Series found = series(family, values);
    if (found.family->spec.kind != MetricKind::histogram) return total(found.cell);
    double count = 0;
    for (std::uint32_t i = 0; i <= found.family->spec.buckets.size(); ++i) count += total(found.cell + i);
    return count;
}

void Metrics::on_scrape(std::function<void()> refresh) {
    std::scoped_lock lock(refresh_mutex_);
    refreshers_.push_back(std::move(refresh));
}

void Metrics::write(std::string& out) {
    {
        std::scoped_lock lock(refresh_mutex_);
        for (const auto& refresh : refreshers_) refresh();
    }
    std::shared_lock lock(mutex_);
    for (const auto& family : families_) write_family(out, *family);
}

void Metrics::write_family(std::string& out, const FamilyState& family) const {
    if (family.entries.empty()) return;
    metric_text::head(out, family.spec);
    for (const auto& entry : family.entries) {
        if (family.spec.kind != MetricKind::histogram) {
            metric_text::sample(out, family.spec.name, "", entry.labels, total(entry.cell));
            continue;
        }
        const std::vector<double>& bounds = family.spec.buckets;
        double count = 0;
        for (std::uint32_t i = 0; i <= bounds.size(); ++i) {
            count += total(entry.cell + i);
            metric_text::bucket(out, family.spec.name, entry.labels, i < bounds.size() ? &bounds[i] : nullptr, count);
        }
        const double sum = total(entry.cell + static_cast<std::uint32_t>(bounds.size()) + 1);
        metric_text::sample(out, family.spec.name, "_sum", entry.labels, sum);
        metric_text::sample(out, family.spec.name, "_count", entry.labels, count);
    }
}

void Counter::add(double amount) const {
    if (metrics_ != nullptr) metrics_->add(cell_, amount);
}

void Gauge::add(double amount) const {
    if (metrics_ != nullptr) metrics_->add(cell_, amount);
}

void Gauge::set(double value) const {
    if (metrics_ != nullptr) metrics_->store_shared(cell_, value);
}

void Histogram::observe(double value) const {
    if (metrics_ == nullptr) return;
    std::uint32_t bucket = 0;
    while (bucket < bounds_->size() && value > (*bounds_)[bucket]) ++bucket;
    metrics_->add(cell_ + bucket, 1);
    metrics_->add(cell_ + static_cast<std::uint32_t>(bounds_->size()) + 1, value);
}

}  // namespace gatehouse::observe
