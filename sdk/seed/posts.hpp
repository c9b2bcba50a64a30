// Made-up posts with what hangs on them. Pure functions of the plan, as people.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/seed/people.hpp"

namespace gatehouse::seed {

enum class Reach : std::uint8_t { everybody, followers, author };

// What can be said about a post without writing it.
struct PostHead {
    std::int64_t id = 0, created_at = 0;
    std::int64_t author = 0;  // their number
    Reach reach = Reach::everybody;
    std::optional<std::int64_t> repost_of;  // the number of an earlier one
    bool is_plain_repost = false;           // without words
};

struct PostText {
    std::optional<std::string> title;
    std::string text;
};

struct PostLike {
    std::int64_t user = 0, created_at = 0;
};
struct PostComment {
    std::int64_t id = 0, user = 0, created_at = 0;
    std::optional<std::int64_t> parent;  // its place among the comments on the post
    std::string text;
};

// Posts have numbers from 0 up to plan.posts, in the order of their times and ids.  Immutable; any thread.
class Posts final {
public:
    static constexpr std::int64_t kShareWindow = 2'000;  // who shares, shares one of that many before
    static constexpr std::int64_t kLikesMax = 2'000, kCommentsMax = 200;

    explicit Posts(const People& people) : people_(people), plan_(people.plan()) {}

    [[nodiscard]] PostHead head(std::int64_t number) const;
    [[nodiscard]] PostText text(std::int64_t number, const PostHead& head) const;
    // Only what everybody sees is liked and answered: nobody likes what is hidden from them.
    [[nodiscard]] std::vector<PostLike> likes(std::int64_t number, const PostHead& head) const;
    // Oldest first.
    [[nodiscard]] std::vector<PostComment> comments(std::int64_t number, const PostHead& head) const;
    [[nodiscard]] std::int64_t views(std::int64_t number, std::int64_t likes, std::int64_t comments) const;
    // How often each of those from `first` up to `last` is shared.
    [[nodiscard]] std::vector<std::int64_t> reposts(std::int64_t first, std::int64_t last) const;

private:
    enum class Share : std::uint8_t { none, plain, with_words };
    [[nodiscard]] Random random(Purpose purpose, std::int64_t number) const {
        return {static_cast<std::uint64_t>(plan_.seed), purpose, number};
    }
    [[nodiscard]] Share wanted_share(std::int64_t number) const;
    [[nodiscard]] Reach wanted_reach(std::int64_t number) const;
    [[nodiscard]] std::int64_t author(std::int64_t number) const;
    [[nodiscard]] double popularity(std::int64_t number) const;
    [[nodiscard]] std::optional<std::int64_t> shared_by(std::int64_t number) const;
    [[nodiscard]] bool is_shared_before(std::int64_t number, std::int64_t original) const;

    const People& people_;
    const Plan plan_;
};

}  // namespace gatehouse::seed
