#include <gatehouse/detail/operation.hpp>

#include <array>
#include <utility>

#include "sdk/service/pattern.hpp"

namespace gatehouse::detail {

namespace {

constexpr std::string_view kProblemReference = R"({"$ref":"#/components/responses/Problem"})";

std::string_view reason(int status) {
    switch (status) {
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 304: return "Not Modified";
        default: return "Answer";
    }
}

void write_content(JsonOut& out, const std::vector<std::pair<std::string, std::string>>& content) {
    out.key("content");
    out.begin_object();
    for (const auto& [type, schema] : content) {
        out.key(type);
        out.begin_object();
        if (!schema.empty()) {
            out.key("schema");
            out.raw(schema);
        }
        out.end_object();
    }
    out.end_object();
}

}  // namespace

Operation::Operation(Schemas& schemas, std::string_view pattern) : schemas_(schemas) {
    for (const Capture& capture : captures_of(pattern)) {
        const char* schema = capture.is_integer ? R"({"type":"integer","format":"int64"})" : R"({"type":"string"})";
        parameters_.push_back({std::string(capture.name), schema, "path", {}, true});
    }
    if (!parameters_.empty()) problem(404);
}

void Operation::path_param(std::string schema) {
    if (next_capture_ < parameters_.size()) parameters_[next_capture_++].schema = std::move(schema);
}

void Operation::query_param(std::string_view name, std::string schema, const Rules& rules, bool required) {
    Rules in_query = rules;
    in_query.refuses_null = true;  // a query has no null, only absence
    parameters_.push_back(
        {std::string(name), Schemas::with_rules(std::move(schema), in_query), "query", rules.description, required});
    problem(422);
}

void Operation::json_body(std::string schema) {
    body_ = {{"application/json", std::move(schema)}};
    for (const int status : {400, 413, 415, 422}) problem(status);
}

void Operation::form_body(std::string schema) {
    json_body(std::move(schema));
    body_.front().first = "application/x-www-form-urlencoded";
}

void Operation::raw_body() {
    body_ = {{"*/*", {}}};
    problem(413);
}

void Operation::answer(int status, std::string schema) {
    Content& content = answers_[status];
    if (!schema.empty()) content = {{"application/json", std::move(schema)}};
}

void Operation::takes(std::string_view media_type, std::string schema) {
    if (!std::exchange(has_own_body_, true)) body_.clear();
    body_.emplace_back(media_type, std::move(schema));
}

void Operation::gives(int status, std::string_view media_type, std::string schema) {
    if (!std::exchange(has_own_answers_, true)) answers_.clear();
    problems_.erase(status);
    Content& content = answers_[status];
    if (!media_type.empty()) content.emplace_back(media_type, std::move(schema));
}

void Operation::write_parameters(JsonOut& out) const {
    if (parameters_.empty()) return;
    out.key("parameters");
    out.begin_array();
    for (const Parameter& parameter : parameters_) {
        out.begin_object();
        out.member("name", std::string_view(parameter.name));
        out.member("in", parameter.where);
        if (parameter.required) out.member("required", true);
        if (!parameter.description.empty()) out.member("description", parameter.description);
        out.key("schema");
        out.raw(parameter.schema);
        out.end_object();
    }
    out.end_array();
}

void Operation::write(JsonOut& out) const {
    write_parameters(out);
    if (!body_.empty()) {
        out.key("requestBody");
        out.begin_object();
        out.member("required", body_required_);
        write_content(out, body_);
        out.end_object();
    }
    out.key("responses");
    out.begin_object();
    for (const auto& [status, content] : answers_) {
        out.key(std::to_string(status));
        out.begin_object();
        out.member("description", reason(status));
        if (!content.empty()) write_content(out, content);
        out.end_object();
    }
    for (const int status : problems_) {
        out.key(std::to_string(status));
        out.raw(kProblemReference);
    }
    out.key("default");
    out.raw(kProblemReference);
    out.end_object();
}

}  // namespace gatehouse::detail
