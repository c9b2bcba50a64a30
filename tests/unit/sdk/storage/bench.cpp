// storage_bench [URL [THREADS [SECONDS]]]: acknowledged writes per second, with group commit and with a commit each.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "gatehouse/id.hpp"
#include "gatehouse/storage.hpp"
#include "migrations.hpp"

namespace {

using namespace gatehouse;
using Clock = std::chrono::steady_clock;

double writes_per_second(const std::string& url, int threads, std::chrono::seconds duration, std::size_t batch_max) {
    Database database({.url = url, .service = "bench", .readers = threads, .write_batch_max = batch_max},
                      storage_test::migrations());
    database.open();
    IdSource ids;
    std::vector<std::int64_t> done(static_cast<std::size_t>(threads));
    const auto start = Clock::now();
    std::vector<std::thread> crowd;
    for (auto& mine : done) {
        crowd.emplace_back([&] {
            while (Clock::now() < start + duration) {
                const auto id = ids.next();
                database.write([&](Transaction& tx) {
                    tx.execute("insert into users (id, email) values ($1, $2)", id, std::to_string(id));
                });
                ++mine;
            }
        });
    }
    for (auto& thread : crowd) thread.join();
    std::int64_t sum = 0;
    for (const auto mine : done) sum += mine;
    const auto statistics = database.statistics();
    if (statistics.commits > 0)
        std::printf("  %.1f writes per commit,", double(statistics.writes) / double(statistics.commits));
    return double(sum) / std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string file = std::filesystem::current_path() / "storage_bench.db";
    const std::string url = argc > 1 ? argv[1] : "sqlite:" + file;
    const int threads = argc > 2 ? std::atoi(argv[2]) : 32;
    const std::chrono::seconds duration(argc > 3 ? std::atoi(argv[3]) : 3);
    for (const int crowd : {1, threads}) {
        for (const std::size_t batch : {std::size_t{1}, std::size_t{128}}) {
            const double rate = writes_per_second(url, crowd, duration, batch);
            std::printf(" %2d threads, at most %3zu per commit: %8.0f writes/s\n", crowd, batch, rate);
        }
    }
    if (argc <= 1) {
        for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file + suffix);
    }
}
