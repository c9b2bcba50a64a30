// SQL inside Database::read() or Database::write().
#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <span>
#include <string_view>

#include "gatehouse/storage/parameter.hpp"
#include "gatehouse/storage/rows.hpp"

namespace gatehouse {

enum class Engine { sqlite, postgresql };

namespace storage {

struct Answer {
    Rows rows;
    std::int64_t affected = 0;
};

// What a Database that keeps events (Database::keep_events) needs to know.
struct EventKeeping {
    std::function<void()> committed;    // a transaction that published has been committed; cheap; any thread
    std::function<std::int64_t()> now;  // milliseconds since 1970
};

// What an engine offers to a Transaction: one statement at a time, inside whatever transaction is open.
class Session {
public:
    virtual Answer run(std::string_view sql, std::span<const Parameter> parameters) = 0;
    // May wait for the next run() or the end of the transaction, and fail there.
    virtual void run_later(std::string_view sql, std::span<const Parameter> parameters) { run(sql, parameters); }

protected:
    ~Session() = default;
};

}  // namespace storage

// Lives as long as the call of the function it was given to; used on that function's thread only.
//
// Placeholders are $1, $2 … on both engines, and `$1::type` may be written where PostgreSQL cannot guess the type
// (SQLite ignores the cast). One statement per call. After a statement has failed the transaction is over on both
// engines: later calls throw the same error again and the transaction is rolled back even if the function swallows it.
// To go on after a duplicate, write `insert … on conflict do nothing` and look at the number of rows.
class Transaction final {
public:
    // events: null = this transaction cannot publish.
    Transaction(storage::Session& session, Engine engine, const storage::EventKeeping* events = nullptr)
        : session_(session), engine_(engine), events_(events) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // The rows of a select, or of an insert, update or delete with `returning`.
    template <class... Args>
    Rows query(std::string_view sql, const Args&... args) {
        return run(sql, std::array<Parameter, sizeof...(Args)>{Parameter(args)...}).rows;
    }

    // How many rows an insert, update or delete has touched.
    template <class... Args>
    std::int64_t execute(std::string_view sql, const Args&... args) {
        return run(sql, std::array<Parameter, sizeof...(Args)>{Parameter(args)...}).affected;
    }

    // As execute(), where nobody looks at the number: on PostgreSQL it goes out with the next statement or the commit,
    // which saves the wait for its answer. An error may show there, so only outside the function if it is the last.
    template <class... Args>
    void execute_later(std::string_view sql, const Args&... args) {
        run_later(sql, std::array<Parameter, sizeof...(Args)>{Parameter(args)...});
    }

    // As query() and execute(), for a number of parameters that is known only at run time.
    storage::Answer run(std::string_view sql, std::span<const Parameter> parameters);

    // Says that something has happened, to whoever wants to know: kept in this very transaction (table gh_outbox) and
    // handed over after its commit, at least once. Events of one subject ("post/7") are delivered in the order of the
    // commits; an empty subject means no order. On PostgreSQL a transaction that has published about a subject excludes
    // others that do, from its next statement to its end. Needs <gatehouse/publish.hpp> and a Database with
    // gatehouse::Events. id: a uuid7() that the payload refers to (see seal.hpp); empty = a new one.
    template <class Payload>
    void publish(std::string_view type, const Payload& payload, std::string_view subject = {},
                 std::string_view trace_parent = {}, std::string_view id = {});

    // Likewise, with the payload as JSON text. Throws std::invalid_argument for a type that is not of lower-case words,
    // digits, '_', '-' and '.', and for what is too long: type 100 octets, subject 256, payload 256 KiB, id 64.
    void publish_json(std::string_view type, std::string_view json, std::string_view subject = {},
                      std::string_view trace_parent = {}, std::string_view id = {});
    bool has_published() const noexcept { return has_published_; }

    // For the rare statement that must differ.
    Engine engine() const noexcept { return engine_; }

    // The first error of a statement; null while all is well.
    std::exception_ptr failure() const noexcept { return failure_; }

private:
    void run_later(std::string_view sql, std::span<const Parameter> parameters);
    template <class Run>
    auto guarded(std::span<const Parameter> parameters, Run run);

    storage::Session& session_;
    Engine engine_;
    const storage::EventKeeping* events_;
    bool has_published_ = false;
    std::exception_ptr failure_;
};

}  // namespace gatehouse
