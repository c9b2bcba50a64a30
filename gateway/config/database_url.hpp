#pragma once

#include <string>

namespace gatehouse::config {

// Where one service keeps its data when storage.default is `location`: sqlite:DIR -> sqlite:DIR/<service>.db (in memory
// stays in memory); postgresql://… -> the same with schema=<service> ('-' becomes '_'), unless it names a schema
// already.
std::string database_of_service(const std::string& location, const std::string& service);

// postgresql://user:secret@host -> postgresql://user:***@host, and likewise password=…; other texts as they are.
std::string without_password(const std::string& url);

}  // namespace gatehouse::config
