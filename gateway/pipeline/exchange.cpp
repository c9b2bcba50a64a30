#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

void Identity::clear() {
    present = false;
    id.clear();
    name.clear();
    session.clear();
    service.clear();
    roles.clear();
}

void LocalReply::clear() {
    is_whole = false;
    status = 0;
    reason = {};
    detail.clear();
    fields.clear();
    body.clear();
}

// The request's head and the client are overwritten by the session, not cleared.
void Exchange::reset() {
    snapshot = nullptr;
    request_id.clear();
    trace_parent.clear();
    match = {};
    if (identity.present) identity.clear();
    deadline = TimePoint::max();
    response_fields.clear();
    if (reply.status != 0) reply.clear();
    rate = {};
    status = 0;
    reason = {};
    upstream = {};
    plugin_generation = 0;
    bytes_in = bytes_out = 0;
    client_gone = answers_cors = false;
}

}  // namespace gatehouse::pipeline
