#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.hpp"

namespace gatehouse::http {

// Names that only the gateway may write. They are compared folded: case ignored, '_' and '.' equal to '-', because many
// backends read X_User_Id and X-User-ID as the same thing.
class ReservedFields final {
public:
    explicit ReservedFields(const std::vector<std::string>& names);

    bool contains(std::string_view name) const;
    // Removes every reserved field; returns how many there were.
    std::size_t strip(std::vector<Field>& fields) const;

private:
    static std::uint64_t length_bit(std::size_t length) { return std::uint64_t{1} << (length % 64); }

    std::vector<std::string> folded_;
    std::uint64_t lengths_ = 0;  // one bit per length (modulo 64) that occurs: most names fail this test already
};

}  // namespace gatehouse::http
