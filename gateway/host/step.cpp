#include "gateway/host/step.hpp"

#include <pthread.h>

#include <future>
#include <thread>

namespace gatehouse::host {

bool run_step(Duration timeout, std::function<void()> work) {
    std::packaged_task<void()> task([work = std::move(work)] {
        ::pthread_setname_np(::pthread_self(), "gh-lifecycle");
        work();
    });
    const std::future<void> ended = task.get_future();
    std::thread thread(std::move(task));
    if (ended.wait_for(timeout) == std::future_status::ready) {
        thread.join();
        return true;
    }
    thread.detach();
    return false;
}

}  // namespace gatehouse::host
