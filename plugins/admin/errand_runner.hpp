// Does errands: at once, and again for as long as nobody answers. See errand.hpp. [worker]
#pragma once

#include <chrono>
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/admin/accounts.hpp"
#include "plugins/admin/audit.hpp"
#include "plugins/admin/errand.hpp"

namespace admin {

struct Outcome {
    // refused: it was taken back. unknown: nobody answered. failed: the answer was that it failed; both will be tried
    // again.
    enum class Kind { done, refused, unknown, failed } kind = Kind::unknown;
    int status = 0;      // of the refusal
    std::string detail;  // of all but done

    [[nodiscard]] bool is_done() const { return kind == Kind::done; }
    [[nodiscard]] bool is_for_later() const { return kind == Kind::unknown || kind == Kind::failed; }
    // Throws what was refused: NotFound or Conflict.
    void require_accepted() const;
};

class ErrandRunner final {
public:
    ErrandRunner(gatehouse::Context& context, gatehouse::Database& database, gatehouse::IdSource& ids,
                 const Accounts& accounts, const AuditLog& audit);

    // For whoever decides: to be inserted in the transaction of the decision, and given to carry_out() after it.
    [[nodiscard]] Errand make(ErrandKind kind, std::string target, std::string arguments, const Actor& actor);
    // Likewise, for carry_out_due().
    [[nodiscard]] Errand make_due(ErrandKind kind, std::string target, std::string arguments, const Actor& actor);

    Outcome carry_out(const Errand& errand);
    // Those that were left, because nobody answered, or because this process was killed.
    void carry_out_due(const gatehouse::JobRun& run);
    // Takes the decision back, as if it had been refused. False when there is no such errand.
    bool give_up(std::int64_t id);

private:
    [[nodiscard]] Outcome attempt(const Errand& errand) const;
    [[nodiscard]] Outcome change_account(const Errand& errand, const gatehouse::CallResponse& answer) const;
    void put_off(Errand errand, const Outcome& outcome);
    // False when somebody else has.
    [[nodiscard]] bool finish(const Errand& errand, const Outcome& outcome);

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    gatehouse::IdSource& ids_;
    const Accounts& accounts_;
    const AuditLog& audit_;
    const gatehouse::Metric count_, stuck_;
};

// Of the audit log: "user.ban".
[[nodiscard]] std::string_view action_of(ErrandKind kind);

}  // namespace admin
