#include "gateway/events/wake_signal.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gatehouse::events {

WakeSignal::WakeSignal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

WakeSignal::~WakeSignal() { ::close(descriptor_); }

void WakeSignal::set() { static_cast<void>(::eventfd_write(descriptor_, 1)); }

void WakeSignal::clear() {
    eventfd_t ignored = 0;
    static_cast<void>(::eventfd_read(descriptor_, &ignored));
}

}  // namespace gatehouse::events
