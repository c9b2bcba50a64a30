// One operation of the OpenAPI document while it is put together.
#pragma once

#include <gatehouse/detail/schemas.hpp>

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
    // The first one makes what answer() has said of the handler's type void.
    void declare(int status, std::string schema);
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
    std::string body_type_, body_schema_;
    bool body_required_ = true;
    std::vector<std::pair<int, std::string>> answers_;
    bool answers_declared_ = false;
    std::set<int> problems_;
};

}  // namespace gatehouse::detail
