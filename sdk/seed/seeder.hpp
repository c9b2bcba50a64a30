// A service's side of `gatehouse seed`: what it has to write, and the operator's commands with which it is asked to.
//
//   seed.plan   {users, posts, seed, append?, password?} -> {parts: [{name, count, batch}], wants_password, keep}
//   seed.write  {users, posts, seed, part, first, count, keep?} -> {}
//
// A service makes up its own tables from the plan alone and tells nobody: as all services use the same pure functions,
// what they write fits together as if events had brought it about.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/storage/database.hpp>

#include "sdk/seed/people.hpp"
#include "sdk/seed/pictures.hpp"
#include "sdk/seed/posts.hpp"

namespace gatehouse::seed {

// The people, posts and pictures of a plan.
struct World {
    explicit World(const Plan& plan) : people(plan), posts(people), pictures(people, posts) {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    const People people;
    const Posts posts;
    const Pictures pictures;
};

// Numbers from `first` up to, not including, `last`.
struct Range {
    std::int64_t first = 0, last = 0;
};

// What a service writes of some people, posts or motifs of pictures, with one command.
struct Part {
    enum class Of : std::uint8_t { people, posts, motifs, once };
    std::string name;  // for the operator: "posts"
    Of of = Of::people;
    std::int64_t batch = 1'000;  // takes a second or less: a statement has five, a command thirty
    // Writes them in one transaction, and nothing if it finds them there: so an interrupted run can be continued.
    std::function<void(const World& world, const Range& range, const std::string& keep)> write;
};

// The last part: lets PostgreSQL look at what these tables hold now, for its plans. Nothing on SQLite, whose plans do
// not depend on that here.
[[nodiscard]] Part statistics_of(Database& database, std::vector<std::string> tables);

// Whether a statement finds a row; for is_empty and for parts that look whether they have been written.
[[nodiscard]] bool finds(Transaction& tx, std::string_view sql, std::int64_t id);
[[nodiscard]] bool finds(Transaction& tx, std::string_view sql, std::string_view id);

struct PlanQuestion : Plan {
    bool append = false;  // also into a database that is in use
    std::optional<std::string> password;
};
constexpr auto describe(PlanQuestion*) {
    return fields(field("users", &PlanQuestion::users, minimum(1), maximum(kUsersMax)),
                  field("posts", &PlanQuestion::posts, minimum(1), maximum(kPostsMax)),
                  field("seed", &PlanQuestion::seed, minimum(0)),
                  field("append", &PlanQuestion::append, optional_default),
                  field("password", &PlanQuestion::password, write_only));
}

struct PlannedPart {
    std::string name;
    std::int64_t count = 0, batch = 0;
};
constexpr auto describe(PlannedPart*) {
    return fields(field("name", &PlannedPart::name), field("count", &PlannedPart::count),
                  field("batch", &PlannedPart::batch));
}

struct PlanAnswer {
    std::vector<PlannedPart> parts;
    bool wants_password = false;      // and has been given none
    std::string keep;                 // to be handed to each seed.write
    std::optional<std::string> hint;  // for the operator
};
constexpr auto describe(PlanAnswer*) {
    return fields(field("parts", &PlanAnswer::parts), field("wants_password", &PlanAnswer::wants_password),
                  field("keep", &PlanAnswer::keep), field("hint", &PlanAnswer::hint));
}

struct WriteQuestion : Plan {
    std::string part, keep;
    std::int64_t first = 0, count = 0;
};
constexpr auto describe(WriteQuestion*) {
    return fields(field("users", &WriteQuestion::users, minimum(1), maximum(kUsersMax)),
                  field("posts", &WriteQuestion::posts, minimum(1), maximum(kPostsMax)),
                  field("seed", &WriteQuestion::seed, minimum(0)), field("part", &WriteQuestion::part),
                  field("keep", &WriteQuestion::keep, optional_default),
                  field("first", &WriteQuestion::first, minimum(0)),
                  field("count", &WriteQuestion::count, minimum(1), maximum(100'000)));
}

// The commands.  REQUIRES: declared behind the database in the service
class Seeder final {
public:
    // Whether nobody has used this database yet.
    using IsEmpty = std::function<bool(Transaction&)>;
    // For a service that needs the password of all: what is to be kept of it.
    using KeepPassword = std::function<std::string(const std::string& password)>;

    Seeder(Context& context, Database& database, IsEmpty is_empty, std::vector<Part> parts,
           KeepPassword keep_password = nullptr);

private:
    PlanAnswer plan(const PlanQuestion& question);
    void write(const WriteQuestion& question);

    Database& database_;
    const IsEmpty is_empty_;
    const std::vector<Part> parts_;
    const KeepPassword keep_password_;
};

}  // namespace gatehouse::seed
