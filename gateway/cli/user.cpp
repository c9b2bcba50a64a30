#include <gatehouse/ext/call.h>

#include <CLI/App.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/offline_host.hpp"
#include "gateway/cli/plugin_files.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/selection.hpp"
#include "gateway/cli/terminal.hpp"

namespace gatehouse::cli {

namespace {

namespace json = boost::json;

constexpr char kUsersPath[] = "/api/auth/users";  // internal: only for calls from other services

struct Options {
    std::string file;
    std::string service = "auth";
    std::string plugins;
    std::string username;
    std::string email;
    bool is_admin = false;
    bool password_from_stdin = false;
    bool json = false;
};

struct Answer {
    gh_status status = GH_E_INTERNAL;
    int code = 0;
    std::string body;
    std::string error;
};

gh_str view(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(gh_str text) { return {text.ptr, text.len}; }

void on_answer(void* context, gh_status status, const gh_call_response* response, const gh_error* error) {
    auto& answer = *static_cast<Answer*>(context);
    answer.status = status;
    if (response != nullptr) {
        answer.code = response->code;
        answer.body = view(response->body);
    }
    if (error != nullptr) answer.error = view(error->message);
}

Answer post(host::PluginHost& plugins, const std::string& service, const std::string& body) {
    const gh_kv type = {view("content-type"), view("application/json")};
    gh_call_request request{};
    request.size = sizeof request;
    request.service = view(service);
    request.method = view("POST");
    request.target = view(kUsersPath);
    request.headers = &type;
    request.n_headers = 1;
    request.body = view(body);
    Answer answer;
    const gh_status status = plugins.call(request, on_answer, &answer);
    if (status < GH_OK) answer.status = status;
    return answer;
}

std::string read_password(const Options& options) {
    std::string password;
    if (options.password_from_stdin) {
        std::getline(std::cin, password);
        if (password.ends_with('\r')) password.pop_back();
        return password;
    }
    password = ask("Password: ", Echo::off);
    if (!password.empty() && ask("Again: ", Echo::off) != password) {
        complain("the two passwords differ");
        return {};
    }
    return password;
}

std::string member(const json::value& document, const char* name) {
    const json::object* object = document.if_object();
    const json::value* value = object != nullptr ? object->if_contains(name) : nullptr;
    if (value == nullptr) return {};
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

// problem+json, for people.
void complain_about(const Answer& answer) {
    json::error_code failure;
    const json::value problem = json::parse(answer.body, failure);
    if (failure) {
        complain("the service answered " + std::to_string(answer.code));
        return;
    }
    const std::string detail = member(problem, "detail");
    complain(detail.empty() ? member(problem, "title") : detail);
    const json::object* object = problem.if_object();
    const json::value* errors = object != nullptr ? object->if_contains("errors") : nullptr;
    if (errors == nullptr || !errors->is_array()) return;
    for (const json::value& error : errors->get_array())
        tell("  " + member(error, "pointer") + ": " + member(error, "detail"));
}

int report(const Answer& answer, const Options& options) {
    if (answer.status != GH_OK) {
        complain("the service " + options.service + " did not answer" +
                 (answer.error.empty() ? "" : ": " + answer.error));
        return kFailed;
    }
    if (answer.code != 200 && answer.code != 201) {
        complain_about(answer);
        return kFailed;
    }
    json::error_code failure;
    const json::value user = json::parse(answer.body, failure);
    if (options.json || failure) {
        std::cout << answer.body << "\n";
    } else {
        std::cout << "created user " << member(user, "id") << " " << member(user, "username")
                  << (options.is_admin ? ", an administrator" : "") << "\n";
    }
    return kDone;
}

int create(Options options) {
    const auto configuration = load_or_complain(options.file);
    if (!configuration) return kRefused;
    const auto services = select_plugin_services(*configuration, options.service);
    if (!services) return kRefused;
    if (options.username.empty()) options.username = ask("User name: ", Echo::on);
    if (options.email.empty()) options.email = ask("E-mail: ", Echo::on);
    if (options.username.empty() || options.email.empty()) {
        complain("--username and --email are needed");
        return kRefused;
    }
    const std::string password = read_password(options);
    if (password.empty()) {
        complain("a password is needed: type it, or pipe it in with --password-stdin");
        return kRefused;
    }
    json::object draft = {{"username", options.username}, {"email", options.email}, {"password", password}};
    if (options.is_admin) draft["roles"] = json::array{"user", "admin"};

    OfflineHost host(plugin_directory(options.plugins));
    auto generation = host.load(*services->front());
    if (generation) generation = host.plugins().start(*generation);
    if (!generation) {
        complain(generation.error().message);
        return kFailed;
    }
    return report(post(host.plugins(), options.service, json::serialize(draft)), options);
}

}  // namespace

void add_user(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("user", "manage accounts");
    set_examples(
        *command,
        "  gatehouse user create --admin\n"
        "  pass show root | gatehouse user create --admin --username root --email root@example.com --password-stdin\n");
    command->require_subcommand(1);
    CLI::App* creates = command->add_subcommand("create", "create an account; --admin makes an administrator");
    set_examples(
        *creates,
        "  gatehouse user create --admin\n"
        "  pass show root | gatehouse user create --admin --username root --email root@example.com --password-stdin\n"
        "\n"
        "Asks for what is not given. Works beside a running gateway.");
    creates->add_option("--username", options->username, "name to log in with")->type_name("NAME");
    creates->add_option("--email", options->email, "e-mail address")->type_name("ADDRESS");
    creates->add_flag("--admin", options->is_admin, "with the role admin");
    creates->add_flag("--password-stdin", options->password_from_stdin,
                      "read the password from the first line of stdin");
    creates->add_option("--service", options->service, "service that keeps the accounts (auth)")->type_name("NAME");
    add_file_option(*creates, options->file);
    add_plugins_option(*creates, options->plugins);
    creates->add_flag("--json", options->json, "print the account as JSON");
    creates->callback([options, &status] { status = create(*options); });
}

}  // namespace gatehouse::cli
