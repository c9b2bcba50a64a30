// Transaction::publish() for payloads with a description (describe.hpp). For those who write SQL and publish; the page
// to read is sdk/docs/events.md.
//
//     tx.publish("post.created", PostCreated{post.id, post.author_id}, "post/" + std::to_string(post.id));
#pragma once

#include <gatehouse/binding.hpp>

#include "gatehouse/storage/transaction.hpp"

namespace gatehouse {

template <class Payload>
void Transaction::publish(std::string_view type, const Payload& payload, std::string_view subject,
                          std::string_view trace_parent, std::string_view id) {
    static_assert(Bindable<Payload>, "an event's payload must be a described struct");
    publish_json(type, to_json(payload), subject, trace_parent, id);
}

}  // namespace gatehouse
