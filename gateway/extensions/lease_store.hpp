#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace gatehouse::extensions {

struct LeaseName {
    std::string service, name;
    friend auto operator<=>(const LeaseName&, const LeaseName&) = default;
};

// Where it is written down who holds a lease. An owner is a random text that one holder uses for one tenure.
class LeaseStore {
public:
    enum class Verdict : std::uint8_t {
        held,    // by that owner
        taken,   // not by that owner
        unknown  // no answer: it may be either
    };
    struct Answer {
        Verdict verdict = Verdict::unknown;
        std::uint64_t token = 0;  // with held
    };
    using Done = std::function<void(Answer)>;
    virtual ~LeaseStore() = default;

    // done is called exactly once, on any thread, perhaps before these return.  [any]
    // Takes it if it is free; again by its owner: as renew.
    virtual void acquire(const LeaseName& name, const std::string& owner, std::chrono::milliseconds ttl, Done done) = 0;
    virtual void renew(const LeaseName& name, const std::string& owner, std::chrono::milliseconds ttl, Done done) = 0;
    virtual void release(const LeaseName& name, const std::string& owner, Done done) = 0;
};

}  // namespace gatehouse::extensions
