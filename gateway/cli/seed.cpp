#include <sys/random.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <atomic>
#include <boost/json.hpp>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gateway/cli/admin_client.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/plugin_files.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/seed_progress.hpp"
#include "gateway/cli/selection.hpp"
#include "gateway/cli/service_commands.hpp"
#include "gateway/cli/terminal.hpp"

namespace gatehouse::cli {

namespace {

namespace json = boost::json;

struct Options {
    AdminOptions admin;
    std::string plugins, password;
    std::int64_t users = 0, posts = 0, seed = 1;
    bool password_from_stdin = false, append = false, json = false;
};

// What one service is going to write.
struct Work {
    const config::Service* service = nullptr;
    json::object plan;  // its answer
};

json::object arguments_of(const Options& options) {
    return {{"users", options.users}, {"posts", options.posts}, {"seed", options.seed}};
}

// 20 characters of 62: 119 bits.
std::string made_up_password() {
    constexpr std::string_view kCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string password;
    while (password.size() < 20) {
        unsigned char byte = 0;
        if (::getrandom(&byte, 1, 0) != 1) throw std::runtime_error("the system has no random numbers");
        if (byte < 4 * kCharacters.size()) password += kCharacters[byte % kCharacters.size()];
    }
    return password;
}

bool wants_password(const json::object& plan) {
    const json::value* const wants = plan.if_contains("wants_password");
    return wants != nullptr && wants->is_bool() && wants->get_bool();
}

// Asks every service before anything is written. Services that have nothing to make up are left out; so is the password
// from what is told to those that do not ask for it.
std::optional<std::vector<Work>> ask_all(const Options& options, const config::Configuration& configuration,
                                         ServiceCommands& services) {
    const auto selected = select_services(configuration, "");
    if (!selected) return std::nullopt;
    std::vector<Work> works;
    bool is_refused = false;
    for (const config::Service* service : *selected) {
        json::object question = arguments_of(options);
        question["append"] = options.append;
        auto plan = services.run(*service, "seed.plan", question);
        if (plan && *plan && wants_password(**plan)) {
            question["password"] = options.password;
            plan = services.run(*service, "seed.plan", question);
        }
        if (!plan) {
            complain(plan.error().message);
            is_refused = true;
        } else if (*plan) {
            works.push_back({service, std::move(**plan)});
        }
    }
    if (!is_refused && works.empty()) complain("no service has anything to make up");
    if (is_refused || works.empty()) return std::nullopt;
    return works;
}

// All parts of one service, one batch after the other. Says what failed, if something did.
std::optional<std::string> write(const Options& options, const Work& work, ServiceCommands& services,
                                 SeedProgress& progress, const std::atomic<bool>& is_over) {
    for (const json::value& each : work.plan.at("parts").as_array()) {
        const std::string name(each.at("name").as_string());
        const std::int64_t count = each.at("count").to_number<std::int64_t>();
        const std::int64_t batch = each.at("batch").to_number<std::int64_t>();
        SeedProgress::Part& part = progress.begin(work.service->name + ": " + name, count);
        for (std::int64_t first = 0; first < count; first += batch) {
            if (is_over) return std::nullopt;
            json::object question = arguments_of(options);
            question["part"] = name;
            question["first"] = first;
            question["count"] = batch;
            question["keep"] = work.plan.at("keep");
            const auto done = services.run(*work.service, "seed.write", question);
            if (!done) return done.error().message;
            if (!*done) return "service " + work.service->name + " does not know seed.write";
            progress.advance(part, std::min(batch, count - first));
        }
        progress.end(part);
    }
    return std::nullopt;
}

// Services beside each other. The first failure ends all.
bool write_all(const Options& options, const std::vector<Work>& works, ServiceCommands& services) {
    SeedProgress progress(::isatty(STDERR_FILENO) == 1);
    std::atomic<bool> is_over = false;
    std::mutex mutex;
    std::vector<std::string> failures;
    {
        std::vector<std::jthread> threads;
        for (const Work& work : works) {
            threads.emplace_back([&, &work = work] {
                const auto failure = write(options, work, services, progress, is_over);
                if (!failure) return;
                is_over = true;
                const std::scoped_lock lock(mutex);
                failures.push_back(*failure);
            });
        }
    }
    for (const std::string& failure : failures) complain(failure);
    if (!failures.empty()) tell("The same command with --append goes on where this one has ended.");
    return failures.empty();
}

void report(const Options& options, const std::vector<Work>& works, double seconds, bool is_made_up) {
    json::object result = arguments_of(options);
    result["seconds"] = seconds;
    if (is_made_up) result["password"] = options.password;
    std::string hint;
    for (const Work& work : works) {
        const json::value* const text = work.plan.if_contains("hint");
        if (text != nullptr && text->is_string()) hint = text->get_string();
    }
    if (!hint.empty()) result["hint"] = hint;
    if (options.json) {
        std::cout << json::serialize(result) << "\n";
        return;
    }
    std::cout << with_commas(options.users) << " users and " << with_commas(options.posts) << " posts in "
              << minutes_and_seconds(seconds) << "\n";
    if (is_made_up) std::cout << "password of all, shown only now: " << options.password << "\n";
    if (!hint.empty()) std::cout << hint << "\n";
}

int seed(Options options) {
    const auto configuration = load_or_complain(options.admin.config);
    if (!configuration) return kRefused;
    if (options.password_from_stdin) {
        std::getline(std::cin, options.password);
        if (options.password.ends_with('\r')) options.password.pop_back();
    }
    const bool is_made_up = options.password.empty();
    if (is_made_up && options.password_from_stdin) {
        complain("stdin holds no password");
        return kRefused;
    }
    if (is_made_up) options.password = made_up_password();
    const bool is_explicit = !options.admin.url.empty();
    auto gateway = is_explicit ? AdminClient::find(options.admin) : AdminClient::of(*configuration);
    if (is_explicit && !gateway) return kRefused;
    using enum ServiceCommands::Gateway;
    ServiceCommands services(std::move(gateway), is_explicit ? required : optional, plugin_directory(options.plugins));
    if (!services.problem().empty()) {
        complain(services.problem() + "; does the gateway run, and is this its admin listener?");
        return kFailed;
    }
    const auto begun = SeedProgress::Clock::now();
    const auto works = ask_all(options, *configuration, services);
    if (!works || !write_all(options, *works, services)) return kFailed;
    report(options, *works, std::chrono::duration<double>(SeedProgress::Clock::now() - begun).count(), is_made_up);
    return kDone;
}

}  // namespace

void add_seed(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("seed", "fill the databases with made-up people and posts");
    set_examples(
        *command,
        "  gatehouse seed --users 500 --posts 3000            a small town, in seconds\n"
        "  gatehouse seed --users 100000 --posts 1000000 --seed 7\n"
        "  pass show demo | gatehouse seed --users 500 --posts 3000 --password-stdin\n"
        "\n"
        "Accounts, profiles with portraits, followings, posts in English and Russian with photos, tags, likes,\n"
        "comments, shares and views, notifications, reports and what moderators made of them, as if events had\n"
        "brought them about; no event is published and no mail is sent. The same numbers give the same data, ids\n"
        "and times included (password hashes excepted). Some of the people are moderators, with the password of\n"
        "all. Works beside a running gateway, or without one. Refuses databases that are in use: --append adds\n"
        "to them, and continues a run of the same numbers that was interrupted.");
    command->add_option("--users", options->users, "people")
        ->required()
        ->check(CLI::Range(1L, 10'000'000L))
        ->type_name("N");
    command->add_option("--posts", options->posts, "posts")
        ->required()
        ->check(CLI::Range(1L, 100'000'000L))
        ->type_name("N");
    command->add_option("--seed", options->seed, "what everything follows from (1)")
        ->check(CLI::Range(0L, 9'007'199'254'740'991L))
        ->type_name("N");
    command->add_option("--password", options->password, "of all accounts; made up and printed once if none is given")
        ->type_name("TEXT");
    command->add_flag("--password-stdin", options->password_from_stdin,
                      "read the password from the first line of stdin");
    command->add_flag("--append", options->append, "also into databases that are in use; continue an interrupted run");
    add_admin_options(*command, options->admin);
    add_plugins_option(*command, options->plugins);
    command->add_flag("--json", options->json, "print the result as JSON");
    command->callback([options, &status] { status = seed(*options); });
}

}  // namespace gatehouse::cli
