// Notices a transaction that is opened inside another one of the same Database on the same thread, which would wait for
// itself: for the writer thread, or for the last connection of the pool.
#pragma once

namespace gatehouse::storage {

// Marks the current thread as being inside a transaction of `database` while it lives.
class TransactionScope {
public:
    explicit TransactionScope(const void* database) noexcept;
    ~TransactionScope();
    TransactionScope(const TransactionScope&) = delete;
    TransactionScope& operator=(const TransactionScope&) = delete;

private:
    friend void refuse_nested(const void* database);

    const void* database_;
    const TransactionScope* outer_;
};

// Throws std::logic_error if this thread is inside a transaction of `database`.
void refuse_nested(const void* database);

}  // namespace gatehouse::storage
