#include "gateway/abi_test/instance.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

#include "gateway/abi_test/request.hpp"

namespace gatehouse::abi_test {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr auto kLoopTimeMax = 2s;
#else
constexpr auto kLoopTimeMax = 400ms;  // generous: another process may have had the processor
#endif
constexpr std::size_t kStaticBodiesMax = 256;
constexpr std::size_t kUnknownTail = 64;
constexpr auto kStreamPatience = 300ms;
constexpr int kAwaitsAfterCancelMax = 10'000;  // a plugin may clean up; this one goes round in circles

std::size_t hash_of(const gh_bytes& bytes) {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.ptr), bytes.len});
}

std::size_t grown(const Manner& manner, std::size_t first, std::size_t whole) {
    switch (manner.tables) {
        case Manner::Tables::whole: return whole;
        case Manner::Tables::cut: return first;
        case Manner::Tables::zeros:
        case Manner::Tables::garbage: return whole + kUnknownTail;
    }
    return whole;
}

}  // namespace

void* lend_table(Instance& instance, const void* table, std::size_t known, std::size_t size, const char* what) {
    // Only a cut table ends where memory does: what reads beyond its size breaks that one rule.
    const std::size_t slack = instance.manner().tables == Manner::Tables::cut ? 0 : kUnknownTail;
    auto* const copy = static_cast<std::byte*>(instance.world().memory().allocate(size + slack, what));
    std::memcpy(copy, table, std::min(known, size));
    if (size > known && instance.manner().tables == Manner::Tables::garbage) {
        std::memset(copy + known, 0xA5, size - known);
    }
    const auto stated = static_cast<std::uint32_t>(size);
    std::memcpy(copy, &stated, sizeof(stated));
    return copy;
}

Instance::Instance(World& world, const gh_plugin& plugin, const Manner& manner)
    : world_(world), plugin_(plugin), manner_(manner) {
    static constexpr char kBeyond[] = "reads a host table beyond its size (rule table-sizes)";
    const std::size_t http_size = grown(manner_, kFirstSize<gh_http>, sizeof(gh_http));
    http_ = static_cast<gh_http*>(lend_table(*this, &http_functions(), sizeof(gh_http), http_size, kBeyond));
    gh_host table{};
    fill(table, *this);
    table.http = http_;
    if (manner_.tables == Manner::Tables::garbage) table.abi_minor = 1000;
    std::size_t host_size = grown(manner_, kFirstSize<gh_host>, sizeof(gh_host));
    if (manner_.tables == Manner::Tables::cut) host_size = manner_.host_size;
    host_ = static_cast<gh_host*>(lend_table(*this, &table, sizeof(gh_host), host_size, kBeyond));
    tables_ = {http_, host_};
}

Instance::~Instance() {
    for (void* const table : tables_) world_.memory().forbid(table, "uses a host table long after destroy()");
}

void Instance::enter(const std::string& what, const std::function<void()>& work) {
    const bool on_loop = world_.loop_here() != nullptr;
    const auto begin = std::chrono::steady_clock::now();
    try {
        work();
    } catch (...) {
        violate(rule::kExceptions, what + " lets an exception out");
    }
    if (on_loop && std::chrono::steady_clock::now() - begin > kLoopTimeMax) {
        violate(rule::kLoopTime, what + " blocks the event loop");
    }
}

bool Instance::create(const std::string& config_json) {
    gh_status status = GH_E_INTERNAL;
    phase_ = Phase::creating;
    void* const lent = world_.memory().allocate(config_json.size(), "reads its configuration beyond the end");
    auto* const text = static_cast<char*>(lent) + ((8 - config_json.size() % 8) % 8);  // flush with the guard page
    std::memcpy(text, config_json.data(), config_json.size());
    world_.step(rule::kCreate, "create()", [&] {
        enter("create()", [&] { status = plugin_.create(host_, {text, config_json.size()}, &self_); });
    });
    world_.memory().forbid(lent, "reads the configuration after create() has returned");
    phase_ = Phase::created;
    if (status == GH_OK) return true;
    if (failure_.empty()) failure_ = "create() returns " + std::to_string(status);
    phase_ = Phase::destroyed;
    return false;
}

