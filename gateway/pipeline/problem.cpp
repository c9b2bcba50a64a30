#include "gateway/pipeline/problem.hpp"

#include "gateway/http/serializer.hpp"
#include "gateway/observe/json_text.hpp"

namespace gatehouse::pipeline {

void append_problem(std::string& body, const LocalReply& reply, std::string_view request_id) {
    body.append(R"({"type":"about:blank","title":)");
    const std::string_view phrase = http::reason_phrase(reply.status);
    observe::append_json_string(body, phrase.empty() ? std::string_view("Error") : phrase);
    body.append(R"(,"status":)");
    observe::append_integer(body, reply.status);
    if (!reply.detail.empty()) {
        body.append(R"(,"detail":)");
        observe::append_json_string(body, reply.detail);
    }
    if (!reply.reason.empty()) {
        body.append(R"(,"reason":)");
        observe::append_json_string(body, reply.reason);
    }
    if (!request_id.empty()) {
        body.append(R"(,"instance":)");
        observe::append_json_string(body, request_id);
    }
    body.append("}");
}

void set_error(Exchange& exchange, int status, std::string_view reason, std::string_view detail) {
    exchange.reply.clear();
    exchange.reply.status = status;
    exchange.reply.reason = reason;
    exchange.reply.detail.assign(detail);
}

}  // namespace gatehouse::pipeline
