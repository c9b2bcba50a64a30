#include "gateway/base/task.hpp"

#include <array>
#include <atomic>
#include <cstdio>

namespace gatehouse {

namespace {

// Free lists by size class of 128 octets up to 4 KiB, at most 256 frames each: a loop that was busy once keeps a
// bounded reserve.
class FrameCache final {
public:
    static constexpr std::size_t kStep = 128;
    static constexpr std::size_t kClasses = 32;
    static constexpr std::size_t kFramesPerClass = 256;

    ~FrameCache() {
        for (List& list : lists_) {
            while (list.head != nullptr) ::operator delete(pop(list));
        }
    }

    void* allocate(std::size_t size) {
        const std::size_t index = class_of(size);
        if (index >= kClasses) return ::operator new(size);
        if (lists_[index].head != nullptr) return pop(lists_[index]);
        return ::operator new((index + 1) * kStep);
    }

    void release(void* frame, std::size_t size) noexcept {
        const std::size_t index = class_of(size);
        if (index >= kClasses || lists_[index].count >= kFramesPerClass) {
            ::operator delete(frame);
            return;
        }
        lists_[index].head = ::new (frame) Node{lists_[index].head};
        ++lists_[index].count;
    }

private:
    struct Node {
        Node* next;
    };
    struct List {
        Node* head = nullptr;
        std::size_t count = 0;
    };
    static std::size_t class_of(std::size_t size) { return (size - 1) / kStep; }
    static void* pop(List& list) {
        Node* node = list.head;
        list.head = node->next;
        --list.count;
        return node;
    }

    std::array<List, kClasses> lists_;
};

[[maybe_unused]] FrameCache& frame_cache() {
    thread_local FrameCache cache;
    return cache;
}

void report_to_standard_error(std::exception_ptr failure) noexcept {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "background task failed: %s\n", error.what());
    } catch (...) {
        std::fprintf(stderr, "background task failed with an unknown exception\n");
    }
}

std::atomic<TaskFailureHandler> failure_handler{&report_to_standard_error};

// Owns itself: starts at once, frees its own frame at the end.
struct Detached {
    struct promise_type {
        static void* operator new(std::size_t size) { return detail::allocate_frame(size); }
        static void operator delete(void* frame, std::size_t size) noexcept { detail::release_frame(frame, size); }
        Detached get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { failure_handler.load()(std::current_exception()); }
    };
};

Detached run_detached(Task<> task) { co_await std::move(task); }

}  // namespace

namespace detail {

#if defined(__SANITIZE_ADDRESS__)
// Recycling would hide a use of a dead frame from the sanitizer.
void* allocate_frame(std::size_t size) { return ::operator new(size); }
void release_frame(void* frame, std::size_t) noexcept { ::operator delete(frame); }
#else
void* allocate_frame(std::size_t size) { return frame_cache().allocate(size); }
void release_frame(void* frame, std::size_t size) noexcept { frame_cache().release(frame, size); }
#endif

}  // namespace detail

void spawn(Task<> task) { run_detached(std::move(task)); }

void set_task_failure_handler(TaskFailureHandler handler) { failure_handler.store(handler); }

}  // namespace gatehouse
