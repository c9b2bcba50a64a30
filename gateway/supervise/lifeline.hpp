#pragma once

#include <memory>

#include "gateway/base/result.hpp"
#include "gateway/supervise/messages.hpp"

namespace gatehouse::supervise {

// The child's end: what ties a process that `gatehouse serve --spawned` runs in to the gateway that started it. The
// process dies with the gateway, however that ends: the kernel kills it, and the socket pair that closes makes it exit.
class Lifeline final {
public:
    // First of all, before the plugin is loaded: takes over what was inherited, gives up the right to gain privileges,
    // reads the order and keeps to its limits. Error: this process was not started by a gateway.  [main]
    static Result<std::unique_ptr<Lifeline>> attach();
    ~Lifeline();
    Lifeline(const Lifeline&) = delete;
    Lifeline& operator=(const Lifeline&) = delete;

    const Order& order() const { return order_; }
    void greet(const Greeting& greeting);

private:
    explicit Lifeline(Order order) : order_(std::move(order)) {}
    Order order_;
};

}  // namespace gatehouse::supervise
