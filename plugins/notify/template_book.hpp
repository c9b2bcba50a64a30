// The texts of all kinds in one language: a file of sections, each a Mustache template.
//
//     [new_follower.subject]
//     {{follower}} follows you
//     [new_follower.text] …  [new_follower.html] …  [new_follower.in_app] …  [status.shipping] …
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "plugins/notify/kind.hpp"
#include "plugins/notify/mail_repository.hpp"

namespace notify {

[[nodiscard]] std::string_view shipped_templates(Language language);

struct MailText {
    std::string subject, text, html;
};

// Immutable; thread-safe.
class TemplateBook final {
public:
    // text: the file. Throws std::runtime_error that names the section which is missing or is no template.
    explicit TemplateBook(std::string_view text);

    [[nodiscard]] MailText mail(Kind kind, const TextFields& fields) const;
    // One line for the list of notifications.
    [[nodiscard]] std::string in_app(Kind kind, const TextFields& fields) const;

private:
    [[nodiscard]] const std::string& section(const std::string& name) const;
    [[nodiscard]] TextFields with_words(const TextFields& fields) const;

    std::map<std::string, std::string, std::less<>> sections_;
};

// Both languages; directory: empty = the shipped ones. Throws std::runtime_error.
class TemplateLibrary final {
public:
    explicit TemplateLibrary(const std::string& directory);
    [[nodiscard]] const TemplateBook& book(Language language) const {
        return language == Language::ru ? russian_ : english_;
    }

private:
    TemplateBook english_, russian_;
};

}  // namespace notify
