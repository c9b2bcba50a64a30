// What users complain about, and the shapes in which that goes in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <gatehouse/describe.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/time.hpp>

#include "plugins/admin/account.hpp"

namespace admin {

enum class ReportState { open, resolving, resolved };
constexpr auto describe(ReportState*) {
    return gatehouse::names<ReportState>(
        {{"open", ReportState::open}, {"resolving", ReportState::resolving}, {"resolved", ReportState::resolved}});
}

enum class ReportAction { dismiss, remove, ban };
constexpr auto describe(ReportAction*) {
    return gatehouse::names<ReportAction>(
        {{"dismiss", ReportAction::dismiss}, {"remove", ReportAction::remove}, {"ban", ReportAction::ban}});
}

struct Report {
    std::int64_t id = 0;
    std::string target;          // "post/7", "comment/7", "user/7"
    std::int64_t author_id = 0;  // of the target; of a user, himself
    std::string author_name;
    std::string excerpt;  // what it said when it was reported
    std::int64_t reporter_id = 0;
    std::string reporter_name, reason;
    ReportState state = ReportState::open;
    std::optional<ReportAction> action;
    std::string note;
    std::optional<std::int64_t> resolved_by;
    std::optional<std::string> resolved_by_name;
    std::optional<Time> resolved_at;
    Time created_at{};

    [[nodiscard]] bool is_about_user() const { return target.starts_with("user/"); }
};
constexpr auto describe(Report*) {
    using gatehouse::description;
    return fields(field("id", &Report::id),
                  field("target", &Report::target, description("post/7, comment/7 or user/7")),
                  field("author_id", &Report::author_id), field("author_name", &Report::author_name),
                  field("excerpt", &Report::excerpt, description("what it said when it was reported")),
                  field("reporter_id", &Report::reporter_id), field("reporter_name", &Report::reporter_name),
                  field("reason", &Report::reason),
                  field("state", &Report::state, description("resolving: decided, and being carried out")),
                  field("action", &Report::action), field("note", &Report::note),
                  field("resolved_by", &Report::resolved_by), field("resolved_by_name", &Report::resolved_by_name),
                  field("resolved_at", &Report::resolved_at), field("created_at", &Report::created_at));
}

struct ReportDraft {
    std::optional<std::int64_t> post_id, comment_id, user_id;
    std::string reason;
};
constexpr auto describe(ReportDraft*) {
    return fields(field("post_id", &ReportDraft::post_id), field("comment_id", &ReportDraft::comment_id),
                  field("user_id", &ReportDraft::user_id),
                  field("reason", &ReportDraft::reason, gatehouse::max_length(kReasonLengthMax),
                        gatehouse::satisfies(&is_not_blank, "must not be blank")))
        .check(+[](const ReportDraft& draft, gatehouse::FieldErrors& errors) {
            const int targets = draft.post_id.has_value() + draft.comment_id.has_value() + draft.user_id.has_value();
            if (targets != 1) errors.add("", "exactly one of post_id, comment_id and user_id is needed");
        });
}

// What who reported gets to see: not what became of it, nor who dealt with it.
struct Receipt {
    std::int64_t id = 0;
    std::string target, reason;
    Time created_at{};
};
constexpr auto describe(Receipt*) {
    return fields(field("id", &Receipt::id), field("target", &Receipt::target), field("reason", &Receipt::reason),
                  field("created_at", &Receipt::created_at));
}

struct ReportQuery : gatehouse::PageQuery {
    std::optional<ReportState> state;
    std::optional<std::string> target;
    std::optional<std::int64_t> author;
};
constexpr auto describe(ReportQuery*) {
    using gatehouse::description;
    return fields(
        gatehouse::limit_field(), gatehouse::cursor_field(), field("state", &ReportQuery::state),
        field("target", &ReportQuery::target, gatehouse::max_length(64), description("post/7, comment/7 or user/7")),
        field("author", &ReportQuery::author, description("id of who wrote what was reported")));
}

struct Decision {
    ReportAction action = ReportAction::dismiss;
    std::optional<std::string> note;
    std::optional<Time> until;
};
constexpr auto describe(Decision*) {
    using gatehouse::description;
    return fields(field("action", &Decision::action,
                        description(
                            "remove: the post or the comment; ban: its author, or the user. All open reports of the "
                            "same target are resolved alike")),
                  field("note", &Decision::note, gatehouse::max_length(kReasonLengthMax),
                        description("for other moderators; the reason of a ban")),
                  field("until", &Decision::until, description("of a ban; in the future; absent: for ever")))
        .check(+[](const Decision& decision, gatehouse::FieldErrors& errors) {
            if (decision.until && decision.action != ReportAction::ban) errors.add("until", "is for bans only");
        });
}

}  // namespace admin
