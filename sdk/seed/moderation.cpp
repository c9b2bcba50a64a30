#include "sdk/seed/moderation.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::seed {

namespace {

constexpr double kPosts = 0.01, kComments = 0.004, kRemovedPosts = 0.004, kRemovedComments = 0.002, kPersons = 0.005;
constexpr double kComplaintsTail = 1.6, kAwaited = 0.15, kPatienceTail = 0.8, kPatienceMost = 2'000;
constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute;
// Moderators have caught up with what is older: so nobody waits for more answers than a service lets them.
constexpr std::int64_t kAwaitedPostsPerPerson = 50;
// Removed comments have had a place behind those that are there.
constexpr std::int64_t kRemovedPlace = 1'000;
// So cases about persons and those about posts share no id.
constexpr std::int64_t kFirstOfPosts = 0, kFirstOfPersons = 512;

// The time as a case goes on, and ids for what happens then.
class Course final {
public:
    Course(std::int64_t number, std::int64_t first_place, std::int64_t begin)
        : number_(number), place_(first_place), time_(begin) {}

    std::int64_t after(std::int64_t pause) { return time_ = slotted_time(time_ + pause, number_); }
    std::int64_t id() { return slotted_id(time_, number_, place_++); }

private:
    const std::int64_t number_;
    std::int64_t place_, time_;
};

void complain(Case& made, Course& course, const People& people, const char* reasons, Random& numbers) {
    const auto count =
        static_cast<std::size_t>(numbers.heavy(kComplaintsTail, static_cast<double>(Moderation::kComplaintsMax)));
    while (made.complaints.size() < count) {
        const std::int64_t user = numbers.below(people.plan().users);
        const bool has_complained = std::ranges::find(made.complaints, user, &Complaint::user) != made.complaints.end();
        if (has_complained || user == made.author || people.is_moderator(user)) continue;
        Complaint& complaint = made.complaints.emplace_back();
        complaint.user = user;
        complaint.created_at = course.after(numbers.below(20 * kHour));
        complaint.id = course.id();
        complaint.reason = grammar_of(people.language(user)).say(reasons, numbers, people.gender(user));
    }
}

void decide(Case& made, Course& course, const People& people, Verdict verdict, Random& numbers) {
    const std::int64_t first = numbers.below(people.moderator_count());
    made.moderator = people.moderator(first);
    if (made.moderator == made.author) made.moderator = people.moderator((first + 1) % people.moderator_count());
    made.verdict = verdict;
    const double pause = static_cast<double>(20 * kMinute) * numbers.heavy(kPatienceTail, kPatienceMost);
    made.decided_at = course.after(static_cast<std::int64_t>(pause));
    made.record_id = course.id();
    made.removal_id = course.id();
    if (made.removal_id < made.record_id) std::swap(made.removal_id, made.record_id);
    const char* const notes = verdict == Verdict::removed ? "note_removed" : "note_dismissed";
    made.note = grammar_of(people.language(made.moderator)).say(notes, numbers, people.gender(made.moderator));
}

// An advertisement that nobody can see any more.
void make_removed(Case& made, const People& people, Random& numbers) {
    do {
        made.author = numbers.below(people.plan().users);
    } while (people.is_moderator(made.author));
    made.text = grammar_of(people.language(made.author)).say("advert", numbers, people.gender(made.author));
}

}  // namespace

std::optional<Case> Moderation::about_post(std::int64_t number) const {
    const Plan& plan = people_.plan();
    Random numbers(static_cast<std::uint64_t>(plan.seed), Purpose::post_case, number);
    const double dice = numbers.unit();
    if (dice >= kPosts + kComments + kRemovedPosts + kRemovedComments || people_.moderator_count() == 0) return {};
    const PostHead head = posts_.head(number);
    if (head.reach != Reach::everybody || head.is_plain_repost) return {};
    Case made;
    std::int64_t begin = head.created_at;
    if (dice < kPosts) {
        const PostText post = posts_.text(number, head);
        made.target_id = head.id;
        made.author = head.author;
        made.text = post.title ? *post.title + "\n" + post.text : post.text;
    } else if (dice < kPosts + kComments) {
        const auto comments = posts_.comments(number, head);
        if (comments.empty()) return {};
        const PostComment& comment = comments[static_cast<std::size_t>(numbers.below(std::ssize(comments)))];
        made.about = Case::About::comment;
        made.target_id = comment.id;
        made.author = comment.user;
        made.text = comment.text;
        begin = comment.created_at;
    } else if (dice < kPosts + kComments + kRemovedPosts) {
        make_removed(made, people_, numbers);
        made.target_id = head.id ^ 1;  // of a millisecond in which there is one post
    } else {
        make_removed(made, people_, numbers);
        made.about = Case::About::comment;
        begin = slotted_time(begin + numbers.below(2 * kHour), number);
        made.target_id = slotted_id(begin, number, kRemovedPlace);
    }
    const bool is_removed = dice >= kPosts + kComments;
    Course course(number, kFirstOfPosts, begin);
    complain(made, course, people_, is_removed ? "report_advert" : "report", numbers);
    const bool may_wait = !is_removed && number >= plan.posts - kAwaitedPostsPerPerson * plan.users;
    const bool is_awaited = numbers.chance(kAwaited);
    if (may_wait && is_awaited) return made;
    decide(made, course, people_, is_removed ? Verdict::removed : Verdict::dismissed, numbers);
    return made;
}

std::optional<Case> Moderation::about_person(std::int64_t number) const {
    Random numbers(static_cast<std::uint64_t>(people_.plan().seed), Purpose::person_case, number);
    if (!numbers.chance(kPersons) || people_.moderator_count() == 0) return {};
    Case made;
    made.about = Case::About::person;
    made.target_id = people_.id(number);
    made.author = number;
    Course course(number, kFirstOfPersons, kPostsBegin + numbers.below(kPostsEnd - kPostsBegin));
    complain(made, course, people_, "report_person", numbers);
    if (!numbers.chance(kAwaited)) decide(made, course, people_, Verdict::dismissed, numbers);
    return made;
}

}  // namespace gatehouse::seed
