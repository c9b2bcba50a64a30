#pragma once

#include <gatehouse/abi.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "gateway/host/plugin_route.hpp"

namespace gatehouse::host {

class Generation;

// What a thread does inside a plugin.
enum class Activity : std::uint8_t {
    none,
    handler,
    timer,
    post,
    offload,
    create,
    start,
    health,
    handover,
    drain,
    stop,
    destroy,
    callback,  // an answer or a piece of a body has come, a request was canceled, an extension has something to tell
};
// Static and zero-ended; may be called in a signal handler.
const char* to_text(Activity activity);

// Where one thread is inside plugins: a frame for every entry that has not returned, the outermost first. Written by
// its thread alone; the crash report reads it there, the stall watchdog from elsewhere. Trails are recycled when
// threads end and never freed, so that a reader's pointer stays good.
class Trail final {
public:
    static constexpr std::size_t kDepthMax = 12;  // deeper entries are counted but not described
    static constexpr std::size_t kRequestIdMax = 48;

    // A consistent copy of one frame. `generation` and `route` may be gone already for a reader on another thread: it
    // compares them, and follows them only after it has found the generation alive and is_inside() still holds.
    struct Seen {
        std::uint64_t serial = 0;  // of this entry; never used again on this trail
        const Generation* generation = nullptr;
        const PluginRoute* route = nullptr;  // null when it is not for a request
        Activity activity = Activity::none;
        std::array<char, kRequestIdMax> request_id{};
        std::size_t request_id_length = 0;
        std::string_view id() const { return {request_id.data(), request_id_length}; }
    };

    // The calling thread's own; made at its first entry.
    static Trail& here();
    // The calling thread's own, or null if it never entered a plugin; may be called in a signal handler.
    static Trail* find_here() noexcept;

    void enter(const Generation* generation, Activity activity, const PluginRoute* route, gh_str request_id) noexcept;
    void leave() noexcept { depth_.store(depth_.load(std::memory_order_relaxed) - 1, std::memory_order_release); }

    // Entries not yet returned from.  [any]
    std::size_t depth() const noexcept { return depth_.load(std::memory_order_acquire); }
    // False: there is no such frame, or it changed meanwhile.  [any]
    bool read(std::size_t index, Seen& out) const noexcept;
    // Whether the thread is still inside that very entry.  [any]
    bool is_inside(std::size_t index, std::uint64_t serial) const noexcept {
        return depth() > index && frames_[index].serial.load(std::memory_order_acquire) == serial;
    }

private:
    using Word = std::uint64_t;
    struct Frame {
        std::atomic<std::uint64_t> serial{0};
        std::atomic<const Generation*> generation{nullptr};
        std::atomic<const PluginRoute*> route{nullptr};
        std::atomic<Activity> activity{Activity::none};
        std::atomic<std::uint8_t> request_id_length{0};
        std::array<std::atomic<Word>, kRequestIdMax / sizeof(Word)> request_id{};
    };

    std::atomic<std::size_t> depth_{0};
    std::uint64_t entries_ = 0;
    std::array<Frame, kDepthMax> frames_;
};

// Held around every call of a plugin's code. Costs about two nanoseconds.
class Breadcrumb final {
public:
    Breadcrumb(const Generation* generation, Activity activity) noexcept : trail_(Trail::here()) {
        trail_.enter(generation, activity, nullptr, {});
    }
    // For a request; the route knows its plugin.
    Breadcrumb(const PluginRoute& route, gh_str request_id, Activity activity) noexcept : trail_(Trail::here()) {
        trail_.enter(route.owner, activity, &route, request_id);
    }
    ~Breadcrumb() { trail_.leave(); }
    Breadcrumb(const Breadcrumb&) = delete;
    Breadcrumb& operator=(const Breadcrumb&) = delete;

private:
    Trail& trail_;
};

// A frame is written while it is not counted, its serial last, and every store releases what went before. So whoever
// reads a new serial reads the new fields with it, and whoever reads a new field under the old serial finds, looking
// again, the frame uncounted or its serial changed.
inline void Trail::enter(const Generation* generation, Activity activity, const PluginRoute* route,
                         gh_str request_id) noexcept {
    const std::size_t depth = depth_.load(std::memory_order_relaxed);
    if (depth < kDepthMax) {
        Frame& frame = frames_[depth];
        frame.generation.store(generation, std::memory_order_release);
        frame.route.store(route, std::memory_order_release);
        frame.activity.store(activity, std::memory_order_release);
        const std::size_t length = request_id.len < kRequestIdMax ? request_id.len : kRequestIdMax;
        frame.request_id_length.store(static_cast<std::uint8_t>(length), std::memory_order_release);
        for (std::size_t at = 0; at < length; at += sizeof(Word)) {
            Word word = 0;
            if (length - at >= sizeof(Word)) {
                std::memcpy(&word, request_id.ptr + at, sizeof(Word));
            } else {
                std::memcpy(&word, request_id.ptr + at, length - at);
            }
            frame.request_id[at / sizeof(Word)].store(word, std::memory_order_release);
        }
        frame.serial.store(++entries_, std::memory_order_release);
    }
    depth_.store(depth + 1, std::memory_order_release);
}

namespace detail {
extern constinit thread_local Trail* trail_here;
Trail& make_trail();
}  // namespace detail

inline Trail& Trail::here() {
    Trail* const trail = detail::trail_here;
    return trail != nullptr ? *trail : detail::make_trail();
}
inline Trail* Trail::find_here() noexcept { return detail::trail_here; }

}  // namespace gatehouse::host
