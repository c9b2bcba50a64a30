#include "gateway/host/breadcrumb.hpp"

#include <deque>
#include <vector>

#include "gateway/base/guarded.hpp"
#include "gateway/host/alternate_stack.hpp"

namespace gatehouse::host {

namespace detail {
constinit thread_local Trail* trail_here = nullptr;
}

namespace {

struct Trails {
    std::deque<Trail> all;  // never shrinks
    std::vector<Trail*> unused;
};

// Never destroyed: threads may end after main() has returned.
Guarded<Trails>& trails() {
    static auto* const made = new Guarded<Trails>;
    return *made;
}

// Gives the thread its trail, and a stack on which a crash can be reported even when its own is full.
class ThreadEntry final {
public:
    ThreadEntry() {
        detail::trail_here = trails().with([](Trails& known) {
            if (known.unused.empty()) return &known.all.emplace_back();
            Trail* const trail = known.unused.back();
            known.unused.pop_back();
            return trail;
        });
    }
    ~ThreadEntry() {
        Trail* const trail = std::exchange(detail::trail_here, nullptr);
        trails().with([trail](Trails& known) { known.unused.push_back(trail); });
    }
    ThreadEntry(const ThreadEntry&) = delete;
    ThreadEntry& operator=(const ThreadEntry&) = delete;

private:
    AlternateStack stack_;
};

}  // namespace

Trail& detail::make_trail() {
    static thread_local ThreadEntry entry;
    return *trail_here;
}

bool Trail::read(std::size_t index, Seen& out) const noexcept {
    if (index >= kDepthMax || depth() <= index) return false;
    const Frame& frame = frames_[index];
    out.serial = frame.serial.load(std::memory_order_acquire);
    out.generation = frame.generation.load(std::memory_order_acquire);
    out.route = frame.route.load(std::memory_order_acquire);
    out.activity = frame.activity.load(std::memory_order_acquire);
    out.request_id_length = frame.request_id_length.load(std::memory_order_acquire);
    if (out.request_id_length > kRequestIdMax) return false;
    for (std::size_t at = 0; at < out.request_id_length; at += sizeof(Word)) {
        const Word word = frame.request_id[at / sizeof(Word)].load(std::memory_order_acquire);
        std::memcpy(out.request_id.data() + at, &word, sizeof(Word));
    }
    return is_inside(index, out.serial);
}

const char* to_text(Activity activity) {
    switch (activity) {
        case Activity::none: return "nothing";
        case Activity::handler: return "handler";
        case Activity::timer: return "timer";
        case Activity::post: return "post";
        case Activity::offload: return "offload";
        case Activity::create: return "create";
        case Activity::start: return "start";
        case Activity::health: return "health";
        case Activity::handover: return "handover";
        case Activity::drain: return "drain";
        case Activity::stop: return "stop";
        case Activity::destroy: return "destroy";
        case Activity::callback: return "callback";
    }
    return "unknown";
}

}  // namespace gatehouse::host
