#include "sdk/storage/postgresql/link.hpp"

#include <optional>
#include <utility>

namespace gatehouse::storage::postgresql {

namespace {

Refused refusal(const PGresult* result, std::size_t command) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return {state == nullptr ? "" : state, PQresultErrorMessage(result), command};
}

}  // namespace

struct Link::Answers {
    Result last;
    std::optional<Refused> refused;  // the first one
};

Link::Link(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    if (!is_open()) throw lost();
    PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);
    PQsetNoticeReceiver(
        connection_.get(), [](void*, const PGresult*) {}, nullptr);
    PQenterPipelineMode(connection_.get());
}

void Link::prepare(const std::string& name, const std::string& sql) {
    if (PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr) == 0) throw lost();
}

void Link::execute(const std::string& name, const Values& values) {
    if (PQsendQueryPrepared(connection_.get(), name.c_str(), values.size(), values.pointers(), nullptr, nullptr, 0) ==
        0) {
        throw lost();
    }
}

void Link::run(const std::string& sql) {
    if (PQsendQueryParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) == 0) throw lost();
}

Result Link::flush() {
    sync();
    read_unheard();
    Answers answers = read();
    if (answers.refused) throw *std::move(answers.refused);
    return std::move(answers.last);
}

void Link::flush_unheard() {
    sync();
    ++unheard_;
}

void Link::script(const std::string& sql) {
    read_unheard();
    if (PQexitPipelineMode(connection_.get()) == 0) throw lost();
    const Result result(PQexec(connection_.get(), sql.c_str()));
    const ExecStatusType status = PQresultStatus(result.get());
    if (is_open()) PQenterPipelineMode(connection_.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
        throw refusal(result.get(), Refused::kNoCommand);
    }
}

void Link::sync() {
    if (PQpipelineSync(connection_.get()) == 0) throw lost();
}

// Of one flush. Every command has one result and a null pointer after it, the sync a result alone.
Link::Answers Link::read() {
    Answers answers;
    std::size_t command = 0;
    for (bool is_between = false;;) {
        Result result(PQgetResult(connection_.get()));
        if (!result) {
            if (is_open() && !is_between) {
                is_between = true;
                continue;
            }
            if (!answers.refused) answers.refused = lost();
            return answers;
        }
        is_between = false;
        switch (PQresultStatus(result.get())) {
            case PGRES_PIPELINE_SYNC: return answers;
            case PGRES_COMMAND_OK:
            case PGRES_TUPLES_OK:
            case PGRES_EMPTY_QUERY: answers.last = std::move(result); break;
            case PGRES_PIPELINE_ABORTED: break;
            default:
                if (!answers.refused) answers.refused = refusal(result.get(), command);
        }
        ++command;
    }
}

void Link::read_unheard() {
    for (; unheard_ > 0; --unheard_) {
        Answers answers = read();
        if (!answers.refused) continue;
        answers.refused->command = Refused::kNoCommand;
        throw *std::move(answers.refused);
    }
}

Refused Link::lost() const { return {"08006", PQerrorMessage(connection_.get()), Refused::kNoCommand}; }

}  // namespace gatehouse::storage::postgresql
