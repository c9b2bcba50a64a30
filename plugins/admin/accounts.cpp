#include "plugins/admin/accounts.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <gatehouse/form.hpp>

namespace admin {

namespace {

constexpr std::chrono::seconds kPatience{5};

gatehouse::CallRequest question_about(std::int64_t id) {
    return gatehouse::CallRequest::get("/api/auth/users?ids=" + std::to_string(id));
}

}  // namespace

gatehouse::Page<Account> Accounts::list(const UserQuery& query, const gatehouse::Request& request) const {
    std::string target = "/api/auth/users?limit=" + std::to_string(query.limit);
    if (query.status) target.append("&status=").append(gatehouse::name_of(*query.status));
    if (query.email_verified) target += *query.email_verified ? "&email_verified=true" : "&email_verified=false";
    if (query.q) target += "&q=" + gatehouse::percent_encode(*query.q);
    if (query.cursor) target += "&cursor=" + gatehouse::percent_encode(*query.cursor);
    const auto answer = context_.call("auth", gatehouse::CallRequest::get(std::move(target)).within(request));
    if (answer.status == 422) throw gatehouse::Invalid::parameter("cursor", "is not one of this list");
    return answer.json<gatehouse::Page<Account>>();
}

std::optional<Account> Accounts::find(std::int64_t id, const gatehouse::Request& request) const {
    return ask(question_about(id).within(request));
}

std::optional<Account> Accounts::find(std::int64_t id) const {
    auto question = question_about(id);
    question.deadline = context_.now() + kPatience;
    return ask(question);
}

std::optional<Account> Accounts::ask(const gatehouse::CallRequest& question) const {
    auto page = context_.call("auth", question).json<gatehouse::Page<Account>>();
    if (page.items.empty()) return std::nullopt;
    return std::move(page.items.front());
}

}  // namespace admin
