#include "gateway/pipeline/filters/auth/decision.hpp"

namespace gatehouse::pipeline {

namespace {

Verdict answer_unavailable(Exchange& exchange) {
    LocalReply& reply = exchange.reply;
    reply.clear();
    reply.status = 503;
    reply.reason = "auth_unavailable";
    reply.detail = "Callers cannot be verified at the moment.";
    reply.fields.emplace_back("retry-after", "1");
    return Verdict::reply;
}

Verdict answer_denied(const Decision& decision, Exchange& exchange) {
    LocalReply& reply = exchange.reply;
    reply.clear();
    reply.status = decision.status;
    reply.reason = "auth_denied";
    reply.fields = decision.fields;
    reply.body = decision.body;
    return Verdict::reply;
}

}  // namespace

void Decision::clear() {
    outcome = Outcome::unavailable;
    identity.clear();
    status = 0;
    fields.clear();
    body.clear();
    fresh_for = Duration{0};
}

Verdict apply(const Decision& decision, IfDown if_down, Exchange& exchange) {
    switch (decision.outcome) {
        case Decision::Outcome::allowed: exchange.identity = decision.identity; return Verdict::next;
        case Decision::Outcome::denied: return answer_denied(decision, exchange);
        case Decision::Outcome::unavailable: break;
    }
    return if_down == IfDown::allow ? Verdict::next : answer_unavailable(exchange);
}

}  // namespace gatehouse::pipeline
