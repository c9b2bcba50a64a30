#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "plugins/notify/mail_transport.hpp"

namespace notify {

namespace {

// Readable by the owner only: there may be a code in it.
bool write_file(const std::string& path, std::string_view text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return false;
    bool is_written = true;
    while (is_written && !text.empty()) {
        const auto count = ::write(file, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        is_written = count > 0;
        if (is_written) text.remove_prefix(static_cast<std::size_t>(count));
    }
    is_written = is_written && ::fsync(file) == 0;
    return ::close(file) == 0 && is_written;
}

}  // namespace

Delivery FileTransport::send(const OutgoingMail& mail, const std::function<bool()>&) {
    const std::filesystem::path place(directory_);
    std::error_code error;
    std::filesystem::create_directories(place, error);
    const std::string path = (place / (mail.name + ".eml")).string(), draft = path + ".part";
    if (!error && write_file(draft, mail.text) && ::rename(draft.c_str(), path.c_str()) == 0)
        return {Outcome::sent, {}};
    const std::string why = error ? error.message() : std::string(std::strerror(errno));
    ::unlink(draft.c_str());
    return {Outcome::unreachable, "the mail directory cannot be written: " + why};
}

}  // namespace notify
