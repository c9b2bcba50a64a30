// Takes images away: their rows first, and then out of the store what nothing refers to any more.
#pragma once

#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/media/media.hpp"
#include "plugins/media/store/store.hpp"

namespace media {

class Removal final {
public:
    // widths: of the thumbnails that there may be
    Removal(const gatehouse::Context& context, gatehouse::Database& database, Store& store, std::vector<int> widths);

    // Removes their rows and tells so. What nothing refers to now is marked as leaving: hand it to take_out() when the
    // transaction has ended. REQUIRES: they are locked, and tx locks no image after them: images come before objects
    [[nodiscard]] std::vector<std::string> remove(gatehouse::Transaction& tx, const std::vector<Media>& images) const;
    // With their thumbnails. Blocks; throws as the store does: the collector ends it then. REQUIRES: they are leaving
    void take_out(const std::vector<std::string>& object_names);

    // A job: what a process has left that died between two steps, or that the store did not take.
    void collect(const gatehouse::JobRun& run);

private:
    void take_out(const std::string& object_name);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    Store& store_;
    const std::vector<int> widths_;
};

}  // namespace media
