#include "gateway/pipeline/filters/require.hpp"

#include <algorithm>

namespace gatehouse::pipeline {

Require::Require(std::vector<std::string> roles) : roles_(std::move(roles)) {}

Verdict Require::handle(Exchange& exchange) {
    const auto& held = exchange.identity.roles;
    if (exchange.identity.present &&
        std::find_first_of(held.begin(), held.end(), roles_.begin(), roles_.end()) != held.end()) {
        return Verdict::next;
    }
    LocalReply& reply = exchange.reply;
    reply.clear();
    if (exchange.identity.present) {
        reply.status = 403;
        reply.reason = "forbidden";
        reply.detail = "The caller has none of the roles that this route asks for.";
    } else {
        reply.status = 401;
        reply.reason = "unauthenticated";
        reply.detail = "This route asks for a caller who is known.";
        reply.fields.emplace_back("www-authenticate", "Bearer");
    }
    return Verdict::reply;
}

}  // namespace gatehouse::pipeline
