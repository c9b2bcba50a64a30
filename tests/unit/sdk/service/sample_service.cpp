#include "tests/unit/sdk/service/sample_service.hpp"

#include <new>
#include <stdexcept>

namespace sample {

using namespace gatehouse;

Notes::Notes(Context& context, const Config& config)
    : context_(context),
      config_(config),
      cursors_(config.secret),
      created_(context.counter("notes_created_total", "Notes created", {"visibility"})) {
    if (config.fail == "create") throw std::runtime_error("no luck in the constructor");
    context.post("/api/notes", &Notes::create).requires_user().max_body(1_KiB).summary("Writes a note");
    context.get("/api/notes", &Notes::list);
    context.get("/api/notes/{id}", &Notes::show);
    context.patch("/api/notes/{id}", &Notes::change).requires_user();
    context.del("/api/notes/{id}", &Notes::remove).requires_role("admin");
    context.get("/api/found/{id:int}", &Notes::find).internal();
    context.post("/api/login", &Notes::login);
    context.get("/api/peer", &Notes::ask_peer).hidden();
    context.get("/api/loop", [this] { return RawJson{context_.call("users", CallRequest::get("/x")).body}; })
        .on_loop()
        .hidden();
    context.get("/api/fail/{how}", &Notes::fail).hidden();
    context.get("/api/me", [](const User& user) { return RawJson{to_json(user.name)}; }).hidden();
    context.map_exception<Overload>([](const Overload&) { return ServiceUnavailable(std::chrono::seconds(7)); });
}

void Notes::start() {
    if (config_.fail == "start") throw 42;
    context_.log().info("notes are ready", {{"max", config_.notes_max}, {"ratio", 0.5}, {"ok", true}});
}

std::vector<MigrationStep> Notes::migration_status() { return {{"0001_notes", true}, {"0002_tags", false}}; }

std::vector<MigrationStep> Notes::migrate() {
    if (config_.fail == "migrate") throw std::runtime_error("0002_tags.sql: syntax error");
    return {{"0002_tags", true}};
}

Created<Note> Notes::create(const Request& request, const NewNote& draft) {
    static_cast<void>(request.user());
    const auto id = static_cast<std::int64_t>(notes_.size() + 1);
    if (id > config_.notes_max) throw Conflict("There are too many notes.", "/text");
    const Note note{{id}, draft.title, draft.text, draft.visibility, context_.wall_time()};
    notes_.emplace(id, note);
    created_.add(1, {name_of(draft.visibility)});
    return Created{note, "/api/notes/{}", note.id};
}

Tagged<Note> Notes::show(PathParam<NoteId> id) {
    const auto note = find(id);
    if (!note) throw NotFound("No such note.");
    return {*note, etag(note->id.value)};
}

std::optional<Note> Notes::find(PathParam<NoteId> id) {
    const auto found = notes_.find(id->value);
    if (found == notes_.end()) return std::nullopt;
    return found->second;
}

Page<Note> Notes::list(const Query<ListQuery>& query) {
    const auto after = cursors_.open<std::int64_t>(query->cursor, "notes");
    std::vector<Note> rows;
    for (const auto& [id, note] : notes_) {
        if (after && id <= std::get<0>(*after)) continue;
        if (static_cast<int>(rows.size()) <= query->limit) rows.push_back(note);
    }
    return make_page(std::move(rows), query->limit,
                     [&](const Note& last) { return cursors_.seal("notes", last.id.value); });
}

Note Notes::change(const Request& request, PathParam<NoteId> id, const NotePatch& patch) {
    auto found = notes_.find(id->value);
    if (found == notes_.end()) throw NotFound();
    request.check_match(etag(id->value));
    patch.title.apply_to(found->second.title);
    patch.text.apply_to(found->second.text);
    return found->second;
}

void Notes::remove(PathParam<NoteId> id) { notes_.erase(id->value); }

Response Notes::login(const Form<Login>& form) {
    Cookie cookie{"sid", form->username};
    cookie.max_age = std::chrono::seconds(60);
    return Response::json(*form).cookie(cookie);
}

RawJson Notes::ask_peer(const Request& request) {
    const auto answer = context_.call("users", CallRequest::get("/api/users?ids=1").on_behalf_of(request));
    answer.require_ok();
    return {answer.body};
}

NoContent Notes::fail(PathParam<std::string> how) {
    if (how.value == "int") throw 42;
    if (how.value == "bad_alloc") throw std::bad_alloc();
    if (how.value == "std") throw std::runtime_error("secret text");
    if (how.value == "mapped") throw Overload{};
    if (how.value == "teapot") throw Problem(418, "I'm a teapot", "short and stout").type("https://example.org/tea");
    if (how.value == "slow_down") throw TooManyRequests(std::chrono::seconds(3));
    return {};
}

}  // namespace sample
