#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/http/message.hpp"

// Writes heads and chunk framing into a reused string. The caller has validated names and values (is_token,
// is_field_value); the functions assert it.
namespace gatehouse::http {

// "GET /path?query HTTP/1.1\r\n"
void append_request_line(std::string& out, std::string_view method, std::string_view path, bool has_query,
                         std::string_view query);
// "HTTP/1.1 200 OK\r\n" with the registered reason phrase (empty for unknown codes).
void append_status_line(std::string& out, int status);
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_number_field(std::string& out, std::string_view name, std::uint64_t value);
inline void end_head(std::string& out) { out.append("\r\n"); }

void append_chunk_start(std::string& out, std::uint64_t size);  // size > 0; then the data, then kChunkEnd
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string_view reason_phrase(int status);

bool is_token(std::string_view text);        // RFC 9110 section 5.6.2
bool is_field_value(std::string_view text);  // RFC 9110 section 5.5: no CR, LF, NUL or other controls but HTAB

}  // namespace gatehouse::http
