// The load of the reload soak: soak_client ADDRESS PLAN. The plan is a file of lines; a body may contain spaces.
//
//   field NAME TEXT                              a line of header for what follows that names it
//   askers CONNECTIONS REQUESTS-PER-SECOND       ask for all targets in turn
//   target SERVICE METHOD PATH STATUS FIELD|- BODY...
//   follow CONNECTIONS SERVICE PATH EVENTS       0 events: the stream must never end
//   upload CONNECTIONS SERVICE PATH PIECES PAUSE-MILLISECONDS
//
// Commands on standard input: "phase NAME" begins another phase, "report" prints one line of JSON, "stop" ends.
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/soak/client/clients.hpp"

namespace soak {
namespace {

class Load final {
public:
    Load(Reactor& reactor, Statistics& statistics) : reactor_(reactor), statistics_(statistics) {}

    void read_plan(const std::string& file) {
        std::ifstream plan(file);
        for (std::string line; std::getline(plan, line);) {
            std::istringstream words(line);
            read_line(words);
        }
        for (std::size_t i = 0; i < askers_; ++i) {
            connections_.push_back(std::make_unique<Asker>(reactor_, statistics_, targets_, i, interval_));
        }
    }

private:
    void read_line(std::istringstream& words) {
        std::string kind;
        words >> kind;
        if (kind == "field") {
            std::string name, text;
            words >> name >> std::ws;
            std::getline(words, text);
            fields_[name] = text + "\r\n";
        } else if (kind == "askers") {
            double rate = 0;
            words >> askers_ >> rate;
            const double seconds = static_cast<double>(askers_) / rate;
            interval_ = std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
        } else if (kind == "target") {
            Target target;
            std::string field;
            words >> target.service >> target.method >> target.path >> target.status >> field >> std::ws;
            target.fields = fields_[field];
            std::getline(words, target.body);
            targets_.push_back(target);
        } else if (kind == "follow" || kind == "upload") {
            read_streams(kind, words);
        }
    }

    void read_streams(const std::string& kind, std::istringstream& words) {
        std::size_t connections = 0;
        std::uint64_t count = 0, pause = 0;
        Target target;
        words >> connections >> target.service >> target.path >> count >> pause;
        target.method = kind == "follow" ? "GET" : "POST";
        for (std::size_t i = 0; i < connections; ++i) {
            if (kind == "follow") {
                connections_.push_back(std::make_unique<Follower>(reactor_, statistics_, target, count));
            } else {
                connections_.push_back(std::make_unique<Uploader>(reactor_, statistics_, target, count,
                                                                  std::chrono::milliseconds(pause + i)));
            }
        }
    }

    Reactor& reactor_;
    Statistics& statistics_;
    std::map<std::string, std::string> fields_;
    std::vector<Target> targets_;
    std::size_t askers_ = 0;
    std::chrono::nanoseconds interval_{0};
    std::vector<std::unique_ptr<Connection>> connections_;
};

int run(const std::string& address, const std::string& plan) {
    Reactor reactor(address);
    Statistics statistics;
    statistics.begin_phase("warm-up");
    Load load(reactor, statistics);
    load.read_plan(plan);
    reactor.run([&](const std::string& command) {
        if (command.starts_with("phase ")) statistics.begin_phase(command.substr(6));
        if (command == "stop") reactor.stop();
        if (command == "report") {
            std::puts(statistics.report().c_str());
            std::fflush(stdout);
        }
    });
    return 0;
}

}  // namespace
}  // namespace soak

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: soak_client ADDRESS PLAN\n", stderr);
        return 2;
    }
    return soak::run(argv[1], argv[2]);
}
