// One operation of the OpenAPI document while it is put together.
#pragma once

#include <gatehouse/detail/schemas.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::detail {

class Operation {
public:
    // pattern: "/api/posts/{id:int}"; captures are documented in order.
    Operation(Schemas& schemas, std::string_view method, std::string_view pattern);

    [[nodiscard]] Schemas& request_schemas() { return schemas_for(Direction::request); }
    [[nodiscard]] Schemas& answer_schemas() { return schemas_for(Direction::answer); }
    void path_param(std::string schema);  // the next capture
    void query_param(std::string_view name, std::string schema, const Rules& rules, bool required);
    void json_body(std::string schema);
    void form_body(std::string schema);
    void raw_body();
    [[nodiscard]] bool is_read() const { return is_read_; }  // GET, and with it HEAD
    void needs_user() { problem(401); }
    void may_have_user() { looks_at_user_ = true; }
    [[nodiscard]] bool looks_at_user() const { return looks_at_user_; }
    void answer(int status, std::string schema);  // empty schema = no described body
    // A field of the request that the handler reads, and one of an answer that is always there.
    void reads_field(std::string_view name, std::string_view description);
    void sends_field(int status, std::string_view name, std::string_view description);
    // Of a capture or a query parameter. REQUIRES: there is one of that name (else logic_error).
    void describe_param(std::string_view name, std::string_view description);
    // In words of the service's: the first of each replaces all of the above. Empty type = no body.
    void takes(std::string_view media_type, std::string schema);
    void gives(int status, std::string_view media_type, std::string schema);
    void body_is_optional() { body_required_ = false; }
    void problem(int status) { problems_.insert(status); }

    [[nodiscard]] const std::set<int>& problems() const { return problems_; }

    // Appends "parameters", "requestBody" and "responses" to an open object.
    void write(JsonOut& out) const;

private:
    struct Parameter {
        std::string name, schema;
        std::string_view where;
        std::string description;
        bool required;
    };
    struct Field {
        std::string name, description;
    };
    Schemas& schemas_for(Direction direction) {
        schemas_.set_direction(direction);
        return schemas_;
    }
    void write_parameters(JsonOut& out) const;
    void write_answers(JsonOut& out) const;

    Schemas& schemas_;
    const bool is_read_;
    std::vector<Parameter> parameters_;
    std::size_t next_capture_ = 0;
    using Content = std::vector<std::pair<std::string, std::string>>;  // media type, schema
    Content body_;
    std::map<int, Content> answers_;
    std::map<int, std::vector<Field>> fields_;  // of answers
    bool has_own_body_ = false, has_own_answers_ = false;
    bool body_required_ = true, looks_at_user_ = false;
    std::set<int> problems_;
};

// How the document refers to the answer with that status and a problem in it: "NotFound".
[[nodiscard]] std::string problem_name(int status);

}  // namespace gatehouse::detail
