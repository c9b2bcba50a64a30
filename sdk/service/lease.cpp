#include <gatehouse/lease.hpp>

#include <gatehouse/context.hpp>

#include <atomic>
#include <stdexcept>
#include <string>

#include "sdk/service/views.hpp"

namespace gatehouse {

// Kept by the callbacks until the last one, GH_LEASE_ENDED.
struct Lease::State {
    LeaseEvents events;
    std::atomic<bool> is_dropped{false};
    std::shared_ptr<State> self;  // the host's share

    static void on_change(void* context, std::int32_t change, std::uint64_t token) noexcept {
        State& state = *static_cast<State*>(context);
        if (change == GH_LEASE_ENDED) {
            const std::shared_ptr<State> last = std::move(state.self);
            return;
        }
        if (state.is_dropped.load()) return;
        if (change == GH_LEASE_GAINED && state.events.gained) state.events.gained(token);
        if (change == GH_LEASE_LOST && state.events.lost) state.events.lost();
    }
};

Lease::Lease(const Context& context, std::string_view name, LeaseEvents events, std::chrono::milliseconds ttl)
    : host_(context.host()),
      table_(static_cast<const gh_lease*>(host_->extension(host_, GH_EXT_LEASE))),
      state_(std::make_shared<State>()) {
    if (!GH_HAS(table_, leave)) throw std::runtime_error("the host does not offer " GH_EXT_LEASE);
    state_->events = std::move(events);
    state_->self = state_;
    const gh_status status = table_->acquire(host_, detail::to_str(name), static_cast<std::uint64_t>(ttl.count()),
                                             nullptr, &State::on_change, state_.get(), &op_);
    if (status == GH_PENDING) return;
    state_->self.reset();
    throw std::runtime_error("the host refused the lease " + std::string(name) + " with status " +
                             std::to_string(status));
}

Lease::~Lease() {
    state_->is_dropped.store(true);
    table_->release(host_, op_);
}

std::optional<Lease::Work> Lease::begin() const {
    std::uint64_t token = 0;
    if (table_->enter(host_, op_, &token) != GH_OK) return std::nullopt;
    return Work(host_, table_, op_, token);
}

Lease::Work::Work(Work&& other) noexcept
    : host_(other.host_), table_(other.table_), op_(other.op_), token_(other.token_) {
    other.op_ = {};
}

Lease::Work::~Work() {
    if (op_.id != 0) table_->leave(host_, op_);
}

}  // namespace gatehouse
