// A small service that shows one of everything the wrapper offers; the tests of the wrapper run against it.
#pragma once

#include <gatehouse/page.hpp>
#include <gatehouse/service.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sample {

using gatehouse::field;
using gatehouse::fields;

enum class Visibility { everyone, nobody };
constexpr auto describe(Visibility*) {
    return gatehouse::names<Visibility>({{"public", Visibility::everyone}, {"private", Visibility::nobody}});
}

struct NoteId {
    std::int64_t value = 0;
};
constexpr auto describe(NoteId*) { return gatehouse::wrapped(&NoteId::value, gatehouse::minimum(1)); }

struct NewNote {
    std::optional<std::string> title;
    std::string text;
    Visibility visibility = Visibility::everyone;
    std::vector<std::string> tags;
};
constexpr auto describe(NewNote*) {
    using namespace gatehouse;
    return fields(field("title", &NewNote::title, max_length(10)),
                  field("text", &NewNote::text, min_length(1), max_length(100), description("What it says")),
                  field("visibility", &NewNote::visibility, optional_default),
                  field("tags", &NewNote::tags, optional_default, max_items(3), each(min_length(1), max_length(5))));
}

struct NotePatch {
    gatehouse::Patch<std::string> title;
    gatehouse::Patch<std::string> text;
};
constexpr auto describe(NotePatch*) {
    using namespace gatehouse;
    return fields(field("title", &NotePatch::title, max_length(10)),
                  field("text", &NotePatch::text, not_null, min_length(1)));
}

struct Note {
    NoteId id;
    std::optional<std::string> title;
    std::string text;
    Visibility visibility = Visibility::everyone;
    gatehouse::Time created_at;
};
constexpr auto describe(Note*) {
    return fields(field("id", &Note::id), field("title", &Note::title), field("text", &Note::text),
                  field("visibility", &Note::visibility), field("created_at", &Note::created_at));
}

struct ListQuery : gatehouse::PageQuery {
    std::vector<std::int64_t> ids;
};
constexpr auto describe(ListQuery*) {
    using namespace gatehouse;
    return fields(limit_field(), cursor_field(), field("ids", &ListQuery::ids, optional_default, max_items(3)));
}

struct Login {
    std::string username;
    std::string password;
};
constexpr auto describe(Login*) {
    return fields(field("username", &Login::username, gatehouse::min_length(1)),
                  field("password", &Login::password, gatehouse::write_only));
}

struct SampleConfig {
    std::string secret = "sample";
    int notes_max = 100;
    std::string fail;  // "create" or "start": throw there
};
constexpr auto describe(SampleConfig*) {
    using namespace gatehouse;
    return fields(field("secret", &SampleConfig::secret, optional_default),
                  field("notes_max", &SampleConfig::notes_max, optional_default, minimum(1), maximum(1000)),
                  field("fail", &SampleConfig::fail, optional_default));
}

struct Overload {};  // a library's exception, mapped to 503

class Notes final : public gatehouse::Service {
public:
    using Config = SampleConfig;
    static constexpr std::string_view description = "Notes, for tests.";
    Notes(gatehouse::Context& context, const Config& config);

    void start() override;
    std::vector<gatehouse::MigrationStep> migration_status() override;
    std::vector<gatehouse::MigrationStep> migrate() override;

    gatehouse::Created<Note> create(const gatehouse::Request& request, const NewNote& draft);
    gatehouse::Tagged<Note> show(gatehouse::PathParam<NoteId> id);
    std::optional<Note> find(gatehouse::PathParam<NoteId> id);
    gatehouse::Page<Note> list(const gatehouse::Query<ListQuery>& query);
    Note change(const gatehouse::Request& request, gatehouse::PathParam<NoteId> id, const NotePatch& patch);
    void remove(gatehouse::PathParam<NoteId> id);
    gatehouse::Response login(const gatehouse::Form<Login>& form);
    gatehouse::RawJson ask_peer(const gatehouse::Request& request);
    gatehouse::NoContent fail(gatehouse::PathParam<std::string> how);

private:
    gatehouse::Context& context_;
    Config config_;
    gatehouse::Cursors cursors_;
    gatehouse::Metric created_;
    std::map<std::int64_t, Note> notes_;
};

// The table under test.
[[nodiscard]] inline const gh_plugin* notes_plugin() { return gatehouse::plugin_table<Notes>("notes", "1.2.3"); }

}  // namespace sample
