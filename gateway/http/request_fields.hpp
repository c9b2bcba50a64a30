#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "gateway/http/connection_options.hpp"
#include "gateway/http/framing.hpp"
#include "gateway/http/known_fields.hpp"
#include "gateway/http/limits.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/parse_result.hpp"

namespace gatehouse::http {

// Reads the field lines of one request: what the codec needs goes into the head's members, what is meant for this hop
// is dropped, the rest becomes head.fields. REQUIRES: head.minor_version, head.method and, if the target named one,
// head.authority are set.
class RequestFields final {
public:
    RequestFields(const Limits& limits, RequestHead& head) : limits_(limits), head_(head) {}

    // lines: from the first field line to the empty line, both line ends included. An empty reason: all is well.
    ParseFailure parse(std::span<char> lines);

private:
    bool take(KnownField known, const Field& field);
    bool take_host(std::string_view value);
    bool take_expect(std::string_view value);
    bool take_singleton(KnownField known, const Field& field);
    bool finish();
    bool fail(int status, std::string_view reason);

    const Limits& limits_;
    RequestHead& head_;
    BodyFraming framing_;
    ConnectionOptions connection_;
    bool has_host_ = false;
    bool has_expect_ = false;
    std::uint32_t singletons_ = 0;  // one bit for each that was seen
    ParseFailure failure_;
};

}  // namespace gatehouse::http
