// libpq, several commands at a time: what is queued goes out together and costs one wait.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>

#include "sdk/storage/postgresql/values.hpp"

namespace gatehouse::storage::postgresql {

struct ClearResult {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

// The server has refused a command, or is not there any more.
struct Refused final : std::runtime_error {
    static constexpr std::size_t kNoCommand = static_cast<std::size_t>(-1);

    Refused(std::string state, const std::string& message, std::size_t number)
        : std::runtime_error(message), sqlstate(std::move(state)), command(number) {}

    std::string sqlstate;  // empty: libpq's own
    std::size_t command;   // which of those that were queued since the flush before
};

// A connection in libpq's pipeline mode. Used by one thread at a time; throws Refused.
//
//     queue      execute "begin"   execute "g1"                        execute "commit"
//     flush             \__________________\______ sync ->                    \______ sync ->
//     answers                                    <- begin, g1                        (read with the next flush)
//
// After a command that fails the server skips the rest of what was flushed with it. No answer but the last one of a
// flush is kept.
class Link final {
public:
    explicit Link(const std::string& url);

    void prepare(const std::string& name, const std::string& sql);
    void execute(const std::string& name, const Values& values);  // takes a copy of the values
    void run(const std::string& sql);                             // one statement, unprepared
    // Sends what is queued and waits for its answers. REQUIRES: something is queued.
    Result flush();
    // Sends what is queued and leaves the answers for the next flush, which fails if one of them was an error.
    void flush_unheard();

    // Any number of statements, without parameters, at once. REQUIRES: nothing is queued.
    void script(const std::string& sql);

    [[nodiscard]] bool is_open() const noexcept { return PQstatus(connection_.get()) == CONNECTION_OK; }

private:
    struct Finish {
        void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
    };
    struct Answers;

    void sync();
    Answers read();
    void read_unheard();
    [[nodiscard]] Refused lost() const;

    std::unique_ptr<PGconn, Finish> connection_;
    int unheard_ = 0;  // flushes whose answers are still to be read
};

}  // namespace gatehouse::storage::postgresql
