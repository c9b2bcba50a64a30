#pragma once

#include <string>
#include <vector>

#include "gateway/pipeline/filter.hpp"

namespace gatehouse::pipeline {

// Lets a caller through who has one of the roles: 401 without identity, 403 without such a role.
class Require final : public Filter {
public:
    explicit Require(std::vector<std::string> roles);
    Verdict handle(Exchange& exchange) override;

private:
    std::vector<std::string> roles_;
};

}  // namespace gatehouse::pipeline
