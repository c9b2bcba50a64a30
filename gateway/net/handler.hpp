#pragma once

#include <cstddef>
#include <string_view>

#include "gateway/base/task.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::net {

// Answers the requests of a listener that has no pipeline: the admin listener. The session does everything that
// HTTP/1.1 asks for (limits, keep-alive, HEAD, framing); the handler only decides what to say.
class RequestHandler {
public:
    virtual ~RequestHandler() = default;

    // Fills exchange.reply; an empty reply.body with status >= 400 becomes problem+json, else the body is sent as it is
    // (put content-type into reply.fields). exchange.match is empty, exchange.request_id and exchange.client are set.
    // body: whole, at most body_bytes_max() (more is refused with 413 before the call); valid until the task ends.
    // [loop]
    virtual Task<> handle(pipeline::Exchange& exchange, std::string_view body) = 0;
    virtual std::size_t body_bytes_max() const { return 64 * 1024; }
};

}  // namespace gatehouse::net
