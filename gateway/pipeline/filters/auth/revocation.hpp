#pragma once

#include <string>

namespace gatehouse::pipeline {

// What a verifier no longer stands by; an empty member says nothing.
struct Revocation {
    std::string session;
    std::string user;
};

}  // namespace gatehouse::pipeline
