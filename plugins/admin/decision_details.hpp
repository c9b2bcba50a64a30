// What the audit log keeps of a moderator's decision.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugins/admin/report.hpp"

namespace admin {

// Of report.resolve.
struct ResolveDetails {
    ReportAction action = ReportAction::dismiss;
    std::string target, note;
    std::vector<std::int64_t> reports;  // all that were resolved
};
constexpr auto describe(ResolveDetails*) {
    return fields(field("action", &ResolveDetails::action), field("target", &ResolveDetails::target),
                  field("note", &ResolveDetails::note), field("reports", &ResolveDetails::reports));
}

// Of post.remove and comment.remove.
struct RemovalDetails {
    std::int64_t report = 0, author_id = 0;
    std::string excerpt;
};
constexpr auto describe(RemovalDetails*) {
    return fields(field("report", &RemovalDetails::report), field("author_id", &RemovalDetails::author_id),
                  field("excerpt", &RemovalDetails::excerpt));
}

}  // namespace admin
