#pragma once

#include <gatehouse/abi.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/base/time.hpp"

namespace gatehouse::host {

// One answer of an asynchronous plugin function. It may come after everybody
// gave up, never, or twice: what is still unanswered is kept, and the plugin's
// context is looked up, not believed.
class Completion final {
public:
    // Calls function(done, context) and waits. Empty, or why it failed.
    template <class F>
    static std::string wait(Duration timeout, std::string_view what, F&& function) {
        const auto completion = std::make_shared<Completion>();
        keep(completion);
        const gh_status status = function(&Completion::on_done, completion.get());
        if (status != GH_PENDING) {
            take(completion.get());
            return status == GH_OK ? std::string()
                                   : std::string(what) + " failed with status " + std::to_string(status);
        }
        return completion->wait_for(timeout, what);
    }

private:
    struct Unanswered {
        std::mutex mutex;
        std::unordered_map<const void*, std::shared_ptr<Completion>> by_context;
    };

    // Never destroyed: a plugin's thread may answer while the process ends.
    static Unanswered& unanswered() {
        static auto* const all = new Unanswered;
        return *all;
    }

    static void keep(const std::shared_ptr<Completion>& completion) {
        const std::scoped_lock lock(unanswered().mutex);
        unanswered().by_context.emplace(completion.get(), completion);
    }

    static std::shared_ptr<Completion> take(const void* context) {
        const std::scoped_lock lock(unanswered().mutex);
        const auto node = unanswered().by_context.extract(context);
        return node.empty() ? nullptr : node.mapped();
    }

    static void on_done(void* context, gh_status status, const gh_error* error) {
        const std::shared_ptr<Completion> self = take(context);
        if (!self) return;
        const std::scoped_lock lock(self->mutex_);
        self->status_ = status;
        if (GH_HAS(error, message)) self->message_.assign(error->message.ptr, error->message.len);
        self->is_done_ = true;
        self->done_.notify_all();
    }

    std::string wait_for(Duration timeout, std::string_view what) {
        std::unique_lock lock(mutex_);
        if (!done_.wait_for(lock, timeout, [this] { return is_done_; }))
            return std::string(what) + " did not finish in time";
        if (status_ == GH_OK) return {};
        return std::string(what) + " failed: " + (message_.empty() ? std::to_string(status_) : message_);
    }

    std::mutex mutex_;
    std::condition_variable done_;
    bool is_done_ = false;
    gh_status status_ = GH_OK;
    std::string message_;
};

}  // namespace gatehouse::host
