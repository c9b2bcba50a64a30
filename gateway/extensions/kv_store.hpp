#pragma once

#include <gatehouse/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/time.hpp"

namespace gatehouse::extensions {

// One request to a store, checked; the meaning of each part is that of gatehouse/ext/kv.h.
struct KvCommand {
    enum class Kind : std::uint8_t { get, set, remove, increment };
    enum class Condition : std::uint8_t { none, is_absent, has_version, has_value };

    Kind kind = Kind::get;
    Condition condition = Condition::none;
    std::string service, key;
    std::string value;
    std::string expected;
    std::uint64_t version = 0;
    std::chrono::milliseconds ttl{0};  // 0 = no end
    std::int64_t delta = 0;
};

struct KvAnswer {
    gh_status status = GH_OK;
    std::string_view reason;  // a static token when status is an error
    bool was_found = false;
    bool was_applied = false;
    std::shared_ptr<const std::string> value;  // shared with the store: never changed
    std::uint64_t version = 0;
    std::int64_t number = 0;

    static KvAnswer failure(gh_status status, std::string_view reason) {
        KvAnswer answer;
        answer.status = status;
        answer.reason = reason;
        return answer;
    }
};

// Where values are kept. All [any].
class KvStore {
public:
    using Done = std::function<void(KvAnswer)>;
    virtual ~KvStore() = default;

    // The answer, if this store has its answers at once; else nothing, and command is as it was.
    virtual std::optional<KvAnswer> answer_now(KvCommand& command) = 0;
    // done is called exactly once: on a thread of the store or, mostly with an error, before this returns.
    virtual void answer_later(KvCommand command, Done done) = 0;
};

}  // namespace gatehouse::extensions
