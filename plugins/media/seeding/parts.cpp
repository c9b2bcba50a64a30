#include "plugins/media/seeding/parts.hpp"

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include <gatehouse/problem.hpp>

#include "plugins/media/media_repository.hpp"
#include "plugins/media/seeding/motifs.hpp"
#include "sdk/seed/rows.hpp"

namespace media::seeding {

namespace {

using gatehouse::Database;
using gatehouse::Transaction;
using gatehouse::seed::Part;
using gatehouse::seed::Picture;
using gatehouse::seed::Range;
using gatehouse::seed::Rows;
using gatehouse::seed::World;

// How long files wait for the first row that refers to them, before the collector takes them for forgotten.
constexpr std::chrono::hours kReserved{24};

std::string reservation_of(const Motif& motif) { return "seed/" + motif.object_name; }

[[noreturn]] void refuse_absent_files() {
    throw gatehouse::Conflict("Files of made-up images have left the store. --append puts them there again.");
}

void write_files(const gatehouse::Context& context, Database& database, Store& store, const World& world,
                 const Range& range, Motifs& motifs) {
    for (std::int64_t number = range.first; number < range.last; ++number) {
        const auto [motif, bytes] = motifs.make(world, number);
        const auto until = context.wall_time() + kReserved;
        const bool is_reserved = database.write([&, &motif = motif](Transaction& tx) {
            return repository::reserve(tx, motif.object_name, reservation_of(motif), until);
        });
        if (!is_reserved) refuse_absent_files();
        store.put(motif.object_name, bytes, motif.content_type);
    }
}

struct Seeded {
    Picture picture;
    Motif motif;
};

void write_rows(Database& database, const World& world, const std::vector<Seeded>& seeded) {
    if (seeded.empty()) return;
    std::set<std::string> names;
    for (const Seeded& each : seeded) names.insert(each.motif.object_name);
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from media where id = $1", seeded.front().picture.id)) return;
        if (!repository::hold_all(tx, {names.begin(), names.end()})) refuse_absent_files();
        Rows rows(tx, "media (id, owner_id, object_name, content_type, width, height, bytes, created_at)", 8);
        for (const auto& [picture, motif] : seeded) {
            rows.add(picture.id, world.people.id(picture.owner), motif.object_name, motif.content_type, motif.width,
                     motif.height, motif.bytes, picture.created_at);
        }
        rows.flush();
    });
}

void write_portraits(Database& database, const World& world, const Range& range, Motifs& motifs) {
    std::vector<Seeded> seeded;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        auto picture = world.pictures.of_person(number);
        if (!picture) continue;
        Motif motif = motifs.of(world, picture->motif);
        seeded.push_back({*std::move(picture), std::move(motif)});
    }
    write_rows(database, world, seeded);
}

void write_photos(Database& database, const World& world, const Range& range, Motifs& motifs) {
    std::vector<Seeded> seeded;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        for (Picture& picture : world.pictures.of_post(number)) {
            Motif motif = motifs.of(world, picture.motif);
            seeded.push_back({std::move(picture), std::move(motif)});
        }
    }
    write_rows(database, world, seeded);
}

// From now on it is the rows that keep the files.
void end_reservations(Database& database, const World& world, Motifs& motifs) {
    std::vector<std::string> reservations;
    for (std::int64_t number = 0; number < world.pictures.motifs(); ++number) {
        reservations.push_back(reservation_of(motifs.of(world, number)));
    }
    database.write([&](Transaction& tx) {
        for (const std::string& reservation : reservations) repository::give_up(tx, reservation);
    });
}

}  // namespace

bool is_empty(Transaction& tx) { return tx.query("select 1 from media limit 1").empty(); }

std::vector<Part> parts(const gatehouse::Context& context, Database& database, Store& store) {
    const auto motifs = std::make_shared<Motifs>();
    const auto files = [&context, &database, &store, motifs](const World& world, const Range& range,
                                                             const std::string&) {
        write_files(context, database, store, world, range, *motifs);
    };
    const auto portraits = [&database, motifs](const World& world, const Range& range, const std::string&) {
        write_portraits(database, world, range, *motifs);
    };
    const auto photos = [&database, motifs](const World& world, const Range& range, const std::string&) {
        write_photos(database, world, range, *motifs);
    };
    const auto end = [&database, motifs](const World& world, const Range&, const std::string&) {
        end_reservations(database, world, *motifs);
    };
    return {{"files", Part::Of::motifs, 8, files},
            {"portraits", Part::Of::people, 10'000, portraits},
            {"photos", Part::Of::posts, 20'000, photos},
            {"reservations", Part::Of::once, 1, end},
            gatehouse::seed::statistics_of(database, {"media", "objects"})};
}

}  // namespace media::seeding
