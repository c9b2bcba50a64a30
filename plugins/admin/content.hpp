// What is reported, as the services that have it show it to who reports. [worker]
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <gatehouse/context.hpp>

#include "plugins/admin/accounts.hpp"
#include "plugins/admin/report.hpp"

namespace admin {

struct Content {
    std::string target;
    std::int64_t author_id = 0;
    std::string author_name, excerpt;
};

class Contents final {
public:
    Contents(const gatehouse::Context& context, const Accounts& accounts) : context_(context), accounts_(accounts) {}

    // Empty when there is none, or none that who asks may see. Throws CallFailed when nobody can be asked.
    [[nodiscard]] std::optional<Content> find(const ReportDraft& draft, const gatehouse::Request& request) const;

private:
    [[nodiscard]] std::optional<Content> post(std::int64_t id, const gatehouse::Request& request) const;
    [[nodiscard]] std::optional<Content> comment(std::int64_t id, const gatehouse::Request& request) const;
    // Asked of auth, which knows an account at once and until it is deleted; users may hear of it a moment later.
    [[nodiscard]] std::optional<Content> user(std::int64_t id, const gatehouse::Request& request) const;

    const gatehouse::Context& context_;
    const Accounts& accounts_;
};

// The first 500 code points. REQUIRES: UTF-8.
[[nodiscard]] std::string excerpt_of(std::string text);

}  // namespace admin
