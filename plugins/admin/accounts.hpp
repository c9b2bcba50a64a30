// Accounts, as the service `auth` tells them. [worker]
#pragma once

#include <cstdint>
#include <optional>

#include <gatehouse/context.hpp>
#include <gatehouse/page.hpp>

#include "plugins/admin/account.hpp"

namespace admin {

// Throws CallFailed when auth cannot be asked. `ban` is left empty.
class Accounts final {
public:
    explicit Accounts(const gatehouse::Context& context) : context_(context) {}

    // Newest first; the cursors are those of auth. Invalid when the cursor is none of them.
    [[nodiscard]] gatehouse::Page<Account> list(const UserQuery& query, const gatehouse::Request& request) const;
    [[nodiscard]] std::optional<Account> find(std::int64_t id, const gatehouse::Request& request) const;
    // Outside of a request.
    [[nodiscard]] std::optional<Account> find(std::int64_t id) const;

private:
    [[nodiscard]] std::optional<Account> ask(const gatehouse::CallRequest& question) const;

    const gatehouse::Context& context_;
};

}  // namespace admin
