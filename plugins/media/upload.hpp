// A file on its way in: from the request's body, plain or multipart, to a file without a name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/multipart.hpp>

#include "plugins/media/store/file.hpp"

namespace media {

// What has come is kept in memory until it is worth a write; the writes are left to the caller, who knows where it may
// block.
class Spool final {
public:
    explicit Spool(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

    // Throws PayloadTooLarge.
    void add(std::string_view bytes);
    [[nodiscard]] bool wants_flush() const { return buffer_.size() >= kBufferBytes; }
    // Blocks. The file is made by the first one.
    void flush(const std::filesystem::path& directory);
    [[nodiscard]] std::uint64_t size() const { return size_; }
    // REQUIRES: flushed.
    [[nodiscard]] const File& file() const { return file_; }

private:
    static constexpr std::size_t kBufferBytes = 256 * 1024;
    const std::uint64_t bytes_max_;
    std::uint64_t size_ = 0;
    std::string buffer_;
    File file_;
};

// The one file in a body, by the body's Content-Type; what else a form says is passed over.
class Upload final : private gatehouse::MultipartSink {
public:
    // BadRequest for a multipart body without a boundary.
    Upload(std::string_view content_type, std::uint64_t bytes_max);

    void feed(std::string_view bytes);
    // BadRequest, Invalid: no file, an empty one, or several.
    void finish() const;
    [[nodiscard]] Spool& spool() { return spool_; }

private:
    void on_part(const gatehouse::MultipartPart& part) override;
    void on_data(std::string_view bytes) override;
    void on_part_end() override { is_in_file_ = false; }

    Spool spool_;
    std::optional<gatehouse::MultipartParser> parser_;  // of a multipart body
    bool has_file_ = false, is_in_file_ = false;
};

}  // namespace media
