#pragma once

#include <gatehouse/abi.h>

#include <boost/intrusive/list_hook.hpp>
#include <cstddef>

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::host {
// Links a request into the list of those that its generation has on one loop.
using InFlightHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
}  // namespace gatehouse::host

// What stands behind the opaque gh_request of the ABI: whoever carries a request to a plugin (an HTTP session, a call
// from another service, a forward-auth check) derives from it. The C table gh_http forwards to these members one to
// one; their rules are those of gatehouse/abi.h.
//
// Lifetime: the carrier keeps the object and everything that the gh_request_view points to alive until reply(),
// finish() or abort() was called. A plugin may take longer than the client or the deadline: the carrier then tells it
// through on_cancel, answers the client itself and goes on waiting.
struct gh_request : gatehouse::host::InFlightHook {
    virtual gh_status reply(const gh_response& response) noexcept = 0;                     // [any]
    virtual gh_status start(const gh_response& response) noexcept = 0;                     // [loop]
    virtual gh_status write(gh_bytes chunk, gh_done done, void* context) noexcept = 0;     // [loop]
    virtual gh_status finish(const gh_kv* trailers, std::size_t count) noexcept = 0;       // [loop]
    virtual void abort(const gh_error* error) noexcept = 0;                                // [any]
    virtual gh_status read(gh_bytes* out, gh_read_done done, void* context) noexcept = 0;  // [loop]
    virtual gh_status on_cancel(gh_done done, void* context) noexcept = 0;                 // [loop]
    virtual gatehouse::IoLoop* loop() noexcept = 0;                                        // [any]

    // The generation drains and waits no longer: tell the plugin through on_cancel.  [loop]
    virtual void on_drain_deadline() noexcept {}
    // A stream (an answer in pieces, a body pulled in pieces) drains by a deadline of its own.  [loop]
    virtual bool is_stream() const noexcept { return false; }

protected:
    gh_request() = default;
    gh_request(const gh_request&) = delete;
    gh_request& operator=(const gh_request&) = delete;
    ~gh_request() = default;
};
