// A mail as it goes over the wire and into a file: RFC 5322 and MIME (RFC 2045 to 2047), text and HTML.
#pragma once

#include <gatehouse/time.hpp>

#include <string>
#include <string_view>

namespace notify {

struct Message {
    std::string from_name, from, to;  // addresses without name or brackets
    std::string id;                   // without brackets
    gatehouse::Time date{};
    std::string subject, text, html, language;
};

// Lines end with CRLF; all of it is ASCII. REQUIRES: is_address(from) and is_address(to).
[[nodiscard]] std::string to_text(const Message& message);

// One that can stand in a header and in an SMTP command without being anything else: printable ASCII without white
// space, brackets, quotes or a comma, one @ inside, at most 254 octets (RFC 5321, 4.5.3.1).
[[nodiscard]] bool is_address(std::string_view text);

// RFC 2047: as it is if it is plain ASCII, else encoded words in UTF-8.
[[nodiscard]] std::string to_header_text(std::string_view text);

}  // namespace notify
