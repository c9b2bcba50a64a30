#include "plugins/media/upload.hpp"

#include <gatehouse/problem.hpp>

namespace media {

void Spool::add(std::string_view bytes) {
    if (bytes.size() > bytes_max_ - size_) {
        throw gatehouse::PayloadTooLarge("A file may have at most " + std::to_string(bytes_max_) + " octets.");
    }
    buffer_ += bytes;
    size_ += bytes.size();
}

void Spool::flush(const std::filesystem::path& directory) {
    if (!file_.is_open()) file_ = File::nameless_in(directory);
    file_.append(buffer_);
    buffer_.clear();
}

Upload::Upload(std::string_view content_type, std::uint64_t bytes_max) : spool_(bytes_max) {
    if (!gatehouse::is_multipart(content_type)) return;
    gatehouse::MultipartSink& sink = *this;
    parser_.emplace(gatehouse::multipart_boundary(content_type), sink);
}

void Upload::feed(std::string_view bytes) {
    if (parser_) {
        parser_->feed(bytes);
    } else {
        spool_.add(bytes);
    }
}

void Upload::finish() const {
    if (parser_) parser_->finish();
    if (parser_ && !has_file_) throw gatehouse::Invalid("/file", "is required: a part with a file name");
    if (spool_.size() == 0) throw gatehouse::Invalid("/file", "must not be empty");
}

void Upload::on_part(const gatehouse::MultipartPart& part) {
    if (!part.filename && part.name != "file") return;
    if (has_file_) throw gatehouse::Invalid("/file", "must be one file");
    has_file_ = is_in_file_ = true;
}

void Upload::on_data(std::string_view bytes) {
    if (is_in_file_) spool_.add(bytes);
}

}  // namespace media
