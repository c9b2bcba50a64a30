#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace soak {

// Reads HTTP/1.1 responses from octets as they arrive; just as much of the protocol as the gateway speaks to us.
class ResponseReader final {
public:
    enum class Status : std::uint8_t { more, head, done, broken };

    void begin();  // the next response
    // Takes octets off the front of `input`. `head`: status and fields are known now; body() grows with every call.
    Status feed(std::string_view& input);

    int status() const { return status_; }
    std::string_view generation() const { return generation_; }
    bool closes() const { return closes_; }
    std::string& body() { return body_; }  // what has arrived and was not taken away

private:
    Status read_head(std::string_view& input);
    Status read_body(std::string_view& input);
    bool read_chunk_line(std::string_view& input, Status& status);
    bool parse_head(std::string_view head);

    enum class Stage : std::uint8_t { head, length, chunk_line, chunk_data, chunk_end, trailer, done };
    Stage stage_ = Stage::head;
    std::string pending_;
    std::string body_;
    std::string generation_;
    std::uint64_t left_ = 0;
    int status_ = 0;
    bool closes_ = false;
};

}  // namespace soak
