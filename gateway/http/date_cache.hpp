#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::http {

// The Date field's value (IMF-fixdate, RFC 9110 section 5.6.7), made once per second. One per loop.
class DateCache final {
public:
    // The view stays valid until the next call.
    std::string_view at(std::int64_t unix_seconds);

private:
    std::int64_t second_ = -1;
    std::string text_;
};

}  // namespace gatehouse::http
