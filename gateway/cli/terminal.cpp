#include "gateway/cli/terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace gatehouse::cli {

namespace {

bool wants_color() {
    const char* no_color = std::getenv("NO_COLOR");
    return (no_color == nullptr || *no_color == '\0') && ::isatty(STDERR_FILENO) == 1;
}

// Keeps what is typed from being shown, for as long as it lives.
class HiddenInput final {
public:
    HiddenInput() {
        is_changed_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
        if (!is_changed_) return;
        termios hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
    }
    ~HiddenInput() {
        if (is_changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    HiddenInput(const HiddenInput&) = delete;
    HiddenInput& operator=(const HiddenInput&) = delete;

private:
    termios before_{};
    bool is_changed_ = false;
};

}  // namespace

void complain(std::string_view message) { std::cerr << "gatehouse: " << message << "\n"; }

void tell(std::string_view message) { std::cerr << message << "\n"; }

std::string bold(std::string_view text) {
    return wants_color() ? "\033[1m" + std::string(text) + "\033[0m" : std::string(text);
}

std::string ask(std::string_view question, Echo echo) {
    if (::isatty(STDIN_FILENO) != 1) return {};
    std::cerr << question << std::flush;
    std::string answer;
    if (echo == Echo::on) {
        std::getline(std::cin, answer);
    } else {
        const HiddenInput hidden;
        std::getline(std::cin, answer);
        std::cerr << "\n";
    }
    return answer;
}

}  // namespace gatehouse::cli
