// What people complain about, and what moderators make of it. Pure functions of the plan, as people.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sdk/seed/posts.hpp"

namespace gatehouse::seed {

struct Complaint {
    std::int64_t id = 0, user = 0, created_at = 0;
    std::string reason;
};

enum class Verdict : std::uint8_t { none, dismissed, removed };

// All complaints about one post, comment or person. What was removed is in no other service: nobody else makes it up.
struct Case {
    enum class About : std::uint8_t { post, comment, person } about = About::post;
    std::int64_t target_id = 0;
    std::int64_t author = 0;            // the number of who wrote it; of a person, their own
    std::string text;                   // what it says, below its title; empty for a person
    std::vector<Complaint> complaints;  // oldest first, each by somebody else and none by a moderator or the author
    Verdict verdict = Verdict::none;
    std::int64_t moderator = 0, decided_at = 0;  // unless there is no verdict yet; the number of somebody else
    std::string note;                            // likewise; for other moderators
    std::int64_t record_id = 0, removal_id = 0;  // likewise; for what is written down about both, in that order
};

// About one post in fifty there is a case, and about one person in two hundred.  Immutable; any thread.
class Moderation final {
public:
    static constexpr std::int64_t kComplaintsMax = 6;

    // Both outlive this.
    Moderation(const People& people, const Posts& posts) : people_(people), posts_(posts) {}

    // The post of that number, a comment on it, or what was removed beside it.
    [[nodiscard]] std::optional<Case> about_post(std::int64_t number) const;
    [[nodiscard]] std::optional<Case> about_person(std::int64_t number) const;

private:
    const People& people_;
    const Posts& posts_;
};

}  // namespace gatehouse::seed
