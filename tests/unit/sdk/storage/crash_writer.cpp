// crash_writer URL FIRST_ID: writes from eight threads for as long as it lives and prints the id of each write that was
// acknowledged. The crash test kills it.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "gatehouse/storage.hpp"
#include "migrations.hpp"

int main(int argc, char** argv) {
    using namespace gatehouse;
    if (argc != 3) return 2;
    Database database({.url = argv[1], .service = "crash", .readers = 8}, storage_test::migrations());
    database.open();
    std::atomic<std::int64_t> next = std::atoll(argv[2]);
    const auto work = [&] {
        for (;;) {
            const std::int64_t id = next++;
            database.write([&](Transaction& tx) {
                tx.execute("insert into users (id, email) values ($1, $2)", id, std::to_string(id));
                tx.execute("insert into likes (post_id, user_id) values (1, $1)", id);
            });
            const std::string line = std::to_string(id) + "\n";
            if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::_Exit(1);
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back(work);
    for (auto& thread : threads) thread.join();
}
