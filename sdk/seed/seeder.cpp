#include "sdk/seed/seeder.hpp"

#include <algorithm>
#include <utility>

#include <gatehouse/problem.hpp>

namespace gatehouse::seed {

namespace {

std::int64_t count_of(const Part& part, const Plan& plan) {
    switch (part.of) {
        case Part::Of::people: return plan.users;
        case Part::Of::posts: return plan.posts;
        case Part::Of::motifs: return Pictures::motifs_of(plan);
        case Part::Of::once: break;
    }
    return 1;
}

}  // namespace

bool finds(Transaction& tx, std::string_view sql, std::int64_t id) { return !tx.query(sql, id).empty(); }
bool finds(Transaction& tx, std::string_view sql, std::string_view id) { return !tx.query(sql, id).empty(); }

Part statistics_of(Database& database, std::vector<std::string> tables) {
    const auto write = [&database, tables = std::move(tables)](const World&, const Range&, const std::string&) {
        if (database.engine() == Engine::sqlite) return;
        for (const std::string& table : tables) {
            database.write([&](Transaction& tx) { tx.execute("analyze " + table); });
        }
    };
    return {"statistics", Part::Of::once, 1, write};
}

Seeder::Seeder(Context& context, Database& database, IsEmpty is_empty, std::vector<Part> parts,
               KeepPassword keep_password)
    : database_(database),
      is_empty_(std::move(is_empty)),
      parts_(std::move(parts)),
      keep_password_(std::move(keep_password)) {
    context.admin_command("seed.plan", "What this service would write of so many made-up people and posts", *this,
                          &Seeder::plan);
    context.admin_command("seed.write", "Writes some made-up people or posts", *this, &Seeder::write);
}

PlanAnswer Seeder::plan(const PlanQuestion& question) {
    if (!question.append && !database_.read([this](Transaction& tx) { return is_empty_(tx); })) {
        throw Conflict(
            "The database is in use. --append adds to it, and continues an interrupted run of the same plan.");
    }
    PlanAnswer answer;
    for (const Part& part : parts_) answer.parts.push_back({part.name, count_of(part, question), part.batch});
    if (!keep_password_) return answer;
    answer.wants_password = !question.password;
    if (question.password) {
        answer.keep = keep_password_(*question.password);
        const People people(question);
        answer.hint = "log in as " + people.username(0);
        if (people.moderator_count() > 0) *answer.hint += "; a moderator: " + people.username(people.moderator(0));
    }
    return answer;
}

void Seeder::write(const WriteQuestion& question) {
    const auto part = std::ranges::find(parts_, question.part, &Part::name);
    if (part == parts_.end()) throw Invalid("/part", "is none of this service");
    const Range range{question.first, std::min(question.first + question.count, count_of(*part, question))};
    if (range.first >= range.last) throw Invalid("/first", "is beyond the end");
    part->write(World(question), range, question.keep);
}

}  // namespace gatehouse::seed
