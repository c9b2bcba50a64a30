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
    Operation(Schemas& schemas, std::string_view pattern);

    [[nodiscard]] Schemas& schemas() { return schemas_; }
    void path_param(std::string schema);  // the next capture
    void query_param(std::string_view name, std::string schema, const Rules& rules, bool required);
    void json_body(std::string schema);
    void form_body(std::string schema);
    void raw_body();
    void needs_user() { problem(401); }
    void answer(int status, std::string schema);  // empty schema = no described body
    // In words of the service's: the first of each replaces all of the above. Empty type = no body.
    void takes(std::string_view media_type, std::string schema);
    void gives(int status, std::string_view media_type, std::string schema);
    void body_is_optional() { body_required_ = false; }
    void problem(int status) { problems_.insert(status); }

    // Appends "parameters", "requestBody" and "responses" to an open object.
    void write(JsonOut& out) const;

private:
    struct Parameter {
        std::string name, schema;
        std::string_view where, description;
        bool required;
    };
    void write_parameters(JsonOut& out) const;

    Schemas& schemas_;
    std::vector<Parameter> parameters_;
    std::size_t next_capture_ = 0;
    using Content = std::vector<std::pair<std::string, std::string>>;  // media type, schema
    Content body_;
    std::map<int, Content> answers_;
    bool has_own_body_ = false, has_own_answers_ = false;
    bool body_required_ = true;
    std::set<int> problems_;
};

}  // namespace gatehouse::detail
