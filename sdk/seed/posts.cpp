#include "sdk/seed/posts.hpp"

#include <algorithm>
#include <numeric>

namespace gatehouse::seed {

namespace {

constexpr double kAuthorExponent = 0.6;  // the popular ones write more
constexpr double kPlainShares = 0.04, kShares = 0.06, kFollowersOnly = 0.06, kPrivate = 0.03;
constexpr int kShareTries = 4;
constexpr double kLikesTail = 1.3, kCommentsTail = 1.5;
constexpr std::int64_t kHour = 3'600'000, kMonth = 30 * 24 * kHour;

}  // namespace

Posts::Share Posts::wanted_share(std::int64_t number) const {
    const double dice = random(Purpose::share, number).unit();
    if (dice < kPlainShares) return Share::plain;
    return dice < kShares ? Share::with_words : Share::none;
}

Reach Posts::wanted_reach(std::int64_t number) const {
    const double dice = random(Purpose::post, ~number).unit();
    if (dice < kPrivate) return Reach::author;
    return dice < kPrivate + kFollowersOnly ? Reach::followers : Reach::everybody;
}

std::int64_t Posts::author(std::int64_t number) const {
    return people_.of_rank(random(Purpose::post, number).ranked(plan_.users, kAuthorExponent));
}

// 1 or more.
double Posts::popularity(std::int64_t number) const { return random(Purpose::likes, number).heavy(kLikesTail, 1e4); }

// The original of a share: the most popular one of some before it, if that is for everybody and no share itself.
std::optional<std::int64_t> Posts::shared_by(std::int64_t number) const {
    Random numbers = random(Purpose::share, ~number);
    std::optional<std::int64_t> best;
    for (int i = 0; i < kShareTries; ++i) {
        const std::int64_t other = number - 1 - numbers.below(kShareWindow);
        if (other < 0 || wanted_share(other) != Share::none || wanted_reach(other) != Reach::everybody) continue;
        if (!best || popularity(other) > popularity(*best)) best = other;
    }
    return best;
}

// Nobody shares a post twice without words.
bool Posts::is_shared_before(std::int64_t number, std::int64_t original) const {
    const std::int64_t who = author(number);
    for (std::int64_t other = original + 1; other < number; ++other) {
        if (wanted_share(other) == Share::plain && author(other) == who && shared_by(other) == original) return true;
    }
    return false;
}

PostHead Posts::head(std::int64_t number) const {
    const std::int64_t width = (kPostsEnd - kPostsBegin) / plan_.posts;
    Random numbers = random(Purpose::order, number);
    PostHead head;
    head.created_at = kPostsBegin + number * width + numbers.below(width);
    head.id = make_id(head.created_at, numbers.next());
    head.author = author(number);
    const Share share = wanted_share(number);
    if (share == Share::none) {
        head.reach = wanted_reach(number);
        return head;
    }
    const auto original = shared_by(number);
    if (!original || (share == Share::plain && is_shared_before(number, *original))) return head;
    head.repost_of = original;
    head.is_plain_repost = share == Share::plain;
    return head;
}

PostText Posts::text(std::int64_t number, const PostHead& head) const {
    PostText post;
    if (head.is_plain_repost) return post;
    const Grammar& grammar = grammar_of(people_.language(head.author));
    const Gender gender = people_.gender(head.author);
    Random numbers = random(Purpose::text, number);
    if (!head.repost_of && numbers.chance(0.35)) post.title = grammar.say("title", numbers, gender);
    post.text = grammar.say(head.repost_of ? "comment" : "post", numbers, gender);
    if (head.repost_of) return post;
    for (double chance = 0.5; numbers.chance(chance); chance *= 0.6) {
        const std::string tag = "#" + grammar.say("tag", numbers, gender);
        if (post.text.find(tag) == std::string::npos) post.text += " " + tag;
    }
    return post;
}

std::vector<PostLike> Posts::likes(std::int64_t number, const PostHead& head) const {
    if (head.reach != Reach::everybody) return {};
    const auto wanted = static_cast<std::int64_t>(1.3 * (popularity(number) - 0.8));
    const std::int64_t count = std::min({wanted, kLikesMax, plan_.users / 2});
    Random numbers = random(Purpose::likes, ~number);
    // Steps that share no factor with the count meet everybody once.
    std::int64_t user = numbers.below(plan_.users), step = 1 + numbers.below(plan_.users);
    while (std::gcd(step, plan_.users) != 1) ++step;
    std::vector<PostLike> likes;
    likes.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        likes.push_back({user, head.created_at + 1 + numbers.below(kMonth)});
        user = (user + step) % plan_.users;
    }
    return likes;
}

std::vector<PostComment> Posts::comments(std::int64_t number, const PostHead& head) const {
    if (head.reach != Reach::everybody) return {};
    Random numbers = random(Purpose::comments, number);
    const auto wanted = static_cast<std::int64_t>(numbers.heavy(kCommentsTail, 1e4) - 0.7);
    const std::int64_t count = std::min(wanted, kCommentsMax);
    const Grammar& grammar = grammar_of(people_.language(head.author));
    std::vector<PostComment> comments;
    comments.reserve(static_cast<std::size_t>(count));
    std::int64_t time = head.created_at;
    for (std::int64_t place = 0; place < count; ++place) {
        PostComment& comment = comments.emplace_back();
        comment.user = people_.of_rank(numbers.ranked(plan_.users, kAuthorExponent));
        time += numbers.below(8 * kHour);
        comment.created_at = slotted_time(time, number);
        time = comment.created_at;  // so that the next one is in a later slot
        comment.id = slotted_id(comment.created_at, number, place);
        if (place > 0 && numbers.chance(0.35)) comment.parent = numbers.below(place);
        comment.text = grammar.say("comment", numbers, people_.gender(comment.user));
    }
    return comments;
}

std::int64_t Posts::views(std::int64_t number, std::int64_t likes, std::int64_t comments) const {
    Random numbers = random(Purpose::post, number ^ std::int64_t{1} << 40);
    return likes * (3 + numbers.below(10)) + comments * 2 + numbers.below(20);
}

std::vector<std::int64_t> Posts::reposts(std::int64_t first, std::int64_t last) const {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(last - first));
    const std::int64_t end = std::min(last + kShareWindow, plan_.posts);
    for (std::int64_t number = first + 1; number < end; ++number) {
        if (wanted_share(number) == Share::none) continue;
        const auto original = head(number).repost_of;
        if (original && *original >= first && *original < last) ++counts[static_cast<std::size_t>(*original - first)];
    }
    return counts;
}

}  // namespace gatehouse::seed
