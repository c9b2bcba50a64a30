#pragma once

#include <coroutine>
#include <memory>
#include <string>

#include "gateway/base/task.hpp"
#include "gateway/extensions/client_call.hpp"
#include "gateway/extensions/retry_budget.hpp"
#include "gateway/http/response_parser.hpp"
#include "gateway/upstream/cluster.hpp"
#include "gateway/upstream/outcome.hpp"
#include "gateway/upstream/pool.hpp"

namespace gatehouse::extensions {

// A request over HTTP/1.1, on a pooled connection: the body goes out while the answer comes in, each as fast as the
// other side takes it. Repeats what may be repeated.
class ClientRemote final : public ClientTransport, public std::enable_shared_from_this<ClientRemote> {
public:
    // fields: serialised, without Host and framing. cluster: attached to the loop. budget outlives the loop's run.
    ClientRemote(std::shared_ptr<ClientCall> call, std::shared_ptr<const upstream::Cluster> cluster, std::string fields,
                 RetryBudget& budget);

    void start() override;
    void resume() override;
    void stop() override;

private:
    class Wait;
    class Pause;
    using Outcome = upstream::Outcome;

    static Task<> run(std::shared_ptr<ClientRemote> self);
    static Task<> send_pulled_body(std::shared_ptr<ClientRemote> self);
    Task<Outcome> try_endpoints();
    Task<Outcome> exchange(upstream::Lease& lease, std::size_t endpoint);
    Task<Outcome> receive_head(Channel& channel);
    Task<Outcome> relay_body(Channel& channel);
    Task<> join_sender(Channel& channel);
    bool may_be_repeated() const;
    bool may_drop_answer() const;
    bool may_try_again(Outcome outcome);
    void write_head(std::size_t endpoint);
    void tell_failure(Outcome outcome);
    void wake(std::coroutine_handle<>& waiter);

    const std::shared_ptr<ClientCall> call_;
    const std::shared_ptr<const upstream::Cluster> cluster_;
    const std::string fields_;
    RetryBudget& budget_;

    std::string head_;
    http::ResponseHead response_;
    bool is_stopped_ = false;
    bool head_was_told_ = false;  // to the plugin: no way back
    bool got_something_ = false;  // from the peer, in this attempt
    bool took_body_ = false;      // pieces of the request's body are gone
    bool is_sending_ = false, was_sent_ = true;
    std::uint32_t retries_ = 0;
    Channel* channel_ = nullptr;  // in use
    Channel* sending_ = nullptr;  // of the sender
    std::coroutine_handle<> room_waiter_, piece_waiter_, sender_waiter_;
    gh_status piece_status_ = GH_OK;
    gh_bytes piece_{};
    bool has_piece_ = false;
};

}  // namespace gatehouse::extensions
