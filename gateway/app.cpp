#include "gateway/app.hpp"

#include "gateway/app_parts.hpp"

namespace gatehouse {

App::App(config::Configuration configuration, AppOptions options)
    : parts_(std::make_unique<Parts>(gateway_mode(std::move(configuration), std::move(options)))) {}
App::App(ServeOptions options) : parts_(std::make_unique<Parts>(backend_mode(std::move(options)))) {}
App::~App() = default;

std::optional<Error> App::load() { return parts_->load(); }
std::optional<Error> App::start_plugins() { return parts_->start_plugins(); }
std::optional<Error> App::listen() { return parts_->listen(); }
int App::run() { return parts_->run(); }
void App::stop() {
    parts_->main_thread->post([this] { parts_->phase = Parts::Phase::draining; });
}

host::PluginHost& App::plugins() { return *parts_->plugin_host; }
const std::vector<std::string>& App::addresses() const { return parts_->addresses; }
const std::string& App::admin_address() const { return parts_->admin_address; }

}  // namespace gatehouse
