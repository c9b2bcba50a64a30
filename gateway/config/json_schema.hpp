#pragma once

#include <string>

namespace gatehouse::config {

// JSON Schema (2020-12) of routes.yaml, for editors. Generated from the tables in schema.hpp; what is refused for now
// is left out.
std::string json_schema();

// The same as a reference for people: one Markdown table per object, with types, defaults and ranges, then the codes of
// all findings.
std::string markdown_reference();

}  // namespace gatehouse::config
