#pragma once

#include <cstddef>
#include <cstdint>

namespace gatehouse::http {

// What one HTTP/1.1 message may cost. Every bound has a test that crosses it.
struct Limits {
    std::size_t request_line_bytes = 8 * 1024;     // above: 414
    std::size_t header_bytes = 32 * 1024;          // request line and fields together; above: 431
    std::size_t header_count = 100;                // above: 431
    std::size_t chunk_line_bytes = 256;            // chunk size and its extensions
    std::size_t chunk_extension_bytes = 4 * 1024;  // extensions of one body beyond the octets of payload they came with
    std::size_t trailer_bytes = 8 * 1024;
    std::uint64_t body_bytes = 10 * 1024 * 1024;  // the most that any route allows; above: 413; 0 = no bound
};

}  // namespace gatehouse::http
