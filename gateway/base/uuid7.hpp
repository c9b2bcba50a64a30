#pragma once

#include <array>
#include <string_view>

namespace gatehouse {

// A UUID version 7 (RFC 9562 section 5.7) in text form: time-ordered, 74 random bits. Not a secret.
class Uuid7 final {
public:
    // A new one; cheap, no allocation, no system call in the common case.  [any]
    static Uuid7 generate();
    std::string_view text() const { return {text_.data(), text_.size()}; }

private:
    std::array<char, 36> text_{};
};

}  // namespace gatehouse
