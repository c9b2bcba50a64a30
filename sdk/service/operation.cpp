#include <gatehouse/detail/operation.hpp>

#include <array>
#include <stdexcept>
#include <utility>

#include "sdk/service/pattern.hpp"

namespace gatehouse::detail {

namespace {

constexpr std::string_view kInteger = R"({"type":"integer","format":"int64"})";
constexpr char kNatural[] = R"({"type":"integer","format":"int64","minimum":0})";  // {id:int} matches digits alone

std::string problem_reference(std::string_view name) {
    return R"({"$ref":"#/components/responses/)" + std::string(name) + "\"}";
}

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

struct ProblemName {
    int status;
    std::string_view name;
};
constexpr ProblemName kProblemNames[] = {{400, "BadRequest"},
                                         {401, "Unauthorized"},
                                         {403, "Forbidden"},
                                         {404, "NotFound"},
                                         {409, "Conflict"},
                                         {410, "Gone"},
                                         {412, "PreconditionFailed"},
                                         {413, "PayloadTooLarge"},
                                         {415, "UnsupportedMediaType"},
                                         {416, "RangeNotSatisfiable"},
                                         {422, "Invalid"},
                                         {428, "PreconditionRequired"},
                                         {429, "TooManyRequests"},
                                         {503, "ServiceUnavailable"}};

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

template <class Fields>
void write_fields(JsonOut& out, const Fields& fields) {
    out.key("headers");
    out.begin_object();
    for (const auto& field : fields) {
        out.key(field.name);
        out.begin_object();
        out.member("description", std::string_view(field.description));
        out.member("required", true);
        out.key("schema");
        out.raw(R"({"type":"string"})");
        out.end_object();
    }
    out.end_object();
}

}  // namespace

std::string problem_name(int status) {
    for (const ProblemName& known : kProblemNames) {
        if (known.status == status) return std::string(known.name);
    }
    return "Problem" + std::to_string(status);
}

// Any route may be answered 503: its service is busy, or waits for its database in vain.
Operation::Operation(Schemas& schemas, std::string_view method, std::string_view pattern)
    : schemas_(schemas), is_read_(method == "GET"), problems_{503} {
    for (const Capture& capture : captures_of(pattern)) {
        const char* schema = capture.is_integer ? kNatural : R"({"type":"string"})";
        parameters_.push_back({std::string(capture.name), schema, "path", {}, true});
    }
    if (!parameters_.empty()) problem(404);
}

void Operation::path_param(std::string schema) {
    if (next_capture_ == parameters_.size()) return;
    Parameter& capture = parameters_[next_capture_++];
    if (capture.schema != kNatural || schema != kInteger) capture.schema = std::move(schema);
}

void Operation::query_param(std::string_view name, std::string schema, const Rules& rules, bool required) {
    Rules in_query = rules;
    in_query.refuses_null = true;  // a query has no null, only absence
    std::string description(rules.description);
    if (!rules.demand.empty()) description.append(description.empty() ? "" : "; ").append(rules.demand);
    in_query.description = in_query.demand = {};
    parameters_.push_back({std::string(name), Schemas::with_rules(std::move(schema), in_query), "query",
                           std::move(description), required});
    for (const int status : {400, 422}) problem(status);
}

void Operation::reads_field(std::string_view name, std::string_view description) {
    parameters_.push_back({std::string(name), R"({"type":"string"})", "header", std::string(description), false});
}

void Operation::sends_field(int status, std::string_view name, std::string_view description) {
    fields_[status].push_back({std::string(name), std::string(description)});
}

void Operation::describe_param(std::string_view name, std::string_view description) {
    for (Parameter& parameter : parameters_) {
        if (parameter.name != name) continue;
        parameter.description = description;
        return;
    }
    throw std::logic_error("there is no parameter " + std::string(name) + " to describe");
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
    if (!std::exchange(has_own_answers_, true)) {
        answers_.clear();
        fields_.clear();
    }
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
        if (!parameter.description.empty()) out.member("description", std::string_view(parameter.description));
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
    write_answers(out);
}

void Operation::write_answers(JsonOut& out) const {
    out.key("responses");
    out.begin_object();
    for (const auto& [status, content] : answers_) {
        out.key(std::to_string(status));
        out.begin_object();
        out.member("description", reason(status));
        const auto fields = fields_.find(status);
        if (fields != fields_.end()) write_fields(out, fields->second);
        if (!content.empty()) write_content(out, content);
        out.end_object();
    }
    for (const int status : problems_) {
        if (answers_.count(status) != 0) continue;
        out.key(std::to_string(status));
        out.raw(problem_reference(problem_name(status)));
    }
    out.key("default");
    out.raw(problem_reference("Problem"));
    out.end_object();
}

}  // namespace gatehouse::detail
