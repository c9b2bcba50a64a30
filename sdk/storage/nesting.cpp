#include "sdk/storage/nesting.hpp"

#include <stdexcept>

namespace gatehouse::storage {

namespace {

// A plain pointer: a thread_local with a destructor would pin the plugin in memory.
constinit thread_local const TransactionScope* innermost = nullptr;

}  // namespace

TransactionScope::TransactionScope(const void* database) noexcept : database_(database), outer_(innermost) {
    innermost = this;
}

TransactionScope::~TransactionScope() { innermost = outer_; }

void refuse_nested(const void* database) {
    for (const TransactionScope* scope = innermost; scope != nullptr; scope = scope->outer_) {
        if (scope->database_ == database) {
            throw std::logic_error("Database::read or write called inside a transaction of the same database");
        }
    }
}

}  // namespace gatehouse::storage
