#pragma once

#include <string_view>

#include "gateway/pipeline/filter.hpp"

namespace gatehouse::pipeline {

// Gives the request its id, a UUIDv7. A client's own X-Request-ID is kept only from a trusted proxy, or from the
// gateway in front of `gatehouse serve`, and only if it is sane; every spelling of the field is taken out of the
// request, since the upstream writer adds the one that counts.
class RequestId final : public Filter {
public:
    // gateway: every request that comes this far was made by one; its assertion was valid.
    enum class Peer { client, gateway };
    explicit RequestId(Peer peer = Peer::client) : peer_(peer) {}

    Verdict handle(Exchange& exchange) override;

private:
    const Peer peer_;
};

// 1 to 128 of A-Z a-z 0-9 . _ : = + / @ -
bool is_sane_request_id(std::string_view text);

}  // namespace gatehouse::pipeline