bool Instance::start() {
    is_started_ = hook(
        "start()",
        [](const gh_plugin& plugin, void* self, gh_done done, void* context, std::uint64_t) {
            return plugin.start == nullptr ? GH_OK : plugin.start(self, done, context);
        },
        0, false);
    return is_started_;
}

bool Instance::health() {
    return hook(
        "health()",
        [](const gh_plugin& plugin, void* self, gh_done done, void* context, std::uint64_t) {
            return plugin.health == nullptr ? GH_OK : plugin.health(self, done, context);
        },
        0, true);
}

bool Instance::is_idle() const {
    if (inside != 0 || pending_ != 0 || !world_.is_quiet()) return false;
    return std::all_of(requests_.begin(), requests_.end(), [](const auto& request) { return request->is_ended(); });
}

void Instance::drain(std::chrono::milliseconds grace) {
    if (is_started_) {
        const std::uint64_t deadline = world_.now_ns() + 30'000'000'000;
        hook(
            "drain()",
            [](const gh_plugin& plugin, void* self, gh_done done, void* context, std::uint64_t deadline_ns) {
                return plugin.drain == nullptr ? GH_OK : plugin.drain(self, deadline_ns, done, context);
            },
            deadline, false);
    }
    if (!world_.wait_until(grace, [this] { return is_idle(); })) {
        cancel_all();
        for (const auto& request : requests_) request->leave();
        const int awaits = awaits_;
        const auto is_settled = [&] { return is_idle() || awaits_ - awaits > kAwaitsAfterCancelMax; };
        if (!world_.wait_until(kAnswerTimeout, is_settled) || !is_idle()) {
            const auto open = std::count_if(requests_.begin(), requests_.end(),
                                            [](const auto& request) { return !request->is_ended(); });
            findings().give_up(rule::kDrain, "goes on after everything was cancelled: " + std::to_string(pending_) +
                                                 " operations and " + std::to_string(open) + " requests are left");
        }
    }
    const std::scoped_lock lock(mutex_);
    if (!holds_.empty()) {
        violate(rule::kDrain, std::to_string(holds_.size()) + " holds are left after drain(): it would be pinned");
    }
}

void Instance::stop() {
    release_bodies(false);
    if (!is_started_) return;
    hook(
        "stop()",
        [](const gh_plugin& plugin, void* self, gh_done done, void* context, std::uint64_t) {
            return plugin.stop == nullptr ? GH_OK : plugin.stop(self, done, context);
        },
        0, false);
    is_started_ = false;
}

void Instance::destroy() {
    if (phase_ == Phase::destroyed) return;
    release_bodies(true);
    world_.step(rule::kHooks, "destroy()", [this] { enter("destroy()", [this] { plugin_.destroy(self_); }); });
    phase_ = Phase::destroyed;
    self_ = nullptr;
    if (chunks_out != 0) violate(rule::kBytes, std::to_string(chunks_out) + " gh_bytes were never released");
    if (pending_ != 0) violate(rule::kOperations, std::to_string(pending_) + " operations were begun while stopping");
}

void Instance::shut_down() {
    if (phase_ == Phase::destroyed) return;
    drain();
    stop();
    destroy();
}

Request& Instance::send(const Route& route, const Input& input) {
    Thread& loop = world_.loop(sent_++ % World::kLoops);
    requests_.push_back(std::make_unique<Request>(*this, route, input, loop));
    Request* const request = requests_.back().get();
    inside.fetch_add(1);
    const auto handle = [this, request] {
        const Route& target = request->route();
        enter(request->label(), [&] { target.handle(target.self, request->handle(), request->view()); });
        inside.fetch_sub(1);
        world_.notify();
    };
    if (route.is_blocking()) {
        world_.run_on_worker(handle);
    } else {
        loop.post(handle);
    }
    return *request;
}

