// Made-up pictures: whose face one sees and what posts show. Pure functions of the plan, as people.hpp.
//
// What is on them repeats: there are a few motifs, however many pictures there are, so that files are few and rows
// many.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sdk/seed/posts.hpp"

namespace gatehouse::seed {

struct Picture {
    std::string id;  // UUIDv7
    std::int64_t created_at = 0;
    std::int64_t owner = 0;  // their number
    std::int64_t motif = 0;  // below Pictures::motifs()
};

// Immutable; any thread.
class Pictures final {
public:
    static constexpr std::int64_t kPortraitsMax = 32, kPhotosMax = 48, kPhotosOfPostMax = 4;

    Pictures(const People& people, const Posts& posts);

    // Portraits first, then photos. A small plan has fewer of them than a large one.
    [[nodiscard]] std::int64_t motifs() const { return portraits_ + photos_; }
    [[nodiscard]] std::int64_t portraits() const { return portraits_; }
    [[nodiscard]] bool is_portrait(std::int64_t motif) const { return motif < portraits_; }
    // How many motifs a plan has.
    [[nodiscard]] static std::int64_t motifs_of(const Plan& plan);

    // Of those who show one of themselves: put up soon after they have registered.
    [[nodiscard]] std::optional<Picture> of_person(std::int64_t number) const;
    // In the order in which the post shows them, all of its author; no share has any.
    [[nodiscard]] std::vector<Picture> of_post(std::int64_t number) const;

private:
    [[nodiscard]] Random random(Purpose purpose, std::int64_t number) const {
        return {static_cast<std::uint64_t>(people_.plan().seed), purpose, number};
    }

    const People& people_;
    const Posts& posts_;
    const std::int64_t portraits_, photos_;
};

}  // namespace gatehouse::seed
