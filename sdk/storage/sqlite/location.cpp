#include <stdexcept>

#include "sdk/storage/sqlite/connection.hpp"

namespace gatehouse::storage::sqlite {

namespace {

// Connections to a memdb file whose name begins with a slash share one database for as long as one of them is open.
std::string memory_name(const DatabaseOptions& options) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string name = "file:/gatehouse-";
    for (const char c : options.service) {
        const auto byte = static_cast<unsigned char>(c);
        name += kHex[byte >> 4U];
        name += kHex[byte & 15U];
    }
    return name + "?vfs=memdb";
}

}  // namespace

Location parse_url(const DatabaseOptions& options) {
    const std::string_view url = options.url;
    std::string_view path = url.substr(std::string_view("sqlite:").size());
    if (path == ":memory:") return {memory_name(options), true};
    if (path.starts_with("///")) path.remove_prefix(2);  // sqlite:///var/lib/x.db
    if (path.empty() || path.starts_with("//"))
        throw std::invalid_argument("sqlite URL without a file: sqlite:var/data/posts.db");
    if (path.find('?') != std::string_view::npos || path.find('\0') != std::string_view::npos) {
        throw std::invalid_argument("sqlite URL: the file name may not contain \"?\" or NUL");
    }
    return {std::string(path), false};
}

}  // namespace gatehouse::storage::sqlite
