#pragma once

#include <algorithm>
#include <map>
#include <string>

namespace gatehouse::extensions {

// How many requests may be repeated: one per five that were made to the same service, ten at once. A service that is
// down is then asked a fifth more, not four times as often. One loop's.
class RetryBudget final {
public:
    void note_request(const std::string& service) {
        double& credit = credits_.try_emplace(service, kCreditMax).first->second;
        credit = std::min(kCreditMax, credit + kCreditPerRequest);
    }
    bool has(const std::string& service) const {
        const auto found = credits_.find(service);
        return found != credits_.end() && found->second >= 1;
    }
    bool take(const std::string& service) {
        if (!has(service)) return false;
        credits_[service] -= 1;
        return true;
    }

private:
    static constexpr double kCreditMax = 10, kCreditPerRequest = 0.2;
    std::map<std::string, double> credits_;
};

}  // namespace gatehouse::extensions
