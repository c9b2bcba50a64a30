// A directory: DIRECTORY/objects/ab/abcdef…, written under another name in DIRECTORY/incoming, brought to the disk and
// then renamed. Several processes may share it.
#pragma once

#include <filesystem>

#include "plugins/media/store/store.hpp"

namespace media {

class LocalStore final : public Store {
public:
    explicit LocalStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // Also removes what processes that were killed have left half written.
    void open() override;
    void put(const std::string& key, std::string_view bytes, std::string_view content_type) override;
    [[nodiscard]] std::optional<File> get(const std::string& key) override;
    void remove(const std::string& key) override;

private:
    [[nodiscard]] std::filesystem::path path_of(const std::string& key) const;
    [[nodiscard]] std::filesystem::path incoming() const { return directory_ / "incoming"; }

    const std::filesystem::path directory_;
};

}  // namespace media
