// The asynchronous functions of a plugin: start, health, drain and stop.
#include "gateway/abi_test/instance.hpp"

namespace gatehouse::abi_test {

namespace {

constexpr auto kSecondCallWait = 3ms;

// What became of one call. A callback may come at any time: the latest ones are kept.
constexpr std::size_t kAnswersKept = 64;

struct HookAnswer {
    HookAnswer(Instance& of, const char* what) : instance(of), name(what) {}
    Instance& instance;
    std::string name;
    std::atomic<int> calls{0};
    std::atomic<gh_status> status{GH_PENDING};
    std::atomic<bool> is_over{false};  // nothing may come any more
    std::atomic<std::thread::id> calling{};
};

HookAnswer& keep(Instance& instance, const char* name) {
    static std::mutex mutex;
    static std::deque<std::unique_ptr<HookAnswer>> kept;
    const std::scoped_lock lock(mutex);
    kept.push_back(std::make_unique<HookAnswer>(instance, name));
    if (kept.size() > kAnswersKept) kept.pop_front();
    return *kept.back();
}

void on_done(void* context, gh_status status, const gh_error* error) {
    auto& answer = *static_cast<HookAnswer*>(context);
    if (answer.calling.load() == std::this_thread::get_id()) {
        answer.instance.violate(rule::kHooks, answer.name + " calls back inside the call");
    }
    if (answer.is_over) {
        answer.instance.violate(rule::kHooks, answer.name +
                                                  " calls back although it is over: it had returned its "
                                                  "status, or called back before");
    }
    if (status == GH_PENDING || status > GH_END) {
        answer.instance.violate(rule::kHooks, answer.name + " ends with status " + std::to_string(status));
    }
    if (error != nullptr && error->size < kFirstSize<gh_error>) {
        answer.instance.violate(rule::kHooks, answer.name + " ends with a gh_error of the wrong size");
    }
    answer.status = status;
    if (answer.calls.fetch_add(1) == 1) answer.instance.violate(rule::kHooks, answer.name + " calls back twice");
    answer.instance.world().notify();
}

}  // namespace

bool Instance::hook(const char* name, gh_status (*begin)(const gh_plugin&, void*, gh_done, void*, std::uint64_t),
                    std::uint64_t argument, bool on_loop) {
    auto* const answer = &keep(*this, name);
    std::atomic<bool> has_returned{false};
    gh_status status = GH_E_INTERNAL;
    const auto call = [&] {
        answer->calling = std::this_thread::get_id();
        enter(name, [&] { status = begin(plugin_, self_, &on_done, answer, argument); });
        answer->calling = std::thread::id();
        has_returned = true;
        world_.notify();
    };
    if (on_loop) {
        world_.loop(0).post(call);
        if (!world_.wait_until(kHookTimeout, [&] { return has_returned.load(); })) {
            findings().give_up(rule::kHooks, std::string(name) + " does not return");
        }
    } else {
        world_.step(rule::kHooks, name, call);
    }
    if (status == GH_PENDING) {
        if (!world_.wait_until(kHookTimeout, [&] { return answer->calls > 0; })) {
            findings().give_up(rule::kHooks, std::string(name) + " returns GH_PENDING and never calls back");
        }
        status = answer->status;
    } else if (answer->calls > 0) {
        violate(rule::kHooks, std::string(name) + " calls back although it does not return GH_PENDING");
    } else if (status > GH_END || status == GH_END) {
        violate(rule::kHooks, std::string(name) + " returns status " + std::to_string(status));
    }
    if (findings().is_watched(rule::kHooks)) {
        world_.wait_until(kSecondCallWait, [&] { return answer->calls > 1; });
    }
    answer->is_over = true;
    if (status == GH_OK) return true;
    failure_ = std::string(name) + " ends with status " + std::to_string(status);
    return false;
}

}  // namespace gatehouse::abi_test
