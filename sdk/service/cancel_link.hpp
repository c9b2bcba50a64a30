// What the host's on_cancel points to for a task's request: lives as long as the request, which may outlive the task.
#pragma once

#include <gatehouse/streaming.hpp>

#include <memory>

namespace gatehouse::detail {

// [loop] of the request.
struct CancelLink : std::enable_shared_from_this<CancelLink> {
    Scope* scope = nullptr;         // null once the task has ended
    StreamingRequest::OnDone also;  // by StreamingRequest::on_cancel()
    bool was_canceled = false;
};

}  // namespace gatehouse::detail
