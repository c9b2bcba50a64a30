// What operators do about decisions that are not carried out: errands.list, errands.retry, errands.give_up. [worker]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/admin/errand_runner.hpp"

namespace admin {

struct ErrandListQuery {
    int limit = 100;
};
constexpr auto describe(ErrandListQuery*) {
    return fields(field("limit", &ErrandListQuery::limit, gatehouse::optional_default, gatehouse::minimum(1),
                        gatehouse::maximum(1'000)));
}

struct ErrandSummary {
    std::int64_t id = 0;
    ErrandKind kind = ErrandKind::ban;
    std::string target, decided_by;
    std::int64_t attempts = 0, failures = 0;
    std::string last_error;
    bool stuck = false;  // has failed for about an hour
    Time created_at{}, next_at{};
};
constexpr auto describe(ErrandSummary*) {
    using S = ErrandSummary;
    return fields(field("id", &S::id), field("kind", &S::kind), field("target", &S::target),
                  field("decided_by", &S::decided_by), field("attempts", &S::attempts), field("failures", &S::failures),
                  field("last_error", &S::last_error), field("stuck", &S::stuck), field("created_at", &S::created_at),
                  field("next_at", &S::next_at));
}
struct ErrandList {
    std::vector<ErrandSummary> errands;
    std::int64_t count = 0;  // listed or not
};
constexpr auto describe(ErrandList*) {
    return fields(field("errands", &ErrandList::errands), field("count", &ErrandList::count));
}

struct ErrandRetry {
    std::optional<std::int64_t> id;
    bool all = false;
};
constexpr auto describe(ErrandRetry*) {
    return fields(field("id", &ErrandRetry::id), field("all", &ErrandRetry::all, gatehouse::optional_default));
}
struct ErrandsRetried {
    std::int64_t retried = 0;
};
constexpr auto describe(ErrandsRetried*) { return fields(field("retried", &ErrandsRetried::retried)); }

struct ErrandId {
    std::int64_t id = 0;
};
constexpr auto describe(ErrandId*) { return fields(field("id", &ErrandId::id)); }

class ErrandCommands final {
public:
    // Both outlive this, and so does the context.
    ErrandCommands(gatehouse::Context& context, gatehouse::Database& database, ErrandRunner& errands);

    // Those that wait, the oldest first.
    ErrandList list(const ErrandListQuery& query);
    // At the job's next turn. Invalid unless one is named, or all.
    ErrandsRetried retry(const ErrandRetry& what);
    // Takes the decision back. NotFound when there is none.
    void give_up(const ErrandId& what);

private:
    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    ErrandRunner& errands_;
};

}  // namespace admin
