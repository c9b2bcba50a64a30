// Durable events between services: what is published in a transaction reaches every subscriber exactly once in effect,
// in the order of the commits per subject. The page to read is sdk/docs/events.md.
//
//     Posts(Context& context, const Config& config)
//         : database_({.url = config.database, .service = "posts"}, migrations()), events_(context, database_) {
//         context.on("user.renamed", &Posts::on_renamed);
//     }
//     …
//     tx.publish("post.created", PostCreated{post}, "post/" + std::to_string(post.id));   // inside database_.write()
//     …
//     void on_renamed(Transaction& tx, const Event& event, const UserRenamed& payload);   // one transaction per event
#pragma once

#include <gatehouse/context.hpp>
#include <gatehouse/publish.hpp>
#include <gatehouse/service.hpp>
#include <gatehouse/time.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "gatehouse/storage/database.hpp"

namespace gatehouse {

struct Event {
    std::string id;       // unique within source
    std::string source;   // the publishing service
    std::string type;     // "user.registered"
    std::string subject;  // "user/7"; empty: no order
    Time time{};          // of the transaction
    std::string data;     // the payload as JSON
    std::string trace_parent;
    std::uint64_t sequence = 0;  // grows per subject
    int attempt = 1;             // of this delivery: more than 1 after a failure
};

// May stand in a service's configuration: field("events", &Config::events, optional_default).
struct EventOptions {
    int attempts_max = 10;                       // a handler's; then the event becomes a dead letter
    std::chrono::milliseconds first_pause{100};  // after a handler's failure; doubles with each
    std::chrono::milliseconds longest_pause{300'000};
    std::chrono::milliseconds poll{1'000};  // how often to look for what other processes have published
    std::chrono::milliseconds publish_timeout{10'000};
    std::chrono::hours keep_sent{7 * 24};  // a broker that lost its data can be refilled from these
    int batch_max = 500;
};
constexpr auto describe(EventOptions*) {
    using O = EventOptions;
    return fields(field("attempts_max", &O::attempts_max, optional_default, minimum(1), maximum(1'000),
                        description("failures of a handler before the event is put aside as a dead letter")),
                  field("first_pause", &O::first_pause, optional_default,
                        description("wait after a handler's first failure; doubles with each")),
                  field("longest_pause", &O::longest_pause, optional_default),
                  field("batch_max", &O::batch_max, optional_default, minimum(1), maximum(1'000),
                        description("events handed to the bus at once")));
}

namespace events {
class Consumer;
class Parts;
// What a handler is for one event: the payload is parsed (throws Problem) before the transaction begins.
using Body = std::function<void(Transaction&, const Event&)>;
using Prepare = std::function<Body(const Event&)>;
}  // namespace events

// The outbox, the inbox and the relay of one service. A member of the service, after its Database, made in its
// constructor; needs nothing else: it starts after Service::start(), ends with drain, and offers the operator's
// commands events.list, events.dead and events.redrive. Where the host has no bus (`gatehouse migrate`), what is
// published waits.
class Events final {
public:
    // REQUIRES: database is not open yet, and is opened by Service::start(). Throws std::logic_error if the context has
    // one already.
    Events(Context& context, Database& database, EventOptions options = {});
    ~Events();
    Events(const Events&) = delete;
    Events& operator=(const Events&) = delete;

    // Removes events of a type that were sent before that time, sooner than `keep_sent` would: for payloads that shall
    // not lie about once they have done their work, though sealed. They cannot be sent again. How many, at most limit.
    static std::int64_t forget_sent(Transaction& tx, std::string_view type, Time before, int limit);

private:
    std::unique_ptr<events::Parts> parts_;
};

namespace detail {

void subscribe(Context& context, std::string_view type, events::Prepare prepare);
[[nodiscard]] std::function<Service&()> service_later(Context& context);

template <class F>
struct EventSignature : EventSignature<decltype(&F::operator())> {};
template <class C, class P>
struct EventSignature<void (C::*)(Transaction&, const Event&, const P&)> {
    using Class = C;
    using Payload = P;
};
template <class C, class P>
struct EventSignature<void (C::*)(Transaction&, const Event&, const P&) const>
    : EventSignature<void (C::*)(Transaction&, const Event&, const P&)> {};
template <class P>
struct EventSignature<void (*)(Transaction&, const Event&, const P&)> {
    using Payload = P;
};

// call(tx, event, payload)
template <class Payload, class Call>
events::Prepare prepare_event(Call call) {
    static_assert(Bindable<Payload>, "an event's payload must be a described struct");
    return [call = std::make_shared<Call>(std::move(call))](const Event& event) -> events::Body {
        return [call, payload = from_json<Payload>(event.data)](Transaction& tx, const Event& taken) {
            (*call)(tx, taken, payload);
        };
    };
}

// A member of the service itself, or any callable.
template <class F>
events::Prepare make_event_handler(Context& context, F&& handler) {
    using Plain = std::decay_t<F>;
    using Signature = EventSignature<Plain>;
    using Payload = typename Signature::Payload;
    if constexpr (std::is_member_function_pointer_v<Plain>) {
        return prepare_event<Payload>(
            [service = service_later(context), handler](Transaction& tx, const Event& event, const Payload& payload) {
                (static_cast<typename Signature::Class&>(service()).*handler)(tx, event, payload);
            });
    } else {
        return prepare_event<Payload>(Plain(std::forward<F>(handler)));
    }
}

// A member of another object, which must outlive the service.
template <class Object, class F>
requires std::is_member_function_pointer_v<F> events::Prepare make_event_handler(Context&, Object& object, F handler) {
    using Payload = typename EventSignature<F>::Payload;
    return prepare_event<Payload>([&object, handler](Transaction& tx, const Event& event, const Payload& payload) {
        (object.*handler)(tx, event, payload);
    });
}

}  // namespace detail

template <class... Handler>
void Context::on(std::string_view type, Handler&&... handler) {
    detail::subscribe(*this, type, detail::make_event_handler(*this, std::forward<Handler>(handler)...));
}

}  // namespace gatehouse
