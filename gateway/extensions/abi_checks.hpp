#pragma once

#include <gatehouse/abi.h>

#include <cstddef>
#include <string_view>

namespace gatehouse::extensions {

// R3: whether an in-struct asks for something behind the members that this host knows.
template <class Struct>
bool has_unknown_tail(const Struct& object) {
    const auto* const octets = reinterpret_cast<const unsigned char*>(&object);
    for (std::size_t i = sizeof(Struct); i < object.size; ++i) {
        if (octets[i] != 0) return true;
    }
    return false;
}

inline std::string_view to_view(gh_str text) {
    return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len);
}
inline gh_str to_str(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace gatehouse::extensions
