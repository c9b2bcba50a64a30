#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "gateway/http/message.hpp"

namespace gatehouse::http {

// The options of all Connection fields of one message (RFC 9110 section 7.6.1): whether the connection stays, and
// which further fields were meant for this hop only.
class ConnectionOptions final {
public:
    // False for what is no list of tokens, or a list far longer than any honest one.
    bool add(std::string_view value);

    bool close() const { return close_; }
    bool keep_alive() const { return keep_alive_; }
    // RFC 9112 section 9.3.
    bool persistent(int minor_version) const { return !close_ && (minor_version >= 1 || keep_alive_); }
    bool names_fields() const { return named_ != 0; }

    // Removes the fields that a client named. Fields that others decide by stay, named or not: nobody may take
    // credentials or the trail of proxies out of a request this way.
    void remove_named_from_request(std::vector<Field>& fields) const;
    void remove_named_from_response(std::vector<Field>& fields) const;

private:
    static constexpr std::size_t kOptionsMax = 32;
    static constexpr std::size_t kNamedMax = 8;
    bool is_named(std::string_view name) const;

    bool close_ = false;
    bool keep_alive_ = false;
    std::size_t options_ = 0;
    std::size_t named_ = 0;
    std::array<std::string_view, kNamedMax> names_;  // any case
};

}  // namespace gatehouse::http
