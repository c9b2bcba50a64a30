#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace gatehouse::host {

// The copied files of ended generations, the last few of each service: a core dump or a profile needs them, and so does
// going back to the build before.
class CopyShelf final {
public:
    void keep(const std::string& service, const std::string& build_id, const std::filesystem::path& copy,
              std::size_t kept_max) {
        auto& copies = copies_[service];
        copies.push_back({build_id, copy});
        std::error_code ignored;
        for (; copies.size() > kept_max; copies.pop_front()) std::filesystem::remove(copies.front().file, ignored);
    }
    // Empty if there is none.
    std::filesystem::path newest_other(std::string_view service, std::string_view build_id) const {
        const auto found = copies_.find(service);
        if (found == copies_.end()) return {};
        for (auto copy = found->second.rbegin(); copy != found->second.rend(); ++copy) {
            if (copy->build_id != build_id) return copy->file;
        }
        return {};
    }

private:
    struct Copy {
        std::string build_id;
        std::filesystem::path file;
    };
    std::map<std::string, std::deque<Copy>, std::less<>> copies_;
};

}  // namespace gatehouse::host
