#include "sdk/seed/pictures.hpp"

#include <algorithm>

namespace gatehouse::seed {

namespace {

constexpr double kShowThemselves = 0.6, kShowPhotos = 0.2, kOneMore = 0.35;
constexpr std::int64_t kMinute = 60'000;

std::int64_t portraits_of(const Plan& plan) { return std::min(Pictures::kPortraitsMax, 6 + plan.users / 250); }
std::int64_t photos_of(const Plan& plan) { return std::min(Pictures::kPhotosMax, 4 + plan.posts / 1'000); }

// RFC 9562, 5.7.
std::string make_uuid(std::int64_t milliseconds, Random& random) {
    constexpr std::uint64_t kVersion = 7ULL << 12U, kVariant = 2ULL << 62U;
    const std::uint64_t high =
        static_cast<std::uint64_t>(milliseconds) << 16U | kVersion | (random.next() & ((1ULL << 12U) - 1));
    const std::uint64_t low = kVariant | (random.next() & ((1ULL << 62U) - 1));
    std::string text;
    text.reserve(36);
    for (int digit = 0; digit < 32; ++digit) {
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
        const std::uint64_t half = digit < 16 ? high : low;
        text += "0123456789abcdef"[half >> (60 - 4 * (digit % 16)) & 15U];
    }
    return text;
}

}  // namespace

Pictures::Pictures(const People& people, const Posts& posts)
    : people_(people), posts_(posts), portraits_(portraits_of(people.plan())), photos_(photos_of(people.plan())) {}

std::int64_t Pictures::motifs_of(const Plan& plan) { return portraits_of(plan) + photos_of(plan); }

std::optional<Picture> Pictures::of_person(std::int64_t number) const {
    Random numbers = random(Purpose::portrait, number);
    if (!numbers.chance(kShowThemselves)) return std::nullopt;
    Picture picture;
    picture.created_at = people_.created_at(number) + kMinute + numbers.below(3 * kMinute);
    picture.id = make_uuid(picture.created_at, numbers);
    picture.owner = number;
    picture.motif = numbers.below(portraits_);
    return picture;
}

std::vector<Picture> Pictures::of_post(std::int64_t number) const {
    Random numbers = random(Purpose::photos, number);
    if (!numbers.chance(kShowPhotos)) return {};
    const PostHead head = posts_.head(number);
    if (head.repost_of) return {};
    std::int64_t count = 1;
    while (count < kPhotosOfPostMax && numbers.chance(kOneMore)) ++count;
    const std::int64_t first = numbers.below(photos_);
    std::vector<Picture> pictures;
    for (std::int64_t place = 0; place < count; ++place) {
        Picture& picture = pictures.emplace_back();
        picture.created_at = head.created_at - kMinute + place * 1'000 + numbers.below(1'000);
        picture.id = make_uuid(picture.created_at, numbers);
        picture.owner = head.author;
        picture.motif = portraits_ + (first + place) % photos_;
    }
    return pictures;
}

}  // namespace gatehouse::seed
