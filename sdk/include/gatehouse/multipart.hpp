// multipart/form-data (RFC 7578) piece by piece, as it arrives: bounded, strict about its structure, and the same
// whether it comes whole or an octet at a time.
//
//     struct Files : MultipartSink { … };
//     MultipartParser parser(multipart_boundary(content_type), files);      // BadRequest
//     while (auto piece = co_await request.next()) parser.feed(piece->bytes());
//     parser.finish();
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

struct MultipartLimits {
    std::size_t parts = 32;
    std::size_t head_bytes = 8 * 1024;      // of one part: all its header fields
    std::size_t preamble_bytes = 8 * 1024;  // before the first part
};

// What a part says about itself. All of it comes from the client: names are for telling parts apart, never for paths.
struct MultipartPart {
    std::string name;
    std::optional<std::string> filename;  // present = meant as a file
    std::string content_type;             // empty when absent
};

// Called by feed(), in order; may throw, which ends the parsing.
class MultipartSink {
public:
    virtual ~MultipartSink() = default;
    virtual void on_part(const MultipartPart& part) = 0;
    virtual void on_data(std::string_view bytes) = 0;  // never empty; a part's content in as many pieces as it comes
    virtual void on_part_end() = 0;
};

[[nodiscard]] bool is_multipart(std::string_view content_type);
// The boundary parameter of the whole Content-Type field. BadRequest when it is absent or not one of RFC 2046, 5.1.1.
[[nodiscard]] std::string multipart_boundary(std::string_view content_type);

// Throws BadRequest for what is malformed, PayloadTooLarge beyond a limit; nothing may follow that.
// Memory: what was fed, a part's head and the length of the boundary.
class MultipartParser final {
public:
    // REQUIRES: sink outlives the parser.
    MultipartParser(std::string_view boundary, MultipartSink& sink, MultipartLimits limits = {});

    void feed(std::string_view bytes);
    void finish() const;  // BadRequest unless the closing delimiter has come

private:
    enum class State { preamble, after_delimiter, head, content, epilogue };
    bool step();  // false: more octets are needed
    bool find_delimiter();
    bool read_line_after_delimiter();
    bool read_head();
    void begin_part(std::string_view head);

    const std::string delimiter_;  // CRLF "--" boundary
    MultipartSink& sink_;
    const MultipartLimits limits_;
    State state_ = State::preamble;
    std::string pending_ = "\r\n";  // fed, not yet given out; the first delimiter may begin the body
    std::size_t preamble_bytes_ = 0, parts_ = 0;
};

}  // namespace gatehouse