bool Instance::wait_for(Request& request) {
    // A stream may go on until its client leaves.
    if (!world_.wait_until(kStreamPatience, [&] { return request.is_ended(); }) && request.is_started())
        request.leave();
    if (!world_.wait_until(kAnswerTimeout, [&] { return request.is_ended() && inside == 0; })) return false;
    if (!manner_.keeps_bodies) release_bodies(false);
    return true;
}

void Instance::forget_requests() {
    if (!world_.wait_until(kAnswerTimeout, [this] { return is_idle(); })) return;
    release_bodies(false);
    std::erase_if(requests_, [](const auto& request) { return request->is_ended(); });
}

// On a worker: release may run on any thread.
void Instance::release_bodies(bool also_static) {
    std::vector<HeldBody> bodies;
    {
        const std::scoped_lock lock(mutex_);
        bodies.swap(bodies_);
        if (also_static) bodies.insert(bodies.end(), static_bodies_.begin(), static_bodies_.end());
        if (also_static) static_bodies_.clear();
    }
    if (bodies.empty()) return;
    std::atomic<bool> is_done{false};
    world_.run_on_worker([&] {
        for (const HeldBody& body : bodies) {
            if (hash_of(body.bytes) != body.hash)
                violate(rule::kBodies, body.label + ": its body changed after it was handed over");
            if (body.bytes.release != nullptr) {
                enter("release()", [&] { body.bytes.release(body.bytes.owner); });
            }
        }
        is_done = true;
    });
    if (!world_.wait_until(kHookTimeout, [&] { return is_done.load(); })) {
        findings().give_up(rule::kBodies, "release() of a body does not return");
    }
}

void Instance::take_body(const gh_bytes& bytes, const std::string& label) {
    if (bytes.len == 0 && bytes.release == nullptr) return;
    if (bytes.ptr == nullptr && bytes.len != 0) return violate(rule::kBodies, label + ": a body of NULL with a length");
    const std::scoped_lock lock(mutex_);
    if (bytes.release != nullptr) {
        bodies_.push_back({bytes, hash_of(bytes), label});
    } else if (static_bodies_.size() < kStaticBodiesMax) {
        static_bodies_.push_back({bytes, hash_of(bytes), label});
    }
}

bool Instance::count_call() {
    const int count = ++calls_;
    if (manner_.client_gone_after != 0 && count == manner_.client_gone_after) {
        for (const auto& request : requests_) request->leave();
    }
    return manner_.refuse_call != 0 && count == manner_.refuse_call;
}

bool Instance::count_await() {
    const int count = ++awaits_;
    if (canceled_) return true;
    return manner_.cancel_await != 0 &&
           (count == manner_.cancel_await || (manner_.cancels_all_later && count > manner_.cancel_await));
}

void Instance::end_operation() {
    pending_.fetch_sub(1);
    world_.notify();
}

void Instance::call_done(const std::string& what, gh_done done, void* context, gh_status status) {
    if (status >= 0) return enter(what, [&] { done(context, status, nullptr); });
    gh_error error{};
    error.size = sizeof(error);
    error.status = status;
    error.code = {"hostile", 7};
    error.message = {"the hostile host says no", 24};
    void* const lent = lend_table(*this, &error, sizeof(error), grown(manner_, kFirstSize<gh_error>, sizeof(error)),
                                  "reads a gh_error beyond its size (rule table-sizes)");
    enter(what, [&] { done(context, status, static_cast<const gh_error*>(lent)); });
    world_.memory().forbid(lent, "reads a gh_error after the callback has returned");
}

void Instance::complete(Thread& loop, const std::string& what, gh_done done, void* context, gh_status status) {
    begin_operation();
    loop.post([this, what, done, context, status] {
        call_done(what, done, context, status);
        end_operation();
    });
}

}  // namespace gatehouse::abi_test
