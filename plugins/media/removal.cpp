#include "plugins/media/removal.hpp"

#include <cstdint>
#include <set>
#include <utility>

#include "plugins/media/form.hpp"
#include "plugins/media/media_events.hpp"
#include "plugins/media/media_repository.hpp"

namespace media {

using gatehouse::Transaction;

namespace {

constexpr int kCollectedAtOnce = 500;

}  // namespace

Removal::Removal(const gatehouse::Context& context, gatehouse::Database& database, Store& store,
                 std::vector<int> widths)
    : context_(context), database_(database), store_(store), widths_(std::move(widths)) {}

std::vector<std::string> Removal::remove(Transaction& tx, const std::vector<Media>& images) const {
    std::set<std::string> names;  // sorted: the same order of locks everywhere
    for (const Media& media : images) {
        repository::remove(tx, media.id);
        events::deleted(tx, media);
        names.insert(media.object_name);
    }
    std::vector<std::string> unused;
    for (const std::string& name : names) {
        if (repository::let_go(tx, name, context_.wall_time())) unused.push_back(name);
    }
    return unused;
}

void Removal::take_out(const std::vector<std::string>& object_names) {
    for (const std::string& name : object_names) take_out(name);
}

void Removal::take_out(const std::string& object_name) {
    for (const int width : widths_) {
        for (const auto shape : {image::Shape::whole, image::Shape::square}) {
            store_.remove(thumbnail_of(object_name, static_cast<std::uint32_t>(width), shape).key);
        }
    }
    store_.remove(object_name);
    database_.write([&](Transaction& tx) { repository::forget(tx, object_name); });
}

void Removal::collect(const gatehouse::JobRun& run) {
    const auto now = context_.wall_time();
    const auto idle =
        database_.read([&](Transaction& tx) { return repository::idle_objects(tx, now, kCollectedAtOnce); });
    for (const std::string& name : idle) {
        if (run.should_stop()) return;
        const bool is_leaving = database_.write([&](Transaction& tx) { return repository::let_go(tx, name, now); });
        if (is_leaving) take_out(name);
    }
}

}  // namespace media
